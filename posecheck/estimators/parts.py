"""Parts of a frame as frames of their own, turned by quarters if need be, and poses brought back from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.estimators.people import box, extent_px, trunk
from posecheck.pose.frames import Frame
from posecheck.pose.landmarks import Floats, Pose

LENGTHS = 1.8
"""Width of a window in body lengths: 0.4 of room at either end, for arms that reach out and bodies that unfold."""

EDGE = 0.1
"""A body nearer than this share of its extent to its window's edge has come near it."""

SHARE = (0.35, 0.8)
"""Least and greatest extent of the body over its window's longer side; 1 / `LENGTHS` = 0.56 where it is newly set."""

LEAST_TILE_PX = 240
"""Tiles smaller than this are not searched: bodies in them that larger tiles miss are of 60 px or less."""

GRIDS = (2, 4)
"""Tiles have the frame's longer side over these, and overlap by half. Of 10 photographs each at 80, 120, 160 and 200 px
of body in 640 x 480, tiles of 320 px showed all 40: a quarter of the tile's side is enough. A picture of 640 px of an
empty room takes 60 ms to search, one of 1920 px with the quarters 350 ms, one of 3840 px 470 ms, on one core."""


GREY = (128, 128, 128)
"""Beyond a picture's edge."""


@dataclass(frozen=True, slots=True)
class CropWindow:
    """A rectangle of a frame, looked at turned.

    Attributes:
        x: Left edge in pixels of the frame.
        y: Top edge.
        width: In pixels of the frame, before turning.
        height: Likewise.
        turns: Quarter turns counter-clockwise by which the picture in it is turned: 0, 1 or 3.
    """

    x: int
    y: int
    width: int
    height: int
    turns: int = 0

    def holds(self, body: Floats, frame: Frame) -> bool:
        """Whether it may stay as it is: the body is away from its edges (the frame's own aside) and fits its size."""
        extent = extent_px(body)
        left, top, right, bottom = box(body).tolist()
        room = (
            left - self.x if self.x > 0 else np.inf,
            top - self.y if self.y > 0 else np.inf,
            self.x + self.width - right if self.x + self.width < frame.width_px else np.inf,
            self.y + self.height - bottom if self.y + self.height < frame.height_px else np.inf,
        )
        share = extent / max(self.width, self.height)
        return min(room) > EDGE * extent and SHARE[0] < share < SHARE[1]

    def to_frame(self, pose: Pose, frame: Frame) -> Pose:
        """A pose in the pixels of this window, as the model saw it, in those of the frame.

        z needs no change: it is already on the scale of pixels, and these are as large in the window as in the frame.
        """
        width, height = frame.width_px, frame.height_px
        if pose.landmarks is None or pose.world is None:
            return replace(pose, width_px=width, height_px=height, landmarks=None, world=None, outline=None)
        landmarks, world, outline = pose.landmarks.copy(), pose.world.copy(), pose.outline
        landmarks[:, :2] = self._placed(landmarks[:, :2])
        world[:, :2] = self._turned_back(world[:, :2])
        if outline is not None:
            outline = self._placed(outline)
        return replace(pose, width_px=width, height_px=height, landmarks=landmarks, world=world, outline=outline)

    def _placed(self, points: Floats) -> Floats:
        corner = {0: (0, 0), 1: (self.width, 0), 3: (0, self.height)}[self.turns]
        placed: Floats = (self._turned_back(points) + np.add(corner, (self.x, self.y))).astype(np.float32)
        return placed

    def _turned_back(self, points: Floats) -> Floats:
        x, y = points[:, 0], points[:, 1]
        return np.stack({0: (x, y), 1: (-y, x), 3: (y, -x)}[self.turns], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class CroppedFrame:
    """A window of a frame, as a frame.

    Attributes:
        picture: The whole frame at full resolution.
        window: What of it is shown.
        time_s: The frame's own.
    """

    picture: NDArray[np.uint8]
    window: CropWindow
    time_s: float

    @property
    def width_px(self) -> int:
        """Width of what is shown, turned."""
        return self.window.height if self.window.turns % 2 else self.window.width

    @property
    def height_px(self) -> int:
        """Height of what is shown, turned."""
        return self.window.width if self.window.turns % 2 else self.window.height

    def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        """What is shown, shrunk so that the longer side is at most `max_side_px`; never enlarged."""
        at = self.window
        cut = self._cut()
        scale = 1.0 if max_side_px is None else max_side_px / max(at.width, at.height)
        if scale < 1.0:
            size = max(1, round(at.width * scale)), max(1, round(at.height * scale))
            cut = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)
        return np.ascontiguousarray(np.rot90(cut, at.turns))

    def _cut(self) -> NDArray[np.uint8]:
        """What is shown, not turned; grey where the window reaches beyond the picture."""
        at, (height, width) = self.window, self.picture.shape[:2]
        beyond = (
            max(0, -at.y),
            max(0, at.y + at.height - height),
            max(0, -at.x),
            max(0, at.x + at.width - width),
        )
        inside = self.picture[max(0, at.y) : at.y + at.height, max(0, at.x) : at.x + at.width]
        if not any(beyond):
            return inside
        return np.asarray(cv2.copyMakeBorder(inside, *beyond, cv2.BORDER_CONSTANT, value=GREY), np.uint8)


