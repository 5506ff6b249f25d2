"""What limits fitted to a person's clips do on another clip of theirs, beside the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from benchmarks.evidence import Evidence
from benchmarks.evidence._samples import NAMES, labelled
from posecheck.pose.landmarks import Floats
from posecheck.rules.limits import Threshold, rule_names, thresholds
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import load_stretch
from posecheck.tuning.dataset import FEW, LabelledDataset
from posecheck.tuning.personal import ROOM, fit, personal
from posecheck.tuning.replay import Replay
from posecheck.tuning.scoring import ClipScorer, Confusion, Holds, Seconds, faulty_s

FIGURES = ("good_s", "good named_s", "held_s", "faulty_s", "faulty named_s")
"""Of a clip: seconds labelled good, those in which a fault is named, those that are held; seconds labelled with a
fault, and those in which that fault is named."""

MOST_LOST = 0.01
"""Personal limits may lose this share of the faulty seconds that the shipped ones name, and no more."""

LESS_ROOM = 2.0
"""Errors of room that are tried too, to show what the room is for."""


def run(slice_only: bool) -> Evidence:
    """All clips and recordings; a slice takes recordings alone, in which landmarks need not be found."""
    rows: list[tuple[object, ...]] = []
    totals, few, less = (np.zeros((2, len(FIGURES))) for _ in range(3))
    alike: list[bool] = []
    for name in NAMES:
        dataset = LabelledDataset(
            labelled(name, lambda path: not slice_only or path.suffix == ".npz"), load_stretch(name)
        )
        for person in dict.fromkeys(scorer.clip.person for scorer, _ in dataset.clips):
            mine = dataset.some([place for place, (one, _) in enumerate(dataset.clips) if one.clip.person == person])
            if len(mine.clips) < 2:
                continue
            sums = np.sum(list(_judged(mine, len(mine.clips) - 1)), axis=0)
            totals += sums
            rows.append((name, person, len(mine.clips), *_told(sums), _changed(mine)))
            pairs = [fit(mine.some(pair)).basis for pair in combinations(range(len(mine.clips)), 2)]
            alike += [basis.one_place for basis in pairs if basis.clips == 2]
            if len(mine.clips) > FEW:
                few += np.sum(list(_judged(mine, FEW)), axis=0)
                less += np.sum(list(_judged(mine, FEW, LESS_ROOM)), axis=0)
    rows.append(("all", "", sum(int(str(row[2])) for row in rows), *_told(totals), ""))
    good_s, faulty_s = totals[0, FIGURES.index("good_s")], totals[0, FIGURES.index("faulty_s")]
    named, found = totals[:, FIGURES.index("good named_s")], totals[:, FIGURES.index("faulty named_s")]
    return Evidence(
        title="Limits of one person on a clip that they were not fitted to",
        claim=f"Fitted to all clips of a person but one, and judging that one, personal limits name a fault in "
        f"{named[1]:.1f} of {good_s:.0f} good seconds, the shipped ones in {named[0]:.1f}; of {faulty_s:.0f} faulty "
        f"seconds they name {found[1]:.1f}, the shipped ones {found[0]:.1f}.",
        columns=(
            "stretch", "person", "clips", "good seconds", "named: shipped, personal", "held: shipped, personal",
            "faulty seconds", "named: shipped, personal", "limits from all clips",
        ),
        rows=rows,
        notes=(
            "Each clip of a person is left out in turn: limits are fitted to the good seconds of the others and judge "
            "it. Good seconds count as named whichever fault is named in them, faulty ones only by their own. "
            "The last column has what all clips together give.",
            f"Limits get stricter from {FEW} clips on. Fitted to every {FEW} clips of a person, each other clip judged "
            f"by each: in {_per_cent(few, 0)} of the good seconds a fault is named, {_per_cent(few, 1)} by the shipped "
            f"limits. With room of {LESS_ROOM:g} errors in place of {ROOM:g}: {_per_cent(less, 0)}.",
            "What a stricter limit is for, less of a fault than usual in somebody whose good form lies well inside the "
            "usual range, does not show here: the faults of the samples are large enough for the shipped limits. That "
            "personal ones do no harm on another day is what is shown.",
            f"Tune warns of clips that may come from one camera in one place. It would of {sum(alike)} of {len(alike)} "
            "pairs of clips of a person here, nearly all of which are from different places.",
            "Whether a looser limit loses some of its fault is seen only in somebody who shows that fault, too.",
            "A person's clips differ in camera (side, distance, degrees off side-on), clothes, room and light, but are "
            "one rendered body in one pose with sway: real people's form varies more from day to day.",
        ),
        holds=bool(named[1] <= named[0] and found[1] >= (1.0 - MOST_LOST) * found[0]),
    )  # fmt: skip


def _judged(mine: LabelledDataset, fitted_to: int, room: float = ROOM) -> Iterator[Floats]:
    """(2, F) figures, shipped and personal, of each clip judged by limits fitted to each choice of others."""
    shipped = [_figures(scorer, replay, mine.stretch) for scorer, replay in mine.clips]
    places = range(len(mine.clips))
    for chosen in combinations(places, fitted_to):
        own = personal(mine.stretch, fit(mine.some(chosen), room).limits)
        for place in set(places) - set(chosen):
            yield np.array([shipped[place], _figures(*mine.clips[place], own)])


def _figures(scorer: ClipScorer, replay: Replay, stretch: Stretch) -> Floats:
    """(F,) `FIGURES` of a clip."""
    verdict = replay.verdict(stretch)
    good_s, quiet_s = scorer.confusion(verdict)[0, [Confusion.LABELLED, Confusion.QUIET]]
    seconds = np.sum([scorer.seconds(name, verdict) for name in rule_names(stretch)], axis=0)
    held_s = scorer.holds(verdict)[Holds.HELD_S]
    return np.array([good_s, good_s - quiet_s, held_s, faulty_s(seconds), seconds[Seconds.NAMED]])


def _told(sums: Floats) -> tuple[str, ...]:
    """The figures of a row: (2, F) sums, shipped and personal."""
    good_s, named_s, held_s, faulty_s, found_s = sums.T

    def both(of: Floats) -> str:
        return f"{of[0]:.1f}, {of[1]:.1f}"

    return f"{good_s[0]:.1f}", both(named_s), both(held_s), f"{faulty_s[0]:.1f}", both(found_s)


def _changed(mine: LabelledDataset) -> str:
    """The limits that all clips of a person give, beside the shipped ones."""
    now = thresholds(mine.stretch)

    def told(threshold: Threshold, value: float) -> str:
        return f"{threshold}: {now[threshold]:g} to {value:g}"

    return "; ".join(told(threshold, value) for threshold, value in fit(mine).limits.items()) or "none"


def _per_cent(sums: Floats, which: int) -> str:
    """The share of good seconds that are named: of (2, F) sums, 0 by personal limits, 1 by the shipped ones."""
    return f"{100.0 * sums[1 - which, 1] / sums[0, 0]:.2f} %"
