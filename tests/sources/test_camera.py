"""A camera and all that befalls one."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest

from posecheck.errors import InputError
from posecheck.pose.frames import SourceKind
from posecheck.sources.camera import GIVE_UP_S, CameraSource
from tests.support.clips import BLUE, GREEN, RED, WHITE, corners, quarters
from tests.support.patience import PATIENCE_S, until

SHOWN = quarters()[..., ::-1].copy()
"""As OpenCV gives it."""


class Clock:
    """A clock that only devices move on, and tests."""

    now_s = 500.0

    def __call__(self) -> float:
        return self.now_s


class FakeDevice:
    """Gives what it is fed: a picture, False for a read that fails, an exception; without, a read blocks.

    Args:
        fed: What it gives.
        clock: Moved on by 40 ms at each read.
    """

    def __init__(self, *fed: object, clock: Clock | None = None) -> None:
        self.clock = clock
        self.fed: queue.Queue[object] = queue.Queue()
        self.released = self.gone = False
        self._grabbed: object = None
        for one in fed:
            self.fed.put(one)

    def grab(self) -> bool:
        while not (self.released or self.gone):
            try:
                self._grabbed = self.fed.get(timeout=0.01)
            except queue.Empty:
                continue
            self.tick()
            if isinstance(self._grabbed, Exception):
                raise self._grabbed
            return self._grabbed is not False
        return False

    def retrieve(self) -> tuple[bool, Any]:
        return self._grabbed is not None, self._grabbed

    def release(self) -> None:
        self.released = True

    def tick(self) -> None:
        if self.clock is not None:
            self.clock.now_s += 0.04


class Broken(FakeDevice):
    """Fails whenever it is read."""

    def grab(self) -> bool:
        self.tick()
        return False


class Socket:
    """Where devices are plugged in: each try to open gets the next one, None if there is none."""

    def __init__(self, *devices: FakeDevice | None) -> None:
        self.devices = list(devices)
        self.opened: list[FakeDevice] = []
        self.tries_s: list[float] = []

    def __call__(self) -> FakeDevice | None:
        self.tries_s.append(time.perf_counter())
        device = self.devices.pop(0) if self.devices else None
        self.opened += [] if device is None else [device]
        return device


@contextmanager
def camera(*devices: FakeDevice | None, **options: Any) -> Iterator[CameraSource]:
    """A camera that is plugged into one device after the other; no read blocks any more when the test is over."""
    socket = options.pop("socket", Socket(*devices))
    clock = next((device.clock for device in devices if device is not None and device.clock is not None), Clock())
    usual = {"clock": clock, "waits_s": (0.01,), "first_s": PATIENCE_S}
    with CameraSource("camera 0", socket, **(usual | options)) as source:
        try:
            yield source
        finally:
            source.stop()
            for device in socket.opened:
                device.gone = True
    until(lambda: all(device.released for device in socket.opened))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def device(clock: Clock) -> FakeDevice:
    return FakeDevice(SHOWN, clock=clock)


@pytest.fixture
def source(device: FakeDevice) -> Iterator[CameraSource]:
    with camera(device) as source:
        yield source


class TestItsFrames:
    def test_are_rgb_of_the_size_asked_for(self, source: CameraSource) -> None:
        frame = next(iter(source))
        assert (frame.time_s, frame.width_px, frame.height_px) == (0.0, 64, 48)
        for side, shape in ((None, (48, 64, 3)), (32, (24, 32, 3)), (1000, (48, 64, 3))):
            picture = frame.rgb(side)
            assert (picture.shape, picture.dtype, picture.flags.c_contiguous) == (shape, np.uint8, True)
            assert corners(picture) == [RED, GREEN, BLUE, WHITE]
            picture[:] = 0
        assert corners(frame.rgb()) == [RED, GREEN, BLUE, WHITE]

    def test_are_known_on_opening(self, source: CameraSource) -> None:
        info = source.info
        assert (info.name, info.kind, info.width_px, info.height_px) == ("camera 0", SourceKind.VIDEO, 64, 48)
        assert (info.duration_s, info.frame_count) == (None, None)

    def test_have_the_time_of_their_capture(self, clock: Clock) -> None:
        device = FakeDevice(SHOWN)
        with camera(device, clock=clock) as source:
            times_s = []
            for step_s in (0.0, 0.04, 0.5):
                clock.now_s += step_s
                if step_s:
                    device.fed.put(SHOWN)
                times_s.append(next(iter(source)).time_s)
        assert times_s == pytest.approx([0.0, 0.04, 0.54])
        assert source.now_s() == pytest.approx(0.54)

    def test_have_times_that_increase(self) -> None:
        device = FakeDevice(SHOWN)
        with camera(device) as source:
            for _ in range(3):
                device.fed.put(SHOWN)
            until(device.fed.empty)
            assert next(iter(source)).time_s == 0.0
            assert source.dropped == 0, "a clock that stands gives no second frame"

    def test_are_the_newest_alone(self, source: CameraSource, device: FakeDevice) -> None:
        next(iter(source))
        for brightness in range(40, 90):
            device.fed.put(np.full((48, 64, 3), brightness, np.uint8))
        until(lambda: source.dropped == 49)
        assert next(iter(source)).rgb()[0, 0, 0] == 89
        assert source.frames_skipped == 0

    def test_end_when_it_is_stopped(self, source: CameraSource) -> None:
        came = []
        reader = threading.Thread(target=lambda: came.extend(source))
        reader.start()
        until(lambda: len(came) == 1 or not reader.is_alive())
        source.stop()
        reader.join(PATIENCE_S)
        assert not reader.is_alive()
        assert not list(source)

    def test_may_change_their_size(self, source: CameraSource, device: FakeDevice) -> None:
        next(iter(source))
        device.fed.put(np.zeros((480, 640, 3), np.uint8))
        frame = next(iter(source))
        assert (frame.width_px, frame.height_px) == (640, 480)
        assert source.info.width_px == 64


class TestTrouble:
    def test_there_is_none(self, source: CameraSource) -> None:
        assert source.trouble is None

    def test_no_camera(self) -> None:
        with pytest.raises(InputError, match="camera 0: cannot be opened"):
            CameraSource("camera 0", Socket(None))

    def test_a_camera_that_shows_nothing(self) -> None:
        device = FakeDevice()
        with pytest.raises(InputError, match="opens but shows nothing; close other programs"):
            CameraSource("camera 0", Socket(device), first_s=0.05)
        device.fed.put(SHOWN)
        until(lambda: device.released)

    def test_unplugged_it_is_opened_again_and_goes_on(self, device: FakeDevice, clock: Clock) -> None:
        socket = Socket(device)
        with camera(socket=socket, clock=clock) as source:
            first = next(iter(source))
            for _ in range(2000):
                device.fed.put(False)
            until(lambda: source.trouble == "The camera is gone: plug it in again.")
            socket.devices.append(FakeDevice(SHOWN, clock=clock))
            frame = next(iter(source))
            assert frame.time_s > first.time_s + 0.4
            assert source.trouble is None
            assert device.released
            (warning,) = source.warnings
            assert warning.startswith("the camera was gone from 0.0 s on, for ")

    def test_one_that_stays_away_is_given_up(self, device: FakeDevice, clock: Clock) -> None:
        with camera(device) as source:
            next(iter(source))
            for _ in range(2000):
                device.fed.put(False)
            until(lambda: source.trouble == "The camera is gone: plug it in again.")
            clock.now_s += GIVE_UP_S - 30.0
            time.sleep(0.5)
            assert source.trouble == "The camera is gone: plug it in again."
            clock.now_s += 31.0
            assert not list(source)
            assert source.trouble == "The camera stayed away for 5 minutes, so the session is over."

    def test_a_machine_that_slept_has_not_sought_it(self, device: FakeDevice, clock: Clock) -> None:
        with camera(device, None, FakeDevice(SHOWN, clock=clock)) as source:
            next(iter(source))
            clock.now_s += 10.0 * GIVE_UP_S
            assert next(iter(source)).time_s > 10.0 * GIVE_UP_S

    def test_that_is_pulled_out_in_the_middle_of_a_picture(self, device: FakeDevice) -> None:
        with camera(device, Broken(clock=device.clock), FakeDevice(SHOWN, clock=device.clock)) as source:
            next(iter(source))
            for _ in range(2000):
                device.fed.put(cv2.error("gone"))
            assert next(iter(source)).time_s > 0.4

    def test_the_waits_for_it_grow(self, device: FakeDevice) -> None:
        socket = Socket(device, *[None] * 4, FakeDevice(SHOWN, clock=device.clock))
        with camera(socket=socket, clock=device.clock, waits_s=(0.05, 0.1, 0.2)) as source:
            next(iter(source))
            for _ in range(2000):
                device.fed.put(False)
            next(iter(source))
        waits_s = [later - earlier for earlier, later in pairwise(socket.tries_s[1:])]
        assert [wait >= least for wait, least in zip(waits_s, (0.1, 0.2, 0.2, 0.2), strict=True)] == [True] * 4

    def test_a_single_read_that_fails_is_nothing(self, source: CameraSource, device: FakeDevice) -> None:
        next(iter(source))
        for fed in (False, None, cv2.error("once"), np.zeros((0, 0, 3), np.uint8), SHOWN):
            device.fed.put(fed)
        next(iter(source))
        assert source.warnings == []

    def test_a_stall_is_told(self, source: CameraSource, device: FakeDevice, clock: Clock) -> None:
        next(iter(source))
        clock.now_s += 1.1
        assert source.trouble == "The camera gives no picture."
        device.fed.put(SHOWN)
        next(iter(source))
        assert source.trouble is None

    def test_a_read_that_never_comes_back_is_left_behind(self, device: FakeDevice, clock: Clock) -> None:
        with camera(device, FakeDevice(SHOWN, clock=clock)) as source:
            next(iter(source))
            clock.now_s += 13.0
            assert next(iter(source)).time_s > 13.0
            device.fed.put(np.zeros((48, 64, 3), np.uint8))
            until(lambda: device.released)
            assert source.trouble is None, "what comes late from the first one is not shown"

    def test_a_black_picture_is_told(self, source: CameraSource, device: FakeDevice) -> None:
        next(iter(source))
        device.fed.put(np.full((48, 64, 3), 9, np.uint8))
        next(iter(source))
        assert source.trouble == "The picture is black: is the lens covered?"
        device.fed.put(SHOWN)
        next(iter(source))
        assert source.trouble is None

    def test_stopped_while_it_is_gone_it_ends(self, device: FakeDevice) -> None:
        with camera(device, waits_s=(60.0,)) as source:
            next(iter(source))
            for _ in range(2000):
                device.fed.put(False)
            until(lambda: source.trouble is not None)
            source.stop()
            assert list(source) == []
