"""The window in which a clip is labelled: the picture, a strip with the labels, and the keys."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from posecheck.errors import InputError, UsageError
from posecheck.pose.frames import Frame
from posecheck.presenters.drawing.canvas import SKY, WHITE, Colour
from posecheck.presenters.drawing.fonts import font
from posecheck.tuning.annotation import Labelling
from posecheck.tuning.labels import GOOD

if TYPE_CHECKING:
    from collections.abc import Callable

    from cv2.typing import MatLike
    from PIL.ImageDraw import ImageDraw

TITLE = "posecheck label"
SIDE_PX, LEAST_WIDTH_PX = 720, 560
STRIP_PX, SCALE_PX, LINE_PX, MARGIN_PX = 38, 22, 24, 8
TEXT_PX, SMALL_PX = 16, 12
KEYS_A_LINE = 4
SECONDS_STEPS, SCALE_STEP_PX = (1, 2, 5, 10, 30, 60, 300, 3600, 36000), 30
QUALITY = 85

LEFT = {65361, 2424832, 63234, ord(",")}
RIGHT = {65363, 2555904, 63235, ord(".")}
UP = {65362, 2490368, 63232, ord("]")}
DOWN = {65364, 2621440, 63233, ord("[")}
"""What arrow keys are called on Linux, Windows and macOS, and a key for keyboards that call them otherwise."""

ESCAPE = 27
CLOSED = -1
"""No key: somebody has closed the window."""

GOOD_COLOUR: Colour = SKY
FAULT_COLOUR: Colour = (230, 120, 20)
OPEN: Colour = (0, 190, 140)
HERE: Colour = WHITE
INK: Colour = (0, 0, 0)
QUIET: Colour = (170, 170, 170)


class LabelScreen(Protocol):
    """Where pictures go and keys come from."""

    def show(self, picture: MatLike) -> None:
        """Shows a BGR picture."""

    def key(self, wait_s: float | None) -> int | None:
        """The next key, waiting so long at most (None: for ever); None for none, CLOSED once there is no window."""


class CvScreen:
    """A window of OpenCV.

    Raises:
        UsageError: If there is no display.
    """

    def __init__(self) -> None:
        import cv2

        from posecheck.presenters.windows.practice_window import display_problem

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
                return CLOSED
            waited_s += step_s
        return None


class ClipBuffer:
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


def run(film: ClipBuffer, labelling: Labelling, screen: LabelScreen) -> None:
    """Shows a clip and takes keys until the window is closed or q is pressed, twice if a label has no end yet."""
    index, playing = 0, False
    while True:
        screen.show(_drawn(film, index, labelling))
        gap_s = film.times_s[min(index + 1, len(film.times_s) - 1)] - film.times_s[index]
        code = screen.key(max(gap_s, 0.01) if playing else None)
        if code is None:
            index += 1
        elif code == CLOSED:
            return
        elif code in (ESCAPE, ord("q")):
            if labelling.leave():
                return
            playing = False
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


def _drawn(film: ClipBuffer, index: int, labelling: Labelling) -> MatLike:
    """The picture, below it what is labelled when, what was done last, and the keys."""
    import cv2
    from PIL import Image, ImageDraw

    picture = film.picture(index)
    height, width = picture.shape[0], max(picture.shape[1], LEAST_WIDTH_PX)
    texts = _texts(film, index, labelling)
    image = Image.new("RGB", (width, height + STRIP_PX + SCALE_PX + LINE_PX * len(texts) + MARGIN_PX))
    image.paste(Image.fromarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)), ((width - picture.shape[1]) // 2, 0))
    draw = ImageDraw.Draw(image)
    _strip(draw, film, index, labelling, height, width)
    for row, pieces in enumerate(texts):
        left = float(MARGIN_PX)
        middle = height + STRIP_PX + SCALE_PX + LINE_PX * (row + 0.5)
        for text, colour in pieces:
            draw.text((left, middle), text, colour, font(TEXT_PX), anchor="lm")
            left += draw.textlength(text, font(TEXT_PX))
    return cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR)


def _strip(draw: ImageDraw, film: ClipBuffer, index: int, labelling: Labelling, top: int, width: int) -> None:
    """The whole clip from left to right: a bar for each label, the one that is open, where one is, and seconds."""
    end_s = max(film.times_s[-1], 1e-6)

    def at(seconds: float) -> int:
        return round(seconds / end_s * (width - 1))

    for label in labelling.labels:
        left, right = at(label.start_s), at(label.end_s)
        draw.rectangle((left, top + 5, right, top + STRIP_PX - 5), _colour(label.label))
        if draw.textlength(label.label, font(SMALL_PX)) < right - left - 4:
            middle = ((left + right) / 2, top + STRIP_PX / 2)
            draw.text(middle, label.label, INK, font(SMALL_PX), anchor="mm")
    here = at(film.times_s[index])
    if labelling.open is not None:
        left, right = sorted((at(labelling.open.start_s), here))
        draw.rectangle((left, top + 10, right + 1, top + STRIP_PX - 10), OPEN)
    step_s = next(step for step in SECONDS_STEPS if end_s / step <= width / SCALE_STEP_PX)
    for second in range(0, int(end_s) + 1, step_s):
        draw.line((at(second), top + STRIP_PX, at(second), top + STRIP_PX + 3), QUIET)
        anchor = "lt" if at(second) < SMALL_PX else "rt" if at(second) > width - SMALL_PX else "mt"
        draw.text((at(second), top + STRIP_PX + 5), f"{second}", QUIET, font(SMALL_PX), anchor=anchor)
    draw.line((here, top, here, top + STRIP_PX + 3), HERE, 2)


def _texts(film: ClipBuffer, index: int, labelling: Labelling) -> list[list[tuple[str, Colour]]]:
    """Lines of pieces with their colours: where one is, what was done last, the keys."""
    time_s, end_s = film.times_s[index], film.times_s[-1]
    here = labelling.at(time_s)
    now: list[tuple[str, Colour]] = [(f"{time_s:.2f} of {end_s:.1f} s: ", HERE)]
    now += [(" ".join(here), _colour(here[0]))] if here else [("unlabelled", QUIET)]
    if labelling.phases:
        now.append((f"   new labels are of phase: {labelling.phase or 'any'}", HERE))
    keys = [
        piece for key, name in labelling.keys.items() for piece in ((f"{key} ", HERE), (f"{name}    ", _colour(name)))
    ]
    lines = [keys[start : start + 2 * KEYS_A_LINE] for start in range(0, len(keys), 2 * KEYS_A_LINE)]
    phase = "   p phase" if labelling.phases else ""
    return [
        now,
        [(labelling.said or "a key below starts a label, the same key ends it", OPEN)],
        *lines,
        [("arrows: left, right a frame; up, down a second", QUIET)],
        [(f"space play   u undo   x delete label here{phase}   q done", QUIET)],
    ]


def _colour(label: str) -> Colour:
    return GOOD_COLOUR if label == GOOD else FAULT_COLOUR
