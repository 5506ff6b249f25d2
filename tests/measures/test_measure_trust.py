"""What is not seen gives NaN, and what is seen badly more uncertainty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.measurer import LEAST_VISIBILITY, VISIBILITY_ERROR_DEG, Measures, measure
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Joint, Pose, Poses, Side
from tests.support.drawings import (
    HIP,
    KNEE,
    POSTURES,
    SHOULDER,
    UPRIGHT,
    WRIST,
    hand_drawn,
    one,
)
from tests.support.poses import all_fours, nobody, sphinx, standing


def lost(pose: Pose, joint: Joint, side: Side) -> Pose:
    assert pose.landmarks is not None
    landmarks = pose.landmarks.copy()
    landmarks[joint.on(side), :2] = np.nan
    return replace(pose, landmarks=landmarks)


class TestNotTrusted:
    """What is not seen gives NaN in the measures that need it, and in no other."""

    @staticmethod
    def assert_unknown_without(joint: Joint, measures: Measures, support: FloorContacts) -> None:
        # The slope of the floor line is corrected by a share of the trunk's length.
        behind_floor = {HIP, SHOULDER} if support is not FloorContacts.LEVEL else set()
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
        assert all(np.isfinite(values[name, FloorContacts.LEVEL]).all() for name in MEASURES)

    @pytest.mark.parametrize(("visibility", "known"), [(0.45, True), (LEAST_VISIBILITY, True), (0.2, False)])
    def test_how_surely_it_must_be_seen(self, visibility: float, known: bool) -> None:
        """The near side of people wholly in the frame is above 0.45 on photographs."""
        pose = standing(visibility={KNEE: float(np.float32(visibility)) + 1e-7})
        assert np.isfinite(one(pose, "knee_flexion")) == known

    @pytest.mark.parametrize("joint", Joint)
    def test_outside_the_frame(self, joint: Joint) -> None:
        drawn_points = {joint: (-3.0, UPRIGHT[joint][1])}
        measures = measure(Poses.stack([hand_drawn({}), hand_drawn(drawn_points)]))
        for name, spec in MEASURES.items():
            if name != "spine_flexion":
                assert np.isnan(measures.get(name, FloorContacts.LEVEL)[1]) == (joint in spec.joints), name

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
        assert all(
            np.isfinite(value[0]) for (_, support), value in measures.values.items() if support is FloorContacts.LEVEL
        )

    @pytest.mark.parametrize("joint", Joint)
    @pytest.mark.parametrize("preset", POSTURES)
    def test_the_far_side_matters_only_for_the_split_and_the_middle(
        self, preset: Callable[..., Pose], joint: Joint
    ) -> None:
        measures = measure(Poses.stack([preset(), replace(lost(preset(), joint, Side.LEFT), time_s=0.1)]))
        for name, spec in MEASURES.items():
            unknown = name in ("leg_split", "ear_elbow_path") and joint in spec.joints
            assert np.isnan(measures.get(name, POSTURES[preset])[1]) == unknown, name

    def test_nobody(self) -> None:
        measures = measure(Poses.stack([nobody(0.0), sphinx(time_s=0.1), nobody(0.2)]))
        for key, value in measures.values.items():
            assert np.isnan(value[[0, 2]]).all(), key
        assert np.isnan(measures.uprightness_deg[[0, 2]]).all()
        assert np.isnan(measures.uncertainty("hip_flexion")[[0, 2]]).all()
        assert np.isfinite(measures.get("trunk_pitch", FloorContacts.ELBOWS_TOES)[1])

    def test_without_an_outline_only_the_spine_is_unknown(self) -> None:
        measures = measure(Poses.stack([all_fours(outline=False)]))
        unknown = [name for name in MEASURES if np.isnan(measures.get(name, FloorContacts.WRISTS_KNEES)[0])]
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
