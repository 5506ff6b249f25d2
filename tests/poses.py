"""A maker of poses: a body drawn from the side by its joint angles, for every test that needs one.

`make_pose` builds 33 landmarks and an outline by forward kinematics, from the anatomical position (all angles 0) and
`trunk_deg`, in the terms of `posecheck.measuretable`: what goes in as ``knee_flexion=20`` is measured as 20. Ready-made
postures that rest on the floor, so that their floor line is level: `standing`, `prone`, `sphinx`, `all_fours`,
`bridge`, `lying_bent_knees`. Each takes what varies in it, and passes every other word on to `make_pose`::

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
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from posecheck.landmarks import OUTLINE_POINTS, Joint, Landmark, Pose, Side

Facing = Literal["right", "left"]

TRUNK, NECK, THIGH, SHANK, UPPER_ARM, FOREARM, FOOT = 0.50, 0.22, 0.43, 0.42, 0.30, 0.26, 0.22
"""Lengths of a middling adult, in metres: hip to shoulder, shoulder to ear, and so on; the foot from heel to toes."""

SHOULDER_WIDTH = 0.72 * TRUNK
"""Between the shoulders, as `posecheck.view` takes it."""

HEEL_DOWN, HEEL_BACK = 0.07, 0.05
"""Where the heel lies from the ankle: towards the sole and away from the toes."""

BACK = 0.22
"""From the shoulder-hip chord to the back at both ends of the drawn arc, in chord lengths."""

ARC_END = 1.0
"""The arc is drawn from the hip to this share of the chord."""


def make_pose(
    *,
    trunk_deg: float = 90.0,
    knee_flexion: float = 0.0,
    hip_flexion: float = 0.0,
    elbow_flexion: float = 0.0,
    shoulder_flexion: float = 0.0,
    neck_flexion: float = 0.0,
    ankle_flexion: float = 0.0,
    gaze_deg: float = 0.0,
    spine_flexion: float = 0.0,
    far_knee_flexion: float | None = None,
    far_hip_flexion: float | None = None,
    facing: Facing = "right",
    near: Side | None = None,
    off_side_on_deg: float = 2.0,
    roll_deg: float = 0.0,
    scale: float = 240.0,
    at: tuple[float, float] | None = None,
    time_s: float = 0.0,
    width_px: int = 640,
    height_px: int = 480,
    visibility: float | Mapping[Joint, float] = 1.0,
    far_visibility: float = 0.6,
    outline: bool = True,
) -> Pose:
    """A body seen from the side.

    Args:
        trunk_deg: Direction from hip to shoulder of a body that faces right: 0 lying on the front, 90 upright, 180
            lying on the back.
        knee_flexion: Degrees, as every joint's: 0 in the anatomical position, flexion positive.
        hip_flexion: Thigh towards the belly is positive.
        elbow_flexion: Hand towards the shoulder is positive.
        shoulder_flexion: Arm raised forwards is positive.
        neck_flexion: Chin to the chest is positive.
        ankle_flexion: 0 with the foot square to the shin, toes towards the shin positive.
        gaze_deg: How far the face is lifted against the neck.
        spine_flexion: Degrees by which the drawn back, an arc of a circle, turns between hip and shoulder.
        far_knee_flexion: Of the far leg; None for that of the near one.
        far_hip_flexion: Of the far leg; None for that of the near one.
        facing: Where the body would face standing upright: `trunk_deg=0` facing left has the head on the left.
        near: The side nearer to the camera; None for the one that a level camera sees.
        off_side_on_deg: How far the body is turned out of the pure side view: the far side lies that much further on.
        roll_deg: How far the floor falls to the right in the picture.
        scale: Pixels a metre.
        at: Where the middle of all landmarks' bounds lies, in pixels; None for the middle of the frame.
        time_s: Seconds on the frame.
        width_px: Width of the frame.
        height_px: Height of the frame.
        visibility: Of the near side and the face, or of some of its joints (the others 1).
        far_visibility: Of the far side.
        outline: Whether to draw the outline of head and trunk.
    """
    legs = (hip_flexion, knee_flexion, ankle_flexion)
    arms = (shoulder_flexion, elbow_flexion)
    body = _side(trunk_deg, legs, arms, neck_flexion)
    far_legs = (
        hip_flexion if far_hip_flexion is None else far_hip_flexion,
        knee_flexion if far_knee_flexion is None else far_knee_flexion,
        ankle_flexion,
    )
    # The far side stands a little higher in the picture, as seen by a camera above the floor.
    apart = np.array([SHOULDER_WIDTH * math.sin(math.radians(off_side_on_deg)), 0.004])
    far_body = {joint: place + apart for joint, place in _side(trunk_deg, far_legs, arms, neck_flexion).items()}
    if near is None:
        near = Side.RIGHT if facing == "right" else Side.LEFT
    far = Side(1 - near)

    places = np.zeros((len(Landmark), 2))
    seen = np.full(len(Landmark), visibility if isinstance(visibility, float | int) else 1.0)
    depth = np.zeros(len(Landmark))
    for side, one, sign in ((near, body, -1.0), (far, far_body, 1.0)):
        for joint in Joint:
            places[joint.on(side)] = one[joint]
            depth[joint.on(side)] = sign * SHOULDER_WIDTH / 2.0
            if side is far:
                seen[joint.on(side)] = far_visibility
            elif isinstance(visibility, Mapping):
                seen[joint.on(side)] = visibility.get(joint, 1.0)
        wrist, forearm = one[Joint.WRIST], one[Joint.WRIST] - one[Joint.ELBOW]
        for finger, reach in (("PINKY", 0.30), ("INDEX", 0.34), ("THUMB", 0.20)):
            places[Landmark[f"{side.name}_{finger}"]] = wrist + forearm * reach
            seen[Landmark[f"{side.name}_{finger}"]] = seen[Joint.WRIST.on(side)]
    ear, face_deg = body[Joint.EAR], trunk_deg - neck_flexion - 90.0 + gaze_deg
    nose = ear + 0.11 * _towards(face_deg)
    places[Landmark.NOSE] = nose
    for landmark in Landmark:
        if "EYE" in landmark.name:
            places[landmark] = nose + 0.035 * _towards(face_deg + 125.0)
        elif landmark.name.startswith("MOUTH"):
            places[landmark] = nose + 0.045 * _towards(face_deg - 115.0)

    drawn = _outline(body, spine_flexion)
    middle = (places.min(axis=0) + places.max(axis=0)) / 2.0
    centre = np.array((width_px / 2.0, height_px / 2.0) if at is None else at)
    mirror = np.array([1.0 if facing == "right" else -1.0, -1.0])
    roll = math.radians(roll_deg)
    turn = np.array([[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]])

    def to_picture(metres: np.ndarray) -> np.ndarray:
        return ((metres - middle) * mirror * scale) @ turn.T + centre

    landmarks = np.column_stack([to_picture(places), depth * scale, seen, np.ones(len(Landmark))])
    hips = (places[Landmark.LEFT_HIP] + places[Landmark.RIGHT_HIP]) / 2.0
    world = np.column_stack([((places - hips) * mirror) @ turn.T, depth])
    return Pose(
        time_s,
        width_px,
        height_px,
        landmarks.astype(np.float32),
        world.astype(np.float32),
        to_picture(drawn).astype(np.float32) if outline else None,
    )


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
        heel_lift: Slope of the soles, heels up positive; the heel is taken for what touches the floor all the same.
        **overrides: For `make_pose`.
    """
    # As the landmarks of real ones do, the heel's lies 0.09 trunk lengths lower than the shoulder's.
    heel = HEEL_DOWN * math.cos(math.radians(heel_lift)) - HEEL_BACK * math.sin(math.radians(heel_lift))
    drop = heel - 0.09 * TRUNK - TRUNK * math.sin(math.radians(lift))
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
        side = _side(trunk_pitch, (hip_flexion, knee_flexion, angles["ankle_flexion"]), arms, 0.0)
        return float(side[Joint.FOOT_INDEX][1] - side[Joint.ELBOW][1]) + 0.05 * TRUNK

    return make_pose(**(angles | {"hip_flexion": _zero(rise, -80.0, 40.0)} | others))


