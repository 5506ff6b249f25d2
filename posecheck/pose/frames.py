"""The seam between pictures and poses: what a source hands to an estimator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from posecheck.pose.landmarks import Pose
from posecheck.system.closing import Closable

INFERENCE_SIDE_PX = 640
"""Longest side given to the model: body masks cost with the frame, accuracy does not (measured: +14 ms at 1080p)."""


class SourceKind(Enum):
    """What a source shows: moving pictures or a single one."""

    VIDEO = "video"
    STILL = "still"


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a source before its first frame is read.

    Attributes:
        name: The file's name without its folder.
        kind: Moving or still.
        width_px: Width of the upright picture, rotation applied.
        height_px: Height of the upright picture.
        duration_s: Length that the container states; 0 for a still, None where it states none.
        frame_count: Number of frames that the container states, an estimate for progress; None where unknown.
    """

    name: str
    kind: SourceKind
    width_px: int
    height_px: int
    duration_s: float | None
    frame_count: int | None


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a clip once it has been read, live or from a recording.

    Attributes:
        source: The clip.
        frames_skipped: Frames that could not be decoded.
        warnings: What was lost, in plain sentences.
        versions: What made the poses, such as ``mediapipe`` and ``model``.
    """

    source: SourceInfo
    frames_skipped: int
    warnings: tuple[str, ...]
    versions: Mapping[str, str]


class Frame(Protocol):
    """One picture, decoded but not yet converted: `rgb` converts it at the size requested."""

    @property
    def time_s(self) -> float:
        """Presentation time in seconds, 0 at the clip's first frame."""

    @property
    def width_px(self) -> int:
        """Width of the upright picture."""

    @property
    def height_px(self) -> int:
        """Height of the upright picture."""

    def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        """The upright picture as (height, width, 3) RGB, C-contiguous.

        Args:
            max_side_px: Shrink so that the longer side is at most this; a smaller picture stays as it is, and so does
                any for None.
        """


@dataclass(frozen=True, slots=True)
class StandingFrame:
    """A frame that is still shown at a later time, as its file says: the same picture, in which nobody has moved.

    Attributes:
        frame: As it was handed out first.
        time_s: Later than that.
    """

    frame: Frame
    time_s: float

    @property
    def width_px(self) -> int:
        """Width of the upright picture."""
        return self.frame.width_px

    @property
    def height_px(self) -> int:
        """Height of the upright picture."""
        return self.frame.height_px

    def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        """The picture, as `Frame.rgb` has it."""
        return self.frame.rgb(max_side_px)


class Source(Closable, Protocol):
    """A clip, a still or a camera. Iterating yields frames with strictly increasing times.

    Attributes:
        info: Known on opening.
        frames_skipped: Frames that could not be decoded, so far.
        warnings: Plain sentences on what was lost, so far.
    """

    info: SourceInfo
    frames_skipped: int
    warnings: list[str]

    def __iter__(self) -> Iterator[Frame]: ...


class Estimator(Closable, Protocol):
    """Finds one person in a frame."""

    @property
    def warnings(self) -> list[str]:
        """Plain sentences on which body it took for the person, so far."""

    def estimate(self, frame: Frame) -> Pose:
        """The pose in pixels of the frame's full upright size; its landmarks are None where nobody is found."""
