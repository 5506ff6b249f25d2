"""Holds, repetitions, rounds and fault intervals, from scripts of seconds.

Times are sixteenths of a second, which floats hold exactly, so that "exactly the grace" means it.
"""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.judging.holds import Hold, HoldTracker, Observation, State, count_rounds
from posecheck.judging.situation import Situation
from posecheck.pose.intervals import IntervalTracker
from posecheck.rules.stretch import Timing

TIMING = Timing(debounce_s=0.25, grace_s=0.75, confirm_s=0.25, settle_s=1.0, min_hold_s=0.5)

GOOD = Observation(Situation.POSTURE, good=True)
CAT = Observation(Situation.POSTURE, phase=0, good=True)
COW = Observation(Situation.POSTURE, phase=1, good=True)
ON_THE_WAY = Observation(Situation.POSTURE)
BAD = Observation(Situation.POSTURE, faults=frozenset({0}))
READY = Observation(Situation.READY)
ELSEWHERE = Observation(Situation.ELSEWHERE)
NOBODY = Observation(Situation.NOBODY)

Script = list[tuple[float, Observation]]
"""Seconds, and what is seen in them."""

scripts = st.lists(
    st.tuples(
        st.integers(1, 48).map(lambda sixteenths: sixteenths / 16.0),
        st.sampled_from([GOOD, CAT, COW, ON_THE_WAY, BAD, READY, ELSEWHERE, NOBODY]),
    ),
    min_size=1,
    max_size=30,
)


def play(*script: tuple[float, Observation], every_s: float | None = None, start_s: float = 0.0) -> HoldTracker:
    """A tracker that was told of changes alone, or every `every_s`, and closed at the end."""
    tracker = HoldTracker(TIMING, rules=1)
    time_s = start_s
    for seconds, seen in script:
        for step in range(1 if every_s is None else round(seconds / every_s)):
            tracker.update(time_s + step * (every_s or 0.0), seen)
        time_s += seconds
    tracker.close(time_s)
    return tracker


def times(tracker: HoldTracker) -> list[tuple[float, float, float]]:
    return [(hold.start_s, hold.end_s, hold.hold_s) for hold in tracker.holds]


def test_a_hold_begins_with_its_first_good_moment_and_ends_with_its_last() -> None:
    assert times(play((2, READY), (1, ON_THE_WAY), (5, GOOD), (1, ON_THE_WAY), (2, READY))) == [(3, 8, 5)]


def test_good_form_shorter_than_the_debounce_begins_no_hold() -> None:
    assert times(play((1, READY), (0.1875, GOOD), (2, READY))) == []


@pytest.mark.parametrize(("good_s", "holds"), [(0.4375, []), (0.5, [(1, 1.5, 0.5)])])
def test_a_hold_shorter_than_the_least_is_none(good_s: float, holds: list[tuple[float, float, float]]) -> None:
    assert times(play((1, READY), (good_s, GOOD), (2, READY))) == holds


@pytest.mark.parametrize(
    ("lapse_s", "holds"),
    [
        (0.6875, [(0, 4.6875, 4)]),
        (0.75, [(0, 2, 2), (2.75, 4.75, 2)]),
        (0.8125, [(0, 2, 2), (2.8125, 4.8125, 2)]),
    ],
    ids=["below the grace", "exactly the grace", "above the grace"],
)
@pytest.mark.parametrize("lapse", [BAD, NOBODY, ON_THE_WAY], ids=["fault", "lost", "on the way"])
def test_a_lapse_within_grace_neither_ends_a_hold_nor_counts(
    lapse: Observation, lapse_s: float, holds: list[tuple[float, float, float]]
) -> None:
    assert times(play((2, GOOD), (lapse_s, lapse), (2, GOOD))) == holds


def test_many_short_lapses_make_one_hold_that_counts_good_time_alone() -> None:
    assert times(play(*[(0.5, GOOD), (0.25, BAD)] * 8)) == [(0, 5.75, 4)]


