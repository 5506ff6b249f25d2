"""Holds and faults in time: takes changes of what is seen, with their times, and never counts frames.

An observation stands from its time until the next one. Giving every frame and giving only the changes have the same
result.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from statistics import median

from posecheck.judging.aim import is_reached
from posecheck.judging.situation import Situation
from posecheck.pose.intervals import IntervalTracker
from posecheck.rules.stretch import Timing


class State(Enum):
    """What the person is doing at a moment, as the summary and the screen call it."""

    NOBODY = "nobody"
    TOO_DARK = "too-dark"
    BLURRED = "blurred"
    CUT_OFF = "cut-off"
    VIEW_WRONG = "view-wrong"
    ELSEWHERE = "elsewhere"
    READY = "ready"
    ENTERING = "entering"
    HOLDING = "holding"
    GRACE = "grace"
    AT_FAULT = "at-fault"


UNJUDGED = {
    Situation.NOBODY: State.NOBODY,
    Situation.TOO_DARK: State.TOO_DARK,
    Situation.BLURRED: State.BLURRED,
    Situation.CUT_OFF: State.CUT_OFF,
    Situation.VIEW_WRONG: State.VIEW_WRONG,
    Situation.ELSEWHERE: State.ELSEWHERE,
    Situation.READY: State.READY,
}
"""The state in each situation but the posture itself."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What is seen from one time until the next observation.

    Attributes:
        situation: Where the person is.
        phase: Index of the phase, -1 where the stretch has none.
        good: Whether the posture is held with no rule broken.
        faults: Indices of the rules that are broken.
    """

    situation: Situation
    phase: int = -1
    good: bool = False
    faults: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold on good form.

    Attributes:
        phase: Index of the phase held, -1 where the stretch has none.
        start_s: First good moment.
        end_s: End of the last good moment.
        hold_s: Seconds on good form between them; short lapses within do not count.
        repetition: 1 for the first repetition; holds with no rest between them share one.
    """

    phase: int
    start_s: float
    end_s: float
    hold_s: float
    repetition: int


@dataclass(frozen=True, slots=True)
class ScoredHold:
    """A hold judged with hindsight: with its target, and with the score of its form.

    Attributes:
        phase: The phase's name, None where the stretch has none.
        start_s: First good moment.
        end_s: End of the last good moment.
        hold_s: Seconds on good form between them; short lapses within do not count.
        repetition: 1 for the first repetition; holds with no rest between them share one.
        target_s: Seconds to hold.
        score: 0..100, the time average of the form's quality (`posecheck.judging.assessment.quality`) from the hold's
            start to its end, lapses counted as 0: 100 for every measure well inside its range all the time, 50 for one
            on its limit throughout.
    """

    phase: str | None
    start_s: float
    end_s: float
    hold_s: float
    repetition: int
    target_s: float
    score: float

    @property
    def completed(self) -> bool:
        """Whether the target was reached."""
        return is_reached(self.hold_s, self.target_s)


