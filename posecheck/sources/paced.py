"""Plays a clip at its own pace, as if it were a camera, for demonstrations and tests of live use."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Event

from posecheck.pose.frames import Frame, Source
from posecheck.system.closing import Closable


class PacedSource(Closable):
    """A source that yields each frame when it is due. Frames that the reader misses are dropped.

    The times are the clip's own. Decoding takes place in the reader's thread, and the next frame is decoded before it
    is due.

    Args:
        source: The clip, which is closed with this.
        clock: Returns the seconds of a monotonic clock.
        sleep: Waits for the given seconds, or until `stop`. None for real waiting.
    """

    trouble: str | None = None

    def __init__(
        self,
        source: Source,
        *,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self.info = source.info
        self.dropped = 0
        self._source = source
        self._clock = clock
        self._stopped = Event()
        self._sleep = sleep or self._stopped.wait
        self._origin_s = clock()
        self._frames = self._paced()

    @property
    def frames_skipped(self) -> int:
        """Frames that could not be decoded, so far."""
        return self._source.frames_skipped

    @property
    def warnings(self) -> list[str]:
        """Plain sentences on what was lost, so far."""
        return self._source.warnings

    def now_s(self) -> float:
        """The current time on the clip's clock."""
        return self._clock() - self._origin_s

    def stop(self) -> None:
        """Ends the iteration."""
        self._stopped.set()

    def __iter__(self) -> Iterator[Frame]:
        return self._frames

    def close(self) -> None:
        """Ends the iteration and closes the clip."""
        self.stop()
        self._source.close()

    def _paced(self) -> Iterator[Frame]:
        held: Frame | None = None
        for frame in self._source:
            if held is None:
                self._origin_s = self._clock() - frame.time_s  # the first one is due at once
            elif frame.time_s <= self.now_s():
                self.dropped += 1  # a newer frame is due already
            else:
                yield from self._when_due(held)
            held = frame
            if self._stopped.is_set():
                return
        if held is not None:
            yield from self._when_due(held)

    def _when_due(self, frame: Frame) -> Iterator[Frame]:
        wait_s = frame.time_s - self.now_s()
        if wait_s > 0:
            self._sleep(wait_s)
        if not self._stopped.is_set():
            yield frame
