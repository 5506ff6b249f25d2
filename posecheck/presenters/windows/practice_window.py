"""The window of live practice, through OpenCV: pictures onto the screen, keys from it."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from enum import Enum
from typing import TYPE_CHECKING

from posecheck.errors import UsageError
from posecheck.presenters.drawing.canvas import INK, Picture
from posecheck.system.closing import Closable

if TYPE_CHECKING:
    from cv2.typing import MatLike

TITLE = "posecheck"

PROBE = "import cv2; cv2.namedWindow('posecheck'); cv2.destroyAllWindows()"
LEAST_PX = 60
"""A window smaller than this is one that has not been laid out yet."""

PROBE_S = 20.0
"""The window toolkit ends the process where it finds no display; a process of its own tries that first."""


GROWTH, LOOK_EVERY_S = 1.5, 1.0
"""Qt does not say how large the window is, only how much of it the picture takes, and never enlarges that. Once a
second the window is therefore given a picture that is too large for it, to see how much of that it shows."""


class Key(Enum):
    """What a key asks for."""

    PAUSE = "pause"
    NEXT = "next"
    RESTART = "restart"
    MUTE = "mute"
    SNAPSHOT = "snapshot"
    QUIT = "quit"
    HELP = "help"


KEYS = {
    ord(" "): Key.PAUSE,
    ord("n"): Key.NEXT,
    ord("r"): Key.RESTART,
    ord("m"): Key.MUTE,
    ord("s"): Key.SNAPSHOT,
    ord("q"): Key.QUIT,
    27: Key.QUIT,  # escape
    ord("?"): Key.HELP,
    ord("h"): Key.HELP,
}


def display_problem() -> str | None:
    """Why no window can be opened here, in a few words; None where one can."""
    if sys.platform != "linux":
        return None
    try:
        done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, timeout=PROBE_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"the display does not answer ({error})"
    if done.returncode == 0:
        return None
    said = done.stderr.decode(errors="replace").splitlines()
    return next((line.split(": ", 1)[-1].strip() for line in said if "display" in line), "there is no display")


class PracticeWindow(Closable):
    """One window; use as a context manager, on the main thread.

    Args:
        width_px: Of the window as it opens; people may resize it.
        height_px: The same.

    Raises:
        UsageError: If there is no display.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        import cv2

        self._cv2 = cv2
        self._room = width_px, height_px
        self._given = 0, 0
        self._looked_s = -math.inf
        self._shown = self._fill = False
        if (problem := display_problem()) is not None:
            raise UsageError(f"no window: {problem}; use --no-window to practise with the voice alone")
        try:
            cv2.namedWindow(TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_FREERATIO | cv2.WINDOW_GUI_NORMAL)
            cv2.resizeWindow(TITLE, width_px, height_px)
        except cv2.error as error:
            raise UsageError(
                "no window: this OpenCV was built without one; use --no-window, or mend it: pip uninstall "
                "opencv-python-headless, then pip install --force-reinstall opencv-python"
            ) from error
        self._is_qt = cv2.currentUIFramework().startswith("QT")

    def close(self) -> None:
        """Takes the window away."""
        self._cv2.destroyAllWindows()
        self._cv2.pollKey()  # which is when it goes

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the room for a picture, in pixels."""
        return self._room

    @property
    def closed(self) -> bool:
        """Whether somebody has closed it."""
        return self._shown and self._cv2.getWindowProperty(TITLE, self._cv2.WND_PROP_VISIBLE) < 1.0

    def show(self, picture: Picture) -> None:
        """Puts an RGB picture on the screen, in the middle of the window; it is there after the next `key`.

        Args:
            picture: As large as `size` or smaller.
        """
        if self.closed:
            return
        framed = self._framed(self._cv2.cvtColor(picture, self._cv2.COLOR_RGB2BGR))
        if self._is_qt and time.monotonic() - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = time.monotonic()
            framed = self._cv2.resize(framed, None, fx=GROWTH, fy=GROWTH, interpolation=self._cv2.INTER_LINEAR)
        self._given = framed.shape[1], framed.shape[0]
        self._cv2.imshow(TITLE, framed)
        self._shown = True

    def _framed(self, picture: MatLike) -> MatLike:
        """The picture with bars beside it or above and below, so that it keeps its shape."""
        height, width = picture.shape[:2]
        across, down = max(0, self._room[0] - width), max(0, self._room[1] - height)
        if not across and not down:
            return picture
        sides = (down // 2, down - down // 2, across // 2, across - across // 2)
        return self._cv2.copyMakeBorder(picture, *sides, self._cv2.BORDER_CONSTANT, value=INK[::-1])

    def _measure(self) -> None:
        """Sees how large the window is by now."""
        _, _, width, height = self._cv2.getWindowImageRect(TITLE)
        if min(width, height) < LEAST_PX or (width, height) == self._room:
            return
        if self._is_qt and (width, height) == self._given:
            self._looked_s = -math.inf  # all of it was shown: the window may be larger still
        self._room = width, height

    def key(self) -> Key | None:
        """What was pressed last since the last time; also lets the window live, so call it often.

        f fills the screen, and again gives it back.
        """
        code = self._cv2.pollKey()
        if code & 0xFF == ord("f") and code >= 0:
            self._fill = not self._fill
            ways = (self._cv2.WINDOW_NORMAL, self._cv2.WINDOW_FULLSCREEN)
            self._cv2.setWindowProperty(TITLE, self._cv2.WND_PROP_FULLSCREEN, ways[self._fill])
        if self._shown and not self.closed:
            self._measure()
        return None if code < 0 else KEYS.get(code & 0xFF)
