"""A moving webp as a source, through Pillow: FFmpeg reads none, or only in its newest builds."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import pairwise
from math import inf
from pathlib import Path

from PIL import Image

from posecheck.errors import InputError
from posecheck.pose.frames import Frame, SourceInfo, SourceKind
from posecheck.sources import check_size, shown_name
from posecheck.sources.losses import Losses
from posecheck.sources.standing import Pace, shown_again
from posecheck.sources.still import StillFrame, opened, upright
from posecheck.system.closing import Closable

LEAST_LENGTH_S = 0.01
"""Browsers show no picture for less, whatever the file says."""


class AnimatedSource(Closable):
    """The pictures of a moving webp whose times lie in [start_s, end_s), to be read through once.

    Args:
        path: The file.
        start_s: Frames before are left out.
        end_s: Frames from here on are left out; None for all.
        rotate_deg: Turn the picture clockwise by this multiple of 90.
        mirrored: Swap left and right of the turned picture.

    Raises:
        InputError: If the file is damaged, too small, or has no picture in the range.
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
        self._path = path
        self._start_s, self._end_s = start_s, inf if end_s is None else end_s
        self._rotate_deg, self._mirrored = rotate_deg, mirrored
        with opened(path) as image:
            self._times_s = _times_s(image)
            image.seek(0)
            size = upright(image, rotate_deg=rotate_deg, mirrored=mirrored).size
        check_size(path, *size)
        if not any(start < self._end_s and end > start_s for start, end in pairwise(self._times_s)):
            raise InputError(f"{path}: is {self._times_s[-1]:.2f} s long, and has no frame between --start and --end")
        count = len(self._times_s) - 1
        self.info = SourceInfo(shown_name(path), SourceKind.VIDEO, *size, self._times_s[-1], count)
        self._frames = self._in_range()

    def __iter__(self) -> Iterator[Frame]:
        return self._frames

    def close(self) -> None:
        """Ends the iteration, and with it closes the file."""
        self._frames.close()

    def _in_range(self) -> Generator[Frame]:
        pace = Pace()
        with opened(self._path) as image:
            for index, (time_s, until_s) in enumerate(pairwise(self._times_s)):
                pace.update(time_s)
                if until_s <= self._start_s or time_s >= self._end_s:
                    continue
                image.seek(index)
                frame = StillFrame(upright(image, rotate_deg=self._rotate_deg, mirrored=self._mirrored), time_s)
                shown: list[Frame] = [frame]
                if pace.stands(until_s - time_s):
                    at_end = until_s == self._times_s[-1]
                    shown += shown_again(frame, until_s, at_end=at_end)
                    self._losses.stood(max(time_s, self._start_s), min(until_s, self._end_s))
                yield from (one for one in shown if self._start_s <= one.time_s < self._end_s)


def _times_s(image: Image.Image) -> list[float]:
    """When each picture begins, and when the last one ends, in seconds."""
    times_s = [0.0]
    for index in range(getattr(image, "n_frames", 1)):
        image.seek(index)
        image.load()
        times_s.append(times_s[-1] + max(LEAST_LENGTH_S, image.info.get("duration", 0) / 1000.0))
    return times_s
