"""A video file as a source, through PyAV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from math import inf
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import av
import numpy as np
from av.container import InputContainer
from av.sidedata.sidedata import SideDataContainer
from av.stream import Disposition
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from posecheck.errors import InputError
from posecheck.frames import SourceInfo, SourceKind
from posecheck.sources import fitted_size

CONTAINERS = "mov,matroska,avi,mpegts,mpeg,flv,ogg,asf,mxf,dv,gif,apng,webp_anim,mp3,wav,flac,aac"
"""FFmpeg's names of the formats that are opened: what cameras, phones, browsers and screen recorders write, and common
sound files (to say that they are such). Others would do harm: text is drawn as a film, playlists open other files."""

STILL_BRANDS = ("heic", "heix", "mif1", "avif")
"""Brands of single pictures in an mp4-like file, of which FFmpeg would show only one tile."""

CUT_OFF_S = 1.0
"""A clip is called cut off when it ends this much before its container's word: containers round by some frames."""


LENIENT: dict[str, Any] = {"metadata_errors": "replace"} if int(av.__version__.partition(".")[0]) < 19 else {}
"""Titles in an old encoding must not keep a clip from being read; since version 19 PyAV sees to that itself."""

SEEK_MARGIN_S = 1.0
"""Sought this much too early: MPEG-TS is sought by decoding times, which run ahead of the presentation times."""

_Stamped = tuple[int, av.VideoFrame]
"""A decoded picture behind its presentation stamp in the stream's ticks."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How coded pictures are to be shown.

    Attributes:
        width_px: Width of the upright picture.
        height_px: Height of the upright picture.
        transposed: Whether rows become columns, before the flips.
        flip_x: Whether left and right are swapped.
        flip_y: Whether top and bottom are swapped.
    """

    width_px: int
    height_px: int
    transposed: bool
    flip_x: bool
    flip_y: bool

    @classmethod
    def of(cls, frame: av.VideoFrame, pixel_aspect: float) -> _Layout:
        """From a frame's display matrix (the nearest of its right angles) and the aspect of the coded pixels."""
        width, height = max(1, round(frame.width * pixel_aspect)), frame.height
        side_data = cast("SideDataContainer", frame.side_data)  # PyAV's stub takes it for a dict of something else
        if "DISPLAYMATRIX" not in side_data:
            return cls(width, height, False, False, False)
        # FFmpeg's display matrix is 9 int32, [a b u; c d v; x y w]: shown x = a x + c y, shown y = b x + d y.
        a, b, _, c, d = np.frombuffer(bytes(side_data["DISPLAYMATRIX"]), np.int32)[:5].tolist()
        if abs(b) > abs(a):
            return cls(height, width, True, c < 0, b < 0)
        return cls(width, height, False, a < 0, d < 0)


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """A decoded picture, converted when it is asked for.

    Attributes:
        time_s: Presentation time, 0 at the clip's first frame.
    """

    time_s: float
    _picture: av.VideoFrame
    _layout: _Layout
    _reformatter: VideoReformatter

    @property
    def width_px(self) -> int:
        """Width of the upright picture."""
        return self._layout.width_px

    @property
    def height_px(self) -> int:
        """Height of the upright picture."""
        return self._layout.height_px

    def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        """The upright picture as (height, width, 3) RGB, its longer side at most `max_side_px`."""
        width, height = fitted_size(self.width_px, self.height_px, max_side_px)
        if self._layout.transposed:
            width, height = height, width
        # One step from the coded colours to small RGB, 1.2 ms from 1080p to 640 px; AREA averages what it shrinks.
        small = self._reformatter.reformat(self._picture, width, height, "rgb24", interpolation=Interpolation.AREA)
        rgb = small.to_ndarray()
        if self._layout.transposed:
            rgb = rgb.transpose(1, 0, 2)
        rgb = rgb[:: -1 if self._layout.flip_y else 1, :: -1 if self._layout.flip_x else 1]
        return np.ascontiguousarray(rgb, np.uint8)


