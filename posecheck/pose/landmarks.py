"""MediaPipe's 33 landmarks, and a pose as they give it: for one frame (`Pose`) or for many (`Poses`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from enum import Enum, IntEnum
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int_]
Bools = NDArray[np.bool_]

OUTLINE_POINTS = 128
"""Most points an outline may have: 1-2 px of detail on a body of 300 px."""


class Landmark(IntEnum):
    """The landmarks of MediaPipe Pose, by its own numbering; left and right are the subject's."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32


class Side(IntEnum):
    """A side of the subject's body."""

    LEFT = 0
    RIGHT = 1


class Joint(Enum):
    """A landmark that a body has on either side; the value is its (left, right) pair."""

    EAR = (Landmark.LEFT_EAR, Landmark.RIGHT_EAR)
    SHOULDER = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
    ELBOW = (Landmark.LEFT_ELBOW, Landmark.RIGHT_ELBOW)
    WRIST = (Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST)
    HIP = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
    KNEE = (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE)
    ANKLE = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)
    HEEL = (Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL)
    FOOT_INDEX = (Landmark.LEFT_FOOT_INDEX, Landmark.RIGHT_FOOT_INDEX)

    def on(self, side: Side) -> Landmark:
        """The landmark of this joint on one side."""
        landmark: Landmark = self.value[side]
        return landmark


