"""Live, pose by pose; and the same judgement at the end, however the poses came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.judging.holds import State
from posecheck.judging.session import LOOK_BACK_S, Moment, Session
from posecheck.pose.landmarks import Pose, Poses
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import load_stretch
from tests.support.films import Part, bridges, flow, judged, lift, lying, raised, rounds, told, way
from tests.support.poses import all_fours, clip, nobody, prone, sphinx, standing

SPHINX, CAT_COW, BRIDGE = (load_stretch(name) for name in ("sphinx", "cat-cow", "bridge"))
ALL = (SPHINX, CAT_COW, BRIDGE)


def live(poses: Sequence[Pose], *stretches: Stretch) -> tuple[list[Moment], Session]:
    session = Session(stretches[0] if len(stretches) == 1 else stretches)
    return [session.update(pose) for pose in poses], session


def longest_holds(moments: Sequence[Moment]) -> list[float]:
    """The greatest `hold_s` of each hold under way."""
    found = []
    for before, now in pairwise([*moments, replace(moments[-1], hold_s=0.0)]):
        if now.hold_s < before.hold_s:
            found.append(before.hold_s)
    return found


def at(moments: Sequence[Moment], time_s: float) -> Moment:
    return next(moment for moment in moments if moment.time_s >= time_s)


class TestBridge:
    @pytest.mark.parametrize("fps", [8.0, 25.0])
    def test_its_holds_and_repetitions_are_those_of_the_judgement(self, fps: float) -> None:
        moments, session = live(clip(*bridges(2), fps=fps), BRIDGE)
        (segment,) = session.judgement().segments
        assert longest_holds(moments) == pytest.approx([held.hold_s for held in segment.holds], abs=1e-9)
        assert moments[-1].repetitions == segment.repetitions == 2

    def test_what_is_said_at_each_moment(self) -> None:
        moments, _ = live(clip(*bridges(1)), BRIDGE)
        told_states = [at(moments, time_s).state for time_s in (1.0, 2.6, 5.0, 9.6, 11.0)]
        assert told_states == [State.READY, State.ENTERING, State.HOLDING, State.GRACE, State.READY]
        assert [at(moments, time_s).repetitions for time_s in (5.0, 11.0)] == [0, 1]
        assert all(moment.cue is None for moment in moments)
        assert {moment.stretch.name for moment in moments if moment.stretch} == {"bridge"}

    def test_a_stalled_raise_gets_its_cue_once_it_is_sure(self) -> None:
        parts: list[Part] = [(2, lying()), (1, lift(4, 12)), (4, raised(12)), (1, lift(12, 33)), (3, raised())]
        moments, _ = live(clip(*parts), BRIDGE)
        assert at(moments, 3.5).cue is None
        stalled = at(moments, 5.0)
        assert stalled.state is State.AT_FAULT
        assert stalled.cue is not None
        assert stalled.cue.text == "Press your feet down and lift your hips a little higher."
        assert at(moments, 7.5).cue is None
        assert at(moments, 10.0).state is State.HOLDING

    def test_the_hold_never_falls_within_a_hold_and_never_outruns_the_clock(self) -> None:
        moments, _ = live(clip(*bridges(2), fps=10), BRIDGE)
        for before, now in pairwise(moments):
            assert now.hold_s <= before.hold_s + (now.time_s - before.time_s) + 0.35
            assert now.hold_s >= before.hold_s or now.hold_s == 0.0

    def test_a_stall_of_the_clock_is_not_held(self) -> None:
        poses = [p if p.time_s < 6.0 else replace(p, time_s=p.time_s + 30.0) for p in clip(*bridges(1))]
        moments, _ = live(poses, BRIDGE)
        assert max(moment.hold_s for moment in moments) < 4.0

    def test_nobody_is_told(self) -> None:
        moments, _ = live([nobody(number / 10) for number in range(20)], BRIDGE)
        assert {(moment.state, moment.hold_s) for moment in moments} == {(State.NOBODY, 0.0)}


class TestCatCow:
    @pytest.mark.parametrize(("neutral", "first_s"), [(-60.0, 2.0), (40.0, 2.0), (-60.0, 0.0), (0.0, 0.0)])
    def test_its_rounds_are_those_of_the_judgement(self, neutral: float, first_s: float) -> None:
        moments, session = live(clip(*flow(rounds(3), neutral=neutral, first_s=first_s), fps=10), CAT_COW)
        (segment,) = session.judgement().segments
        assert moments[-1].repetitions == segment.rounds == 3
        last = [held.hold_s for held in segment.holds[-4:]]
        assert longest_holds(moments)[-4:] == pytest.approx(last, abs=0.15)

    def test_phases_are_told(self) -> None:
        moments, _ = live(clip(*flow(rounds(1)), fps=10), CAT_COW)
        assert [at(moments, time_s).phase for time_s in (1.0, 4.0, 7.5)] == [None, "cat", "cow"]


class TestAuto:
    PARTS: Sequence[Part] = (
        (2, standing()),
        (1.5, way(standing(), all_fours())),
        *flow(rounds(1)),
        (2, way(all_fours(), prone())),
        (2, prone()),
        (1, way(prone(), sphinx())),
        (6, sphinx()),
        (1, way(sphinx(), prone())),
        (4, way(prone(), lying())),
        *bridges(1),
    )

    def test_each_stretch_is_recognised_when_it_is_done(self) -> None:
        moments, session = live(clip(*self.PARTS, fps=8), *ALL)
        names = [moment.stretch.name if moment.stretch else "" for moment in moments]
        order = [names[0], *(now for before, now in pairwise(names) if now != before)]
        assert order == ["", "cat-cow", "sphinx", "bridge"]
        assert [segment.stretch.name for segment in session.judgement().segments] == order[1:]
        assert at(moments, 1.0).state is State.ELSEWHERE

    @pytest.mark.parametrize("neutral", [-60.0, 0.0, 40.0])
    def test_getting_down_through_all_fours_is_not_recognised(self, neutral: float) -> None:
        on_fours = all_fours(spine_flexion=neutral)
        parts: list[Part] = [(2, standing()), (1.5, way(standing(), on_fours)), (3, on_fours)]
        moments, _ = live(clip(*parts, (1.5, way(on_fours, prone())), (3, prone()), fps=10), *ALL)
        assert {moment.stretch for moment in moments} == {None}
        assert {moment.hold_s for moment in moments} == {0.0}

    def test_a_noisy_frame_does_not_change_the_stretch(self) -> None:
        poses = clip((1, lying()), (1, lift(4, 33)), (6, raised()), fps=15)
        for number, noise in ((20, sphinx()), (70, sphinx()), (90, all_fours(spine_flexion=90))):
            poses[number] = replace(noise, time_s=poses[number].time_s)
        moments, _ = live(poses, *ALL)
        assert {moment.stretch.name for moment in moments if moment.stretch} == {"bridge"}


class TestNeutral:
    def test_it_is_looked_for_again_when_a_first_minute_brought_nothing(self) -> None:
        """Somebody lies down for a moment, goes away, and comes back later with another rest than usual."""
        parts: list[Part] = [(0.5, lying()), (LOOK_BACK_S + 10, standing()), *bridges(1)]
        moments, _ = live(clip(*parts, fps=5), BRIDGE)
        assert moments[-1].repetitions == 1

    def test_repetitions_are_never_lost(self) -> None:
        moments, _ = live(clip(*bridges(5, hold_s=9.0), fps=6), BRIDGE)
        counts = [moment.repetitions for moment in moments]
        assert counts == sorted(counts)
        assert counts[-1] == 5


CLIP = clip(*flow(rounds(1)), (3, way(all_fours(), lying())), *bridges(1), fps=6)
WHOLE = told(judged(CLIP, *ALL))


@settings(max_examples=10)
@given(st.lists(st.integers(1, len(CLIP) - 1), max_size=6), st.booleans())
def test_the_judgement_does_not_depend_on_how_the_poses_came(cuts: list[int], singly: bool) -> None:
    """Blocks of any size, with single poses between them."""
    session = Session(ALL)
    for number, (start, stop) in enumerate(pairwise(sorted({0, *cuts, len(CLIP)}))):
        if singly and number % 2 and stop - start < 40:
            for pose in CLIP[start:stop]:
                session.update(pose)
        else:
            session.extend(Poses.stack(CLIP[start:stop]))
    assert told(session.judgement()) == WHOLE


def test_nor_on_when_it_was_asked_for() -> None:
    session = Session(ALL)
    for number, pose in enumerate(CLIP):
        session.update(pose)
        if number in (30, 90):
            session.judgement()
    assert told(session.judgement()) == WHOLE


def test_a_session_without_a_pose_says_so() -> None:
    with pytest.raises(ValueError, match="without a pose"):
        Session(ALL).judgement()


def test_a_session_without_a_stretch_says_so() -> None:
    with pytest.raises(ValueError, match="without a stretch"):
        Session([])


def test_one_stretch_in_a_sequence_is_still_to_be_recognised() -> None:
    """Lying down with bent knees is ready for a bridge, and no bridge as long as there is none."""
    poses = clip((3, lying()))
    assert all(moment.stretch is BRIDGE for moment in live(poses, BRIDGE)[0])
    recognising = Session([BRIDGE])
    assert all(recognising.update(pose).stretch is None for pose in poses)


def test_the_only_pose_is_judged_as_a_still() -> None:
    session = Session(BRIDGE)
    session.extend(Poses.stack([raised()]))
    assert session.still().verdict.value == "good"
