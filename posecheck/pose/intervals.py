"""Times during which something was so: short ones are not counted, short gaps in long ones are closed."""

from __future__ import annotations

import math

Interval = tuple[float, float]
"""Start and end in seconds."""


class IntervalTracker:
    """Times during which something was so, from the first moment on, once it has lasted long enough.

    Args:
        gap_s: An interruption shorter than this does not end an interval.

    Attributes:
        intervals: The finished ones.
        due_s: When each of them had lasted long enough.
        confirmed: Whether one under way has.
    """

    def __init__(self, gap_s: float) -> None:
        self._gap_s = gap_s
        self._start_s = math.nan
        self._confirm_at_s = math.nan
        self._off_s = math.nan
        self.intervals: list[Interval] = []
        self.due_s: list[float] = []
        self.confirmed = False

    @property
    def start_s(self) -> float:
        """Start of the interval under way; NaN where there is none."""
        return self._start_s

    def update(self, time_s: float, on: bool, confirm_s: float) -> None:
        """Notes that it is (or is not) so from `time_s` on; an interval that starts now needs `confirm_s` to count."""
        self.advance(time_s)
        under_way = not math.isnan(self._start_s)
        if on:
            if not under_way:
                self._start_s, self._confirm_at_s = time_s, time_s + confirm_s
            self._off_s = math.nan
        elif under_way and not self.confirmed:
            self._start_s = math.nan
        elif under_way and math.isnan(self._off_s):
            self._off_s = time_s

    def close(self, time_s: float) -> None:
        """Takes `time_s` as the end, after which nothing follows."""
        self.advance(time_s)
        if self.confirmed:
            self._finish(time_s if math.isnan(self._off_s) else self._off_s)

    def advance(self, time_s: float) -> None:
        """Goes on to `time_s` with nothing changed."""
        if math.isnan(self._start_s):
            return
        if math.isnan(self._off_s):
            self.confirmed |= time_s >= self._confirm_at_s
        elif time_s - self._off_s >= self._gap_s:
            self._finish(self._off_s)

    def _finish(self, end_s: float) -> None:
        self.intervals.append((self._start_s, end_s))
        self.due_s.append(self._confirm_at_s)
        self._start_s = self._off_s = math.nan
        self.confirmed = False