SKELETON: tuple[tuple[Joint, Joint], ...] = (
    (Joint.EAR, Joint.SHOULDER),
    (Joint.SHOULDER, Joint.ELBOW),
    (Joint.ELBOW, Joint.WRIST),
    (Joint.SHOULDER, Joint.HIP),
    (Joint.HIP, Joint.KNEE),
    (Joint.KNEE, Joint.ANKLE),
    (Joint.ANKLE, Joint.HEEL),
    (Joint.HEEL, Joint.FOOT_INDEX),
)
"""The bones drawn on one side of a body."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """What the estimator saw in one frame.

    Attributes:
        time_s: Seconds on the frame, from its presentation timestamp or a monotonic clock.
        width_px: Width of the upright frame that the coordinates refer to.
        height_px: Height of that frame.
        landmarks: (33, 5) float32 of x_px, y_px (downwards), z_px (smaller is nearer), visibility 0..1 and
            presence 0..1; None where no person was found.
        world: (33, 3) float32, metres about the middle of the hips; None where no person was found.
        outline: (K, 2) float32 with K <= `OUTLINE_POINTS`, the largest contour of the body mask in pixels,
            closed (the last point joins the first); None where there is no mask.
        brightness: 95th percentile of the picture's luma, 0..1; NaN where it was not measured.
        sharpness: How steeply the picture's finest detail changes, about 1 in a sharp one and below 0.1 in a blurred
            one (`posecheck.estimators.picture`); NaN where it was not measured.
        midtone: Median of the picture's luma, 0..1: what half of it is darker than; NaN where it was not measured.
        shot: Which shot of an edited clip it belongs to, counted from 0; another person begins one, too.
    """

    time_s: float
    width_px: int
    height_px: int
    landmarks: Floats | None = None
    world: Floats | None = None
    outline: Floats | None = None
    brightness: float = math.nan
    sharpness: float = math.nan
    midtone: float = math.nan
    shot: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Poses:
    """N poses of one clip as arrays; rows are NaN where nobody was found.

    Attributes:
        time_s: (N,) seconds, increasing.
        width_px: Width of the frame.
        height_px: Height of the frame.
        landmarks: (N, 33, 5) as in `Pose`.
        world: (N, 33, 3) as in `Pose`.
        outline: (N, `OUTLINE_POINTS`, 2); a shorter outline repeats its first point to fill the row, which adds
            only edges of no length.
        brightness: (N,) as in `Pose`.
        sharpness: (N,) as in `Pose`.
        midtone: (N,) as in `Pose`.
        shot: (N,) as in `Pose`, never decreasing.
    """

    time_s: Floats
    width_px: int
    height_px: int
    landmarks: Floats
    world: Floats
    outline: Floats
    brightness: Floats
    sharpness: Floats
    midtone: Floats
    shot: Ints

    def __len__(self) -> int:
        return len(self.time_s)

    @classmethod
    def stack(cls, poses: Sequence[Pose]) -> Poses:
        """N single poses as arrays.

        Raises:
            ValueError: If there is none, since an empty stack has no frame size.
        """
        if not poses:
            raise ValueError("no poses to stack: give at least one")
        count = len(poses)
        landmarks = np.full((count, len(Landmark), 5), np.nan, np.float32)
        world = np.full((count, len(Landmark), 3), np.nan, np.float32)
        outline = np.full((count, OUTLINE_POINTS, 2), np.nan, np.float32)
        for row, pose in enumerate(poses):
            if pose.landmarks is not None:
                landmarks[row] = pose.landmarks
            if pose.world is not None:
                world[row] = pose.world
            if pose.outline is not None and len(pose.outline) > 0:
                outline[row] = pose.outline[0]
                outline[row, : len(pose.outline)] = pose.outline
        return cls(
            np.array([pose.time_s for pose in poses], np.float64),
            poses[0].width_px,
            poses[0].height_px,
            landmarks,
            world,
            outline,
            np.array([pose.brightness for pose in poses], np.float32),
            np.array([pose.sharpness for pose in poses], np.float32),
            np.array([pose.midtone for pose in poses], np.float32),
            np.array([pose.shot for pose in poses], np.int32),
        )

    def where(self, mask: NDArray[np.bool_]) -> Poses:
        """The poses at which an (N,) mask is True."""
        return self._each([self], lambda parts: parts[0][mask])

    def singly(self) -> Iterator[Pose]:
        """The poses one by one."""
        for row, time_s in enumerate(self.time_s.tolist()):
            arrays = (self.landmarks[row], self.world[row], self.outline[row])
            landmarks, world, outline = (array if np.isfinite(array[:, 0]).any() else None for array in arrays)
            picture = float(self.brightness[row]), float(self.sharpness[row]), float(self.midtone[row])
            shot = int(self.shot[row])
            yield Pose(time_s, self.width_px, self.height_px, landmarks, world, outline, *picture, shot)

    @classmethod
    def concatenate(cls, parts: Iterable[Poses]) -> Poses:
        """Stacks of one clip joined in order; at least one is needed."""
        return cls._each(list(parts), np.concatenate)

    @classmethod
    def _each(cls, parts: Sequence[Poses], join: Callable[[list[Any]], Any]) -> Poses:
        sizes = ("width_px", "height_px")
        arrays = {
            field.name: join([getattr(part, field.name) for part in parts])
            for field in fields(cls)
            if field.name not in sizes
        }
        return cls(width_px=parts[0].width_px, height_px=parts[0].height_px, **arrays)


def runs_of(shot: Ints) -> list[tuple[int, int]]:
    """Each shot as (start, stop) indices, of (N,) numbers that never decrease."""
    edges = [0, *(np.flatnonzero(np.diff(shot)) + 1).tolist(), len(shot)]
    return list(pairwise(edges))


BLOCK = 256
"""Poses that are processed together: enough to make the cost of a call small, and few enough that their outlines, which
fill the memory, stay at a third of a megabyte."""


def in_blocks(poses: Iterable[Pose]) -> Iterator[Poses]:
    """Single poses in stacks of `BLOCK`, the last one shorter; a new stack begins where the frame's size changes."""
    waiting: list[Pose] = []
    for pose in poses:
        resized = waiting and (pose.width_px, pose.height_px) != (waiting[0].width_px, waiting[0].height_px)
        if len(waiting) >= BLOCK or resized:
            yield Poses.stack(waiting)
            waiting = []
        waiting.append(pose)
    if waiting:
        yield Poses.stack(waiting)
