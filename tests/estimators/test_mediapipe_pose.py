"""MediaPipe on real footage: scale, time, outline, silence."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from posecheck.errors import ModelError
from posecheck.estimators.mediapipe_pose import MediaPipeEstimator, outline
from posecheck.estimators.model import DETECTOR, LANDMARKER
from posecheck.estimators.people import difference
from posecheck.pose.frames import Frame
from posecheck.pose.landmarks import OUTLINE_POINTS, Floats, Landmark, Pose
from posecheck.sources import open_source
from tests.support.fakes import PictureFrame
from tests.support.shared_data import real_footage

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def cat() -> NDArray[np.uint8]:
    with open_source(real_footage() / "photos" / "Cat_Stretch_0.jpg") as source:
        return next(iter(source)).rgb(INPUT_PX)


INPUT_PX = 600


def pose_in(model: Path, frame: Frame) -> Pose:
    with MediaPipeEstimator(model, moving=False) as estimator:
        return estimator.estimate(frame)


def seen(values: Floats | None) -> Floats:
    assert values is not None
    return values


def test_the_person_is_found_in_every_frame_of_a_clip_at_its_own_time(model: Path) -> None:
    with open_source(real_footage() / "bridging.mp4") as source, MediaPipeEstimator(model, moving=True) as estimator:
        poses = [(frame.time_s, estimator.estimate(frame)) for frame in source]
    assert len(poses) == 91
    assert all(pose.time_s == time_s for time_s, pose in poses)
    assert all(pose.landmarks is not None and pose.outline is not None for _, pose in poses)
    hips = np.array([seen(pose.landmarks)[Landmark.RIGHT_HIP, :2] for _, pose in poses])
    assert np.abs(np.diff(hips, axis=0)).max() < 40  # tracked: in 33 ms no hip crosses a tenth of the picture


def test_after_a_long_time_without_a_picture_nothing_lingers(model: Path) -> None:
    """As in slides: lying, and two seconds later a bridge, which the tracker's smoothing would put half-way down."""
    with open_source(ROOT / "samples" / "bridge-good-1.mp4") as source:
        lying = next(iter(source)).rgb()
    with open_source(ROOT / "samples" / "bridge-good-1.mp4", start_s=5.0) as source:
        bridge = next(iter(source)).rgb()
    alone = pose_in(model, PictureFrame(bridge))
    with MediaPipeEstimator(model, moving=True) as estimator:
        estimator.estimate(PictureFrame(lying, 0.0))
        later = estimator.estimate(PictureFrame(bridge, 2.0))
    assert difference(seen(later.landmarks), seen(alone.landmarks)) < 0.01


def test_coordinates_are_pixels_of_the_full_frame(model: Path, cat: NDArray[np.uint8]) -> None:
    small = pose_in(model, PictureFrame(cat))
    large = pose_in(model, PictureFrame(cv2.resize(cat, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)))
    scale = seen(large.landmarks)[:, :3] - 3 * seen(small.landmarks)[:, :3]
    assert np.median(np.abs(scale)) < 0.01 * large.width_px
    assert seen(large.outline).max(axis=0) == pytest.approx(3 * seen(small.outline).max(axis=0), rel=0.03)


def test_depth_is_on_the_scale_of_width_whatever_the_height(model: Path, cat: NDArray[np.uint8]) -> None:
    """Bars above and below change a frame's shape but nothing of the person."""
    bars = cv2.copyMakeBorder(cat, 100, 100, 0, 0, cv2.BORDER_REPLICATE)
    plain, barred = (seen(pose_in(model, PictureFrame(picture)).landmarks) for picture in (cat, bars))
    moved = barred[:, :3] - plain[:, :3] - (0, 100, 0)
    assert np.median(np.abs(moved), axis=0) == pytest.approx(0, abs=8)


def test_the_body_lies_within_its_outline(model: Path, cat: NDArray[np.uint8]) -> None:
    pose = pose_in(model, PictureFrame(cat))
    contour = seen(pose.outline).reshape(-1, 1, 2)
    trunk = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
    for landmark in trunk:
        x, y = seen(pose.landmarks)[landmark, :2].tolist()
        assert cv2.pointPolygonTest(contour, (x, y), measureDist=False) > 0


@pytest.mark.parametrize("step_s", [1 / 1000, 1 / 4000])
def test_frames_may_follow_faster_than_mediapipe_counts(model: Path, cat: NDArray[np.uint8], step_s: float) -> None:
    times_s = [index * step_s for index in range(12)]
    with MediaPipeEstimator(model, moving=True) as estimator:
        poses = [estimator.estimate(PictureFrame(cat, time_s)) for time_s in times_s]
    assert [pose.time_s for pose in poses] == times_s
    assert all(pose.landmarks is not None for pose in poses)


def test_a_clock_that_began_long_ago_is_no_hindrance(model: Path, cat: NDArray[np.uint8]) -> None:
    with MediaPipeEstimator(model, moving=True) as estimator:
        poses = [estimator.estimate(PictureFrame(cat, 1e6 + index / 30)) for index in range(3)]
    assert all(pose.landmarks is not None for pose in poses)


