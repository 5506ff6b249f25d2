"""The table of measures, row by row on hand-drawn poses."""

from __future__ import annotations

from typing import Any

import pytest

from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Joint, Landmark
from tests.support.body import make_pose
from tests.support.drawings import (
    ANKLE,
    EAR,
    ELBOW,
    HEEL,
    KNEE,
    SHOULDER,
    TOE,
    WRIST,
    hand_drawn,
    one,
)
from tests.support.poses import all_fours, mirrored

ON_THE_BACK: dict[Joint | Landmark, tuple[float, float]] = {
    Landmark.NOSE: (-0.7, 1.0), EAR: (-0.7, 0.9), SHOULDER: (-0.5, 0.9), ELBOW: (-0.2, 0.9), WRIST: (0.05, 0.9),
}  # fmt: skip
"""Changes that lay the upper body of `UPRIGHT` on its back."""


def test_each_row_can_be_told_from_the_others_in_a_picture() -> None:
    labels = [spec.label for spec in MEASURES.values()]
    assert all(labels)
    assert len(set(labels)) == len(labels)


ROWS: list[tuple[str, dict[Joint | Landmark, tuple[float, float]], float]] = [
    ("knee_flexion", {}, 0),
    ("knee_flexion", {ANKLE: (-0.4, 0.5)}, 90),
    ("knee_flexion", {ANKLE: (-0.24, 0.82)}, 143.13),
    ("knee_flexion", {ANKLE: (0.04, 0.1)}, -5.71),
    ("hip_flexion", {}, 0),
    ("hip_flexion", {KNEE: (0.4, 0.9)}, 90),
    ("hip_flexion", {KNEE: (0.24, 1.22)}, 143.13),
    ("hip_flexion", {KNEE: (-0.24, 0.58)}, -36.87),
    ("elbow_flexion", {}, 0),
    ("elbow_flexion", {WRIST: (0.25, 1.1)}, 90),
    ("elbow_flexion", {WRIST: (-0.03, 0.85)}, -6.84),
    ("shoulder_flexion", {}, 0),
    ("shoulder_flexion", {ELBOW: (0.3, 1.4)}, 90),
    ("shoulder_flexion", {ELBOW: (0, 1.7)}, 180),
    ("shoulder_flexion", {ELBOW: (-0.1, 1.7)}, 198.43),
    ("shoulder_flexion", {ELBOW: (-0.3, 1.4)}, -90),
    ("neck_flexion", {}, 0),
    ("neck_flexion", {EAR: (0.2, 1.4)}, 90),
    ("neck_flexion", {EAR: (-0.1, 1.6)}, -26.57),
    ("trunk_pitch", {}, 90),
    ("trunk_pitch", {SHOULDER: (0.5, 0.9)}, 0),
    ("trunk_pitch", {SHOULDER: (-0.5, 0.9)}, 0),
    ("trunk_pitch", {SHOULDER: (0.4, 1.2)}, 36.87),
    ("trunk_pitch", {SHOULDER: (0.4, 0.6)}, -36.87),
    ("thigh_pitch", {}, -90),
    ("thigh_pitch", {KNEE: (0.4, 0.9)}, 0),
    ("thigh_pitch", {KNEE: (0.3, 1.2)}, 45),
    ("thigh_pitch", {KNEE: (-0.3, 0.6)}, -45),
    ("chest_pitch", {}, 0),
    ("chest_pitch", ON_THE_BACK, 90),
    ("chest_pitch", {SHOULDER: (-0.3, 1.2)}, 45),
    ("chest_pitch", {SHOULDER: (0.5, 0.9)}, -90),
    ("forearm_pitch", {}, 90),
    ("forearm_pitch", {WRIST: (0.25, 1.1)}, 0),
    ("forearm_pitch", {WRIST: (0.2, 0.9)}, 45),
    ("forearm_pitch", {WRIST: (0.2, 1.3)}, -45),
    ("upper_arm_lean", {}, 0),
    ("upper_arm_lean", {ELBOW: (0.3, 1.1)}, 45),
    ("upper_arm_lean", {ELBOW: (0.3, 1.4)}, 90),
    ("upper_arm_lean", {ELBOW: (-0.3, 1.1)}, -45),
    ("shin_lean", {}, 0),
    ("shin_lean", {KNEE: (0.4, 0.5)}, 45),
    ("shin_lean", {KNEE: (-0.4, 0.5)}, -45),
    ("elbow_lead", {}, 0),
    ("elbow_lead", {ELBOW: (0.3, 1.4)}, 1),
    ("elbow_lead", {ELBOW: (-0.18, 1.16)}, -0.6),
    ("hand_lead", {}, 0),
    ("hand_lead", {ELBOW: (0.3, 1.4), WRIST: (0.55, 1.4)}, 1),
    ("hand_lead", {ELBOW: (0.3, 1.4), WRIST: (0.3, 1.15)}, 0.3 / 0.55),
    ("hand_lead", {WRIST: (-0.15, 0.9)}, -0.15 / 0.55),
    ("hip_over_knee", {}, 0),
    ("hip_over_knee", {KNEE: (-0.24, 0.58)}, 0.6),
    ("hip_over_knee", {KNEE: (0.24, 0.58)}, -0.6),
    ("knee_over_ankle", {}, 0),
    ("knee_over_ankle", {ANKLE: (-0.24, 0.18)}, 0.6),
    ("knee_over_ankle", {ANKLE: (0.24, 0.18)}, -0.6),
    ("heel_height", {}, 0),
    ("heel_height", {HEEL: (-0.05, 0.1)}, 0.25),
    ("heel_height", {TOE: (0.15, 0.1)}, -0.25),
    ("ankle_height", {SHOULDER: (0.0, 0.2), ANKLE: (0.0, 0.1)}, -0.25),
    ("ankle_height", {KNEE: (-0.4, 1.4), ANKLE: (0.0, 1.4)}, 0.0),
    ("ear_shoulder_gap", {}, 0.4),
    ("ear_shoulder_gap", {EAR: (0.3, 1.4)}, 0.6),
    ("ear_shoulder_gap", {EAR: (0.0, 1.4001)}, 0.0),
    ("ear_elbow_path", {}, 1.0),
    # In the middle between the far side, which stays, and the near one.
    ("ear_elbow_path", {EAR: (0.0, 1.45)}, 0.85),
    ("ear_elbow_path", {ELBOW: (0.4, 1.4)}, 0.9),
    ("knee_height", {TOE: (0.0, 0.0), ELBOW: (1.0, 0.0), KNEE: (0.5, 0.25)}, 0.5),
    ("knee_height", {TOE: (0.0, 0.0), ELBOW: (1.0, 1.0), KNEE: (0.5, 0.5)}, 0.0),
    ("knee_height", {TOE: (0.0, 0.0), ELBOW: (1.0, 0.0), KNEE: (0.2, -0.25)}, -0.5),
    ("leg_split", {}, 0),
    ("leg_split", {ANKLE: (0.8, 0.9)}, 90),
    ("leg_split", {ANKLE: (-0.8, 0.9)}, 90),
]


