"""Judges movements to and fro by a stretch's swing rules; the same code takes them as they come or all at once."""

from __future__ import annotations

import numpy as np

from posecheck.judging.assessment import Assessment
from posecheck.judging.cues import Broken, swing_cue
from posecheck.judging.situation import Situation
from posecheck.measures.measurer import Measures
from posecheck.pose.intervals import Interval
from posecheck.pose.landmarks import Bools, Floats, Ints
from posecheck.pose.pace import TOO_FEW_S, usual_gap_s
from posecheck.pose.turning_points import (
    StreamingMedian,
    TurningPointDetector,
    find_swings,
    stay,
    steady,
    swing_between,
)
from posecheck.rules.rule import SwingRule
from posecheck.rules.stretch import Stretch

USUAL_SWING_DEG = 10.0
"""Least movement that counts as a swing where no rule sets one."""

AS_WIDE_SHARE = 0.75
"""A last swing of at least this share of the one before does not go back to rest: the way from a cat or a cow to
neutral is about half of the way from end to end (0.44 to 0.56 in rendered clips)."""


Judged = tuple[Interval, float]
"""What a rule measures of one swing: its start and end (for a duration, the middles of this swing and of the next one),
and the value that must be at least `SwingRule.min`."""


class SwingJudge:
    """Judges the swings of one rule as the measures come.

    Poses one by one and poses all at once give the same result. A swing is judged once the next one has begun. Its
    interval goes from the middle of the stay at one end to the middle of the stay at the other, because the turning
    point itself may lie anywhere in a stay. The first swing comes from rest. The last swing goes back to rest unless it
    is `AS_WIDE_SHARE` of the one before. Both are half as wide as the swings between, so only their tempo is judged.

    Args:
        stretch: Whose rule it is.
        rule: The rule.
    """

    def __init__(self, stretch: Stretch, rule: SwingRule) -> None:
        self._support = stretch.support
        self._rule = rule
        self._timed = rule.judge == "duration_s"
        self._steadying = StreamingMedian(), StreamingMedian()
        self._turns = TurningPointDetector(rule.swing_min)
        # For each frame since the last certain turning point: its time, the value that swings, the one that is judged.
        self._frames: tuple[list[float], list[float], list[float]] = [], [], []
        self._first = 0
        self._start = -1
        self._start_s = np.nan
        self._swings = 0
        self._before_s = self._extent = np.nan

    def update(self, measures: Measures, there: Bools) -> list[Judged]:
        """Takes the next N frames and whether the person is in the stretch; returns the swings that they complete."""
        swinging = np.where(there, measures.get(self._rule.swing_of, self._support), np.nan)
        moving, judged = self._steadying
        time_s, values = moving.update(measures.time_s, swinging)
        if self._timed:
            return self._follow(time_s, values, values)
        return self._follow(time_s, values, judged.update(measures.time_s, self._judged(measures))[1])

    def close(self) -> list[Judged]:
        """Ends the movement; returns the swings that were still to be judged."""
        moving, judged = self._steadying
        time_s, values = moving.close()
        found = self._follow(time_s, values, values if self._timed else judged.close()[1])
        reached = self._turns.reached
        if reached is None or not (self._timed or self._as_wide(reached)):
            return found
        return found + self._swung(reached)

    def _judged(self, measures: Measures) -> Floats:
        return measures.get(self._rule.judge, self._support)

    def _follow(self, time_s: Floats, values: Floats, judged: Floats) -> list[Judged]:
        for kept, new in zip(self._frames, (time_s, values, judged), strict=True):
            kept += new.tolist()
        found = []
        for turn in self._turns.update(values):
            if self._start >= 0:
                found += self._swung(turn)
            self._start, self._start_s = turn, self._middle_of_stay_s(turn)
        self._forget()
        return found

    def _as_wide(self, end: int) -> bool:
        swinging = self._frames[1]
        extent = abs(swinging[end - self._first] - swinging[self._start - self._first])
        return extent >= AS_WIDE_SHARE * self._extent

    def _middle_of_stay_s(self, turn: int) -> float:
        time_s, values, _ = self._frames
        first, last = stay(values, turn - self._first, self._rule.swing_min / 2.0)
        return (time_s[first] + time_s[last]) / 2.0

    def _swung(self, end: int) -> list[Judged]:
        """Judges the swing that ended at a turning point."""
        start, first = self._start, self._first
        time_s, values, judged = (np.array(kept[start - first : end + 1 - first]) for kept in self._frames)
        swing = swing_between(time_s, values, 0, end - start)
        before_s, self._before_s = self._before_s, swing.middle_s
        self._extent = abs(swing.extent)
        self._swings += 1
        if self._swings == 1:
            return []
        if self._timed:
            return [((before_s, swing.middle_s), swing.middle_s - before_s)]
        if not np.isfinite(judged).any():
            return []
        interval = self._start_s, self._middle_of_stay_s(end)
        return [(interval, float(np.nanmax(judged) - np.nanmin(judged)))]

    def _forget(self) -> None:
        """Keeps only what a swing under way may need."""
        needed = self._start if self._start >= 0 else self._first
        for kept in self._frames:
            del kept[: needed - self._first]
        self._first = needed


class Movement:
    """Follows all swing rules of a stretch live.

    Args:
        stretch: The stretch.
    """

    def __init__(self, stretch: Stretch) -> None:
        self._judges = [(rule, SwingJudge(stretch, rule)) for rule in stretch.swing_rules]
        self._broken: dict[SwingRule, Broken] = {}

    def update(self, measures: Measures, assessment: Assessment) -> None:
        """Takes the next N frames and their assessment."""
        there = there_in(assessment.situation)
        for rule, judge in self._judges:
            for (start_s, end_s), value in judge.update(measures, there):
                before = self._broken.pop(rule, None)
                if value < rule.min:
                    self._broken[rule] = Broken(swing_cue(rule), before.since_s if before else start_s, end_s)

    @property
    def broken(self) -> list[tuple[SwingRule, Broken]]:
        """The rules that are broken by the last swing they judged."""
        return list(self._broken.items())


def there_in(situation: Ints) -> Bools:
    """(N,) whether the person is in the stretch or ready for it, by `Situation`."""
    return np.isin(situation, (Situation.READY, Situation.POSTURE))


def swing_values(measures: Measures, stretch: Stretch, rule: SwingRule, there: Bools) -> list[Judged]:
    """What a rule measures of each swing; nothing where the frame rate is too low to see swings."""
    if usual_gap_s(measures.time_s) > TOO_FEW_S:
        return []
    judge = SwingJudge(stretch, rule)
    return judge.update(measures, there) + judge.close()


def range_of_motion_deg(measures: Measures, stretch: Stretch, there: Bools) -> float | None:
    """The median swing of the measure that makes the phases; 0 where there is none, None without phases."""
    name = stretch.turning_measure
    if name is None:
        return None
    least = min((rule.swing_min for rule in stretch.swing_rules if rule.swing_of == name), default=USUAL_SWING_DEG)
    values = np.where(there, measures.get(name, stretch.support), np.nan)
    swings = find_swings(measures.time_s, steady(measures.time_s, values), least)
    return float(np.median([abs(swing.extent) for swing in swings])) if swings else 0.0
