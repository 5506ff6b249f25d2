"""The person's own neutral: the value of a measure from which `relative_to = "neutral"` counts.

Absolute values of the spine differ so much between people that the neutral of one person is the cow of another. The
neutral is taken, in this order, from a ready posture held still; from the middle of the first two rounds; from what is
usual among people. A posture held still at an end of the range is not neutral: somebody who begins in a cat has held a
cat. A small range that begins at a usual neutral is the exception: it has only one side, cats or cows.
"""

from __future__ import annotations

import numpy as np

from posecheck.judging.assessment import Assessment, Baseline, assess, rate_window_s, usual_references
from posecheck.judging.recognition import runs
from posecheck.judging.situation import Situation
from posecheck.measures.measurer import Measures
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Bools, Floats
from posecheck.pose.pace import longest_gap_s, usual_gap_s
from posecheck.pose.smoothing import RateTracker
from posecheck.pose.turning_points import find_swings, steady
from posecheck.rules.stretch import Stretch

STILL_PER_S = {"deg": 4.0, "ratio": 0.1}
"""A measure that changes more slowly than this is held still, unless its row in the table says otherwise."""

STILL_S = 1.0
"""A posture held still for this long is held on purpose; the slowest cat-cow turns round in less."""

ROUND_SWING_DEG = 30.0
"""Least movement of the spine that is made on purpose: twice the threshold that makes a cat or a cow."""

FIRST_SWINGS = 4
"""Two rounds: down, up, down, up."""

END_SHARE = 0.15
"""A held posture within this share of the range from an end is that end (a cat or a cow), not neutral. On photographs
neutral all fours read up to 26 degrees, cats from 45 and cows from -67 on: nearer to the cat's end."""

ONE_SIDED_DEG = 70.0
"""A range smaller than this may lie on one side of neutral only: in ten rendered clips of cat-cow the spine read 45 to
58 degrees from neutral to cat and 38 to 47 to cow."""

MIDDLE_ERROR_SHARE = 0.2
"""The middle of somebody's range is their neutral to within about a fifth of it: cows reach further than cats. On
photographs 19 cats read 45 to 79, 11 cows -67 to -158, and three neutral backs -19 to 26: the middle of a range from 62
to -113 lies 29 below the middle of the neutral ones, a sixth of the range."""

MOST_SPAN_DEG = 240.0
"""No spine moves by more than this from end to end: on photographs the furthest cat and cow, of different people, read
79 and -158. A larger movement is something else, such as a leg kicked up, whose outline is taken for the back's."""


def own_references(measures: Measures, stretch: Stretch) -> dict[str, Baseline]:
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


def _of_ready(measures: Measures, stretch: Stretch, name: str, usual: Baseline, ready: Bools) -> Baseline:
    values = measures.get(name, stretch.support)
    return next(iter(_held(measures.time_s, values, ready, name)), usual)


def _of_phases(measures: Measures, stretch: Stretch, name: str, usual: Baseline, assessment: Assessment) -> Baseline:
    time_s = measures.time_s
    ready = assessment.situation == Situation.READY
    there = ready | (assessment.situation == Situation.POSTURE)
    values = steady(time_s, np.where(there, measures.get(name, stretch.support), np.nan))
    swings = find_swings(time_s, values, ROUND_SWING_DEG)[:FIRST_SWINGS]
    if not swings:
        return next(iter(_held(time_s, values, ready, name)), usual)
    ends = [float(values[index]) for swing in swings for index in (swing.start, swing.end)]
    low, high = min(ends), max(ends)
    span = high - low
    if span > MOST_SPAN_DEG:
        return usual
    middle = Baseline((low + high) / 2.0, MIDDLE_ERROR_SHARE * span)
    still_s = _still_s(time_s, values, name) * there * (time_s < swings[0].end_s)
    if len(swings) == 1:
        # One movement does not show both ends: people's usual neutral decides whether it began at one.
        return _blend(values, still_s * ready, middle)
    from_end = np.minimum(values - low, high - values) / span
    inner_s = still_s * _rise(from_end, 0.0, 2.0 * END_SHARE)
    one_sided = 1.0 - float(
        _rise(np.array(span), ONE_SIDED_DEG - ROUND_SWING_DEG / 2.0, ONE_SIDED_DEG + ROUND_SWING_DEG / 2.0)
    )
    first_s = still_s * (time_s < swings[0].middle_s)
    usual_s = first_s * (1.0 - _rise(np.abs(values - usual.value) / usual.uncertainty, 0.75, 1.25))
    return _blend(values, inner_s, _blend(values, one_sided * usual_s, middle))


def _still_s(time_s: Floats, values: Floats, name: str) -> Floats:
    """(N,) seconds of each frame that count as held still: all at rest, half at the limit of speed, none beyond it."""
    rate = np.abs(_rate(time_s, values)) / _most_rate(name)
    lasts_s = np.minimum(np.diff(time_s, append=time_s[-1]), longest_gap_s(time_s, STILL_S))
    return np.where(np.isfinite(rate), lasts_s * (1.0 - _rise(rate, 0.5, 1.5)), 0.0)


def _blend(values: Floats, still_s: Floats, other: Baseline) -> Baseline:
    """The middle of the values held still, or `other`, or a blend: slightly less stillness changes it only slightly.

    Args:
        values: (N,) the measure; NaN where it is not known.
        still_s: (N,) seconds for which each counts as held still.
        other: The value where nothing was held still for long; from `STILL_S` of stillness on it no longer counts.
    """
    still_s = np.where(np.isfinite(values), still_s, 0.0)
    share = float(_rise(still_s.sum(), 0.25 * STILL_S, STILL_S))
    if share == 0.0:
        return other
    own = _weighted_median(values, still_s)
    # 1.48 median deviations are one standard deviation of a normal distribution.
    scatter = 1.48 * _weighted_median(np.abs(values - own), still_s)
    return Baseline(share * own + (1.0 - share) * other.value, share * scatter + (1.0 - share) * other.uncertainty)


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2.0)])


def _rise(value: Floats, low: float, high: float) -> Floats:
    """0 up to `low`, 1 from `high` on, a smooth step (3 x^2 - 2 x^3) between; NaN is 0."""
    share = np.clip((np.nan_to_num(value, nan=low) - low) / (high - low), 0.0, 1.0)
    result: Floats = share * share * (3.0 - 2.0 * share)
    return result


def _held(time_s: Floats, values: Floats, where: Bools, name: str) -> list[Baseline]:
    """The value of each spell in which the measure is held still for `STILL_S`.

    Each value is a median with its scatter: the constant part of the measure's known error cancels in a difference.
    """
    rate = _rate(time_s, values)
    still = where & np.isfinite(values) & (np.abs(rate) <= _most_rate(name))
    spells = [values[start:stop] for start, stop in runs(time_s, still, 0.0, STILL_S)]
    return [Baseline(float(np.median(spell)), float(np.std(spell))) for spell in spells]


def _rate(time_s: Floats, values: Floats) -> Floats:
    """(N,) how fast a measure changes, in its unit a second, fitted over a time that the clip's pace allows."""
    return RateTracker(rate_window_s(usual_gap_s(time_s))).update(time_s, values)


def _most_rate(name: str) -> float:
    """How fast a measure that is held still may change, in its unit a second."""
    spec = MEASURES[name]
    return STILL_PER_S[spec.unit] if spec.still_per_s is None else spec.still_per_s
