"""Where a measure is drawn on the body: the angle's vertex, its moving end, and the arc that is asked for.

Everything here is geometry in the body's own plane: y up, facing +x, as in `posecheck.measures.table`. The formulas
turn that module's round: they say where the moving end would lie if the measure had a given value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

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


def judged_joint(measure: str, *, flipped: bool = False) -> Joint:
    """The joint that a measure is about, where its mark goes."""
    if measure in _PITCHES:
        return _PITCHES[measure][0 if flipped else 1]
    return _JUDGED[measure]


def is_flipped(gauge: Gauge) -> bool:
    """Whether a slope is drawn from its other end, since what is asked for lies below level."""
    limits = [limit for limit in (gauge.low, gauge.high) if math.isfinite(limit)]
    return gauge.measure in _PITCHES and sum(limits) < 0


def is_lean(gauge: Gauge) -> bool:
    """Whether a measure is drawn as a limb's lean from upright or level, though its rule may speak of lengths."""
    return gauge.measure in _LEANS


def angle(gauge: Gauge, body: Body) -> Angle | None:
    """Where a gauge lies; None where its joints are not seen or it is no angle."""
    if not set(MEASURES[gauge.measure].joints) <= body.seen:
        return None
    if gauge.measure in _JOINTS:
        return _at_joint(gauge, body)
    if gauge.measure in _PITCHES:
        return _slope(gauge, body)
    if gauge.measure in _LEANS:
        return _lean(gauge, body)
    return _split(gauge, body) if gauge.measure == "leg_split" else None


_JOINTS = {
    # start, vertex, end, and the sign of the turn from the first bone into the second
    "knee_flexion": (Joint.HIP, Joint.KNEE, Joint.ANKLE, -1.0),
    "hip_flexion": (Joint.SHOULDER, Joint.HIP, Joint.KNEE, 1.0),
    "elbow_flexion": (Joint.SHOULDER, Joint.ELBOW, Joint.WRIST, 1.0),
    "neck_flexion": (Joint.HIP, Joint.SHOULDER, Joint.EAR, -1.0),
    "shoulder_flexion": (Joint.HIP, Joint.SHOULDER, Joint.ELBOW, 1.0),
}

_PITCHES = {
    # lower and upper end where the slope is positive
    "trunk_pitch": (Joint.HIP, Joint.SHOULDER),
    "thigh_pitch": (Joint.HIP, Joint.KNEE),
    "forearm_pitch": (Joint.WRIST, Joint.ELBOW),
}

_LEANS: dict[str, tuple[Joint, Joint, float, float, Callable[[Body], float]]] = {
    # vertex, moving end, direction of the moving end at 0, sign, and the ratio's length over that of the line drawn
    "elbow_lead": (Joint.SHOULDER, Joint.ELBOW, -90.0, 1.0, lambda _: 1.0),
    "upper_arm_lean": (Joint.SHOULDER, Joint.ELBOW, -90.0, 1.0, lambda _: 1.0),
    "hand_lead": (Joint.SHOULDER, Joint.WRIST, -90.0, 1.0,
                  lambda body: (_length(body, Joint.SHOULDER, Joint.ELBOW) + _length(body, Joint.ELBOW, Joint.WRIST))
                  / _length(body, Joint.SHOULDER, Joint.WRIST)),
    "hip_over_knee": (Joint.KNEE, Joint.HIP, 90.0, -1.0, lambda _: 1.0),
    "knee_over_ankle": (Joint.ANKLE, Joint.KNEE, 90.0, -1.0, lambda _: 1.0),
    "shin_lean": (Joint.ANKLE, Joint.KNEE, 90.0, -1.0, lambda _: 1.0),
    "heel_height": (Joint.FOOT_INDEX, Joint.HEEL, 180.0, -1.0,
                    lambda body: _length(body, Joint.KNEE, Joint.ANKLE)
                    / _length(body, Joint.HEEL, Joint.FOOT_INDEX)),
}  # fmt: skip

