"""Whole clips judged with hindsight: made ones, whose truth is known, of several stretches or of none."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.judging.assessment import usual_references
from posecheck.judging.form_score import FormScore
from posecheck.judging.holds import State
from posecheck.judging.judgement import SpanEvidence
from posecheck.judging.situation import Situation
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


def test_a_bridge_held_well_scores_nearly_all_and_ends_with_the_clip() -> None:
    judgement = filmed(bridges(1), load_stretch("bridge"))
    (segment,) = judgement.segments
    (hold,) = segment.holds
    assert 95 < hold.score <= 100
    assert segment.score.value == pytest.approx(hold.score)
    assert segment.end_s == judgement.measures.time_s[-1]
    assert segment.repetitions == 1


def test_a_fault_says_on_which_side_of_the_limit_it_lay() -> None:
    (segment,) = filmed(bridges(1, top=14), load_stretch("bridge")).segments
    assert segment.faults[0].cue.text == "Press your feet down and lift your hips a little higher."
    assert segment.score.value == 0


def test_movements_take_from_the_holds_score_and_never_more_than_all() -> None:
    assert FormScore(80.0, {}).value == 80
    assert FormScore(80.0, {"too-fast": 30.0, "hips-rocking": 10.0}).value == 40
    assert FormScore(20.0, {"too-fast": 30.0}).value == 0


def test_only_a_neutral_that_was_not_seen_is_the_usual_one() -> None:
    (seen,) = filmed(flow(rounds(2)), load_stretch("cat-cow")).segments
    (bridge_,) = filmed(bridges(1), load_stretch("bridge")).segments
    (only_a_cat,) = filmed([(4, all_fours(spine_flexion=90))], load_stretch("cat-cow")).segments
    assert [one.neutral_is_usual for one in (seen, bridge_, only_a_cat)] == [False, False, True]
    assert only_a_cat.references == usual_references(only_a_cat.stretch)


def test_a_rule_compares_nothing_while_somebody_is_not_in_the_posture() -> None:
    stretch = load_stretch("bridge")
    course = SpanEvidence.of(filmed(bridges(1), stretch).measures, stretch)
    in_posture = course.evidence.situation == Situation.POSTURE
    (rule,) = [one for one in stretch.rules if one.name == "hips-low"]
    assert 0 < in_posture.sum() < len(in_posture)
    np.testing.assert_array_equal(np.isfinite(course.values(rule)), in_posture)
