"""Movement to and fro: the turning points of a measure and the swings between them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from posecheck.landmarks import Floats

STEADY_S = 0.2
"""Time over which the median is taken: outlasts one noisy frame from 15 fps on, and is short against a swing."""


@dataclass(frozen=True, slots=True)
class Swing:
    """One movement from a turning point to the next.

    Attributes:
        start: Index of the frame in which it begins.
        end: Index of the frame in which it ends.
        start_s: Time of that first frame.
        middle_s: Time at which half of the way is done: steadier than the ends, which are flat.
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
    """The values without spikes: the median over `STEADY_S` around each time.

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


def find_swings(time_s: Floats, values: Floats, least: float) -> list[Swing]:
    """The swings of a measure, in order.

    A turning point counts once the value has gone back by `least` from it, so smaller sway and noise make no swing.

    Args:
        time_s: (N,) increasing.
        values: (N,), best without spikes (`steady`); a NaN is passed over.
        least: Least movement of a swing, in the values' unit.
    """
    turns: list[int] = []
    lowest = highest = -1
    rising = 0
    numbers = values.tolist()
    for index, value in enumerate(numbers):
        if value != value:
            continue
        if lowest < 0 or (value < numbers[lowest] and rising <= 0):
            lowest = index
        if highest < 0 or (value > numbers[highest] and rising >= 0):
            highest = index
        if rising >= 0 and numbers[highest] - value >= least:
            turns.append(highest)
            rising, lowest = -1, index
        elif rising <= 0 and value - numbers[lowest] >= least:
            turns.append(lowest)
            rising, highest = 1, index
    if rising:
        turns.append(highest if rising > 0 else lowest)
    return [_swing(time_s, values, start, end) for start, end in pairwise(turns)]


def _swing(time_s: Floats, values: Floats, start: int, end: int) -> Swing:
    extent = float(values[end] - values[start])
    done = (values[start : end + 1] - values[start]) / extent
    middle = start + int(np.argmax(done >= 0.5))
    return Swing(start, end, float(time_s[start]), float(time_s[middle]), float(time_s[end]), extent)
