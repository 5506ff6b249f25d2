"""Postures for every test that needs one, made by `tests.support.body.make_pose`, and clips of them.

They rest on the floor, so that their floor line is level: `standing`, `prone`, `sphinx`, `all_fours`, `bridge`,
`lying_bent_knees`. Each takes what varies in it, and passes every other word on to `make_pose`::

    sphinx(facing="left", roll_deg=8)
    all_fours(spine_flexion=-90, neck_flexion=-40)           a cow
    bridge(lift=33, far_hip_flexion=80, far_knee_flexion=0)  one leg up
    bridge(visibility={Joint.KNEE: 0.2})

`nobody(time_s)` is a frame without a person; `blend` goes from one pose to another; `clip` puts poses in time::

    clip((2, lying_bent_knees()), (1, lambda t: bridge(lift=4 + 29 * t)), (5, bridge()), fps=30)

`mirrored` is the picture in a mirror, `turned` the picture rolled about its middle.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from posecheck.pose.landmarks import Joint, Landmark, Pose
from tests.support.body import FOOT, FOREARM, HEEL_BACK, HEEL_DOWN, SHANK, THIGH, TRUNK, UPPER_ARM, make_pose, one_side


def standing(**overrides: Any) -> Pose:
    """The anatomical position: upright, arms at the sides."""
    return make_pose(**overrides)


def prone(*, trunk_pitch: float = 2.0, knee_flexion: float = 2.0, **overrides: Any) -> Pose:
    """Lying on the front with long legs, elbows ahead of the shoulders, forearms and toes on the floor."""
    return _on_elbows_and_toes(trunk_pitch, 70.0, 0.0, knee_flexion, {"neck_flexion": 5.0} | overrides)


def sphinx(
    *,
    trunk_pitch: float = 24.0,
    upper_arm_lean: float = 8.0,
    forearm_pitch: float = 0.0,
    knee_flexion: float = 4.0,
    **overrides: Any,
) -> Pose:
    """On the front, resting on forearms and toes.

    Args:
        trunk_pitch: Slope of the trunk above the floor.
        upper_arm_lean: How far the upper arm leans from upright, elbow ahead of the shoulder positive.
        forearm_pitch: Slope of the forearm, elbow higher than wrist positive (pushed up).
        knee_flexion: Of both legs; the feet go up, the toes of the far leg with them.
        **overrides: For `make_pose`.
    """
    defaults = {"neck_flexion": -20.0, "gaze_deg": 35.0}
    return _on_elbows_and_toes(trunk_pitch, upper_arm_lean, forearm_pitch, knee_flexion, defaults | overrides)


def all_fours(
    *,
    spine_flexion: float = 0.0,
    thigh_lean: float = 0.0,
    arm_lean: float = 0.0,
    elbow_flexion: float = 0.0,
    **overrides: Any,
) -> Pose:
    """On hands and knees; the trunk slopes as the lengths of arms and thighs ask for, 11.5 degrees by default.

    Args:
        spine_flexion: Rounded positive (cat), arched negative (cow).
        thigh_lean: How far the thigh leans from upright, hip ahead of the knee positive.
        arm_lean: How far the line from shoulder to wrist leans from upright, hand ahead positive.
        elbow_flexion: Bend of the elbow.
        **overrides: For `make_pose`.
    """
    # As the landmarks of real ones do, the wrist's lies 0.06 trunk lengths lower than the knee's.
    arm = _reach(UPPER_ARM, FOREARM, elbow_flexion)
    rise = arm * math.cos(math.radians(arm_lean)) - 0.06 * TRUNK - THIGH * math.cos(math.radians(thigh_lean))
    trunk_deg = math.degrees(math.asin(rise / TRUNK))
    to_wrist = 270.0 + arm_lean
    upper_arm_deg = to_wrist - _lead(UPPER_ARM, FOREARM, elbow_flexion)
    thigh_deg = 270.0 - thigh_lean
    angles = {
        "trunk_deg": trunk_deg,
        "hip_flexion": thigh_deg - trunk_deg - 180.0,
        "knee_flexion": thigh_deg - 180.0,
        "ankle_flexion": -85.0,
        "shoulder_flexion": upper_arm_deg - trunk_deg - 180.0,
        "elbow_flexion": elbow_flexion,
        "spine_flexion": spine_flexion,
    }
    return make_pose(**(angles | overrides))


def bridge(*, lift: float = 33.0, knee_flexion: float = 108.0, heel_lift: float = 0.0, **overrides: Any) -> Pose:
    """On the back, feet on the floor, hips up, arms long.

    Args:
        lift: Slope of the trunk, hips higher than shoulders positive.
        knee_flexion: Far feet have little of it, near ones much.
        heel_lift: Slope of the soles, heels up positive; then the toes touch the floor.
        **overrides: For `make_pose`.
    """
    # As the landmarks of real ones do, the heel's lies 0.09 trunk lengths lower than the shoulder's.
    sole = math.radians(heel_lift)
    sole_down = HEEL_DOWN * math.cos(sole) - HEEL_BACK * math.sin(sole) + FOOT * max(0.0, math.sin(sole))
    drop = sole_down - 0.09 * TRUNK - TRUNK * math.sin(math.radians(lift))
    leg = _reach(THIGH, SHANK, knee_flexion)
    thigh_deg = math.degrees(math.asin(drop / leg)) + _lead(THIGH, SHANK, knee_flexion)
    angles = {
        "trunk_deg": 180.0 + lift,
        "hip_flexion": thigh_deg - lift,
        "knee_flexion": knee_flexion,
        "ankle_flexion": -90.0 - heel_lift - (thigh_deg - knee_flexion),
        "shoulder_flexion": -lift,
        "neck_flexion": lift + 4.0,
    }
    return make_pose(**(angles | overrides))


def lying_bent_knees(*, knee_flexion: float = 105.0, **overrides: Any) -> Pose:
    """On the back with bent knees and feet on the floor: at rest before and after a bridge."""
    return bridge(**({"lift": 4.0, "knee_flexion": knee_flexion} | overrides))


def nobody(time_s: float = 0.0, *, width_px: int = 640, height_px: int = 480) -> Pose:
    """A frame in which nobody was found."""
    return Pose(time_s, width_px, height_px)


def blend(start: Pose, end: Pose, share: float) -> Pose:
    """Between two poses of this module, point by point: `start` at 0, `end` at 1."""

    def mix(name: str) -> Any:
        first, second = getattr(start, name), getattr(end, name)
        return None if first is None or second is None else ((1 - share) * first + share * second).astype(np.float32)

    return replace(start, landmarks=mix("landmarks"), world=mix("world"), outline=mix("outline"))


def clip(*parts: tuple[float, Pose | Callable[[float], Pose]], fps: float = 30.0, start_s: float = 0.0) -> list[Pose]:
    """Poses in time.

    Args:
        *parts: Seconds, and the pose held in them or a function from 0..1 (the share of those seconds) to it.
        fps: Frames a second, of even distance over the whole clip.
        start_s: Time of the first frame.
    """
    poses: list[Pose] = []
    began_s = 0.0
    for seconds, pose in parts:
        while (time_s := len(poses) / fps) < began_s + seconds - 1e-9:
            now = pose((time_s - began_s) / seconds) if callable(pose) else pose
            poses.append(replace(now, time_s=start_s + time_s))
        began_s += seconds
    return poses


def mirrored(pose: Pose) -> Pose:
    """The picture in a mirror, as the estimator would see it: the subject's left is taken for the right."""
    if pose.landmarks is None:
        return pose
    swapped = np.arange(len(Landmark))
    for landmark in Landmark:
        if "LEFT" in landmark.name:
            twin = Landmark[landmark.name.replace("LEFT", "RIGHT")]
            swapped[landmark], swapped[twin] = twin, landmark
    landmarks = pose.landmarks[swapped].copy()
    landmarks[:, 0] = pose.width_px - landmarks[:, 0]
    world = None if pose.world is None else pose.world[swapped] * np.float32([-1, 1, 1])
    outline = None if pose.outline is None else np.float32([pose.width_px, 0]) + pose.outline * np.float32([-1, 1])
    return replace(pose, landmarks=landmarks, world=world, outline=outline)


