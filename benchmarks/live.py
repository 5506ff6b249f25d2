"""Live practice under load: timed frames through the whole of it, from capture to the screen.

The frames are drawn, the inference is a wait of a known length (as MediaPipe's is a wait for native threads), and all
else is real: the watcher's thread, session, coach, overlay, voice and the scaling to the window's size. A `Screen` in
memory takes the place of the window, whose own time is measured apart.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from posecheck.coaching.coach import Saying
from posecheck.pose.frames import Frame
from posecheck.pose.landmarks import Pose
from posecheck.presenters.drawing.canvas import Picture
from posecheck.presenters.windows.practice_window import Key
from posecheck.rules.routine import PlannedExercise
from posecheck.rules.stretch import Stretch
from posecheck.sources.camera import CameraSource
from posecheck.storage.history.session_log import SessionLog
from posecheck.storage.rule_files import load_stretch
from posecheck.system.closing import Closable
from posecheck.workflows.practice import Practice, PracticeOptions
from tests.support.films import bridges
from tests.support.poses import clip

FPS = 30.0
SIZE = (1280, 720)

HONEST = 10.0
"""Milliseconds that drawing and all else may take; a picture is shown within inference + one frame interval + this."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is measured.

    Attributes:
        inference_s: How long finding the person takes.
        length_s: How long to practise.
        speaks: Whether the voice speaks.
    """

    inference_s: float
    length_s: float
    speaks: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it.

    Attributes:
        load: What was measured.
        latency_s: Of each picture, from its capture until it was on the screen; sorted.
        captured: Pictures that the camera took.
        memory_mb: Resident memory and its time in seconds, once a second.
        words: Sayings.
    """

    load: Load
    latency_s: tuple[float, ...]
    captured: int
    memory_mb: tuple[tuple[float, float], ...]
    words: int

    @property
    def shown(self) -> int:
        """Pictures that were shown."""
        return len(self.latency_s)

    def percentile(self, share: float) -> float:
        """Latency in milliseconds below which a share of the pictures lies."""
        return 1e3 * self.latency_s[min(self.shown - 1, int(share * self.shown))]

    @property
    def over_ms(self) -> float:
        """How far the median latency lies above inference and one frame interval."""
        return self.percentile(0.5) - 1e3 * (self.load.inference_s + 1.0 / FPS)

    @property
    def slope_kb_a_second(self) -> float:
        """How memory grows, from the first quarter on: by then all has been loaded."""
        later = [(time_s, mb) for time_s, mb in self.memory_mb if time_s >= self.load.length_s / 4.0]
        if len(later) < 3:
            return 0.0
        times, megabytes = zip(*later, strict=True)
        return 1e3 * float(statistics.linear_regression(times, megabytes).slope)


def measure(load: Load) -> Measured:
    """Practises once under a load."""
    screen, voice = _Screen(), _Voice(load.speaks)
    device = _Device()
    planned = PlannedExercise(_endless(), "", 0.0)
    latency: list[float] = []
    memory: list[tuple[float, float]] = []
    with CameraSource("timed", lambda: device) as source, voice:
        began_s = time.monotonic()

        def shown(sight: object, beat: object, picture: Picture, layout: object) -> None:
            latency.append(source.now_s() - sight.time_s)  # type: ignore[attr-defined]
            elapsed_s = time.monotonic() - began_s
            if not memory or elapsed_s - memory[-1][0] >= 1.0:
                memory.append((elapsed_s, _resident_mb()))
            if elapsed_s >= load.length_s:
                screen.pressed = Key.QUIT

        Practice(
            PracticeOptions([planned], ending_s=0.0),
            source,
            _Estimator(load.inference_s),
            SessionLog(None, datetime.now().astimezone()),
            screen=screen,
            voice=voice,
            shown=shown,
        ).run()
    return Measured(load, tuple(sorted(latency)), device.taken, tuple(memory), voice.words)


def _endless() -> Stretch:
    stretch = load_stretch("bridge")
    return stretch.model_copy(update={"hold": stretch.hold.model_copy(update={"repetitions": 10_000})})


def _resident_mb() -> float:
    if sys.platform != "linux":
        return 0.0
    with open("/proc/self/statm") as file:  # noqa: PTH123 - no file of a folder
        return int(file.read().split()[1]) * 4096 / 1e6


class _Device:
    """A camera that takes a picture when its time has come."""

    def __init__(self) -> None:
        self.taken = 0
        self._picture = np.full((SIZE[1], SIZE[0], 3), 96, np.uint8)
        self._due_s = time.perf_counter()

    def grab(self) -> bool:
        self._due_s = max(self._due_s + 1.0 / FPS, time.perf_counter() - 1.0 / FPS)
        time.sleep(max(0.0, self._due_s - time.perf_counter()))
        self.taken += 1
        return True

    def retrieve(self) -> tuple[bool, Picture]:
        return True, self._picture

    def release(self) -> None:
        pass


class _Estimator(Closable):
    """Sees somebody do one bridge after the other, and takes its time."""

    def __init__(self, inference_s: float) -> None:
        self.warnings: list[str] = []
        poses = clip(*bridges(1, hold_s=7.0), fps=10.0)
        self._poses = [replace(pose, width_px=640, height_px=480) for pose in poses]
        self._inference_s = inference_s

    def estimate(self, frame: Frame) -> Pose:
        time.sleep(self._inference_s)
        return replace(self._poses[int(frame.time_s * 10.0) % len(self._poses)], time_s=frame.time_s)

    def close(self) -> None:
        pass


class _Screen:
    """A window's size and keys, and nothing to see."""

    size = SIZE
    closed = False

    def __init__(self) -> None:
        self.pressed: Key | None = None

    def show(self, picture: Picture) -> None:
        pass

    def key(self) -> Key | None:
        return self.pressed


class _Voice(Closable):
    """The real voice, or silence."""

    problem: str | None = None
    muted = False

    def __init__(self, speaks: bool) -> None:
        from posecheck.presenters.voice.engines import system_speech
        from posecheck.presenters.voice.speaker import Voice

        self.words = 0
        self._voice = Voice(system_speech()[0]) if speaks else None

    def say(self, saying: Saying) -> None:
        self.words += 1
        if self._voice is not None:
            self._voice.say(saying)

    def mute(self, silent: bool) -> None:
        pass

    def wait(self, timeout_s: float) -> bool:
        return True

    def close(self) -> None:
        if self._voice is not None:
            self._voice.close()


def table(results: Sequence[Measured]) -> Iterator[tuple[str, ...]]:
    """Rows for a table: inference, voice, seconds, taken, shown, and the latency in milliseconds."""
    for one in results:
        yield (
            f"{1e3 * one.load.inference_s:.0f} ms",
            "speaks" if one.load.speaks else "silent",
            f"{one.load.length_s:.0f}",
            f"{one.captured}",
            f"{one.shown}",
            f"{one.percentile(0.5):.1f}",
            f"{one.percentile(0.95):.1f}",
            f"{one.percentile(1.0):.1f}",
            f"{one.over_ms:+.1f}",
            f"{one.slope_kb_a_second:+.1f}",
        )
