"""The person's own neutral: the value of a measure from which `relative_to = "neutral"` counts.

Absolute figures of the spine differ so much between people that one's neutral is another's cow. Taken, in this order:
from a ready posture held still; from the middle of the first two rounds; from what is usual among people. A posture
held still at an end of the range is no neutral: somebody who begins in a cat has held a cat. But where the range is
small, and begins at what is usual for a neutral, it has one side alone: only cats, or only cows.
"""

from __future__ import annotations

import numpy as np

from posecheck.judging.assessment import Assessment, Baseline, assess, rate_window_s, usual_references
from posecheck.judging.recognition import runs
from posecheck.judging.situation import Situation
from posecheck.measures.measurer import Measures
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Bools, Floats
from posecheck.pose.pace import usual_gap_s
from posecheck.pose.smoothing import RateTracker
from posecheck.pose.turning_points import find_swings, steady
from posecheck.rules.stretch import Stretch

STILL_PER_S = {"deg": 4.0, "ratio": 0.1}
"""A measure that changes more slowly than this is held still, unless its row in the table says otherwise."""

STILL_S = 1.0
"""A posture held still for this long is held on purpose; the slowest cat-cow turns round in less."""

ROUND_SWING_DEG = 30.0
"""Movement of the spine that is meant: twice the threshold that makes a cat or a cow."""

FIRST_SWINGS = 4
"""Two rounds: down, up, down, up."""

END_SHARE = 0.15
"""A held posture within this share of the range from an end is that end (a cat or a cow), not neutral. On photographs
neutral all fours read up to 26 degrees, cats from 45 and cows from -67 on: nearer to the cat's end."""

ONE_SIDED_DEG = 70.0
"""A range smaller than this may have one side of neutral alone: in ten rendered clips of cat-cow the spine read 45 to
58 degrees from neutral to cat and 38 to 47 to cow."""

MIDDLE_ERROR_SHARE = 0.1
"""The middle of somebody's range tells their neutral to about a tenth of it: cats reach as far from neutral as
cows do to within that on rendered bodies; an assumption for real ones."""


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
    before = time_s < swings[0].end_s
    ends = [float(values[index]) for swing in swings for index in (swing.start, swing.end)]
    low, high = min(ends), max(ends)
    span = high - low
    if len(swings) == 1:
        # One movement does not show both ends: whether it began at one, people's usual neutral tells.
        still = _held(time_s, values, ready & before, name)
    else:
        least, most = low + END_SHARE * span, high - END_SHARE * span
        still = [own for own in _held(time_s, values, there & before, name) if least < own.value < most]
        if not still and span < ONE_SIDED_DEG:
            first = _held(time_s, values, there & (time_s < swings[0].middle_s), name)
            still = [own for own in first if abs(own.value - usual.value) <= usual.uncertainty]
    return next(iter(still), Baseline((low + high) / 2.0, MIDDLE_ERROR_SHARE * span))


def _held(time_s: Floats, values: Floats, where: Bools, name: str) -> list[Baseline]:
    """The value of each spell in which the measure stays put for `STILL_S`.

    Its median and scatter: what of the measure's known error is constant falls out of a difference.
    """
    rate = RateTracker(rate_window_s(usual_gap_s(time_s))).update(time_s, values)
    spec = MEASURES[name]
    most = STILL_PER_S[spec.unit] if spec.still_per_s is None else spec.still_per_s
    still = where & np.isfinite(values) & (np.abs(rate) <= most)
    spells = [values[start:stop] for start, stop in runs(time_s, still, 0.0, STILL_S)]
    return [Baseline(float(np.median(spell)), float(np.std(spell))) for spell in spells]
