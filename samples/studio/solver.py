"""Finds the dials of a posture for which what is asked of the body comes true."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from samples.studio.mesh import Floats

Dials = dict[str, float]

_STEP_DEG, _STEP_M = 0.5, 0.002
_LONGEST_DEG, _LONGEST_M = 15.0, 0.08


def in_metres(dial: str) -> bool:
    """Whether a dial is a place in metres; the others are angles in degrees or shares."""
    return dial.endswith(("_x", "_y", "_z"))


def solve(
    miss: Callable[[Dials], Floats],
    dials: Dials,
    free: Sequence[str],
    *,
    rounds: int,
    close: float = 0.02,
    slopes: Floats | None = None,
) -> Dials:
    """Turns the free dials until nothing misses: Gauss-Newton with a little damping.

    Args:
        miss: Dials to (M,) misses, scaled so that 1 is about a degree or 5 mm.
        dials: Where to begin.
        free: The dials that may be turned.
        rounds: Most rounds.
        close: A greatest miss that is good enough.
        slopes: (M, len(free)) slopes found nearby, to begin with; they are found anew where they do not serve.

    Returns:
        All dials; where the misses cannot vanish, those of the least squares found.
    """
    best = dict(dials)
    error = miss(best)
    damping = 1e-4
    for _ in range(rounds):
        if float(np.abs(error).max(initial=0.0)) < close:
            break
        if slopes is None:
            slopes = slopes_at(miss, best, free)
        normal = slopes.T @ slopes
        step = -np.linalg.solve(normal + damping * np.eye(len(free)), slopes.T @ error)
        longest = max(abs(s) / (_LONGEST_M if in_metres(n) else _LONGEST_DEG) for s, n in zip(step, free, strict=True))
        step /= max(1.0, longest)
        tried = best | {name: best[name] + float(turn) for name, turn in zip(free, step, strict=True)}
        missed = miss(tried)
        if missed @ missed < error @ error:
            halved = missed @ missed < 0.25 * (error @ error)
            best, error, damping = tried, missed, max(damping * 0.3, 1e-6)
            slopes = slopes if halved else None
        else:
            damping = max(damping * 20, 1e-3)
            slopes = None
    return best


def slopes_at(miss: Callable[[Dials], Floats], dials: Dials, free: Sequence[str]) -> Floats:
    """(M, len(free)) how much each miss changes with each dial."""
    error = miss(dials)
    return np.stack([_slope(miss, dials, error, name) for name in free], axis=1)


def _slope(miss: Callable[[Dials], Floats], dials: Dials, error: Floats, name: str) -> Floats:
    step = _STEP_M if in_metres(name) else _STEP_DEG
    return (miss(dials | {name: dials[name] + step}) - error) / step