@pytest.mark.parametrize("cut_px", [1, 2, 3])
def test_a_picture_may_have_any_width(model: Path, cut_px: int) -> None:
    """Of 0.10.33 each mask whose rows were no whole 16 bytes ended the process."""
    picture = cv2.cvtColor(cv2.imread(str(ROOT / "tests" / "pictures" / "bridge-turned.jpg")), cv2.COLOR_BGR2RGB)
    whole = pose_in(model, PictureFrame(picture))
    cut = pose_in(model, PictureFrame(np.ascontiguousarray(picture[:, :-cut_px])))
    assert np.median(np.abs(seen(cut.landmarks)[:, :2] - seen(whole.landmarks)[:, :2])) < 0.01 * whole.width_px
    assert seen(cut.outline).max(axis=0) == pytest.approx(seen(whole.outline).max(axis=0), rel=0.03)


class TestOutline:
    def test_nothing_above_one_half_has_none(self) -> None:
        assert outline(np.full((48, 64), 0.5, np.float32), 64, 48) is None

    def test_a_line_without_area_has_none(self) -> None:
        mask = np.zeros((48, 64), np.float32)
        mask[10, 5:50] = 1
        assert outline(mask, 64, 48) is None

    def test_the_largest_area_is_taken(self) -> None:
        mask = np.zeros((48, 64), np.float32)
        mask[2:8, 2:8] = 1
        mask[20:40, 30:60] = 1
        found = seen(outline(mask, 64, 48))
        assert found.min(axis=0).tolist() == [30.5, 20.5]
        assert found.max(axis=0).tolist() == [59.5, 39.5]

    def test_is_scaled_to_the_full_frame(self) -> None:
        mask = np.zeros((48, 64), np.float32)
        mask[20:40, 30:60] = 1
        found = seen(outline(mask, 640, 240))
        assert found.min(axis=0).tolist() == [305, 102.5]
        assert found.max(axis=0).tolist() == [595, 197.5]

    def test_has_no_more_points_than_it_may_whatever_the_shape(self) -> None:
        mask = np.random.default_rng(0).random((480, 640), np.float32)
        mask[100:400, 100:500] += 0.3
        assert 100 < len(seen(outline(mask, 640, 480))) <= OUTLINE_POINTS

    @pytest.mark.parametrize("waves", [0, 3, 12])
    def test_a_curved_back_keeps_its_detail(self, waves: int) -> None:
        """A back of 500 px that curves by 15 px in ever more waves."""
        x = np.arange(640)
        back = np.where((x > 70) & (x < 570), 200 + 15 * np.sin((x - 70) / 500 * 2 * np.pi * waves), 480)
        mask = (np.arange(480)[:, None] > back).astype(np.float32)
        mask[400:] = 0
        found = seen(outline(mask, 640, 480))
        assert len(found) <= OUTLINE_POINTS
        drawn = np.zeros((480, 640), np.uint8)
        cv2.fillPoly(drawn, [np.round(found - 0.5).astype(np.int32)], 1)
        wrong_px = np.abs(drawn.sum(axis=0) - mask.sum(axis=0))[80:560]
        assert wrong_px.mean() < 1.0


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != "POSECHECK_DEBUG"}
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, env=clean | environment, check=False
    )


ON_REAL_FOOTAGE = """
import sys
from pathlib import Path
from posecheck.estimators.mediapipe_pose import MediaPipeEstimator
from posecheck.estimators.model import find_model
from posecheck.sources import open_source
assert 'mediapipe' not in sys.modules
for name, moving in (('photos/Cat_Stretch_0.jpg', False), ('bridging.mp4', True)):
    with open_source(Path({real!r}) / name, end_s=0.3) as source:
        with MediaPipeEstimator(find_model(None), moving=moving) as estimator:
            for frame in source:
                assert estimator.estimate(frame).landmarks is not None
                print('.', end='', file=sys.stderr)
assert 'matplotlib.figure' not in sys.modules
"""


def test_only_the_users_own_progress_is_on_stderr(model: Path) -> None:
    ran = run(ON_REAL_FOOTAGE.format(real=str(real_footage())))
    assert (ran.returncode, ran.stderr) == (0, "." * 10)


def test_the_chatter_is_shown_for_debugging(model: Path) -> None:
    ran = run(ON_REAL_FOOTAGE.format(real=str(real_footage())), POSECHECK_DEBUG="1")
    assert ran.returncode == 0
    assert "TensorFlow Lite" in ran.stderr


def test_what_native_code_says_later_is_heard_again(model: Path) -> None:
    ran = run(
        "import os\nfrom pathlib import Path\n"
        "from posecheck.estimators.mediapipe_pose import MediaPipeEstimator\n"
        f"MediaPipeEstimator(Path({str(model)!r}), moving=False).close()\n"
        "os.write(2, b'from C++')"
    )
    assert ran.stderr == "from C++"


@pytest.mark.parametrize("part", [b"", b"x" * 999], ids=["empty", "nonsense"])
def test_a_bundle_that_does_not_load_is_an_error_with_mediapipes_reason(tmp_path: Path, part: bytes) -> None:
    path = tmp_path / "broken.task"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr(DETECTOR, part)
        bundle.writestr(LANDMARKER, part)
    with pytest.raises(ModelError) as caught:
        MediaPipeEstimator(path, moving=True)
    message = str(caught.value)
    assert message.startswith(f"{path}: MediaPipe could not load it (The ")
    assert "--model PATH" in message
    assert "\n" not in message
