"""A maker of poses: a body drawn from the side by its joint angles.

`make_pose` builds 33 landmarks and an outline by forward kinematics, from the anatomical position (all angles 0) and
`trunk_deg`, in the terms of `posecheck.measures.table`: what goes in as ``knee_flexion=20`` is measured as 20. Postures
that rest on the floor are in `tests.support.poses`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np

from posecheck.pose.landmarks import OUTLINE_POINTS, Joint, Landmark, Pose, Side

Facing = Literal["right", "left"]

TRUNK, NECK, THIGH, SHANK, UPPER_ARM, FOREARM, FOOT = 0.50, 0.22, 0.43, 0.42, 0.30, 0.26, 0.22
"""Lengths of a middling adult, in metres: hip to shoulder, shoulder to ear, and so on; the foot from heel to toes."""

SHOULDER_WIDTH = 0.72 * TRUNK
"""Between the shoulders, as `posecheck.measures.view` takes it."""

HEEL_DOWN, HEEL_BACK = 0.07, 0.05
"""Where the heel lies from the ankle: towards the sole and away from the toes."""

BACK = 0.22
"""From the shoulder-hip chord to the back at both ends of the drawn arc, in chord lengths."""

ARC = 0.05, 0.95
"""The shares of the chord between which the drawn arc turns as asked; it goes on a little beyond them."""


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
        spine_flexion: Degrees by which the drawn back, an arc of a circle, turns between the ends of `ARC`.
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
    body = one_side(trunk_deg, legs, arms, neck_flexion)
    far_legs = (
        hip_flexion if far_hip_flexion is None else far_hip_flexion,
        knee_flexion if far_knee_flexion is None else far_knee_flexion,
        ankle_flexion,
    )
    # The far side stands a little higher in the picture, as seen by a camera above the floor.
    apart = np.array([SHOULDER_WIDTH * math.sin(math.radians(off_side_on_deg)), 0.004])
    far_body = {joint: place + apart for joint, place in one_side(trunk_deg, far_legs, arms, neck_flexion).items()}
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


def one_side(
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
    start, end = ARC
    if abs(turn) < 1e-6:
        across = np.zeros(count)
        along = start + (end - start) * share
    else:
        radius = (end - start) / (2.0 * math.sin(turn / 2.0))
        angle = (share - 0.5) * turn
        along = (start + end) / 2.0 + radius * np.sin(angle)
        across = radius * (np.cos(angle) - math.cos(turn / 2.0))
    back = np.column_stack([along, BACK + across])
    head = [(1.30, 0.16), (1.50, 0.12), (1.56, 0.0), (1.50, -0.12), (1.30, -0.12)]
    # Below the deepest back that is looked for.
    belly = [(1.05, -0.50), (0.45, -0.52), (-0.08, -0.50)]
    drawn = np.array([*reversed(belly), *reversed(head), *back])
    normal = np.array([-chord[1], chord[0]])
    return hip + drawn[:, :1] * chord + drawn[:, 1:] * normal


def _towards(angle_deg: float) -> np.ndarray:
    return np.array([math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))])
