"""Clips of cat-cow judged with hindsight: made ones, whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.films import (
    Part,
    faults_of,
    film_at,
    filmed,
    flow,
    judged,
    length_s,
    rounds,
    way,
)
from tests.support.poses import all_fours, clip, prone, standing
from tests.support.verdicts import ALL, CAT_COW, SAMPLINGS, only, samplings, spans


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
        assert only(judgement).rounds == 3
        assert only(filmed(parts, CAT_COW.strictly())).rounds == 2

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
