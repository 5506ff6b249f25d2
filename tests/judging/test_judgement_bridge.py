"""Clips of a bridge judged with hindsight: made ones, whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.judging.holds import State
from posecheck.judging.judgement import STATES
from posecheck.judging.session import Session
from posecheck.pose.landmarks import Joint, Pose
from tests.support.films import (
    Part,
    bridges,
    faults_of,
    film_at,
    filmed,
    judged,
    length_s,
    lift,
    lying,
    raised,
    share_at,
)
from tests.support.poses import clip, nobody
from tests.support.verdicts import ALL, BRIDGE, SAMPLINGS, held_s, only, samplings, states_between


class TestBridge:
    PARTS = bridges(2)
    UP = share_at(16.5, 4.0, 33.0) * 1.5
    DOWN = share_at(33.0 - 15.0 + 4.0, 4.0, 33.0) * 1.5
    TRUTH = ((2.0 + UP, 8.5 + DOWN), (13.0 + UP, 19.5 + DOWN))
    """A hold begins at 16.5 degrees of lift and ends below 15, the limit less its margin."""

    @pytest.mark.parametrize("sampling", SAMPLINGS)
    @pytest.mark.parametrize("stretches", [(BRIDGE,), ALL], ids=["chosen", "auto"])
    def test_two_repetitions_at_any_frame_rate(self, sampling: str, stretches: tuple[object, ...]) -> None:
        time_s = samplings(length_s(self.PARTS))[sampling]
        interval_s = float(np.diff(time_s).max())
        judgement = judged(film_at(time_s, self.PARTS), *stretches)  # type: ignore[arg-type]
        segment = only(judgement)
        assert (segment.stretch.name, segment.repetitions, faults_of(judgement)) == ("bridge", 2, {})
        assert (segment.start_s, segment.end_s) == (time_s[0], time_s[-1])
        for held, (start_s, end_s) in zip(segment.holds, self.TRUTH, strict=True):
            assert held.start_s == pytest.approx(start_s, abs=interval_s)
            assert held.end_s == pytest.approx(end_s, abs=interval_s)
            assert held.hold_s == pytest.approx(end_s - start_s, abs=interval_s)
            assert held.completed
            assert held.score > 90

    def test_lying_ready_and_resting_are_no_faults_and_count_nothing(self) -> None:
        judgement = filmed(self.PARTS, BRIDGE)
        for start_s, end_s in ((0, 2), (10, 13)):
            assert states_between(judgement, start_s, end_s) == {State.READY}
        assert states_between(judgement, 4, 8) == {State.HOLDING}
        assert State.AT_FAULT not in states_between(judgement, 0, 99)

    def test_lying_with_bent_knees_alone_is_nothing(self) -> None:
        for stretches in ((BRIDGE,), ALL):
            judgement = filmed([(20.0, lying())], *stretches)
            assert judgement.segments == ()
            assert states_between(judgement, 0, 20) == {State.ELSEWHERE}

    def test_a_raise_that_stalls_low_is_a_fault_from_its_onset(self) -> None:
        parts: list[Part] = [(2, lying()), (1, lift(4, 12)), (4, raised(12)), (1, lift(12, 4))]
        judgement = filmed([*parts, (2, lying())], BRIDGE)
        assert (only(judgement).repetitions, only(judgement).holds) == (0, ())
        ((start_s, end_s),) = faults_of(judgement)["hips-low"]
        assert start_s == pytest.approx(3.0, abs=0.35)
        assert end_s == pytest.approx(7.0, abs=0.35)
        assert only(judgement).faults[0].cue.rule == "hips-low"

    @pytest.mark.parametrize("way_s", [1.0, 6.0])
    @pytest.mark.parametrize("top", [24.0, 33.0, 40.0])
    @pytest.mark.parametrize("eased", [True, False])
    def test_raising_and_lowering_is_no_fault_however_slow(self, way_s: float, top: float, eased: bool) -> None:
        def even(start: float, end: float) -> Part:
            return way_s, lambda share: raised(start + (end - start) * share)

        up, down = ((way_s, lift(4, top)), (way_s, lift(top, 4))) if eased else (even(4, top), even(top, 4))
        rest: Part = (2, lying())
        judgement = filmed([rest, up, (4, raised(top)), down, rest], BRIDGE, fps=15)
        assert (only(judgement).repetitions, faults_of(judgement)) == (1, {})

    def test_hips_that_sag_in_a_hold_end_it_and_are_named(self) -> None:
        parts: list[Part] = [(2, lying()), (1, lift(4, 33)), (4, raised()), (1.5, lift(33, 12))]
        judgement = filmed([*parts, (3, raised(12)), (1, lift(12, 4)), (2, lying())], BRIDGE)
        ((start_s, _),) = faults_of(judgement)["hips-low"]
        assert start_s == pytest.approx(8.5, abs=0.35)
        assert only(judgement).holds[0].end_s < 8.5

    def test_a_fault_in_a_hold_begins_where_it_began(self) -> None:
        lifted = raised(heel_lift=25)
        parts: list[Part] = [*bridges(1)[:2], (4, raised()), (3, lifted), (3, raised()), *bridges(1)[3:]]
        judgement = filmed(parts, BRIDGE)
        ((start_s, end_s),) = faults_of(judgement)["heels-lifted"]
        assert (start_s, end_s) == pytest.approx((7.5, 10.5), abs=0.04)
        assert [held.repetition for held in only(judgement).holds] == [1]
        assert only(judgement).holds[0].score < 90
        assert [held.repetition for held in only(filmed(parts, BRIDGE.strictly())).holds] == [1, 1]
        assert states_between(judgement, 7.6, 10.4) == {State.HOLDING}  # it counts, with a lower score

    @pytest.mark.parametrize("start", [0.0, 5.0], ids=["raising", "holding"])
    def test_a_clip_may_begin_and_end_in_mid_hold(self, start: float) -> None:
        poses = clip(*self.PARTS)
        cut = [pose for pose in poses if start <= pose.time_s < 18.0]
        segment = only(judged(cut, BRIDGE))
        assert segment.repetitions == 2
        assert segment.holds[0].start_s == pytest.approx(max(start, self.TRUTH[0][0]), abs=0.04)
        assert segment.holds[1].end_s == cut[-1].time_s

    def test_a_person_gone_for_a_while_is_not_held(self) -> None:
        poses = [nobody(p.time_s) if 5.0 <= p.time_s < 7.0 else p for p in clip(*self.PARTS)]
        judgement = judged(poses, BRIDGE)
        assert held_s(judgement)[:2] == pytest.approx([5.0 - self.TRUTH[0][0], self.TRUTH[0][1] - 7.0], abs=0.07)
        assert only(judgement).repetitions == 2
        assert states_between(judgement, 5, 7) == {State.NOBODY}

    def test_a_stall_of_the_clock_is_not_held(self) -> None:
        """Thirty seconds in which nothing was seen: a machine asleep, or a stalled camera."""
        poses = clip(*self.PARTS)
        stalled = [p if p.time_s < 6.0 else replace(p, time_s=p.time_s + 30.0) for p in poses]
        judgement = judged(stalled, BRIDGE)
        first, again, other = held_s(judgement)
        assert first == pytest.approx(6.0 - self.TRUTH[0][0], abs=0.07)
        assert again == pytest.approx(self.TRUTH[0][1] - 6.0, abs=0.07)
        assert other == pytest.approx(held_s(judged(poses, BRIDGE))[1], abs=0.001)
        assert only(judgement).repetitions == 2

    @pytest.mark.parametrize(("joint", "seconds"), [(Joint.ANKLE, 0.9), (Joint.HEEL, 3.0), (Joint.WRIST, 3.0)])
    def test_a_hold_outlives_a_joint_that_is_hidden(self, joint: Joint, seconds: float) -> None:
        hidden = raised(visibility={joint: 0.1})
        parts: list[Part] = [*bridges(1)[:2], (3, raised()), (seconds, hidden), (3, raised()), *bridges(1)[3:]]
        judgement = filmed(parts, BRIDGE)
        assert (len(only(judgement).holds), faults_of(judgement)) == (1, {})

    def test_what_tells_the_posture_may_not_be_hidden_for_long(self) -> None:
        hidden = raised(visibility={Joint.ANKLE: 0.1})
        parts: list[Part] = [*bridges(1)[:2], (3, raised()), (6, hidden), (3, raised()), *bridges(1)[3:]]
        first, second = held_s(filmed(parts, BRIDGE))
        assert first == pytest.approx(3 + 1.5 - self.UP + 1.0, abs=0.07)
        assert second == pytest.approx(3 + self.DOWN, abs=0.07)

    def test_a_view_from_the_feet_is_not_judged(self) -> None:
        parts: list[Part] = [*bridges(1)[:2], (3, raised()), (3, raised(off_side_on_deg=50)), (3, raised())]
        judgement = filmed(parts, BRIDGE)
        assert states_between(judgement, 6.6, 9.4) == {State.VIEW_WRONG}
        assert len(only(judgement).holds) == 2

    @pytest.mark.parametrize("middle", [29.5, 30.0, 30.5])
    def test_a_view_at_the_limit_is_judged_or_not_but_not_by_turns(self, middle: float) -> None:
        def quivering(share: float) -> Pose:
            return raised(off_side_on_deg=middle + 1.5 * np.sin(40.0 * share))

        parts: list[Part] = [*bridges(1)[:2], (5, quivering), *bridges(1)[3:]]
        judgement = filmed(parts, BRIDGE)
        session = Session(BRIDGE)
        live = [session.update(pose).state for pose in clip(*parts)]
        hindsight = [STATES[number] for number in judgement.states]
        for states in (live, hindsight):
            wrong = np.array([state is State.VIEW_WRONG for state in states])
            assert np.count_nonzero(np.diff(wrong)) <= 2

    def test_resting_longer_than_the_rest_between_repetitions_is_one_segment(self) -> None:
        parts = [*bridges(1), (20.0, lying()), *bridges(1)]
        assert only(filmed(parts, *ALL)).repetitions == 2
