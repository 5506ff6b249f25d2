"""Videos, pictures and cameras, opened by other programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from posecheck.errors import InputError, UsageError
from posecheck.sources.opening import open_camera, open_image, open_video
from tests.support.clips import steady, write_video


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_video(tmp_path / "clip.mp4", steady(10, fps=10), size=(64, 48))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    Image.new("RGB", (64, 48)).save(path)
    return path


def test_a_video_by_the_text_of_its_path(clip: Path) -> None:
    with open_video(str(clip), start_s=0.25, end_s=0.65, rotate_deg=90) as video:
        frames = list(video)
    assert [frame.time_s for frame in frames] == pytest.approx([0.3, 0.4, 0.5, 0.6])
    assert {frame.rgb().shape for frame in frames} == {(64, 48, 3)}


def test_a_picture_is_one_frame(picture: Path) -> None:
    with open_image(str(picture)) as image:
        (frame,) = image
    assert (frame.time_s, frame.width_px, frame.height_px) == (0.0, 64, 48)


def test_one_is_not_taken_for_the_other(clip: Path, picture: Path) -> None:
    with pytest.raises(InputError, match="is a picture; open it with open_image"):
        open_video(picture)
    with pytest.raises(InputError, match="moves; open it with open_video"):
        open_image(clip)


def test_a_camera_that_is_not_there(clip: Path) -> None:
    with pytest.raises(InputError, match="camera 99: is not there"):
        open_camera(99)
    with pytest.raises(UsageError, match="is a file, no camera"):
        open_camera(str(clip))
