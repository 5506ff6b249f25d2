"""Filters in time: the same whatever the frame rate and however many values come at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.pose.smoothing import RateTracker, SteadySign, SteadyValue

NAN = np.nan


@st.composite
def series(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Times of uneven distance, values with gaps, and where to cut them."""
    steps = draw(st.lists(st.floats(0.005, 0.4), min_size=1, max_size=60))
    value = st.one_of(st.floats(-90, 90), st.just(NAN))
    values = draw(st.lists(value, min_size=len(steps), max_size=len(steps)))
    cuts = draw(st.lists(st.integers(0, len(steps)), max_size=5))
    return 7.0 + np.cumsum(steps), np.array(values), sorted(cuts)


def in_parts(update: Callable[[np.ndarray, np.ndarray], np.ndarray], times: np.ndarray, values: np.ndarray, cuts):
    parts = zip(np.split(times, cuts), np.split(values, cuts), strict=True)
    return np.concatenate([update(time, value) for time, value in parts])


class TestSteadySign:
    def test_the_first_evidence_decides(self) -> None:
        sign = SteadySign(1.0, 0.5)
        assert sign.update(np.array([0.0]), np.array([-0.01])).tolist() == [-1.0]
        assert SteadySign(1.0, 0.5).update(np.array([0.0]), np.array([0.01])).tolist() == [1.0]

    def test_nothing_is_known_before_evidence(self) -> None:
        signs = SteadySign(1.0, 0.5).update(np.arange(4.0), np.array([NAN, NAN, 2.0, NAN]))
        np.testing.assert_array_equal(signs, [NAN, NAN, 1.0, 1.0])

    @given(series())
    def test_parts_and_whole_agree(self, given_series: tuple[np.ndarray, np.ndarray, list[int]]) -> None:
        times, values, cuts = given_series
        whole = SteadySign(1.0, 0.5).update(times, values)
        parts = in_parts(SteadySign(1.0, 0.5).update, times, values, cuts)
        np.testing.assert_array_equal(parts, whole)
        assert set(np.unique(whole[~np.isnan(whole)])) <= {-1.0, 1.0}

    def test_one_wrong_value_changes_nothing(self) -> None:
        evidence = np.full(90, 2.0)
        evidence[45] = -5.0
        assert (SteadySign(1.0, 0.5).update(np.arange(90) / 30, evidence) == 1.0).all()

    def test_a_wrong_first_value_is_overcome(self) -> None:
        evidence = np.full(90, 2.0)
        evidence[0] = -2.0
        signs = SteadySign(1.0, 0.5).update(np.arange(90) / 30, evidence)
        assert signs[0] == -1.0
        assert signs[-1] == 1.0

    @pytest.mark.parametrize("fps", [5, 15, 30, 60])
    def test_a_change_is_seen_after_the_same_time_at_any_rate(self, fps: int) -> None:
        times = np.arange(0, 6, 1 / fps)
        signs = SteadySign(1.0, 0.5).update(times, np.where(times < 2.0, 1.0, -1.0))
        # The average 2 exp(-t) - 1 reaches -0.5 at ln 4.
        assert times[np.argmax(signs < 0)] - 2.0 == pytest.approx(np.log(4.0), abs=1.5 / fps)

    def test_evidence_within_the_threshold_changes_nothing(self) -> None:
        times = np.arange(0, 20, 0.1)
        signs = SteadySign(1.0, 0.5).update(times, np.where(times < 1.0, 1.0, -0.45))
        assert (signs == 1.0).all()

    def test_the_time_of_a_gap_counts(self) -> None:
        """After a gap of several time constants the next value decides by itself."""
        sign = SteadySign(1.0, 0.5)
        assert sign.update(np.array([0.0, 0.1]), np.array([5.0, NAN])).tolist() == [1.0, 1.0]
        assert sign.update(np.array([9.0]), np.array([-1.0])).tolist() == [-1.0]


