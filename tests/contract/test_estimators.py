"""What every estimator promises; the fake is held to it too, or tests that use it would prove nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from posecheck.estimators.model import find_model
from posecheck.pose.frames import Estimator, Frame
from posecheck.pose.landmarks import OUTLINE_POINTS, Pose
from posecheck.sources import open_source
from tests.support.fakes import FakeEstimator, FakeFrame
from tests.support.shared_data import real_footage


def fake() -> Estimator:
    """Sees somebody, then nobody."""
    landmarks = np.full((33, 5), 0.5, np.float32)
    outline = np.array([(1, 1), (9, 1), (9, 9)], np.float32)
    return FakeEstimator([Pose(0.0, 1, 1, landmarks, np.zeros((33, 3), np.float32), outline), None])


def mediapipe(*, moving: bool) -> Callable[[], Estimator]:
    def make() -> Estimator:
        from posecheck.estimators.mediapipe_pose import MediaPipeEstimator

        return MediaPipeEstimator(find_model(None), moving=moving)

    return make


def finder(*, moving: bool) -> Callable[[], Estimator]:
    def make() -> Estimator:
        from posecheck.estimators.finder import find_person

        return find_person(find_model(None), moving=moving)

    return make


def public(*, moving: bool) -> Callable[[], Estimator]:
    def make() -> Estimator:
        from posecheck.estimators.factory import PoseEstimator

        return PoseEstimator(moving=moving)

    return make


KINDS = {
    "fake": fake,
    "mediapipe video": mediapipe(moving=True),
    "mediapipe image": mediapipe(moving=False),
    "finder video": finder(moving=True),
    "finder image": finder(moving=False),
    "public video": public(moving=True),
    "public image": public(moving=False),
}


@pytest.fixture(scope="module")
def somebody() -> Frame:
    with open_source(real_footage() / "photos" / "Cat_Stretch_0.jpg") as source:
        return next(iter(source))


@pytest.fixture(scope="module", params=KINDS)
def poses(request: pytest.FixtureRequest, somebody: Frame) -> Iterator[tuple[Pose, Pose]]:
    """Of a frame that shows somebody, and of one that shows nobody."""
    with KINDS[request.param]() as estimator:
        yield estimator.estimate(somebody), estimator.estimate(FakeFrame(5.25, 320, 480))


def test_time_and_size_are_the_frames_own(poses: tuple[Pose, Pose], somebody: Frame) -> None:
    found, nobody = poses
    assert (found.time_s, found.width_px, found.height_px) == (0.0, somebody.width_px, somebody.height_px)
    assert (nobody.time_s, nobody.width_px, nobody.height_px) == (5.25, 320, 480)


def test_landmarks_have_their_shape_and_range(poses: tuple[Pose, Pose]) -> None:
    landmarks = poses[0].landmarks
    assert landmarks is not None
    assert (landmarks.shape, landmarks.dtype) == ((33, 5), np.float32)
    assert np.isfinite(landmarks).all()
    assert ((landmarks[:, 3:] >= 0) & (landmarks[:, 3:] <= 1)).all()


def test_world_landmarks_have_their_shape(poses: tuple[Pose, Pose]) -> None:
    world = poses[0].world
    assert world is not None
    assert (world.shape, world.dtype) == ((33, 3), np.float32)


def test_the_outline_has_an_area_within_the_frame(poses: tuple[Pose, Pose]) -> None:
    found = poses[0]
    assert found.outline is not None
    assert found.outline.dtype == np.float32
    assert 3 <= len(found.outline) <= OUTLINE_POINTS
    assert (found.outline >= 0).all()
    assert (found.outline <= (found.width_px, found.height_px)).all()


def test_nobody_is_a_fact_and_no_error(poses: tuple[Pose, Pose]) -> None:
    nobody = poses[1]
    assert (nobody.landmarks, nobody.world, nobody.outline) == (None, None, None)
