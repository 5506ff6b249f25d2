"""Real footage, which lies beside the repository and is no part of it, and what is made from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from benchmarks.evidence import MaterialMissingError

REAL = Path(__file__).parents[3] / "shared" / "real"

Picture = tuple[float, NDArray[np.uint8]]
"""A time in seconds and (height, width, 3) RGB."""


def real(name: str) -> Path:
    """A file or folder of the real footage.

    Raises:
        MaterialMissingError: If it is not there.
    """
    path = REAL / name
    if not path.exists():
        raise MaterialMissingError(f"needs {path.relative_to(REAL.parents[1])}, beside the repository")
    return path


def pictures(path: Path) -> Iterator[Picture]:
    """The frames of a clip, times from its first one."""
    with av.open(str(path)) as container:
        first = None
        for frame in container.decode(video=0):
            first = frame.time if first is None else first
            yield frame.time - first, frame.to_ndarray(format="rgb24")


def write_clip(path: Path, frames: Iterable[Picture]) -> Path:
    """An H.264 clip with just these times, to the 1/90000 s, almost without loss."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "8"})
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 90_000)
        for number, (time_s, rgb) in enumerate(frames):
            if number == 0:
                stream.height, stream.width = rgb.shape[:2]
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = round(time_s * 90_000), Fraction(1, 90_000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def looped(path: Path, target: Path, length_s: float) -> Path:
    """A clip repeated for `length_s`, its coded frames copied as they are."""
    with av.open(str(path)) as first:
        stream = first.streams.video[0]
        packets = [packet for packet in first.demux(stream) if packet.pts is not None]
        interval = Fraction(1) / (stream.average_rate * stream.time_base)
        period = round(len(packets) * interval)
        with av.open(str(target), "w") as container:
            copy = container.add_stream_from_template(stream)
            for turn in range(round(length_s / float(period * stream.time_base))):
                first.seek(0)
                for packet in first.demux(stream):
                    if packet.pts is None:
                        continue
                    packet.pts += turn * period
                    packet.dts += turn * period
                    packet.stream = copy
                    container.mux(packet)
    return target