@pytest.mark.parametrize("rest", [READY, ELSEWHERE], ids=["ready", "elsewhere"])
def test_a_rest_within_grace_ends_a_hold(rest: Observation) -> None:
    tracker = play((2, GOOD), (0.5, rest), (2, GOOD))
    assert times(tracker) == [(0, 2, 2), (2.5, 4.5, 2)]
    assert [hold.repetition for hold in tracker.holds] == [1, 2]


def test_a_rest_shorter_than_the_debounce_is_noise() -> None:
    assert times(play((2, GOOD), (0.1875, READY), (2, GOOD))) == [(0, 4.1875, 4)]


@pytest.mark.parametrize(
    ("between", "repetitions"),
    [(READY, [1, 2]), (ELSEWHERE, [1, 2]), (BAD, [1, 1]), (NOBODY, [1, 1]), (ON_THE_WAY, [1, 1])],
    ids=["ready", "elsewhere", "fault", "lost", "on the way"],
)
def test_repetitions_are_holds_with_a_rest_between_them(between: Observation, repetitions: list[int]) -> None:
    tracker = play((2, GOOD), (3, between), (2, GOOD))
    assert [hold.repetition for hold in tracker.holds] == repetitions


def test_a_raise_without_a_hold_is_no_repetition() -> None:
    tracker = play((2, GOOD), (1, READY), (1, BAD), (1, READY), (2, GOOD))
    assert [hold.repetition for hold in tracker.holds] == [1, 2]


def test_one_phase_follows_the_other_directly() -> None:
    tracker = play((2, CAT), (2, COW), (2, CAT))
    assert [(hold.phase, hold.start_s, hold.end_s, hold.hold_s) for hold in tracker.holds] == [
        (0, 0, 2, 2),
        (1, 2, 4, 2),
        (0, 4, 6, 2),
    ]


def test_a_glimpse_of_the_other_phase_neither_ends_a_hold_nor_counts() -> None:
    assert times(play((2, CAT), (0.1875, COW), (2, CAT))) == [(0, 4.1875, 4)]


@pytest.mark.parametrize("end", [GOOD, BAD], ids=["held", "lapsed"])
def test_a_hold_ends_with_the_clip(end: Observation) -> None:
    assert times(play((1, READY), (2, GOOD), (0.5, end))) == [(1, 3.5, 2.5) if end is GOOD else (1, 3, 2)]


def test_a_hold_begins_with_the_clip() -> None:
    assert times(play((2, GOOD), (2, READY), start_s=100.0)) == [(100, 102, 2)]


def test_a_clip_of_one_frame_has_no_hold_even_without_a_least() -> None:
    tracker = HoldTracker(Timing(debounce_s=0.0, min_hold_s=0.0), rules=1)
    tracker.update(1.0, GOOD)
    tracker.close(1.0)
    assert tracker.holds == []


@pytest.mark.parametrize(
    ("script", "interval"),
    [
        ([(2, GOOD), (3, BAD), (2, GOOD)], (2, 5)),  # after good form: confirm_s
        ([(2, READY), (3, BAD), (2, READY)], (2, 5)),  # on taking the posture: settle_s
        ([(2, GOOD), (1, BAD), (0.5, GOOD), (1, BAD), (2, GOOD)], (2, 4.5)),
    ],
    ids=["in a hold", "on arrival", "with an interruption"],
)
def test_a_fault_begins_at_its_true_onset(script: Script, interval: tuple[float, float]) -> None:
    assert play(*script).faults[0].intervals == [interval]


@pytest.mark.parametrize(
    ("before", "fault_s", "found"),
    [(GOOD, 0.1875, 0), (GOOD, 0.25, 1), (READY, 0.9375, 0), (READY, 1.0, 1)],
    ids=["in a hold, short", "in a hold, long enough", "on arrival, short", "on arrival, long enough"],
)
def test_a_fault_must_last_longer_on_arrival(before: Observation, fault_s: float, found: int) -> None:
    assert len(play((2, before), (fault_s, BAD), (2, GOOD)).faults[0].intervals) == found


