"""A stage on which drawn people move, and fakes that see them as MediaPipe would: too small in a frame, or cut, not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from posecheck.estimators.finder import PersonFinder, StillFinder
from posecheck.estimators.parts import CroppedFrame, CropWindow
from posecheck.estimators.people import Who, box, extent_px
from posecheck.estimators.search import Search
from posecheck.pose.frames import Frame
from posecheck.pose.landmarks import Floats, Pose
from posecheck.system.closing import Closable
from tests.support.fakes import FakeFrame

SEEN_FROM = 0.25
"""Least extent of a body that is seen, over the longer side of what is shown: 160 px in a frame of 640."""

People = Callable[[float], Sequence[Pose]]


def into(window: CropWindow, pose: Pose) -> Pose:
    """A pose of the frame as it would be seen in a window: the inverse of `CropWindow.to_frame`."""

    def turned(points: Floats, width: float, height: float) -> Floats:
        x, y = points[:, 0], points[:, 1]
        return np.stack({0: (x, y), 1: (y, width - x), 3: (height - y, x)}[window.turns], axis=1).astype(np.float32)

    assert pose.landmarks is not None
    assert pose.world is not None
    corner = np.array((window.x, window.y), np.float32)
    landmarks, world = pose.landmarks.copy(), pose.world.copy()
    landmarks[:, :2] = turned(landmarks[:, :2] - corner, window.width, window.height)
    world[:, :2] = turned(world[:, :2], 0, 0)
    outline = None if pose.outline is None else turned(pose.outline - corner, window.width, window.height)
    return replace(pose, landmarks=landmarks, world=world, outline=outline)


def shown(people: Sequence[Pose], frame: Frame) -> list[Pose]:
    """Those of the people whom a frame, or a part of one, shows well enough, in its own pixels."""
    window = frame.window if isinstance(frame, CroppedFrame) else CropWindow(0, 0, frame.width_px, frame.height_px)
    if isinstance(frame, CroppedFrame) and not frame.picture.any():
        return []  # the blank
    seen = []
    for pose in people:
        assert pose.landmarks is not None
        left, top, right, bottom = box(pose.landmarks).tolist()
        inside = left >= window.x and top >= window.y
        inside &= right <= window.x + window.width and bottom <= window.y + window.height
        if inside and extent_px(pose.landmarks) >= SEEN_FROM * max(window.width, window.height):
            placed = replace(pose, time_s=frame.time_s, width_px=frame.width_px, height_px=frame.height_px)
            seen.append(into(window, placed))
    return seen


@dataclass
class FakeLooker(Closable):
    """Finds all that are on the stage and shown; keeps the times at which it looked."""

    people: People
    times_s: list[float] = field(default_factory=list)
    closed: bool = False

    def everybody(self, frame: Frame) -> list[Pose]:
        self.times_s.append(frame.time_s)
        return shown(self.people(frame.time_s), frame)

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeTracker(FakeLooker):
    """Sees the first whom it is shown; keeps the windows it was shown, None for the whole frame, blanks left out."""

    windows: list[CropWindow | None] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def estimate(self, frame: Frame) -> Pose:
        if not isinstance(frame, CroppedFrame) or frame.picture.any():
            self.windows.append(frame.window if isinstance(frame, CroppedFrame) else None)
        people = self.everybody(frame)
        return people[0] if people else Pose(frame.time_s, frame.width_px, frame.height_px, brightness=0.5)


@dataclass
class Stage:
    """A finder with fakes for both models.

    Args:
        people: Who is on the stage at a time, whom the tracker sees first at the beginning.
        who: Whom the user wants.
        tracked: What the tracker sees, if it is not the same.
        size: Of the frames.
    """

    people: People
    who: Who = "auto"
    tracked: People | None = None
    size: tuple[int, int] = (640, 480)

    def __post_init__(self) -> None:
        self.tracker = FakeTracker(self.tracked or self.people)
        self.looker = FakeLooker(self.people)
        self.finder = PersonFinder(self.tracker, Search(self.looker), self.who)
        self.still = StillFinder(Search(self.looker), self.who)

    def frame(self, time_s: float) -> Frame:
        return FakeFrame(time_s, *self.size)

    def play(self, end_s: float, fps: float = 30.0) -> list[Pose]:
        """What the finder says of each frame."""
        return [self.finder.estimate(self.frame(number / fps)) for number in range(round(end_s * fps))]

    @property
    def searches_s(self) -> list[float]:
        """The times of frames that were searched."""
        return sorted(set(self.looker.times_s))
