"""The window as it really is: what is on the screen, which keys come through, what happens without a display."""

from __future__ import annotations

import json
import math
import os
import queue
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from posecheck.presenters.drawing.canvas import Picture
from posecheck.storage.rule_files import load_stretch
from tests.support.patience import PATIENCE_S, until
from tests.support.screens import Display, a_display

ROOT = Path(__file__).parents[3]

MOST_DIFFERENT = 3.0
"""Mean difference in grey levels: once a second the window scales what it shows."""


class Shower:
    """The process that shows moments, and what it told so far."""

    def __init__(self, display: Display, folder: Path) -> None:
        self.display, self.folder = display, folder
        self.told: list[dict[str, Any]] = []
        self._lines: queue.Queue[str] = queue.Queue()
        command = [sys.executable, "-W", "error", "-m", "tests.presenters.showing", str(folder)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=display.environment | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def ask(self, name: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()

    def wait_for(self, **wanted: object) -> dict[str, Any]:
        def there() -> bool:
            while not self._lines.empty():
                self.told.append(json.loads(self._lines.get()))
            return any(wanted.items() <= one.items() for one in self.told)

        until(there, str(wanted))
        return next(one for one in reversed(self.told) if wanted.items() <= one.items())

    def show(self, name: str) -> dict[str, Any]:
        """The layout of a moment, once it is on the screen just as it was drawn."""
        self.ask(name)
        told = self.wait_for(event="shown", name=name)
        until(lambda: self.difference(name) < MOST_DIFFERENT, f"{name} on the screen")
        layout: dict[str, Any] = told["layout"]
        return layout

    def difference(self, name: str) -> float:
        drawn: Picture = np.load(self.folder / f"{name}.npy")
        height, width = drawn.shape[:2]
        seen = self.display.picture()[:height, :width]
        return float(np.abs(seen.astype(int) - drawn).mean())

    def wait_until_it_hears(self) -> None:
        """A key that is pressed before the window has the keyboard is lost: it is pressed again until one is told."""
        pressed_s = -math.inf

        def heard() -> bool:
            nonlocal pressed_s
            if time.monotonic() - pressed_s > 2.0:
                self.display.press("question")
                pressed_s = time.monotonic()
            while not self._lines.empty():
                self.told.append(json.loads(self._lines.get()))
            return any(one.get("event") == "key" for one in self.told)

        until(heard, "a key")

    def close(self) -> None:
        if self.process.poll() is None:
            self.ask("end")
        self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)


@pytest.fixture(scope="module")
def shower(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shower]:
    folder = tmp_path_factory.mktemp("screen")
    with a_display(folder) as display:
        one = Shower(display, folder)
        try:
            one.wait_for(event="open")
            one.wait_for(event="shown", name="paused")
            one.wait_until_it_hears()
            yield one
        finally:
            one.close()


def words(layout: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one for one in layout["words"] if one["kind"] == kind)


def test_setting_up(shower: Shower) -> None:
    layout = shower.show("set-up")
    assert words(layout, "state")["lines"][0] == "Nobody found"
    cue = words(layout, "cue")
    assert " ".join(cue["lines"]) in load_stretch("bridge").camera.advice
    assert cue["letter_px"] >= 480 / 18


def test_holding(shower: Shower) -> None:
    layout = shower.show("holding")
    assert words(layout, "state")["lines"][0] == "Holding"
    seconds = float(words(layout, "ring")["lines"][0])
    assert layout["ring"]["swept_deg"] == pytest.approx(360.0 * seconds / 6.0, abs=4.0)
    assert words(layout, "silhouette")
    # The ring as it is on the screen: blue just after its top, where it is filled, and not just before.
    (x, y), radius = layout["ring"]["centre"], layout["ring"]["radius"]
    screen = shower.display.picture()
    filled, empty = (screen[int(y - 0.95 * radius), int(x + side * 0.3 * radius)].tolist() for side in (1, -1))
    assert filled[2] > 200 > filled[0]
    assert max(empty) < 120


def test_a_fault(shower: Shower) -> None:
    layout = shower.show("fault")
    cue = words(layout, "cue")
    assert " ".join(cue["lines"]) == "Press your feet down and lift your hips a little higher."
    assert cue["letter_px"] >= 480 / 18
    assert "triangle" in {joint["shape"] for joint in layout["joints"]}
    left, top, right, bottom = cue["box"]
    panel = shower.display.picture()[top:bottom, left:right]
    assert (panel > 230).all(axis=2).mean() > 0.05  # letters
    assert (np.abs(panel.astype(int) - (213, 94, 0)).max(axis=2) < 40).mean() > 0.005  # a warning sign


def test_finished(shower: Shower) -> None:
    layout = shower.show("finished")
    assert layout["words"][0]["lines"] == ["Well done"]
    for one in layout["words"]:
        left, top, right, bottom = one["box"]
        assert shower.display.picture()[top:bottom, left:right].max() > 180


@pytest.mark.parametrize(
    ("key", "meaning"),
    [
        ("space", "pause"),
        ("n", "next"),
        ("r", "restart"),
        ("m", "mute"),
        ("s", "snapshot"),
        ("q", "quit"),
        ("question", "help"),
        ("Escape", "quit"),
    ],
)
def test_keys(shower: Shower, key: str, meaning: str) -> None:
    shower.told.clear()
    shower.display.press(key)
    shower.wait_for(event="key", key=meaning)


def test_the_picture_fills_a_window_of_another_size(shower: Shower) -> None:
    shower.show("fault")
    for size in ((480, 360), (1200, 900), (640, 480)):
        shower.told.clear()
        shower.display.do("windowsize", *map(str, size))
        told = shower.wait_for(event="shown", name="fault", size=list(size))
        assert words(told["layout"], "cue")["letter_px"] >= size[1] / 18
        until(lambda: shower.difference("fault") < MOST_DIFFERENT, "the picture on the screen")


def test_without_a_display_it_says_so_and_what_else_can_be_done() -> None:
    code = "from posecheck.presenters.windows.practice_window import PracticeWindow; PracticeWindow(640, 480)"
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    for display in ({}, {"DISPLAY": ":4711"}):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment | {"PYTHONPATH": str(ROOT)} | display,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "posecheck.errors.UsageError: no window: could not connect to display" in done.stderr
        assert "--no-window" in done.stderr