class TestSteadyValue:
    @given(series())
    def test_it_is_never_further_off_than_its_play(
        self, given_series: tuple[np.ndarray, np.ndarray, list[int]]
    ) -> None:
        _, values, cuts = given_series
        whole = SteadyValue(2.0).update(values)
        np.testing.assert_array_equal(np.isnan(whole), np.isnan(values))
        assert (np.abs(whole - values)[np.isfinite(values)] <= 2.0 + 1e-9).all()
        follower = SteadyValue(2.0)
        np.testing.assert_array_equal(np.concatenate([follower.update(part) for part in np.split(values, cuts)]), whole)

    @given(st.lists(st.floats(28.0, 32.0), min_size=2), st.floats(28.0, 32.0))
    def test_what_quivers_less_than_twice_its_play_crosses_a_limit_once_at_most(
        self, values: list[float], limit: float
    ) -> None:
        above = SteadyValue(2.0).update(np.array(values)) > limit
        assert np.count_nonzero(np.diff(above)) <= 1

    def test_an_absence_moves_nothing(self) -> None:
        values = SteadyValue(2.0).update(np.array([NAN, 30.0, NAN, 31.0, 40.0]))
        np.testing.assert_array_equal(values, [NAN, 30.0, NAN, 30.0, 38.0])


class TestRateTracker:
    @pytest.mark.parametrize("fps", [8, 15, 30, 60])
    @pytest.mark.parametrize("rate", [-40.0, 0.0, 3.0])
    def test_the_slope_of_a_line_is_its_rate(self, fps: int, rate: float) -> None:
        times = 100.0 + np.arange(3 * fps) / fps
        rates = RateTracker(0.5).update(times, 12.0 + rate * times)
        np.testing.assert_allclose(rates[times - times[0] >= 0.5], rate, atol=1e-6)

    @given(series())
    def test_parts_and_whole_agree(self, given_series: tuple[np.ndarray, np.ndarray, list[int]]) -> None:
        times, values, cuts = given_series
        whole = RateTracker(0.5).update(times, values)
        parts = in_parts(RateTracker(0.5).update, times, values, cuts)
        np.testing.assert_allclose(parts, whole, atol=1e-5, rtol=1e-6)

    @given(series())
    def test_it_is_the_line_fitted_to_the_window(self, given_series: tuple[np.ndarray, np.ndarray, list[int]]) -> None:
        times, values, _ = given_series
        rates = RateTracker(0.5).update(times, values)
        assert np.isfinite(rates).all()
        for now, rate in zip(times, rates, strict=True):
            there = (times >= now - 0.5) & (times <= now) & np.isfinite(values)
            if there.sum() < 3 or np.ptp(times[there]) < 0.25:
                assert rate == 0.0
            else:
                assert rate == pytest.approx(np.polyfit(times[there] - now, values[there], 1)[0], abs=1e-4, rel=1e-5)

    def test_it_looks_only_back(self) -> None:
        times = np.arange(60) / 30
        values = np.where(times < 1.0, 0.0, 50.0 * (times - 1.0))
        rates = RateTracker(0.5).update(times, values)
        np.testing.assert_allclose(rates[times < 1.0], 0.0, atol=1e-6)

    def test_what_has_just_come_into_view_is_not_known_to_move(self) -> None:
        times = np.arange(90) / 30
        values = np.where(times < 2.0, NAN, 100.0 * times)
        rates = RateTracker(0.5).update(times, values)
        assert (rates[times < 2.0 + 0.24] == 0.0).all()
        np.testing.assert_allclose(rates[times >= 2.0 + 0.5], 100.0, atol=1e-6)

    def test_unknown_values_add_nothing(self) -> None:
        times = np.arange(90) / 30
        values = 20.0 * times
        values[::3] = NAN
        rates = RateTracker(0.5).update(times, values)
        np.testing.assert_allclose(rates[times > 0.5], 20.0, atol=1e-6)

    def test_a_day_of_values_is_as_exact_as_a_minute(self) -> None:
        times = np.arange(0, 24 * 3600, 0.1)
        rates = RateTracker(0.5).update(times, 50.0 * np.sin(times))
        assert np.abs(rates[-600:] - 50.0 * np.cos(times[-600:] - 0.25)).max() < 0.5
        alone = RateTracker(0.5).update(times[-600:], 50.0 * np.sin(times[-600:]))
        np.testing.assert_allclose(rates[-500:], alone[-500:], atol=1e-5)

    def test_nothing_gives_nothing(self) -> None:
        tracker = RateTracker(0.5)
        assert tracker.update(np.empty(0), np.empty(0)).shape == (0,)
        tracker.update(np.arange(10) / 30, np.arange(10.0))
        assert tracker.update(np.empty(0), np.empty(0)).shape == (0,)
        assert tracker.update(np.array([10 / 30]), np.array([10.0])) == pytest.approx(30.0)
