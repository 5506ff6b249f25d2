"""A camera, live: a thread holds the newest picture and nothing else, and outlives whatever happens to the device."""

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
"""A camera that has shown nothing by then shows nothing: slow ones take 2-3 s to start."""

STALLED_S = 1.0
"""Without a picture for so long, the reader is told: the slowest cameras in the dark give 5 a second."""

STUCK_S = 12.0
"""A read that takes longer will not come back: V4L2 gives up after 10 s by itself. The device is opened anew."""

FAILING_S = 0.5
"""Reads that fail for so long mean that the device is gone; single ones happen."""

WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Before each try to open a lost camera again; the last one over and over."""

GIVE_UP_S = 300.0
"""A camera that stays away for so long does not come back by itself. Whoever has got up to plug it in has had the
time; whoever has left is not waited for by a lamp, a battery and a history that is never finished."""

BLACK = 16
"""Of 255: a covered lens shows less in every point, a room at night has points above."""

Bgr = NDArray[np.uint8]


class Device(Protocol):
    """What is needed of a capture device, as OpenCV has it."""

    def grab(self) -> bool:
        """Waits for the next picture; False where there is none to be had."""

    def retrieve(self) -> tuple[bool, Any]:
        """Decodes it."""

    def release(self) -> None:
        """Gives the device back."""


OpenDevice = Callable[[], Device | None]
"""Opens the device; None where that fails."""


@dataclass(frozen=True, slots=True)
class CameraFrame:
    """A picture from a camera, converted when it is asked for.

    Attributes:
        time_s: On the monotonic clock at capture, 0 at the first frame.
        bgr: (height, width, 3), as OpenCV gives it; not to be changed.
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
    """The newest frame of a camera, whenever the reader is ready for one; ends when it is stopped or given up.

    A camera that is unplugged, or stalls, is opened again, with growing waits; until then the iteration waits and
    `trouble` says why. After `GIVE_UP_S` it ends, and `trouble` says that.

    Args:
        name: What to call it.
        open_device: Opens the device; at first from this thread, as macOS wants it, later from another one.
        clock: Seconds of a monotonic clock.
        first_s: How long to wait for the first picture.
        waits_s: How long to wait before each try to open it again.
        stuck_s: How long a read may take.

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
        """Ends the iteration, and waits a moment for the camera to be given back."""
        self.stop()
        self._thread.join(timeout=1.0)  # one that is stuck in a driver ends with the process

    @property
    def trouble(self) -> str | None:
        """What is wrong just now, in words to show or say; None while all is well."""
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
        """Now, on the clock of the frames' times."""
        return self._clock() - self._origin_s

    def stop(self) -> None:
        """Ends the iteration and gives the camera back."""
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
        """A thread that reads; whichever was before comes to nothing."""
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
        """Whether a reading thread has nothing more to do."""
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
        if self._lost_s is None:  # since the last picture; sought since now, which a sleeping machine makes later
            self._lost_s, self._sought_s = self._alive_s, self._clock()

    def _reopened(self, number: int) -> Device | None:
        """Tries to open the device again, with growing waits, until there is nothing more to do."""
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
    """The next picture, None where it fails, and when it was captured."""
    try:
        grabbed = device.grab()
        captured_s = clock()
        if grabbed:
            decoded, bgr = device.retrieve()
            if decoded and bgr is not None and bgr.ndim == 3 and bgr.size:
                return bgr, captured_s
    except cv2.error:  # a device that is pulled out in the middle of a picture
        captured_s = clock()
    return None, captured_s
