"""Live poses: a thread detects the person in a source's newest frames, while the main thread draws.

The protocols of live practice are here too: what a source, a screen, a voice and a recorder must provide.
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
"""Most poses that wait to be judged: ten seconds of them, for example while the user drags the window."""

MOST_SIDE_PX = 1920
"""Longer side of a picture to be shown or recorded, at most. A body two metres away has no more detail."""

LAST_WORD_S = 3.0
"""How long the thread may take to end. At worst it has to finish one search for a lost person."""


class LiveSource(Protocol):
    """A source that delivers frames in real time: a camera, or a clip at its own pace.

    Attributes:
        info: Facts about the source, known once it is open.
    """

    info: SourceInfo

    def __iter__(self) -> Iterator[Frame]: ...

    @property
    def trouble(self) -> str | None:
        """The present problem, as text for the screen. None if there is none."""

    @property
    def dropped(self) -> int:
        """Number of frames dropped so far, because no reader was ready for them."""

    def now_s(self) -> float:
        """The present time in seconds, on the same clock as the frames' times."""

    def stop(self) -> None:
        """Ends the iteration, even while it waits for a frame."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveFrame:
    """A frame in which the person was searched for.

    Attributes:
        time_s: Time of the frame in seconds.
        width_px: Width of the full frame. The pose is in pixels of that frame.
        picture: (height, width, 3) RGB, perhaps smaller than the frame. None if no pictures are wanted.
    """

    time_s: float
    width_px: int
    picture: NDArray[np.uint8] | None


class LiveScreen(Protocol):
    """Shows pictures and reads keys; `posecheck.presenters.windows.practice_window.PracticeWindow` is one."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels that a picture may fill."""

    @property
    def closed(self) -> bool:
        """Whether the user has closed it."""

    def show(self, picture: Picture) -> None:
        """Shows an RGB picture."""

    def key(self) -> Key | None:
        """The newest key pressed since the last call. None if there was none."""


class Speaker(Protocol):
    """Speaks; `posecheck.presenters.voice.speaker.Voice` is one."""

    @property
    def muted(self) -> bool:
        """Whether the voice is muted."""

    @property
    def problem(self) -> str | None:
        """Why nothing can be heard. None if there is no problem."""

    def say(self, saying: Saying) -> None:
        """Starts or queues a saying, and returns at once."""

    def mute(self, silent: bool) -> None:
        """Mutes the voice, or lets it speak again."""

    def wait(self, timeout_s: float) -> bool:
        """Waits until everything has been said. False if that takes longer than the timeout."""


class Recorder(Protocol):
    """Records a session; `posecheck.workflows.session_recorder.SessionRecorder` is one."""

    @property
    def problem(self) -> str | None:
        """Why recording has stopped. None if there is no problem."""

    def add(self, time_s: float, picture: Picture, poses: Sequence[Pose]) -> None:
        """Adds a picture to be recorded, its time in seconds, and all poses since the last picture."""


class PoseWorker:
    """Reads a source and detects the person in each frame; use as a context manager.

    The source decides which frames are read. A camera gives its newest frame on each request and drops the others.
    A slow estimator therefore makes fewer poses, but never late ones.

    Args:
        source: The source of the frames. The caller opens and closes it.
        estimator: Detects the person. It is used only in the thread.
        pictures: Whether pictures are wanted. The thread converts them too, because a source serves one thread only.
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
        """Stops reading. No further frame is processed."""
        self._stopped = True
        self._source.stop()

    @property
    def ended(self) -> bool:
        """Whether the source has ended, and `take` has returned all its poses and raised its error, if any."""
        with self._changed:
            return self._ended and not self._poses and self._error is None

    def take(self, timeout_s: float) -> tuple[list[Pose], LiveFrame | None]:
        """Waits for a pose. Returns all poses since the last call, and the frame of the newest one.

        Args:
            timeout_s: Longest wait in seconds. Without a pose by then, the list is empty and the frame is None.

        Raises:
            Exception: The error of the source or the estimator, once all poses before it have been returned.
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
        except Exception as error:  # noqa: BLE001 - `take` raises it again
            self._error = error
        with self._changed:
            self._ended = True
            self._changed.notify()
