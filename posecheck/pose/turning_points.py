"""Movement to and fro: the turning points of a measure and the swings between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from posecheck.pose.landmarks import Floats

STEADY_S = 0.2
"""Time over which the median is taken: outlasts one noisy frame from 15 fps on, and is short against a swing."""


@dataclass(frozen=True, slots=True)
class Swing:
    """One movement from a turning point to the next.

    Attributes:
        start: Index of the frame in which it begins.
        end: Index of the frame in which it ends.
        start_s: Time of that first frame.
        middle_s: Time at which half of the way is done; it is known better than the ends, where the curve is flat.
        end_s: Time of the last frame.
        extent: Signed movement, in the measure's unit.
    """

    start: int
    end: int
    start_s: float
    middle_s: float
    end_s: float
    extent: float


def steady(time_s: Floats, values: Floats) -> Floats:
    """The values with spikes removed: the median over `STEADY_S` around each time.

    One noisy outline would otherwise be two swings, much too fast.

    Args:
        time_s: (N,) increasing.
        values: (N,); a NaN is passed over.

    Returns:
        (N,), NaN where all values around are.
    """
    if len(values) == 0:
        return values
    first = np.searchsorted(time_s, time_s - STEADY_S / 2.0, side="left")
    stop = np.searchsorted(time_s, time_s + STEADY_S / 2.0, side="right")
    index = first[:, None] + np.arange((stop - first).max())
    around = np.where(index < stop[:, None], values[np.minimum(index, len(values) - 1)], np.nan)
    around.sort(axis=1)  # NaN last
    known = np.isfinite(around).sum(axis=1)
    rows = np.arange(len(values))
    upper = np.minimum(known // 2, np.maximum(known.max() - 1, 0))
    middle: Floats = (around[rows, np.maximum(known - 1, 0) // 2] + around[rows, upper]) / 2.0
    return middle


class StreamingMedian:
    """`steady`, as the values come: each result is given once all values around it are known, so a little late."""

    def __init__(self) -> None:
        self._time_s = self._values = np.empty(0)
        self._given = 0

    def update(self, time_s: Floats, values: Floats) -> tuple[Floats, Floats]:
        """Takes the next N times and values; returns the results that are known by now."""
        self._time_s, self._values = np.append(self._time_s, time_s), np.append(self._values, values)
        if not len(self._time_s):
            return self._time_s, self._values
        return self._give(int(np.searchsorted(self._time_s + STEADY_S / 2.0, self._time_s[-1], side="left")))

    def close(self) -> tuple[Floats, Floats]:
        """Ends the values; returns the remaining results."""
        return self._give(len(self._time_s))

    def _give(self, stop: int) -> tuple[Floats, Floats]:
        time_s = self._time_s[self._given : stop]
        values = steady(self._time_s, self._values)[self._given : stop] if len(time_s) else time_s
        last_s = self._time_s[min(stop, len(self._time_s) - 1)] if len(self._time_s) else 0.0
        unneeded = int(np.searchsorted(self._time_s, last_s - STEADY_S / 2.0, side="left"))
        self._time_s, self._values = self._time_s[unneeded:], self._values[unneeded:]
        self._given = stop - unneeded
        return time_s, values


class TurningPointDetector:
    """The turning points of a measure, as its values come.

    A turning point counts once the value has gone back by `least` from it, so smaller sway and noise make none.

    Args:
        least: In the values' unit.
    """

    def __init__(self, least: float) -> None:
        self._least = least
        self._count = 0
        self._lowest, self._highest = (-1, np.inf), (-1, -np.inf)
        self._rising = 0

    def update(self, values: Floats) -> list[int]:
        """Takes the next N values; a NaN is ignored.

        Returns:
            The turning points that became certain, as indices from the first value on.
        """
        found = []
        lowest, highest, rising, least = self._lowest, self._highest, self._rising, self._least
        for index, value in enumerate(values.tolist(), self._count):
            if value != value:
                continue
            if rising <= 0 and value < lowest[1]:
                lowest = index, value
            if rising >= 0 and value > highest[1]:
                highest = index, value
            if rising >= 0 and highest[1] - value >= least:
                found.append(highest[0])
                rising, lowest = -1, (index, value)
            elif rising <= 0 and value - lowest[1] >= least:
                found.append(lowest[0])
                rising, highest = 1, (index, value)
        self._lowest, self._highest, self._rising = lowest, highest, rising
        self._count += len(values)
        return found

    @property
    def reached(self) -> int | None:
        """Index of the furthest value since the last turning point; None before the first one."""
        if not self._rising:
            return None
        return self._highest[0] if self._rising > 0 else self._lowest[0]


def find_swings(time_s: Floats, values: Floats, least: float) -> list[Swing]:
    """The swings of a measure, in order, the one that is under way at the end included.

    Args:
        time_s: (N,) increasing.
        values: (N,), best without spikes (`steady`); a NaN is ignored.
        least: Least movement of a swing, in the values' unit.
    """
    turns = TurningPointDetector(least)
    ends = turns.update(values)
    if turns.reached is not None:
        ends.append(turns.reached)
    return [swing_between(time_s, values, start, end) for start, end in pairwise(ends)]


def swing_between(time_s: Floats, values: Floats, start: int, end: int) -> Swing:
    """The swing from one turning point to the next, given by their indices."""
    extent = float(values[end] - values[start])
    done = (values[start : end + 1] - values[start]) / extent
    middle = start + int(np.argmax(done >= 0.5))
    return Swing(start, end, float(time_s[start]), float(time_s[middle]), float(time_s[end]), extent)


def stay(values: Sequence[float], turn: int, near: float) -> tuple[int, int]:
    """The first and last frame of the stay at a turning point.

    Args:
        values: Those of a measure, best without spikes; a NaN is ignored.
        turn: Index of the turning point.
        near: The values around it that differ by no more than this belong to the stay; with at most half of the least
            swing, the stay is over once the next swing is certain.
    """
    ends = []
    for way in (range(turn, -1, -1), range(turn, len(values))):
        end = turn
        for index in way:
            if abs(values[index] - values[turn]) > near:
                break
            if np.isfinite(values[index]):
                end = index
        ends.append(end)
    return ends[0], ends[1]
