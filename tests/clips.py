"""Small clips and pictures of every kind, written for a test."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

TICK = Fraction(1, 1000)
"""Times are written to the millisecond."""

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


def steady(count: int, fps: float = 30.0) -> list[float]:
    """Times of a clip of even pace, in seconds."""
    return [round(index / fps, 3) for index in range(count)]


def write_video(
    path: Path,
    times_s: Sequence[float],
    *,
    codec: str = "libx264",
    size: tuple[int, int] = (64, 48),
    turned_deg: int = 0,
    mirrored: bool = False,
    pixel_aspect: Fraction | None = None,
    keyframe_every: int = 12,
    b_frames: int = 0,
    damaged: Collection[int] = (),
    sound: bool = False,
) -> Path:
    """Write `quarters` at the given times.

    Args:
        path: Its suffix says the container.
        times_s: Presentation times, to the millisecond; two or more. For avi from 0 on and of even pace.
        codec: FFmpeg's name of the encoder.
        size: Width and height.
        turned_deg: A player is told to turn the picture by this, counter-clockwise.
        mirrored: A player is told to swap left and right, when it has turned the picture.
        pixel_aspect: Width of a pixel over its height.
        keyframe_every: Frames from keyframe to keyframe.
        b_frames: Frames stored out of order.
        damaged: Indices of frames whose data is overwritten.
        sound: Add a stream of silence.
    """
    fps = round(1 / (times_s[1] - times_s[0]))
    tick = Fraction(1, fps) if path.suffix == ".avi" else TICK  # AVI counts frames: at a millisecond each, most empty
    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height = size
        stream.pix_fmt = {"mjpeg": "yuvj420p", "gif": "rgb8"}.get(codec, "yuv420p")
        stream.codec_context.time_base = tick
        stream.codec_context.gop_size = keyframe_every
        stream.codec_context.max_b_frames = b_frames
        if pixel_aspect is not None:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if turned_deg or mirrored:
            stream.set_display_rotation(turned_deg, hflip=mirrored)
        if sound:
            _add_silence(container)
        picture = av.VideoFrame.from_ndarray(quarters(*size), format="rgb24").reformat(format=stream.pix_fmt)
        packets = []
        for time_s in times_s:
            picture.pts, picture.time_base = round(time_s / tick), tick
            packets += stream.encode(picture)
        packets += stream.encode(None)
        for index, packet in enumerate(packets):
            container.mux(_damage(packet) if index in damaged else packet)
    return path


def write_stamped(path: Path, stamps_ms: Sequence[int]) -> Path:
    """A Matroska clip of still pictures with just these stamps, repeated ones too, which encoders do not write."""
    with av.open(path, "w", format="matroska") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        stream.codec_context.time_base = TICK
        picture = av.VideoFrame.from_ndarray(quarters(), format="rgb24").reformat(format="yuvj420p")
        for index, stamp in enumerate(stamps_ms):
            picture.pts, picture.time_base = index, TICK
            for packet in stream.encode(picture):
                packet.pts = packet.dts = stamp
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