@pytest.mark.parametrize(("fault_s", "found"), [(0.9375, 0), (1.0, 1)])
@pytest.mark.parametrize("away", [READY, NOBODY, ELSEWHERE], ids=["ready", "lost", "elsewhere"])
def test_each_arrival_has_time_to_settle(away: Observation, fault_s: float, found: int) -> None:
    """Also the second one, after a good first repetition."""
    assert len(play((2, GOOD), (2, away), (fault_s, BAD), (2, GOOD)).faults[0].intervals) == found


@pytest.mark.parametrize(("fault_s", "found"), [(0.9375, 0), (1.0, 1)])
def test_a_clip_that_begins_at_fault_is_an_arrival(fault_s: float, found: int) -> None:
    assert len(play((fault_s, BAD), (2, GOOD)).faults[0].intervals) == found


def test_a_fault_at_the_clips_end_is_closed_there() -> None:
    assert play((2, GOOD), (3, BAD)).faults[0].intervals == [(2, 5)]


def test_states_follow_what_is_known_by_then() -> None:
    tracker = HoldTracker(TIMING, rules=1)
    seen = []
    script = [READY, ON_THE_WAY, GOOD, GOOD, BAD, GOOD, BAD, BAD, BAD, ON_THE_WAY, ELSEWHERE, NOBODY]
    for number, observation in enumerate(script):
        tracker.update(number / 2.0, observation)
        seen.append(tracker.state)
    assert seen == [
        State.READY,
        State.ENTERING,
        State.ENTERING,
        State.HOLDING,
        State.GRACE,
        State.HOLDING,
        State.GRACE,
        State.GRACE,
        State.AT_FAULT,
        State.ENTERING,
        State.ELSEWHERE,
        State.NOBODY,
    ]


def test_the_hold_under_way_grows_on_good_form_alone() -> None:
    tracker = HoldTracker(TIMING, rules=1)
    told = []
    for number, observation in enumerate([GOOD, GOOD, GOOD, BAD, GOOD, READY, READY]):
        tracker.update(number / 2.0, observation)
        told.append(tracker.hold_s)
    assert told == [0, 0.5, 1.0, 1.5, 1.5, 2.0, 0]
    assert tracker.repetition == 1


@given(scripts)
def test_telling_every_frame_equals_telling_the_changes(script: Script) -> None:
    changes, frames = play(*script), play(*script, every_s=1 / 16)
    assert frames.holds == changes.holds
    assert [fault.intervals for fault in frames.faults] == [fault.intervals for fault in changes.faults]


@given(scripts)
def test_held_time_never_exceeds_elapsed_time_and_holds_do_not_overlap(script: Script) -> None:
    tracker = play(*script, start_s=4.0)
    end_s = 4.0 + sum(seconds for seconds, _ in script)
    for hold in tracker.holds:
        assert 4.0 <= hold.start_s < hold.end_s <= end_s
        assert TIMING.min_hold_s <= hold.hold_s <= hold.end_s - hold.start_s
    for first, second in pairwise(tracker.holds):
        assert first.end_s <= second.start_s
        assert second.repetition - first.repetition in (0, 1)
    good_s = sum(seconds for seconds, seen in script if seen.good)
    assert sum(hold.hold_s for hold in tracker.holds) <= good_s
    for start, end in tracker.faults[0].intervals:
        assert 4.0 <= start < end <= end_s


@given(scripts)
def test_no_script_gives_a_figure_that_is_none(script: Script) -> None:
    tracker = HoldTracker(TIMING, rules=1)
    time_s = 0.0
    for seconds, seen in script:
        tracker.update(time_s, seen)
        assert math.isfinite(tracker.hold_s)
        time_s += seconds
    tracker.close(time_s)
    assert all(math.isfinite(value) for hold in times(tracker) for value in hold)
    assert all(math.isfinite(value) for interval in tracker.faults[0].intervals for value in interval)


