"""A live camera. A thread keeps only the newest picture, and goes on when the device is lost."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.errors import InputError
from posecheck.pose.frames import SourceInfo, SourceKind
from posecheck.sources import fitted_size
from posecheck.system.closing import Closable

FIRST_S = 10.0
"""Longest wait for the first picture. Slow cameras take 2-3 s to start."""

STALLED_S = 1.0
"""After this long without a picture, `trouble` reports it. The slowest cameras give 5 pictures a second in the dark."""

STUCK_S = 12.0
"""A read that takes longer does not return, as V4L2 itself gives up after 10 s. The device is then opened again."""

FAILING_S = 0.5
"""If reads fail for this long, the device is lost. A single failed read is normal."""

WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Waits before each try to open a lost camera again. The last one repeats."""

GIVE_UP_S = 300.0
"""A camera that is lost for this long ends the session. A user who is present has had time to plug it in. If the user
has left, waiting longer would keep the lamp on, drain the battery and leave the history unfinished."""

BLACK = 16
"""Of 255. With a covered lens every pixel is below this; in a room at night some pixels are above it."""

Bgr = NDArray[np.uint8]


class Device(Protocol):
    """The part of OpenCV's capture device that is used here."""

    def grab(self) -> bool:
        """Waits for the next picture. False if there is none."""

    def retrieve(self) -> tuple[bool, Any]:
        """Decodes the grabbed picture. Returns whether that succeeded, and the picture."""

    def release(self) -> None:
        """Releases the device."""


OpenDevice = Callable[[], Device | None]
"""Opens the device. None if that fails."""


@dataclass(frozen=True, slots=True)
class CameraFrame:
    """A picture from a camera, converted to RGB on request.

    Attributes:
        time_s: On the monotonic clock at capture, 0 at the first frame.
        bgr: (height, width, 3), as OpenCV gives it. It must not be changed.
    """

    time_s: float
    bgr: Bgr

    @property
    def width_px(self) -> int:
        """Width of the picture."""
        return self.bgr.shape[1]

    @property
    def height_px(self) -> int:
        """Height of the picture."""
        return self.bgr.shape[0]

    def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        """The picture as (height, width, 3) RGB, its longer side at most `max_side_px`."""
        size = fitted_size(self.width_px, self.height_px, max_side_px)
        shrunk = (
            self.bgr
            if size == (self.width_px, self.height_px)
            else cv2.resize(self.bgr, size, interpolation=cv2.INTER_AREA)
        )
        return np.asarray(cv2.cvtColor(shrunk, cv2.COLOR_BGR2RGB), np.uint8)