class HoldTracker:
    """Turns observations into holds, repetitions and fault intervals.

    Args:
        timing: Limits in seconds.
        rules: Number of rules.

    Attributes:
        time_s: The last time given; NaN before the first.
        holds: The holds finished so far.
        faults: For each rule, the times at which it was broken.
    """

    def __init__(self, timing: Timing, rules: int) -> None:
        self._timing = timing
        self._now = Observation(Situation.NOBODY)
        self.time_s = math.nan
        self._pending: tuple[int, float] | None = None
        self._phase = -1
        self._start_s = self._good_since_s = self._bad_since_s = self._rest_since_s = math.nan
        self._held_s = 0.0
        self._repetition = 0
        self._rested = True
        self._settled = False
        self.faults = [IntervalTracker(timing.grace_s) for _ in range(rules)]
        self.holds: list[Hold] = []

    @property
    def state(self) -> State:
        """What the person is doing, as far as the last observation shows."""
        if self._holding:
            return State.GRACE if math.isnan(self._good_since_s) else State.HOLDING
        if self._now.situation is not Situation.POSTURE:
            return UNJUDGED[self._now.situation]
        return State.AT_FAULT if self.confirmed_faults else State.ENTERING

    @property
    def confirmed_faults(self) -> list[int]:
        """Indices of the rules that are broken now and have been broken for long enough."""
        return [index for index in sorted(self._now.faults) if self.faults[index].confirmed]

    @property
    def hold_s(self) -> float:
        """Seconds on good form of the hold under way; 0 where there is none."""
        if not self._holding:
            return 0.0
        running = 0.0 if math.isnan(self._good_since_s) else self.time_s - self._good_since_s
        return self._held_s + running

    @property
    def repetition(self) -> int:
        """Repetitions whose first hold is finished."""
        return self._repetition

    @property
    def _holding(self) -> bool:
        return not math.isnan(self._start_s)

    def update(self, time_s: float, seen: Observation) -> None:
        """Takes what is seen from `time_s` on.

        Args:
            time_s: Seconds, not before any time given earlier.
            seen: What is seen.
        """
        self.advance(time_s)
        self._now = seen
        self._follow_rest(time_s, seen)
        self._follow_faults(time_s, seen)
        if not seen.good:
            self._pending = None
        elif self._pending is None or self._pending[0] != seen.phase:
            self._pending = (seen.phase, time_s)
        if self._holding:
            self._follow_hold(time_s, on=seen.good and seen.phase == self._phase)
        self.advance(time_s)

    def close(self, time_s: float) -> None:
        """Ends the clip at `time_s`, and with it whatever is under way."""
        self.advance(time_s)
        if self._holding:
            self._finish(time_s if math.isnan(self._bad_since_s) else self._bad_since_s)
        for fault in self.faults:
            fault.close(time_s)

    def _follow_rest(self, time_s: float, seen: Observation) -> None:
        resting = seen.situation in (Situation.READY, Situation.ELSEWHERE)
        if not resting:
            self._rest_since_s = math.nan
        elif math.isnan(self._rest_since_s):
            self._rest_since_s = time_s
        if seen.situation is not Situation.POSTURE:
            self._settled = False
        elif seen.good:
            self._settled = True

    def _follow_faults(self, time_s: float, seen: Observation) -> None:
        confirm_s = self._timing.confirm_s if self._settled else self._timing.settle_s
        for index, fault in enumerate(self.faults):
            fault.update(time_s, index in seen.faults, confirm_s)

    def _follow_hold(self, time_s: float, *, on: bool) -> None:
        if on and math.isnan(self._good_since_s):
            self._good_since_s, self._bad_since_s = time_s, math.nan
        elif not on and not math.isnan(self._good_since_s):
            self._held_s += time_s - self._good_since_s
            self._good_since_s, self._bad_since_s = math.nan, time_s

    def advance(self, time_s: float) -> None:
        """Goes on to `time_s` with nothing changed, and does what becomes due by then."""
        self.time_s = time_s
        timing = self._timing
        for fault in self.faults:
            fault.advance(time_s)
        rested = time_s - self._rest_since_s >= timing.debounce_s
        if self._holding and (rested or time_s - self._bad_since_s >= timing.grace_s):
            self._finish(self._bad_since_s)
        self._rested |= rested
        if self._pending is not None and time_s - self._pending[1] >= timing.debounce_s:
            self._begin(*self._pending)
            self._pending = None

    def _begin(self, phase: int, start_s: float) -> None:
        if self._holding and phase == self._phase:
            return
        if self._holding:
            self._finish(self._bad_since_s)
        self._phase = phase
        self._start_s = self._good_since_s = start_s
        self._bad_since_s = math.nan
        self._held_s = 0.0

    def _finish(self, end_s: float) -> None:
        if not math.isnan(self._good_since_s):
            self._held_s += end_s - self._good_since_s
        if self._held_s > 0.0 and self._held_s >= self._timing.min_hold_s:
            self._repetition += self._rested
            self._rested = False
            self.holds.append(Hold(self._phase, self._start_s, end_s, self._held_s, self._repetition))
        self._start_s = self._good_since_s = self._bad_since_s = math.nan


def count_rounds(holds: Sequence[Hold | ScoredHold], phases: int) -> tuple[int, float | None]:
    """Rounds of all phases, in whatever order they come, and the usual time of one.

    Args:
        holds: Of one segment, in order; successive ones of the same phase, separated by a lapse, count as one.
        phases: Number of phases of the stretch.

    Returns:
        The number of rounds, and the median seconds of one. A round lasts from its start to the start of the next one;
        where there is no next one, to the end of its last hold. The seconds are None where there is no round.
    """
    starts: list[float] = []
    rounds = 0
    seen: set[int | str | None] = set()
    before: int | str | None = None
    for hold in holds:
        if hold.phase != before:
            if not seen:
                starts.append(hold.start_s)
            seen.add(hold.phase)
            before = hold.phase
        if len(seen) == phases:
            rounds += 1
            seen = set()
    if rounds == 0:
        return 0, None
    if len(starts) == 1:
        return rounds, holds[-1].end_s - starts[0]
    return rounds, median(second - first for first, second in pairwise(starts))
