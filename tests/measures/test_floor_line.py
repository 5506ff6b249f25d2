"""The floor line, and what is measured against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from posecheck.measures.floor_line import MOST_ROLL_DEG, FloorContacts
from posecheck.measures.measurer import measure
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Joint, Pose, Poses, Side
from tests.support.body import Facing
from tests.support.drawings import (
    FLOOR,
    POSTURES,
    one,
)
from tests.support.poses import bridge, sphinx, standing


def with_feet_lifted(pose: Pose, knee_flexion: float) -> Pose:
    """All below the knees turned about them, feet towards the buttocks, of one who faces right."""
    assert pose.landmarks is not None
    landmarks, angle = pose.landmarks.copy(), np.radians(knee_flexion)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    for side in Side:
        knee = landmarks[Joint.KNEE.on(side), :2].copy()
        for joint in (Joint.ANKLE, Joint.HEEL, Joint.FOOT_INDEX):
            row = landmarks[joint.on(side), :2]
            row[:] = (row - knee) @ turn + knee
    return replace(pose, landmarks=landmarks)


class TestFloor:
    @pytest.mark.parametrize("facing", ["right", "left"])
    @pytest.mark.parametrize("roll", [-10.0, 0.0, 7.0])
    @pytest.mark.parametrize("preset", [preset for preset in POSTURES if preset is not standing])
    def test_the_roll_is_read_from_what_touches_the_floor(
        self, preset: Callable[..., Pose], roll: float, facing: Facing
    ) -> None:
        measures = measure(Poses.stack([preset(roll_deg=roll, facing=facing)]))
        assert measures.roll_deg[POSTURES[preset]] == pytest.approx(roll, abs=0.05)
        assert measures.roll_deg[FloorContacts.LEVEL] == 0.0

    def test_pitches_refer_to_the_picture_where_the_floor_is_not_known(self) -> None:
        pose = sphinx(trunk_pitch=24, roll_deg=7)
        assert one(pose, "trunk_pitch", FloorContacts.LEVEL) == pytest.approx(17, abs=0.05)
        assert one(pose, "trunk_pitch", FloorContacts.ELBOWS_TOES) == pytest.approx(24, abs=0.05)

    def test_a_line_too_steep_for_a_floor_is_none(self) -> None:
        measures = measure(Poses.stack([standing()]))
        for support in (FloorContacts.SHOULDERS_HEELS, FloorContacts.WRISTS_KNEES):
            assert np.isnan(measures.roll_deg[support]).all()
            for name in FLOOR:
                assert np.isnan(measures.get(name, support)).all(), name
        for name in set(MEASURES) - set(FLOOR):
            assert np.isfinite(measures.get(name, FloorContacts.WRISTS_KNEES)).all(), name

    @pytest.mark.parametrize("facing", ["right", "left"])
    @pytest.mark.parametrize("sign", [-1, 1])
    def test_how_steep_a_floor_may_be(self, facing: Facing, sign: int) -> None:
        for share, known in ((0.97, True), (1.03, False)):
            pose = sphinx(roll_deg=sign * share * MOST_ROLL_DEG, facing=facing, width_px=2000, height_px=2000)
            assert np.isfinite(one(pose, "trunk_pitch", FloorContacts.ELBOWS_TOES)) == known

    @pytest.mark.parametrize(("roll", "known"), [(-30.0, False), (-20.0, True), (15.0, True), (30.0, False)])
    def test_a_camera_is_tilted_by_twice_what_webcams_are_but_not_by_thirty_degrees(
        self, roll: float, known: bool
    ) -> None:
        """Webcams were tilted by 10 degrees at most; lines through other postures lie at 30 and more."""
        measures = measure(Poses.stack([sphinx(roll_deg=roll, width_px=2000, height_px=2000)]))
        assert np.isfinite(measures.roll_deg[FloorContacts.ELBOWS_TOES][0]) == known

    @pytest.mark.parametrize("knee_flexion", [4.0, 15.0])
    def test_toes_bear_a_sphinx_whose_knees_are_hardly_bent(self, knee_flexion: float) -> None:
        measures = measure(Poses.stack([sphinx(knee_flexion=knee_flexion)]))
        assert measures.roll_deg[FloorContacts.ELBOWS_TOES] == pytest.approx(0.0, abs=0.05)

    @pytest.mark.parametrize("knee_flexion", [25.0, 35.0, 90.0])
    def test_knees_bear_one_whose_feet_are_in_the_air(self, knee_flexion: float) -> None:
        """However high the feet are, the floor stays where it is; the made body's thigh does not lie quite flat."""
        measures = measure(Poses.stack([with_feet_lifted(sphinx(), knee_flexion)]))
        assert measures.roll_deg[FloorContacts.ELBOWS_TOES] == pytest.approx(0.0, abs=4.0)

    @pytest.mark.parametrize("facing", ["right", "left"])
    @pytest.mark.parametrize("roll", [-30.0, -8.0, 5.0, 30.0])
    def test_a_level_that_is_given_wins(self, roll: float, facing: Facing) -> None:
        frame: Any = {"width_px": 2000, "height_px": 2000, "facing": facing, "roll_deg": roll}
        measures = measure(Poses.stack([sphinx(trunk_pitch=24, **frame)]), level_deg=roll)
        for support in (FloorContacts.ELBOWS_TOES, FloorContacts.LEVEL):
            assert measures.roll_deg[support] == roll
            assert measures.get("trunk_pitch", support) == pytest.approx(24, abs=0.05)
        upright = measure(Poses.stack([standing(**frame)]), level_deg=roll)
        assert upright.get("chest_pitch", FloorContacts.LEVEL) == pytest.approx(0, abs=0.05)

    def test_a_level_that_is_given_is_not_corrected_by_the_body(self) -> None:
        pose = sphinx(trunk_pitch=24, roll_deg=7)
        assert one(pose, "trunk_pitch", FloorContacts.ELBOWS_TOES, level_deg=4.0) == pytest.approx(21, abs=0.05)
        assert one(pose, "trunk_pitch", FloorContacts.ELBOWS_TOES, level_deg=0.0) == pytest.approx(17, abs=0.05)
        assert np.isnan(one(pose, "trunk_pitch", FloorContacts.ELBOWS_TOES, level_deg=7.0 - MOST_ROLL_DEG - 1))

    def test_a_leg_in_the_air_is_not_the_floor(self) -> None:
        for side in Side:
            pose = bridge(lift=33, far_hip_flexion=60, far_knee_flexion=0, near=side, at=(290, 300))
            assert one(pose, "trunk_pitch", FloorContacts.SHOULDERS_HEELS) == pytest.approx(-33, abs=0.05)
            assert one(pose, "leg_split", FloorContacts.SHOULDERS_HEELS) > 60

    def test_upright_means_upright_in_the_picture(self) -> None:
        slopes = measure(Poses.stack([standing(), sphinx(trunk_pitch=24), sphinx(trunk_pitch=24, roll_deg=10)]))
        np.testing.assert_allclose(slopes.uprightness_deg, [90, 24, 14], atol=0.5)


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
    assert bent.get("knee_flexion", FloorContacts.LEVEL)[0] > 40
    # The drawn knees lie a little lower than real ones.
    assert bent.get("trunk_pitch", FloorContacts.ELBOWS_TOES)[0] == pytest.approx(24.0, abs=8)
