"""Lifts: counted however short, judged at the top whether or not the trunk stands still, live as with hindsight."""

from __future__ import annotations

import pytest

from posecheck.judging.judgement import Segment
from posecheck.judging.session import Moment, Session
from posecheck.pose.landmarks import Pose
from posecheck.storage.rule_files import load_stretch
from tests.support.films import Part, filmed, lift, lying, raised
from tests.support.poses import clip, nobody
from tests.support.verdicts import only

BRIDGE = load_stretch("bridge")


def lifts(count: int, height: float = 33.0, top_s: float = 0.6, rest_s: float = 1.0) -> list[Part]:
    """Quick lifts from rest, which never stand still for long at the top."""
    up, down = (0.8, lift(4.0, height)), (0.8, lift(height, 4.0))
    return [
        (2.0, lying()),
        *(part for _ in range(count) for part in (up, (top_s, raised(height)), down, (rest_s, lying()))),
    ]


def judged(parts: list[Part]) -> Segment:
    return only(filmed(parts, BRIDGE))


def test_each_quick_lift_counts_with_its_height_and_its_time_at_the_top() -> None:
    segment = judged(lifts(5))
    assert segment.repetitions == len(segment.lifts) == 5
    for one in segment.lifts:
        assert one.counts
        assert one.height == pytest.approx(29.0, abs=1.0)  # from the person's own rest, at 4 degrees
        assert one.top_s == pytest.approx(0.6 + 2 * 0.23, abs=0.15)  # and the last fifth of the way up and down


def test_a_lift_that_stalls_low_is_one_at_fault_and_not_nothing() -> None:
    segment = judged([*lifts(2), *lifts(1, height=13.0)[1:]])
    assert segment.repetitions == 2
    assert [[fault.rule for fault in one.faults] for one in segment.lifts] == [[], [], ["hips-low"]]
    ((start_s, end_s),) = next(fault.intervals for fault in segment.faults if fault.cue.rule == "hips-low")
    assert segment.lifts[2].start_s < start_s < end_s <= segment.lifts[2].end_s + 0.05


def test_being_unseen_for_a_moment_parts_no_lift_and_a_rest_does() -> None:
    held = [(2.0, lying()), (1.2, lift(4.0, 33.0)), (2.0, raised()), (1.5, nobody()), (2.0, raised())]
    assert len(judged([*held, (1.2, lift(33.0, 4.0)), (1.0, lying())]).lifts) == 1
    assert len(judged(lifts(2, rest_s=0.5)).lifts) == 2


def test_a_stretch_with_phases_has_rounds_and_no_lifts() -> None:
    assert BRIDGE.hold.aim == "repetitions"
    assert not load_stretch("cat-cow").hold.height


def moments(poses: list[Pose]) -> list[Moment]:
    session = Session(BRIDGE)
    return [session.update(pose) for pose in poses]


def test_live_a_quick_lift_at_fault_is_told_once_it_is_over() -> None:
    parts = lifts(1, height=13.0, top_s=0.3)
    seen = moments(clip(*parts))
    over_s = 2.0 + 0.8 + 0.3 + 0.8
    told = [moment for moment in seen if any(one.cue.rule == "hips-low" for one in moment.broken)]
    assert told
    assert told[0].time_s == pytest.approx(over_s, abs=0.4)
    assert told[-1].cue is not None
    assert told[-1].cue.text == "Press your feet down and lift your hips a little higher."


def test_live_a_good_quick_lift_is_told_nothing() -> None:
    assert not any(moment.broken for moment in moments(clip(*lifts(2))))
