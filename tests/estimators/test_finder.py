"""Small people: parts of a frame, the search in them, and the window that follows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from posecheck.estimators.finder import LARGE, SEARCH_EVERY_S, find_person
from posecheck.estimators.mediapipe_pose import MediaPipeEstimator
from posecheck.estimators.parts import LEAST_TILE_PX, LENGTHS, CroppedFrame, CropWindow, around, tiles
from posecheck.estimators.people import body_px, difference, extent_px
from posecheck.estimators.search import SMALL, Search
from posecheck.pose.frames import Frame
from posecheck.pose.landmarks import Floats, Pose
from posecheck.sources import open_source
from tests.estimators.stage import FakeLooker, Stage, into
from tests.support.fakes import FakeFrame
from tests.support.poses import bridge, lying_bent_knees, prone, standing
from tests.support.shared_data import real_footage

Picture = NDArray[np.uint8]


def landmarks(pose: Pose) -> Floats:
    assert pose.landmarks is not None
    return pose.landmarks


def picture_frame(picture: Picture, time_s: float = 0.0) -> Frame:
    return CroppedFrame(picture, CropWindow(0, 0, picture.shape[1], picture.shape[0]), time_s)


def numbered(width: int, height: int) -> Picture:
    """A picture in which each pixel tells its column and row."""
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([columns, rows, 0 * rows], axis=2).astype(np.uint8)


class TestParts:
    @pytest.mark.parametrize("turns", [0, 1, 3])
    def test_a_pose_comes_back_in_the_frames_pixels(self, turns: int) -> None:
        pose, window = bridge(scale=60, at=(200, 150)), CropWindow(90, 60, 210, 180, turns)
        back = window.to_frame(into(window, pose), FakeFrame())
        assert (back.width_px, back.height_px) == (640, 480)
        assert landmarks(back) == pytest.approx(landmarks(pose), abs=1e-3)
        assert back.world == pytest.approx(pose.world, abs=1e-6)
        assert back.outline == pytest.approx(pose.outline, abs=1e-3)

    @pytest.mark.parametrize("turns", [0, 1, 3])
    def test_what_is_seen_in_a_part_is_placed_where_it_is_in_the_frame(self, turns: int) -> None:
        window = CropWindow(30, 20, 80, 60, turns)
        part = CroppedFrame(numbered(200, 150), window, 0.0)
        rgb = part.rgb()
        assert (part.width_px, part.height_px) == (rgb.shape[1], rgb.shape[0])
        row, column = 17, 40
        pose = bridge()
        points = landmarks(pose).copy()
        points[:, :2] = (column + 0.5, row + 0.5)
        placed = landmarks(window.to_frame(replace(pose, landmarks=points), FakeFrame()))[0, :2]
        assert placed.tolist() == (rgb[row, column, :2] + 0.5).tolist()

    def test_a_part_is_shrunk_but_never_enlarged(self) -> None:
        part = CroppedFrame(numbered(200, 150), CropWindow(0, 0, 200, 100, 1), 0.0)
        assert part.rgb(640).shape == (200, 100, 3)
        assert part.rgb(50).shape == (50, 25, 3)
        assert part.rgb(50).flags.c_contiguous

    @given(st.integers(1, 4000), st.integers(1, 4000), st.sampled_from([2, 4]))
    def test_tiles_cover_the_frame_and_overlap_by_half(self, width: int, height: int, grid: int) -> None:
        frame = FakeFrame(0.0, width, height)
        windows = list(tiles(frame, grid))
        side = max(width, height) // grid
        assert bool(windows) == (side >= LEAST_TILE_PX)
        for length, edges in ((width, {(w.x, w.width) for w in windows}), (height, {(w.y, w.height) for w in windows})):
            ordered = sorted(edges)
            assert not ordered or (ordered[0][0] == 0 and sum(ordered[-1]) == length)
            assert all(low + size - high >= size // 2 - 1 for (low, size), (high, _) in pairwise(ordered))

    def test_a_window_is_a_square_within_the_frame(self) -> None:
        window = around(landmarks(prone(scale=60, at=(60, 30))), FakeFrame())
        assert (window.x, window.y) == (0, 0)
        assert window.width == window.height
        assert window.width == pytest.approx(LENGTHS * extent_px(landmarks(prone(scale=60))), abs=1)

    @pytest.mark.parametrize(
        ("pose", "turns"),
        [(prone(), 1), (prone(facing="left"), 3), (lying_bent_knees(), 3), (standing(), 0)],
        ids=["head right", "head left", "on the back, head left", "upright"],
    )
    def test_a_lying_body_is_turned_head_up(self, pose: Pose, turns: int) -> None:
        assert around(landmarks(pose), FakeFrame()).turns == turns


class TestFollowing:
    def test_a_large_person_is_given_as_the_tracker_sees_them_without_a_further_look(self) -> None:
        stage = Stage(lambda time_s: [bridge()])
        poses = stage.play(4.0)
        assert all(np.array_equal(landmarks(pose), landmarks(bridge())) for pose in poses)
        assert set(stage.tracker.windows) == {None}
        assert len(stage.tracker.windows) == len(poses)
        assert stage.searches_s == [0.0]
        assert stage.finder.warnings == []

    def test_a_small_person_is_found_at_once_and_placed_in_the_frame(self) -> None:
        stage = Stage(lambda time_s: [prone(scale=60, at=(500, 400))])
        poses = stage.play(1.0)
        for pose in poses:
            assert landmarks(pose) == pytest.approx(landmarks(prone(scale=60, at=(500, 400))), abs=1e-2)
            assert (pose.width_px, pose.height_px) == (640, 480)
        assert stage.searches_s == [0.0]

    def test_the_window_stays_until_the_body_nears_its_edge(self) -> None:
        def walks(time_s: float) -> list[Pose]:
            return [prone(scale=60, at=(120 + 60 * time_s, 300))]

        stage = Stage(walks)
        poses = stage.play(6.0)
        assert all(pose.landmarks is not None for pose in poses)
        windows = [window for window in stage.tracker.windows if window is not None]
        changes = [(old, new) for old, new in pairwise(windows) if old != new]
        assert 3 <= len(changes) <= 8  # 360 px, of which a window of 1.8 lengths leaves 0.3 of them, some 36 px
        assert all(new.x - old.x > 20 for old, new in changes)

    def test_a_body_that_sways_at_the_edge_does_not_make_the_window_sway(self) -> None:
        def sways(time_s: float) -> list[Pose]:
            return [prone(scale=60, at=(200 + 37 + 3 * np.sin(40 * time_s) if time_s > 0.5 else 200, 300))]

        stage = Stage(sways)
        stage.play(4.0)
        windows = [window for window in stage.tracker.windows if window is not None]
        assert sum(old != new for old, new in pairwise(windows)) <= 1

    def test_between_small_and_large_the_view_stays(self) -> None:
        shares: dict[bool, list[float]] = {True: [], False: []}

        def comes_and_goes(time_s: float) -> list[Pose]:
            return [prone(scale=130 + 60 * np.cos(time_s))]

        stage = Stage(comes_and_goes)
        for number in range(200):
            pose = stage.finder.estimate(stage.frame(number / 30))
            shares[stage.tracker.windows[-1] is None].append(extent_px(landmarks(pose)) / 640)
        whole = [window is None for window in stage.tracker.windows]
        assert sum(a != b for a, b in pairwise(whole)) <= 2
        assert min(shares[True]) > SMALL - 0.01
        assert max(shares[False]) < LARGE + 0.01

    def test_the_tracker_lets_go_before_it_is_shown_another_view(self) -> None:
        """What it remembers is a place in the last picture."""
        stage = Stage(lambda time_s: [prone(scale=60, at=(120 + 60 * time_s, 300))])
        stage.play(2.0)
        views = len(stage.tracker.windows)
        blanks = len(stage.tracker.times_s) - views
        windows = stage.tracker.windows
        assert blanks == sum(old != new for old, new in pairwise(windows[1:]))

    def test_times_never_go_backwards(self) -> None:
        def comes_and_goes(time_s: float) -> list[Pose]:
            return [] if int(time_s) % 2 else [prone(scale=60, at=(120 + 40 * time_s, 300))]

        stage = Stage(comes_and_goes)
        poses = stage.play(6.0)
        assert [pose.time_s for pose in poses] == [number / 30 for number in range(180)]
        assert stage.tracker.times_s == sorted(stage.tracker.times_s)


class TestSearching:
    def test_while_nobody_is_there_a_search_comes_every_half_second_at_most(self) -> None:
        stage = Stage(lambda time_s: [])
        assert all(pose.landmarks is None for pose in stage.play(3.0))
        assert min(np.diff(stage.searches_s)) >= SEARCH_EVERY_S - 1e-9
        assert len(stage.searches_s) == 6

    def test_the_rule_is_about_time_not_frames(self) -> None:
        stage = Stage(lambda time_s: [])
        stage.play(3.0, fps=4.0)
        assert len(stage.searches_s) == 6

    def test_a_small_person_who_comes_is_found_within_half_a_second(self) -> None:
        stage = Stage(lambda time_s: [prone(scale=60)] if time_s > 1.2 else [])
        found = [pose.time_s for pose in stage.play(3.0) if pose.landmarks is not None]
        assert 1.2 < found[0] <= 1.2 + SEARCH_EVERY_S + 1 / 30
        assert len(found) == 90 - round(found[0] * 30)

    def test_a_large_person_who_comes_is_found_in_that_frame(self) -> None:
        stage = Stage(lambda time_s: [bridge()] if time_s > 1.2 else [])
        found = [pose.time_s for pose in stage.play(2.0) if pose.landmarks is not None]
        assert found[0] == pytest.approx(37 / 30)

    def test_a_lost_person_is_found_again(self) -> None:
        def hidden(time_s: float) -> list[Pose]:
            return [] if 1.0 < time_s < 1.6 else [prone(scale=60, at=(200 if time_s < 1.3 else 215, 300))]

        stage = Stage(hidden)
        found = np.array([pose.landmarks is not None for pose in stage.play(3.0)])
        assert found[:31].all()
        assert not found[31:48].any()
        assert found[64:].all()
        assert stage.finder.warnings == []

    def test_flickering_bodies_do_not_make_it_search_all_the_time(self) -> None:
        stage = Stage(lambda time_s: [], tracked=lambda time_s: [bridge()] if round(time_s * 30) % 2 else [])
        assert all(pose.landmarks is None for pose in stage.play(2.0))
        assert len(stage.searches_s) <= 8

    def test_a_body_that_a_second_cut_does_not_show_is_nobody(self) -> None:
        stage = Stage(lambda time_s: [], tracked=lambda time_s: [bridge()])
        assert all(pose.landmarks is None for pose in stage.play(1.0))

    def test_a_body_in_which_the_model_does_not_believe_is_nobody(self) -> None:
        doubted = bridge()
        landmarks(doubted)[:, 4] = 0.3
        assert all(pose.landmarks is None for pose in Stage(lambda time_s: [doubted]).play(1.0))

    def test_the_picture_is_described_where_nobody_is(self) -> None:
        assert Stage(lambda time_s: []).play(0.1)[0].brightness == 0.5
        assert np.isfinite(Stage(lambda time_s: []).still.estimate(FakeFrame()).brightness)

    def test_a_still_is_searched_too(self) -> None:
        small = prone(scale=80, at=(1500, 700))
        stage = Stage(lambda time_s: [small], size=(1920, 1080))
        pose = stage.still.estimate(stage.frame(0.0))
        assert landmarks(pose) == pytest.approx(landmarks(small), abs=1e-2)
        assert (pose.width_px, pose.height_px) == (1920, 1080)

    def test_full_resolution_is_asked_for_once_in_a_frame(self) -> None:
        asked: list[int | None] = []

        class Counted(FakeFrame):
            def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
                asked.append(max_side_px)
                return super().rgb(max_side_px)

        Search(FakeLooker(lambda time_s: [prone(scale=60)])).people(Counted())
        assert asked == [None]

    def test_both_models_are_closed(self) -> None:
        stage = Stage(lambda time_s: [])
        with stage.finder:
            pass
        assert stage.tracker.closed
        assert stage.looker.closed


@pytest.fixture(scope="module")
def cat() -> Picture:
    with open_source(real_footage() / "photos" / "Cat_Stretch_0.jpg") as source:
        return next(iter(source)).rgb()


class TestMediaPipe:
    def test_nobody_is_found_in_noise_and_plain_frames(self, model: Path) -> None:
        rng = np.random.default_rng(0)
        patches = cv2.resize(rng.integers(0, 256, (16, 21, 3)).astype(np.uint8), (640, 480))
        empty = [np.full((480, 640, 3), 90, np.uint8), rng.integers(0, 256, (480, 640, 3)).astype(np.uint8), patches]
        with find_person(model, moving=False) as finder:
            assert [finder.estimate(picture_frame(picture)).landmarks for picture in empty] == [None] * 3

    def test_a_large_person_in_a_still_is_seen_as_without_a_search(self, model: Path, cat: Picture) -> None:
        with MediaPipeEstimator(model, moving=False) as plain, find_person(model, moving=False) as finder:
            frame = picture_frame(cat)
            assert np.array_equal(landmarks(plain.estimate(frame)), landmarks(finder.estimate(frame)))

    @pytest.mark.parametrize("moving", [True, False])
    def test_a_small_person_is_found_right(self, model: Path, cat: Picture, moving: bool) -> None:
        with MediaPipeEstimator(model, moving=False) as plain:
            full = landmarks(plain.estimate(picture_frame(cat)))
            scale = 120 / body_px(full)
            small = cv2.resize(cat, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            picture = np.full((480, 640, 3), cat[:8].mean(axis=(0, 1)), np.uint8)
            picture[300 : 300 + small.shape[0], 420 : 420 + small.shape[1]] = small
            assert plain.estimate(picture_frame(picture)).landmarks is None
        truth = full * np.float32([scale, scale, scale, 1, 1]) + np.float32([420, 300, 0, 0, 0])
        with find_person(model, moving=moving) as finder:
            for number in range(5 if moving else 1):
                pose = finder.estimate(picture_frame(picture, number / 30))
                assert difference(truth, landmarks(pose)) < 0.15
                assert pose.outline is not None
                assert np.linalg.norm(pose.outline.mean(axis=0) - truth[[11, 12, 23, 24], :2].mean(axis=0)) < 30
