"""The limits of movements: a swing on the limit is good, live and with hindsight; what is a swing, and how wide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.judging.assessment import assess
from posecheck.judging.movements import Movement, range_of_motion_deg, swing_values
from posecheck.judging.situation import Situation
from posecheck.measures.measurer import Measures
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import load_stretch
from tests.support.fakes_measures import measures_of, seconds

CAT_COW = load_stretch("cat-cow")
RANGE = next(rule for rule in CAT_COW.swing_rules if rule.name == "too-little-range")


def moved(*ends: float) -> Measures:
    """Two seconds from each end to the next, on all fours, the head going along."""
    time_s = seconds(2.0 * (len(ends) - 1))
    spine = np.interp(time_s, 2.0 * np.arange(len(ends)), ends)
    return measures_of(time_s, spine_flexion=spine, neck_flexion=spine, knee_flexion=90.0, hip_flexion=90.0)


def with_least(value: float) -> Stretch:
    return CAT_COW.model_copy(update={"swing_rules": (RANGE.model_copy(update={"min": value}),)})


@pytest.mark.parametrize("beyond", [False, True], ids=["on the limit", "a hair below"])
def test_a_swing_on_the_limit_is_good(beyond: bool) -> None:
    measures = moved(0, 30, -30, 30, -30, 30)
    there = np.ones(len(measures), bool)
    values = [value for _, value in swing_values(measures, CAT_COW, RANGE, there)]
    least = min(values[:-1])
    stretch = with_least(np.nextafter(least, np.inf) if beyond else least)
    movement = Movement(stretch)
    broken = []
    for row in range(len(measures)):
        part = measures.slice(row, row + 1)
        movement.update(part, replace(assess(part, CAT_COW), situation=np.array([Situation.READY])))
        broken += movement.broken
    assert bool(broken) is beyond


def test_without_phases_there_is_no_range_of_motion() -> None:
    measures = moved(0, 30, -30, 30)
    there = np.ones(len(measures), bool)
    assert range_of_motion_deg(measures, CAT_COW.model_copy(update={"phases": ()}), there) is None


@pytest.mark.parametrize(("swing", "degrees"), [(30.0, 57.0), (2.0, 0.0)], ids=["moved", "hardly moved"])
def test_the_range_of_motion_is_the_usual_swing(swing: float, degrees: float) -> None:
    measures = moved(0, *[swing, -swing] * 3)
    found = range_of_motion_deg(measures, CAT_COW, np.ones(len(measures), bool))
    # Steadying takes a little off the tips of so pointed a movement.
    assert found == pytest.approx(degrees, abs=2.0)


@pytest.mark.parametrize(("swing", "moves"), [(6.0, True), (4.0, False)], ids=["12 degrees", "8 degrees"])
def test_where_no_rule_says_how_much_is_a_swing_ten_degrees_are(swing: float, moves: bool) -> None:
    measures = moved(0, *[swing, -swing] * 3)
    free = CAT_COW.model_copy(update={"swing_rules": ()})
    assert bool(range_of_motion_deg(measures, free, np.ones(len(measures), bool))) is moves


@pytest.mark.parametrize(
    ("last", "judged"), [(-9.0, 2), (-21.0, 3)], ids=["65 % of the one before", "85 % of the one before"]
)
def test_a_last_swing_three_quarters_as_wide_is_no_way_back_to_rest(last: float, judged: int) -> None:
    measures = moved(0, 30, -30, 30, last, last + 6)
    found = swing_values(measures, CAT_COW, RANGE, np.ones(len(measures), bool))
    assert len(found) == judged


@pytest.mark.parametrize(("back", "judged"), [(0.0, 2), (-25.0, 3)], ids=["to rest", "to the other end"])
def test_how_wide_the_last_swing_is_what_swings_tells_and_not_what_is_judged(back: float, judged: int) -> None:
    """The head goes all the way while the spine comes to rest, or the other way round."""
    spine, head = [0, 30, -30, 30, back, back + 6], [0, 30, -30, 30, -25.0 - back, 0]
    time_s = seconds(10.0)
    corners = 2.0 * np.arange(6)
    measures = measures_of(
        time_s, spine_flexion=np.interp(time_s, corners, spine), neck_flexion=np.interp(time_s, corners, head)
    )
    rule = RANGE.model_copy(update={"judge": "neck_flexion"})
    assert len(swing_values(measures, CAT_COW, rule, np.ones(len(measures), bool))) == judged
