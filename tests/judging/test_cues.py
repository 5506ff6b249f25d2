"""What is said first, and for how long after a movement."""

from __future__ import annotations

import pytest

from posecheck.judging.cues import Broken, cue, most_urgent_first, urgency
from posecheck.rules.rule import Rule
from tests.support.fakes_measures import RULE

BEND_S = 100.0


def rule(name: str, severity: str, priority: int) -> Rule:
    return Rule.model_validate(
        RULE
        | {"name": name, "severity": severity, "priority": priority, "measure": "knee_flexion"}
        | {"min": -20, "max": 20, "cue_low": "Bend.", "cue_high": "Straighten."}
    )


MINOR, MAJOR, LATER = rule("minor", "minor", 1), rule("major", "major", 3), rule("later", "major", 7)


@pytest.mark.parametrize(("after_s", "shown"), [(0.0, True), (4.0, True), (5.0, True), (5.1, False), (60.0, False)])
def test_a_movement_is_spoken_of_for_five_seconds_after_its_end(after_s: float, shown: bool) -> None:
    broken = Broken(cue(MAJOR, low=True), 90.0, BEND_S)
    assert broken.is_shown(BEND_S + after_s) is shown


def test_what_is_seen_all_the_time_is_always_shown() -> None:
    assert Broken(cue(MAJOR, low=True), 0.0).is_shown(1000.0)


def test_severity_comes_before_priority() -> None:
    assert sorted([LATER, MINOR, MAJOR], key=urgency) == [MAJOR, LATER, MINOR]
    faults = [(one, Broken(cue(one, low=False), 0.0)) for one in (MINOR, LATER, MAJOR)]
    assert [one.cue.rule for one in most_urgent_first(faults)] == ["major", "later", "minor"]


def test_rules_of_one_urgency_keep_their_order() -> None:
    twin = rule("twin", "major", 3)
    faults = [(one, Broken(cue(one, low=False), 0.0)) for one in (twin, MAJOR)]
    assert [one.cue.rule for one in most_urgent_first(faults)] == ["twin", "major"]


def test_the_words_are_those_of_the_side_that_is_missed() -> None:
    assert (cue(MAJOR, low=True).text, cue(MAJOR, low=False).text) == ("Bend.", "Straighten.")
