"""Landmarks from another program are judged as our own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.judging.judgement import Judgement
from posecheck.judging.session import Session
from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.measurer import measure
from posecheck.pose.from_arrays import poses_from_arrays
from posecheck.pose.landmarks import Joint, Landmark, Poses, Side
from posecheck.storage.recording import Recording
from posecheck.storage.rule_files import load_stretch
from tests.support.films import told
from tests.support.poses import bridge, clip, nobody

RECORDINGS = Path(__file__).parents[2] / "samples" / "recordings"
JUDGED = [Landmark.NOSE, *(joint.on(side) for joint in Joint for side in Side)]


def arrays_of(recording: Path) -> dict[str, Any]:
    """What another program would have: plain arrays."""
    whole = Poses.concatenate(Recording(recording))
    outline = [None if np.isnan(one).any() else one.tolist() for one in whole.outline]
    return {
        "time_s": whole.time_s.tolist(),
        "landmarks": whole.landmarks[..., :2].tolist(),
        "width_px": whole.width_px,
        "height_px": whole.height_px,
        "visibility": whole.landmarks[..., 3].tolist(),
        "outline": outline,
    }


def judged(blocks: list[Poses], name: str) -> Judgement:
    session = Session(load_stretch(name))
    for block in blocks:
        session.extend(block)
    return session.judgement()


@pytest.mark.parametrize(
    ("recording", "name"),
    [("bridge-hips-low-amara", "bridge"), ("cat-cow-good-1-mina", "cat-cow"), ("sphinx-chin-up-bruno", "sphinx")],
)
def test_a_recordings_arrays_come_to_its_verdict(recording: str, name: str) -> None:
    path = RECORDINGS / f"{recording}.npz"
    poses = poses_from_arrays(**arrays_of(path))
    verdict = judged([poses], name)
    assert verdict.holds
    assert told(verdict) == told(judged(list(Recording(path)), name))
    live = Session(load_stretch(name))
    for pose in poses.singly():
        live.update(pose)
    assert told(live.judgement()) == told(verdict)


def test_only_the_landmarks_that_are_named_are_needed() -> None:
    arrays = arrays_of(RECORDINGS / "bridge-hips-low-amara.npz")
    fewer = np.full_like(arrays["landmarks"], np.nan)
    fewer[:, JUDGED] = np.array(arrays["landmarks"])[:, JUDGED]
    whole, part = (
        judged([poses_from_arrays(**arrays | {"landmarks": one})], "bridge") for one in (arrays["landmarks"], fewer)
    )
    assert told(part) == told(whole)


def test_without_outlines_the_back_is_not_known_and_the_rest_is() -> None:
    arrays = arrays_of(RECORDINGS / "cat-cow-good-1-mina.npz") | {"outline": None}
    verdict = judged([poses_from_arrays(**arrays)], "cat-cow")
    assert np.isnan(verdict.measures.get("spine_flexion", FloorContacts.LEVEL)).all()
    assert np.isfinite(verdict.measures.get("elbow_flexion", FloorContacts.LEVEL)).all()
    assert verdict.holds == ()


def test_nobody_is_nobody_and_what_is_missing_is_not_seen() -> None:
    film = Poses.stack(clip((0.5, bridge()), (0.5, nobody()), fps=4))
    landmarks = film.landmarks[..., :3].copy()
    landmarks[0, Landmark.LEFT_PINKY] = np.nan
    poses = poses_from_arrays(film.time_s, landmarks, 640, 480)
    assert [pose.landmarks is None for pose in poses.singly()] == [False, False, True, True]
    assert poses.landmarks[0, Landmark.LEFT_PINKY, 3] == 0
    assert np.delete(poses.landmarks[0, :, 3], Landmark.LEFT_PINKY).tolist() == [1.0] * 32
    assert np.isnan(poses.landmarks[2:]).all()
    assert poses.landmarks[0, Landmark.NOSE, 2] == landmarks[0, Landmark.NOSE, 2]


def test_a_frame_without_an_outline_is_none_or_nan() -> None:
    triangle = [(1.0, 1.0), (9.0, 1.0), (9.0, 9.0)]
    for none in (None, np.full((3, 2), np.nan)):
        poses = poses_from_arrays([0.0, 0.1], BODY, 640, 480, outline=[none, triangle])
        assert np.isnan(poses.outline[0]).all()
        assert poses.outline[1, :4].tolist() == [list(point) for point in [*triangle, triangle[0]]]
        assert np.isfinite(poses.outline[1]).all()


def test_without_visibility_the_right_side_is_near() -> None:
    pose = bridge()
    assert pose.landmarks is not None
    poses = poses_from_arrays([0.0], pose.landmarks[None, :, :2], 640, 480)
    assert measure(poses).view.near.tolist() == [Side.RIGHT]


BODY = np.full((2, 33, 2), 100.0)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"time_s": []}, r"time_s has shape \(0,\)"),
        ({"time_s": 1.0}, r"time_s has shape \(\)"),
        ({"time_s": [0.0, np.nan]}, r"time_s\[1\] is not finite"),
        ({"time_s": [1.0, 1.0]}, r"time_s\[1\] is 1 after 1, allowed: increasing"),
        ({"landmarks": BODY[:1]}, r"landmarks has shape \(1, 33, 2\), allowed: \(2, 33, 2\)"),
        ({"landmarks": BODY[:, :17]}, r"landmarks has shape \(2, 17, 2\)"),
        ({"landmarks": BODY * np.inf}, "infinite"),
        ({"landmarks": BODY / 200}, "looks like shares of the picture"),
        ({"width_px": 0}, "width_px and height_px are 0 and 480"),
        ({"visibility": np.ones((2, 17))}, r"visibility has shape \(2, 17\)"),
        ({"visibility": np.full((2, 33), 80.0)}, "visibility reaches from 80 to 80"),
        ({"outline": [None]}, "outline has 1 entries, allowed: 2"),
        ({"outline": [None, np.zeros((2, 2))]}, r"outline\[1\] has shape \(2, 2\)"),
        ({"outline": [np.zeros((129, 2)), None]}, "K <= 128"),
        ({"outline": [[(1, 1), (9, 1), (9, np.nan)], None]}, r"outline\[0\] is finite in part"),
    ],
)
def test_what_is_wrong_is_said(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        poses_from_arrays(**{"time_s": [0.0, 0.1], "landmarks": BODY, "width_px": 640, "height_px": 480} | changed)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ValueError, match=r"time_s.*landmarks.*width_px.*visibility.*outline"):
        poses_from_arrays([1.0, 0.0], BODY[:1], -1, 480, visibility=BODY, outline=[])