_JUDGED = {
    "knee_flexion": Joint.KNEE,
    "hip_flexion": Joint.HIP,
    "elbow_flexion": Joint.ELBOW,
    "neck_flexion": Joint.EAR,
    "shoulder_flexion": Joint.SHOULDER,
    "chest_pitch": Joint.SHOULDER,
    "upper_arm_lean": Joint.ELBOW,
    "elbow_lead": Joint.ELBOW,
    "hand_lead": Joint.WRIST,
    "hip_over_knee": Joint.HIP,
    "knee_over_ankle": Joint.ANKLE,
    "shin_lean": Joint.ANKLE,
    "heel_height": Joint.HEEL,
    "ankle_height": Joint.HEEL,
    "ear_shoulder_gap": Joint.SHOULDER,
    "ear_elbow_path": Joint.SHOULDER,
    "leg_split": Joint.HIP,
    "spine_flexion": Joint.HIP,
}


def _at_joint(gauge: Gauge, body: Body) -> Angle | None:
    start, vertex, end, sign = _JOINTS[gauge.measure]
    first, second = body[vertex] - body[start], body[end] - body[vertex]
    zero_deg = _direction(first)

    def towards(value: float) -> float:
        return zero_deg + sign * value

    reach = min(_norm(first), _norm(second))
    return _angle(gauge, body, vertex, reach, towards, zero_deg + 180.0, gauge.uncertainty)


def _slope(gauge: Gauge, body: Body) -> Angle | None:
    low_end, high_end = _PITCHES[gauge.measure]
    sign = 1.0
    if is_flipped(gauge):
        low_end, high_end, sign = high_end, low_end, -1.0
    bone = body[high_end] - body[low_end]
    level = _turned(bone, -body.floor_deg)
    forwards = level[0] >= 0

    def towards(value: float) -> float:
        return body.floor_deg + (sign * value if forwards else 180.0 - sign * value)

    base = body.floor_deg + (0.0 if forwards else 180.0)
    return _angle(gauge, body, low_end, _norm(bone), towards, base, gauge.uncertainty, floor=True)


def _lean(gauge: Gauge, body: Body) -> Angle | None:
    vertex, end, upright_deg, sign, stretch = _LEANS[gauge.measure]
    ratio = stretch(body)
    is_ratio = MEASURES[gauge.measure].unit == "ratio"

    def degrees(value: float) -> float:
        return math.degrees(math.asin(max(-1.0, min(1.0, value * ratio)))) if is_ratio else value

    def towards(value: float) -> float:
        return body.floor_deg + upright_deg + sign * degrees(value)

    error = degrees(gauge.value + gauge.uncertainty) - degrees(gauge.value) if is_ratio else gauge.uncertainty
    reach = _norm(body[end] - body[vertex])
    base = body.floor_deg + upright_deg
    return _angle(gauge, body, vertex, reach, towards, base, error, floor=True)


def _split(gauge: Gauge, body: Body) -> Angle | None:
    near, far = (
        body.plane(body.picture(Joint.ANKLE, side) - body.picture(Joint.HIP, side)) for side in (body.near, body.far)
    )
    base_deg = _direction(near)
    turn = (_direction(far) - base_deg + 180.0) % 360.0 - 180.0
    sign = math.copysign(1.0, turn)

    def towards(value: float) -> float:
        return base_deg + sign * value

    reach = min(_norm(near), _norm(far))
    return _angle(gauge, body, Joint.HIP, reach, towards, base_deg, gauge.uncertainty)


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


def _length(body: Body, start: Joint, end: Joint) -> float:
    return max(1e-6, _norm(body[end] - body[start]))


def _norm(vector: Vector) -> float:
    return math.hypot(float(vector[0]), float(vector[1]))


def _direction(vector: Vector) -> float:
    return math.degrees(math.atan2(float(vector[1]), float(vector[0])))


def _turned(vector: Vector, angle_deg: float) -> Vector:
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    return np.array([vector[0] * cos - vector[1] * sin, vector[0] * sin + vector[1] * cos])
