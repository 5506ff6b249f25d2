"""Pictures: rotation, odd kinds, damage."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posecheck.errors import InputError
from posecheck.pose.frames import SourceKind
from posecheck.sources import open_source
from tests.support.clips import BLUE, GREEN, RED, WHITE, corners, cut, quarters, scattered
from tests.support.shared_data import real_footage

ORIENTATION = 0x0112
"""EXIF's number for how the camera was held."""


def picture_of(path: Path) -> np.ndarray:
    with open_source(path) as source:
        assert source.info.kind is SourceKind.STILL
        return next(iter(source)).rgb()


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (1, [RED, GREEN, BLUE, WHITE]),
        (2, [GREEN, RED, WHITE, BLUE]),
        (3, [WHITE, BLUE, GREEN, RED]),
        (6, [BLUE, RED, WHITE, GREEN]),
        (8, [GREEN, WHITE, RED, BLUE]),
    ],
)
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
def test_exif_rotation_is_applied(
    tmp_path: Path, suffix: str, orientation: int, expected: list[tuple[int, int, int]]
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    Image.fromarray(quarters()).save(tmp_path / f"a{suffix}", exif=exif)
    picture = picture_of(tmp_path / f"a{suffix}")
    assert picture.shape == ((64, 48, 3) if orientation in (6, 8) else (48, 64, 3))
    assert corners(picture) == expected


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_any_kind_of_colour_becomes_rgb(tmp_path: Path, mode: str) -> None:
    suffix = ".jpg" if mode == "CMYK" else ".png"
    Image.fromarray(quarters()).convert(mode).save(tmp_path / f"a{suffix}")
    assert picture_of(tmp_path / f"a{suffix}").shape == (48, 64, 3)


def test_a_phone_jpg_with_a_second_picture_inside_is_a_still(tmp_path: Path) -> None:
    first, second = Image.fromarray(quarters()), Image.new("RGB", (8, 8))
    first.save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[second])
    assert corners(picture_of(tmp_path / "a.jpg")) == [RED, GREEN, BLUE, WHITE]


def test_a_png_that_moves_is_a_video(tmp_path: Path) -> None:
    first, second = Image.fromarray(quarters()), Image.new("RGB", (64, 48))
    first.save(tmp_path / "a.png", save_all=True, append_images=[second], duration=100)
    with open_source(tmp_path / "a.png") as source:
        assert source.info.kind is SourceKind.VIDEO
        assert [frame.time_s for frame in source] == pytest.approx([0.0, 0.1], abs=0.04)


def test_a_range_means_nothing_to_a_still(tmp_path: Path) -> None:
    Image.fromarray(quarters()).save(tmp_path / "a.png")
    with open_source(tmp_path / "a.png", start_s=5.0) as source:
        assert len(list(source)) == 1


def test_a_picture_of_108_megapixels_is_read_without_a_warning(tmp_path: Path) -> None:
    Image.new("L", (12_000, 9_000)).save(tmp_path / "a.png", compress_level=1)
    with open_source(tmp_path / "a.png") as source:
        assert next(iter(source)).rgb(64).shape == (48, 64, 3)


def test_a_picture_too_large_to_hold_is_an_error(tmp_path: Path) -> None:
    Image.new("1", (20_000, 9_500)).save(tmp_path / "a.png")
    with pytest.raises(InputError, match=r"a.png: is too large a picture"):
        open_source(tmp_path / "a.png")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize("keep", [0.03, 0.5, 0.9])
def test_a_cut_off_picture_is_an_error(tmp_path: Path, suffix: str, keep: float) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
    path = tmp_path / f"a{suffix}"
    Image.fromarray(noise).save(path)
    with pytest.raises(InputError, match=r"damaged picture .*; copy it again"):
        open_source(cut(path, keep))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
def test_damage_anywhere_is_read_or_reported_but_nothing_else(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    Image.fromarray(quarters()).save(path, exif=exif)
    sound = path.read_bytes()
    dice = random.Random(0)
    for _ in range(300):
        path.write_bytes(scattered(sound, dice, 8))
        try:
            with open_source(path) as source:
                next(iter(source)).rgb()
        except InputError as error:
            assert str(error).startswith(str(path))  # noqa: PT017 - most damaged pictures are read


def test_real_photographs_are_read() -> None:
    paths = sorted((real_footage() / "photos").glob("*.jpg"))
    assert len(paths) == 37
    for path in paths:
        assert max(picture_of(path).shape) > 300
