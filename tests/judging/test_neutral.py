"""The person's own neutral: from a still moment, from the middle of two rounds, or what is usual."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.judging.assessment import usual_references
from posecheck.judging.neutral import own_references
from posecheck.measures.measurer import Measures
from posecheck.pose.landmarks import Floats
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import load_stretch
from tests.support.fakes_measures import flow_stretch, measures_of, ramps, seconds

Corners = list[tuple[float, float]]

FLOW = flow_stretch()


def spine(*corners: tuple[float, float], noise: float = 1.0) -> Measures:
    time_s = seconds(corners[-1][0])
    values = ramps(time_s, *corners) + np.random.default_rng(3).normal(0.0, noise, len(time_s))
    return measures_of(time_s, knee_flexion=90, spine_flexion=values)


def neutral_of(measures: Measures, stretch: Stretch = FLOW) -> float:
    return own_references(measures, stretch)["spine_flexion"].value


def rounds(neutral: float, start_s: float, *, up: float = 50.0, down: float = 50.0, count: int = 3) -> Corners:
    """Two seconds at each end and a second between them, from neutral and back to it."""
    corners = []
    for number in range(count):
        begin_s = start_s + 6.0 * number
        corners += [(begin_s + 1, neutral + up), (begin_s + 3, neutral + up)]
        corners += [(begin_s + 4, neutral - down), (begin_s + 6, neutral - down)]
    return [*corners, (start_s + 6.0 * count + 1, neutral), (start_s + 6.0 * count + 2, neutral)]


def test_a_stretch_that_counts_from_zero_has_none() -> None:
    assert own_references(spine((0, 0), (5, 0)), load_stretch("sphinx")) == {}


@pytest.mark.parametrize("neutral", [-60.0, 0.0, 12.0, 40.0])
def test_the_still_moment_before_the_first_round_is_neutral(neutral: float) -> None:
    assert neutral_of(spine((0, neutral), (2, neutral), *rounds(neutral, 2))) == pytest.approx(neutral, abs=1)


def test_a_neutral_nearer_to_the_cat_than_to_the_cow_is_found() -> None:
    measures = spine((0, 40), (2, 40), *rounds(40, 2, up=38, down=174))
    assert neutral_of(measures) == pytest.approx(40, abs=1)


def test_an_outline_that_quivers_is_held_still() -> None:
    quiet = spine((0, 10), (2, 10), *rounds(10, 2))
    values = quiet.get("spine_flexion", FLOW.support)
    values += 1.5 * np.sin(2 * np.pi * 0.7 * quiet.time_s)
    reference = own_references(quiet, FLOW)["spine_flexion"]
    assert reference.value == pytest.approx(10, abs=1.5)
    assert reference.uncertainty < 2


@pytest.mark.parametrize("neutral", [-60.0, 0.0, 40.0])
def test_without_a_still_moment_it_is_the_middle_of_the_range(neutral: float) -> None:
    reference = own_references(spine((0, neutral), *rounds(neutral, 0)), FLOW)["spine_flexion"]
    assert reference.value == pytest.approx(neutral, abs=5)
    assert reference.uncertainty == pytest.approx(20, abs=1)


def test_a_slow_way_down_is_not_held_still() -> None:
    """12 degrees a second are half again what a quivering outline reads of somebody who holds still."""
    measures = spine((0, 30), (80 / 12, -50), *rounds(0, 9), noise=0.3)
    assert neutral_of(measures) == pytest.approx(0, abs=5)


def test_a_wide_range_that_begins_at_the_usual_neutral_has_two_sides() -> None:
    """Who begins in a cow that reads as people's neutral, and goes 100 degrees from there, has both cat and cow."""
    measures = spine((0, 10), (3, 10), (4, 110), (6, 110), (7, 10), (9, 10), (10, 110), (12, 110), (13, 10), (14, 10))
    assert neutral_of(measures) == pytest.approx(60, abs=5)


def test_the_first_two_rounds_tell_and_no_later_ones() -> None:
    two = rounds(0, 0, count=2)[:-2]
    end_s = two[-1][0]
    later = [(end_s + 2, 150.0), (end_s + 4, 150.0), (end_s + 6, -50.0), (end_s + 8, -50.0)]
    assert neutral_of(spine((0, -50), *two, *later)) == pytest.approx(0, abs=5)


@pytest.mark.parametrize("first", [50.0, -50.0], ids=["cat", "cow"])
def test_an_end_that_is_held_first_is_not_neutral(first: float) -> None:
    measures = spine(
        (0, first), (3, first), (4, -first), (6, -first), (7, first), (9, first), (10, -first), (12, -first)
    )
    assert neutral_of(measures) == pytest.approx(0, abs=5)


def test_a_still_moment_after_a_first_cat_is_neutral() -> None:
    measures = spine((0, 50), (3, 50), (4, -10), (6, -10), (7, -50), (9, -50), (10, 50), (12, 50), (13, -50), (14, -50))
    assert neutral_of(measures) == pytest.approx(-10, abs=1)


