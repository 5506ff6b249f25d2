"""Writes pictures to a file: `annotated.mp4`, which plays in a browser, with the clip's own timing and sound."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from posecheck.errors import OutputError
from posecheck.presenters.drawing.canvas import Picture
from posecheck.presenters.output.sound import Sound
from posecheck.system.atomic_files import replacing

if TYPE_CHECKING:
    import av
    from av.container import OutputContainer

TICK = Fraction(1, 90_000)
"""Times are written to a ninety-thousandth of a second, of which the usual frame rates' intervals are whole numbers."""

ENCODER = {"crf": "20", "preset": "veryfast"}
"""x264's constant quality, near transparent for text; `veryfast` costs about as much as drawing."""

IN_PIECES = {"movflags": "+empty_moov+default_base_moof", "frag_duration": "1000000", "flush_packets": "1"}
"""Options of FFmpeg's mp4 muxer for a fragmented file: a piece each 1,000,000 microseconds, on the disk at once."""

FIRST_INTERVAL = 1.0 / 30.0
"""How long the last frame is shown where there is no other to tell."""


class VideoWriter:
    """Writes an H.264 mp4 frame by frame; it appears under its name only when it is complete.

    Use as a context manager; on an error or an interruption nothing remains, and an older file stays as it was.

    Args:
        path: The file.
        clip: Whose sound to take along; None for silence.
        start_s: Time on the clip of the first frame to be written, which becomes 0.
        as_it_goes: Whether to write under the file's own name, in pieces of which each can be played, so that whatever
            ends the process leaves what was written before.

    Raises:
        OutputError: If the file cannot be written.
    """

    def __init__(self, path: Path, *, clip: Path | None, start_s: float, as_it_goes: bool = False) -> None:
        self._path = path
        self._as_it_goes = as_it_goes
        self._start_s = start_s
        self._sound = None if clip is None else Sound(clip, start_s)
        self._stream: av.VideoStream | None = None
        self._last = -1
        self._interval_s = FIRST_INTERVAL

    def __enter__(self) -> Self:
        import av

        with ExitStack() as stack:
            try:
                if self._as_it_goes:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    written, options = self._path, IN_PIECES
                else:
                    written, options = stack.enter_context(replacing(self._path)), {"movflags": "+faststart"}
                self._container: OutputContainer = stack.enter_context(
                    av.open(str(written), "w", format="mp4", options=options)
                )
            except (OSError, av.FFmpegError) as error:
                raise OutputError(self._unwritable(error)) from error
            if self._sound is not None:
                stack.callback(self._sound.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        import av

        try:
            if error is None and self._stream is not None:
                self._container.mux(self._stream.encode(None))
                if self._sound is not None:
                    self._sound.write(self._container, float(self._last * TICK) + self._interval_s)
        except av.FFmpegError as failure:
            self._stack.__exit__(type(failure), failure, failure.__traceback__)
            raise OutputError(self._unwritable(failure)) from failure
        try:
            self._stack.__exit__(kind, error, trace)
        except (OSError, av.FFmpegError) as failure:
            raise OutputError(self._unwritable(failure)) from failure

    def write(self, picture: Picture, time_s: float) -> None:
        """Adds a picture.

        Args:
            picture: (height, width, 3) RGB; an odd height or width gets a row or column more, which H.264 with its
                halved colours needs. One of another size than the first is fitted into that, with black beside it.
            time_s: Its time on the clip, later than that of the one before.
        """
        import av
        from av.video.reformatter import ColorRange, Colorspace

        if self._stream is not None:
            picture = _fitted(picture, self._stream.width, self._stream.height)
        height, width = picture.shape[:2]
        if height % 2 or width % 2:
            picture = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        try:
            stream = self._stream or self._begin(picture.shape[1], picture.shape[0])
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
            )
            stamp = max(round((time_s - self._start_s) / TICK), self._last + 1)
            if self._last >= 0:
                self._interval_s = float((stamp - self._last) * TICK)
            frame.pts, frame.time_base = stamp, TICK
            self._last = stamp
            self._container.mux(stream.encode(frame))
            if self._sound is not None:
                self._sound.write(self._container, float(stamp * TICK))
        except av.FFmpegError as error:
            raise OutputError(self._unwritable(error)) from error

    def _begin(self, width: int, height: int) -> av.VideoStream:
        import av

        stream = self._container.add_stream("libx264", rate=30, options=ENCODER)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = stream.time_base = TICK
        # Said in the file, or players would guess from its size: BT.709 with the usual range.
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = context.color_range = 1
        if self._sound is not None:
            self._sound.attach(self._container)
        self._stream = stream
        return stream

    def _unwritable(self, error: Exception) -> str:
        reason = getattr(error, "strerror", None) or error
        return f"{self._path}: cannot be written ({reason}); write to another folder, or do without the video"


def _fitted(picture: Picture, width_px: int, height_px: int) -> Picture:
    """The whole picture in the middle of one of this size, or, if it misses that by its odd pixel, as it is."""
    height, width = picture.shape[:2]
    if (width + width % 2, height + height % 2) == (width_px, height_px):
        return picture
    import cv2

    scale = min(width_px / width, height_px / height)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    fitted = np.zeros((height_px, width_px, 3), np.uint8)
    top, left = (height_px - inner[1]) // 2, (width_px - inner[0]) // 2
    fitted[top : top + inner[1], left : left + inner[0]] = cv2.resize(picture, inner, interpolation=cv2.INTER_AREA)
    return fitted


def write_picture(path: Path, picture: Picture) -> None:
    """Writes `annotated.png`.

    Raises:
        OutputError: If it cannot be written; an older file then stays as it was.
    """
    from PIL import Image

    try:
        with replacing(path) as temporary:
            Image.fromarray(picture).save(temporary, format="PNG")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); write to another folder") from error
