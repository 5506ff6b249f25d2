"""The table of measures, row by row on hand-drawn poses, and what must not change them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.floor import MOST_ROLL_DEG, Support
from posecheck.landmarks import Joint, Landmark, Pose, Poses, Side
from posecheck.measures import LEAST_VISIBILITY, VISIBILITY_ERROR_DEG, Measurer, Measures, measure
from posecheck.measuretable import MEASURES
from posecheck.view import View
from tests.poses import (
    Facing,
    all_fours,
    bridge,
    clip,
    lying_bent_knees,
    make_pose,
    mirrored,
    nobody,
    prone,
    sphinx,
    standing,
)
from tests.shared_data import real_footage

POSTURES = {
    standing: Support.LEVEL,
    prone: Support.ELBOWS_TOES,
    sphinx: Support.ELBOWS_TOES,
    all_fours: Support.WRISTS_KNEES,
    bridge: Support.SHOULDERS_HEELS,
    lying_bent_knees: Support.SHOULDERS_HEELS,
}
FLOOR = sorted(name for name, spec in MEASURES.items() if spec.floor)
EAR, SHOULDER, ELBOW, WRIST, HIP, KNEE, ANKLE, HEEL, TOE = Joint

UPRIGHT: dict[Joint | Landmark, tuple[float, float]] = {
    Landmark.NOSE: (0.1, 1.6), EAR: (0, 1.6), SHOULDER: (0, 1.4), ELBOW: (0, 1.1), WRIST: (0, 0.85),
    HIP: (0, 0.9), KNEE: (0, 0.5), ANKLE: (0, 0.1), HEEL: (-0.05, 0), TOE: (0.15, 0),
}  # fmt: skip
"""Standing, facing right; metres, y up. Trunk 0.5, arm 0.3 + 0.25, thigh and shin 0.4."""


ON_THE_BACK: dict[Joint | Landmark, tuple[float, float]] = {
    Landmark.NOSE: (-0.7, 1.0), EAR: (-0.7, 0.9), SHOULDER: (-0.5, 0.9), ELBOW: (-0.2, 0.9), WRIST: (0.05, 0.9),
}  # fmt: skip
"""Changes that lay the upper body of `UPRIGHT` on its back."""


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


def one(pose: Pose, name: str, support: Support = Support.LEVEL, level_deg: float | None = None) -> float:
    return float(measure(Poses.stack([pose]), level_deg).get(name, support)[0])


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
    ("ear_shoulder_gap", {}, 0.4),
    ("ear_shoulder_gap", {EAR: (0.3, 1.4)}, 0.6),
    ("ear_shoulder_gap", {EAR: (0.0, 1.4001)}, 0.0),
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
        assert (spec.unit == "ratio") == (max(map(abs, spec.limits)) <= 2)

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


@st.composite
def poses(draw: st.DrawFn, **fixed: Any) -> tuple[dict[str, Any], Callable[..., Pose]]:
    """A posture with joints off its own by some degrees, and where and how large it is drawn."""
    preset = draw(st.sampled_from(list(POSTURES)))
    words: dict[str, Any] = {
        "spine_flexion": draw(st.floats(-120, 120)),
        "neck_flexion": draw(st.floats(-50, 60)),
        "facing": draw(st.sampled_from(["right", "left"])),
        "width_px": 4000,
        "height_px": 4000,
        "scale": 400.0,
    }
    if preset is bridge:
        words |= {"lift": draw(st.floats(0, 45)), "knee_flexion": draw(st.floats(80, 130))}
        if draw(st.booleans()):
            words |= {"far_hip_flexion": draw(st.floats(50, 90)), "far_knee_flexion": 0.0}
    elif preset is sphinx:
        words |= {"trunk_pitch": draw(st.floats(10, 35)), "upper_arm_lean": draw(st.floats(-10, 30))}
    elif preset is all_fours:
        words |= {"arm_lean": draw(st.floats(-15, 15)), "elbow_flexion": draw(st.floats(0, 30))}
    elif preset is standing:
        words |= {"knee_flexion": draw(st.floats(0, 120)), "hip_flexion": draw(st.floats(-20, 110))}
    return words | fixed, preset


def drawn(choice: tuple[dict[str, Any], Callable[..., Pose]], **others: Any) -> Pose:
    words, preset = choice
    return preset(**(words | others))


def assert_same(first: Pose, second: Pose, support: Support, names: list[str] | None = None) -> None:
    """The measures of two poses agree to what float32 pixels can tell."""
    one, other = measure(Poses.stack([first])), measure(Poses.stack([second]))
    for name in names or list(MEASURES):
        tolerance = 0.1 if MEASURES[name].unit == "deg" else 0.002
        np.testing.assert_allclose(
            other.get(name, support), one.get(name, support), atol=tolerance, err_msg=name, rtol=0
        )
        assert np.isfinite(one.get(name, support)).all(), name


class TestInvariance:
    @given(poses(), st.floats(1200, 2800), st.floats(1200, 2800))
    def test_where_the_body_is(self, choice: Any, x: float, y: float) -> None:
        assert_same(drawn(choice), drawn(choice, at=(x, y)), POSTURES[choice[1]])

    @given(poses(), st.floats(150, 900))
    def test_how_large_it_is(self, choice: Any, scale: float) -> None:
        assert_same(drawn(choice), drawn(choice, scale=scale), POSTURES[choice[1]])

    @given(poses(), st.floats(-10, 10))
    def test_a_rolled_camera(self, choice: Any, roll: float) -> None:
        names = [name for name in MEASURES if POSTURES[choice[1]] is not Support.LEVEL or not MEASURES[name].floor]
        assert_same(drawn(choice), drawn(choice, roll_deg=roll), POSTURES[choice[1]], names)

    @given(poses(), st.floats(-180, 180))
    def test_any_rotation_where_the_floor_plays_no_part(self, choice: Any, angle: float) -> None:
        names = [name for name in MEASURES if not MEASURES[name].floor]
        assert_same(drawn(choice), drawn(choice, roll_deg=angle), Support.LEVEL, names)

    @given(poses(), st.floats(-10, 10))
    def test_a_mirror(self, choice: Any, roll: float) -> None:
        pose = drawn(choice, roll_deg=roll)
        assert_same(pose, mirrored(pose), POSTURES[choice[1]])

    @given(poses())
    def test_the_other_way_round(self, choice: Any) -> None:
        other: Facing = "left" if choice[0]["facing"] == "right" else "right"
        assert_same(drawn(choice), drawn(choice, facing=other), POSTURES[choice[1]])

    @given(poses(), st.sampled_from(Support))
    def test_values_stay_within_their_limits(self, choice: Any, support: Support) -> None:
        measures = measure(Poses.stack([drawn(choice)]))
        for name, spec in MEASURES.items():
            value = measures.get(name, support)
            assert not (value < spec.limits[0] - 1e-6).any(), name
            assert not (value > spec.limits[1] + 1e-6).any(), name

    def test_real_photographs_in_a_mirror(self) -> None:
        compared = 0
        for line in (real_footage() / "landmarks.jsonl").read_text().splitlines():
            data = json.loads(line)
            if data.get("landmarks"):
                outline = np.array(data["outline"], np.float32) if data.get("outline") else None
                pose = Pose(0.0, data["width"], data["height"], np.array(data["landmarks"], np.float32), None, outline)
                first, second = (measure(Poses.stack([one])) for one in (pose, mirrored(pose)))
                for key, value in first.values.items():
                    np.testing.assert_allclose(second.values[key], value, atol=0.05, err_msg=f"{data['id']} {key}")
                compared += 1
        assert compared > 90


class TestFloor:
    @pytest.mark.parametrize("facing", ["right", "left"])
    @pytest.mark.parametrize("roll", [-10.0, 0.0, 7.0])
    @pytest.mark.parametrize("preset", [preset for preset in POSTURES if preset is not standing])
    def test_the_roll_is_read_from_what_touches_the_floor(
        self, preset: Callable[..., Pose], roll: float, facing: Facing
    ) -> None:
        measures = measure(Poses.stack([preset(roll_deg=roll, facing=facing)]))
        assert measures.roll_deg[POSTURES[preset]] == pytest.approx(roll, abs=0.05)
        assert measures.roll_deg[Support.LEVEL] == 0.0

    def test_pitches_refer_to_the_picture_where_the_floor_is_not_known(self) -> None:
        pose = sphinx(trunk_pitch=24, roll_deg=7)
        assert one(pose, "trunk_pitch", Support.LEVEL) == pytest.approx(17, abs=0.05)
        assert one(pose, "trunk_pitch", Support.ELBOWS_TOES) == pytest.approx(24, abs=0.05)

    def test_a_line_too_steep_for_a_floor_is_none(self) -> None:
        measures = measure(Poses.stack([standing()]))
        for support in (Support.SHOULDERS_HEELS, Support.WRISTS_KNEES):
            assert np.isnan(measures.roll_deg[support]).all()
            for name in FLOOR:
                assert np.isnan(measures.get(name, support)).all(), name
        for name in set(MEASURES) - set(FLOOR):
            assert np.isfinite(measures.get(name, Support.WRISTS_KNEES)).all(), name

    @pytest.mark.parametrize("facing", ["right", "left"])
    @pytest.mark.parametrize("sign", [-1, 1])
    def test_how_steep_a_floor_may_be(self, facing: Facing, sign: int) -> None:
        for share, known in ((0.97, True), (1.03, False)):
            pose = sphinx(roll_deg=sign * share * MOST_ROLL_DEG, facing=facing, width_px=2000, height_px=2000)
            assert np.isfinite(one(pose, "trunk_pitch", Support.ELBOWS_TOES)) == known

    @pytest.mark.parametrize("facing", ["right", "left"])
    @pytest.mark.parametrize("roll", [-30.0, -8.0, 5.0, 30.0])
    def test_a_level_that_is_given_wins(self, roll: float, facing: Facing) -> None:
        frame: Any = {"width_px": 2000, "height_px": 2000, "facing": facing, "roll_deg": roll}
        measures = measure(Poses.stack([sphinx(trunk_pitch=24, **frame)]), level_deg=roll)
        for support in (Support.ELBOWS_TOES, Support.LEVEL):
            assert measures.roll_deg[support] == roll
            assert measures.get("trunk_pitch", support) == pytest.approx(24, abs=0.05)
        upright = measure(Poses.stack([standing(**frame)]), level_deg=roll)
        assert upright.get("chest_pitch", Support.LEVEL) == pytest.approx(0, abs=0.05)

    def test_a_level_that_is_given_is_not_corrected_by_the_body(self) -> None:
        pose = sphinx(trunk_pitch=24, roll_deg=7)
        assert one(pose, "trunk_pitch", Support.ELBOWS_TOES, level_deg=4.0) == pytest.approx(21, abs=0.05)
        assert one(pose, "trunk_pitch", Support.ELBOWS_TOES, level_deg=0.0) == pytest.approx(17, abs=0.05)
        assert np.isnan(one(pose, "trunk_pitch", Support.ELBOWS_TOES, level_deg=7.0 - MOST_ROLL_DEG - 1))

    def test_a_leg_in_the_air_is_not_the_floor(self) -> None:
        for side in Side:
            pose = bridge(lift=33, far_hip_flexion=60, far_knee_flexion=0, near=side, at=(290, 300))
            assert one(pose, "trunk_pitch", Support.SHOULDERS_HEELS) == pytest.approx(-33, abs=0.05)
            assert one(pose, "leg_split", Support.SHOULDERS_HEELS) > 60

    def test_upright_means_upright_in_the_picture(self) -> None:
        slopes = measure(Poses.stack([standing(), sphinx(trunk_pitch=24), sphinx(trunk_pitch=24, roll_deg=10)]))
        np.testing.assert_allclose(slopes.uprightness_deg, [90, 24, 14], atol=0.5)


def lost(pose: Pose, joint: Joint, side: Side) -> Pose:
    assert pose.landmarks is not None
    landmarks = pose.landmarks.copy()
    landmarks[joint.on(side), :2] = np.nan
    return replace(pose, landmarks=landmarks)


class TestNotTrusted:
    """What is not seen gives NaN in the measures that need it, and in no other."""

    @staticmethod
    def assert_unknown_without(joint: Joint, measures: Measures, support: Support) -> None:
        # The slope of the floor line is corrected by a share of the trunk's length.
        behind_floor = {HIP, SHOULDER} if support is not Support.LEVEL else set()
        for name, spec in MEASURES.items():
            unknown = joint in spec.joints or (spec.floor and joint in behind_floor)
            assert np.isnan(measures.get(name, support)[-1]) == unknown, name

    @pytest.mark.parametrize("joint", Joint)
    @pytest.mark.parametrize("preset", POSTURES)
    def test_hidden(self, preset: Callable[..., Pose], joint: Joint) -> None:
        pose = preset(visibility={joint: LEAST_VISIBILITY - 0.01})
        self.assert_unknown_without(joint, measure(Poses.stack([pose])), POSTURES[preset])
        pose = preset(visibility={joint: LEAST_VISIBILITY + 0.01})
        values = measure(Poses.stack([pose])).values
        assert all(np.isfinite(values[name, Support.LEVEL]).all() for name in MEASURES)

    @pytest.mark.parametrize("joint", Joint)
    def test_outside_the_frame(self, joint: Joint) -> None:
        drawn_points = {joint: (-3.0, UPRIGHT[joint][1])}
        measures = measure(Poses.stack([hand_drawn({}), hand_drawn(drawn_points)]))
        for name, spec in MEASURES.items():
            if name != "spine_flexion":
                assert np.isnan(measures.get(name, Support.LEVEL)[1]) == (joint in spec.joints), name

    def test_a_little_outside_is_believed(self) -> None:
        """The model is right about a joint just past the edge."""
        pose = standing()
        assert pose.landmarks is not None
        for edge in (-0.019, -0.021):
            landmarks = pose.landmarks.copy()
            landmarks[WRIST.on(Side.RIGHT), 0] = edge * 640
            known = np.isfinite(one(replace(pose, landmarks=landmarks), "elbow_flexion"))
            assert known == (edge > -0.02)

    @pytest.mark.parametrize("joint", Joint)
    @pytest.mark.parametrize("preset", POSTURES)
    def test_unknown_in_one_frame(self, preset: Callable[..., Pose], joint: Joint) -> None:
        first = preset()
        measures = measure(Poses.stack([first, replace(lost(first, joint, Side.RIGHT), time_s=0.1)]))
        self.assert_unknown_without(joint, measures, POSTURES[preset])
        assert all(np.isfinite(value[0]) for (_, support), value in measures.values.items() if support is Support.LEVEL)

    @pytest.mark.parametrize("joint", Joint)
    @pytest.mark.parametrize("preset", POSTURES)
    def test_the_far_side_matters_only_for_the_split(self, preset: Callable[..., Pose], joint: Joint) -> None:
        measures = measure(Poses.stack([preset(), replace(lost(preset(), joint, Side.LEFT), time_s=0.1)]))
        for name in MEASURES:
            unknown = name == "leg_split" and joint in (HIP, ANKLE)
            assert np.isnan(measures.get(name, POSTURES[preset])[1]) == unknown, name

    def test_nobody(self) -> None:
        measures = measure(Poses.stack([nobody(0.0), sphinx(time_s=0.1), nobody(0.2)]))
        for key, value in measures.values.items():
            assert np.isnan(value[[0, 2]]).all(), key
        assert np.isnan(measures.uprightness_deg[[0, 2]]).all()
        assert np.isnan(measures.uncertainty("hip_flexion")[[0, 2]]).all()
        assert np.isfinite(measures.get("trunk_pitch", Support.ELBOWS_TOES)[1])

    def test_without_an_outline_only_the_spine_is_unknown(self) -> None:
        measures = measure(Poses.stack([all_fours(outline=False)]))
        unknown = [name for name in MEASURES if np.isnan(measures.get(name, Support.WRISTS_KNEES)[0])]
        assert unknown == ["spine_flexion"]


class TestUncertainty:
    @pytest.mark.parametrize("name", MEASURES)
    def test_a_pure_side_view_of_what_is_seen_leaves_the_known_error(self, name: str) -> None:
        measures = measure(Poses.stack([standing(off_side_on_deg=0.0)]))
        assert measures.uncertainty(name) == pytest.approx(MEASURES[name].error, rel=0.01)

    @pytest.mark.parametrize("name", MEASURES)
    def test_it_grows_with_the_view(self, name: str) -> None:
        turns = (0.0, 10.0, 20.0, 30.0, 40.0)
        errors = [measure(Poses.stack([standing(off_side_on_deg=turn)])).uncertainty(name)[0] for turn in turns]
        assert (np.diff(errors) > 0).all()

    @pytest.mark.parametrize("name", MEASURES)
    def test_it_grows_with_what_is_hidden_of_what_it_needs(self, name: str) -> None:
        spec = MEASURES[name]
        plain = measure(Poses.stack([standing(off_side_on_deg=0.0)])).uncertainty(name)[0]
        for joint in Joint:
            pose = standing(off_side_on_deg=0.0, visibility={joint: 0.5})
            hidden = measure(Poses.stack([pose])).uncertainty(name)[0]
            if joint in spec.joints:
                added = VISIBILITY_ERROR_DEG if spec.unit == "deg" else np.sin(np.radians(VISIBILITY_ERROR_DEG))
                assert hidden == pytest.approx(np.hypot(spec.error, added), rel=0.01)
            else:
                assert hidden == pytest.approx(plain)

    def test_what_adds_to_it_is_independent(self) -> None:
        measures = measure(Poses.stack([standing(off_side_on_deg=30.0, visibility={KNEE: 0.5})]))
        assert measures.view.angle_error_deg == pytest.approx(8.0, abs=0.1)
        error = np.sqrt(5.0**2 + 8.0**2 + 10.0**2)
        assert measures.uncertainty("knee_flexion") == pytest.approx(error, abs=0.1)


def busy_clip() -> list[Pose]:
    """Nobody, somebody who turns over, hidden joints, both ways."""
    return [
        *clip((0.2, nobody())),
        *clip((1.0, sphinx(roll_deg=3)), (0.5, nobody()), (2.5, bridge(facing="left")), start_s=0.2),
        *clip((0.5, lambda t: all_fours(spine_flexion=90 * t, visibility={Joint.WRIST: 1 - t})), start_s=4.2),
    ]


def assert_equal_measures(first: Measures, second: Measures) -> None:
    np.testing.assert_array_equal(first.time_s, second.time_s)
    for item in fields(View):
        np.testing.assert_allclose(getattr(first.view, item.name), getattr(second.view, item.name), err_msg=item.name)
    assert first.values.keys() == second.values.keys()
    for key, value in first.values.items():
        np.testing.assert_allclose(second.values[key], value, atol=1e-4, err_msg=str(key))
    for support in Support:
        np.testing.assert_allclose(second.roll_deg[support], first.roll_deg[support], atol=1e-9)
    np.testing.assert_allclose(second.uprightness_deg, first.uprightness_deg)
    np.testing.assert_array_equal(second.visibility, first.visibility)


class TestManyAtOnce:
    @pytest.mark.parametrize("size", [1, 7, 50])
    @pytest.mark.parametrize("level_deg", [None, 3.0])
    def test_the_same_as_in_parts(self, size: int, level_deg: float | None) -> None:
        poses = busy_clip()
        measurer = Measurer(level_deg)
        parts = [measurer.update(Poses.stack(poses[i : i + size])) for i in range(0, len(poses), size)]
        assert_equal_measures(Measures.concatenate(parts), measure(Poses.stack(poses), level_deg))

    def test_slices_put_together_are_the_whole(self) -> None:
        whole = measure(Poses.stack(busy_clip()))
        cuts = (0, 1, 40, 40, len(whole))
        parts = [whole.slice(start, stop) for start, stop in itertools.pairwise(cuts)]
        assert [len(part) for part in parts] == [1, 39, 0, len(whole) - 40]
        assert_equal_measures(Measures.concatenate(parts), whole)

    def test_a_slice_copies_nothing(self) -> None:
        whole = measure(Poses.stack(busy_clip()))
        part = whole.slice(10, 20)
        assert np.shares_memory(part.time_s, whole.time_s)
        assert np.shares_memory(part.get("hip_flexion", Support.LEVEL), whole.get("hip_flexion", Support.LEVEL))


def test_what_needs_no_floor_is_the_same_on_every_support() -> None:
    measures = measure(Poses.stack([sphinx()]))
    for name in set(MEASURES) - set(FLOOR):
        for support in Support:
            assert measures.get(name, support) is measures.get(name, Support.LEVEL)


def test_an_unknown_measure_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nose_length"):
        measure(Poses.stack([sphinx()])).get("nose_length", Support.LEVEL)


def test_toes_that_are_lifted_are_no_floor() -> None:
    pose = sphinx()
    assert pose.landmarks is not None
    landmarks = pose.landmarks.copy()
    cosine, sine = np.cos(np.radians(50.0)), np.sin(np.radians(50.0))
    for side in Side:
        knee = landmarks[Joint.KNEE.on(side), :2]
        for joint in (Joint.ANKLE, Joint.HEEL, Joint.FOOT_INDEX):
            x, y = landmarks[joint.on(side), :2] - knee
            turned = cosine * x - sine * y, sine * x + cosine * y
            landmarks[joint.on(side), :2] = np.add(knee, turned)
    bent = measure(Poses.stack([replace(pose, landmarks=landmarks)]))
    assert bent.get("knee_flexion", Support.LEVEL)[0] > 40
    # The drawn knees lie a little lower than real ones.
    assert bent.get("trunk_pitch", Support.ELBOWS_TOES)[0] == pytest.approx(24.0, abs=8)