def _side(
    trunk_deg: float, legs: tuple[float, float, float], arms: tuple[float, float], neck_flexion: float
) -> dict[Joint, np.ndarray]:
    """One side's joints in metres about the hip, y up, facing right."""
    hip_flexion, knee_flexion, ankle_flexion = legs
    thigh_deg = trunk_deg + 180.0 + hip_flexion
    shank_deg = thigh_deg - knee_flexion
    foot_deg = shank_deg + 90.0 + ankle_flexion
    upper_arm_deg = trunk_deg + 180.0 + arms[0]
    hip = np.zeros(2)
    shoulder = hip + TRUNK * _towards(trunk_deg)
    elbow = shoulder + UPPER_ARM * _towards(upper_arm_deg)
    knee = hip + THIGH * _towards(thigh_deg)
    ankle = knee + SHANK * _towards(shank_deg)
    heel = ankle + HEEL_DOWN * _towards(foot_deg - 90.0) - HEEL_BACK * _towards(foot_deg)
    return {
        Joint.EAR: shoulder + NECK * _towards(trunk_deg - neck_flexion),
        Joint.SHOULDER: shoulder,
        Joint.ELBOW: elbow,
        Joint.WRIST: elbow + FOREARM * _towards(upper_arm_deg + arms[1]),
        Joint.HIP: hip,
        Joint.KNEE: knee,
        Joint.ANKLE: ankle,
        Joint.HEEL: heel,
        Joint.FOOT_INDEX: heel + FOOT * _towards(foot_deg),
    }


def _outline(body: Mapping[Joint, np.ndarray], spine_flexion: float) -> np.ndarray:
    """Back, top of the head, chest and belly, in metres; counter-clockwise for a body that faces right."""
    hip, chord = body[Joint.HIP], body[Joint.SHOULDER] - body[Joint.HIP]
    count = OUTLINE_POINTS - 8
    # A little beyond both ends of the arc, so that the first and last station meet it.
    share = np.linspace(1.03, -0.03, count)
    turn = math.radians(spine_flexion)
    if abs(turn) < 1e-6:
        across = np.zeros(count)
        along = ARC_END * share
    else:
        radius = ARC_END / (2.0 * math.sin(turn / 2.0))
        angle = (share - 0.5) * turn
        along = ARC_END / 2.0 + radius * np.sin(angle)
        across = radius * (np.cos(angle) - math.cos(turn / 2.0))
    back = np.column_stack([along, BACK + across])
    head = [(1.30, 0.16), (1.50, 0.12), (1.56, 0.0), (1.50, -0.12), (1.30, -0.12)]
    # Below the deepest back that is looked for.
    belly = [(1.05, -0.50), (0.45, -0.52), (-0.08, -0.50)]
    drawn = np.array([*reversed(belly), *reversed(head), *back])
    normal = np.array([-chord[1], chord[0]])
    return hip + drawn[:, :1] * chord + drawn[:, 1:] * normal


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


def _towards(angle_deg: float) -> np.ndarray:
    return np.array([math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))])
