"""Each shot of an edited clip is judged by its own view and neutral."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.judging.holds import State
from posecheck.judging.judgement import STATES
from posecheck.judging.session import Session
from posecheck.measures.measurer import Measures, measure
from posecheck.pose.landmarks import Pose, Poses, runs_of
from posecheck.storage.rule_files import load_stretch
from tests.support.films import bridges, faults_of, film_at, length_s, raised
from tests.support.poses import clip, mirrored

BRIDGE = load_stretch("bridge")
SHOT_S = 1.3


def shots(count: int) -> list[Pose]:
    """A bridge that is held throughout, every second shot of it in a mirror."""
    poses = []
    for shot in range(count):
        for pose in clip((SHOT_S, raised())):
            seen = mirrored(pose) if shot % 2 else pose
            poses.append(replace(seen, time_s=pose.time_s + shot * SHOT_S, shot=shot))
    return poses


def test_every_shot_holds_from_its_first_picture() -> None:
    session = Session([BRIDGE])
    session.extend(Poses.stack(shots(6)))
    judgement = session.judgement()
    assert [hold.hold_s for hold in judgement.holds] == pytest.approx([SHOT_S] * 6, abs=0.05)
    assert [segment.start_s for segment in judgement.segments] == pytest.approx([SHOT_S * shot for shot in range(6)])
    states = [STATES[number] for number in judgement.states]
    assert State.NOBODY not in states
    assert states.count(State.HOLDING) >= len(states) - 6  # a hold ends with the last frame of its shot
    assert faults_of(judgement) == {}


def test_segments_name_the_frames_of_the_clip() -> None:
    session = Session([BRIDGE])
    session.extend(Poses.stack(shots(3)))
    for segment in session.judgement().segments:
        part = session.measures().slice(segment.span.start, segment.span.stop)
        assert (part.time_s[0], part.time_s[-1]) == (segment.start_s, segment.end_s)


def test_a_shot_measures_as_if_it_were_alone() -> None:
    poses = shots(2)
    both = measure(Poses.stack(poses))
    alone = [measure(Poses.stack([pose for pose in poses if pose.shot == shot])) for shot in range(2)]
    joined = Measures.concatenate(alone)
    np.testing.assert_array_equal(both.view.facing, joined.view.facing)
    np.testing.assert_array_equal(both.view.near, joined.view.near)
    np.testing.assert_array_equal(both.shot, [0] * 39 + [1] * 39)


def test_another_persons_neutral_is_another() -> None:
    """What comes after is judged as if nothing had been before."""
    parts = bridges(1)
    first = film_at(np.arange(0.0, length_s(parts) - 1e-9, 1.0 / 30.0), parts)
    later = [replace(pose, time_s=pose.time_s + 20.0, shot=1) for pose in first]
    session = Session([BRIDGE])
    session.extend(Poses.stack([*first, *later]))
    one, other = session.judgement().segments
    assert [hold.hold_s for hold in one.holds] == pytest.approx([hold.hold_s for hold in other.holds])
    assert one.references.keys() == other.references.keys()


def test_runs_of_shots() -> None:
    assert runs_of(np.array([0, 0, 1, 3, 3])) == [(0, 2), (2, 3), (3, 5)]
    assert runs_of(np.array([4])) == [(0, 1)]
