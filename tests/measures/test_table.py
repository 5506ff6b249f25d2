"""The table of measures, row by row on hand-drawn poses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from posecheck.measures.drawn import Bend, Lean, Slope
from posecheck.measures.table import MEASURES, Drafts
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
    UPRIGHT,
    WRIST,
    hand_drawn,
    one,
)
from tests.support.poses import all_fours, mirrored, turned

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


DRAWN = [row for row in ROWS if isinstance(MEASURES[row[0]].drawn, Bend | Slope | Lean)]


class TestDrawn:
    """What is drawn is what is measured: both are worked out here from the same points."""

    @pytest.mark.parametrize(("name", "changes", "expected"), DRAWN, ids=lambda value: str(value)[:40])
    def test_the_line_drawn_lies_where_the_value_says(self, name: str, changes: Any, expected: float) -> None:
        points = {joint: np.array(where) for joint, where in (UPRIGHT | changes).items()}
        drawn = MEASURES[name].drawn
        if isinstance(drawn, Bend):
            before, after = points[drawn.vertex] - points[drawn.start], points[drawn.end] - points[drawn.vertex]
            off_deg = degrees(after) - degrees(before) - (drawn.zero_deg + drawn.sign * expected)
            assert (off_deg + 180) % 360 - 180 == pytest.approx(0, abs=0.02)
        elif isinstance(drawn, Slope):
            rise, run = points[drawn.high][1] - points[drawn.low][1], points[drawn.high][0] - points[drawn.low][0]
            assert np.degrees(np.arctan2(rise, abs(run))) == pytest.approx(expected, abs=0.02)
        elif isinstance(drawn, Lean):
            line = points[drawn.end] - points[drawn.vertex]
            if MEASURES[name].unit == "deg":
                off_deg = degrees(line) - (drawn.zero_deg + drawn.sign * expected)
                assert (off_deg + 180) % 360 - 180 == pytest.approx(0, abs=0.02)
            else:
                towards = np.radians(drawn.zero_deg + drawn.sign * 90.0)
                beyond = float(line @ [np.cos(towards), np.sin(towards)])
                way = np.diff([points[joint] for joint in drawn.whole or (drawn.vertex, drawn.end)], axis=0)
                assert beyond / np.linalg.norm(way, axis=1).sum() == pytest.approx(expected, abs=0.001)

    def test_only_what_lies_along_no_line_is_not_drawn(self) -> None:
        assert {name for name, spec in MEASURES.items() if spec.drawn is None} == {
            "chest_pitch", "ankle_height", "knee_height", "ear_shoulder_gap", "ear_elbow_path",
        }  # fmt: skip


def degrees(line: Any) -> float:
    return float(np.degrees(np.arctan2(line[1], line[0])))


LEVELLED = [row for row in ROWS if row[0] != "ankle_height"]
"""All but what is measured against the picture, and so says something as a change alone."""


@pytest.mark.parametrize(("name", "changes", "expected"), LEVELLED, ids=lambda value: str(value)[:40])
@pytest.mark.parametrize("fall_deg", [-10.0, 10.0])
def test_a_camera_that_is_not_level_changes_no_measure(
    name: str, changes: Any, expected: float, fall_deg: float
) -> None:
    rolled = turned(hand_drawn(changes), fall_deg)
    tolerance = 0.05 if MEASURES[name].unit == "deg" else 0.002
    assert one(rolled, name, level_deg=fall_deg) == pytest.approx(expected, abs=tolerance)


def test_most_measures_may_be_drafted_as_rules_and_swings_and_a_few_as_postures() -> None:
    kinds = {name: spec.drafts for name, spec in MEASURES.items()}
    assert {name for name, kind in kinds.items() if Drafts.POSTURE in kind} == {
        "knee_flexion", "hip_flexion", "trunk_pitch", "chest_pitch",
    }  # fmt: skip
    assert {name for name, kind in kinds.items() if Drafts.RULES not in kind} == {"ankle_height"}
    assert {name for name, kind in kinds.items() if Drafts.SWINGS not in kind} == {"ankle_height"}
