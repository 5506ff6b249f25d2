"""What every source promises, whatever it reads."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posecheck.pose.frames import Source, SourceKind
from posecheck.sources import open_source
from posecheck.sources.paced import PacedSource
from tests.support.clips import BLUE, GREEN, RED, WHITE, corners, quarters, steady, write_video


def video(suffix: str, codec: str) -> Callable[[Path], Path]:
    return lambda folder: write_video(folder / f"clip{suffix}", steady(8, fps=10), codec=codec)


def still(suffix: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / f"picture{suffix}"
        Image.fromarray(quarters()).save(path)
        return path

    return write


KINDS = {
    "mp4": video(".mp4", "libx264"),
    "mov": video(".mov", "mpeg4"),
    "mkv": video(".mkv", "libx264"),
    "webm": video(".webm", "libvpx"),
    "avi": video(".avi", "mjpeg"),
    "ts": video(".ts", "libx264"),
    "jpg": still(".jpg"),
    "png": still(".png"),
    "webp": still(".webp"),
}


@pytest.fixture(params=KINDS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return KINDS[request.param](tmp_path)


def paced(path: Path) -> Source:
    """At the clip's own pace, by a clock that waiting moves on."""
    now_s = [0.0]

    def sleep(seconds: float) -> None:
        now_s[0] += seconds

    return PacedSource(open_source(path), clock=lambda: now_s[0], sleep=sleep)


@pytest.fixture(params=[open_source, paced], ids=["read", "paced"])
def source(request: pytest.FixtureRequest, path: Path) -> Source:
    return request.param(path)


def test_information_agrees_with_the_frames(source: Source, path: Path) -> None:
    with source:
        frames = list(source)
    assert source.info.name == path.name
    assert {(frame.width_px, frame.height_px) for frame in frames} == {(source.info.width_px, source.info.height_px)}
    if source.info.kind is SourceKind.STILL:
        assert (len(frames), source.info.frame_count, source.info.duration_s) == (1, 1, 0.0)
    else:
        assert len(frames) == 8
        # An estimate, for progress: some containers know their frames, others only a length and a nominal rate.
        assert source.info.frame_count is not None
        assert source.info.duration_s is not None
        assert source.info.duration_s >= frames[-1].time_s


def test_times_begin_at_0_and_increase(source: Source) -> None:
    with source:
        times_s = [frame.time_s for frame in source]
    assert times_s[0] == 0.0
    assert all(earlier < later for earlier, later in pairwise(times_s))


def test_nothing_was_lost(source: Source) -> None:
    with source:
        list(source)
    assert (source.frames_skipped, source.warnings) == (0, [])


def test_is_read_through_once(source: Source) -> None:
    with source:
        assert list(source)
        assert not list(source)


@pytest.mark.parametrize("max_side_px", [None, 1000, 64, 32, 17, 1])
def test_pictures_are_rgb_of_the_size_asked_for(source: Source, max_side_px: int | None) -> None:
    with source:
        frame = next(iter(source))
    picture = frame.rgb(max_side_px)
    shrink = min(1.0, (max_side_px or 1000) / 64)
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous
    assert picture.shape == (max(1, round(48 * shrink)), round(64 * shrink), 3)


@pytest.mark.parametrize("max_side_px", [None, 32])
def test_colours_and_corners_are_right(source: Source, max_side_px: int | None) -> None:
    with source:
        picture = next(iter(source)).rgb(max_side_px)
    assert corners(picture) == [RED, GREEN, BLUE, WHITE]


def test_a_picture_may_be_changed_without_changing_the_frame(source: Source) -> None:
    with source:
        frame = next(iter(source))
    frame.rgb()[:] = 0
    assert frame.rgb().any()


def test_a_frame_outlives_its_source(source: Source) -> None:
    with source:
        frame = next(iter(source))
    assert frame.rgb().shape == (48, 64, 3)


def test_closes_its_file(source: Source, path: Path) -> None:
    with source:
        next(iter(source))
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("open files are listed on Linux only")
    open_files = [entry.resolve() for entry in descriptors.iterdir()]
    assert path.resolve() not in open_files


def test_the_kind_is_told_from_the_content(source: Source, path: Path) -> None:
    for name in ("misnamed.txt", "misnamed.jpg", "misnamed.mp4", "misnamed"):
        with open_source(path.rename(path.with_name(name))) as misnamed:
            assert misnamed.info.kind is source.info.kind
        path = path.with_name(name)