class CameraSource(Closable):
    """Yields the newest frame of a camera each time the reader asks for one.

    A camera that is unplugged or stalls is opened again, with growing waits. Until then the iteration waits, and
    `trouble` gives the reason. After `GIVE_UP_S` the iteration ends, and `trouble` reports that. `stop` ends it, too.

    Args:
        name: Name of the camera in messages.
        open_device: Opens the device. The first call is from this thread, as macOS requires; later ones from another.
        clock: Returns the seconds of a monotonic clock.
        first_s: Longest wait for the first picture.
        waits_s: Waits before each try to open the device again.
        stuck_s: Longest time that a read may take.

    Raises:
        InputError: If the device cannot be opened, or shows nothing.
    """

    def __init__(
        self,
        name: str,
        open_device: OpenDevice,
        *,
        clock: Callable[[], float] = time.perf_counter,
        first_s: float = FIRST_S,
        waits_s: Sequence[float] = WAITS_S,
        stuck_s: float = STUCK_S,
    ) -> None:
        self.frames_skipped = self.dropped = 0
        self.warnings: list[str] = []
        self._name, self._open, self._clock = name, open_device, clock
        self._waits_s, self._stuck_s = waits_s, stuck_s
        self._changed = Condition()
        self._newest: CameraFrame | None = None
        self._unread = self._stopped = False
        self._origin_s = self._alive_s = clock()
        self._lost_s: float | None = None
        self._sought_s = math.inf
        self._given_up = False
        self._reads = 0
        device = open_device()
        if device is None:
            raise InputError(f"{name}: cannot be opened; `posecheck cameras` lists what is there")
        self._thread = self._read_on(device)
        first = self._first(first_s)
        self.info = SourceInfo(name, SourceKind.VIDEO, first.width_px, first.height_px, None, None)
        self._frames = self._as_they_come()

    def __iter__(self) -> Iterator[CameraFrame]:
        return self._frames

    def close(self) -> None:
        """Ends the iteration, and waits up to 1 s for the camera to be released."""
        self.stop()
        self._thread.join(timeout=1.0)  # a thread that is stuck in a driver ends with the process

    @property
    def trouble(self) -> str | None:
        """The current problem as text to show or speak. None if there is none."""
        with self._changed:
            if self._given_up:
                return f"The camera stayed away for {GIVE_UP_S / 60:.0f} minutes, so the session is over."
            if self._lost_s is not None:
                return "The camera is gone: plug it in again."
            if self._clock() - self._alive_s > STALLED_S:
                return "The camera gives no picture."
            if self._newest is not None and self._newest.bgr[::16, ::16].max() < BLACK:
                return "The picture is black: is the lens covered?"
        return None

    def now_s(self) -> float:
        """The current time, on the same clock as the frames' `time_s`."""
        return self._clock() - self._origin_s

    def stop(self) -> None:
        """Ends the iteration. The reading thread then releases the camera."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _first(self, timeout_s: float) -> CameraFrame:
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None, timeout_s)
            if self._newest is None:
                self._stopped = True
                raise InputError(
                    f"{self._name}: opens but shows nothing; close other programs that use it, plug it in anew"
                )
            return self._newest

    def _as_they_come(self) -> Iterator[CameraFrame]:
        while (frame := self._next()) is not None:
            yield frame

    def _next(self) -> CameraFrame | None:
        with self._changed:
            while not (self._unread or self._stopped):
                self._changed.wait(0.2)
                if self._lost_s is None and self._clock() - self._alive_s > self._stuck_s:
                    self._lose()
                    self._thread = self._read_on(None)
                elif self._lost_s is not None and self._clock() - self._sought_s >= GIVE_UP_S:
                    self._given_up = self._stopped = True
                    self._changed.notify_all()
            self._unread = False
            return None if self._stopped else self._newest

    def _read_on(self, device: Device | None) -> Thread:
        """Starts a reading thread. It replaces the one before, which ends."""
        self._reads += 1
        self._alive_s = self._clock()
        thread = Thread(target=self._read, args=(device, self._reads), name="camera", daemon=True)
        thread.start()
        return thread

    def _read(self, device: Device | None, number: int) -> None:
        failing_s: float | None = None
        while not self._over(number):
            if device is None:
                device = self._reopened(number)
                continue
            bgr, captured_s = _picture(device, self._clock)
            if bgr is not None and not self._over(number):
                failing_s = None
                self._publish(bgr, captured_s)
                continue
            failing_s = captured_s if failing_s is None else failing_s
            if captured_s - failing_s >= FAILING_S and not self._over(number):
                device.release()
                device, failing_s = None, None
                with self._changed:
                    self._lose()
            else:
                time.sleep(0.02)
        if device is not None:
            device.release()

    def _over(self, number: int) -> bool:
        """Whether a reading thread should end: the source is stopped, or a newer thread has replaced it."""
        return self._stopped or number != self._reads

    def _publish(self, bgr: Bgr, captured_s: float) -> None:
        with self._changed:
            if self._newest is None:
                self._origin_s = captured_s
            time_s = captured_s - self._origin_s
            if self._newest is not None and time_s <= self._newest.time_s:
                return
            if self._lost_s is not None:
                gone_s = captured_s - self._lost_s
                self.warnings.append(
                    f"the camera was gone from {self._lost_s - self._origin_s:.1f} s on, for {gone_s:.1f} s"
                )
                self._lost_s = None
            self.dropped += self._unread
            self._newest, self._unread, self._alive_s = CameraFrame(time_s, bgr), True, captured_s
            self._changed.notify_all()

    def _lose(self) -> None:
        if self._lost_s is None:  # lost since the last picture, sought since now: later, if the machine slept between
            self._lost_s, self._sought_s = self._alive_s, self._clock()

    def _reopened(self, number: int) -> Device | None:
        """Tries to open the device again, with growing waits. None if the thread should end."""
        tries = 0
        while True:
            wait_s = self._waits_s[min(tries, len(self._waits_s) - 1)]
            with self._changed:
                if self._changed.wait_for(lambda: self._over(number), wait_s):
                    return None
            device = self._open()
            if device is not None:
                self._alive_s = self._clock()
                return device
            tries += 1


def _picture(device: Device, clock: Callable[[], float]) -> tuple[Bgr | None, float]:
    """The next picture, None if the read failed, and its capture time."""
    try:
        grabbed = device.grab()
        captured_s = clock()
        if grabbed:
            decoded, bgr = device.retrieve()
            if decoded and bgr is not None and bgr.ndim == 3 and bgr.size:
                return bgr, captured_s
    except cv2.error:  # the device was unplugged during the read
        captured_s = clock()
    return None, captured_s
