"""What parts a fault from good form, and one phase from another, in labelled clips: measure by measure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def support_of(clips: Sequence[LabelledClip]) -> Support:
    """What touches the floor: the line that is a floor nearly always, and the most level one."""
    rolls = {}
    for support in Support:
        seen = np.concatenate([clip.measures.roll_deg[support][during(clip, None)] for clip in clips])
        if support is not Support.LEVEL and np.isfinite(seen).mean() >= LEAST_KNOWN:
            rolls[support] = float(np.nanmedian(np.abs(seen)))
    return min(rolls, key=lambda support: rolls[support], default=Support.LEVEL)


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
