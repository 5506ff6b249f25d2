"""How the camera sees the person: near side, facing, how far off side-on, and which joints lie in the frame."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from posecheck.pose.geometry import length, sine_of_turn
from posecheck.pose.landmarks import Bools, Floats, Ints, Joint, Landmark, Poses, Side
from posecheck.pose.smoothing import SteadySign, SteadyValue

SHOULDER_WIDTH_OVER_TRUNK = 0.72
"""Shoulder width over trunk length of a body seen from the front: 36 cm between the shoulder joints over 50 cm from
shoulder to hip. It makes the greatest ratio found in 97 side views, 0.36, a turn of 30 degrees."""

OFF_SIDE_ON_ERROR = ((0.0, 15.0, 30.0, 45.0), (0.0, 2.0, 8.0, 20.0))
"""Degrees off side-on, and the error of an angle that they cost (measured on rendered bodies)."""

OFF_SIDE_ON_PLAY_DEG = 2.0
"""How far a new estimate may lie from the value in use before that value follows. In 36 rendered clips it lay within
1.1 degrees of the median of the second around it in 95 of 100 frames, within 2.3 in 99. Of 1403 times that it crossed a
whole degree from 2 to 55 and went back within a second, 71 are left."""

SIDE_TIME_CONSTANT_S = 1.0
"""Near side and facing are averaged over about a second: longer than an occlusion by a moving arm, shorter than
turning over."""

FACING_THRESHOLD = 0.5
"""Facing evidence is a sum of five sines; on 133 photographs of floor poses it was never between -0.4 and 0.4."""

NEAR_THRESHOLD = 0.05
"""The other side becomes the near one once its mean visibility is higher by this much."""

GUESSED_VISIBILITY, RIM_SHARE = 0.5, 0.05
"""Cut-off legs are put just inside the picture's edge, hardly visible: seen on 12 photographs cut in two, where such
joints read 0.1 to 0.5 and lay within a twentieth of the longer side from the edge."""

TOUCHING_SHARE, NEAR_EDGE_SHARE, CUT_VISIBILITY = 0.05, 0.012, 0.8
"""Where the outline runs along the picture's edge (within the second share of the longer side) for more than the first
share of the body's length, a joint below this visibility does not lie inside either: cut-off joints are put further in.
Whole side views that run so far along an edge read 0.88 and more; bridges cut through the shins read 0.3 to 0.75."""

CROSSING_SHARE = 0.15
"""A joint at the rim of an edge that the body runs into does not lie inside either, however visible it is, if the
outline runs along that edge for more than this share of the body's length. Photographed and rendered bridges cut along
the upright shins read 0.29 to 0.41, and their invented feet are 0.9 visible. Whole bodies that end 0.015 of the width
from the edge read 0.03 at most. Bodies cut through the ankles, of which all else is right, read 0.14."""

_LANDMARKS = {side: [joint.on(side) for joint in Joint] for side in Side}
_LIMBS = {
    side: [joint.on(side) for joint in (Joint.SHOULDER, Joint.ELBOW, Joint.HIP, Joint.KNEE, Joint.ANKLE)]
    for side in Side
}


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The view of N poses.

    Attributes:
        near: (N,) `Side` of the body nearer to the camera, as a number; -1 where nobody has been seen yet.
        facing: (N,) 1.0 where the person would face +x (right in the picture) standing upright, else -1.0; NaN where
            nobody has been seen yet.
        off_side_on_deg: (N,) 0 for a pure side view, 90 for facing the camera or the feet or head towards it; does not
            follow changes smaller than `OFF_SIDE_ON_PLAY_DEG`.
        body_px: (N,) length of the body along its bones, ear to ankle; its size in the frame.
        inside: (N, 9) whether each joint of the near side lies inside the frame, in the order of `Joint`; not those
            merely guessed at its rim, and none where nobody is seen.
        points_at_camera: (N,) sine of the angle by which the head end of the body points at the camera, 1 for head-on,
            0 for a side view, -1 for feet towards the camera.
        front_to_camera: (N,) positive where the camera sees the chest, negative where it sees the back.
        brightness: (N,) of the picture, as in `posecheck.pose.landmarks.Pose`.
        sharpness: (N,) of the picture, likewise.
        midtone: (N,) of the picture, likewise.
    """

    near: Ints
    facing: Floats
    off_side_on_deg: Floats
    body_px: Floats
    inside: Bools
    points_at_camera: Floats
    front_to_camera: Floats
    brightness: Floats
    sharpness: Floats
    midtone: Floats

    @property
    def angle_error_deg(self) -> Floats:
        """(N,) the error that the view adds to an angle, in degrees."""
        error: Floats = np.interp(self.off_side_on_deg, *OFF_SIDE_ON_ERROR)
        return error


