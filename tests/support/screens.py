"""A screen without a screen: an X server in memory whose pictures can be read and whose keys can be pressed."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from posecheck.presenters.drawing.canvas import Picture
from tests.support.patience import PATIENCE_S

PROGRAMS = ("Xvfb", "xdotool")


class Display:
    """One X server.

    Args:
        name: As in the environment variable DISPLAY.
        folder: Where the server keeps its picture.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._file = folder / "Xvfb_screen0"

    @property
    def environment(self) -> dict[str, str]:
        """For a process that is to show its windows here."""
        return os.environ | {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def picture(self) -> Picture:
        """(height, width, 3) RGB of all that is shown now."""
        raw = self._file.read_bytes()
        header = struct.unpack(">25I", raw[:100])  # of the X Window Dump format
        width, height, stride = header[4], header[5], header[12]
        pixels = np.frombuffer(raw, np.uint8, stride * height, header[0] + header[19] * 12)
        return pixels.reshape(height, stride)[:, : width * 4].reshape(height, width, 4)[:, :, 2::-1].copy()

    def do(self, *words: str) -> str:
        """An `xdotool` command on the posecheck window, which is found and given the keyboard first."""
        command = ["xdotool", "search", "--sync", "--name", "^posecheck$", "windowfocus", "--sync", *words]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE_S, check=True
        )
        return done.stdout

    def press(self, key: str) -> None:
        """Presses one key, by its X name."""
        self.do("key", key)


@contextmanager
def a_display(folder: Path, size: tuple[int, int] = (1280, 960)) -> Iterator[Display]:
    """A server of its own; without Xvfb and xdotool a test is skipped, but fails in CI, where they must be."""
    lacking = [program for program in PROGRAMS if shutil.which(program) is None]
    if lacking:
        message = f"needs {' and '.join(lacking)}: apt-get install xvfb xdotool"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    screen = f"{size[0]}x{size[1]}x24"
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", screen, "-fbdir", str(folder), "-nolisten", "tcp"]
    with _one_at_a_time():
        server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
    try:
        assert number, "Xvfb did not start"
        yield Display(f":{number}", folder)
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Of all processes: of two servers that start at one moment both may take the same number, and one stays black."""
    import fcntl  # which Windows lacks, as it does Xvfb

    with (Path(tempfile.gettempdir()) / "posecheck-display.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
