"""Stand-ins at the seams: frames without a video, an estimator without a model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.pose.frames import Frame
from posecheck.pose.landmarks import Pose
from posecheck.sources import fitted_size
from posecheck.system.closing import Closable


@dataclass(frozen=True)
class FakeFrame:
    """A grey picture.

    Attributes:
        time_s: As given.
        width_px: As given.
        height_px: As given.
    """

    time_s: float = 0.0
    width_px: int = 640
    height_px: int = 480

    def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        width, height = fitted_size(self.width_px, self.height_px, max_side_px)
        return np.full((height, width, 3), 128, np.uint8)


@dataclass(frozen=True, eq=False)
class PictureFrame:
    """A frame of a picture in memory.

    Attributes:
        picture: (height, width, 3) RGB.
        time_s: As given.
    """

    picture: NDArray[np.uint8]
    time_s: float = 0.0

    @property
    def width_px(self) -> int:
        return self.picture.shape[1]

    @property
    def height_px(self) -> int:
        return self.picture.shape[0]

    def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        size = fitted_size(self.width_px, self.height_px, max_side_px)
        return np.ascontiguousarray(cv2.resize(self.picture, size, interpolation=cv2.INTER_AREA))


class FakeEstimator(Closable):
    """Sees in one frame after another the poses it was given, at the frame's own time and size.

    Args:
        poses: What to see; None for nobody.
    """

    def __init__(self, poses: Iterable[Pose | None]) -> None:
        self._poses = iter(poses)
        self.warnings: list[str] = []
        self.closed = False

    def estimate(self, frame: Frame) -> Pose:
        pose = next(self._poses)
        if pose is None:
            return Pose(frame.time_s, frame.width_px, frame.height_px)
        return replace(pose, time_s=frame.time_s, width_px=frame.width_px, height_px=frame.height_px)

    def close(self) -> None:
        self.closed = True
