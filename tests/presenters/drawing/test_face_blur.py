"""Faces made unrecognisable."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.pose.landmarks import Landmark, Pose, Poses
from posecheck.presenters.drawing.face_blur import (
    BRIDGE_S,
    CARRY_S,
    CELLS,
    FACE,
    HeadFollower,
    Heads,
    carried,
    head_regions,
    hide,
)
from tests.support.poses import all_fours, bridge, nobody, sphinx, standing


def noise(width: int = 640, height: int = 480) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)


def region_of(pose: Pose) -> tuple[float, float, float]:
    return tuple(head_regions(pose.landmarks[None])[0].tolist())


@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize("maker", [bridge, sphinx, all_fours, standing])
def test_the_region_holds_the_whole_head(maker, facing) -> None:
    pose = maker(facing=facing, scale=200.0)
    x, y, radius = region_of(pose)
    face = pose.landmarks[FACE, :2]
    assert np.hypot(*(face - [x, y]).T).max() < 0.6 * radius
    # From the ear the skull reaches 12 cm to any side: crown, back of the head.
    ear = pose.landmarks[Landmark.LEFT_EAR, :2]
    assert np.hypot(*(ear - [x, y])) + 0.12 * 200.0 < 1.25 * radius
    assert radius > 0.15 * 200.0


def test_no_detail_is_left_and_the_rest_is_untouched() -> None:
    picture, before = noise(), noise()
    hide(picture, (300.0, 200.0, 60.0))
    rows, columns = np.mgrid[:480, :640]
    inside = np.hypot(columns + 0.5 - 300.0, rows + 0.5 - 200.0) <= 60.0
    beyond = np.hypot(columns + 0.5 - 300.0, rows + 0.5 - 200.0) > 63.0
    assert (picture[beyond] == before[beyond]).all()
    assert len(np.unique(picture[inside], axis=0)) <= CELLS**2
    assert (picture[inside] != before[inside]).any(axis=1).mean() > 0.99


@pytest.mark.parametrize("middle", [(0.0, 0.0), (639.0, 300.0), (-30.0, 200.0), (320.0, 500.0)])
def test_a_face_partly_out_of_the_picture_is_hidden_too(middle: tuple[float, float]) -> None:
    picture, before = noise(), noise()
    hide(picture, (*middle, 60.0))
    rows, columns = np.mgrid[:480, :640]
    inside = np.hypot(columns + 0.5 - middle[0], rows + 0.5 - middle[1]) <= 60.0
    assert inside.any()
    assert (picture[inside] != before[inside]).any(axis=1).mean() > 0.98


@pytest.mark.parametrize("region", [(-500.0, 50.0, 60.0), (320.0, 2000.0, 10.0)])
def test_a_face_outside_the_picture_changes_nothing(region: tuple[float, float, float]) -> None:
    picture = noise()
    hide(picture, region)
    assert (picture == noise()).all()


def test_a_larger_picture_is_scaled() -> None:
    picture, before = noise(1280, 960), noise(1280, 960)
    hide(picture, (300.0, 200.0, 40.0), (2.0, 2.0))
    assert (picture[400, 600] != before[400, 600]).any()
    assert (picture[400, 600 + 75] != before[400, 600 + 75]).any()
    assert (picture[200, 300] == before[200, 300]).all()


class TestLost:
    def test_between_two_detections_the_region_moves_and_widens(self) -> None:
        time_s = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
        regions = np.full((5, 3), np.nan)
        regions[0], regions[4] = (100, 100, 20), (200, 300, 20)
        filled = carried(time_s, regions)
        assert filled[2, :2] == pytest.approx([150, 200])
        assert filled[2, 2] > 20
        assert filled[[0, 4]] == pytest.approx(regions[[0, 4]])

    def test_over_a_long_gap_it_stays_for_a_while_on_either_side(self) -> None:
        time_s = np.arange(0.0, 3 * BRIDGE_S, 0.1)
        regions = np.full((len(time_s), 3), np.nan)
        regions[0], regions[-1] = (100, 100, 20), (200, 300, 20)
        known = np.isfinite(carried(time_s, regions)[:, 0])
        assert known[time_s <= CARRY_S].all()
        assert known[time_s >= time_s[-1] - CARRY_S].all()
        assert not known[(time_s > CARRY_S + 0.01) & (time_s < time_s[-1] - CARRY_S - 0.01)].any()

    def test_before_the_first_detection_too(self) -> None:
        poses = [nobody(index / 10) for index in range(20)] + [bridge(time_s=2.0)]
        heads = Heads.of([Poses.stack(poses)])
        assert heads.at(0) is None
        assert heads.at(15) is not None
        seen = np.arange(21) == 20
        assert Heads.unknown_of(np.arange(21) / 10, seen) == 10

    def test_with_nobody_at_all_nothing_is_known(self) -> None:
        heads = Heads.of([Poses.stack([nobody(0.0), nobody(0.1)])])
        assert heads.at(1) is None
        assert Heads.unknown_of(np.array([0.0, 0.1]), np.zeros(2, bool)) == 2

    def test_live_it_stays_for_a_while(self) -> None:
        follower = HeadFollower()
        assert follower.update(0.0, None) is None
        x, y, radius = region_of(bridge())
        assert follower.update(1.0, bridge().landmarks) == pytest.approx((x, y, radius))
        lost = follower.update(1.0 + CARRY_S, None)
        assert lost is not None
        assert lost[2] > radius
        assert follower.update(1.1 + CARRY_S, None) is None