@given(scripts)
def test_no_state_sticks(script: Script) -> None:
    """Whatever came before: two seconds of good form hold, and two of rest are a rest."""
    tracker = HoldTracker(TIMING, rules=1)
    time_s = 0.0
    for seconds, seen in [*script, (2.0, READY)]:
        tracker.update(time_s, seen)
        time_s += seconds
    tracker.advance(time_s)
    assert tracker.state is State.READY
    assert tracker.hold_s == 0.0
    tracker.update(time_s, GOOD)
    tracker.advance(time_s + 2.0)
    assert tracker.state is State.HOLDING
    assert tracker.hold_s == 2.0


class TestIntervalTracker:
    def play(self, *script: tuple[float, bool], confirm_s: float = 0.5) -> IntervalTracker:
        tracker = IntervalTracker(gap_s=1.0)
        time_s = 0.0
        for seconds, on in script:
            tracker.update(time_s, on, confirm_s)
            time_s += seconds
        tracker.close(time_s)
        return tracker

    def test_an_interval_is_closed_at_its_true_end(self) -> None:
        assert self.play((1, False), (2, True), (5, False)).intervals == [(1, 3)]

    @pytest.mark.parametrize(("gap_s", "count"), [(0.9375, 1), (1.0, 2), (1.0625, 2)])
    def test_a_short_gap_does_not_end_it(self, gap_s: float, count: int) -> None:
        assert len(self.play((2, True), (gap_s, False), (2, True)).intervals) == count

    @pytest.mark.parametrize(("seconds", "count"), [(0.4375, 0), (0.5, 1)])
    def test_what_does_not_last_is_none(self, seconds: float, count: int) -> None:
        assert len(self.play((1, False), (seconds, True), (3, False)).intervals) == count

    def test_confirmation_is_not_gathered_from_pieces(self) -> None:
        assert self.play(*[(0.25, True), (0.25, False)] * 10).intervals == []

    def test_an_interval_in_its_gap_at_the_end_is_closed_where_the_gap_began(self) -> None:
        assert self.play((2, True), (0.5, False)).intervals == [(0, 2)]


def holds(*phases_and_starts: tuple[int, float]) -> list[Hold]:
    return [Hold(phase, start_s, start_s + 2.0, 2.0, 1) for phase, start_s in phases_and_starts]


class TestRounds:
    def test_a_round_reaches_all_phases_in_any_order(self) -> None:
        assert count_rounds(holds((0, 0), (1, 3), (1, 6), (0, 9)), 2)[0] == 1
        assert count_rounds(holds((1, 0), (0, 3), (1, 6), (0, 9)), 2)[0] == 2

    def test_no_round_has_no_tempo(self) -> None:
        assert count_rounds([], 2) == (0, None)
        assert count_rounds(holds((0, 0), (0, 3)), 2) == (0, None)

    def test_a_hold_that_a_lapse_split_makes_no_round_more(self) -> None:
        whole = holds((0, 0), (1, 3), (0, 6), (1, 9))
        split = holds((0, 0), (1, 3), (1, 5), (0, 8), (0, 10), (1, 13))
        assert count_rounds(whole, 2)[0] == count_rounds(split, 2)[0] == 2

    def test_tempo_is_the_time_from_one_round_to_the_next(self) -> None:
        assert count_rounds(holds((0, 0), (1, 3), (0, 6), (1, 9), (0, 12)), 2) == (2, 6.0)

    def test_a_pause_does_not_change_the_tempo(self) -> None:
        assert count_rounds(holds((0, 0), (1, 3), (0, 6), (1, 9), (0, 42), (1, 45), (0, 48)), 2) == (3, 6.0)

    def test_a_single_round_with_a_hold_more_lasts_until_that_ends(self) -> None:
        assert count_rounds(holds((0, 0), (1, 3), (1, 6)), 2) == (1, 8.0)

    def test_a_single_round_lasts_until_its_last_hold_ends(self) -> None:
        assert count_rounds(holds((0, 0), (1, 3)), 2) == (1, 5.0)
