"""What separates a fault from good form, and one phase from another, in labelled clips: measure by measure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from posecheck.measures.floor_line import FOREARM, MOST_FOREARM_DEG, FloorContacts
from posecheck.measures.table import MEASURES, Drafts
from posecheck.pose.landmarks import Bools, Floats
from posecheck.tuning.labels import GOOD, LabelledClip

LEAST_SCORE = 0.75
"""A measure separates a fault from good form if it judges this share of the seconds right; 0.5 is guessing."""

LEAST_ROOM = 2.0
"""Its middles over good and faulty seconds must lie this many of the measure's errors apart: less may be error."""

LEAST_KNOWN = 0.9
"""Share of the labelled seconds in which a measure, or the floor, must be known."""

REACH = 3.0
"""A posture reaches this many of a measure's errors beyond what was seen of it, because other bodies differ."""

MOST_TILT_DEG = 10.0
"""A line further from level than this is not taken for the floor: webcams were tilted by at most 10 degrees, and on
three photographs of a leg drawn to the chest a line that is not the floor lay 11 to 15 degrees from level."""

AS_LEVEL_DEG = 5.0
"""Elbows and toes are as level as wrists and knees if they lie no further from it: in 29 sphinxes, rendered, at most 3;
in 8 of 8 child's poses on photographs, in which the elbows hang above the floor, 5.6 to 17."""


@dataclass(frozen=True, slots=True)
class Parting:
    """How a measure separates a fault from good form, or one phase from the others.

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


def posture_measures() -> list[str]:
    """The measures that describe a posture of the whole body."""
    return [name for name, spec in MEASURES.items() if Drafts.POSTURE in spec.drafts]


def during(clip: LabelledClip, label: str | None, phases: Sequence[str] = ()) -> Bools:
    """(N,) whether a frame carries a label (any, for None) in one of some phases (any, for none)."""
    time_s = clip.measures.time_s
    result = np.zeros(len(time_s), bool)
    for one in clip.labels:
        if label in (None, one.label) and (not phases or one.phase in phases):
            result |= (time_s >= one.start_s) & (time_s < one.end_s)
    return result


def values_of(clips: Sequence[LabelledClip], masks: Sequence[Bools], measure: str, support: FloorContacts) -> Floats:
    """A measure in some frames of each clip, in a row; NaN where it is not known."""
    found: Floats = np.concatenate(
        [clip.measures.get(measure, support)[mask] for clip, mask in zip(clips, masks, strict=True)]
    )
    return found


@dataclass(frozen=True, slots=True)
class FloorGuess:
    """What most likely touches the floor in a stretch, guessed from its good seconds.

    Attributes:
        support: The guess.
        tilts_deg: Of each support whose line may be the floor, the middle of how far that lies from level.
    """

    support: FloorContacts
    tilts_deg: Mapping[FloorContacts, float]


def guess_floor(clips: Sequence[LabelledClip]) -> FloorGuess:
    """Guesses what touches the floor: of the lines that may be the floor nearly always, the most level one.

    With forearms and knees on the floor the line through the wrists may be the floor, too, and is often the more level
    of both. There, forearms that lie on the floor show that the elbows carry the body.
    """
    good = [during(clip, GOOD) for clip in clips]
    tilts: dict[FloorContacts, float] = {}
    for support in FloorContacts:
        seen = np.concatenate([clip.measures.roll_deg[support][mask] for clip, mask in zip(clips, good, strict=True)])
        if support is not FloorContacts.LEVEL and np.isfinite(seen).mean() >= LEAST_KNOWN:
            tilt_deg = float(np.nanmedian(np.abs(seen)))
            if tilt_deg <= MOST_TILT_DEG:
                tilts[support] = tilt_deg
    best = min(tilts, key=lambda support: tilts[support], default=FloorContacts.LEVEL)
    elbows = FloorContacts.ELBOWS_TOES
    if elbows in tilts and tilts[elbows] - tilts[best] < AS_LEVEL_DEG:
        forearm = values_of(clips, good, FOREARM, elbows)
        if np.isfinite(forearm).any() and float(np.nanmedian(np.abs(forearm))) <= MOST_FOREARM_DEG:
            best = elbows
    return FloorGuess(best, tilts)


def best_parting(
    clips: Sequence[LabelledClip], good: Sequence[Bools], other: Sequence[Bools], support: FloorContacts
) -> Parting | None:
    """What best separates some frames of each clip from others; None if nothing does."""
    return max(
        able_partings(clips, good, other, support), key=lambda one: (round(one.score, 2), one.room), default=None
    )


def able_partings(
    clips: Sequence[LabelledClip], good: Sequence[Bools], other: Sequence[Bools], support: FloorContacts
) -> list[Parting]:
    """The measures that separate some frames of each clip from others."""
    return [
        one for one in _partings(clips, good, other, support) if one.score >= LEAST_SCORE and one.room >= LEAST_ROOM
    ]


def good_phases(clips: Sequence[LabelledClip]) -> list[str]:
    """The phases that good seconds are labelled with."""
    return list(dict.fromkeys(one.phase for clip in clips for one in clip.labels if one.label == GOOD and one.phase))


def phase_partings(clips: Sequence[LabelledClip], support: FloorContacts) -> dict[str, Parting]:
    """What separates the good seconds of each phase from the others'; empty unless several phases are all separated."""
    named = good_phases(clips)
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
    clips: Sequence[LabelledClip], good_masks: Sequence[Bools], other_masks: Sequence[Bools], support: FloorContacts
) -> Iterator[Parting]:
    """How each measure that is known well enough separates some frames of each clip from others."""
    for name, spec in MEASURES.items():
        if Drafts.RULES not in spec.drafts:
            continue
        good, faulty = (values_of(clips, masks, name, support) for masks in (good_masks, other_masks))
        if min(np.isfinite(good).mean(), np.isfinite(faulty).mean()) < LEAST_KNOWN:
            continue
        good, faulty = good[np.isfinite(good)], faulty[np.isfinite(faulty)]
        sign = 1.0 if np.median(faulty) > np.median(good) else -1.0
        # The middle between the furthest good and the least faulty seconds, a few outliers ignored.
        value = sign * (np.quantile(sign * good, 0.95) + np.quantile(sign * faulty, 0.05)) / 2.0
        score = 0.5 * (float(np.mean(sign * faulty > sign * value)) + float(np.mean(sign * good <= sign * value)))
        yield Parting(
            name,
            "max" if sign > 0 else "min",
            round_limit(value, spec.unit, spec.error, ends(good), ends(faulty)),
            score,
            abs(float(np.median(faulty) - np.median(good))) / spec.error,
            ends(good),
            ends(faulty),
        )


