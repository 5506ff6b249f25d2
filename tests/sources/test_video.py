"""Video files: times, rotation, ranges, and what is lost."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from posecheck.errors import InputError, UsageError
from posecheck.pose.frames import Source
from posecheck.sources import open_source
from tests.support.clips import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    corners,
    cut,
    scattered,
    steady,
    write_sound,
    write_stamped,
    write_video,
)
from tests.support.shared_data import real_footage


def times_of(source: Source) -> list[float]:
    with source:
        return [frame.time_s for frame in source]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
@pytest.mark.parametrize("first_s", [0.0, 5.0])
def test_times_are_the_presentation_times_from_the_first_frame(tmp_path: Path, suffix: str, first_s: float) -> None:
    uneven_s = [0.0, 0.1, 0.15, 0.5, 0.533, 1.2]
    path = write_video(tmp_path / f"clip{suffix}", [first_s + time_s for time_s in uneven_s])
    assert times_of(open_source(path)) == pytest.approx(uneven_s, abs=1e-4)


def test_frames_stored_out_of_order_come_in_the_order_shown(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", steady(20, fps=10), b_frames=3)
    assert times_of(open_source(path)) == pytest.approx(steady(20, fps=10), abs=1e-4)


def test_avi_which_holds_no_presentation_times_still_increases(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.avi", steady(30), b_frames=2)
    source = open_source(path)
    times_s = times_of(source)
    assert np.all(np.diff(times_s) > 0)
    assert len(times_s) + source.frames_skipped == 30
    assert source.frames_skipped <= 2


def test_a_frame_that_is_not_later_than_the_one_before_is_skipped_and_counted(tmp_path: Path) -> None:
    source = open_source(write_stamped(tmp_path / "clip.mkv", [0, 100, 100, 100, 200, 300]))
    assert times_of(source) == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert source.frames_skipped == 2
    assert source.warnings == [
        "2 frames were skipped at 0.10 s: their time stamps repeat or go back; export the clip anew"
    ]


def test_frames_that_do_not_decode_are_skipped_and_counted(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mkv", steady(10, fps=10), codec="mjpeg", damaged={3, 4, 9})
    source = open_source(path)
    assert times_of(source) == pytest.approx([0.0, 0.1, 0.2, 0.5, 0.6, 0.7, 0.8])
    assert source.frames_skipped == 3
    assert source.warnings == [
        "3 frames were skipped between 0.30 and 0.90 s: damaged; copy the clip again if the original is whole"
    ]


def test_the_clip_begins_at_the_first_frame_that_decodes(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mkv", steady(5, fps=10), codec="mjpeg", damaged={0})
    source = open_source(path)
    assert times_of(source) == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert source.frames_skipped == 1


def test_a_clip_that_ends_before_its_header_says_is_told_of(tmp_path: Path) -> None:
    path = cut(write_video(tmp_path / "clip.mkv", steady(60, fps=10)), 0.5)
    source = open_source(path)
    assert 0.5 < times_of(source)[-1] < 4.0
    assert any(warning.startswith("cut off or damaged: 6.00 s long by its header") for warning in source.warnings)


def test_nothing_is_said_of_the_end_when_only_a_part_was_asked_for(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", steady(60, fps=10))
    with open_source(path, end_s=2.0) as source:
        list(source)
    assert source.warnings == []


@pytest.mark.parametrize(
    ("turned_deg", "mirrored", "expected"),
    [
        (0, False, [RED, GREEN, BLUE, WHITE]),
        (90, False, [GREEN, WHITE, RED, BLUE]),
        (180, False, [WHITE, BLUE, GREEN, RED]),
        (270, False, [BLUE, RED, WHITE, GREEN]),
        (0, True, [GREEN, RED, WHITE, BLUE]),
        (90, True, [WHITE, GREEN, BLUE, RED]),
    ],
)
@pytest.mark.parametrize("max_side_px", [None, 32])
def test_the_display_matrix_is_applied(
    tmp_path: Path, turned_deg: int, mirrored: bool, expected: list[tuple[int, int, int]], max_side_px: int | None
) -> None:
    path = write_video(tmp_path / "clip.mp4", steady(2), turned_deg=turned_deg, mirrored=mirrored)
    with open_source(path) as source:
        frame = next(iter(source))
    size = (48, 64) if turned_deg in (90, 270) else (64, 48)
    assert (source.info.width_px, source.info.height_px) == (frame.width_px, frame.height_px) == size
    picture = frame.rgb(max_side_px)
    shrink = 1 if max_side_px is None else 2
    assert picture.shape == (size[1] // shrink, size[0] // shrink, 3)
    assert corners(picture) == expected


@pytest.mark.parametrize(("turned_deg", "size"), [(0, (128, 48)), (90, (48, 128))])
def test_pixels_that_are_not_square_become_so(tmp_path: Path, turned_deg: int, size: tuple[int, int]) -> None:
    path = write_video(tmp_path / "clip.mp4", steady(2), pixel_aspect=Fraction(2), turned_deg=turned_deg)
    with open_source(path) as source:
        frame = next(iter(source))
    assert (frame.width_px, frame.height_px) == size
    assert frame.rgb().shape == (size[1], size[0], 3)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".avi"])
@pytest.mark.parametrize(("start_s", "end_s"), [(None, 1.0), (0.0, 1.0), (1.25, None), (4.3, 4.6), (5.75, 60.0)])
def test_a_range_keeps_the_times_of_the_whole_clip(
    tmp_path: Path, suffix: str, start_s: float | None, end_s: float | None
) -> None:
    first_s = 0.0 if suffix == ".avi" else 7.0
    path = write_video(tmp_path / f"clip{suffix}", [first_s + time_s for time_s in steady(60, fps=10)])
    whole = times_of(open_source(path))
    source = open_source(path, start_s=start_s, end_s=end_s)
    expected = [time_s for time_s in whole if (start_s or 0) <= time_s < (end_s or 99)]
    assert times_of(source) == expected
    assert source.info.frame_count == pytest.approx(len(expected), abs=1)
    assert (source.frames_skipped, source.warnings) == (0, [])


def test_a_range_shows_the_same_pictures_as_the_whole_clip() -> None:
    path = real_footage() / "bridging.mp4"
    with open_source(path) as source:
        whole = {frame.time_s: frame.rgb(64) for frame in source}
    with open_source(path, start_s=2.0) as source:
        part = {frame.time_s: frame.rgb(64) for frame in source}
    assert len(whole) == 91
    assert 0 < len(part) < 40
    assert all(np.array_equal(whole[time_s], picture) for time_s, picture in part.items())


def test_what_is_lost_outside_the_range_is_not_counted(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mkv", steady(40, fps=10), codec="mjpeg", damaged={2, 12, 25, 38})
    source = open_source(path, start_s=2.0, end_s=3.0)
    assert len(times_of(source)) == 9
    assert source.frames_skipped == 1


def test_a_range_without_frames_is_an_error(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", steady(30, fps=10))
    with pytest.raises(InputError, match=r"clip.mp4: is 3.00 s long, and has no frame between --start and --end"):
        open_source(path, start_s=9.0)


@pytest.mark.parametrize(("start_s", "end_s"), [(-1.0, None), (2.0, 2.0), (None, 0.0), (3.0, 1.0)])
def test_an_empty_range_is_a_misuse(tmp_path: Path, start_s: float | None, end_s: float | None) -> None:
    with pytest.raises(UsageError, match="is empty"):
        open_source(tmp_path / "clip.mp4", start_s=start_s, end_s=end_s)


@pytest.mark.parametrize("suffix", [".m4a", ".mp4", ".wav", ".mkv"])
def test_sound_alone_is_told_from_video(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(InputError, match="only sound"):
        open_source(write_sound(tmp_path / f"talk{suffix}"))


def test_sound_beside_the_picture_is_no_hindrance(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", steady(10, fps=10), sound=True)
    assert len(times_of(open_source(path))) == 10


def test_a_video_of_which_nothing_decodes_is_an_error(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mkv", steady(5), codec="mjpeg", damaged=range(5))
    with pytest.raises(InputError, match=r"clip.mkv: no frame of it decodes"):
        open_source(path)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_titles_in_an_old_encoding_are_no_hindrance(tmp_path: Path, suffix: str) -> None:
    path = write_video(tmp_path / f"clip{suffix}", steady(5, fps=10))
    path.write_bytes(path.read_bytes().replace(b"Lavf", "Lävf".encode("latin-1")))
    assert len(times_of(open_source(path))) == 5


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [(".mp4", "libx264"), (".mkv", "mjpeg"), (".webm", "libvpx"), (".avi", "mpeg4"), (".ts", "libx264")],
)
def test_damage_anywhere_is_read_or_reported_but_nothing_else(tmp_path: Path, suffix: str, codec: str) -> None:
    path = write_video(tmp_path / f"clip{suffix}", steady(20, fps=10), codec=codec)
    sound = path.read_bytes()
    dice = random.Random(0)
    for _ in range(60):
        path.write_bytes(scattered(sound, dice, 40))
        try:
            with open_source(path, start_s=dice.choice([None, 1.0])) as source:
                times_s = [frame.time_s for frame in source]
        except InputError as error:
            assert str(error).startswith(str(path))  # noqa: PT017 - most damaged clips are read
        else:
            assert np.all(np.diff(times_s) > 0)


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Frames are handed out one by one: a clip of a thousand holds no more than one of a few."""
    resource = pytest.importorskip("resource")
    path = write_video(tmp_path / "long.mp4", steady(1000), size=(640, 480), keyframe_every=250)
    with open_source(path) as source:
        frames = iter(source)
        for _ in range(50):
            next(frames).rgb(64)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for frame in frames:
            frame.rgb(64)
        grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 50_000  # 950 decoded frames of 460 kB would be 440 MB


@pytest.mark.parametrize(
    ("filmed", "said"),
    [
        ("240.000000", "slow motion: filmed at 240 pictures a second, plays at 30; all times are those of the clip"),
        ("2.000000", "a time-lapse: filmed at 2 pictures a second, plays at 30; all times are those of the clip"),
        ("30.000000", ""),
        ("fast", ""),
        ("nan", ""),
        ("-1", ""),
    ],
)
def test_a_phone_says_at_what_rate_it_filmed(tmp_path: Path, filmed: str, said: str) -> None:
    plain, path = write_video(tmp_path / "plain.mp4", steady(30)), tmp_path / "clip.mp4"
    with av.open(plain) as source, av.open(path, "w", options={"movflags": "use_metadata_tags"}) as target:
        target.metadata["com.android.capture.fps"] = filmed
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    with open_source(path) as video:
        assert [warning[: len(said)] for warning in video.warnings] == ([said] if said else [])