class TestTable:
    @pytest.mark.parametrize(("name", "changes", "expected"), ROWS, ids=lambda value: str(value)[:40])
    def test_each_row_on_a_hand_drawn_pose(self, name: str, changes: Any, expected: float) -> None:
        tolerance = 0.02 if MEASURES[name].unit == "deg" else 0.001
        assert one(hand_drawn(changes), name) == pytest.approx(expected, abs=tolerance)
        assert one(mirrored(hand_drawn(changes)), name) == pytest.approx(expected, abs=tolerance)

    @pytest.mark.parametrize("turn", [-120, -60, 0, 60, 120])
    def test_the_spine_on_a_drawn_outline(self, turn: float) -> None:
        for pose in (all_fours(spine_flexion=turn), all_fours(spine_flexion=turn, facing="left")):
            assert one(pose, "spine_flexion") == pytest.approx(turn, abs=2.0)

    def test_every_row_is_drawn(self) -> None:
        assert {name for name, _, _ in ROWS} | {"spine_flexion"} == set(MEASURES)

    @pytest.mark.parametrize("name", MEASURES)
    def test_every_row_says_what_it_is(self, name: str) -> None:
        spec = MEASURES[name]
        assert spec.name == name
        assert all((spec.meaning, spec.zero, spec.positive, spec.source, spec.joints))
        assert spec.error > 0
        assert spec.limits[0] < spec.limits[1]
        assert (spec.unit == "ratio") == (max(map(abs, spec.limits)) < 10)

    @pytest.mark.parametrize(
        ("name", "angle"),
        [
            ("knee_flexion", 130), ("knee_flexion", -10), ("hip_flexion", 120), ("hip_flexion", -30),
            ("elbow_flexion", 140), ("elbow_flexion", -10), ("shoulder_flexion", 170), ("shoulder_flexion", -60),
            ("neck_flexion", 70), ("neck_flexion", -70),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("trunk_deg", [0, 90, 200])
    def test_what_is_put_into_the_maker_of_poses_is_measured(self, name: str, angle: float, trunk_deg: float) -> None:
        for facing in ("right", "left"):
            pose = make_pose(**{name: angle, "trunk_deg": trunk_deg, "facing": facing})
            assert one(pose, name) == pytest.approx(angle, abs=0.05)
