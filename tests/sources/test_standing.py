"""A picture that stands for seconds, as its file says, is shown again while it does; a slow film and a hole are not."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posecheck.errors import InputError
from posecheck.pose.frames import StandingFrame
from posecheck.sources import open_source
from posecheck.sources.standing import AGAIN_S, Pace
from tests.support.clips import corners, quarters, steady, write_stamped, write_video

DROPPED_S = [*steady(10, 10), 8.9, *(8.9 + time_s for time_s in steady(10, 10)[1:])]
"""What a screen recorder writes that drops equal pictures: the one at 0.9 s stands for 8 s."""


def times_of(path: Path, **options: float) -> tuple[list[float], list[str]]:
    with open_source(path, **options) as source:
        return [frame.time_s for frame in source], source.warnings


def write_slides(path: Path, lengths_s: list[float]) -> Path:
    """Pictures of different grey, each for so many seconds."""
    slides = [Image.new("RGB", (64, 48), (40 * index, 100, 100)) for index in range(len(lengths_s))]
    milliseconds = [round(1000 * length_s) for length_s in lengths_s]
    slides[0].save(path, save_all=True, append_images=slides[1:], duration=milliseconds, lossless=True)
    return path


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_a_picture_in_place_of_many_equal_ones_is_shown_again(tmp_path: Path, suffix: str) -> None:
    times_s, warnings = times_of(write_video(tmp_path / f"clip{suffix}", DROPPED_S))
    assert max(later - time_s for time_s, later in pairwise(times_s)) <= AGAIN_S + 1e-6
    assert set(np.round(DROPPED_S, 3)) <= set(np.round(times_s, 3))
    assert warnings == [
        "one picture stands still for 8.00 s in all between 0.90 and 8.90 s, as the file says: what moved meanwhile "
        "was not seen"
    ]


def test_what_is_shown_again_is_the_same_picture(tmp_path: Path) -> None:
    pictures = [quarters()] * 10 + [np.flip(quarters(), axis=1)] * 10
    with open_source(write_video(tmp_path / "clip.mp4", DROPPED_S, pictures=pictures)) as source:
        again = [frame for frame in source if isinstance(frame, StandingFrame)]
    assert len(again) == 39
    assert {tuple(corners(frame.rgb())) for frame in again} == {tuple(corners(quarters()))}
    assert {(frame.width_px, frame.height_px) for frame in again} == {(64, 48)}


def test_the_range_may_begin_and_end_while_it_stands(tmp_path: Path) -> None:
    times_s, warnings = times_of(write_video(tmp_path / "clip.mp4", DROPPED_S), start_s=3.0, end_s=5.0)
    assert 3.0 <= times_s[0] < 3.0 + AGAIN_S
    assert 5.0 - AGAIN_S <= times_s[-1] < 5.0
    assert warnings[0].startswith("one picture stands still for 2.00 s in all between 3.00 and 5.00 s")


def test_where_pictures_in_between_are_lost_nothing_stands(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", steady(60, 10), codec="libx265", damaged=set(range(12, 48)))
    times_s, warnings = times_of(path)
    assert len(times_s) < 30
    assert any(warning.startswith("no picture for ") for warning in warnings)
    assert not any("stands still" in warning for warning in warnings)


def test_a_hole_in_what_says_no_length_is_a_hole(tmp_path: Path) -> None:
    stamps = [round(1000 * time_s) for time_s in DROPPED_S]
    times_s, warnings = times_of(write_stamped(tmp_path / "clip.mkv", stamps))
    assert len(times_s) == len(stamps)
    assert [warning[:16] for warning in warnings] == ["no picture for 8"]


def test_in_a_webm_without_an_even_pace_a_picture_stands_until_the_next(tmp_path: Path) -> None:
    """As a browser writes what it records of a screen: `DefaultDuration` (4 bytes long) made void."""
    path = write_video(tmp_path / "clip.webm", DROPPED_S, codec="libvpx")
    content = path.read_bytes()
    mark = content.index(b"\x23\xe3\x83\x84")
    path.write_bytes(content[:mark] + b"\xec\x86" + bytes(6) + content[mark + 8 :])
    times_s, warnings = times_of(path)
    assert len(times_s) == len(DROPPED_S) + 39
    assert [warning[:31] for warning in warnings] == ["one picture stands still for 8."]


@pytest.mark.parametrize("suffix", [".webp", ".gif", ".png"])
def test_slides_stand_as_long_as_the_file_says(tmp_path: Path, suffix: str) -> None:
    times_s, warnings = times_of(write_slides(tmp_path / f"slides{suffix}", [2.0, 6.0, 4.0]))
    assert times_s[0] == 0.0
    assert {2.0, 8.0} <= set(np.round(times_s, 3))
    assert max(later - time_s for time_s, later in pairwise(times_s) if time_s >= 2.0) <= AGAIN_S + 1e-6
    assert warnings[0].startswith("one picture stands still for ")


def test_the_last_picture_stands_to_the_end(tmp_path: Path) -> None:
    times_s, _ = times_of(write_slides(tmp_path / "slides.webp", [0.1, 0.1, 4.0]))
    assert times_s[-1] == pytest.approx(4.2)


@pytest.mark.parametrize("fps", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("suffix", [".mp4", ".webp"])
def test_a_film_of_few_pictures_has_no_more(tmp_path: Path, suffix: str, fps: float) -> None:
    if suffix == ".mp4":
        path = write_video(tmp_path / "slow.mp4", steady(8, fps))
    else:
        path = write_slides(tmp_path / "slow.webp", [1.0 / fps] * 6)
    times_s, warnings = times_of(path)
    assert times_s == pytest.approx(steady(8 if suffix == ".mp4" else 6, fps), abs=1e-3)
    assert warnings == []


def test_a_moving_webp_is_turned_and_mirrored(tmp_path: Path) -> None:
    first = Image.fromarray(quarters())
    path = tmp_path / "a.webp"
    first.save(path, save_all=True, append_images=[first.rotate(180)], duration=100, lossless=True)
    with open_source(path, rotate_deg=90, mirrored=True) as source:
        frames = list(source)
        assert (source.info.width_px, source.info.height_px) == (48, 64)
    assert [frame.time_s for frame in frames] == [0.0, 0.1]
    upright = np.flip(np.rot90(quarters(), -1), axis=1)
    assert corners(frames[0].rgb()) == corners(np.ascontiguousarray(upright))


def test_a_moving_webp_has_no_frame_beyond_its_end(tmp_path: Path) -> None:
    path = write_slides(tmp_path / "slides.webp", [1.0, 1.0])
    with pytest.raises(InputError, match=r"slides.webp: is 2.00 s long, and has no frame between --start and --end"):
        open_source(path, start_s=3.0)


def test_pace_is_the_mean_so_far() -> None:
    pace = Pace()
    assert not pace.stands(2.9)
    assert pace.stands(3.1)
    for time_s in (0.0, 1.0, 2.0):
        pace.update(time_s)
    assert pace.usual_s == 1.0
    assert not pace.stands(1.5)
    assert pace.stands(1.6)
