"""Where a measure is drawn on the body: the angle's vertex, its moving end, and the arc that is asked for.

Everything here is geometry in the body's own plane: y up, facing +x, as in `posecheck.measures.side_view`. How a
measure is drawn its row in `posecheck.measures.table` says; here each kind says where the moving end would lie if the
measure had a given value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from posecheck.measures.drawn import Bend, Drawn, Lean, Slope, Split
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Joint
from posecheck.presenters.drawing.body_frame import Body, Vector
from posecheck.presenters.drawing.scene import Gauge

OPEN_DEG = 30.0
"""A range without one of its limits is drawn this far from the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Angle:
    """A gauge as it lies on the body.

    Attributes:
        gauge: What it shows.
        vertex: Where the angle is, in pixels of the picture.
        reach: Length of its shorter leg in pixels.
        needle_deg: Direction of the moving end, as all here counter-clockwise from the right as seen.
        base_deg: Direction of the other leg, or of the line that it is measured against.
        low_deg: Where the arc that is asked for begins.
        high_deg: Where it ends.
        error_deg: The uncertainty of the needle.
        floor: Whether the base is the floor, or upright, and must be drawn to be seen.
    """

    gauge: Gauge
    vertex: Vector
    reach: float
    needle_deg: float
    base_deg: float
    low_deg: float
    high_deg: float
    error_deg: float
    floor: bool


def judged_joint(gauge: Gauge) -> Joint:
    """The joint that a measure is about, where its mark goes."""
    spec = MEASURES[gauge.measure]
    return spec.drawn.low if isinstance(spec.drawn, Slope) and _is_flipped(gauge) else spec.at


def drawn_of(gauge: Gauge) -> Drawn | None:
    """How a measure is drawn; None where a figure at its joint is all."""
    return MEASURES[gauge.measure].drawn


def angle(gauge: Gauge, body: Body) -> Angle | None:
    """Where a gauge lies; None where its joints are not seen or it is no angle."""
    spec = MEASURES[gauge.measure]
    if not set(spec.joints) <= body.seen:
        return None
    match spec.drawn:
        case Bend() as bend:
            return _bend(gauge, bend, body)
        case Slope() as slope:
            return _slope(gauge, slope, body)
        case Lean() as lean:
            return _lean(gauge, lean, body)
        case Split() as split:
            return _split(gauge, split, body)
        case _:
            return None


def _is_flipped(gauge: Gauge) -> bool:
    """Whether a slope is drawn from its other end, since what is asked for lies below level."""
    return sum(limit for limit in (gauge.low, gauge.high) if math.isfinite(limit)) < 0


def _bend(gauge: Gauge, bend: Bend, body: Body) -> Angle | None:
    first, second = body[bend.vertex] - body[bend.start], body[bend.end] - body[bend.vertex]
    onwards_deg = _direction(first)

    def towards(value: float) -> float:
        return onwards_deg + bend.zero_deg + bend.sign * value

    reach = min(_norm(first), _norm(second))
    return _angle(gauge, body, bend.vertex, reach, towards, onwards_deg + 180.0, gauge.uncertainty)


def _slope(gauge: Gauge, slope: Slope, body: Body) -> Angle | None:
    low_end, high_end, sign = slope.low, slope.high, 1.0
    if _is_flipped(gauge):
        low_end, high_end, sign = high_end, low_end, -1.0
    bone = body[high_end] - body[low_end]
    level = _turned(bone, -body.floor_deg)
    forwards = level[0] >= 0

    def towards(value: float) -> float:
        return body.floor_deg + (sign * value if forwards else 180.0 - sign * value)

    base = body.floor_deg + (0.0 if forwards else 180.0)
    return _angle(gauge, body, low_end, _norm(bone), towards, base, gauge.uncertainty, floor=True)


def _lean(gauge: Gauge, lean: Lean, body: Body) -> Angle | None:
    line = (lean.vertex, lean.end)
    ratio = _length(body, *(lean.whole or line)) / _length(body, *line)
    is_ratio = MEASURES[gauge.measure].unit == "ratio"

    def degrees(value: float) -> float:
        return math.degrees(math.asin(max(-1.0, min(1.0, value * ratio)))) if is_ratio else value

    def towards(value: float) -> float:
        return body.floor_deg + lean.zero_deg + lean.sign * degrees(value)

    error = degrees(gauge.value + gauge.uncertainty) - degrees(gauge.value) if is_ratio else gauge.uncertainty
    reach = _norm(body[lean.end] - body[lean.vertex])
    base = body.floor_deg + lean.zero_deg
    return _angle(gauge, body, lean.vertex, reach, towards, base, error, floor=True)


def _split(gauge: Gauge, split: Split, body: Body) -> Angle | None:
    vertex, end = split.limb[0], split.limb[-1]
    near, far = (body.plane(body.picture(end, side) - body.picture(vertex, side)) for side in (body.near, body.far))
    base_deg = _direction(near)
    turn = (_direction(far) - base_deg + 180.0) % 360.0 - 180.0
    sign = math.copysign(1.0, turn)

    def towards(value: float) -> float:
        return base_deg + sign * value

    reach = min(_norm(near), _norm(far))
    return _angle(gauge, body, vertex, reach, towards, base_deg, gauge.uncertainty)


def _angle(
    gauge: Gauge,
    body: Body,
    vertex: Joint,
    reach: float,
    towards: Callable[[float], float],
    base_deg: float,
    error: float,
    *,
    floor: bool = False,
) -> Angle | None:
    if not (math.isfinite(gauge.low) or math.isfinite(gauge.high)):
        return None  # nothing is asked
    spec = MEASURES[gauge.measure]
    room = OPEN_DEG if spec.unit == "deg" else math.sin(math.radians(OPEN_DEG))
    least, greatest = spec.limits
    low = gauge.low if math.isfinite(gauge.low) else max(least, min(gauge.high - room, gauge.value - room / 4.0))
    high = gauge.high if math.isfinite(gauge.high) else min(greatest, max(gauge.low + room, gauge.value + room / 4.0))
    if reach <= 0 or not all(map(math.isfinite, (low, high, reach))):
        return None
    return Angle(
        gauge=gauge,
        vertex=body.picture(vertex),
        reach=reach,
        needle_deg=body.picture_deg(towards(gauge.value)),
        base_deg=body.picture_deg(base_deg),
        low_deg=body.picture_deg(towards(low)),
        high_deg=body.picture_deg(towards(high)),
        error_deg=abs(error),
        floor=floor,
    )


def _length(body: Body, *joints: Joint) -> float:
    """The length of the way along some joints, in pixels."""
    return sum(max(1e-6, _norm(body[end] - body[start])) for start, end in pairwise(joints))


def _norm(vector: Vector) -> float:
    return math.hypot(float(vector[0]), float(vector[1]))


def _direction(vector: Vector) -> float:
    return math.degrees(math.atan2(float(vector[1]), float(vector[0])))


def _turned(vector: Vector, angle_deg: float) -> Vector:
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    return np.array([vector[0] * cos - vector[1] * sin, vector[0] * sin + vector[1] * cos])
