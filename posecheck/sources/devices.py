"""The cameras of this machine and its network, through OpenCV: V4L2, AVFoundation, DirectShow, FFmpeg for a URL."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from posecheck.errors import InputError, UsageError
from posecheck.sources.camera import CameraSource, Device

USUAL_SIZE = (1280, 720)
"""Default size. It is more than the model uses and enough for the window; nearly every webcam has it."""

USUAL_FPS = 30.0

TIMEOUT_MS = 5000
"""Longest wait for a network camera to answer, and for its next picture."""

MOST_INDEX = 6
"""If the system does not list its cameras, indices below this are tried."""

VIDEO4LINUX = Path("/sys/class/video4linux")

SYSTEM: str = sys.platform
BACKENDS = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_DSHOW}

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera of this machine.

    Attributes:
        index: Its number for --camera.
        name: The maker's name for it. Empty if the system does not give one.
    """

    index: int
    name: str = ""

    def __str__(self) -> str:
        return f"{self.index} ({self.name})" if self.name else str(self.index)


@dataclass(frozen=True, slots=True)
class Mode:
    """The size and rate of a camera that is opened with the defaults of practice.

    Attributes:
        width_px: Of its pictures.
        height_px: Of its pictures.
        fps: Pictures a second as the camera reports it. 0 if it does not.
    """

    width_px: int
    height_px: int
    fps: float


Opener = Callable[[int | str, Size, float], Device | None]
"""Opens a device by index or address at about the given size and rate. None if that fails."""


def find_cameras(folder: Path = VIDEO4LINUX, opener: Opener | None = None) -> list[FoundCamera]:
    """The cameras of this machine.

    Args:
        folder: Where Linux lists its video devices; elsewhere it does not exist and indices are tried.
        opener: Tries an index.
    """
    if folder.is_dir() or SYSTEM == "linux":
        numbered = ((re.fullmatch(r"video(\d+)", entry.name), entry) for entry in _entries(folder))
        # A camera has several devices; only the one of index 0 gives pictures, the others give metadata.
        found = [
            FoundCamera(int(match[1]), _text(entry / "name"))
            for match, entry in numbered
            if match and _text(entry / "index") in ("0", "")
        ]
        return sorted(found, key=lambda camera: camera.index)
    opener = opener or open_device
    return [FoundCamera(index) for index in range(MOST_INDEX) if mode_of(index, opener) is not None]


def mode_of(index: int, opener: Opener | None = None) -> Mode | None:
    """The size and rate of a camera. None if it cannot be opened now."""
    device = (opener or open_device)(index, USUAL_SIZE, USUAL_FPS)
    if device is None:
        return None
    try:
        get: Callable[[int], float] = getattr(device, "get", lambda _: 0.0)
        width, height, fps = (
            get(key) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS)
        )
        return Mode(round(width), round(height), fps if 0 < fps < 1000 else 0.0)
    finally:
        device.release()


def open_camera(
    address: str,
    *,
    size: Size = USUAL_SIZE,
    fps: float = USUAL_FPS,
    opener: Opener | None = None,
    found: Callable[[], list[FoundCamera]] = find_cameras,
) -> CameraSource:
    """Opens a camera for live use.

    Args:
        address: An index (`0`), a device (`/dev/video2`) or a URL (`rtsp://...`, `http://...`).
        size: Width and height to request. A camera without this size gives its nearest.
        fps: Pictures a second to request.
        opener: Opens the device.
        found: Lists the cameras, for the error message if this one cannot be opened.

    Raises:
        InputError: If there is no such camera, or it is used by another program or may not be used.
        UsageError: If the address is a file.
    """
    use = opener or open_device
    number: int | str = int(address) if address.isdigit() else address
    name = f"camera {shown(address)}"
    if Path(address).is_file():
        raise UsageError(f"{address}: is a file, no camera; play it with --source")
    device = use(number, size, fps)
    if device is None:
        raise InputError(f"{name}: {_why_not(address, found())}")
    again = iter([device])
    return CameraSource(name, lambda: next(again, None) or use(number, size, fps))


def shown(address: str) -> str:
    """An address without the name and password that a URL may hold."""
    return re.sub(r"(?<=://)[^/@]*@", "", address)


def open_device(address: int | str, size: Size, fps: float) -> Device | None:
    """Opens a device through OpenCV. OpenCV's messages are suppressed, as posecheck reports errors itself."""
    is_url = isinstance(address, str) and "://" in address
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    with _quiet():
        if is_url:
            limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, TIMEOUT_MS]
            device = cv2.VideoCapture(str(address), cv2.CAP_FFMPEG, limits)
        else:
            device = cv2.VideoCapture(address, BACKENDS.get(SYSTEM, cv2.CAP_ANY))
        if not device.isOpened():
            device.release()
            return None
        if not is_url:
            if size[0] * size[1] > 640 * 480:  # USB 2 carries these at full rate only as JPEG
                device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            device.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
            device.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
            device.set(cv2.CAP_PROP_FPS, fps)
            device.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return device


def _why_not(address: str, found: list[FoundCamera]) -> str:
    """Why a camera cannot be opened, and what to do."""
    if "://" in address:
        return "does not answer; check the address, and that the camera is switched on and in this network"
    there = f"there are {', '.join(map(str, found))}" if found else "no camera was found; plug one in"
    path = Path(address) if not address.isdigit() else Path(f"/dev/video{address}")
    known = address.isdigit() and int(address) in {camera.index for camera in found}
    if not known and not path.exists():
        return f"is not there; {there}, or play a clip with --source FILE"
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        return (
            f"may not be used; allow it with: sudo usermod -aG video {os.environ.get('USER', 'YOU')}, and log in again"
        )
    return "is there but cannot be opened; another program (a browser, a meeting) uses it: close that and try again"


def _entries(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppresses the messages of OpenCV. The place of the switch depends on its version."""
    switch: Any = cv2 if hasattr(cv2, "setLogLevel") else cv2.utils.logging  # type: ignore[attr-defined,unused-ignore]
    before = switch.getLogLevel()
    switch.setLogLevel(0)
    try:
        yield
    finally:
        switch.setLogLevel(before)
