"""Poses one by one, and the same as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from posecheck.pose.landmarks import BLOCK, OUTLINE_POINTS, SKELETON, Joint, Landmark, Pose, Poses, Side, in_blocks
from tests.support.poses import clip, nobody, sphinx, standing


def test_pairs_are_of_one_part_of_the_body() -> None:
    for joint in Joint:
        assert joint.on(Side.LEFT).name == f"LEFT_{joint.name}"
        assert joint.on(Side.RIGHT).name == f"RIGHT_{joint.name}"


def test_the_numbering_is_mediapipes() -> None:
    assert len(Landmark) == 33
    assert [landmark.value for landmark in Landmark] == list(range(33))
    assert (Landmark.NOSE, Landmark.LEFT_HIP, Landmark.RIGHT_FOOT_INDEX) == (0, 23, 32)


def test_the_skeleton_is_one_piece() -> None:
    reached = {Joint.SHOULDER}
    for _ in SKELETON:
        for start, end in SKELETON:
            if start in reached or end in reached:
                reached |= {start, end}
    assert reached == set(Joint)


class TestStack:
    def test_keeps_every_value(self) -> None:
        poses = [standing(time_s=0.5), sphinx(time_s=0.75)]
        stack = Poses.stack(poses)
        assert len(stack) == 2
        assert (stack.width_px, stack.height_px) == (640, 480)
        assert stack.time_s.dtype == np.float64
        assert stack.time_s.tolist() == [0.5, 0.75]
        for row, pose in enumerate(poses):
            np.testing.assert_array_equal(stack.landmarks[row], pose.landmarks)
            np.testing.assert_array_equal(stack.world[row], pose.world)

    def test_nobody_is_a_row_of_nan(self) -> None:
        stack = Poses.stack([standing(), nobody(0.1)])
        assert np.isnan(stack.landmarks[1]).all()
        assert np.isnan(stack.world[1]).all()
        assert np.isnan(stack.outline[1]).all()
        assert np.isfinite(stack.landmarks[0]).all()

    @pytest.mark.parametrize("count", [1, 2, 5, OUTLINE_POINTS - 1, OUTLINE_POINTS])
    def test_a_short_outline_is_closed_at_its_first_point(self, count: int) -> None:
        points = np.arange(2 * count, dtype=np.float32).reshape(count, 2)
        (row,) = Poses.stack([Pose(0.0, 640, 480, outline=points)]).outline
        np.testing.assert_array_equal(row[:count], points)
        np.testing.assert_array_equal(row[count:], np.tile(points[0], (OUTLINE_POINTS - count, 1)))

    def test_an_outline_without_points_is_none(self) -> None:
        stack = Poses.stack([Pose(0.0, 640, 480, outline=np.empty((0, 2), np.float32))])
        assert np.isnan(stack.outline).all()

    def test_an_outline_with_too_many_points_is_refused(self) -> None:
        with pytest.raises(ValueError, match="broadcast"):
            Poses.stack([Pose(0.0, 640, 480, outline=np.zeros((OUTLINE_POINTS + 1, 2), np.float32))])

    def test_of_nothing_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at least one"):
            Poses.stack([])


def test_concatenate_joins_in_order() -> None:
    poses = [*clip((0.2, standing()), (0.1, sphinx())), nobody(0.4)]
    whole = Poses.stack(poses)
    joined = Poses.concatenate(Poses.stack(part) for part in (poses[:1], poses[1:5], poses[5:]))
    for name in ("time_s", "landmarks", "world", "outline", "brightness", "sharpness"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))
    assert (joined.width_px, joined.height_px) == (640, 480)


def test_where_takes_the_poses_asked_for() -> None:
    poses = Poses.stack([standing(time_s=0.0), nobody(0.1), sphinx(time_s=0.2)])
    some = poses.where(np.array([False, True, True]))
    assert some.time_s.tolist() == [0.1, 0.2]
    np.testing.assert_array_equal(some.landmarks[1], poses.landmarks[2])
    assert np.isnan(some.outline[0]).all()


def test_singly_gives_back_what_was_stacked() -> None:
    poses = [replace(standing(time_s=0.0), brightness=0.7, sharpness=0.4), nobody(0.1), sphinx(time_s=0.2)]
    whole = Poses.stack(poses)
    again = Poses.stack(list(whole.singly()))
    for name in ("time_s", "landmarks", "world", "outline", "brightness", "sharpness"):
        np.testing.assert_array_equal(getattr(again, name), getattr(whole, name))
    assert [pose.landmarks is None for pose in whole.singly()] == [False, True, False]


class TestInBlocks:
    @pytest.mark.parametrize("count", [1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7])
    def test_gives_every_pose_once_in_full_blocks(self, count: int) -> None:
        blocks = list(in_blocks(nobody(float(time)) for time in range(count)))
        assert np.concatenate([block.time_s for block in blocks]).tolist() == list(range(count))
        assert all(len(block) == BLOCK for block in blocks[:-1])
        assert 0 < len(blocks[-1]) <= BLOCK

    def test_nothing_gives_nothing(self) -> None:
        assert list(in_blocks([])) == []

    def test_a_change_of_size_begins_a_block(self) -> None:
        wide = [nobody(float(time)) for time in range(3)]
        tall = [replace(nobody(float(time)), width_px=480, height_px=640) for time in range(3, 5)]
        blocks = list(in_blocks([*wide, *tall, nobody(5.0)]))
        assert [(block.width_px, block.height_px, len(block)) for block in blocks] == [
            (640, 480, 3),
            (480, 640, 2),
            (640, 480, 1),
        ]

    def test_takes_no_more_poses_than_it_gives(self) -> None:
        taken = 0

        def endless() -> Iterator[Pose]:
            nonlocal taken
            while True:
                taken += 1
                yield nobody(float(taken))

        next(in_blocks(endless()))
        assert taken <= BLOCK + 1, "live poses are not waited for"
