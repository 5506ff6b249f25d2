"""Figures with their uncertainty.

Uncertainty comes from a bootstrap: people (or clips, where labels name nobody) are drawn with replacement. The seconds
of one clip are alike, so they count as one observation, however many they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from posecheck.pose.landmarks import Floats, Ints

DRAWS = 1000
SEED = 20240607
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval, which is NaN where there is but one group to draw from."""

    value: float
    low: float
    high: float


def drawn(groups: int) -> Floats:
    """(`DRAWS`, G) how often each group comes in each draw; always the same."""
    picks = np.random.default_rng(SEED).integers(groups, size=(DRAWS, groups))
    times: Floats = (picks[..., None] == np.arange(groups)).sum(axis=1).astype(float)
    return times


def bounds(values: Floats, level: float = LEVEL) -> tuple[float, float]:
    """The interval that holds a share of the values; NaN is ignored, and no values give NaN."""
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def figure(counts: Floats, of: Callable[[Floats], Floats]) -> Estimate:
    """A figure of sums over groups, with its interval.

    Args:
        counts: (G, C).
        of: (..., C) sums to (...) figures.
    """
    drawn_from = [number for number, one in enumerate(counts) if np.isfinite(of(one))]
    low, high = bounds(of(drawn(len(counts)) @ counts)) if len(drawn_from) > 1 else (np.nan, np.nan)
    return Estimate(float(of(counts.sum(axis=0))), low, high)


def median(values: Floats, group: Ints, groups: int) -> Estimate:
    """The median of values that belong to groups; NaN of none."""
    if len(values) == 0:
        return Estimate(np.nan, np.nan, np.nan)
    order = np.argsort(values)
    times = drawn(groups)[:, group[order]].cumsum(axis=1)
    middles = np.where(times[:, -1] > 0, values[order][(2 * times >= times[:, -1:]).argmax(axis=1)], np.nan)
    low, high = bounds(middles) if len(set(group.tolist())) > 1 else (np.nan, np.nan)
    return Estimate(float(np.median(values)), low, high)
