"""The table of named measures (work in progress: names and units are settled)."""

from enum import Enum


class Support(Enum):
    """What touches the floor in a posture: the two ends of the floor line."""

    SHOULDERS_HEELS = "shoulders-heels"
    ELBOWS_TOES = "elbows-toes"
    WRISTS_KNEES = "wrists-knees"


MEASURES: dict[str, str] = dict.fromkeys(
    (
        "knee_flexion", "hip_flexion", "elbow_flexion", "shoulder_flexion", "neck_flexion", "spine_flexion",
        "trunk_pitch", "thigh_pitch", "chest_pitch", "upper_arm_lean", "shin_lean",
        "elbow_lead", "hand_lead", "hip_over_knee", "knee_over_ankle", "heel_height", "ear_shoulder_gap", "leg_split",
    ),
    "deg",
)