@pytest.mark.parametrize("neutral", [-10.0, 10.0, 30.0])
@pytest.mark.parametrize("end", [50.0, -45.0], ids=["cats", "cows"])
def test_who_goes_to_one_side_only_began_in_neutral(neutral: float, end: float) -> None:
    there = neutral + end
    corners = [(0.0, neutral), (2.0, neutral)]
    for start_s in (2.0, 8.0, 14.0):
        corners += [(start_s + 1, there), (start_s + 3, there), (start_s + 4, neutral), (start_s + 6, neutral)]
    assert neutral_of(spine(*corners)) == pytest.approx(neutral, abs=1)


def test_a_small_range_that_begins_in_a_cat_has_its_neutral_in_the_middle() -> None:
    corners = [(0, 45), (2, 45), (3, -15), (5, -15), (6, 45), (8, 45), (9, -15)]
    assert neutral_of(spine(*corners)) == pytest.approx(15, abs=5)


def test_one_movement_out_of_a_usual_neutral_leaves_it_neutral() -> None:
    assert neutral_of(spine((0, 5), (2, 5), (3, 60), (6, 60))) == pytest.approx(5, abs=1)


def test_one_movement_out_of_an_end_does_not() -> None:
    assert neutral_of(spine((0, 90), (2, 90), (3, -40), (6, -40))) == pytest.approx(25, abs=5)


def test_a_still_moment_without_a_round_is_neutral_if_it_may_be_one() -> None:
    assert neutral_of(spine((0, 20), (5, 20))) == pytest.approx(20, abs=1)
    assert own_references(spine((0, 90), (5, 90)), FLOW) == usual_references(FLOW)


def test_a_pause_shorter_than_a_second_is_not_held() -> None:
    measures = spine((0, 40), (0.8, 20), (1.6, 20), (2.4, 40), (3.2, 20), (4.0, 40), noise=0.0)
    assert own_references(measures, FLOW) == usual_references(FLOW)


def test_one_noisy_frame_is_no_range() -> None:
    measures = spine((0, 0), (2, 0), *rounds(0, 2))
    values = measures.get("spine_flexion", FLOW.support)
    values[[20, 150]] = 300.0, -300.0
    assert neutral_of(measures) == pytest.approx(0, abs=3)


def test_somebody_elsewhere_has_no_neutral() -> None:
    measures = measures_of(seconds(5), knee_flexion=0, spine_flexion=33)
    assert own_references(measures, FLOW) == usual_references(FLOW)


def lying(trunk: Floats | float, **others: Floats | float) -> Measures:
    where = {"chest_pitch": 85, "knee_flexion": 105, "hip_flexion": 40, "thigh_pitch": 45, "shin_lean": -20}
    return measures_of(seconds(5), **(where | {"trunk_pitch": trunk} | others))


def test_a_bridge_counts_from_the_persons_own_rest() -> None:
    own = own_references(lying(-7.0, ankle_height=0.12), load_stretch("bridge"))
    assert own["trunk_pitch"].value == pytest.approx(-7)
    assert own["ankle_height"].value == pytest.approx(0.12)


def test_what_is_not_seen_at_rest_keeps_its_usual_value() -> None:
    bridge = load_stretch("bridge")
    own = own_references(lying(-7.0, ankle_height=np.nan), bridge)
    assert own["trunk_pitch"].value == pytest.approx(-7)
    assert own["ankle_height"] == usual_references(bridge)["ankle_height"]


@pytest.mark.parametrize(("deg_per_s", "held"), [(3.0, True), (6.0, False)])
def test_a_trunk_held_still_drifts_by_less_than_four_degrees_a_second(deg_per_s: float, held: bool) -> None:
    bridge, time_s = load_stretch("bridge"), seconds(1.5)
    trunk = -10.0 + deg_per_s * time_s
    measures = measures_of(time_s, chest_pitch=85, knee_flexion=105, hip_flexion=40, thigh_pitch=45, shin_lean=-20,
                           trunk_pitch=trunk)  # fmt: skip
    own = own_references(measures, bridge)["trunk_pitch"]
    if held:
        assert own.value == pytest.approx(float(np.median(trunk)), abs=0.5)
    else:
        assert own == usual_references(bridge)["trunk_pitch"]


@pytest.mark.parametrize(("per_s", "held"), [(0.08, True), (0.15, False)])
def test_an_ankle_held_still_drifts_by_less_than_a_tenth_of_a_shin_a_second(per_s: float, held: bool) -> None:
    bridge, time_s = load_stretch("bridge"), seconds(1.5)
    ankle = 0.05 + per_s * time_s
    measures = measures_of(time_s, chest_pitch=85, knee_flexion=105, hip_flexion=40, thigh_pitch=45, shin_lean=-20,
                           trunk_pitch=-7, ankle_height=ankle)  # fmt: skip
    own = own_references(measures, bridge)["ankle_height"]
    if held:
        assert own.value == pytest.approx(float(np.median(ankle)), abs=0.01)
    else:
        assert own == usual_references(bridge)["ankle_height"]
