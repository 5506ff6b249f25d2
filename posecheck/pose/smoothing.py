"""Filters in time, driven by timestamps. MediaPipe's VIDEO mode smooths already; these only steady choices."""

from __future__ import annotations

import math

import numpy as np

from posecheck.pose.landmarks import Floats


class SteadySign:
    """The sign of an uncertain quantity that has one true sign for long stretches of time.

    Evidence is averaged exponentially; the sign changes only when the average has crossed zero by `threshold`.
    The first evidence decides at once, so a single frame has a sign too.

    Args:
        time_constant_s: Seconds over which evidence is averaged.
        threshold: How far the average must lie on the other side, in the evidence's unit.
    """

    def __init__(self, time_constant_s: float, threshold: float) -> None:
        self._time_constant_s = time_constant_s
        self._threshold = threshold
        self._average = math.nan
        self._sign = math.nan
        self._time_s = math.nan

    def update(self, time_s: Floats, evidence: Floats) -> Floats:
        """The sign at each time.

        Args:
            time_s: (N,) increasing, later than all times given before.
            evidence: (N,); NaN adds nothing.

        Returns:
            (N,) of -1.0 and 1.0; NaN before the first evidence.
        """
        signs = np.empty(len(time_s))
        for index, (time, value) in enumerate(zip(time_s.tolist(), evidence.tolist(), strict=True)):
            if not math.isnan(value):
                if math.isnan(self._sign):
                    self._average, self._sign = value, math.copysign(1.0, value)
                else:
                    keep = math.exp(-(time - self._time_s) / self._time_constant_s)
                    self._average = keep * self._average + (1.0 - keep) * value
                    if self._average * self._sign < -self._threshold:
                        self._sign = -self._sign
                self._time_s = time
            signs[index] = self._sign
        return signs


class SteadyValue:
    """A value with backlash: it stays until the measured one is more than `play` away, then follows that far behind.

    A measured value that quivers by less than twice `play` does not move it, so it does not cross a limit to and fro.

    Args:
        play: In the value's unit.
    """

    def __init__(self, play: float) -> None:
        self._play = play
        self._value = math.nan

    def update(self, measured: Floats) -> Floats:
        """The value at each measurement: (N,) to (N,), NaN where it is NaN; the first one is taken as it is."""
        values = np.empty(len(measured))
        for index, one in enumerate(measured.tolist()):
            if math.isnan(self._value):
                self._value = one
            elif not math.isnan(one):
                self._value = min(max(self._value, one - self._play), one + self._play)
            values[index] = math.nan if math.isnan(one) else self._value
        return values


_PIECE = 1024
"""Values taken at once: a rate is a difference of running sums, which lose their last digits over hours."""


class RateTracker:
    """How fast a value changes: the slope of the straight line fitted to the last `window_s` seconds.

    Causal, so that live and saved agree. A fitted slope is steadier against noise than a difference of two values.

    Args:
        window_s: Length of the window that ends with each time.
    """

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._time_s = np.empty(0)
        self._values = np.empty(0)

    def update(self, time_s: Floats, values: Floats) -> Floats:
        """The rate at each time.

        Args:
            time_s: (N,) increasing, later than all times given before.
            values: (N,); NaN adds nothing.

        Returns:
            (N,) in the values' unit per second; 0 while the window holds fewer than three values or less than half
            its length, since what has just come into view is not known to move.
        """
        pieces = [slice(start, start + _PIECE) for start in range(0, len(time_s), _PIECE)]
        return np.concatenate([np.empty(0), *(self._update(time_s[piece], values[piece]) for piece in pieces)])

    def _update(self, time_s: Floats, values: Floats) -> Floats:
        time = np.concatenate([self._time_s, time_s])
        value = np.concatenate([self._values, values])
        result = _slope(time, value, self._window_s)[len(self._time_s) :]
        recent = time >= time[-1] - self._window_s
        self._time_s, self._values = time[recent], value[recent]
        return result


def _slope(time_s: Floats, values: Floats, window_s: float) -> Floats:
    known = np.isfinite(values)
    # Centred on the window's own scale the running sums stay small, so that their differences are exact enough.
    centre = float(values[known].mean()) if known.any() else 0.0
    time = np.where(known, time_s - time_s[0], 0.0)
    value = np.where(known, values - centre, 0.0)
    first = np.searchsorted(time_s, time_s - window_s, side="left")

    def window_sum(terms: Floats) -> Floats:
        total: Floats = np.concatenate([[0.0], np.cumsum(terms)])
        return total[1:] - total[first]

    count = window_sum(known.astype(float))
    sum_t, sum_v = window_sum(time), window_sum(value)
    spread = count * window_sum(time * time) - sum_t**2
    # From the first value known in the window to the last: the time in which nobody was seen is not part of its length.
    index = np.arange(len(time_s))
    last_known = np.maximum.accumulate(np.where(known, index, 0))
    next_known = np.minimum.accumulate(np.where(known, index, len(index) - 1)[::-1])[::-1]
    span_s = time_s[last_known] - time_s[next_known[first]]
    usable = (count >= 3) & (span_s >= window_s / 2.0) & (spread > 1e-9)
    result = np.zeros(len(time_s))
    np.divide(count * window_sum(time * value) - sum_t * sum_v, spread, out=result, where=usable)
    return result
