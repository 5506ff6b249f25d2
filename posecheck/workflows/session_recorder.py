"""Records a session for `analyze` and `tune`: the video as the camera saw it, and the landmarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from types import TracebackType
from typing import Self

from posecheck.errors import OutputError
from posecheck.pose.frames import Header, SourceInfo
from posecheck.pose.landmarks import BLOCK, Pose, in_blocks
from posecheck.presenters.drawing.canvas import Picture
from posecheck.presenters.drawing.practice_view import resized
from posecheck.presenters.output.video import VideoWriter
from posecheck.storage.recording import RecordingWriter

VIDEO, RECORDING = "video.mp4", "recording.npz"

MOST_WAITING = 30
"""Most pictures that wait to be written. If the disk or processor is too slow, pictures are dropped; nothing waits."""


class SessionRecorder:
    """Writes the video in a thread of its own. Use as a context manager: it completes the files on exit.

    Args:
        folder: Where the files are written. Created if missing.
        info: The source that is recorded.
        versions: Versions of what estimates the poses, as in `Header.versions`.

    Attributes:
        dropped: Number of pictures that could not be written in time.
        problem: Why recording has stopped, as a plain sentence. None if there is no problem.
    """

    def __init__(self, folder: Path, info: SourceInfo, versions: Mapping[str, str]) -> None:
        self.dropped = 0
        self.problem: str | None = None
        self._folder, self._info, self._versions = folder, info, versions
        self._recording = RecordingWriter(folder / RECORDING)
        self._size: tuple[int, int] | None = None
        self._poses: list[Pose] = []
        self._ended = False
        self._queue: Queue[tuple[float, Picture] | None] = Queue(MOST_WAITING)
        self._thread = Thread(target=self._run, name="film", daemon=True)

    def __enter__(self) -> Self:
        self._recording.__enter__()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._queue.put(None)
        self._thread.join()
        self._write_poses()
        with self._noting(), ExitStack() as stack:
            stack.push(self._recording)
            if self.problem is None:
                self._recording.finish(Header(self._info, 0, (), self._versions))

    def add(self, time_s: float, picture: Picture, poses: Sequence[Pose]) -> None:
        """Adds a picture, its time in seconds, and all poses since the last picture. Does not wait for the video."""
        self._poses += poses
        if len(self._poses) >= BLOCK:
            self._write_poses()
        try:
            self._queue.put_nowait((time_s, picture))
        except Full:
            self.dropped += 1

    def _write_poses(self) -> None:
        with self._noting():
            for block in in_blocks(self._poses):
                self._recording.write(block)
        self._poses = []

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Stores a write error, such as a full disk, as the problem. It ends the recording, not the session."""
        try:
            yield
        except OutputError as error:
            self.problem = self.problem or str(error)

    def _run(self) -> None:
        try:
            with self._noting():
                self._film()
        except Exception as error:  # noqa: BLE001 - it becomes the problem, and does not end the session
            self.problem = f"{self._folder / VIDEO}: the film ended ({type(error).__name__}: {error})"
        while not self._ended:
            self._next()

    def _next(self) -> tuple[float, Picture] | None:
        """Waits for the next picture and its time. None at the end."""
        waiting = self._queue.get()
        self._ended = waiting is None
        return waiting

    def _film(self) -> None:
        first = self._next()
        if first is None:
            return
        with VideoWriter(self._folder / VIDEO, clip=None, start_s=first[0], as_it_goes=True) as writer:
            waiting: tuple[float, Picture] | None = first
            while waiting is not None:
                time_s, picture = waiting
                writer.write(self._sized(picture), time_s)
                waiting = self._next()

    def _sized(self, picture: Picture) -> Picture:
        """The picture resized to the first one's size, because a video has only one size."""
        height, width = picture.shape[:2]
        self._size = self._size or (width, height)
        return resized(picture, self._size)
