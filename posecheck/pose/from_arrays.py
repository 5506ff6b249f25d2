"""Poses from landmarks that another program has found, given as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from posecheck.pose.landmarks import OUTLINE_POINTS, Floats, Landmark, Poses

COUNT = len(Landmark)

LEAST_PX = 2.0
"""Landmarks that all lie within this many pixels are shares of the picture, as MediaPipe itself gives them: no body
that can be judged is so small."""


def poses_from_arrays(
    time_s: ArrayLike,
    landmarks: ArrayLike,
    width_px: int,
    height_px: int,
    *,
    visibility: ArrayLike | None = None,
    outline: Sequence[ArrayLike | None] | NDArray[Any] | None = None,
) -> Poses:
    """N poses of one clip, of landmarks found elsewhere.

    The landmarks are MediaPipe's 33 (`Landmark`), left and right the subject's. Judged are the nose and, of both sides,
    ear, shoulder, elbow, wrist, hip, knee, ankle, heel and toes (`FOOT_INDEX`): a frame in which one of these is
    NaN may go unjudged. The other landmarks may be NaN throughout.

    Args:
        time_s: (N,) seconds, finite and strictly increasing. N is at least 1; one pose alone is a picture.
        landmarks: (N, 33, 2) of x, y in pixels of the upright picture, y downwards, or (N, 33, 3) with z in the same
            unit, smaller is nearer; no verdict rests on z. NaN where a landmark was not found; a frame in which nobody
            was found is NaN throughout.
        width_px: Width of the picture that the pixels are counted in.
        height_px: Height of that picture.
        visibility: (N, 33) how surely each landmark is seen, 0..1: below 0.3 it is not judged, and the side that is
            seen better is taken for the near one, the only one that is judged. None: 1 for each that was found, and
            the right side is the near one; `analyze` warns of it.
        outline: For each frame the closed outline of the body, (K, 2) pixels with 3 <= K <= 128; None, or NaN
            throughout, for a frame without. The curve of the back is read from it. None for all: measures of the back
            (``spine_flexion``) are NaN, and what rests on them, such as the phases of cat-cow, is never seen;
            `analyze` warns of it.

    Raises:
        ValueError: With everything that is wrong with the arrays.
    """
    times, points = _array(time_s), _array(landmarks)
    sure = None if visibility is None else _array(visibility)
    count = len(times) if times.ndim else 0
    problems = [*_time_problems(times), *_point_problems(points, count)]
    if width_px <= 0 or height_px <= 0:
        problems.append(f"width_px and height_px are {width_px} and {height_px}, allowed: above 0")
    if sure is not None:
        problems += _visibility_problems(sure, count)
    filled, outline_problems = _outlines(outline, count)
    problems += outline_problems
    if problems:
        raise ValueError("; ".join(problems))
    found = np.isfinite(points[..., :2]).all(axis=2)
    result = np.full((count, COUNT, 5), np.nan, np.float32)
    result[..., : points.shape[2]] = points
    result[~found, :2] = np.nan
    result[..., 3] = np.where(found, 1.0 if sure is None else sure, 0.0)
    result[~found.any(axis=1)] = np.nan  # nobody
    unknown = np.full(count, np.nan, np.float32)
    world = np.full((count, COUNT, 3), np.nan, np.float32)
    shot = np.zeros(count, np.int32)
    return Poses(times, width_px, height_px, result, world, filled, unknown, unknown, unknown, shot)


def _array(values: ArrayLike) -> NDArray[np.float64]:
    """Numbers; None becomes NaN."""
    return np.asarray(values, np.float64)


def _time_problems(time_s: Floats) -> list[str]:
    if time_s.ndim != 1 or not len(time_s):
        return [f"time_s has shape {time_s.shape}, allowed: (N,) with N at least 1"]
    if not np.isfinite(time_s).all():
        return [f"time_s[{int(np.argmin(np.isfinite(time_s)))}] is not finite, allowed: seconds"]
    steps = np.diff(time_s)
    if (steps <= 0).any():
        index = int(np.argmax(steps <= 0))
        return [f"time_s[{index + 1}] is {time_s[index + 1]:g} after {time_s[index]:g}, allowed: increasing seconds"]
    return []


def _point_problems(points: Floats, count: int) -> list[str]:
    if points.shape not in ((count, COUNT, 2), (count, COUNT, 3)):
        return [f"landmarks has shape {points.shape}, allowed: ({count}, {COUNT}, 2) or ({count}, {COUNT}, 3)"]
    if np.isinf(points).any():
        return ["landmarks holds infinite values, allowed: pixels, or NaN for what was not found"]
    known = points[..., :2][np.isfinite(points[..., :2])]
    if known.size and np.abs(known).max() <= LEAST_PX:
        return ["landmarks looks like shares of the picture, allowed: pixels; multiply x by width_px, y by height_px"]
    return []


def _visibility_problems(visibility: Floats, count: int) -> list[str]:
    if visibility.shape != (count, COUNT):
        return [f"visibility has shape {visibility.shape}, allowed: ({count}, {COUNT})"]
    known = visibility[~np.isnan(visibility)]
    if known.size and (known.min() < 0 or known.max() > 1):
        return [f"visibility reaches from {known.min():g} to {known.max():g}, allowed: 0 to 1"]
    return []


def _outlines(outlines: Sequence[ArrayLike | None] | NDArray[Any] | None, count: int) -> tuple[NDArray[Any], list[str]]:
    """The outlines as `Poses` needs them, and what is wrong with them."""
    filled = np.full((count, OUTLINE_POINTS, 2), np.nan, np.float32)
    if outlines is None:
        return filled, []
    if len(outlines) != count:
        return filled, [f"outline has {len(outlines)} entries, allowed: {count}, one for each time"]
    for index, one in enumerate(outlines):
        if one is None:
            continue
        points = _array(one)
        if points.ndim != 2 or points.shape[1] != 2 or not 3 <= len(points) <= OUTLINE_POINTS:
            return filled, [f"outline[{index}] has shape {points.shape}, allowed: (K, 2), 3 <= K <= {OUTLINE_POINTS}"]
        if np.isnan(points).all():
            continue
        if not np.isfinite(points).all():
            return filled, [f"outline[{index}] is finite in part, allowed: pixels, or None for a frame without"]
        filled[index] = points[0]
        filled[index, : len(points)] = points
    return filled, []
