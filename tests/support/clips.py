"""Small clips and pictures of every kind, written for a test."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.filter.graph import Graph
from av.video.reformatter import ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

TICK = Fraction(1, 1000)
"""Times are written to the millisecond."""

QUIET = {
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=error:frame-threads=1:pools=none"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
    "libsvtav1": {"preset": "12", "svtav1-params": "lp=1"},
}
"""What makes an encoder quick and silent, and its clips the same on any number of processors."""

RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 20), (20, 20, 230), (230, 230, 230)


def quarters(width_px: int = 64, height_px: int = 48) -> NDArray[np.uint8]:
    """A picture which shows how it was turned: red and green above, blue and white below."""
    picture = np.empty((height_px, width_px, 3), np.uint8)
    across, down = width_px // 2, height_px // 2
    picture[:down, :across], picture[:down, across:] = RED, GREEN
    picture[down:, :across], picture[down:, across:] = BLUE, WHITE
    return picture


def corners(picture: NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """The nearest of the four colours in the middle of each quarter: top left, top right, bottom left, bottom right."""
    height, width = picture.shape[:2]
    found = []
    for y, x in ((1, 1), (1, 3), (3, 1), (3, 3)):
        colour = picture[height * y // 4, width * x // 4].astype(int)
        found.append(min((RED, GREEN, BLUE, WHITE), key=lambda known: np.abs(colour - known).sum()))
    return found


def woven(first: NDArray[np.uint8], second: NDArray[np.uint8], *, top_first: bool) -> NDArray[np.uint8]:
    """Two moments in one interlaced picture: of the earlier one either the even or the odd lines, by `top_first`."""
    picture = (first if top_first else second).copy()
    picture[1::2] = (second if top_first else first)[1::2]
    return picture


TO_BT2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
"""From BT.709's primaries, in linear light (ITU-R BT.2087)."""


def in_hdr(picture: NDArray[np.uint8], curve: ColorTrc) -> NDArray[np.uint16]:
    """The picture as PQ (SMPTE 2084, its white at 203 cd/m2) or as HLG (ARIB STD-B67, its white at 75 %), BT.2020."""
    light = ((picture / 255.0) ** 2.4) @ TO_BT2020.T
    if curve is ColorTrc.SMPTE2084:
        power = (light * 203 / 10_000) ** 0.1593017578125
        signal = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    else:
        light = light * 0.265
        signal = np.where(
            light <= 1 / 12,
            np.sqrt(3 * light),
            0.17883277 * np.log(np.maximum(12 * light - 0.28466892, 1e-9)) + 0.559911,
        )
    return (signal * 65535 + 0.5).astype(np.uint16)


def steady(count: int, fps: float = 30.0) -> list[float]:
    """Times of a clip of even pace, in seconds."""
    return [round(index / fps, 3) for index in range(count)]


def write_video(
    path: Path,
    times_s: Sequence[float],
    *,
    pictures: Iterable[NDArray[np.uint8] | NDArray[np.uint16]] | None = None,
    codec: str = "libx264",
    size: tuple[int, int] = (64, 48),
    pix_fmt: str | None = None,
    options: Mapping[str, str] | None = None,
    curve: ColorTrc | None = None,
    top_first: bool | None = None,
    turned_deg: int = 0,
    mirrored: bool = False,
    pixel_aspect: Fraction | None = None,
    keyframe_every: int = 12,
    b_frames: int = 0,
    damaged: Collection[int] = (),
    sound: bool = False,
    index_first: bool = False,
) -> Path:
    """Write pictures at the given times.

    Args:
        path: Its suffix says the container.
        times_s: Presentation times, to the millisecond; For avi from 0 on and of even pace. An mp4 or mov
            tells a player to leave out those below 0 (an edit list).
        pictures: (height, width, 3 or 4), one for each time, of one size; `quarters` of `size` if left out.
        codec: FFmpeg's name of the encoder.
        size: Width and height of the usual picture.
        pix_fmt: How colours are stored.
        options: Of the encoder.
        curve: The brightness curve to name; pictures must follow it (`in_hdr`).
        top_first: Call the pictures interlaced, with this order of their lines.
        turned_deg: A player is told to turn the picture by this, counter-clockwise.
        mirrored: A player is told to swap left and right, when it has turned the picture.
        pixel_aspect: Width of a pixel over its height.
        keyframe_every: Frames from keyframe to keyframe.
        b_frames: Frames stored out of order.
        damaged: Indices of frames whose data is overwritten.
        sound: Add a stream of silence.
        index_first: In an mp4 or mov, so that one that is cut off can be read.
    """
    fps = round(1 / (times_s[1] - times_s[0])) if len(times_s) > 1 else 30
    # AVI counts frames: at a millisecond each, most empty. MPEG-2 knows few frame rates.
    tick = Fraction(1, fps) if path.suffix == ".avi" or codec == "mpeg2video" else TICK
    if pictures is None:
        pictures = [quarters(*size)] * len(times_s)
    shown = iter(pictures)
    first = next(shown)
    with av.open(path, "w", options={"movflags": "faststart"} if index_first else {}) as container:
        stream = container.add_stream(codec, rate=fps, options={**QUIET.get(codec, {}), **(options or {})})
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = pix_fmt or {"mjpeg": "yuvj420p", "gif": "rgb8"}.get(codec, "yuv420p")
        context = stream.codec_context
        context.time_base = tick
        context.thread_count = 1
        context.gop_size = keyframe_every
        context.max_b_frames = b_frames
        if pixel_aspect is not None:
            context.sample_aspect_ratio = pixel_aspect
        if curve is not None:
            context.color_trc, context.color_primaries, context.colorspace, context.color_range = curve, 9, 9, 1
        if top_first is not None:
            context.options = {**context.options, "flags": "+ildct+ilme"}
        if turned_deg or mirrored:
            stream.set_display_rotation(turned_deg, hflip=mirrored)
        if sound:
            _add_silence(container)
        packets = []
        stamps = [round(time_s / tick) for time_s in times_s]
        for picture in _coded((first, *shown), stamps, tick, stream.pix_fmt, top_first):
            packets += stream.encode(picture)
        packets += stream.encode(None)
        for index, packet in enumerate(packets):
            container.mux(_damage(packet) if index in damaged else packet)
    return path


