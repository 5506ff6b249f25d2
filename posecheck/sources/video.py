"""A video file as a source, through PyAV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import inf
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from posecheck.errors import InputError
from posecheck.pose.frames import Frame, SourceInfo, SourceKind, StandingFrame
from posecheck.sources import check_size, fitted_size, shown_name
from posecheck.sources.colours import Colours
from posecheck.sources.decoding import Decoder, led_by
from posecheck.sources.deinterlace import Stamped
from posecheck.sources.layout import PixelLayout
from posecheck.sources.losses import GAP_FRAMES, GAP_S, Loss, Losses
from posecheck.sources.standing import Pace, shown_again
from posecheck.system.closing import Closable

CUT_OFF_S = 0.5
"""A clip is called cut off when it ends this much before its container's word: containers round by some frames. Where
the sound goes on until then, nothing is missing. An avi counts its frames, and may lack two, which B-frames hide."""


FILMED_AT = "com.android.capture.fps"
"""The rate at which a phone filmed, among what an mp4 says of itself."""

OTHER_SPEED = 1.9
"""A rate this many times another is not that: in poor light phones film at fewer than 30, and write 30 all the same;
how few is an assumption. Slow motion plays at half or less."""


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """A decoded picture, converted when it is asked for.

    Attributes:
        time_s: Presentation time, 0 at the clip's first frame.
    """

    time_s: float
    _picture: av.VideoFrame
    _layout: PixelLayout
    _colours: Colours

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
        size = fitted_size(self.width_px, self.height_px, max_side_px)
        return self._layout.upright(self._colours.rgb(self._picture, self._layout.coded(size)))


class VideoSource(Closable):
    """The frames of a video file whose times lie in [start_s, end_s), to be read through once.

    Times are presentation timestamps counted from the first frame of the clip that decodes. A frame that does not
    decode, or whose time is missing or not later than that of the frame before, is skipped and counted. What has only
    one frame is a still.

    Args:
        path: The file.
        start_s: Frames before are left out; reached by seeking.
        end_s: Frames from here on are left out; None for all.
        rotate_deg: Turn the picture clockwise by this multiple of 90, when it has been turned as the file says.
        mirrored: Swap left and right of the turned picture.

    Raises:
        InputError: If the file is no video, has sound only, is too small, or no frame of the range decodes.
    """

    def __init__(
        self,
        path: Path,
        *,
        start_s: float = 0.0,
        end_s: float | None = None,
        rotate_deg: int = 0,
        mirrored: bool = False,
    ) -> None:
        self.frames_skipped = 0
        self._losses = Losses()
        self.warnings = self._losses.sentences
        self._start_s = start_s
        self._end_s = inf if end_s is None else end_s
        self._colours = Colours()
        self._path = path
        self._reached_s = 0.0
        self._lost = False  # a picture, since the last one
        self._decoder = Decoder(path, self._lose, self._note_unreadable)
        try:
            self._origin = self._decoder.stream.start_time or 0
            pictures = self._decoder.pictures()
            first = next(pictures, None)
            if first is None:
                raise InputError(f"{path}: no frame of it decodes; convert it to mp4 (H.264) or copy it again")
            self._origin, picture = first
            self._rotate_deg, self._mirrored = rotate_deg, mirrored
            self._layout = self._layout_of(picture)
            check_size(path, self._layout.width_px, self._layout.height_px)
            self.info = self._information()
            frames = self._in_range(led_by([first], pictures))
            head = list(islice(frames, 2))
            self._check(head)
            self._frames = led_by(head, frames)
            self._note_speed()
        except BaseException:
            self._decoder.close()
            raise

    def __iter__(self) -> Iterator[VideoFrame | StandingFrame]:
        return self._frames

    def close(self) -> None:
        """Closes the file."""
        self._decoder.close()

    def _check(self, head: Sequence[Frame]) -> None:
        """See that there is something to analyse in what begins so; of a single frame make a still."""
        if not head:
            raise InputError(f"{self._path}: {self._extent()}, and has no frame between --start and --end")
        if len(head) > 1:
            return
        if self._losses.count_of(Loss.TIMELESS):
            raise InputError(
                f"{self._path}: none of its frames is later than the first; export it anew from a video editor"
            )
        self.info = SourceInfo(self.info.name, SourceKind.STILL, self.info.width_px, self.info.height_px, 0.0, 1)
        self.warnings.append("only one frame: judged as a picture, without times")

    def _information(self) -> SourceInfo:
        """What the container says; the number of frames is that of the range."""
        stream, container = self._decoder.stream, self._decoder.container
        duration_s = None
        if self._decoder.is_avi:  # whose header counts the frames; FFmpeg goes by the size of the file
            duration_s = stream.frames * self._decoder.tick_s or None
        elif stream.duration:
            duration_s = stream.duration * self._decoder.tick_s
        elif container.duration:
            duration_s = container.duration / av.time_base
            if "matroska" in container.format.name:  # which says when it ends, not how long it is
                duration_s -= self._origin * self._decoder.tick_s
        count: float | None = stream.frames or None
        if duration_s:
            if not count and stream.average_rate:
                count = duration_s * float(stream.average_rate)
            if count:
                count *= max(0.0, min(self._end_s, duration_s) - self._start_s) / duration_s
        return SourceInfo(
            shown_name(self._path),
            SourceKind.VIDEO,
            self._layout.width_px,
            self._layout.height_px,
            duration_s,
            None if count is None else round(count),
        )

    def _extent(self) -> str:
        """How long the clip is, in words."""
        return "is of unknown length" if self.info.duration_s is None else f"is {self.info.duration_s:.2f} s long"

    def _in_range(self, pictures: Iterator[Stamped]) -> Iterator[VideoFrame | StandingFrame]:
        """The frames asked for, of pictures that are at the clip's first one."""
        said_s = self.info.duration_s
        if self._start_s > 0:
            pictures = self._decoder.seek(self._origin + round(self._start_s / self._decoder.tick_s))
        end_s = 0.0
        pace = Pace()
        last: VideoFrame | None = None
        for stamp, picture in pictures:
            time_s = (stamp - self._origin) * self._decoder.tick_s
            if last is not None:
                yield from self._between(last, time_s, pace)
            if time_s >= self._end_s:
                return
            pace.update(time_s)
            if (picture.width, picture.height) != self._coded_size:
                self._layout = self._layout_of(picture)
            last = VideoFrame(time_s, picture, self._layout, self._colours)
            if time_s >= self._start_s:
                yield last
            self._reached_s = time_s
            end_s = time_s + float((picture.duration or 0) * (picture.time_base or 0))
        start_s = self._origin * self._decoder.tick_s
        if not self._decoder.is_avi:
            end_s = max(end_s, self._decoder.end_s - start_s)
        if last is not None and pace.stands(end_s - last.time_s):
            yield from self._standing(last, end_s, at_end=True)
        sound_end_s = self._decoder.sound_end_s - start_s
        missing_s = 0.0 if said_s is None else min(self._end_s, said_s) - max(end_s, sound_end_s)
        if missing_s > (2 * self._decoder.tick_s if self._decoder.is_avi else CUT_OFF_S):
            self.warnings.append(
                f"cut off or damaged: {said_s:.2f} s long by its header, but the pictures end at {end_s:.2f} s and "
                f"{missing_s:.2f} s are missing; copy the clip again if the original is whole"
            )

    def _layout_of(self, picture: av.VideoFrame) -> PixelLayout:
        """How a picture is to be seen, and those after it until their size changes, as it may in MPEG-TS."""
        self._coded_size = picture.width, picture.height
        aspect = float(self._decoder.stream.sample_aspect_ratio or 1)
        upright = PixelLayout.of(picture, aspect).turned(self._rotate_deg)
        return upright.mirrored() if self._mirrored else upright

    def _between(self, last: VideoFrame, time_s: float, pace: Pace) -> Iterator[StandingFrame]:
        """What there is to see between a picture and the next one, and what is to be said of it."""
        length_s = time_s - last.time_s
        lost, self._lost = self._lost, False
        stamps = (round(one / self._decoder.tick_s) + self._origin for one in (last.time_s, time_s))
        if not lost and pace.stands(length_s) and self._decoder.says_it_stands(*stamps):
            yield from self._standing(last, time_s)
        elif last.time_s >= self._start_s and length_s > max(GAP_S, GAP_FRAMES * pace.usual_s):
            self._losses.gap(last.time_s, time_s)

    def _standing(self, frame: VideoFrame, until_s: float, *, at_end: bool = False) -> Iterator[StandingFrame]:
        """The picture, shown again as long as it stands, in the range."""
        start_s, end_s = max(frame.time_s, self._start_s), min(until_s, self._end_s)
        if end_s > start_s:
            self._losses.stood(start_s, end_s)
        for again in shown_again(frame, until_s, at_end=at_end):
            if self._start_s <= again.time_s < self._end_s:
                yield again

    def _note_speed(self) -> None:
        """Say what a phone wrote into a clip that it filmed at another rate than the one at which it plays."""
        try:
            filmed = float(self._decoder.container.metadata.get(FILMED_AT, "nan"))
        except ValueError:
            return
        plays = float(self._decoder.stream.average_rate or 0)
        if plays and (filmed > OTHER_SPEED * plays or 0 < filmed * OTHER_SPEED < plays):
            kind, than = ("slow motion", "shorter") if filmed > plays else ("a time-lapse", "longer")
            self.warnings.append(
                f"{kind}: filmed at {filmed:g} pictures a second, plays at {plays:.3g}; all times are those of the "
                f"clip, and what was done was {than}"
            )

    def _note_unreadable(self, why: str) -> None:
        self.warnings.append(f"the file cannot be read beyond {self._reached_s:.2f} s ({why}); copy it again")

    def _lose(self, loss: Loss, stamp: int | None) -> None:
        """Count a skipped frame, unless it lies before the range (where seeking leaves frames in pieces)."""
        time_s = None if stamp is None else (stamp - self._origin) * self._decoder.tick_s
        self._lost = True
        if time_s is None or time_s >= self._start_s or self._start_s == 0:
            self.frames_skipped += 1
            self._losses.frame(loss, time_s)