def turned(pose: Pose, angle_deg: float) -> Pose:
    """The picture rolled about its middle, what is level falling to the right by `angle_deg`."""
    angle = math.radians(angle_deg)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    middle = np.array([pose.width_px, pose.height_px]) / 2.0

    def roll(points: np.ndarray) -> np.ndarray:
        return ((points - middle) @ turn.T + middle).astype(np.float32)

    if pose.landmarks is None:
        return pose
    landmarks = pose.landmarks.copy()
    landmarks[:, :2] = roll(landmarks[:, :2])
    return replace(pose, landmarks=landmarks, outline=None if pose.outline is None else roll(pose.outline))


def _on_elbows_and_toes(
    trunk_pitch: float, upper_arm_lean: float, forearm_pitch: float, knee_flexion: float, others: dict[str, Any]
) -> Pose:
    angles = {
        "trunk_deg": trunk_pitch,
        "knee_flexion": knee_flexion,
        "ankle_flexion": -75.0,
        "shoulder_flexion": 90.0 + upper_arm_lean - trunk_pitch,
        "elbow_flexion": 90.0 - forearm_pitch - upper_arm_lean,
    }
    arms = (angles["shoulder_flexion"], angles["elbow_flexion"])

    def rise(hip_flexion: float) -> float:
        """How much too high the toes are; real ones' lie 0.05 trunk lengths lower than the elbow's."""
        side = one_side(trunk_pitch, (hip_flexion, knee_flexion, angles["ankle_flexion"]), arms, 0.0)
        return float(side[Joint.FOOT_INDEX][1] - side[Joint.ELBOW][1]) + 0.05 * TRUNK

    return make_pose(**(angles | {"hip_flexion": _zero(rise, -80.0, 40.0)} | others))


def _reach(first: float, second: float, flexion_deg: float) -> float:
    """Distance of the ends of two bones that meet at a joint bent by `flexion_deg`."""
    return math.sqrt(first**2 + second**2 + 2.0 * first * second * math.cos(math.radians(flexion_deg)))


def _lead(first: float, second: float, flexion_deg: float) -> float:
    """Angle between the first bone and the line to the end of the second, in degrees."""
    bend = math.radians(flexion_deg)
    return math.degrees(math.atan2(second * math.sin(bend), first + second * math.cos(bend)))


def _zero(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function crosses zero."""
    if not function(low) > 0 > function(high):
        raise ValueError("no such posture: the body is too short or too long for it")
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if function(middle) > 0 else (low, middle)
    return low