def _coded(
    pictures: Iterable[NDArray[np.uint8] | NDArray[np.uint16]],
    stamps: Sequence[int],
    tick: Fraction,
    pix_fmt: str,
    top_first: bool | None,
) -> Iterator[av.VideoFrame]:
    """Pictures as an encoder takes them."""
    marking: Graph | None = None
    for stamp, pixels in zip(stamps, pictures, strict=True):
        if pixels.dtype == np.uint16:
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb48le").reformat(
                format=pix_fmt, dst_colorspace=Colorspace.BT2020, dst_color_range=ColorRange.MPEG
            )
        else:
            given = av.VideoFrame.from_ndarray(pixels, format="rgba" if pixels.shape[2] == 4 else "rgb24")
            # Interlaced lines stay apart only if colours are not averaged over them.
            frame = given.reformat(format=pix_fmt, interpolation=None if top_first is None else "POINT")
        frame.pts, frame.time_base = stamp, tick
        if top_first is not None:
            if marking is None:
                marking = Graph()
                marking.link_nodes(
                    marking.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=tick),
                    marking.add("setfield", "tff" if top_first else "bff"),
                    marking.add("buffersink"),
                ).configure()
            marking.push(frame)
            frame = marking.vpull()
        yield frame


def write_stamped(path: Path, stamps_ms: Sequence[int], pictures: Sequence[NDArray[np.uint8]] = ()) -> Path:
    """A Matroska clip with just these stamps, in any order, which encoders do not write; of `quarters` if not told."""
    pictures = pictures or [quarters()] * len(stamps_ms)
    with av.open(path, "w", format="matroska") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuvj420p"
        stream.codec_context.time_base = TICK
        for index, (stamp, pixels) in enumerate(zip(stamps_ms, pictures, strict=True)):
            picture = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuvj420p")
            picture.pts, picture.time_base = index, TICK
            for packet in stream.encode(picture):
                packet.pts, packet.dts = stamp, 0
                container.mux(packet)
    return path


def write_sound(path: Path) -> Path:
    """A second of silence and nothing else."""
    with av.open(path, "w") as container:
        _add_silence(container)
    return path


def cut(path: Path, keep: float) -> Path:
    """Leave only the first part of a file, as a broken copy does."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    return path


def scattered(content: bytes, dice: random.Random, most: int) -> bytes:
    """The content with 1 to `most` of its bytes replaced by others, as on a bad disk."""
    damaged = bytearray(content)
    for _ in range(dice.randint(1, most)):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    return bytes(damaged)


def _add_silence(container: av.container.OutputContainer) -> None:
    wave = container.format.name == "wav"
    stream = container.add_stream("pcm_s16le" if wave else "aac", rate=16_000)
    stream.codec_context.layout = "mono"
    samples = np.zeros((1, 16_000), np.int16 if wave else np.float32)
    sound = av.AudioFrame.from_ndarray(samples, format="s16" if wave else "fltp", layout="mono")
    sound.sample_rate, sound.pts = 16_000, 0
    for packet in [*stream.encode(sound), *stream.encode(None)]:
        container.mux(packet)


def _damage(packet: av.Packet) -> av.Packet:
    damaged = av.Packet(b"\x00" * packet.size)
    damaged.stream, damaged.time_base = packet.stream, packet.time_base
    damaged.pts, damaged.dts = packet.pts, packet.dts
    return damaged
