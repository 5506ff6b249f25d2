"""Turning points of a measure, and the swings between them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from posecheck.pose.turning_points import STEADY_S, find_swings, stay, steady
from tests.support.fakes_measures import ramps, seconds


def test_swings_go_from_turning_point_to_turning_point() -> None:
    time_s = seconds(10.0)
    swings = find_swings(time_s, ramps(time_s, (2, 0), (4, 50), (7, -50), (9, 0)), 20.0)
    assert [swing.extent for swing in swings] == pytest.approx([50, -100, 50], abs=2)
    assert [swing.start_s for swing in swings[1:]] == pytest.approx([4, 7], abs=0.05)
    assert [swing.end_s for swing in swings] == pytest.approx([4, 7, 9], abs=0.05)
    assert [swing.middle_s for swing in swings] == pytest.approx([3, 5.5, 8], abs=0.05)


def test_frames_are_those_of_the_times() -> None:
    time_s = seconds(10.0)
    for swing in find_swings(time_s, ramps(time_s, (2, 0), (4, 50), (7, -50), (9, 0)), 20.0):
        assert (time_s[swing.start], time_s[swing.end]) == (swing.start_s, swing.end_s)


@pytest.mark.parametrize(("extent", "count"), [(19.9, 0), (20.0, 2)])
def test_a_smaller_movement_is_no_swing(extent: float, count: int) -> None:
    time_s = np.arange(11.0)
    assert len(find_swings(time_s, ramps(time_s, (2, 0), (4, extent), (7, 0)), 20.0)) == count


def test_sway_does_not_break_a_swing() -> None:
    time_s = seconds(6.0)
    values = ramps(time_s, (1, 0), (5, 80)) + 5.0 * np.sin(10.0 * time_s)
    assert len(find_swings(time_s, values, 20.0)) == 1


def test_what_is_not_seen_is_passed_over() -> None:
    time_s = seconds(10.0)
    values = ramps(time_s, (2, 0), (4, 50), (7, -50), (9, 0))
    values[135:150] = np.nan
    values[:20] = np.nan
    assert [round(swing.extent, -1) for swing in find_swings(time_s, values, 20.0)] == [50, -100, 50]


@pytest.mark.parametrize("values", [[], [3.0], [np.nan] * 5, [7.0] * 5], ids=["none", "one", "unseen", "still"])
def test_without_movement_there_is_no_swing(values: list[float]) -> None:
    array = np.array(values)
    assert find_swings(np.arange(len(array), dtype=float), array, 20.0) == []


series = arrays.arrays(float, st.integers(1, 60), elements=st.floats(-100, 100) | st.just(np.nan))


@given(series)
def test_swings_alternate_touch_and_are_large_enough(values: np.ndarray) -> None:
    swings = find_swings(np.arange(len(values), dtype=float), values, 20.0)
    for swing in swings:
        assert abs(swing.extent) >= 20.0
        assert swing.start_s <= swing.middle_s <= swing.end_s
        within = values[swing.start : swing.end + 1]
        assert np.nanmax(within) - np.nanmin(within) == pytest.approx(abs(swing.extent))
    for first, second in pairwise(swings):
        assert first.end == second.start
        assert first.extent * second.extent < 0


class TestStay:
    @pytest.mark.parametrize("turn", [4, 5, 7])
    def test_it_is_found_from_any_of_its_frames(self, turn: int) -> None:
        assert stay([0, 9, 29, 47, 50, 51, np.nan, 50, 48, 30, 50], turn, 4.0) == (3, 8)

    def test_what_is_not_seen_at_its_ends_is_no_part_of_it(self) -> None:
        assert stay([np.nan, 50, 50, np.nan, np.nan, 0, 50], 1, 4.0) == (1, 2)
        assert stay([np.nan, 50, 50, np.nan], 2, 4.0) == (1, 2)


class TestSteady:
    @pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
    def test_one_noisy_frame_leaves_no_trace(self, fps: float) -> None:
        time_s = seconds(4.0, fps)
        values = ramps(time_s, (1, 0), (3, 50))
        noisy = values.copy()
        noisy[len(noisy) // 2] += 90.0
        assert np.abs(steady(time_s, noisy) - values).max() < 50 / 2 * STEADY_S

    def test_it_is_the_median_of_the_time_around(self) -> None:
        generator = np.random.default_rng(7)
        time_s = np.cumsum(generator.uniform(0.01, 0.15, 200))
        values = np.where(generator.random(200) < 0.2, np.nan, generator.normal(size=200))
        for time, value in zip(time_s, steady(time_s, values), strict=True):
            around = values[(time_s >= time - STEADY_S / 2) & (time_s <= time + STEADY_S / 2)]
            around = around[np.isfinite(around)]
            assert value == pytest.approx(np.median(around)) if len(around) else np.isnan(value)

    @pytest.mark.parametrize("values", [[], [np.nan, np.nan]], ids=["none", "unseen"])
    def test_of_nothing_comes_nothing(self, values: list[float]) -> None:
        result = steady(np.arange(len(values), dtype=float), np.array(values))
        assert len(result) == len(values)
        assert np.isnan(result).all()
