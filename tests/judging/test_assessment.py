"""Frames judged against a stretch: situations, rules, limits for leaving, what is not seen, what moves."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.judging.assessment import (
    MOVING_DEG_PER_S,
    RATE_WINDOW_S,
    STANDS_S,
    Assessment,
    Assessor,
    Baseline,
    assess,
    quality,
)
from posecheck.judging.misfits import Misfit, misfits
from posecheck.judging.situation import UPRIGHT_DEG, Situation
from posecheck.rules.stretch import Stretch
from tests.support.fakes_measures import RULE, flow_stretch, measures_of, raise_stretch, ramps, seconds

LIFT, FLOW = raise_stretch(), flow_stretch()
LOW, KNEES = 0, 1


def judged(stretch: Stretch, references: Mapping[str, Baseline] | None = None, **values: Any) -> Assessment:
    """Frames a tenth of a second apart."""
    count = max(np.size(value) for value in values.values())
    return assess(measures_of(np.arange(count) / 10.0, **values), stretch, references)


def situations(assessment: Assessment) -> list[Situation]:
    return [Situation(int(number)) for number in assessment.situation]


@pytest.mark.parametrize(
    ("trunk", "situation"),
    [(0, Situation.READY), (9, Situation.ELSEWHERE), (12, Situation.POSTURE), (-20, Situation.ELSEWHERE)],
)
def test_the_situation_follows_the_conditions(trunk: float, situation: Situation) -> None:
    assert situations(judged(LIFT, trunk_pitch=trunk)) == [situation]


@pytest.mark.parametrize(
    ("seen", "situation"),
    [
        ({"off_side_on_deg": np.nan}, Situation.NOBODY),
        ({"off_side_on_deg": np.nan, "inside": np.nan, "uprightness_deg": np.nan}, Situation.NOBODY),
        ({"off_side_on_deg": 31}, Situation.VIEW_WRONG),
        ({"off_side_on_deg": 29}, Situation.POSTURE),
        ({"inside": False}, Situation.CUT_OFF),
        ({"inside": True}, Situation.POSTURE),
        ({"uprightness_deg": UPRIGHT_DEG + 1}, Situation.ELSEWHERE),
        ({"uprightness_deg": UPRIGHT_DEG + 1, "off_side_on_deg": 80}, Situation.ELSEWHERE),
    ],
)
def test_what_cannot_be_judged_comes_before_the_posture(seen: dict[str, float], situation: Situation) -> None:
    assessment = judged(LIFT, trunk_pitch=30, **seen)
    assert situations(assessment) == [situation]
    assert assessment.good.tolist() == [situation is Situation.POSTURE]


def test_the_camera_says_how_far_off_side_on_is_too_far() -> None:
    strict = raise_stretch(camera={"advice": "From the side.", "max_off_side_on_deg": 10})
    assert situations(judged(strict, trunk_pitch=30, off_side_on_deg=15)) == [Situation.VIEW_WRONG]


def test_a_posture_is_left_beyond_its_margin_and_entered_within_its_limit() -> None:
    trunk = np.array([9.9, 10.0, 9.0, 8.0, 7.9, 9.0, 10.0])
    assert [one is Situation.POSTURE for one in situations(judged(LIFT, trunk_pitch=trunk))] == [
        False,
        True,
        True,
        True,
        False,
        False,
        True,
    ]


def test_a_rule_is_broken_beyond_its_margin_and_mended_within_its_limit() -> None:
    knees = np.array([21.0, 20.0, 22.0, 24.0, 24.1, 21.0, 20.0, -23.0, -24.5, -19.0])
    assessment = judged(LIFT, trunk_pitch=30, knee_flexion=knees)
    assert assessment.outside[:, KNEES].tolist() == [True, False, False, False, True, True, False, False, True, False]
    assert assessment.low[assessment.outside[:, KNEES], KNEES].tolist() == [False, False, False, True]
    assert assessment.good.all()  # a minor one, which lowers the score
    strict = judged(LIFT.strictly(), trunk_pitch=30, knee_flexion=knees)
    assert strict.good.tolist() == (~assessment.outside[:, KNEES]).tolist()


def test_which_side_is_missed_is_known_within_the_margin_too() -> None:
    """Who has left the range and is half-way back is still told to come from the same side."""
    knees = np.array([-25.0, -21.0, -19.0, 25.0, 21.0])
    assessment = judged(LIFT, trunk_pitch=30, knee_flexion=knees)
    assert assessment.outside[:, KNEES].tolist() == [True, True, False, True, True]
    assert assessment.low[:, KNEES].tolist() == [True, True, False, False, False]


def test_nothing_seen_leaves_things_as_they_were_for_a_moment() -> None:
    unseen = [np.nan] * round(STANDS_S * 10)
    inside = judged(LIFT, trunk_pitch=np.array([30.0, *unseen, 30.0]))
    assert inside.good.all()
    outside = judged(LIFT, trunk_pitch=30, knee_flexion=np.array([-40.0, *unseen, -40.0]))
    assert outside.outside[:, KNEES].all()
    assert outside.low[:, KNEES].all()


def test_and_no_longer() -> None:
    count = round(STANDS_S * 10)
    unseen = [np.nan] * (count + 1)
    posture = judged(LIFT, trunk_pitch=np.array([30.0, *unseen, 9.0, 30.0]))
    assert situations(posture)[count:] == [
        Situation.POSTURE,
        Situation.ELSEWHERE,
        Situation.ELSEWHERE,  # in the margin, which is for those who were inside
        Situation.POSTURE,
    ]
    rule = judged(LIFT, trunk_pitch=30, knee_flexion=np.array([-40.0, *unseen, -40.0]))
    assert rule.outside[:, KNEES].tolist() == [*[True] * (count + 1), False, True]


def test_what_was_never_seen_breaks_no_rule_and_meets_no_condition() -> None:
    assert judged(LIFT, trunk_pitch=30, knee_flexion=np.nan).good.tolist() == [True]
    assert situations(judged(LIFT, trunk_pitch=np.nan)) == [Situation.ELSEWHERE]


class TestPhases:
    def reached(self, spine: Any, reference: Baseline) -> list[int]:
        found: list[int] = judged(
            FLOW, {"spine_flexion": reference}, knee_flexion=90, spine_flexion=spine
        ).phase.tolist()
        return found

    def test_they_count_from_neutral(self) -> None:
        assert self.reached(np.array([-40.0, -60.0, -80.0]), Baseline(-60.0, 0.0)) == [0, -1, 1]

    def test_they_are_narrower_by_what_is_not_known_of_it(self) -> None:
        assert self.reached(np.array([15.0, 19.9, 20.0]), Baseline(0.0, 5.0)) == [-1, -1, 0]

    def test_they_are_left_beyond_their_margin(self) -> None:
        assert self.reached(np.array([15.0, 10.0, 9.9, -15.0, -10.0, -9.9]), Baseline(0.0, 0.0)) == [
            0,
            0,
            -1,
            1,
            1,
            -1,
        ]

    def test_between_them_the_posture_is_ready(self) -> None:
        assert situations(judged(FLOW, knee_flexion=90, spine_flexion=np.array([10.0, 80.0]))) == [
            Situation.READY,
            Situation.POSTURE,
        ]

    def test_a_rule_of_one_phase_is_not_judged_in_another(self) -> None:
        values = {"knee_flexion": 90, "spine_flexion": np.array([60.0, -60.0, 0.0]), "elbow_flexion": 50}
        assessment = judged(FLOW, {"spine_flexion": Baseline(0.0, 0.0)}, **values)
        assert assessment.outside[:, 0].tolist() == [True, False, False]
        assert assessment.quality.tolist() == [0.25, 1.0, 1.0]


def test_a_rule_is_wider_by_what_is_not_known_of_neutral() -> None:
    rule = {"measure": "heel_height", "max": 0.1, "relative_to": "neutral", "cue_high": "Down."}
    stretch = raise_stretch(
        rules=[RULE | rule | {"name": "heels"}], neutral={"heel_height": {"value": 0, "uncertainty": 0.2, "why": "A"}}
    )
    heels = np.array([0.29, 0.31])
    assert judged(stretch, trunk_pitch=30, heel_height=heels).outside[:, 0].tolist() == [False, True]
    own = {"heel_height": Baseline(-0.1, 0.0)}
    assert judged(stretch, own, trunk_pitch=30, heel_height=np.array([-0.01, 0.01])).outside[:, 0].tolist() == [
        False,
        True,
    ]


class TestMoving:
    def faulty(self, *corners: tuple[float, float], fps: float = 30.0, **others: Any) -> tuple[Any, Any]:
        time_s = seconds(corners[-1][0], fps)
        return time_s, assess(measures_of(time_s, trunk_pitch=ramps(time_s, *corners), **others), LIFT).faulty[:, LOW]

    @pytest.mark.parametrize("fps", [8.0, 15.0, 30.0, 60.0])
    @pytest.mark.parametrize("down", [False, True])
    def test_a_trunk_on_its_way_is_no_fault(self, fps: float, down: bool) -> None:
        way_s = 15.0 / (MOVING_DEG_PER_S + 0.5)
        corners = [(0.0, 10.0), (way_s, 25.0)]
        if down:
            corners = [(0.0, 25.0), (1.0, 25.0), (1.0 + way_s, 10.0)]
        time_s, faulty = self.faulty(*corners, fps=fps)
        assert not faulty[time_s > RATE_WINDOW_S].any()

    def test_one_that_stalls_low_is(self) -> None:
        time_s, faulty = self.faulty((0, 0), (1, 0), (3, 14), (8, 14))
        assert not faulty[(time_s > 1.0 + RATE_WINDOW_S) & (time_s < 3.0)].any()
        assert faulty[time_s > 3.0 + RATE_WINDOW_S].all()

    def test_it_is_at_fault_in_little_more_than_half_a_second(self) -> None:
        time_s, faulty = self.faulty((0, 0), (1, 0), (3, 14), (8, 14))
        assert faulty[time_s > 3.6].all()

    def test_a_joint_that_quivers_by_half_a_degree_is_not_on_its_way(self) -> None:
        time_s = seconds(20.0)
        trunk = 14.0 + np.random.default_rng(1).normal(0.0, 0.5, len(time_s))
        assert assess(measures_of(time_s, trunk_pitch=trunk), LIFT).faulty[:, LOW].mean() > 0.9

    def test_one_that_sags_slowly_is(self) -> None:
        time_s, faulty = self.faulty((0, 30), (1, 30), (1 + 20 / (MOVING_DEG_PER_S - 0.5), 10))
        assert faulty[time_s > time_s[-1] - 2.0].all()

    @pytest.mark.parametrize(("per_s", "fault"), [(20.0 / 6.0, False), (2.2, True)], ids=["slow lift", "breathing"])
    def test_a_small_bridge_in_slow_six_seconds_is_on_its_way_and_breathing_is_not(
        self, per_s: float, fault: bool
    ) -> None:
        time_s, faulty = self.faulty((0, 11), (8.0 / per_s, 19))
        assert faulty[time_s > RATE_WINDOW_S].all() == fault
        assert faulty[time_s > RATE_WINDOW_S].any() == fault

    def test_breathing_and_noise_do_not_hide_a_fault(self) -> None:
        time_s = seconds(20.0)
        noise = np.random.default_rng(1).normal(0.0, 0.15, len(time_s))
        trunk = 14.0 + 1.0 * np.sin(2.0 * np.pi * 0.25 * time_s) + noise
        assert assess(measures_of(time_s, trunk_pitch=trunk), LIFT).faulty[:, LOW].mean() > 0.98

    def test_a_noisy_knee_does_not_hide_its_fault(self) -> None:
        time_s = seconds(10.0)
        knee = 45.0 + np.random.default_rng(1).normal(0.0, 3.0, len(time_s))
        assert assess(measures_of(time_s, trunk_pitch=30, knee_flexion=knee), LIFT).faulty[:, KNEES].all()

    def test_a_rule_that_does_not_wait_is_judged_on_the_way(self) -> None:
        rule = RULE | {"name": "low", "measure": "trunk_pitch", "min": 20, "cue_low": "Higher.", "while_moving": True}
        time_s = seconds(2.0)
        measures = measures_of(time_s, trunk_pitch=ramps(time_s, (0, 10), (2, 19)))
        assert assess(measures, raise_stretch(rules=[rule])).faulty.all()

    def test_one_that_comes_after_another_is_judged_when_that_is_mended(self) -> None:
        low = RULE | {"name": "low", "measure": "trunk_pitch", "min": 20, "cue_low": "Higher."}
        knees = RULE | {"name": "knees", "measure": "knee_flexion", "max": 20, "cue_high": "Straighter."}
        stretch = raise_stretch(rules=[low, knees | {"after": ["low"]}])
        time_s = seconds(6.0)
        measures = measures_of(time_s, trunk_pitch=np.where(time_s < 3.0, 12.0, 30.0), knee_flexion=45)
        assessment = assess(measures, stretch)
        assert assessment.outside[:, KNEES].all()
        assert not assessment.good.any()
        assert not assessment.faulty[time_s < 3.0, KNEES].any()
        assert assessment.faulty[time_s > 4.0, KNEES].all()

    def test_good_form_is_good_on_the_way_too(self) -> None:
        time_s = seconds(2.0)
        assert assess(measures_of(time_s, trunk_pitch=ramps(time_s, (0, 25), (2, 60))), LIFT).good.all()


class TestQuality:
    def test_the_measure_with_the_least_room_decides(self) -> None:
        assert quality(np.array([[1.0, 0.5], [0.0, 1.0], [1.0, 1.0]])).tolist() == [0.75, 0.5, 1.0]

    def test_it_is_half_on_a_limit_and_whole_a_margin_inside(self) -> None:
        knees = np.array([20.0, 18.0, 16.0, 0.0])
        assert judged(LIFT, trunk_pitch=30, knee_flexion=knees).quality.tolist() == [0.5, 0.75, 1.0, 1.0]

    def test_what_is_not_seen_takes_nothing_off(self) -> None:
        assert judged(LIFT, trunk_pitch=30, knee_flexion=np.nan).quality.tolist() == [1.0]

    def test_with_all_rules_off_all_is_well(self) -> None:
        off = {"title": "All", "advice": "None.", "rules": {"low": {"off": True}, "knees": {"off": True}}}
        stretch = raise_stretch(modifications={"free": off}).modified(["free"])
        assessment = judged(stretch, trunk_pitch=12)
        assert (assessment.quality.tolist(), assessment.good.tolist()) == ([1.0], [True])


def test_misfits_are_ordered_by_how_far_they_miss() -> None:
    conditions = {
        "trunk_pitch": {"min": 10},
        "knee_flexion": {"max": 20, "cue_high": "Stretch your legs."},
        "hip_flexion": {"max": 90},
    }
    stretch = raise_stretch(posture={"description": "Up.", "where": conditions})
    missed = misfits(measures_of([0.0], trunk_pitch=7, knee_flexion=60, hip_flexion=np.nan), stretch)
    assert missed == [
        Misfit("knee_flexion", (-np.inf, 20.0), 60.0, "Stretch your legs."),
        Misfit("trunk_pitch", (10.0, np.inf), 7.0, None),
    ]


@pytest.mark.parametrize("stretch", [LIFT, FLOW], ids=["lift", "flow"])
@given(seed=st.integers(0, 1000), cuts=st.lists(st.integers(1, 59), max_size=8))
def test_the_size_of_the_chunks_changes_nothing(stretch: Stretch, seed: int, cuts: list[int]) -> None:
    generator = np.random.default_rng(seed)
    time_s = np.cumsum(generator.uniform(0.02, 0.4, 60))

    def walk(step: float, start: float) -> Any:
        values = start + np.cumsum(generator.normal(0.0, step, 60))
        return np.where(generator.random(60) < 0.3, np.nan, values)

    values = {"trunk_pitch": walk(4, 10), "spine_flexion": walk(15, 10), "elbow_flexion": walk(4, 30)}
    measures = measures_of(time_s, knee_flexion=walk(6, 40 if stretch is LIFT else 60), **values)
    whole = assess(measures, stretch)
    assessor = Assessor(stretch, {name: Baseline(one.value, one.uncertainty) for name, one in stretch.neutral.items()})
    edges = sorted({0, *cuts, 60})
    parts = [assessor.update(measures.slice(a, b)) for a, b in pairwise(edges)]
    for name in ("situation", "phase", "outside", "low", "quality", "good", "faulty"):
        np.testing.assert_array_equal(np.concatenate([getattr(part, name) for part in parts]), getattr(whole, name))
