"""Clips of a sphinx judged with hindsight: made ones, whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from posecheck.judging.holds import State
from posecheck.judging.judgement import Judgement
from posecheck.rules.stretch import Stretch
from tests.support.films import (
    Part,
    faults_of,
    film_at,
    filmed,
    judged,
    length_s,
    press_up,
    way,
)
from tests.support.poses import all_fours, clip, nobody, prone, sphinx, standing
from tests.support.verdicts import SAMPLINGS, SPHINX, held_s, only, samplings, spans, states_between


class TestSphinx:
    GOOD = (24.0, 8.0, 0.0)
    IN: Sequence[Part] = ((2, prone()), (0.5, way(prone(), sphinx())))
    OUT: Sequence[Part] = ((0.5, way(sphinx(), prone())), (2, prone()))

    def held(self, *middle: Part, fps: float = 30.0, stretch: Stretch = SPHINX) -> Judgement:
        return filmed([*self.IN, *middle, *self.OUT], stretch, fps=fps)

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
        lapse = (10, sphinx()), (0.5, sphinx(neck_flexion=-70)), (10, sphinx())
        judgement = self.held(*lapse, stretch=SPHINX.strictly())
        assert spans(judgement) == spans(whole)
        assert held_s(judgement) == pytest.approx([held_s(whole)[0] - 0.5], abs=0.04)
        # It is a minor one: unless strict, it costs nothing but form.
        assert held_s(self.held(*lapse)) == pytest.approx(held_s(whole), abs=0.04)
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
        assert [held.repetition for held in only(judgement).holds] == [1, 1]

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
