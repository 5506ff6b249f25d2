"""Near side, facing, and how the camera sees the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.measures.view import SIDE_TIME_CONSTANT_S, View, ViewTracker, near_joints
from posecheck.pose.landmarks import Joint, Pose, Poses, Side
from tests.support.body import NECK, SHANK, THIGH, TRUNK, Facing, make_pose
from tests.support.poses import (
    all_fours,
    bridge,
    clip,
    lying_bent_knees,
    mirrored,
    nobody,
    prone,
    sphinx,
    standing,
    turned,
)

PRESETS = (standing, prone, sphinx, all_fours, bridge, lying_bent_knees)


def view_of(*poses: Pose) -> View:
    return ViewTracker().update(Poses.stack(poses))


def swapped_visibility(pose: Pose) -> Pose:
    """The far side seen better than the near one, as it may be in a single frame."""
    assert pose.landmarks is not None
    landmarks = pose.landmarks.copy()
    for joint in Joint:
        left, right = joint.value
        landmarks[[left, right], 3] = landmarks[[right, left], 3]
    return replace(pose, landmarks=landmarks)


class TestNearSide:
    @pytest.mark.parametrize("near", Side)
    @pytest.mark.parametrize("facing", ["right", "left"])
    @pytest.mark.parametrize("preset", PRESETS)
    def test_it_is_the_side_seen_better(self, preset: Callable[..., Pose], facing: Facing, near: Side) -> None:
        assert view_of(preset(facing=facing, near=near)).near == near

    def test_one_frame_does_not_change_it(self) -> None:
        poses = clip((3, sphinx()))
        poses[40] = swapped_visibility(poses[40])
        assert (view_of(*poses).near == Side.RIGHT).all()

    def test_another_side_seen_for_long_does(self) -> None:
        poses = clip((2, sphinx(near=Side.RIGHT)), (4, sphinx(near=Side.LEFT)))
        near = view_of(*poses).near
        assert (near[:60] == Side.RIGHT).all()
        assert (near[60 + round(30 * SIDE_TIME_CONSTANT_S) :] == Side.LEFT).all()

    def test_sides_seen_as_well_as_each_other_do_not_alternate(self) -> None:
        poses = clip((5, sphinx(far_visibility=0.97)))
        poses[1::2] = [swapped_visibility(pose) for pose in poses[1::2]]
        assert len(set(view_of(*poses).near.tolist())) == 1

    def test_near_joints_come_from_the_side_of_each_pose(self) -> None:
        values = np.arange(3 * 33, dtype=float).reshape(3, 33)
        near = near_joints(values, np.array([Side.LEFT, Side.RIGHT, -1]))
        assert near[0].tolist() == [joint.on(Side.LEFT) for joint in Joint]
        assert near[1].tolist() == [33 + joint.on(Side.RIGHT) for joint in Joint]
        assert near.shape == (3, len(Joint))
        assert near_joints(np.zeros((3, 33, 2)), np.zeros(3, int)).shape == (3, len(Joint), 2)


class TestFacing:
    @pytest.mark.parametrize("roll_deg", [-10, 0, 10])
    @pytest.mark.parametrize(("facing", "expected"), [("right", 1.0), ("left", -1.0)])
    @pytest.mark.parametrize("preset", PRESETS)
    def test_every_posture_either_way(
        self, preset: Callable[..., Pose], facing: Facing, expected: float, roll_deg: float
    ) -> None:
        pose = preset(facing=facing, roll_deg=roll_deg)
        assert view_of(pose).facing == expected
        assert view_of(mirrored(pose)).facing == -expected

    @given(st.floats(-180, 180))
    def test_the_pictures_rotation_does_not_matter(self, angle: float) -> None:
        for preset in PRESETS:
            assert view_of(turned(preset(), angle)).facing == 1.0

    @pytest.mark.parametrize(
        "angles",
        [
            {"knee_flexion": 140},
            {"hip_flexion": 110, "knee_flexion": 90},
            {"hip_flexion": -25, "knee_flexion": -5},
            {"elbow_flexion": 150},
            {"elbow_flexion": -8, "shoulder_flexion": 180},
            {"neck_flexion": 60},
            {"neck_flexion": -60},
            {"trunk_deg": 15, "hip_flexion": 160, "knee_flexion": 155, "ankle_flexion": -80, "shoulder_flexion": 170},
            {"hip_flexion": 90},
        ],
        ids=str,
    )
    def test_no_bend_of_a_joint_turns_the_person_round(self, angles: dict[str, Any]) -> None:
        assert view_of(make_pose(**angles)).facing == 1.0
        assert view_of(make_pose(facing="left", **angles)).facing == -1.0

    @pytest.mark.parametrize(
        "sign",
        [{"gaze_deg": 0}, {"ankle_flexion": 0}, {"knee_flexion": 90}, {"hip_flexion": 90}, {"elbow_flexion": 90}],
        ids=str,
    )
    def test_each_sign_decides_by_itself(self, sign: dict[str, Any]) -> None:
        """A straight figure with its face and feet along the body, which says nothing, but for one thing."""
        figure = {"gaze_deg": 90, "ankle_flexion": -90} | sign
        for roll_deg in (0, 100, 200, 300):
            assert view_of(make_pose(roll_deg=roll_deg, **figure)).facing == 1.0
            assert view_of(make_pose(roll_deg=roll_deg, facing="left", **figure)).facing == -1.0

    def test_doubtful_signs_for_long_do_not_change_it(self) -> None:
        """Face turned away but the feet as before: a little more speaks for the other way."""
        doubtful = make_pose(gaze_deg=180, ankle_flexion=-50)
        assert view_of(doubtful).facing == -1.0
        assert (view_of(*clip((1, standing()), (9, doubtful))).facing == 1.0).all()

    def test_one_frame_does_not_change_it(self) -> None:
        poses = clip((3, bridge()))
        poses[40] = replace(bridge(facing="left", near=Side.RIGHT), time_s=poses[40].time_s)
        view = view_of(*poses)
        assert (view.facing == 1.0).all()

    def test_turning_over_does(self) -> None:
        """From the front onto the back with the head where it was."""
        view = view_of(*clip((3, prone(facing="right")), (4, lying_bent_knees(facing="left"))))
        assert (view.facing[:90] == 1.0).all()
        assert (view.facing[150:] == -1.0).all()
        assert np.count_nonzero(np.diff(view.facing)) == 1

    def test_parts_and_whole_agree(self) -> None:
        poses = [*clip((2, prone()), (2, nobody()), (3, lying_bent_knees(facing="left")))]
        whole, tracker = view_of(*poses), ViewTracker()
        parts = [tracker.update(Poses.stack([pose])) for pose in poses]
        for name in ("near", "facing", "off_side_on_deg", "body_px", "inside"):
            joined = np.concatenate([getattr(part, name) for part in parts])
            np.testing.assert_allclose(joined, getattr(whole, name), err_msg=name)


class TestNobody:
    def test_before_anyone_nothing_is_known(self) -> None:
        view = view_of(nobody())
        assert view.near == -1
        for values in (view.facing, view.off_side_on_deg, view.body_px, view.angle_error_deg):
            assert np.isnan(values).all()

    def test_afterwards_side_and_facing_are_remembered(self) -> None:
        view = view_of(*clip((1, sphinx(facing="left")), (1, nobody()), (1, sphinx(facing="left"))))
        assert (view.near == Side.LEFT).all()
        assert (view.facing == -1.0).all()
        assert not view.inside[30:60].any()


class TestOffSideOn:
    @given(st.floats(0, 89), st.sampled_from(PRESETS), st.sampled_from(["right", "left"]), st.floats(100, 300))
    def test_the_shoulders_distance_tells(
        self, angle: float, preset: Callable[..., Pose], facing: Facing, scale: float
    ) -> None:
        off = view_of(preset(off_side_on_deg=angle, facing=facing, scale=scale)).off_side_on_deg
        # The far side also stands 4 mm higher, and near 90 degrees the sine is flat.
        assert off == pytest.approx(angle, abs=2.0 if angle < 70 else 12.0)

    @pytest.mark.parametrize("at", [(100, 300), (400, 200)])
    def test_the_front_is_told_from_the_back_wherever_in_the_picture(self, at: tuple[float, float]) -> None:
        area = view_of(standing(off_side_on_deg=60)).front_to_camera
        assert area > 0
        assert view_of(standing(off_side_on_deg=60, at=at)).front_to_camera == pytest.approx(area, rel=1e-4)

    def test_it_follows_turns_and_no_quiver(self) -> None:
        turns = [30.0, 31.5, 28.5, 30.0, 45.0, 44.0, 42.0, 20.0, 21.0]
        poses = [sphinx(off_side_on_deg=turn, time_s=number / 30) for number, turn in enumerate(turns)]
        whole, tracker = view_of(*poses).off_side_on_deg, ViewTracker()
        followed = [30.0, 30.0, 30.0, 30.0, 43.0, 43.0, 43.0, 22.0, 22.0]
        assert whole == pytest.approx(followed, abs=0.1)
        parts = [tracker.update(Poses.stack([pose])).off_side_on_deg for pose in poses]
        np.testing.assert_array_equal(np.concatenate(parts), whole)

    def test_wider_than_any_body_is_ninety(self) -> None:
        pose = standing()
        assert pose.landmarks is not None
        landmarks = pose.landmarks.copy()
        landmarks[Joint.SHOULDER.on(Side.LEFT), 0] += 400
        assert view_of(replace(pose, landmarks=landmarks)).off_side_on_deg == 90.0

    @pytest.mark.parametrize(("angle", "error"), [(0, 0), (15, 2), (30, 8), (45, 20), (90, 20), (22.5, 5)])
    def test_the_error_it_costs(self, angle: float, error: float) -> None:
        view = replace(view_of(standing()), off_side_on_deg=np.array([float(angle)]))
        assert view.angle_error_deg == pytest.approx(error)


class TestInFrame:
    @pytest.mark.parametrize("preset", PRESETS)
    def test_the_body_is_as_long_as_its_bones(self, preset: Callable[..., Pose]) -> None:
        bones = NECK + TRUNK + THIGH + SHANK
        for scale in (100.0, 240.0):
            assert view_of(preset(scale=scale)).body_px == pytest.approx(scale * bones, rel=1e-4)

    @pytest.mark.parametrize("preset", PRESETS)
    def test_wholly_inside(self, preset: Callable[..., Pose]) -> None:
        assert view_of(preset()).inside.all()

    @pytest.mark.parametrize("at", [(-900, 240), (1600, 240), (320, -900), (320, 1500)])
    def test_wholly_outside(self, at: tuple[float, float]) -> None:
        assert not view_of(standing(at=at)).inside.any()

    def test_the_near_sides_joints(self) -> None:
        """Cut off below the knees: ankle, heel and toes of nine joints are gone."""
        pose = standing()
        assert pose.landmarks is not None
        height = int(pose.landmarks[Joint.KNEE.on(Side.RIGHT), 1]) + 10
        assert view_of(replace(pose, height_px=height)).inside[0].tolist() == [True] * 6 + [False] * 3
