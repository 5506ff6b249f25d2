"""The window in which a clip is labelled: the picture, a strip with the labels, and the keys."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from posecheck.errors import InputError, UsageError
from posecheck.frames import Frame
from posecheck.labelling import Labelling
from posecheck.scoring import GOOD

if TYPE_CHECKING:
    from collections.abc import Callable

    from cv2.typing import MatLike

TITLE = "posecheck label"
SIDE_PX, STRIP_PX, LINE_PX = 720, 34, 22
QUALITY = 85

LEFT = {65361, 2424832, 63234, ord(",")}
RIGHT = {65363, 2555904, 63235, ord(".")}
UP = {65362, 2490368, 63232, ord("]")}
DOWN = {65364, 2621440, 63233, ord("[")}
"""What arrow keys are called on Linux, Windows and macOS, and a key for keyboards that call them otherwise."""

GOOD_BGR, FAULT_BGR, OPEN_BGR, HERE_BGR = (178, 114, 0), (0, 94, 213), (115, 158, 0), (255, 255, 255)


class Screen(Protocol):
    """Where pictures go and keys come from."""

    def show(self, picture: MatLike) -> None:
        """Shows a BGR picture."""

    def key(self, wait_s: float | None) -> int | None:
        """The next key, waiting so long at most (None: for ever); None for none, or 27 once it is closed."""


class CvScreen:
    """A window of OpenCV.

    Raises:
        UsageError: If there is no display.
    """

    def __init__(self) -> None:
        import cv2

        from posecheck.presenters.window import display_problem

        if (problem := display_problem()) is not None:
            raise UsageError(f"no window: {problem}; write the labels by hand instead")
        self._cv2 = cv2
        cv2.namedWindow(TITLE, cv2.WINDOW_AUTOSIZE | cv2.WINDOW_GUI_NORMAL)

    def show(self, picture: MatLike) -> None:
        """Shows a BGR picture."""
        self._cv2.imshow(TITLE, picture)

    def key(self, wait_s: float | None) -> int | None:
        """The next key."""
        waited_s = 0.0
        while wait_s is None or waited_s < wait_s:
            step_s = 0.2 if wait_s is None else max(0.001, min(0.2, wait_s - waited_s))
            code = self._cv2.waitKeyEx(round(1000 * step_s))
            if code != -1:
                return int(code)
            if self._cv2.getWindowProperty(TITLE, self._cv2.WND_PROP_VISIBLE) < 1:
                return 27
            waited_s += step_s
        return None


class Film:
    """A clip's pictures, kept small, so that one can go back and forth in it.

    Raises:
        InputError: If it has no picture.
    """

    def __init__(self, frames: Iterable[Frame]) -> None:
        import cv2

        self._cv2 = cv2
        self.times_s: list[float] = []
        self._pictures: list[NDArray[Any]] = []
        for frame in frames:
            bgr = cv2.cvtColor(frame.rgb(SIDE_PX), cv2.COLOR_RGB2BGR)
            self._pictures.append(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])
            self.times_s.append(frame.time_s)
        if not self.times_s:
            raise InputError("this clip has no picture; name another")

    def picture(self, index: int) -> MatLike:
        """One of them, BGR."""
        decoded = self._cv2.imdecode(self._pictures[index], self._cv2.IMREAD_COLOR)
        return np.zeros((2, 2, 3), np.uint8) if decoded is None else decoded


def run(film: Film, labelling: Labelling, screen: Screen) -> None:
    """Shows a clip and takes keys until the window is closed or q is pressed."""
    index, playing = 0, False
    while True:
        screen.show(_drawn(film, index, labelling))
        gap_s = film.times_s[min(index + 1, len(film.times_s) - 1)] - film.times_s[index]
        code = screen.key(max(gap_s, 0.01) if playing else None)
        if code is None:
            index += 1
        elif code in (27, ord("q")):
            return
        elif code == ord(" "):
            playing = not playing
        elif (moved := _moved(film.times_s, index, code)) is not None:
            index, playing = moved, False
        else:
            _pressed(labelling, code, film.times_s[index])
        playing = playing and index < len(film.times_s) - 1
        index = min(index, len(film.times_s) - 1)


def _moved(times_s: list[float], index: int, code: int) -> int | None:
    """Where a key leads; None if it is none that moves."""
    steps: list[tuple[set[int], Callable[[], int]]] = [
        (LEFT, lambda: index - 1),
        (RIGHT, lambda: index + 1),
        (UP, lambda: bisect.bisect_left(times_s, times_s[index] + 1.0)),
        (DOWN, lambda: bisect.bisect_right(times_s, times_s[index] - 1.0) - 1),
    ]
    goes = next((go for codes, go in steps if code in codes), None)
    return None if goes is None else min(max(goes(), 0), len(times_s) - 1)


def _pressed(labelling: Labelling, code: int, time_s: float) -> None:
    key = chr(code & 0xFF)
    if key in labelling.keys:
        labelling.mark(key, time_s)
    elif key == "u":
        labelling.undo()
    elif key == "x":
        labelling.delete(time_s)
    elif key == "p":
        labelling.next_phase()


def _drawn(film: Film, index: int, labelling: Labelling) -> MatLike:
    import cv2

    picture = film.picture(index)
    time_s, end_s = film.times_s[index], max(film.times_s[-1], 1e-6)
    height, width = picture.shape[:2]
    helps = [f"{key} {name}" for key, name in labelling.keys.items()]
    lines = [
        f"{time_s:.2f} s  {', '.join(labelling.at(time_s)) or 'unlabelled'}   {labelling.said}",
        "arrows step, space plays, u undo, x delete, p phase, q done",
        *("   ".join(helps[start : start + 5]) for start in range(0, len(helps), 5)),
    ]
    canvas = np.zeros((height + STRIP_PX + LINE_PX * len(lines) + 8, width, 3), np.uint8)
    canvas[:height] = picture

    def at(seconds: float) -> int:
        return round(seconds / end_s * (width - 1))

    for label in labelling.labels:
        colour = GOOD_BGR if label.label == GOOD else FAULT_BGR
        cv2.rectangle(canvas, (at(label.start_s), height + 6), (at(label.end_s), height + STRIP_PX - 6), colour, -1)
    if labelling.open is not None:
        spans = sorted((at(labelling.open.start_s), at(time_s)))
        cv2.rectangle(canvas, (spans[0], height + 10), (spans[1] + 1, height + STRIP_PX - 10), OPEN_BGR, -1)
    cv2.line(canvas, (at(time_s), height), (at(time_s), height + STRIP_PX), HERE_BGR, 1)
    for row, line in enumerate(lines):
        place = (6, height + STRIP_PX + LINE_PX * (row + 1) - 6)
        cv2.putText(canvas, line, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, HERE_BGR, 1, cv2.LINE_AA)
    return canvas
