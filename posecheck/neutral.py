"""The person's own neutral: the value of a measure from which `relative_to = "neutral"` counts.

Absolute figures of the spine differ so much between people that one's neutral is another's cow. Taken, in this order:
from a ready posture held still; from the middle of the first two rounds; from what is usual among people.
"""

from __future__ import annotations

import numpy as np

from posecheck.assessment import (
    MOVING_PER_S,
    RATE_WINDOW_S,
    Assessment,
    Bools,
    Reference,
    Situation,
    assess,
    usual_references,
)
from posecheck.landmarks import Floats
from posecheck.measures import MEASURES, Measures
from posecheck.smoothing import RateTracker
from posecheck.stretches import Stretch
from posecheck.swings import find_swings

STILL_S = 1.0
"""A posture held still for this long is held on purpose; the slowest cat-cow turns round in less."""

ROUND_SWING_DEG = 30.0
"""Movement of the spine that is meant: twice the threshold that makes a cat or a cow."""

FIRST_SWINGS = 4
"""Two rounds: down, up, down, up."""

END_SHARE = 0.2
"""A held posture within this share of the range from an end is that end (a cat or a cow), not neutral."""

MIDDLE_ERROR_SHARE = 0.1
"""The middle of somebody's range tells their neutral to about a tenth of it: cats reach as far from neutral as
cows do to within that on rendered bodies; an assumption for real ones."""


def own_references(measures: Measures, stretch: Stretch) -> dict[str, Reference]:
    """The neutral values of the person in a clip, for every measure that the stretch takes relative to neutral."""
    usual = usual_references(stretch)
    if not usual:
        return {}
    assessment = assess(measures, stretch, usual)
    turning = {name for phase in stretch.phases for name in phase.where}
    return {
        name: _of_phases(measures, stretch, name, reference, assessment)
        if name in turning
        else _of_ready(measures, stretch, name, reference, assessment.situation == Situation.READY)
        for name, reference in usual.items()
    }


def _of_ready(measures: Measures, stretch: Stretch, name: str, usual: Reference, ready: Bools) -> Reference:
    values = measures.get(name, stretch.support)
    held = _first_held(measures.time_s, values, ready, name)
    return usual if held is None else _typical(values[held])


def _of_phases(
    measures: Measures, stretch: Stretch, name: str, usual: Reference, assessment: Assessment
) -> Reference:
    there = np.isin(assessment.situation, (Situation.READY, Situation.POSTURE))
    values = np.where(there, measures.get(name, stretch.support), np.nan)
    swings = find_swings(measures.time_s, values, ROUND_SWING_DEG)[:FIRST_SWINGS]
    if not swings:
        held = _first_held(measures.time_s, values, assessment.situation == Situation.READY, name)
        return usual if held is None else _typical(values[held])
    ends = [values[index] for swing in swings for index in (swing.start, swing.end)]
    low, high = min(ends), max(ends)
    span = high - low
    before = there & (measures.time_s < swings[0].middle_s)
    held = _first_held(measures.time_s, values, before, name)
    if held is not None:
        own = _typical(values[held])
        if low + END_SHARE * span < own.value < high - END_SHARE * span:
            return own
    return Reference((low + high) / 2.0, MIDDLE_ERROR_SHARE * span)


def _first_held(time_s: Floats, values: Floats, where: Bools, name: str) -> Bools | None:
    """(N,) the frames of the first spell in which the measure stays put for `STILL_S`."""
    rate = RateTracker(RATE_WINDOW_S).update(time_s, values)
    still = where & np.isfinite(values) & (np.abs(rate) <= MOVING_PER_S[MEASURES[name].unit])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(int)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if time_s[stop - 1] - time_s[start] >= STILL_S:
            held = np.zeros(len(time_s), bool)
            held[start:stop] = True
            return held
    return None


def _typical(values: Floats) -> Reference:
    """The median and its scatter: what of the measure's known error is constant falls out of a difference."""
    return Reference(float(np.median(values)), float(np.std(values)))

