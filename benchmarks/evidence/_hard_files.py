"""The files of the evidence `formats`, made from a real clip: every format that people have, and every damage."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from av.video.reformatter import ColorTrc
from numpy.typing import NDArray
from PIL import Image

from tests.support.clips import cut, in_hdr, steady, woven, write_sound, write_stamped, write_video
from tests.support.heic import write_heic

Pictures = list[NDArray[np.uint8]]

HELD, STILL, SAID, FAILED = "held", "still", "said", "failed"


@dataclass(frozen=True, slots=True)
class Case:
    """An input and what should come of it.

    Attributes:
        name: What it is.
        make: Writes it into an empty folder and says what to put behind `posecheck analyze`.
        expect: `HELD`, the clip's one hold within 0.2 s; `STILL`, a good bridge; `SAID`, what is left and the
            loss; `FAILED`, one line and no result.
        says: Words that must be in the message or in the warnings.
        code: The exit code, where it is not that of `expect`: 3 for `FAILED`, else 0.
        limit_bytes: No file may be written that is larger.
        pipe: Whether the file comes through standard input.
        locked: Whether permissions bind, also root's.
        in_slice: Whether the slice has it.
    """

    name: str
    make: Callable[[Path, Pictures], Sequence[str]]
    expect: str = HELD
    says: str = ""
    code: int | None = None
    limit_bytes: int | None = None
    pipe: bool = False
    locked: bool = False
    in_slice: bool = False


def clip(name: str, *arguments: str, **how: Any) -> Callable[[Path, Pictures], Sequence[str]]:
    """The whole clip, written so; `change` is applied to each picture."""
    change = how.pop("change", None)
    times_s = how.pop("times_s", None)

    def make(folder: Path, film: Pictures) -> Sequence[str]:
        pictures = [change(picture) for picture in film] if change else film
        write_video(folder / name, times_s or steady(len(film)), pictures=pictures, **({"keyframe_every": 30} | how))
        return [name, *arguments]

    return make


def picture(name: str, **how: Any) -> Callable[[Path, Pictures], Sequence[str]]:
    """One picture of the hold."""

    def make(folder: Path, film: Pictures) -> Sequence[str]:
        if name.endswith(".heic"):
            write_heic(folder / name, np.rot90(film[45], -1), quarter_turns=1)
        else:
            Image.fromarray(film[45]).save(folder / name, **how)
        return [name]

    return make


def sunk(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with a transparent border, and noise hidden under it."""
    opacity = np.zeros(picture.shape[:2], np.uint8)
    opacity[60:-40, 20:-20] = 255
    noise = np.random.default_rng(0).integers(0, 255, picture.shape, np.uint8)
    return np.dstack([np.where(opacity[..., None] > 0, picture, noise), opacity])


def interlaced(folder: Path, film: Pictures) -> Sequence[str]:
    """Two frames of the clip in each picture."""
    pairs = zip(film[::2], film[1::2], strict=False)
    pictures = [woven(first, second, top_first=True) for first, second in pairs]
    write_video(folder / "a.mp4", steady(len(pictures), 15), pictures=pictures, top_first=True)
    return ["a.mp4"]


def uneven(folder: Path, film: Pictures) -> Sequence[str]:
    """Every third frame left out, as a phone does in poor light."""
    kept = [index for index in range(len(film)) if index % 3]
    write_video(folder / "a.mp4", [round(index / 30, 3) for index in kept], pictures=[film[index] for index in kept])
    return ["a.mp4"]


def edited(folder: Path, film: Pictures) -> Sequence[str]:
    """A second that a player leaves out, before the clip."""
    times_s = [time_s - 1.0 for time_s in steady(len(film) + 30)]
    write_video(folder / "a.mov", times_s, pictures=[film[-1]] * 30 + film, b_frames=2)
    return ["a.mov"]


def fast(folder: Path, film: Pictures) -> Sequence[str]:
    """240 frames a second, each of the clip's eight times."""
    write_video(folder / "a.mov", steady(8 * len(film), 240), pictures=[one for one in film for _ in range(8)])
    return ["a.mov"]


