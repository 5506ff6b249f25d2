"""Poses drawn by hand, the postures by what they rest on, and a single measure of a single pose."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.measurer import measure
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Joint, Landmark, Pose, Poses, Side
from tests.support.poses import all_fours, bridge, lying_bent_knees, prone, sphinx, standing

POSTURES = {
    standing: FloorContacts.LEVEL,
    prone: FloorContacts.ELBOWS_TOES,
    sphinx: FloorContacts.ELBOWS_TOES,
    all_fours: FloorContacts.WRISTS_KNEES,
    bridge: FloorContacts.SHOULDERS_HEELS,
    lying_bent_knees: FloorContacts.SHOULDERS_HEELS,
}
FLOOR = sorted(name for name, spec in MEASURES.items() if spec.floor)
EAR, SHOULDER, ELBOW, WRIST, HIP, KNEE, ANKLE, HEEL, TOE = Joint

UPRIGHT: dict[Joint | Landmark, tuple[float, float]] = {
    Landmark.NOSE: (0.1, 1.6), EAR: (0, 1.6), SHOULDER: (0, 1.4), ELBOW: (0, 1.1), WRIST: (0, 0.85),
    HIP: (0, 0.9), KNEE: (0, 0.5), ANKLE: (0, 0.1), HEEL: (-0.05, 0), TOE: (0.15, 0),
}  # fmt: skip
"""Standing, facing right; metres, y up. Trunk 0.5, arm 0.3 + 0.25, thigh and shin 0.4."""


def hand_drawn(changes: Mapping[Joint | Landmark, tuple[float, float]]) -> Pose:
    """A pose of points; the far side is that of `UPRIGHT`."""
    landmarks = np.ones((len(Landmark), 5), np.float32)
    landmarks[:, 2] = 0.0
    for points, side in ((UPRIGHT, Side.LEFT), (UPRIGHT | changes, Side.RIGHT)):
        for name, (x, y) in points.items():
            row = name if isinstance(name, Landmark) else name.on(side)
            landmarks[row, :2] = (500 + 200 * x, 600 - 200 * y)
            if isinstance(name, Joint) and side is Side.LEFT:
                landmarks[row, 3] = 0.6
    return Pose(0.0, 1000, 800, landmarks)


def one(pose: Pose, name: str, support: FloorContacts = FloorContacts.LEVEL, level_deg: float | None = None) -> float:
    return float(measure(Poses.stack([pose]), level_deg).get(name, support)[0])