class VideoSource:
    """The frames of a video file whose times lie in [start_s, end_s), to be read through once.

    Times are presentation timestamps counted from the first frame of the clip that decodes. A frame that does not
    decode, or whose time is missing or not later than that of the frame before, is skipped and counted.

    Args:
        path: The file.
        start_s: Frames before are left out; reached by seeking.
        end_s: Frames from here on are left out; None for all.

    Raises:
        InputError: If the file is no video, has sound only, or no frame of the range decodes.
    """

    def __init__(self, path: Path, *, start_s: float = 0.0, end_s: float | None = None) -> None:
        self.frames_skipped = 0
        self.warnings: list[str] = []
        self._lost: Counter[str] = Counter()
        self._start_s = start_s
        self._end_s = inf if end_s is None else end_s
        self._reformatter = VideoReformatter()
        self._path = path
        self._container, self._stream = _opened(path)
        try:
            self._tick_s = float(self._stream.time_base or 0)
            self._origin = self._stream.start_time or 0
            pictures = self._pictures()
            first = next(pictures, None)
            if first is None:
                raise InputError(f"{path}: no frame of it decodes; convert it to mp4 (H.264) or copy it again")
            self._origin, picture = first
            self._layout = _Layout.of(picture, float(self._stream.sample_aspect_ratio or 1))
            self.info = self._information()
            self._frames = self._in_range(chain([first], pictures))
            head = next(self._frames, None)
            if head is None:
                raise InputError(f"{path}: {self._extent()}, and has no frame between --start and --end")
            self._frames = chain([head], self._frames)
        except BaseException:
            self._container.close()
            raise

    def __iter__(self) -> Iterator[VideoFrame]:
        return self._frames

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def _information(self) -> SourceInfo:
        """What the container says; the number of frames is that of the range."""
        stream = self._stream
        duration_s = None
        if stream.duration:
            duration_s = stream.duration * self._tick_s
        elif self._container.duration:
            duration_s = self._container.duration / av.time_base
            if "matroska" in self._container.format.name:  # which says when it ends, not how long it is
                duration_s -= self._origin * self._tick_s
        count: float | None = stream.frames or None
        if duration_s:
            if not count and stream.average_rate:
                count = duration_s * float(stream.average_rate)
            if count:
                count *= max(0.0, min(self._end_s, duration_s) - self._start_s) / duration_s
        layout = self._layout
        return SourceInfo(
            self._path.name,
            SourceKind.VIDEO,
            layout.width_px,
            layout.height_px,
            duration_s,
            None if count is None else round(count),
        )

    def _extent(self) -> str:
        """How long the clip is, in words."""
        return "is of unknown length" if self.info.duration_s is None else f"is {self.info.duration_s:.2f} s long"

    def _in_range(self, pictures: Iterator[_Stamped]) -> Iterator[VideoFrame]:
        """The frames asked for, of pictures that are at the clip's first one."""
        end_s = 0.0
        for stamp, picture in self._sought() if self._start_s > 0 else pictures:
            time_s = (stamp - self._origin) * self._tick_s
            if time_s >= self._end_s:
                return
            end_s = time_s + (picture.duration or 0) * self._tick_s
            if time_s >= self._start_s:
                yield VideoFrame(time_s, picture, self._layout, self._reformatter)
        if self.info.duration_s is not None and end_s < min(self._end_s, self.info.duration_s) - CUT_OFF_S:
            self.warnings.append(f"the clip {self._extent()} by its header but ends at {end_s:.2f} s: is it cut off?")

    def _sought(self) -> Iterator[_Stamped]:
        """Pictures from a keyframe at or before the start; where the file cannot be sought, all of them."""
        wanted = self._origin + round(self._start_s / self._tick_s)
        with suppress(av.FFmpegError):
            self._container.seek(wanted - round(SEEK_MARGIN_S / self._tick_s), stream=self._stream)
            pictures = self._pictures()
            head = next(pictures, None)
            if head is not None and head[0] <= wanted:
                return chain([head], pictures)
        self._container.close()
        self._container, self._stream = _opened(self._path)
        return self._pictures()

    def _pictures(self) -> Iterator[_Stamped]:
        """Decoded pictures with their presentation stamps, which increase, from where the container stands."""
        # AVI holds no presentation stamps: the decoding stamps, which FFmpeg hands on in the order shown, are right.
        stamped_when_decoded = self._container.format.name == "avi"
        last = -inf
        for packet in self._packets():
            try:
                pictures = packet.decode()
            except av.FFmpegError:
                self._lose("could not be decoded", packet.pts)
                continue
            for picture in pictures:
                stamp = picture.dts if stamped_when_decoded else picture.pts
                if picture.is_corrupt:
                    self._lose("could not be decoded", stamp)
                elif stamp is None or stamp <= last:
                    self._lose("had no time of their own", stamp)
                else:
                    last = stamp
                    yield stamp, picture

    def _packets(self) -> Iterator[av.Packet[av.VideoStream]]:
        """Coded pictures, as far as the file can be read."""
        try:
            yield from self._container.demux(self._stream)
        except (av.FFmpegError, IndexError) as error:  # IndexError: packets of a stream that the header did not name
            self.warnings.append(f"the clip cannot be read to its end: {error}")
            end: Any = av.Packet()
            end.stream = self._stream
            yield end  # for the decoder to hand out what it holds

    def _lose(self, why: str, stamp: int | None) -> None:
        """Count a skipped frame and say so, unless it lies before the range (where seeking leaves frames in pieces)."""
        if stamp is not None and (stamp - self._origin) * self._tick_s < self._start_s:
            return
        self._lost[why] += 1
        self.frames_skipped += 1
        told = f"skipped frames that {why}: "
        self.warnings[:] = [warning for warning in self.warnings if not warning.startswith(told)]
        self.warnings.append(f"{told}{self._lost[why]}")


def _opened(path: Path) -> tuple[InputContainer, av.VideoStream]:
    """The file as a container of one of `CONTAINERS`, and in it the stream that a player would show."""
    try:
        # The absolute path, so that a colon in a name is not taken for a protocol.
        options = {"format_whitelist": CONTAINERS}
        container = av.open(str(path.absolute()), options=options, **LENIENT)
    except av.FFmpegError as error:
        raise InputError(f"{path}: is no video or picture that can be read; try mp4, mov, webm, jpg or png") from error
    stream = container.streams.best("video")
    if container.metadata.get("major_brand") in STILL_BRANDS:
        container.close()
        raise InputError(f"{path}: is a HEIC or AVIF picture; save it as jpg first")
    if not isinstance(stream, av.VideoStream) or stream.disposition & Disposition.attached_pic:
        container.close()
        raise InputError(f"{path}: has no moving picture, only sound; name a clip that shows the person")
    stream.thread_type = "AUTO"  # decodes ahead on other cores while the model runs
    return container, stream
