"""Angles in the plane."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.pose.geometry import elevation_deg, lean_deg, length, rotate, sine_of_turn, turn_deg, wrap_deg

RIGHT, UP, LEFT, DOWN = (np.array(vector, float) for vector in ((1, 0), (0, 1), (-1, 0), (0, -1)))
NAN = np.array([np.nan, np.nan])

angles = st.floats(-720, 720)
lengths = st.floats(1e-3, 1e3)


def towards(angle_deg: float, size: float = 1.0) -> np.ndarray:
    return size * np.array([np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))])


def assert_same_angle(first: float, second: float) -> None:
    assert abs((first - second + 180.0) % 360.0 - 180.0) < 1e-6


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(RIGHT, UP, 90), (UP, RIGHT, -90), (RIGHT, RIGHT, 0), (RIGHT, LEFT, 180), (DOWN, RIGHT, 90), (LEFT, UP, -90)],
)
def test_turn_is_counter_clockwise(first: np.ndarray, second: np.ndarray, expected: float) -> None:
    assert turn_deg(first, second) == pytest.approx(expected)
    assert sine_of_turn(first, second) == pytest.approx(np.sin(np.radians(expected)), abs=1e-12)


@given(angles, angles, lengths, lengths)
def test_turn_does_not_depend_on_length_or_direction(start: float, turn: float, one: float, other: float) -> None:
    first, second = towards(start, one), towards(start + turn, other)
    measured = float(turn_deg(first, second))
    assert -180.0 <= measured <= 180.0
    assert_same_angle(measured, turn)
    assert_same_angle(float(turn_deg(second, first)), -turn)
    assert sine_of_turn(first, second) == pytest.approx(np.sin(np.radians(turn)), abs=1e-9)


@pytest.mark.parametrize(
    ("vector", "elevation", "lean"),
    [(RIGHT, 0, 90), (LEFT, 0, -90), (UP, 90, 0), (DOWN, -90, 180), (RIGHT + UP, 45, 45), (LEFT + DOWN, -45, -135)],
)
def test_elevation_and_lean(vector: np.ndarray, elevation: float, lean: float) -> None:
    assert elevation_deg(vector) == pytest.approx(elevation)
    assert lean_deg(vector) == pytest.approx(lean)


@given(angles, angles, lengths)
def test_rotating_turns_and_keeps_the_length(start: float, turn: float, size: float) -> None:
    vector = towards(start, size)
    rotated = rotate(vector, np.array(turn))
    assert_same_angle(float(turn_deg(vector, rotated)), turn)
    assert length(rotated) == pytest.approx(size)


def test_each_row_is_rotated_by_its_own_angle() -> None:
    rotated = rotate(np.stack([RIGHT, RIGHT, RIGHT]), np.array([0.0, 90.0, 180.0]))
    np.testing.assert_allclose(rotated, [RIGHT, UP, LEFT], atol=1e-12)
    body = np.stack([[RIGHT, UP], [RIGHT, UP]])
    np.testing.assert_allclose(rotate(body, np.array([[0.0], [90.0]])), [[RIGHT, UP], [UP, LEFT]], atol=1e-12)


@given(angles, st.floats(-360, 360))
def test_wrapping_keeps_the_angle_within_one_turn(angle: float, low: float) -> None:
    wrapped = float(wrap_deg(np.array(angle), low))
    assert low - 1e-9 <= wrapped <= low + 360.0 + 1e-9
    assert_same_angle(wrapped, angle)


@pytest.mark.parametrize(("angle", "expected"), [(-120, -120), (-121, 239), (240, -120), (0, 0), (180, 180)])
def test_wrapping_begins_at_the_low_end(angle: float, expected: float) -> None:
    assert wrap_deg(np.array(angle), -120.0) == pytest.approx(expected)


def test_unknown_stays_unknown_and_disturbs_nothing_else() -> None:
    vectors = np.stack([RIGHT, NAN, UP])
    for values in (
        turn_deg(vectors, np.stack([UP] * 3)),
        sine_of_turn(vectors, np.stack([UP] * 3)),
        elevation_deg(vectors),
        lean_deg(vectors),
        length(vectors),
        wrap_deg(elevation_deg(vectors), 0.0),
        rotate(vectors, np.array(30.0))[..., 0],
    ):
        assert np.isnan(values).tolist() == [False, True, False]


def test_a_vector_without_length_has_no_sine() -> None:
    assert np.isnan(sine_of_turn(np.zeros(2), RIGHT))
    assert np.isnan(sine_of_turn(RIGHT, np.zeros(2)))


def test_any_leading_axes() -> None:
    grid = np.ones((4, 3, 2))
    assert turn_deg(grid, RIGHT).shape == elevation_deg(grid).shape == length(grid).shape == (4, 3)
    assert rotate(grid, np.zeros((4, 1))).shape == (4, 3, 2)
