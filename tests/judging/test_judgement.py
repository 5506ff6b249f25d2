"""Whole clips judged with hindsight: made ones, whose truth is known, of several stretches or of none."""

from __future__ import annotations

import pytest

from posecheck.judging.holds import State
from posecheck.pose.landmarks import Pose
from posecheck.storage.rule_files import load_stretch
from tests.support.films import (
    Part,
    bridges,
    faults_of,
    film_at,
    filmed,
    flow,
    judged,
    length_s,
    lying,
    rounds,
    told,
    way,
)
from tests.support.poses import all_fours, bridge, clip, nobody, prone, sphinx, standing
from tests.support.verdicts import ALL, SAMPLINGS, samplings, states_between


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


class TestGaps:
    @pytest.mark.parametrize(("gap_s", "spans"), [(0.9, [(0.0, 6.9)]), (1.5, [(0.0, 3.0), (4.5, 7.5)])])
    def test_a_frame_stands_for_a_second_and_no_longer(self, gap_s: float, spans: list[tuple[float, float]]) -> None:
        """A machine that sleeps for a second and a half has seen nobody hold in it."""
        stretch = load_stretch("bridge")
        poses = clip((3.0, bridge())) + clip((3.0, bridge()), start_s=3.0 + gap_s)
        (segment,) = judged(poses, stretch).segments
        assert [(hold.start_s, hold.end_s) for hold in segment.holds] == [
            pytest.approx(span, abs=0.05) for span in spans
        ]


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
