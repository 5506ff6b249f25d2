"""The curve of the back, read from outlines whose curve is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.measures.back_outline import DEEPEST, STATIONS, curvature_deg, dorsal_outline
from posecheck.pose.landmarks import OUTLINE_POINTS

HIP, SHOULDER = np.array([0.0, 0.0]), np.array([1.0, 0.0])

turns = st.floats(-150, 150)


def arc(turn_deg: float, height: float = 0.22) -> np.ndarray:
    """Points of a circular arc over the chord from the last station to the first, `height` above it at its ends."""
    start, end = STATIONS[0], STATIONS[-1]
    share = np.linspace(1.02, -0.02, 60)
    turn = math.radians(turn_deg)
    if abs(turn) < 1e-6:
        return np.column_stack([start + (end - start) * share, np.full(60, height)])
    radius = (end - start) / (2 * math.sin(turn / 2))
    angle = (share - 0.5) * turn
    across = radius * (np.cos(angle) - math.cos(turn / 2))
    return np.column_stack([(start + end) / 2 + radius * np.sin(angle), height + across])


def body(turn_deg: float, *, height: float = 0.22, belly: tuple[tuple[float, float], ...] = ()) -> np.ndarray:
    """A trunk and head facing right as one lies on the front, counter-clockwise."""
    front = belly or ((-0.1, -0.6), (0.5, -0.6), (1.05, -0.55))
    head = ((1.25, -0.2), (1.5, -0.1), (1.5, 0.1), (1.3, height))
    return np.array([*front, *head, *arc(turn_deg, height)])


def padded(outline: np.ndarray) -> np.ndarray:
    row = np.tile(outline[0], (OUTLINE_POINTS, 1))
    row[: len(outline)] = outline
    return row.astype(np.float32)


def profile(outline: np.ndarray, hip: np.ndarray = HIP, shoulder: np.ndarray = SHOULDER) -> np.ndarray:
    return dorsal_outline(padded(outline)[None], hip[None], shoulder[None])


def read(outline: np.ndarray, hip: np.ndarray = HIP, shoulder: np.ndarray = SHOULDER) -> float:
    return float(curvature_deg(profile(outline, hip, shoulder))[0])


@pytest.mark.parametrize("turn", [-150, -120, -90, -45, -20, -5, 0, 5, 20, 45, 90, 120, 150])
def test_an_arc_of_known_turn_is_read_back(turn: float) -> None:
    # A parabola is not an arc: half a degree up to a right angle, three at 150.
    tolerance = 0.5 if abs(turn) <= 90 else 3.0
    assert read(body(turn)) == pytest.approx(turn, abs=tolerance)


def test_rounded_is_positive_and_arched_negative() -> None:
    assert read(body(40)) > 30
    assert read(body(-40)) < -30


def test_a_straight_back_that_slopes_against_the_chord_is_straight() -> None:
    outline = body(0)
    outline[:, 1] += 0.2 * outline[:, 0]
    assert read(outline) == pytest.approx(0.0, abs=0.01)


@given(st.floats(-120, 150))
def test_a_back_near_the_chord_is_read_all_the_same(turn: float) -> None:
    """Landmarks close to the back: an arched outline crosses the chord and lies below it."""
    assert read(body(turn, height=0.05)) == pytest.approx(turn, abs=3.0)


def test_a_back_below_the_chord_is_told_from_the_belly() -> None:
    across = profile(body(-80, height=0.05))[0]
    assert (across[[0, -1]] > 0).all()
    assert (across[3:9] < 0).all()
    assert (across > DEEPEST).all()


def test_a_belly_is_not_taken_for_the_back() -> None:
    """Where the back is missing altogether the belly further down is none."""
    outline = np.array([(-0.5, DEEPEST - 0.1), (-0.5, -0.9), (1.5, -0.9), (1.5, DEEPEST - 0.1)])
    assert np.isnan(profile(outline)).all()


@given(turns, st.integers(0, OUTLINE_POINTS), st.booleans())
def test_where_it_starts_and_which_way_round_do_not_matter(turn: float, first: int, backwards: bool) -> None:
    outline = body(turn)
    other = np.roll(outline[::-1] if backwards else outline, first, axis=0)
    np.testing.assert_allclose(profile(other), profile(outline), atol=1e-5)


@given(turns, st.floats(-180, 180), st.floats(20, 600), st.floats(-500, 500), st.floats(-500, 500))
def test_place_size_and_direction_do_not_matter(turn: float, angle: float, scale: float, x: float, y: float) -> None:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    matrix = scale * np.array([[cos, -sin], [sin, cos]])

    def moved(points: np.ndarray) -> np.ndarray:
        return points @ matrix.T + (x, y)

    # Coordinates are float32: 1e-4 px here, of a chord of 20 px or more.
    assert read(moved(body(turn)), moved(HIP), moved(SHOULDER)) == pytest.approx(read(body(turn)), abs=0.05)


def test_an_arm_in_front_does_not_matter() -> None:
    plain = ((-0.1, -0.6), (0.5, -0.6), (1.05, -0.55))
    arm = ((-0.1, -0.6), (0.5, -0.6), (0.85, -0.6), (0.8, -1.4), (0.9, -1.4), (1.0, -0.6), (1.05, -0.55))
    assert read(body(30, belly=arm)) == read(body(30, belly=plain))


def test_a_leg_behind_the_hip_does_not_matter() -> None:
    thigh = ((-0.3, -1.2), (0.05, -1.2), (0.2, -0.6), (1.05, -0.55))
    assert read(body(-30, belly=thigh)) == pytest.approx(read(body(-30)), abs=1e-6)


def test_a_raised_arm_above_the_back_does_not_matter() -> None:
    """The first end of the body on the way from the chord is the back; what floats beyond it is not."""
    outline = body(20)
    arm = np.array([(1.3, 0.9), (0.2, 1.0), (0.2, 0.9), (1.3, 0.8)])
    place = 6  # after the head's crown, going round counter-clockwise
    joined = np.array([*outline[:place], *arm, *outline[place:]])
    np.testing.assert_allclose(profile(joined)[0, :11], profile(outline)[0, :11], atol=1e-6)


def test_rows_do_not_disturb_one_another() -> None:
    outlines = np.stack([padded(body(40)), np.full((OUTLINE_POINTS, 2), np.nan, np.float32), padded(body(-40))])
    hips, shoulders = np.stack([HIP] * 3), np.stack([SHOULDER] * 3)
    measured = curvature_deg(dorsal_outline(outlines, hips, shoulders))
    assert measured[0] == pytest.approx(read(body(40)), abs=1e-4)
    assert np.isnan(measured[1])
    assert measured[2] == pytest.approx(read(body(-40)), abs=1e-4)


@pytest.mark.parametrize(
    ("hip", "shoulder"), [((np.nan, np.nan), SHOULDER), (HIP, (np.nan, np.nan)), (HIP, HIP), (SHOULDER, SHOULDER)]
)
def test_without_a_chord_there_is_no_curve(hip: tuple[float, float], shoulder: tuple[float, float]) -> None:
    assert np.isnan(read(body(30), np.array(hip, float), np.array(shoulder, float)))


def test_an_outline_of_one_point_has_no_curve() -> None:
    assert np.isnan(read(np.array([[0.5, 0.2]])))


@pytest.mark.parametrize("missing", range(len(STATIONS) + 1))
def test_too_few_stations_give_no_curve(missing: int) -> None:
    rows = profile(body(30))
    rows[0, len(STATIONS) - missing :] = np.nan
    measured = float(curvature_deg(rows)[0])
    if missing <= 2:  # of eleven: an arm that hides one end of the back
        assert measured == pytest.approx(30.0, abs=1.5)
    else:
        assert np.isnan(measured)


def test_a_back_cut_off_by_the_frame_is_read_from_what_is_left() -> None:
    """An outline that ends short of the shoulder: stations beyond it meet nothing."""
    outline = body(-40)
    cut = np.array([(-0.1, -0.6), (0.85, -0.6), *(point for point in outline[7:] if point[0] <= 0.85)])
    measured = profile(cut)
    assert np.isnan(measured[0, STATIONS > 0.86]).all()
    assert np.isfinite(measured[0, STATIONS < 0.84]).all()


def test_noise_of_a_pixel_costs_a_few_degrees() -> None:
    """A mask's edge is off by about a pixel on a trunk of 120."""
    rng = np.random.default_rng(5)
    measured = [read(body(30) + rng.normal(0.0, 1 / 120, body(30).shape)) for _ in range(100)]
    assert np.mean(measured) == pytest.approx(30.0, abs=2.0)
    assert np.std(measured) < 5.0