class ViewTracker:
    """Follows near side, facing and how far off side-on, with hysteresis; `update` takes a clip's poses in order."""

    def __init__(self) -> None:
        self._near = SteadySign(SIDE_TIME_CONSTANT_S, NEAR_THRESHOLD)
        self._facing = SteadySign(SIDE_TIME_CONSTANT_S, FACING_THRESHOLD)
        self._off_side_on_deg = SteadyValue(OFF_SIDE_ON_PLAY_DEG)

    def update(self, poses: Poses) -> View:
        """The view of the next N poses."""
        points = poses.landmarks[..., :2].astype(np.float64) * (1.0, -1.0)
        visibility = poses.landmarks[..., 3].astype(np.float64)
        seen_left, seen_right = (visibility[:, _LIMBS[side]].mean(axis=1) for side in Side)
        near_sign = self._near.update(poses.time_s, seen_right - seen_left)
        near = np.where(np.isnan(near_sign), -1, near_sign > 0).astype(int)
        judged = near_joints(points, near)
        facing = self._facing.update(poses.time_s, _facing_evidence(judged, points[:, Landmark.NOSE]))
        return View(
            near=near,
            facing=facing,
            off_side_on_deg=self._off_side_on_deg.update(_off_side_on_deg(points)),
            body_px=_body_px(judged),
            inside=_inside(judged, near_joints(visibility, near), poses),
            points_at_camera=_points_at_camera(poses.world),
            front_to_camera=_front_to_camera(points),
            brightness=poses.brightness,
            sharpness=poses.sharpness,
            midtone=poses.midtone,
        )


def near_joints(values: Floats, near: Ints) -> Floats:
    """The near side's values: (N, 33, ...) of all landmarks to (N, 9, ...) in the order of `Joint`."""
    right = (near == Side.RIGHT).reshape(-1, *[1] * (values.ndim - 1))
    return np.where(right, values[:, _LANDMARKS[Side.RIGHT]], values[:, _LANDMARKS[Side.LEFT]])


def _facing_evidence(judged: Floats, nose: Floats) -> Floats:
    """Sum of five signs of where the front of the body is, each the sine of an angle: positive faces +x.

    The nose lies before the ear, the toes before the heel, the knee folds backwards, the hip and elbow forwards. A
    straight joint adds nothing; an overextended one adds at most a little in the wrong direction.
    """
    ear, shoulder, elbow, wrist, hip, knee, ankle, heel, toe = judged.swapaxes(0, 1)
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
    trunk = length(shoulders[0] + shoulders[1] - hips[0] - hips[1]) / 2.0
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = length(shoulders[0] - shoulders[1]) / trunk
    turn: Floats = np.degrees(np.arcsin(np.clip(ratio / SHOULDER_WIDTH_OVER_TRUNK, 0.0, 1.0)))
    return turn


def _points_at_camera(world: Floats) -> Floats:
    """From the world landmarks, whose z grows away from the camera: the direction from the ankles to the head."""
    head = world[:, [Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR]].mean(axis=1)
    axis = head - world[:, list(Joint.ANKLE.value)].mean(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        sine: Floats = -axis[:, 2] / np.linalg.norm(axis, axis=1)
    return sine


def _front_to_camera(points: Floats) -> Floats:
    """Twice the area of trunk and shoulder line: seen from the front, the left shoulder lies right of the trunk."""
    left, right = (points[:, Joint.SHOULDER.on(side)] for side in Side)
    hips = points[:, list(Joint.HIP.value)].mean(axis=1)
    trunk, line = (left + right) / 2.0 - hips, left - right
    area: Floats = line[:, 0] * trunk[:, 1] - line[:, 1] * trunk[:, 0]
    return area


def _body_px(judged: Floats) -> Floats:
    ear, shoulder, _, _, hip, knee, ankle, _, _ = judged.swapaxes(0, 1)
    chain = (ear, shoulder, hip, knee, ankle)
    total: Floats = np.sum([length(end - start) for start, end in itertools.pairwise(chain)], axis=0)
    return total


def _inside(judged: Floats, visibility: Floats, poses: Poses) -> Bools:
    """(N, 9) whether each joint lies in the frame and was seen there."""
    size = np.array([poses.width_px, poses.height_px])
    place = judged * (1.0, -1.0)
    rim = RIM_SHARE * size.max()
    # (N, 9, 4) how far each joint lies from the left, top, right and lower edge.
    within = np.concatenate([place, size - place], axis=-1)
    guessed = visibility < GUESSED_VISIBILITY
    inside = np.all(within >= np.where(guessed, rim, 0.0)[..., None], axis=-1)
    with np.errstate(invalid="ignore"):
        contact = _edge_contact_px(poses.outline, size) / _body_px(judged)[:, None]
        inside &= ~((visibility < CUT_VISIBILITY) & (contact.max(axis=1) > TOUCHING_SHARE)[:, None])
        crossed = (contact > CROSSING_SHARE) & _ends_at(judged)
    result: Bools = inside & ~np.any((within < rim) & crossed[:, None], axis=-1)
    return result


def _ends_at(judged: Floats) -> Bools:
    """(N, 4) whether the trunk runs towards the left, top, right or lower edge rather than along it."""
    _, shoulder, _, _, hip, *_ = judged.swapaxes(0, 1)
    lying = np.abs(shoulder - hip)[:, 0] > np.abs(shoulder - hip)[:, 1]
    return np.stack([lying, ~lying, lying, ~lying], axis=1)


def _edge_contact_px(outline: Floats, size: Ints) -> Floats:
    """(N, 4) over how much of its length the outline runs along the left, top, right and lower edge of the frame."""
    reach = NEAR_EDGE_SHARE * size.max()
    with np.errstate(invalid="ignore"):
        near = np.concatenate([outline <= reach, outline >= size - reach], axis=-1)
    step = length(np.roll(outline, -1, axis=1) - outline)
    along: Floats = np.where(near & np.roll(near, -1, axis=1), step[..., None], 0.0).sum(axis=1)
    return along