def around(body: Floats, frame: Frame, lengths: float = LENGTHS, *, turn: Literal[0, 1, 2] = 0) -> CropWindow:
    """A square window about a body, moved and cut to lie in the frame.

    Args:
        body: (33, 5) landmarks in pixels of the frame.
        frame: Where it is.
        lengths: Side of the square over the body's extent.
        turn: 0 to bring a lying body's head up, by a quarter turn; 1 to leave the picture as it is; 2 to bring the
            head down. Of 145 cuts about lying and kneeling people (29 photographs at 80 to 260 px), 8 were wrong as
            they were, 2 turned so that most heads came up, and 3 turned the other way.
    """
    side = max(2, round(lengths * extent_px(body)))
    low, high = np.split(box(body), 2)
    start = np.round((low + high) / 2.0 - side / 2.0).astype(int)
    size = np.minimum(side, (frame.width_px, frame.height_px))
    x, y = np.clip(start, 0, np.array((frame.width_px, frame.height_px)) - size).tolist()
    along, up = trunk(body).tolist()
    head_up = 0 if abs(along) <= abs(up) else (1 if along > 0 else 3)
    turns = {0: head_up, 1: 0, 2: -head_up % 4}[turn]
    return CropWindow(x, y, int(size[0]), int(size[1]), turns)


def bordered(frame: Frame, share: float) -> CropWindow:
    """The whole frame within a grey border, on each side this share of the frame's width or height."""
    across, up = round(share * frame.width_px), round(share * frame.height_px)
    return CropWindow(-across, -up, frame.width_px + 2 * across, frame.height_px + 2 * up)


def tiles(frame: Frame, grid: int) -> Iterator[CropWindow]:
    """Squares of the frame's longer side over `grid` that cover it and overlap by half or more; none if too small."""
    side = max(frame.width_px, frame.height_px) // grid
    if side < LEAST_TILE_PX:
        return
    for y in _starts(frame.height_px, side):
        for x in _starts(frame.width_px, side):
            yield CropWindow(x, y, min(side, frame.width_px), min(side, frame.height_px))


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    steps = -(-(length - side) // (side // 2))
    return [round(index * (length - side) / steps) for index in range(steps + 1)]


def blank(time_s: float) -> CroppedFrame:
    """A picture of nobody: a tracker that is shown it lets go of whom it tracked."""
    return CroppedFrame(np.zeros((64, 64, 3), np.uint8), CropWindow(0, 0, 64, 64), time_s)


def fills(body: Floats, frame: Frame) -> float:
    """A body's extent over the frame's longer side as it is given to the model."""
    return extent_px(body) / max(frame.width_px, frame.height_px)
