"""Which stretch is done when."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.judging.assessment import Assessment
from posecheck.judging.recognition import ADJACENT_S, READY_ALONE_S, Span, find_spans, runs
from posecheck.judging.situation import Situation
from posecheck.rules.stretch import Stretch
from tests.support.fakes_measures import flow_stretch, raise_stretch, seconds

LIFT, FLOW = raise_stretch(), flow_stretch()
FPS = 10.0

Part = tuple[float, str]
"""Seconds, and a letter: `-` elsewhere, `r` ready, `p` the posture, `0` and `1` the posture in that phase."""


def assessed(*parts: Part) -> Assessment:
    letters = "".join(letter * round(length_s * FPS) for length_s, letter in parts)
    meaning = {"-": Situation.ELSEWHERE, "r": Situation.READY}
    situation = np.array([int(meaning.get(letter, Situation.POSTURE)) for letter in letters])
    phase = np.array([int(letter) if letter in "01" else -1 for letter in letters])
    nothing = np.zeros((len(letters), 1), bool)
    return Assessment(
        situation, phase, nothing, nothing, nothing, np.zeros((1, 1), bool), np.ones(1, bool), np.ones(len(letters))
    )


def found(*clips: tuple[Stretch, list[Part]], chosen: bool = False) -> list[tuple[str, float, float]]:
    """Name, start and end of each span, in seconds."""
    assessments = [assessed(*parts) for _, parts in clips]
    time_s = seconds(len(assessments[0].situation) / FPS, FPS)
    spans = find_spans(time_s, [stretch for stretch, _ in clips], assessments, chosen=chosen)
    return [(clips[span.stretch][0].name, span.start / FPS, span.stop / FPS) for span in spans]


def test_a_posture_makes_a_span() -> None:
    assert found((LIFT, [(2, "-"), (5, "p"), (3, "-")])) == [("lift", 2, 7)]


def test_a_glimpse_of_a_posture_makes_none() -> None:
    assert found((LIFT, [(2, "-"), (0.4, "p"), (3, "-")])) == []


def test_ready_alone_makes_none() -> None:
    assert found((LIFT, [(20, "r")])) == []


@pytest.mark.parametrize("chosen", [False, True])
def test_ready_next_to_the_posture_belongs_to_it(chosen: bool) -> None:
    parts = [(3, "-"), (2, "r"), (0.5, "-"), (5, "p"), (0.5, "-"), (2, "r"), (3, "-")]
    assert found((LIFT, parts), chosen=chosen) == [("lift", 3, 13)]


def test_ready_further_off_does_not() -> None:
    gap_s = ADJACENT_S + 0.5
    assert found((LIFT, [(2, "r"), (gap_s, "-"), (5, "p"), (gap_s, "-"), (2, "r")])) == [("lift", 3.5, 8.5)]


def test_a_short_absence_joins_and_a_long_one_parts() -> None:
    rest_s = LIFT.timing.rest_s
    assert len(found((LIFT, [(3, "p"), (rest_s - 1, "-"), (3, "p")]))) == 1
    assert len(found((LIFT, [(3, "p"), (rest_s + 1, "-"), (3, "p")]))) == 2


def test_a_span_joined_over_an_absence_reaches_to_the_end_of_the_second_part() -> None:
    assert found((LIFT, [(3, "p"), (4, "-"), (2, "p")])) == [("lift", 0, 9)]


def test_resting_in_the_ready_posture_is_no_absence_however_long() -> None:
    parts = [(1, "r"), (3, "p"), (0.5, "-"), (30, "r"), (0.5, "-"), (3, "p"), (1, "r")]
    assert found((LIFT, parts)) == [("lift", 0, 39)]


def test_of_a_chosen_stretch_all_is_one_span() -> None:
    assert found((LIFT, [(3, "p"), (60, "-"), (3, "p")]), chosen=True) == [("lift", 0, 66)]


def test_several_stretches_are_several_spans_in_order() -> None:
    lift = [(20, "-"), (2, "r"), (5, "p"), (3, "-")]
    flow = [(3, "r"), (3, "0"), (3, "1"), (21, "-")]
    assert found((LIFT, lift), (FLOW, flow)) == [("flow", 0, 9), ("lift", 20, 27)]


def test_another_stretch_between_parts_a_stretch() -> None:
    lift = [(4, "p"), (5, "-"), (4, "p")]
    other = [(5, "-"), (3, "p"), (5, "-")]
    names = [name for name, _, _ in found((LIFT, lift), (raise_stretch(name="other"), other))]
    assert names == ["lift", "other", "lift"]


def test_spans_do_not_overlap() -> None:
    lift = [(6, "p"), (6, "-")]
    other = [(4, "-"), (8, "p")]
    assert found((LIFT, lift), (raise_stretch(name="other"), other)) == [("lift", 0, 6), ("other", 6, 12)]


@pytest.mark.parametrize("level_back_reads", ["r", "0", "1"], ids=["ready", "as a round back", "as an arched back"])
def test_getting_down_through_all_fours_is_no_stretch(level_back_reads: str) -> None:
    assert found((FLOW, [(5, "-"), (3, level_back_reads), (5, "-")])) == []


def test_all_fours_for_long_is_one() -> None:
    assert found((FLOW, [(5, "-"), (READY_ALONE_S + 0.2, "r"), (5, "-")])) == [("flow", 5, 13.2)]


@pytest.mark.parametrize("parts", [[(2, "0"), (2, "1")], [(2, "r"), (3, "0")]], ids=["both ends", "from rest to one"])
def test_a_movement_on_all_fours_is_one(parts: list[Part]) -> None:
    assert len(found((FLOW, [(5, "-"), *parts, (5, "-")]))) == 1


def test_of_a_chosen_stretch_one_phase_is_enough() -> None:
    assert found((FLOW, [(5, "-"), (3, "0"), (5, "-")]), chosen=True) == [("flow", 5, 8)]


def test_no_frames_have_no_spans() -> None:
    assert find_spans(np.empty(0), [LIFT, FLOW], [assessed(), assessed()], chosen=False) == []


@given(st.lists(st.tuples(st.floats(0.1, 6.0), st.sampled_from("-rp01")), min_size=1, max_size=20), st.booleans())
def test_spans_are_ordered_apart_and_within_the_clip(parts: list[Part], chosen: bool) -> None:
    stretches = [FLOW] if chosen else [LIFT, FLOW]
    assessments = [assessed(*parts)] if chosen else [assessed(*parts), assessed(*parts)]
    count = len(assessments[0].situation)
    before = Span(0, 0, 0)
    for span in find_spans(seconds(count / FPS, FPS), stretches, assessments, chosen=chosen):
        assert before.stop <= span.start < span.stop <= count
        before = span


class TestRuns:
    def test_gaps_join_and_short_ones_fall_away(self) -> None:
        time_s = np.arange(20) / 10.0
        mask = np.array([letter == "x" for letter in "..xxx.xx......x..xxx"])
        assert runs(time_s, mask, 0.0, 0.05) == [(2, 5), (6, 8), (17, 20)]
        assert runs(time_s, mask, 0.35, 0.3) == [(2, 8), (14, 20)]

    def test_of_nothing_there_is_none(self) -> None:
        assert runs(np.empty(0), np.empty(0, bool), 1.0, 0.0) == []
        assert runs(np.arange(3.0), np.zeros(3, bool), 1.0, 0.0) == []
