"""Whole clips judged with hindsight: made ones, whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from posecheck.hold import State
from posecheck.judgement import STATES, Judgement, Segment
from posecheck.landmarks import Floats, Joint, Pose
from posecheck.rulefiles import load_stretch
from posecheck.session import Session
from tests.films import (
    Part,
    bridges,
    faults_of,
    film_at,
    filmed,
    flow,
    judged,
    length_s,
    lift,
    lying,
    press_up,
    raised,
    rounds,
    share_at,
    told,
    way,
)
from tests.poses import all_fours, bridge, clip, nobody, prone, sphinx, standing

SPHINX, CAT_COW, BRIDGE = (load_stretch(name) for name in ("sphinx", "cat-cow", "bridge"))
ALL = (SPHINX, CAT_COW, BRIDGE)


def only(judgement: Judgement) -> Segment:
    (segment,) = judgement.segments
    return segment


def spans(judgement: Judgement) -> list[tuple[float, float]]:
    return [(held.hold.start_s, held.hold.end_s) for held in only(judgement).holds]


def held_s(judgement: Judgement) -> list[float]:
    return [held.hold.hold_s for held in only(judgement).holds]


def states_between(judgement: Judgement, start_s: float, end_s: float) -> set[State]:
    time_s = judgement.measures.time_s
    return {STATES[number] for number in judgement.states[(time_s >= start_s) & (time_s < end_s)]}


def samplings(seconds: float) -> dict[str, Floats]:
    """The same seconds seen at several rates, evenly and not, whole and with every tenth frame lost."""
    even = {f"{fps} fps": np.arange(0.0, seconds, 1.0 / fps) for fps in (15, 30, 60)}
    steps = np.random.default_rng(5).uniform(0.012, 0.07, round(seconds / 0.012))
    time_s = np.cumsum(steps)
    whole = even["30 fps"]
    return even | {
        "variable": time_s[time_s < seconds],
        "every tenth lost": whole[np.arange(len(whole)) % 10 != 4],
    }


SAMPLINGS = list(samplings(1.0))


class TestBridge:
    PARTS = bridges(2)
    UP = share_at(18.0, 4.0, 33.0) * 1.5
    DOWN = share_at(33.0 - 15.0 + 4.0, 4.0, 33.0) * 1.5
    TRUTH = ((2.0 + UP, 8.5 + DOWN), (13.0 + UP, 19.5 + DOWN))
    """A hold begins at 18 degrees of lift and ends below 15, the limit less its margin."""

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
            assert held.hold.start_s == pytest.approx(start_s, abs=interval_s)
            assert held.hold.end_s == pytest.approx(end_s, abs=interval_s)
            assert held.hold.hold_s == pytest.approx(end_s - start_s, abs=interval_s)
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
        assert only(judgement).holds[0].hold.end_s < 8.5

    def test_a_fault_in_a_hold_begins_where_it_began(self) -> None:
        lifted = raised(heel_lift=25)
        parts: list[Part] = [*bridges(1)[:2], (4, raised()), (3, lifted), (3, raised()), *bridges(1)[3:]]
        judgement = filmed(parts, BRIDGE)
        ((start_s, end_s),) = faults_of(judgement)["heels-lifted"]
        assert (start_s, end_s) == pytest.approx((7.5, 10.5), abs=0.04)
        assert [held.hold.repetition for held in only(judgement).holds] == [1, 1]
        assert states_between(judgement, 7.6, 10.4) == {State.AT_FAULT}

    @pytest.mark.parametrize("start", [0.0, 5.0], ids=["raising", "holding"])
    def test_a_clip_may_begin_and_end_in_mid_hold(self, start: float) -> None:
        poses = clip(*self.PARTS)
        cut = [pose for pose in poses if start <= pose.time_s < 18.0]
        segment = only(judged(cut, BRIDGE))
        assert segment.repetitions == 2
        assert segment.holds[0].hold.start_s == pytest.approx(max(start, self.TRUTH[0][0]), abs=0.04)
        assert segment.holds[1].hold.end_s == cut[-1].time_s

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
        session = Session([BRIDGE], chosen=True)
        live = [session.update(pose).state for pose in clip(*parts)]
        hindsight = [STATES[number] for number in judgement.states]
        for states in (live, hindsight):
            wrong = np.array([state is State.VIEW_WRONG for state in states])
            assert np.count_nonzero(np.diff(wrong)) <= 2

    def test_resting_longer_than_the_rest_between_repetitions_is_one_segment(self) -> None:
        parts = [*bridges(1), (20.0, lying()), *bridges(1)]
        assert only(filmed(parts, *ALL)).repetitions == 2


class TestCatCow:
    @pytest.mark.parametrize("neutral", [-60.0, 0.0, 40.0])
    @pytest.mark.parametrize("stretches", [(CAT_COW,), ALL], ids=["chosen", "auto"])
    def test_four_rounds_whatever_ones_own_neutral(self, neutral: float, stretches: tuple[object, ...]) -> None:
        judgement = filmed(flow(rounds(4), neutral=neutral), *stretches)  # type: ignore[arg-type]
        segment = only(judgement)
        assert (segment.stretch.name, segment.rounds, segment.repetitions) == ("cat-cow", 4, None)
        assert [held.phase for held in segment.holds] == ["cat", "cow"] * 4
        assert segment.tempo_s == pytest.approx(7.0, abs=0.1)
        assert segment.range_of_motion_deg == pytest.approx(100.0, abs=2.0)
        assert faults_of(judgement) == {}
        assert all(held.completed and held.target_s == 2 for held in segment.holds)
        assert segment.references["spine_flexion"].value == pytest.approx(neutral, abs=1.5)

    @pytest.mark.parametrize("sampling", SAMPLINGS)
    def test_the_same_at_any_frame_rate(self, sampling: str) -> None:
        parts = flow(rounds(2))
        reference = filmed(parts, CAT_COW, fps=120)
        time_s = samplings(length_s(parts))[sampling]
        judgement = judged(film_at(time_s, parts), CAT_COW)
        interval_s = float(np.diff(time_s).max()) + 1 / 120
        assert only(judgement).rounds == 2
        assert faults_of(judgement) == {}
        assert np.array(spans(judgement)) == pytest.approx(np.array(spans(reference)), abs=interval_s)
        assert only(judgement).tempo_s == pytest.approx(only(reference).tempo_s, abs=interval_s)
        assert only(judgement).range_of_motion_deg == pytest.approx(only(reference).range_of_motion_deg, abs=2)

    @pytest.mark.parametrize("neutral", [-60.0, 0.0, 40.0])
    @pytest.mark.parametrize("first", [50.0, -50.0], ids=["cat", "cow"])
    def test_straight_in_without_a_neutral_spell(self, neutral: float, first: float) -> None:
        segment = only(filmed(flow([first, -first] * 4, neutral=neutral, first_s=0.0), CAT_COW))
        assert segment.rounds == 4
        assert segment.range_of_motion_deg == pytest.approx(100.0, abs=2.0)

    def test_arms_bent_in_the_middle_are_an_interval(self) -> None:
        bent = flow(rounds(1), first_s=0.5, last_s=0.5, elbow_flexion=45.0)
        parts = [*flow(rounds(1)), *bent, *flow(rounds(1))]
        judgement = filmed(parts, CAT_COW)
        start_s = length_s(flow(rounds(1)))
        intervals = faults_of(judgement)["arms-bent"]
        assert set(faults_of(judgement)) == {"arms-bent"}
        assert intervals[0][0] == pytest.approx(start_s + 1.0, abs=0.5)
        assert intervals[-1][1] == pytest.approx(start_s + length_s(bent) - 1.0, abs=0.5)
        assert only(judgement).rounds == 2

    def test_too_fast(self) -> None:
        judgement = filmed(flow(rounds(4), end_s=0.3, way_s=0.6), CAT_COW)
        assert set(faults_of(judgement)) == {"too-fast"}
        assert len(faults_of(judgement)["too-fast"]) >= 6

    @pytest.mark.parametrize("end_s", [0.5, 2.0, 5.0])
    def test_a_calm_tempo_is_not(self, end_s: float) -> None:
        assert faults_of(filmed(flow(rounds(2), end_s=end_s), CAT_COW, fps=15)) == {}

    def test_too_little_range(self) -> None:
        judgement = filmed(flow(rounds(4, 13.0)), CAT_COW)
        assert set(faults_of(judgement)) == {"too-little-range"}
        assert only(judgement).rounds == 0
        assert only(judgement).range_of_motion_deg == pytest.approx(26, abs=2)

    def test_half_a_swing_from_rest_is_not_too_little(self) -> None:
        """Thirty degrees from neutral to each end are sixty from end to end."""
        assert faults_of(filmed(flow(rounds(3, 30.0)), CAT_COW)) == {}

    def test_only_the_head_moves(self) -> None:
        judgement = filmed(flow(rounds(4, 2.0)), CAT_COW)
        assert set(faults_of(judgement)) == {"only-the-head"}
        assert only(judgement).rounds == 0

    def test_one_noisy_outline_is_no_swing(self) -> None:
        poses = clip(*flow(rounds(3)))
        for number in (80, 250, 400):
            poses[number] = replace(all_fours(spine_flexion=-170), time_s=poses[number].time_s)
        judgement = judged(poses, CAT_COW)
        assert (only(judgement).rounds, faults_of(judgement)) == (3, {})
        assert only(judgement).range_of_motion_deg == pytest.approx(100, abs=3)

    def test_a_pause_between_rounds_counts_nothing(self) -> None:
        parts = [*flow(rounds(2)), (15.0, all_fours()), *flow(rounds(2))]
        segment = only(filmed(parts, *ALL))
        assert segment.rounds == 4
        assert segment.tempo_s == pytest.approx(7.0, abs=0.5)

    @pytest.mark.parametrize("neutral", [-60.0, 0.0, 40.0])
    def test_getting_down_through_all_fours_is_no_cat_cow(self, neutral: float) -> None:
        on_fours = all_fours(spine_flexion=neutral)
        parts: list[Part] = [(2, standing()), (1.5, way(standing(), on_fours)), (3, on_fours)]
        parts += [(1.5, way(on_fours, prone())), (3, prone())]
        assert filmed(parts, *ALL).segments == ()


class TestSphinx:
    GOOD = (24.0, 8.0, 0.0)
    IN: Sequence[Part] = ((2, prone()), (0.5, way(prone(), sphinx())))
    OUT: Sequence[Part] = ((0.5, way(sphinx(), prone())), (2, prone()))

    def held(self, *middle: Part, fps: float = 30.0) -> Judgement:
        return filmed([*self.IN, *middle, *self.OUT], SPHINX, fps=fps)

    def test_a_hold(self) -> None:
        judgement = self.held((20, sphinx()))
        segment = only(judgement)
        assert (segment.repetitions, faults_of(judgement)) == (1, {})
        assert held_s(judgement) == pytest.approx([20.0], abs=0.7)
        assert states_between(judgement, 0, 1.9) == {State.READY}

    def test_a_hold_outlives_one_noisy_frame(self) -> None:
        poses = clip(*self.IN, (20, sphinx()), *self.OUT)
        whole = judged(poses, SPHINX)
        for number, noise in ((200, standing()), (300, all_fours()), (400, nobody())):
            poses[number] = replace(noise, time_s=poses[number].time_s)
        judgement = judged(poses, SPHINX)
        assert spans(judgement) == spans(whole)
        assert held_s(judgement) == pytest.approx([held_s(whole)[0] - 3 / 30], abs=0.001)
        assert faults_of(judgement) == {}

    def test_a_lapse_within_grace_does_not_count(self) -> None:
        whole = self.held((20.5, sphinx()))
        judgement = self.held((10, sphinx()), (0.5, sphinx(neck_flexion=-70)), (10, sphinx()))
        assert spans(judgement) == spans(whole)
        assert held_s(judgement) == pytest.approx([held_s(whole)[0] - 0.5], abs=0.04)
        assert only(judgement).holds[0].score < only(whole).holds[0].score

    @pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
    def test_elbows_ahead_from_second_eight_on(self, fps: float) -> None:
        judgement = self.held((5.5, sphinx()), (6, sphinx(upper_arm_lean=32)), fps=fps)
        ((start_s, end_s),) = faults_of(judgement)["elbows-ahead"]
        assert start_s == pytest.approx(8.0, abs=1 / fps)
        assert end_s == pytest.approx(14.0, abs=0.5)
        assert spans(judgement)[0][1] == pytest.approx(8.0, abs=1 / fps)
        assert len(spans(judgement)) == 1

    @pytest.mark.parametrize("cobra", [(36.0, 0.0, 45.0), (45.0, 0.0, 80.0)], ids=["low", "high"])
    def test_pushed_up_into_a_cobra_and_back(self, cobra: tuple[float, float, float]) -> None:
        up, down = press_up(self.GOOD, cobra), press_up(cobra, self.GOOD)
        pushed = sphinx(trunk_pitch=cobra[0], upper_arm_lean=cobra[1], forearm_pitch=cobra[2])
        judgement = self.held((8, sphinx()), (1, up), (4, pushed), (1, down), (8, sphinx()))
        ((start_s, end_s),) = faults_of(judgement)["pushed-up"]
        assert (start_s, end_s) == pytest.approx((11.5, 15.5), abs=0.5)
        assert [held.hold.repetition for held in only(judgement).holds] == [1, 1]

    @pytest.mark.parametrize("sampling", SAMPLINGS)
    def test_the_same_at_any_frame_rate(self, sampling: str) -> None:
        parts: list[Part] = [*self.IN, (6, sphinx()), (0.4, sphinx(neck_flexion=-70)), (3, sphinx())]
        parts += [(3, sphinx(upper_arm_lean=32)), (4, sphinx()), *self.OUT]
        reference = filmed(parts, SPHINX, fps=120)
        time_s = samplings(length_s(parts))[sampling]
        judgement = judged(film_at(time_s, parts), SPHINX)
        interval_s = float(np.diff(time_s).max()) + 1 / 120
        assert np.array(spans(judgement)) == pytest.approx(np.array(spans(reference)), abs=interval_s)
        assert held_s(judgement) == pytest.approx(held_s(reference), abs=interval_s)
        assert set(faults_of(judgement)) == set(faults_of(reference)) == {"elbows-ahead", "chin-up"}
        for rule, intervals in faults_of(reference).items():
            assert np.array(faults_of(judgement)[rule]) == pytest.approx(np.array(intervals), abs=interval_s)

    def test_lying_flat_alone_is_nothing(self) -> None:
        assert filmed([(10, prone())], SPHINX).segments == ()


def three_in_one() -> list[Part]:
    """Cat-cow, a sphinx and a bridge, with all that lies between them."""
    return [
        (2, standing()),
        (1.5, way(standing(), all_fours())),
        *flow(rounds(3)),
        (2, way(all_fours(), prone())),
        (2, prone()),
        (1, way(prone(), sphinx())),
        (10, sphinx()),
        (1, way(sphinx(), prone())),
        (2, prone()),
        (2, way(prone(), standing())),
        (2, standing()),
        (2, way(standing(), lying())),
        *bridges(2),
    ]


def test_three_stretches_in_one_clip() -> None:
    judgement = filmed(three_in_one(), *ALL)
    assert [segment.stretch.name for segment in judgement.segments] == ["cat-cow", "sphinx", "bridge"]
    cat_cow, sphinx_, bridge_ = judgement.segments
    assert (cat_cow.rounds, sphinx_.repetitions, bridge_.repetitions) == (3, 1, 2)
    assert faults_of(judgement) == {}
    for first, second in zip(judgement.segments, judgement.segments[1:], strict=False):
        assert first.end_s < second.start_s


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_three_stretches_at_any_frame_rate(sampling: str) -> None:
    parts = three_in_one()
    judgement = judged(film_at(samplings(length_s(parts))[sampling], parts), *ALL)
    counts = [(one.stretch.name, one.rounds, one.repetitions, len(one.holds)) for one in judgement.segments]
    assert counts == [("cat-cow", 3, None, 6), ("sphinx", None, 1, 1), ("bridge", None, 2, 2)]
    assert faults_of(judgement) == {}


def test_a_clip_of_nobody_has_no_segment() -> None:
    judgement = judged([nobody(number / 30) for number in range(60)], *ALL)
    assert judgement.segments == ()
    assert states_between(judgement, 0, 2) == {State.NOBODY}


@pytest.mark.parametrize("pose", [bridge(), sphinx(), all_fours(spine_flexion=80), standing(), nobody()])
def test_a_clip_of_one_frame_holds_nothing(pose: Pose) -> None:
    judgement = judged([pose], *ALL)
    assert all(not segment.holds for segment in judgement.segments)


def test_a_judgement_repeats_itself() -> None:
    poses = clip(*bridges(1))
    assert told(judged(poses, *ALL)) == told(judged(poses, *ALL))
