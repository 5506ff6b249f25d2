"""Films of few pictures a second, and recordings of them: held seconds, and never a false fault."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.judging.holds import State
from posecheck.judging.judgement import STATES
from posecheck.pose.landmarks import Poses
from posecheck.pose.pace import longest_gap_s, usual_gap_s
from posecheck.storage.rule_files import load_stretch
from tests.support.films import bridges, faults_of, film_at, filmed, flow, judged, length_s, rounds

BRIDGE, CAT_COW = load_stretch("bridge"), load_stretch("cat-cow")
SLOW = [0.5, 0.94, 1.0, 2.0, 3.0, 5.0]


@pytest.mark.parametrize("first", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("fps", SLOW)
def test_a_bridge_is_held_to_within_a_picture_and_without_a_fault(fps: float, first: float) -> None:
    parts = bridges(2, hold_s=8.0)
    whole = filmed(parts, BRIDGE)
    slow = judged(film_at(np.arange(first / fps, length_s(parts) - 1e-9, 1.0 / fps), parts), BRIDGE)
    assert faults_of(slow) == {}
    held = [[hold.hold_s for hold in segment.holds] for segment in (whole.segments[0], slow.segments[0])]
    assert len(held[1]) == 2
    assert held[1] == pytest.approx(held[0], abs=1.0 / fps + 0.3)
    assert State.NOBODY not in {STATES[number] for number in slow.states}


@pytest.mark.parametrize("fps", [0.5, 1.0, 2.0])
def test_hips_that_stay_low_are_still_a_fault(fps: float) -> None:
    parts = bridges(1, top=13.0, hold_s=12.0)
    slow = judged(film_at(np.arange(0.0, length_s(parts) - 1e-9, 1.0 / fps), parts), BRIDGE)
    assert "hips-low" in faults_of(slow)


@pytest.mark.parametrize("first", [0.0, 0.5])
@pytest.mark.parametrize("fps", SLOW)
def test_a_good_cat_cow_is_not_called_fast_or_small(fps: float, first: float) -> None:
    parts = flow(rounds(4))
    slow = judged(film_at(np.arange(first / fps, length_s(parts) - 1e-9, 1.0 / fps), parts), CAT_COW)
    assert not {"too-fast", "too-little-range"} & set(faults_of(slow))


def test_a_hole_in_a_slow_film_is_a_hole() -> None:
    parts = bridges(1, hold_s=20.0)
    times = np.concatenate([np.arange(0.0, 10.0), np.arange(16.0, 24.0)])
    slow = judged(film_at(times, parts), BRIDGE)
    assert sum(hold.hold_s for hold in slow.segments[0].holds) < 16.0


def test_the_pace_is_the_median_and_one_picture_tells_for_three_seconds_at_most() -> None:
    assert usual_gap_s(np.array([0.0, 1.0, 2.0])) == 0.0
    assert usual_gap_s(np.array([0.0, 1.0, 2.0, 9.0])) == 1.0
    assert longest_gap_s(np.arange(9.0), 1.0) == 1.5
    assert longest_gap_s(2.5 * np.arange(9.0), 1.0) == 3.0
    assert longest_gap_s(np.arange(9.0) / 30.0, 1.0) == 1.0
    assert longest_gap_s(Poses.stack(film_at(np.array([0.0]), bridges())).time_s, 1.0) == 1.0
