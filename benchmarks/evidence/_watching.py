"""A session of practice in a real window: what stands on the screen second by second, what is said, what is kept."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.evidence._pictures import save
from benchmarks.evidence._practising import COMMAND, HISTORY, MOST_S, an_engine, spoken_lines
from posecheck.errors import PoseCheckError
from posecheck.presenters.drawing.canvas import Picture
from posecheck.storage.history import read_sessions
from tests.support.patience import until
from tests.support.screens import Display, a_display

WINDOW = 1280, 720
"""As the window opens for a wide clip."""

TILE = 426, 240
ACROSS = 3
EVERY_S = 1.2
"""Between two screenshots."""

BLACK = 10.0
"""Of 255: a screen without a window is no brighter on average."""


def watch(clip: Path, stretch: str, target: Path) -> list[str]:
    """Practises with a clip under Xvfb and lays its screenshots side by side.

    Args:
        clip: The clip.
        stretch: What to practise.
        target: The JPEG.

    Returns:
        Sentences: the words with their times, and what `posecheck history` shows.

    Raises:
        MaterialMissingError: If espeak-ng is not installed.
        RuntimeError: If the command fails.
    """
    with tempfile.TemporaryDirectory() as name, a_display(Path(name), WINDOW) as display:
        folder = Path(name)
        environment = display.environment | an_engine(folder)
        command = [*COMMAND, stretch, "--history", "--source", str(clip)]
        with tempfile.TemporaryFile("w+") as said:
            process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
            )
            try:
                pictures = _seen(folder, display)
                process.wait(MOST_S)
            finally:
                process.kill()
                process.wait()
            said.seek(0)
            if process.returncode:
                raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said.read()}")
        history = subprocess.run(
            [sys.executable, "-m", "posecheck", "history"],
            env=os.environ | environment | {"COLUMNS": "100"},
            capture_output=True,
            text=True,
            check=True,
        )
        words = [line.split("\t") for line in spoken_lines(folder)]
    _lay(pictures, target)
    first_s = float(words[0][0])
    spoken = "; ".join(f"{float(began) - first_s:.1f} s “{text}”" for began, _, text in words)
    kept = next(line for line in history.stdout.splitlines() if stretch in line.lower())
    return [
        f"Seen: `posecheck practice {stretch} --source {clip.parent.name}/{clip.name}` in a window under Xvfb, a "
        f"screenshot every {EVERY_S} s: [the pictures](../pictures/{target.name}).",
        f"Heard in it, after the first word: {spoken}.",
        f"In `posecheck history` after it: {' '.join(kept.split())}",
    ]


def _seen(folder: Path, display: Display) -> list[Picture]:
    """Screenshots from the first word until the summary."""
    until(lambda: bool(spoken_lines(folder)), "the first word")
    pictures = []
    while not _ended(folder):
        pictures.append(display.picture())
        time.sleep(EVERY_S)
    pictures.append(display.picture())
    display.press("q")
    if not any(picture.mean() > BLACK for picture in pictures):
        raise RuntimeError("the window stayed black: run it again")
    return pictures


def _ended(folder: Path) -> bool:
    try:
        (session,) = read_sessions(folder / HISTORY)
    except (PoseCheckError, ValueError):
        return False  # it is being written
    return session.ended is not None


def _lay(pictures: Sequence[Picture], target: Path) -> None:
    """Pictures side by side as one JPEG that is small enough."""
    tiles = [cv2.resize(picture, TILE, interpolation=cv2.INTER_AREA) for picture in pictures]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % ACROSS)
    rows = [np.hstack(tiles[first : first + ACROSS]) for first in range(0, len(tiles), ACROSS)]
    save(target, np.vstack(rows))
