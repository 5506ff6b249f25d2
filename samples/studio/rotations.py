"""Rotations as 3x3 matrices, and the two-bone chain of a limb."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from samples.studio.mesh import Floats


def about(axis: str, angle_deg: float) -> Floats:
    """A turn about x, y or z."""
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    if axis == "x":
        return np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
    if axis == "y":
        return np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


def unit(vector: Floats) -> Floats:
    """A vector of length 1; a vector of no length stays so."""
    vector = np.asarray(vector, float)
    return vector / max(float(np.sqrt(vector @ vector)), 1e-12)


def align(axis: Floats, side: Floats, new_axis: Floats, new_side: Floats) -> Floats:
    """The rotation that takes `axis` to `new_axis`, and `side` into the plane of `new_axis` and `new_side`."""
    return _frame(new_axis, new_side) @ _frame(axis, side).T


def _frame(axis: Floats, side: Floats) -> Floats:
    axis = unit(axis)
    side = unit(side - (side @ axis) * axis)
    return np.stack([axis, side, np.cross(axis, side)], axis=1)


def least_turn(start: Floats, end: Floats) -> Floats:
    """The smallest rotation that takes one direction to another."""
    start, end = unit(start), unit(end)
    axis, cosine = np.cross(start, end), float(start @ end)
    if cosine < -1.0 + 1e-9:
        return np.asarray(Rotation.from_rotvec(np.pi * unit(np.cross(start, [0.3, 0.5, 0.8]))).as_matrix())
    cross = np.array([[0.0, -axis[2], axis[1]], [axis[2], 0.0, -axis[0]], [-axis[1], axis[0], 0.0]])
    result: Floats = np.eye(3) + cross + cross @ cross / (1.0 + cosine)
    return result


def between(first: Floats, second: Floats, share: float) -> Floats:
    """The rotation a share of the way from one to the other; also for (N, 3, 3) stacks."""
    start = Rotation.from_matrix(first)
    turn = (start.inv() * Rotation.from_matrix(second)).as_rotvec()
    return np.asarray((start * Rotation.from_rotvec(turn * share)).as_matrix())


def two_bones(start: Floats, end: Floats, first: float, second: float, pole: Floats) -> tuple[Floats, Floats, Floats]:
    """A chain of two bones from `start` towards `end`.

    Args:
        start: (3,) where it begins.
        end: (3,) where it should end; out of reach, it stretches towards it.
        first: Length of the first bone.
        second: Length of the second.
        pole: (3,) direction in which the middle joint points.

    Returns:
        (3,) the middle joint, (3,) the end reached, (3,) the direction in which the middle joint does point.
    """
    line = end - start
    along = unit(line)
    span = float(np.clip(np.sqrt(line @ line), abs(first - second) + 1e-4, (first + second) * 0.9998))
    out = unit(pole - (pole @ along) * along)
    advance = (first**2 - second**2 + span**2) / (2 * span)
    middle = start + advance * along + np.sqrt(max(first**2 - advance**2, 0.0)) * out
    return middle, start + along * span, out
