"""Vectors and angles in the plane: arrays in, arrays out, NaN stays NaN.

Every function takes arrays of shape (..., 2), x to the right and y *up*, and works on the last axis.
"""

from __future__ import annotations

import numpy as np

from posecheck.pose.landmarks import Floats


def turn_deg(first: Floats, second: Floats) -> Floats:
    """Signed angle that turns `first` into `second`, counter-clockwise positive, in (-180, 180] degrees."""
    cross = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    dot = first[..., 0] * second[..., 0] + first[..., 1] * second[..., 1]
    turn: Floats = np.degrees(np.arctan2(cross, dot))
    return turn


def sine_of_turn(first: Floats, second: Floats) -> Floats:
    """Sine of `turn_deg`, in -1..1; NaN where a vector has no length."""
    cross = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        sine: Floats = cross / (length(first) * length(second))
    return sine


def elevation_deg(vector: Floats) -> Floats:
    """Angle of a vector above the horizontal, whichever way it points along it, in -90..90 degrees."""
    elevation: Floats = np.degrees(np.arctan2(vector[..., 1], np.abs(vector[..., 0])))
    return elevation


def lean_deg(vector: Floats) -> Floats:
    """Angle of a vector from straight up, positive where it leans to +x, in (-180, 180] degrees."""
    lean: Floats = np.degrees(np.arctan2(vector[..., 0], vector[..., 1]))
    return lean


def length(vector: Floats) -> Floats:
    """Euclidean length, in the vector's own unit."""
    return np.hypot(vector[..., 0], vector[..., 1])


def rotate(points: Floats, angle_deg: Floats) -> Floats:
    """Points turned counter-clockwise about the origin.

    Args:
        points: (..., 2).
        angle_deg: Degrees, of a shape that broadcasts with the points' leading axes.
    """
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    x, y = points[..., 0], points[..., 1]
    return np.stack([x * cos - y * sin, x * sin + y * cos], axis=-1)


def wrap_deg(angle_deg: Floats, low: float) -> Floats:
    """The same angle in [low, low + 360) degrees."""
    return (angle_deg - low) % 360.0 + low
