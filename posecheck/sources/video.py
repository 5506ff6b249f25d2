"""A video file as a source, through PyAV."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from numpy.typing import NDArray

from posecheck.frames import SourceInfo, SourceKind


class VideoFrame:
    """A decoded picture."""

    def __init__(self, frame: av.VideoFrame, time_s: float) -> None:
        self._frame = frame
        self.time_s = time_s
        self._turn = round(frame.rotation / 90) % 4
        size = (frame.width, frame.height)
        self.width_px, self.height_px = size[::-1] if self._turn % 2 else size

    def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        """The picture."""
        width, height = self._frame.width, self._frame.height
        scale = min(1.0, max_side_px / max(width, height)) if max_side_px else 1.0
        rgb = self._frame.to_ndarray(
            width=max(1, round(width * scale)), height=max(1, round(height * scale)), format="rgb24"
        )
        return np.ascontiguousarray(np.rot90(rgb, self._turn))


class VideoSource:
    """A clip."""

    def __init__(self, path: Path, *, start_s: float | None = None, end_s: float | None = None) -> None:
        self._container = av.open(str(path))
        self._stream = self._container.streams.video[0]
        self._start_s, self._end_s = start_s or 0.0, end_s if end_s is not None else float("inf")
        self._frames = self._read()
        self._first = next(self._frames)
        duration = self._stream.duration
        self.info = SourceInfo(
            path.name,
            SourceKind.VIDEO,
            self._first.width_px,
            self._first.height_px,
            float(duration * self._stream.time_base) if duration else None,
            self._stream.frames or None,
        )
        self.frames_skipped = 0
        self.warnings: list[str] = []

    def _read(self) -> Iterator[VideoFrame]:
        origin = None
        for frame in self._container.decode(self._stream):
            if origin is None:
                origin = frame.time
            yield VideoFrame(frame, frame.time - origin)

    def __iter__(self) -> Iterator[VideoFrame]:
        for frame in [self._first]:
            yield frame
        for frame in self._frames:
            if self._start_s <= frame.time_s < self._end_s:
                yield frame

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()
