"""Poses as they come: the person is found in a source's newest frames, in a thread beside whatever draws them.

Here are also the seams of live practice: what a camera, a screen, a voice and a recorder must be able to do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Condition, Thread
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from posecheck.coaching.coach import Saying
from posecheck.pose.frames import Estimator, Frame, SourceInfo
from posecheck.pose.landmarks import Pose
from posecheck.presenters.drawing.canvas import Picture
from posecheck.presenters.windows.practice_window import Key

MOST_WAITING = 256
"""Poses that wait to be judged, at most: ten seconds' of them, while somebody drags the window."""

MOST_SIDE_PX = 1920
"""Pictures to be shown or kept are no larger: a body two metres away has no more detail."""

LAST_WORD_S = 3.0
"""How long the thread may take to end: one search for a lost person at worst."""


class LiveSource(Protocol):
    """A source whose frames come by themselves: a camera, or a clip at its own pace.

    Attributes:
        info: Known on opening.
    """

    info: SourceInfo

    def __iter__(self) -> Iterator[Frame]: ...

    @property
    def trouble(self) -> str | None:
        """What is wrong just now, in words to show; None while all is well."""

    @property
    def dropped(self) -> int:
        """Frames that nobody was ready for, so far."""

    def now_s(self) -> float:
        """Now, on the clock of the frames' times."""

    def stop(self) -> None:
        """Ends the iteration, also one that waits."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveFrame:
    """A frame that was looked at.

    Attributes:
        time_s: Of the frame.
        width_px: Of the whole frame, to which its pose refers.
        picture: (height, width, 3) RGB, perhaps smaller than the frame; None where none is wanted.
    """

    time_s: float
    width_px: int
    picture: NDArray[np.uint8] | None


class LiveScreen(Protocol):
    """Where pictures go and keys come from; `posecheck.presenters.windows.practice_window.PracticeWindow` is one."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the room for a picture, in pixels."""

    @property
    def closed(self) -> bool:
        """Whether somebody has closed it."""

    def show(self, picture: Picture) -> None:
        """Puts an RGB picture on the screen."""

    def key(self) -> Key | None:
        """What was pressed last since the last time."""


class Speaker(Protocol):
    """What speaks; `posecheck.presenters.voice.speaker.Voice` is one."""

    @property
    def muted(self) -> bool:
        """Whether it is silent."""

    @property
    def problem(self) -> str | None:
        """Why nothing can be heard; None while all is well."""

    def say(self, saying: Saying) -> None:
        """Returns at once."""

    def mute(self, silent: bool) -> None:
        """Falls silent, or speaks again."""

    def wait(self, timeout_s: float) -> bool:
        """Waits until all has been said."""


class Recorder(Protocol):
    """Keeps what is seen; `posecheck.workflows.session_recorder.SessionRecorder` is one."""

    @property
    def problem(self) -> str | None:
        """Why nothing more is kept; None while all is well."""

    def add(self, time_s: float, picture: Picture, poses: Sequence[Pose]) -> None:
        """A picture as it may be kept, its time, and all poses since the last one."""


class PoseWorker:
    """Reads a source and finds the person in each frame; use as a context manager.

    The source decides which frames there are: a camera gives its newest one whenever it is asked and drops the others,
    so that a slow estimator makes poses fewer and never later.

    Args:
        source: Where frames come from; closed by whoever opened it.
        estimator: Finds the person; used only in the thread.
        pictures: Whether pictures are wanted; they are converted in the thread too, as sources are not made for two.
    """

    def __init__(self, source: LiveSource, estimator: Estimator, *, pictures: bool = True) -> None:
        self._pictures = pictures
        self._source = source
        self._estimator = estimator
        self._changed = Condition()
        self._poses: deque[Pose] = deque(maxlen=MOST_WAITING)
        self._sight: LiveFrame | None = None
        self._error: Exception | None = None
        self._ended = self._stopped = False
        self._thread = Thread(target=self._run, name="watcher", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._thread.join(LAST_WORD_S)

    def stop(self) -> None:
        """No further frame is looked at."""
        self._stopped = True
        self._source.stop()

    @property
    def ended(self) -> bool:
        """Whether the source has ended, and all its poses, or what broke it, were taken."""
        with self._changed:
            return self._ended and not self._poses and self._error is None

    def take(self, timeout_s: float) -> tuple[list[Pose], LiveFrame | None]:
        """All poses since the last time, and what was seen of the newest one's frame; waits for one.

        Args:
            timeout_s: The longest wait; without a pose by then the list is empty and there is no sight.

        Raises:
            Exception: Whatever the source or the estimator raised, once the poses before it were taken.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._poses or self._ended, timeout_s)
            poses, sight = list(self._poses), self._sight
            self._poses.clear()
            self._sight = None
            if not poses and self._error is not None:
                error, self._error = self._error, None
                raise error
        return poses, sight

    def _run(self) -> None:
        try:
            for frame in self._source:
                if self._stopped:
                    break
                picture = frame.rgb(MOST_SIDE_PX) if self._pictures else None
                pose = self._estimator.estimate(frame)
                with self._changed:
                    self._poses.append(pose)
                    self._sight = LiveFrame(frame.time_s, frame.width_px, picture)
                    self._changed.notify()
        except Exception as error:  # noqa: BLE001 - it is raised where the poses are taken
            self._error = error
        with self._changed:
            self._ended = True
            self._changed.notify()
