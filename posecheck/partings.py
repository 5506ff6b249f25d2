"""What parts a fault from good form, and one phase from another, in labelled clips: measure by measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from posecheck.floor import Support
from posecheck.landmarks import Bools, Floats
from posecheck.measuretable import MEASURES
from posecheck.scoring import GOOD, LabelledClip

LEAST_SCORE = 0.75
"""A measure tells a fault from good form if it judges so much of the seconds right; 0.5 is guessing."""

LEAST_ROOM = 2.0
"""Its middles over good and faulty seconds must lie so many of the measure's errors apart: less may be the measure."""

LEAST_KNOWN = 0.9
"""Share of the labelled seconds in which a measure, or the floor, must be known."""


MOST_TILT_DEG = 10.0
"""A line further from level than this is taken for none: webcams were tilted by at most 10 degrees, and on three
photographs of a leg drawn to the chest a line that is not the floor lay 11 to 15 degrees from level."""

AS_LEVEL_DEG = 5.0
"""Elbows and toes are as level as wrists and knees if they lie no further from it: in 29 sphinxes, rendered, at most 3;
in 8 of 8 child's poses on photographs, in which the elbows hang above the floor, 5.6 to 17."""

MOST_FOREARM_DEG = 30.0
"""A forearm that slopes more does not lie on the floor: on photographs it reads up to 28 where it does, from 41 in
cobras and from 78 on all fours."""


@dataclass(frozen=True, slots=True)
class Parting:
    """How a measure parts a fault from good form, or other phases from one.

    Attributes:
        measure: Its name.
        limit: `min` or `max` of what is good.
        value: The middle between both.
        score: Share of seconds judged right, good and faulty ones weighing the same.
        room: Distance between the middles of good and faulty seconds, in the measure's errors.
        good: 5 and 95 % of the good seconds.
        faulty: The same of the faulty ones.
    """

    measure: str
    limit: str
    value: float
    score: float
    room: float
    good: tuple[float, float]
    faulty: tuple[float, float]


def during(clip: LabelledClip, label: str | None, phases: Sequence[str] = ()) -> Bools:
    """(N,) whether a frame carries a label (any, for None) in one of some phases (any, for none)."""
    time_s = clip.measures.time_s
    result = np.zeros(len(time_s), bool)
    for one in clip.labels:
        if label in (None, one.label) and (not phases or one.phase in phases):
            result |= (time_s >= one.start_s) & (time_s < one.end_s)
    return result


def values_of(clips: Sequence[LabelledClip], masks: Sequence[Bools], measure: str, support: Support) -> Floats:
    """A measure in some frames of each clip, in a row; NaN where it is not known."""
    found: Floats = np.concatenate(
        [clip.measures.get(measure, support)[mask] for clip, mask in zip(clips, masks, strict=True)]
    )
    return found


@dataclass(frozen=True, slots=True)
class Footing:
    """What most likely touches the floor in a stretch, guessed from its good seconds.

    Attributes:
        support: The guess.
        tilts_deg: Of each support whose line may be the floor, the middle of how far that lies from level.
    """

    support: Support
    tilts_deg: Mapping[Support, float]


def footing_of(clips: Sequence[LabelledClip]) -> Footing:
    """Guesses what touches the floor: of the lines that may be the floor nearly always, the most level one.

    With forearms and knees on the floor the line through the wrists is one, too, and often the more level of both:
    there forearms that lie tell that it is the elbows that carry.
    """
    good = [during(clip, GOOD) for clip in clips]
    tilts: dict[Support, float] = {}
    for support in Support:
        seen = np.concatenate([clip.measures.roll_deg[support][mask] for clip, mask in zip(clips, good, strict=True)])
        if support is not Support.LEVEL and np.isfinite(seen).mean() >= LEAST_KNOWN:
            tilt_deg = float(np.nanmedian(np.abs(seen)))
            if tilt_deg <= MOST_TILT_DEG:
                tilts[support] = tilt_deg
    best = min(tilts, key=lambda support: tilts[support], default=Support.LEVEL)
    elbows = Support.ELBOWS_TOES
    if elbows in tilts and tilts[elbows] - tilts[best] < AS_LEVEL_DEG:
        forearm = values_of(clips, good, "forearm_pitch", elbows)
        if np.isfinite(forearm).any() and float(np.nanmedian(np.abs(forearm))) <= MOST_FOREARM_DEG:
            best = elbows
    return Footing(best, tilts)


def best_parting(
    clips: Sequence[LabelledClip], good: Sequence[Bools], other: Sequence[Bools], support: Support
) -> Parting | None:
    """What parts some frames of each clip best from others; None if nothing does."""
    able = [
        one for one in _partings(clips, good, other, support) if one.score >= LEAST_SCORE and one.room >= LEAST_ROOM
    ]
    return max(able, key=lambda one: (round(one.score, 2), one.room), default=None)


def phase_partings(clips: Sequence[LabelledClip], support: Support) -> dict[str, Parting]:
    """What parts the good seconds of each phase from those of the others; empty if they are not several, all parted."""
    named = {one.phase: None for clip in clips for one in clip.labels if one.label == GOOD and one.phase}
    found = {}
    for phase in named:
        others = [other for other in named if other != phase]
        mine, theirs = ([during(clip, GOOD, wanted) for clip in clips] for wanted in ([phase], others))
        best = best_parting(clips, mine, theirs, support) if others else None
        if best is None:
            return {}
        found[phase] = best
    return found


def _partings(
    clips: Sequence[LabelledClip], good_masks: Sequence[Bools], other_masks: Sequence[Bools], support: Support
) -> Iterator[Parting]:
    """How each measure that is known well enough parts some frames of each clip from others."""
    for name, spec in MEASURES.items():
        good, faulty = (values_of(clips, masks, name, support) for masks in (good_masks, other_masks))
        if min(np.isfinite(good).mean(), np.isfinite(faulty).mean()) < LEAST_KNOWN:
            continue
        good, faulty = good[np.isfinite(good)], faulty[np.isfinite(faulty)]
        sign = 1.0 if np.median(faulty) > np.median(good) else -1.0
        # The middle between the furthest good and the least faulty seconds, a few outliers let be.
        value = sign * (np.quantile(sign * good, 0.95) + np.quantile(sign * faulty, 0.05)) / 2.0
        score = 0.5 * (float(np.mean(sign * faulty > sign * value)) + float(np.mean(sign * good <= sign * value)))
        yield Parting(
            name,
            "max" if sign > 0 else "min",
            rounded(value, spec.unit),
            score,
            abs(float(np.median(faulty) - np.median(good))) / spec.error,
            ends(good),
            ends(faulty),
        )


def ends(values: Floats) -> tuple[float, float]:
    """5 and 95 % of values, none of them NaN."""
    low, high = np.quantile(values, [0.05, 0.95])
    return float(low), float(high)


def rounded(value: float, unit: str) -> float:
    """A value of a limit, to the degree or the hundredth."""
    return round(float(value), 0 if unit == "deg" else 2)
