"""Clips that were not filmed at the speed at which they play are told by how people move in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.judging.playback_speed import playback_notes
from posecheck.judging.session import Session
from posecheck.pose.landmarks import Poses
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import load_stretch
from tests.support.films import Part, bridges, film_at, flow, length_s, rounds

BRIDGE, CAT_COW = load_stretch("bridge"), load_stretch("cat-cow")


def notes(parts: list[Part], stretch: Stretch, speed: float) -> list[str]:
    """What is said of parts that are filmed so that they play so many times as fast, at 30 pictures a second."""
    poses = film_at(np.arange(0.0, length_s(parts) - 1e-9, speed / 30.0), parts)
    session = Session([stretch])
    session.extend(Poses.stack([replace(pose, time_s=pose.time_s / speed) for pose in poses]))
    judgement = session.judgement()
    return [note for segment in judgement.segments for note in playback_notes(segment, judgement.measures)]


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_half_and_double_the_speed_are_plausible(speed: float) -> None:
    assert notes(bridges(3), BRIDGE, speed) == []
    assert notes(flow(rounds(3)), CAT_COW, speed) == []


def test_slow_motion_is_noted() -> None:
    (note,) = notes(bridges(2), BRIDGE, 1 / 10)
    assert note.startswith("Bridge: the trunk moves at 2.7° a second")
    assert note.endswith("slower than people do. If this is slow motion, less was held than its seconds say.")


def test_a_time_lapse_is_noted() -> None:
    (note,) = notes(bridges(3, hold_s=30.0), BRIDGE, 10.0)
    assert note.startswith("Bridge: the trunk moves at ")
    assert note.endswith("faster than people do. If this is a time-lapse, more was held than its seconds say.")


def test_one_movement_tells_nothing() -> None:
    assert notes(bridges(1)[:3], BRIDGE, 1 / 10) == []