def gif(folder: Path, film: Pictures) -> Sequence[str]:
    """Ten frames a second, 256 colours."""
    first, *others = (Image.fromarray(one).resize((320, 240)) for one in film[::3])
    first.save(folder / "a.gif", save_all=True, append_images=others, duration=100)
    return ["a.gif"]


def moving_webp(folder: Path, film: Pictures) -> Sequence[str]:
    """Fifteen pictures a second, of half the size."""
    first, *others = (Image.fromarray(one).resize((320, 240)) for one in film[::2])
    first.save(folder / "a.webp", save_all=True, append_images=others, duration=67)
    return ["a.webp"]


def equal_dropped(folder: Path, film: Pictures) -> Sequence[str]:
    """A recorder of the screen that drops equal pictures: the one at 1.5 s stands for 4 s."""
    times_s = [time_s + 4.0 * (index > 45) for index, time_s in enumerate(steady(len(film)))]
    write_video(folder / "a.mp4", times_s, pictures=film)
    return ["a.mp4"]


def phone_turned(folder: Path, film: Pictures) -> Sequence[str]:
    """The same again in upright pictures, in one stream."""
    upright = [np.pad(one, ((480, 480), (80, 80), (0, 0)))[::2, ::2] for one in film]
    first = write_video(folder / "a.ts", steady(len(film)), pictures=film).read_bytes()
    later = [time_s + len(film) / 30 for time_s in steady(len(film))]
    second = write_video(folder / "b.ts", later, pictures=upright).read_bytes()
    (folder / "a.ts").write_bytes(first + second)
    return ["a.ts"]


