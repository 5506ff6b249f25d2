"""What phones, cameras, browsers and editors write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from av.video.reformatter import ColorTrc
from numpy.typing import NDArray
from PIL import Image

from posecheck.errors import UsageError
from posecheck.pose.frames import SourceKind
from posecheck.sources import GREY, open_source
from tests.support.clips import BLUE, GREEN, RED, WHITE, corners, in_hdr, quarters, steady, woven, write_video
from tests.support.heic import write_heic

UPRIGHT = [RED, GREEN, BLUE, WHITE]

CODECS = [
    (".mp4", "libx265", "yuv420p"),
    (".mp4", "libx265", "yuv420p10le"),
    (".webm", "libvpx-vp9", "yuv420p"),
    (".mkv", "libsvtav1", "yuv420p10le"),
    (".mov", "prores_ks", "yuv422p10le"),
    (".mov", "mjpeg", "yuvj420p"),
    (".mkv", "ffv1", "yuv444p"),
    (".gif", "gif", "rgb8"),
]


@pytest.mark.parametrize(("suffix", "codec", "pix_fmt"), CODECS, ids=lambda value: value.strip("."))
def test_every_codec_gives_all_its_frames_in_their_colours(
    tmp_path: Path, suffix: str, codec: str, pix_fmt: str
) -> None:
    path = write_video(tmp_path / f"clip{suffix}", steady(12, 10), codec=codec, pix_fmt=pix_fmt, size=(128, 96))
    with open_source(path) as source:
        frames = list(source)
    assert [frame.time_s for frame in frames] == pytest.approx(steady(12, 10))
    assert corners(frames[5].rgb()) == UPRIGHT
    assert (source.frames_skipped, source.warnings) == (0, [])


@pytest.mark.parametrize(
    ("codec", "pix_fmt"), [("libx264", "yuv444p"), ("libvpx-vp9", "yuv420p"), ("mjpeg", "yuvj420p")]
)
@pytest.mark.parametrize("size", [(65, 47), (33, 101)])
def test_odd_sizes(tmp_path: Path, codec: str, pix_fmt: str, size: tuple[int, int]) -> None:
    path = write_video(tmp_path / "clip.mkv", steady(3), codec=codec, pix_fmt=pix_fmt, size=size)
    with open_source(path) as source:
        picture = next(iter(source)).rgb()
    assert picture.shape == (size[1], size[0], 3)
    assert corners(picture) == UPRIGHT


def test_240_frames_a_second_keep_their_times(tmp_path: Path) -> None:
    with open_source(write_video(tmp_path / "clip.mov", steady(240, 240))) as source:
        times_s = [frame.time_s for frame in source]
    assert times_s == pytest.approx(steady(240, 240), abs=1e-6)


@pytest.mark.parametrize(("rotate_deg", "sizes"), [(0, [(64, 48), (48, 64)]), (90, [(48, 64), (64, 48)])])
def test_a_picture_may_change_its_size_in_mid_stream(
    tmp_path: Path, rotate_deg: int, sizes: list[tuple[int, int]]
) -> None:
    """As where a phone that streams is turned: what follows is no squeezed picture but another one."""
    first = write_video(tmp_path / "a.ts", steady(10, 10)).read_bytes()
    later = [1.0 + time_s for time_s in steady(10, 10)]
    second = write_video(tmp_path / "b.ts", later, size=(48, 64)).read_bytes()
    path = tmp_path / "turned.ts"
    path.write_bytes(first + second)
    with open_source(path, rotate_deg=rotate_deg) as source:
        frames = [((frame.width_px, frame.height_px), frame.rgb()) for frame in source]
    assert [size for size, _ in frames] == [sizes[0]] * 10 + [sizes[1]] * 10
    assert all(picture.shape == (*size[::-1], 3) for size, picture in frames)
    assert {tuple(corners(picture)) for _, picture in frames} == {
        tuple(corners(np.rot90(quarters(), -rotate_deg // 90)))
    }


def test_an_edit_list_leaves_out_what_it_says(tmp_path: Path) -> None:
    times_s = [time_s - 1.0 for time_s in steady(30, 10)]
    with open_source(write_video(tmp_path / "clip.mov", times_s, b_frames=2)) as source:
        shown_s = [frame.time_s for frame in source]
    assert shown_s == pytest.approx(steady(20, 10), abs=1e-3)
    assert source.info.duration_s == pytest.approx(2.0, abs=0.11)
    assert (source.frames_skipped, source.warnings) == (0, [])


@pytest.mark.parametrize("curve", [ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67], ids=["pq", "hlg"])
def test_hdr_is_fitted_to_a_screen(tmp_path: Path, curve: ColorTrc) -> None:
    """Greys from black to white come out within a tenth of what they were, where they were a quarter too dark."""
    greys = np.repeat(np.linspace(30, 235, 8).astype(np.uint8), 16)
    plain = np.repeat(np.tile(greys, (64, 1))[..., None], 3, axis=2)
    path = write_video(
        tmp_path / "clip.mp4",
        steady(3),
        pictures=[in_hdr(plain, curve)] * 3,
        codec="libx265",
        pix_fmt="yuv420p10le",
        curve=curve,
    )
    with open_source(path) as source:
        shown = next(iter(source)).rgb()
    middles = shown[32, 8::16].astype(int)
    assert np.ptp(middles, axis=1).max() <= 6  # grey has remained grey
    assert np.abs(middles - plain[32, 8::16]).max() <= 40
    assert np.abs(middles - plain[32, 8::16]).mean() <= 22
    assert middles[-1].min() > 200


def bar_at(x: int) -> NDArray[np.uint8]:
    picture = np.full((96, 128, 3), 40, np.uint8)
    picture[20:76, x : x + 24] = 220
    return picture


def combing(picture: NDArray[np.uint8]) -> float:
    """Mean second difference down the picture."""
    green = picture[..., 1].astype(int)
    return float(np.abs(2 * green[1:-1] - green[:-2] - green[2:]).mean())


@pytest.mark.parametrize("top_first", [True, False], ids=["top first", "bottom first"])
@pytest.mark.parametrize(
    ("suffix", "codec", "pix_fmt"),
    [(".mp4", "libx264", "yuv420p"), (".ts", "mpeg2video", "yuv420p"), (".mov", "prores_ks", "yuv422p10le")],
)
def test_interlaced_pictures_show_one_moment(
    tmp_path: Path, suffix: str, codec: str, pix_fmt: str, top_first: bool
) -> None:
    pictures = [woven(bar_at(8 * n + 4), bar_at(8 * n + 8), top_first=top_first) for n in range(10)]
    path = write_video(
        tmp_path / f"clip{suffix}", steady(10, 25), pictures=pictures, codec=codec, pix_fmt=pix_fmt, top_first=top_first
    )
    with open_source(path) as source:
        frames = list(source)
    assert [frame.time_s for frame in frames] == pytest.approx(steady(10, 25), abs=1e-3)
    assert (source.frames_skipped, source.warnings) == (0, [])
    assert combing(pictures[5]) > 8
    for number, frame in enumerate(frames):
        shown = frame.rgb()
        assert combing(shown) < 2.5
        # The earlier moment, which is the one at the frame's time; the other field would be 4 px further on.
        assert int((shown[48, :, 1] > 130).argmax()) == pytest.approx(8 * number + 4, abs=2)


def see_through() -> NDArray[np.uint8]:
    """Red on the left; on the right green, which is not to be seen."""
    picture = np.zeros((48, 64, 4), np.uint8)
    picture[:, :32] = (*RED, 255)
    picture[:, 32:, :3] = GREEN
    return picture


def clip(suffix: str, codec: str, pix_fmt: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / f"clip{suffix}"
        return write_video(path, steady(3), pictures=[see_through()] * 3, codec=codec, pix_fmt=pix_fmt)

    return write


def picture(suffix: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        Image.fromarray(see_through()).save(folder / f"a{suffix}")
        return folder / f"a{suffix}"

    return write


def gif(folder: Path) -> Path:
    first = Image.fromarray(see_through())
    second = Image.fromarray(np.ascontiguousarray(see_through()[::-1]))
    second.putpixel((0, 0), (0, 0, 0, 255))
    first.save(folder / "a.gif", save_all=True, append_images=[second], duration=100, disposal=2)
    return folder / "a.gif"


@pytest.mark.parametrize(
    "write",
    [
        clip(".webm", "libvpx-vp9", "yuva420p"),
        clip(".mov", "prores_ks", "yuva444p10le"),
        clip(".mov", "qtrle", "argb"),
        gif,
        picture(".png"),
        picture(".webp"),
        picture(".avif"),
    ],
    ids=["vp9", "prores", "qtrle", "gif", "png", "webp", "avif"],
)
def test_what_is_transparent_is_grey(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    with open_source(write(tmp_path)) as source:
        shown = next(iter(source)).rgb().astype(int)
    assert shown[24, 16] == pytest.approx(RED, abs=25)
    assert shown[24, 48] == pytest.approx((GREY, GREY, GREY), abs=3)


@pytest.mark.parametrize(
    ("quarter_turns", "size", "expected"),
    [(0, (150, 102), UPRIGHT), (1, (102, 150), [GREEN, WHITE, RED, BLUE]), (3, (102, 150), [BLUE, RED, WHITE, GREEN])],
)
def test_a_heic_of_tiles_is_put_together_and_turned(
    tmp_path: Path, quarter_turns: int, size: tuple[int, int], expected: list[tuple[int, int, int]]
) -> None:
    path = write_heic(tmp_path / "IMG_0001.HEIC", quarters(150, 102), quarter_turns=quarter_turns)
    with open_source(path) as source:
        frame = next(iter(source))
    assert source.info.kind is SourceKind.STILL
    assert (frame.width_px, frame.height_px) == size
    assert corners(frame.rgb()) == expected


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".gif"])
def test_a_clip_of_one_frame_is_a_still(tmp_path: Path, suffix: str) -> None:
    codec = "gif" if suffix == ".gif" else "libx264"
    path = write_video(tmp_path / f"clip{suffix}", [0.0, 1 / 30], pictures=[quarters()] * 2, codec=codec)
    single = write_video(tmp_path / f"single{suffix}", [0.0], pictures=[quarters()], codec=codec)
    with open_source(path) as source:
        assert source.info.kind is SourceKind.VIDEO
    with open_source(single) as source:
        assert source.info.kind is SourceKind.STILL
        assert (source.info.duration_s, source.info.frame_count) == (0.0, 1)
        assert [frame.time_s for frame in source] == [0.0]
    assert source.warnings == ["only one frame: judged as a picture, without times"]


def turned(picture: NDArray[np.uint8], rotate_deg: int, mirrored: bool) -> NDArray[np.uint8]:
    result = np.rot90(picture, -rotate_deg // 90)
    return result[:, ::-1] if mirrored else result


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotate_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("flag_deg", [0, 90, 180, 270])
def test_a_turn_is_added_to_what_the_file_says_and_then_mirrored(
    tmp_path: Path, flag_deg: int, rotate_deg: int, mirrored: bool
) -> None:
    path = write_video(tmp_path / "clip.mp4", steady(2), turned_deg=flag_deg)
    with open_source(path) as source:
        plain = next(iter(source)).rgb()
    with open_source(path, rotate_deg=rotate_deg, mirrored=mirrored) as source:
        frame = next(iter(source))
    assert (source.info.width_px, source.info.height_px) == (frame.width_px, frame.height_px)
    assert np.array_equal(frame.rgb(), turned(plain, rotate_deg, mirrored))
    assert frame.rgb(32).shape == (*np.array(frame.rgb().shape[:2]) // 2, 3)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotate_deg", [0, 90, 180, 270])
def test_a_still_is_turned_and_mirrored_alike(tmp_path: Path, rotate_deg: int, mirrored: bool) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(quarters()).save(tmp_path / "a.png", exif=exif)
    with open_source(tmp_path / "a.png") as source:
        plain = next(iter(source)).rgb()
    with open_source(tmp_path / "a.png", rotate_deg=rotate_deg, mirrored=mirrored) as source:
        frame = next(iter(source))
    assert (source.info.width_px, source.info.height_px) == (frame.width_px, frame.height_px)
    assert np.array_equal(frame.rgb(), turned(plain, rotate_deg, mirrored))


def test_a_picture_is_turned_by_quarters_only(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be turned by 45 degrees; give 90, 180 or 270"):
        open_source(tmp_path / "a.png", rotate_deg=45)
