"""A room to practise in, wired to fakes: a camera, a screen and a voice without a device."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Event

from posecheck.coaching.coach import Saying
from posecheck.coaching.lesson import LessonStep
from posecheck.coaching.progression import SessionDone
from posecheck.pose.frames import Frame, SourceInfo, SourceKind
from posecheck.pose.landmarks import Pose
from posecheck.presenters.drawing.canvas import Picture
from posecheck.presenters.drawing.drawn_layout import DrawnLayout
from posecheck.presenters.windows.practice_window import Key
from posecheck.rules.routine import PlannedExercise
from posecheck.storage.history import History, read_sessions
from posecheck.storage.history.session_log import SessionLog
from posecheck.storage.rule_files import load_stretch
from posecheck.workflows.live import MOST_WAITING, LiveFrame, Recorder
from posecheck.workflows.practice import Practice, PracticeOptions, PracticeResult
from tests.support.fakes import FakeEstimator, FakeFrame, PictureFrame
from tests.support.films import bridges
from tests.support.patience import until
from tests.support.poses import clip

FPS = 6.0
SIZE = (640, 480)


class FakeSource:
    """A camera whose frames come as fast as they are wanted, on a clock of their own.

    Args:
        count: Frames to give.
        fault: Raised instead of the frame after the last one.
        during: Called before each frame, with its number.
        picture: What its frames show; None for grey.
    """

    def __init__(
        self,
        count: int,
        fault: Exception | None = None,
        during: Callable[[int], None] = lambda number: None,
        picture: Picture | None = None,
    ) -> None:
        self.info = SourceInfo("fake", SourceKind.VIDEO, *SIZE, None, None)
        self.trouble: str | None = None
        self.dropped = 0
        self.stopped = False
        self._count, self._fault, self._during, self._picture = count, fault, during, picture
        self._now_s = 0.0

    def __iter__(self) -> Iterator[Frame]:
        for number in range(self._count):
            self._during(number)
            if self.stopped:
                return
            self._now_s = number / FPS
            if self._picture is None:
                yield FakeFrame(self._now_s, *SIZE)
            else:
                yield PictureFrame(self._picture, self._now_s)
        if self._fault is not None:
            raise self._fault

    def now_s(self) -> float:
        return self._now_s

    def stop(self) -> None:
        self.stopped = True


class Seer(FakeEstimator):
    """Sees what it was told to, in the order of the frames, until it breaks.

    Args:
        poses: What to see.
        fault_at: How many frames it is given before it breaks; None for never.
    """

    def __init__(self, poses: Sequence[Pose], fault_at: int | None = None) -> None:
        super().__init__(poses)
        self._left = fault_at

    def estimate(self, frame: Frame) -> Pose:
        if self._left == 0:
            raise RuntimeError("the graph broke")
        if self._left is not None:
            self._left -= 1
        return super().estimate(frame)


@dataclass
class FakeScreen:
    """A window somebody sits at.

    Attributes:
        keys: Pressed at the picture of that number, from 1.
        closes_at: The picture after which it is closed.
        pictures: What was shown.
    """

    keys: dict[int, Key] = field(default_factory=dict)
    closes_at: int = 1_000_000
    pictures: list[Picture] = field(default_factory=list)
    size: tuple[int, int] = SIZE

    @property
    def closed(self) -> bool:
        return len(self.pictures) >= self.closes_at

    def show(self, picture: Picture) -> None:
        self.pictures.append(picture)

    def key(self) -> Key | None:
        return self.keys.pop(len(self.pictures), None)


class FakeVoice:
    problem: str | None = None

    def __init__(self) -> None:
        self.muted = False
        self.said: list[Saying] = []

    def say(self, saying: Saying) -> None:
        self.said.append(saying)

    def mute(self, silent: bool) -> None:
        self.muted = silent

    def wait(self, timeout_s: float) -> bool:
        return True


@dataclass
class Room:
    """All that a session needs, and what came of it."""

    path: Path
    screen: FakeScreen | None = field(default_factory=FakeScreen)
    voice: FakeVoice = field(default_factory=FakeVoice)
    stop: Event = field(default_factory=Event)
    warned: list[str] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    shown: list[tuple[LiveFrame, LessonStep | None, Picture, DrawnLayout]] = field(default_factory=list)
    wishes: PracticeOptions = field(default_factory=lambda: wishes())
    source: FakeSource | None = None

    def practise(
        self,
        poses: Sequence[Pose],
        source: FakeSource | None = None,
        seer: Seer | None = None,
        log: SessionLog | None = None,
        recorder: Recorder | None = None,
    ) -> PracticeResult:
        assert len(poses) <= MOST_WAITING
        self.source = source or FakeSource(len(poses))
        with History(self.path) as history:
            practice = Practice(
                self.wishes,
                self.source,
                seer or Seer(poses),
                log or SessionLog(history, datetime.now().astimezone()),
                screen=self.screen,
                voice=self.voice,
                recorder=recorder,
                shown=lambda *one: self.shown.append(one),
                warned=self.warned.append,
                saved=self.saved.append,
                stop=self.stop,
            )
            return practice.run()

    @property
    def kept(self) -> SessionDone:
        (session,) = read_sessions(self.path)
        return session

    @property
    def banners(self) -> set[str]:
        return self.words("banner")

    def words(self, kind: str) -> set[str]:
        return {" ".join(one.lines) for *_, layout in self.shown for one in layout.words if one.kind == kind}


def wishes(repetitions: int = 2, **others: object) -> PracticeOptions:
    stretch = load_stretch("bridge")
    hold = stretch.hold.model_copy(update={"target_s": 3.0, "repetitions": repetitions})
    planned = PlannedExercise(stretch.model_copy(update={"hold": hold}), "", 0.0)
    return replace(PracticeOptions([planned], ending_s=0.0), **others)


def two_bridges() -> list[Pose]:
    return clip(*bridges(2, hold_s=4.0), fps=FPS)


def one_at_a_time(room: Room) -> Callable[[int], None]:
    """Gives the next frame when the one before has been shown, as a slow camera does."""

    def wait(number: int) -> None:
        source = room.source
        assert source is not None
        until(lambda: len(room.shown) >= number or source.stopped or room.stop.is_set())

    return wait


def shown_singly(room: Room, poses: Sequence[Pose]) -> PracticeResult:
    return room.practise(poses, FakeSource(len(poses), during=one_at_a_time(room)))