def mirrored_cuts(folder: Path, film: Pictures) -> Sequence[str]:
    """A held bridge in shots of a second, every second one in a mirror."""
    held = [film[45], np.ascontiguousarray(film[45][:, ::-1])]
    pictures = [held[index // 30 % 2] for index in range(120)]
    write_video(folder / "a.mp4", steady(len(pictures)), pictures=pictures)
    return ["a.mp4"]


def killed(folder: Path, film: Pictures) -> Sequence[str]:
    """An mp4 without its index, whose `mdat` has the size 0 still."""
    data = write_video(folder / "a.mp4", steady(len(film)), pictures=film).read_bytes()
    start = data.index(b"mdat") - 4
    end = start + int.from_bytes(data[start : start + 4], "big")
    (folder / "a.mp4").write_bytes(data[:start] + bytes(4) + data[start + 4 : end])
    return ["a.mp4"]


def large(folder: Path, film: Pictures) -> Sequence[str]:
    """8K, of half a second."""
    pictures = [np.pad(one.repeat(9, 0).repeat(9, 1), ((0, 0), (960, 960), (0, 0)), mode="edge") for one in film[40:55]]
    write_video(folder / "8k.mp4", steady(15), pictures=pictures)
    return ["8k.mp4"]


def truncated(name: str, **how: Any) -> Callable[[Path, Pictures], Sequence[str]]:
    """Cut off at three fifths of the file."""
    write = clip(name, **how)

    def make(folder: Path, film: Pictures) -> Sequence[str]:
        arguments = write(folder, film)
        cut(folder / name, 0.6)
        return arguments

    return make


def damaged(name: str, **how: Any) -> Callable[[Path, Pictures], Sequence[str]]:
    """A twentieth of the file overwritten, from 45 % on."""
    write = clip(name, **how)

    def make(folder: Path, film: Pictures) -> Sequence[str]:
        arguments = write(folder, film)
        content = bytearray((folder / name).read_bytes())
        start, stop = int(len(content) * 0.45), int(len(content) * 0.5)
        content[start:stop] = random.Random(0).randbytes(stop - start)
        (folder / name).write_bytes(content)
        return arguments

    return make


def stamped(stamps_ms: Callable[[int], Sequence[int]]) -> Callable[[Path, Pictures], Sequence[str]]:
    """The clip with other time stamps."""

    def make(folder: Path, film: Pictures) -> Sequence[str]:
        write_stamped(folder / "a.mkv", stamps_ms(len(film)), film)
        return ["a.mkv"]

    return make


def named(name: str, *arguments: str) -> Callable[[Path, Pictures], Sequence[str]]:
    """The clip under a name."""

    def make(folder: Path, film: Pictures) -> Sequence[str]:
        write_video(folder / "clip.mp4", steady(len(film)), pictures=film).rename(folder / name)
        return arguments or [name]

    return make


def sound(folder: Path, film: Pictures) -> Sequence[str]:
    """No picture."""
    write_sound(folder / "talk.m4a")
    return ["talk.m4a"]


def content(name: str, data: bytes) -> Callable[[Path, Pictures], Sequence[str]]:
    """Some bytes."""

    def make(folder: Path, film: Pictures) -> Sequence[str]:
        (folder / name).write_bytes(data)
        return [name]

    return make


def unreadable(folder: Path, film: Pictures) -> Sequence[str]:
    """A clip that its reader may not read."""
    (folder / named("a.mp4")(folder, film)[0]).chmod(0)
    return ["a.mp4"]


def sealed(folder: Path, film: Pictures) -> Sequence[str]:
    """A folder for results that is read-only."""
    (folder / "results").mkdir(mode=0o555)
    return [*named("a.mp4")(folder, film), "--out", "results"]


def occupied(folder: Path, film: Pictures) -> Sequence[str]:
    """A file where the results should go."""
    (folder / "results").touch()
    return [*named("a.mp4")(folder, film), "--out", "results"]


def older(folder: Path, film: Pictures) -> Sequence[str]:
    """Results of an earlier run that are read-only."""
    (folder / "posecheck-out" / "a").mkdir(parents=True)
    for name in ("summary.json", "frames.csv", "recording.npz", "annotated.mp4"):
        (folder / "posecheck-out" / "a" / name).touch(0o444)
    return named("a.mp4")(folder, film)


TEN_BIT = {"codec": "libx265", "pix_fmt": "yuv420p10le"}

FORMATS = [
    Case("mp4, H.264", clip("a.mp4")),
    Case("mov, ProRes 4:2:2 10-bit", clip("a.mov", codec="prores_ks", pix_fmt="yuv422p10le")),
    Case("mov, MJPEG", clip("a.mov", codec="mjpeg")),
    Case("webm, VP8", clip("a.webm", codec="libvpx")),
    Case("webm, VP9", clip("a.webm", codec="libvpx-vp9")),
    Case("mkv, AV1 10-bit", clip("a.mkv", codec="libsvtav1", pix_fmt="yuv420p10le")),
    Case("avi, MPEG-4", clip("a.avi", codec="mpeg4")),
    Case("avi, MJPEG", clip("a.avi", codec="mjpeg")),
    Case("gif, 10 frames/s, 320x240", gif),
    Case("mp4, HEVC", clip("a.mp4", codec="libx265")),
    Case("mp4, HEVC 10-bit", clip("a.mp4", **TEN_BIT)),
    Case(
        "HDR, PQ (HDR10)",
        clip("a.mp4", change=lambda one: in_hdr(one, ColorTrc.SMPTE2084), curve=ColorTrc.SMPTE2084, **TEN_BIT),
        in_slice=True,
    ),
    Case(
        "HDR, HLG",
        clip("a.mov", change=lambda one: in_hdr(one, ColorTrc.ARIB_STD_B67), curve=ColorTrc.ARIB_STD_B67, **TEN_BIT),
    ),
    Case("portrait sensor, rotation flag", clip("a.mp4", change=lambda one: np.rot90(one).copy(), turned_deg=270)),
    Case("lies on its side, `--rotate 90`", clip("a.mp4", "--rotate", "90", change=lambda one: np.rot90(one).copy())),
    Case("upside down, `--rotate 180`", clip("a.mp4", "--rotate", "180", change=lambda one: one[::-1, ::-1].copy())),
    Case("mirroring app, `--mirrored`", clip("a.mp4", "--mirrored", change=lambda one: one[:, ::-1].copy())),
    Case("interlaced, H.264, 15 pictures/s", interlaced),
    Case("transparent border, VP9", clip("a.webm", codec="libvpx-vp9", pix_fmt="yuva420p", change=sunk)),
    Case("transparent border, ProRes 4444", clip("a.mov", codec="prores_ks", pix_fmt="yuva444p10le", change=sunk)),
    Case("odd size, 639x479", clip("a.mp4", pix_fmt="yuv444p", change=lambda one: one[:479, :639].copy())),
    Case(
        "pixels twice as wide as high", clip("a.mp4", change=lambda one: one[:, ::2].copy(), pixel_aspect=Fraction(2))
    ),
    Case("variable frame rate", uneven),
    Case("edit list that hides a first second", edited),
    Case("240 frames/s", fast),
    Case("HEIC of 80 tiles, turned", picture("a.heic"), STILL, in_slice=True),
    Case("AVIF", picture("a.avif"), STILL),
    Case("webp", picture("a.webp"), STILL),
    Case("webp, moving", moving_webp),
    Case("mp4, equal pictures dropped", equal_dropped, SAID, "one picture stands still for 4.03 s"),
    Case("MPEG-TS, turned in mid-stream", phone_turned, SAID, "1 cut (at 3.0 s)"),
    Case("mp4, three cuts", mirrored_cuts, SAID, "3 cuts (at 1.0, 2.0, 3.0 s)"),
]

DAMAGES = [
    Case("mp4, cut off, index first", truncated("a.mp4", index_first=True), SAID, "cut off or damaged: 3.03 s long"),
    Case("webm, cut off", truncated("a.webm", codec="libvpx-vp9"), SAID, "cut off or damaged: 3.03 s long"),
    Case("avi, cut off", truncated("a.avi", codec="mjpeg"), SAID, "cut off or damaged: 3.03 s long"),
    Case("mp4, cut off before its index", truncated("a.mp4"), FAILED, "cut off before its index"),
    Case("mp4, of a recorder that was killed", killed, FAILED, "cut off before its index"),
    Case("mp4, H.264, damaged in the middle", damaged("a.mp4"), SAID, "skipped", in_slice=True),
    Case("mp4, HEVC, damaged in the middle", damaged("a.mp4", codec="libx265"), SAID, "skipped"),
    Case("mkv, AV1, damaged in the middle", damaged("a.mkv", codec="libsvtav1"), SAID, "no picture for"),
    Case("avi, MJPEG, damaged in the middle", damaged("a.avi", codec="mjpeg"), SAID, "cut off or damaged"),
    Case("no video stream", sound, FAILED, "has no moving picture, only sound"),
    Case("one frame", lambda folder, film: clip("a.mp4")(folder, film[45:46]), STILL, "only one frame"),
    Case("2x2 pixels", clip("a.mkv", codec="ffv1", change=lambda one: one[:2, :2].copy()), FAILED, "too few to show"),
    Case("8K, 15 frames, `--no-video`", lambda *all_: [*large(*all_), "--no-video"], SAID),
    Case("8K, 15 frames", large, SAID),
    Case("time stamps all zero", stamped(lambda count: [0] * count), FAILED, "none of its frames is later"),
    Case(
        "every fifth time stamp repeated",
        stamped(lambda count: [round((index - (index % 5 == 4)) * 100 / 3) for index in range(count)]),
        HELD,
        "time stamps repeat or go back",
    ),
    Case(
        "time stamps that go back by 0.5 s at 1 s",
        stamped(lambda count: [round((index - 15 * (index >= 30)) * 100 / 3) for index in range(count)]),
        SAID,
        "time stamps repeat or go back",
    ),
    Case("an mp4 called .jpg", named("a.jpg")),
    Case("text called .mp4", content("a.mp4", b"The quick brown fox. " * 99), FAILED, "is no video or picture"),
    Case("an empty file", content("a.mp4", b""), FAILED, "is empty"),
    Case("a name with spaces, quotes, ü, 橋, %", named('it\'s "mine" – Brücke 橋 100%.mp4')),
    Case(
        "a name that looks like an option", named("--rotate.mp4"), FAILED, "write ./--rotate.mp4", code=2, in_slice=True
    ),
    Case("the same, as it says", named("--rotate.mp4", "./--rotate.mp4")),
    Case("a pipe, `/dev/stdin`", named("a.mp4", "/dev/stdin"), pipe=True),
    Case("no read permission", unreadable, FAILED, "may not be read", locked=True),
    Case("a folder that may not be written", sealed, FAILED, "cannot be written (Permission denied)", locked=True),
    Case("a disk that is full (no file above 2 kB)", named("a.mp4"), FAILED, "cannot be written", limit_bytes=2000),
    Case("an output folder that is a file", occupied, FAILED, "cannot be written"),
    Case("older results, read-only", older),
]
