"""Swings judged pose by pose and all at once, by one and the same code; and followed live."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.coaching.coach import FAULT_S, Coach, Saying
from posecheck.coaching.lesson import Lesson
from posecheck.judging.assessment import usual_references
from posecheck.judging.cues import SWING_S
from posecheck.judging.judgement import SpanEvidence
from posecheck.judging.movements import Judged, SwingJudge, swing_values
from posecheck.judging.session import Moment, Session
from posecheck.measures.measurer import measure
from posecheck.pose.landmarks import Floats, Pose, Poses
from posecheck.presenters.drawing.clip_scenes import ClipScenes
from posecheck.rules.routine import PlannedExercise
from posecheck.rules.rule import SwingRule
from posecheck.storage.rule_files import load_stretch
from tests.support.fakes_measures import measures_of, seconds
from tests.support.films import Part, faults_of, flow, judged, rounds
from tests.support.poses import all_fours, clip, standing

CAT_COW = load_stretch("cat-cow")
RULES = {rule.name: rule for rule in CAT_COW.swing_rules}

FAULTY: dict[str, list[Part]] = {
    "too-fast": flow(rounds(3), end_s=0.3, way_s=0.6),
    "too-little-range": flow(rounds(3, 13.0)),
    "only-the-head": flow(rounds(3, 2.0)),
}


def live(poses: Sequence[Pose]) -> tuple[list[Moment], Session]:
    session = Session(CAT_COW)
    return [session.update(pose) for pose in poses], session


@cache
def followed(name: str, fps: float = 8.0) -> tuple[list[Moment], Session]:
    """A faulty film, or a good one, live: several tests ask about the same, and following it takes seconds."""
    return live(clip(*FAULTY.get(name, flow(rounds(3))), fps=fps))


def judged_singly(rule: SwingRule, time_s: Floats, spine: Floats, neck: Floats, cuts: Sequence[int]) -> list[Judged]:
    """All that is judged before the end is known, as the measures come in parts."""
    measures = measures_of(time_s, spine_flexion=spine, neck_flexion=neck)
    there = np.isfinite(spine)
    judge = SwingJudge(CAT_COW, rule)
    found = []
    for start, stop in pairwise([0, *cuts, len(time_s)]):
        found += judge.update(measures.slice(start, stop), there[start:stop])
    return found + judge.close()


waves = st.lists(st.floats(-80, 80), min_size=2, max_size=12)


class TestSwingJudge:
    @settings(max_examples=40)
    @given(waves, st.sampled_from(sorted(RULES)), st.floats(0.4, 3.0), st.integers(0, 2**31))
    def test_however_the_measures_come_it_judges_the_same(
        self, ends: list[float], name: str, way_s: float, seed: int
    ) -> None:
        generator = np.random.default_rng(seed)
        time_s = np.cumsum(generator.uniform(0.02, 0.12, round(way_s * len(ends) / 0.07) + 2))
        corners = np.arange(len(ends)) * way_s
        spine = np.interp(time_s, corners, ends) + generator.normal(0.0, 2.0, len(time_s))
        neck = np.interp(time_s, corners, ends[::-1])
        spine[generator.random(len(time_s)) < 0.05] = np.nan
        cuts = np.flatnonzero(generator.random(len(time_s) - 1) < generator.choice([0.05, 1.0])) + 1
        rule = RULES[name]
        whole = judged_singly(rule, time_s, spine, neck, [])
        assert judged_singly(rule, time_s, spine, neck, cuts.tolist()) == whole
        measures = measures_of(time_s, spine_flexion=spine, neck_flexion=neck)
        assert swing_values(measures, CAT_COW, rule, np.isfinite(spine)) == whole

    def test_a_swing_is_known_once_the_body_has_turned_back(self) -> None:
        time_s = seconds(12.0)
        spine = np.interp(time_s, (1, 3, 6, 9, 11), (0, 20, -10, 20, 0))
        measures = measures_of(time_s, spine_flexion=spine)
        judge = SwingJudge(CAT_COW, RULES["too-little-range"])
        found = {
            time: one
            for row, time in enumerate(time_s.tolist())
            for one in judge.update(measures.slice(row, row + 1), np.ones(1, bool))
        }
        # 12 degrees back take 1.2 s, as its rule asks of a swing.
        assert list(found) == pytest.approx([7.2, 10.2], abs=0.25)
        assert [one for one, _ in found.values()] == [pytest.approx((3, 6), abs=0.1), pytest.approx((6, 9), abs=0.1)]
        assert [value for _, value in found.values()] == pytest.approx([30, 30], abs=1.5)

    @pytest.mark.parametrize("spike_s", [4.3, 5.0, 5.7])
    def test_it_ends_in_the_middle_of_a_stay_wherever_the_extreme_is(self, spike_s: float) -> None:
        time_s = seconds(14.0)
        spine = np.interp(time_s, (1, 2, 4, 6, 8, 10, 12), (0, 20, -10, -10, 20, 20, -10))
        spine -= np.where(abs(time_s - spike_s) < 0.2, 3.0, 0.0)
        found = judged_singly(RULES["too-little-range"], time_s, spine, spine, [])
        assert [one for one, _ in found[:2]] == [pytest.approx((2, 5), abs=0.3), pytest.approx((5, 9), abs=0.3)]

    @pytest.mark.parametrize(("last", "count"), [(0.0, 2), (-3.0, 3), (-10.0, 3)], ids=["rest", "most", "all the way"])
    def test_the_last_swing_is_judged_unless_it_goes_back_to_rest(self, last: float, count: int) -> None:
        time_s = seconds(12.0)
        spine = np.interp(time_s, (1, 2, 4, 6, 8, 9), (0, 20, -10, 20, last, last + 5))
        found = judged_singly(RULES["too-little-range"], time_s, spine, spine, [])
        assert [value for _, value in found] == pytest.approx([30, 30, 20 - last][:count], abs=2.0)


@pytest.mark.parametrize(("name", "fps"), [*((name, 8.0) for name in FAULTY), ("too-fast", 25.0), ("none", 8.0)])
def test_live_says_what_the_judge_says_afterwards(name: str, fps: float) -> None:
    moments, session = followed(name, fps)
    judgement = session.judgement()
    (segment,) = judgement.segments
    part = session.measures().slice(segment.span.start, segment.span.stop)
    there = SpanEvidence.of(part, CAT_COW).there
    for rule in CAT_COW.swing_rules:
        found = SwingJudge(CAT_COW, rule).update(part, there)
        bad = [interval for interval, value in found if value < rule.min]
        told = faults_of(judgement).get(rule.name, [])
        assert told[: len(bad)] == bad
        assert len(told) <= len(bad) + 1, "the last swing is known at the end"
        seen = [(moment, one) for moment in moments for one in moment.broken if one.cue.rule == rule.name]
        assert sorted({one.swing_s or 0.0 for _, one in seen}) == [end_s for _, end_s in bad]
        # A fault stands from the first bad swing to the next good one.
        firsts = [now for before, now in pairwise([None, *found]) if not before or before[1] >= rule.min]
        starts = [start_s for (start_s, _), value in firsts if value < rule.min]
        assert sorted({one.since_s for _, one in seen}) == starts
        assert all(moment.time_s > (one.swing_s or 0.0) for moment, one in seen)
    cues = {moment.cue.rule for moment in moments if moment.cue}
    assert cues == ({name} & RULES.keys())


LONG = CAT_COW.model_copy(update={"hold": CAT_COW.hold.model_copy(update={"repetitions": 20})})


def spoken(parts: Sequence[Part], fps: float = 8.0) -> list[Saying]:
    session, coach = Session(LONG), Coach(LONG)
    return [saying for pose in clip(*parts, fps=fps) if (saying := coach.update(session.update(pose)))]


class TestSpoken:
    @pytest.mark.parametrize("name", FAULTY)
    def test_the_cue_comes_as_soon_as_the_movement_shows_it(self, name: str) -> None:
        heard = [saying.time_s for saying in spoken(FAULTY[name]) if saying.text == RULES[name].cue]
        moments, _ = followed(name)
        first = next(moment for moment in moments if moment.broken)
        assert heard[0] - first.time_s <= FAULT_S + 5.0, "when what is being said has ended"
        assert heard[0] >= first.time_s
        assert all(later - earlier >= 6.0 for earlier, later in pairwise(heard))

    @pytest.mark.parametrize("name", FAULTY)
    def test_who_moves_well_from_then_on_is_praised(self, name: str) -> None:
        heard = [saying.text for saying in spoken([*FAULTY[name], *flow(rounds(3, 45.0))])]
        assert heard.count(RULES[name].praise) == 1
        assert heard.index(RULES[name].praise) > heard.index(RULES[name].cue)
        assert RULES[name].cue not in heard[heard.index(RULES[name].praise) :]

    def test_who_stops_moving_is_neither_corrected_again_nor_praised(self) -> None:
        bad = FAULTY["too-little-range"]
        end_s = sum(seconds for seconds, _ in bad)
        heard = spoken([*bad, (30.0, all_fours())])
        rule = RULES["too-little-range"]
        assert not [one for one in heard if one.text == rule.cue and one.time_s > end_s + SWING_S]
        assert rule.praise not in {saying.text for saying in heard}

    def test_who_leaves_the_mat_has_mended_nothing(self) -> None:
        parts = [*FAULTY["too-little-range"], (3.0, standing()), *flow(rounds(3, 45.0))]
        assert RULES["too-little-range"].praise not in {saying.text for saying in spoken(parts)}

    def test_after_the_last_word_no_movement_is_spoken_of(self) -> None:
        """The swing back to the middle tells of the last round, when it is over."""
        stretch = CAT_COW.model_copy(update={"hold": CAT_COW.hold.model_copy(update={"repetitions": 2})})
        lesson = Lesson([PlannedExercise(stretch, "", 0.0)])
        beats = [lesson.update(pose) for pose in clip(*flow([*rounds(1), 19.0, -19.0]), fps=8.0) if not lesson.over]
        said = [beat.saying.text for beat in beats if beat.saying]
        last = next(number for number, text in enumerate(said) if text.startswith("That was the last one"))
        assert RULES["too-little-range"].cue not in said[last:]
        after = beats[
            next(number for number, beat in enumerate(beats) if beat.saying and beat.saying.text == said[last]) :
        ]
        assert RULES["too-little-range"].cue not in {beat.text for beat in after}
        assert any(broken.cue.rule == "too-little-range" for beat in after for broken in beat.moment.broken)


def test_the_cue_stands_on_the_screen_while_the_movement_shows_it() -> None:
    lesson = Lesson([PlannedExercise(CAT_COW, "", 0.0)])
    beats = [lesson.update(pose) for pose in clip(*FAULTY["too-fast"], (SWING_S + 4.0, all_fours()), fps=8.0)]
    shown = [beat.pose.time_s for beat in beats if beat.text == RULES["too-fast"].cue]
    known = [one.swing_s for beat in beats for one in beat.moment.broken if one.swing_s is not None]
    assert known[0] < shown[0] < known[0] + 2.0
    assert shown[-1] == pytest.approx(max(known) + SWING_S, abs=0.13)
    assert all(beat.is_correction for beat in beats if beat.text == RULES["too-fast"].cue)


@pytest.mark.parametrize("name", FAULTY)
def test_the_video_of_a_clip_shows_the_same_words(name: str) -> None:
    """With hindsight, while the movement itself is seen."""
    poses = clip(*FAULTY[name], fps=8.0)
    judgement = judged(poses, CAT_COW)
    scenes = ClipScenes(judgement)
    shown = [pose.time_s for index, pose in enumerate(poses) if scenes.at(index, pose).cue == RULES[name].cue]
    assert {scenes.at(index, pose).cue for index, pose in enumerate(poses)} == {None, RULES[name].cue}
    moments, _ = followed(name)
    said = [moment.time_s for moment in moments if moment.cue]
    assert shown[0] < said[0]
    for start_s, end_s in faults_of(judgement)[name]:
        assert any(start_s <= time_s < end_s for time_s in shown)


def test_the_person_neutral_may_come_late() -> None:
    """What was followed by people's usual neutral is judged again by the person's own, and comes to the same."""
    poses = clip(*flow(rounds(4, 13.0), neutral=-40.0), fps=8.0)
    assert usual_references(CAT_COW) != SpanEvidence.of(measure(Poses.stack(poses)), CAT_COW).references
    moments, session = live(poses)
    found = {broken.since_s for moment in moments for broken in moment.broken}
    assert found == {faults_of(session.judgement())["too-little-range"][0][0]}