@dataclass(frozen=True, slots=True)
class Postures:
    """The ranges of the posture at rest and of the stretch's own posture.

    Attributes:
        ready: Least, greatest and margin of each measure.
        posture: The same.
        alike: Whether nothing separates them though they are to be apart.
    """

    ready: dict[str, tuple[int, int, int]]
    posture: dict[str, tuple[int, int, int]]
    alike: bool


def postures(clips: Sequence[LabelledClip], support: FloorContacts, *, apart: bool) -> Postures:
    """The ranges seen before and during the labels, widened by as much as people differ.

    If both are to be `apart`, the measure that separates them best is widened only up to the middle between both. In a
    stretch with phases they need not be apart.
    """
    # Each label by itself: among all seconds together, those of a fault that few clips show would be the outliers.
    labels = dict.fromkeys(one.label for clip in clips for one in clip.labels)
    seen = [_ranges(clips, [during(clip, label) for clip in clips], support) for label in labels]
    posture = {
        name: (min(one[name][0] for one in seen if name in one), max(one[name][1] for one in seen if name in one))
        for name in posture_measures()
        if any(name in one for one in seen)
    }
    ready = _ranges(clips, _ready(clips), support) or posture
    ranges = [{name: _widened(name, *span) for name, span in each.items()} for each in (ready, posture)]
    gaps = {
        name: max(ready[name][0] - posture[name][1], posture[name][0] - ready[name][1]) / MEASURES[name].error
        for name in ready.keys() & posture.keys()
    }
    best = max(sorted(gaps), key=lambda name: gaps[name], default=None)
    alike = best is None or gaps[best] <= 0.0
    if apart and best is not None and not alike:
        upper = ready[best][0] > posture[best][0]
        middle = round((posture[best][upper] + ready[best][1 - upper]) / 2.0)
        margin = max(1, min(5, int(gaps[best] * MEASURES[best].error / 4.0)))
        for each, above in zip(ranges, (upper, not upper), strict=True):
            low, high, _ = each[best]
            each[best] = (max(low, middle), high, margin) if above else (low, min(high, middle), margin)
    return Postures(ranges[0], ranges[1], alike=apart and alike)


def _ranges(
    clips: Sequence[LabelledClip], masks: Sequence[Bools], support: FloorContacts
) -> dict[str, tuple[float, float]]:
    """5 and 95 % of each measure of a posture that is seen in some frames."""
    seen = {name: values_of(clips, masks, name, support) for name in posture_measures()}
    return {name: ends(values[np.isfinite(values)]) for name, values in seen.items() if np.isfinite(values).any()}


def _widened(name: str, low: float, high: float) -> tuple[int, int, int]:
    reach = REACH * MEASURES[name].error
    return math.floor(low - reach), math.ceil(high + reach), 5


def _ready(clips: Sequence[LabelledClip]) -> list[Bools]:
    """The frames before the first label of each clip: where people lie or stand before they begin."""
    return [clip.measures.time_s < min(one.start_s for one in clip.labels) - 1.0 for clip in clips]


def ends(values: Floats) -> tuple[float, float]:
    """5 and 95 % of values, none of them NaN."""
    low, high = np.quantile(values, [0.05, 0.95])
    return float(low), float(high)


STEPS = {"deg": (10.0, 5.0, 1.0), "ratio": (0.1, 0.05, 0.01), "s": (1.0, 0.5, 0.1)}
"""Steps to which limits are rounded, by their unit: the coarsest step that does no harm, else the finest."""


def finest_step(value: float, unit: str) -> float:
    """A value as finely as it is ever written: to the degree, the hundredth of a length, the tenth of a second."""
    return _to_step(value, STEPS[unit][-1])


def round_limit(value: float, unit: str, error: float, good: tuple[float, float], faulty: tuple[float, float]) -> float:
    """A limit, as round as it can be without going nearer to good or faulty seconds than the measure's error.

    Args:
        value: The limit, between both.
        unit: `deg`, `ratio` or `s`.
        error: Of the measure, in its unit; rounding moves the limit by less.
        good: 5 and 95 % of the good seconds.
        faulty: The same of the faulty ones.
    """
    low, high = min(good[1], faulty[1]) + error, max(good[0], faulty[0]) - error
    able = (round_ for step in STEPS[unit] if step < 2.0 * error and low <= (round_ := _to_step(value, step)) <= high)
    return next(able, finest_step(value, unit))


def _to_step(value: float, step: float) -> float:
    return round(round(float(value) / step) * step, 2) + 0.0  # which is no -0
