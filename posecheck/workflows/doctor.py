"""Checks what posecheck needs on this machine, and says what to do about each thing that is wrong."""

from __future__ import annotations

import importlib.metadata
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import ModelError, OutputError, PoseCheckError

if TYPE_CHECKING:
    from posecheck.presenters.voice.engines import Speech

RATE_S = 1.5
"""How long pictures are counted. The first ones of a camera come irregularly and are left out."""

SLOWEST_FPS = 12.0
"""At a lower rate cues come late, because a fault must be seen for 0.7 s before it is said."""

SILENCE_S = 10.0
"""How long an engine may take to say nothing. Its first start after booting takes seconds."""

AGAIN = "pip install --force-reinstall posecheck-stretch"

MEDIAPIPE = {"0.10.21": "carries the pose model", "0.10.33": "downloads the pose model once"}
"""The generations that pyproject.toml pins, with the reason, and how each comes to its model."""

OPENCV = ("opencv-python", "opencv-contrib-python", "opencv-python-headless", "opencv-contrib-python-headless")

Version = Callable[[str], str | None]
"""Returns the version of a package; None if it is not installed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Attributes:
        name: What was checked.
        is_well: Whether nothing needs to be done.
        told: What was found.
        remedy: What to do; empty if all is well.
    """

    name: str
    is_well: bool
    told: str
    remedy: str = ""


def installed(package: str) -> str | None:
    """Returns the version of a package; None if it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def examine() -> Iterator[Finding]:
    """Runs one check after the other; a camera takes some seconds."""
    from posecheck.estimators.model import find_model
    from posecheck.storage.history import history_path

    yield mediapipe(installed)
    yield model(lambda: find_model(None))
    yield opencv(installed)
    yield from cameras()
    yield voice()
    yield display()
    yield history(history_path())


def mediapipe(version: Version) -> Finding:
    """Checks which generation of MediaPipe is installed."""
    found = version("mediapipe")
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    if found is None:
        return Finding("MediaPipe", False, f"not installed ({python})", AGAIN)
    if found not in MEDIAPIPE:
        remedy = f"{AGAIN}: only {' and '.join(MEDIAPIPE)} are known to send nothing to their maker"
        return Finding("MediaPipe", False, f"{found} on {python}", remedy)
    return Finding("MediaPipe", True, f"{found} on {python}, {MEDIAPIPE[found]}")


def model(find: Callable[[], Path]) -> Finding:
    """Checks that there is a pose model."""
    try:
        path = find()
    except ModelError as error:
        return Finding("pose model", False, error.message, error.remedy)
    return Finding("pose model", True, f"{path}, {path.stat().st_size / 1e6:.0f} MB")


def opencv(version: Version) -> Finding:
    """Checks that the wheels of OpenCV have one version, because they all write into one folder."""
    found = {package: number for package in OPENCV if (number := version(package)) is not None}
    told = ", ".join(f"{package} {number}" for package, number in found.items()) or "not installed"
    without = [package for package in found if package.endswith("headless")]
    if without:
        return Finding("OpenCV", False, told, f"pip uninstall {' '.join(without)}: it has no windows; then {AGAIN}")
    if len(set(found.values())) != 1:
        return Finding("OpenCV", False, f"{told}: different versions", AGAIN)
    return Finding("OpenCV", True, told)


def cameras() -> Iterator[Finding]:
    """Checks each camera, and counts how many pictures it really gives."""
    from posecheck.sources.devices import USUAL_FPS, USUAL_SIZE, find_cameras, open_device

    found = find_cameras()
    if not found:
        yield Finding("camera", False, "none was found", "plug one in, or practise with a clip: --source FILE")
    for camera in found:
        device = open_device(camera.index, USUAL_SIZE, USUAL_FPS)
        if device is None:
            remedy = "close the program that uses it, or allow it: sudo usermod -aG video $USER, and log in again"
            yield Finding(f"camera {camera}", False, "cannot be opened", remedy)
            continue
        try:
            rate = real_rate(device.grab)
        finally:
            device.release()
        yield camera_finding(f"camera {camera}", rate)


def real_rate(grab: Callable[[], bool], clock: Callable[[], float] = time.perf_counter) -> float:
    """Counts pictures a second; 0 if none come."""
    for _ in range(5):
        grab()
    began_s = clock()
    taken = 0
    while (elapsed_s := clock() - began_s) < RATE_S:
        taken += grab()
    return taken / elapsed_s


def camera_finding(name: str, rate: float) -> Finding:
    """Judges a camera's rate."""
    if rate == 0:
        return Finding(name, False, "opens but gives no picture", "plug it in anew, and close other programs")
    told = f"{rate:.0f} pictures a second"
    if rate < SLOWEST_FPS:
        return Finding(name, False, told, "switch on a light, or ask for less: --size 640x480")
    return Finding(name, True, told)


def voice() -> Finding:
    """Checks that there is a voice, and a sound device for it."""
    from posecheck.presenters.voice.engines import system_speech

    return voice_finding(*system_speech())


def voice_finding(speech: Speech, lacking: PoseCheckError | None) -> Finding:
    """Judges the result of `system_speech`. The engine says nothing, which opens the sound device, and is closed."""
    if lacking is not None:
        speech.close()
        return Finding("voice", False, lacking.message, lacking.remedy)
    speech.start("")
    until_s = time.monotonic() + SILENCE_S
    while speech.speaking() and time.monotonic() < until_s:
        time.sleep(0.05)
    speech.close()
    if speech.problem is not None:
        return Finding("voice", False, speech.problem, "connect loudspeakers or headphones, or practise with --mute")
    return Finding("voice", True, "this system's own; it starts without complaint, hear it with your own ears")


def display() -> Finding:
    """Checks that a window can be opened."""
    from posecheck.presenters.windows.practice_window import display_problem

    problem = display_problem()
    if problem is not None:
        return Finding("display", False, problem, "practise with the voice alone: --no-window")
    return Finding("display", True, "windows can be opened")


def history(path: Path) -> Finding:
    """Checks that the history can be read."""
    from posecheck.storage.history import read_sessions

    try:
        sessions = read_sessions(path)
    except OutputError as error:
        return Finding("history", False, error.message, error.remedy)
    return Finding("history", True, f"{len(sessions)} sessions in {path}")


def to_mend(findings: Sequence[Finding]) -> int:
    """Counts what needs to be done."""
    return sum(not one.is_well for one in findings)
