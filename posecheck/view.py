"""How the camera sees the person: which side is near, which way they face, how far off side-on, how much in frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from posecheck.geometry import length, sine_of_turn
from posecheck.landmarks import Floats, Joint, Landmark, Poses, Side
from posecheck.smoothing import SteadySign

SHOULDER_WIDTH_OVER_TRUNK = 0.72
"""Shoulder width over trunk length of a body seen from the front: 36 cm between the shoulder joints over 50 cm from
shoulder to hip. It makes the greatest ratio found in 97 side views, 0.36, a turn of 30 degrees."""

OFF_SIDE_ON_ERROR = ((0.0, 15.0, 30.0, 45.0), (0.0, 2.0, 8.0, 20.0))
"""Degrees off side-on, and the error of an angle that they cost (measured on rendered bodies)."""

SIDE_TIME_CONSTANT_S = 1.0
"""Near side and facing are averaged over about a second: longer than an occlusion by a moving arm, shorter than
turning over."""

FACING_THRESHOLD = 0.5
"""Facing evidence is a sum of five sines; on 133 photographs of floor poses it was never between -0.4 and 0.4."""

NEAR_THRESHOLD = 0.05
"""Difference in mean visibility by which the other side must be seen better before it becomes the near one."""

_LIMBS = (Joint.SHOULDER, Joint.ELBOW, Joint.HIP, Joint.KNEE, Joint.ANKLE)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The view of N poses.

    Attributes:
        near: (N,) `Side` of the body nearer to the camera, as a number; -1 where nobody has been seen yet.
        facing: (N,) 1.0 where the person would face +x (right in the picture) standing upright, else -1.0.
        off_side_on_deg: (N,) 0 for a pure side view, 90 for facing the camera or the feet or head towards it.
        body_px: (N,) length of the body along its bones, ear to ankle; its size in the frame.
        inside: (N,) share of the judged landmarks that lie inside the frame, 0..1.
    """

    near: Floats
    facing: Floats
    off_side_on_deg: Floats
    body_px: Floats
    inside: Floats

    @property
    def angle_error_deg(self) -> Floats:
        """(N,) the error that the view adds to an angle, in degrees."""
        return np.interp(self.off_side_on_deg, *OFF_SIDE_ON_ERROR)


class ViewTracker:
    """Follows near side and facing through a clip, with hysteresis; `update` takes poses in order."""

    def __init__(self) -> None:
        self._near = SteadySign(SIDE_TIME_CONSTANT_S, NEAR_THRESHOLD)
        self._facing = SteadySign(SIDE_TIME_CONSTANT_S, FACING_THRESHOLD)

    def update(self, poses: Poses) -> View:
        """The view of the next N poses."""
        points = poses.landmarks[..., :2].astype(np.float64) * (1.0, -1.0)
        visibility = poses.landmarks[..., 3].astype(np.float64)
        sides = [[joint.on(side) for joint in _LIMBS] for side in Side]
        better_right = visibility[:, sides[Side.RIGHT]].mean(axis=1) - visibility[:, sides[Side.LEFT]].mean(axis=1)
        near_sign = self._near.update(poses.time_s, better_right)
        near = np.where(np.isnan(near_sign), -1, near_sign > 0).astype(int)
        facing = self._facing.update(poses.time_s, _facing_evidence(points, near))
        return View(near, facing, _off_side_on_deg(points), _body_px(points, near), _inside(points, near, poses))


def near_points(values: Floats, near: Floats, joint: Joint) -> Floats:
    """The near side's value of a joint: (N, 33, ...) to (N, ...)."""
    left, right = values[:, joint.on(Side.LEFT)], values[:, joint.on(Side.RIGHT)]
    choose = near == Side.RIGHT
    return np.where(choose.reshape(-1, *[1] * (left.ndim - 1)), right, left)


def _facing_evidence(points: Floats, near: Floats) -> Floats:
    """Sum of five signs of where the front of the body is, each the sine of an angle: positive faces +x.

    The nose lies before the ear, the toes before the heel, the knee folds backwards, the hip and elbow forwards. A
    straight joint says nothing, an overextended one at most a little of the wrong.
    """
    ear, shoulder, elbow, wrist, hip, knee, ankle, heel, toe = (near_points(points, near, joint) for joint in Joint)
    nose = points[:, Landmark.NOSE]
    return (
        -sine_of_turn(ear - shoulder, nose - ear)
        + sine_of_turn(ankle - knee, toe - heel)
        - sine_of_turn(knee - hip, ankle - knee)
        + sine_of_turn(hip - shoulder, knee - hip)
        + sine_of_turn(elbow - shoulder, wrist - elbow)
    )


def _off_side_on_deg(points: Floats) -> Floats:
    shoulders = [points[:, Joint.SHOULDER.on(side)] for side in Side]
    hips = [points[:, Joint.HIP.on(side)] for side in Side]
    trunk = length(sum(shoulders) / 2.0 - sum(hips) / 2.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = length(shoulders[0] - shoulders[1]) / trunk
    return np.degrees(np.arcsin(np.clip(ratio / SHOULDER_WIDTH_OVER_TRUNK, 0.0, 1.0)))


def _body_px(points: Floats, near: Floats) -> Floats:
    chain = [near_points(points, near, j) for j in (Joint.EAR, Joint.SHOULDER, Joint.HIP, Joint.KNEE, Joint.ANKLE)]
    return np.sum([length(b - a) for a, b in zip(chain, chain[1:], strict=False)], axis=0)


def _inside(points: Floats, near: Floats, poses: Poses) -> Floats:
    judged = np.stack([near_points(points, near, joint) for joint in Joint], axis=1)
    within = (judged[..., 0] >= 0) & (judged[..., 0] <= poses.width_px)
    within &= (judged[..., 1] <= 0) & (judged[..., 1] >= -poses.height_px)
    return np.where(np.isfinite(judged[:, 0, 0]), within.mean(axis=1), np.nan)
