"""The parts of the overlay that stay in the picture's corners: state, hold ring and cue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations, product

from posecheck.judging.holds import State
from posecheck.pose.landmarks import Floats
from posecheck.presenters.drawing.canvas import (
    GREY,
    INK,
    ORANGE,
    SKY,
    VERMILLION,
    WHITE,
    Canvas,
    Colour,
    Line,
    Point,
    Sprite,
    arc_points,
    disk,
    text_box,
    wrapped,
)
from posecheck.presenters.drawing.drawn_layout import DrawnText, RingMark, covered
from posecheck.presenters.drawing.fonts import letter_height, size_for
from posecheck.presenters.drawing.scene import Scene

CUE_LETTERS = 100.0 / 18.0
"""Height of the cue's capital letters in units: an eighteenth of the picture's height, read from two metres away on a
laptop (12 mm on a screen 21 cm high; road signs reckon with 1 mm for each 0.4 m or less)."""

STATE_LETTERS, TITLE_LETTERS, SECONDS_LETTERS, TARGET_LETTERS = 3.6, 2.7, 7.0, 2.7
RING, MARGIN, PAD = 27.0, 2.5, 1.8
"""Sizes in units (`Canvas.unit`)."""

MOST_LINES = 4
"""A text that would need more lines than this has smaller letters: no cue of a rule file does, at most 12 words."""

TRACK: Colour = (70, 78, 88)

COLOURS = {State.HOLDING: SKY, State.GRACE: ORANGE, State.AT_FAULT: VERMILLION, State.ENTERING: ORANGE}


@dataclass(frozen=True, slots=True)
class Corners:
    """Where things stand.

    Attributes:
        cue_below: The cue at the bottom, or at the top.
        cue_at: 0 for the cue at the left edge, 0.5 for the middle, 1 for the right edge.
        ring_below: The ring in a corner at the bottom, or at the top.
        ring_right: In the right one, or in the left one.
        state_below: The same for the state.
        state_right: The same.
    """

    cue_below: bool = True
    cue_at: float = 0.5
    ring_below: bool = False
    ring_right: bool = True
    state_below: bool = False
    state_right: bool = False

    @property
    def is_tidy(self) -> bool:
        """Whether ring and state stand side by side, opposite to the cue."""
        return self.ring_below == self.state_below != self.cue_below and self.ring_right != self.state_right


SIDES = (True, False)
ARRANGEMENTS = tuple(
    one
    for one in (Corners(*places) for places in product(SIDES, (0.5, 0.0, 1.0), SIDES, SIDES, SIDES, SIDES))
    if (one.ring_below, one.ring_right) != (one.state_below, one.state_right)
)

LONG_CUE = "Press your feet down and lift your hips a little higher."
"""Room is kept for it where nothing is said: things should not move when something is."""

Rectangle = tuple[float, float, float, float]


def best_corners(canvas: Canvas, scene: Scene, points: Floats, weights: Floats, now: Corners | None) -> Corners:
    """The arrangement that covers the least of the body; the present one, unless another is clearly better.

    Args:
        canvas: To draw on.
        scene: What is to be shown.
        points: (N, 2) points all over the body, in pixels.
        weights: (N,) how much each of them should be seen.
        now: The present arrangement, None for none.
    """
    total = float(weights.sum())
    boxes = _boxes(canvas, scene)
    hidden = {place: covered(box, points, weights) for place, box in boxes.items()}

    def cost(corners: Corners) -> float:
        places = _places(corners)
        bias = (0.0 if now is None or corners == now else 0.1) + 0.04 * abs(corners.cue_at - 0.5)
        bias += 0.0 if corners.is_tidy else 0.02
        bias += sum(_meet(boxes[one], boxes[other]) for one, other in combinations(places, 2))
        return sum(hidden[place] for place in places) + bias * total

    return min(ARRANGEMENTS, key=cost)


def crowded(canvas: Canvas, scene: Scene, corners: Corners) -> bool:
    """Whether what is to be shown would overlap in an arrangement, as a longer cue may."""
    boxes = _boxes(canvas, scene)
    return any(_meet(boxes[one], boxes[other]) for one, other in combinations(_places(corners), 2))


Corner = tuple[str, float, bool]
"""What, how far to the right (0..1), and whether below."""


def _places(corners: Corners) -> tuple[Corner, Corner, Corner]:
    return (
        ("cue", corners.cue_at, corners.cue_below),
        ("ring", float(corners.ring_right), corners.ring_below),
        ("state", float(corners.state_right), corners.state_below),
    )


def _boxes(canvas: Canvas, scene: Scene) -> dict[Corner, Rectangle]:
    """The room that each needs wherever it may stand, its margins included."""
    unit = canvas.unit
    cues = [_cue(canvas, text, alert=True)[0] for text in (LONG_CUE, scene.cue) if text]
    ring = (RING + MARGIN) * unit if scene.target_s is not None else 0.0
    sizes = {
        "cue": (max(one.width for one in cues) + MARGIN * unit, max(one.height for one in cues) + MARGIN * unit),
        "ring": (ring, ring),
        "state": (32.0 * unit, 19.0 * unit),
    }
    boxes: dict[Corner, Rectangle] = {}
    for what, (width, height) in sizes.items():
        for right, below in product((0.0, 0.5, 1.0), SIDES):
            left, top = right * (canvas.width - width), canvas.height - height if below else 0.0
            boxes[what, right, below] = left, top, left + width, top + height
    return boxes


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def draw_state(canvas: Canvas, scene: Scene, corners: Corners) -> DrawnText:
    """State, stretch and count."""
    unit = canvas.unit
    count = "" if scene.goal is None else f"{scene.done} of {scene.goal} {scene.counted}"
    texts = [(scene.headline, STATE_LETTERS, WHITE), (scene.title, TITLE_LETTERS, GREY), (count, TITLE_LETTERS, WHITE)]
    lines = tuple(Line(text, letters * unit, colour) for text, letters, colour in texts if text)
    icon = STATE_LETTERS * unit * 1.25
    sprite = text_box(lines, pad=round(PAD * unit), indent=round(1.5 * icon))
    left, top = _corner(canvas, sprite.width, sprite.height, right=corners.state_right, below=corners.state_below)
    box = canvas.blit(sprite, left, top)
    middle = (box[0] + PAD * unit + icon * 0.55, box[1] + PAD * unit + STATE_LETTERS * unit / 2.0)
    draw_icon(canvas, scene.state, middle, icon / 2.0)
    return DrawnText("state", tuple(line.text for line in lines), box, letter_height(size_for(lines[0].letter_px)))


def draw_icon(canvas: Canvas, state: State, centre: Point, radius: float) -> None:
    """A state as a shape: disc with a tick for holding, bars for paused, triangle for a fault, and so on."""
    x, y = centre
    width = max(1.0, radius / 5.0)
    colour = COLOURS.get(state, GREY)
    if state is State.HOLDING:
        canvas.circle(centre, radius, colour, INK, 1.0)
        canvas.line(
            [(x - 0.45 * radius, y), (x - 0.1 * radius, y + 0.4 * radius), (x + 0.5 * radius, y - 0.4 * radius)],
            INK,
            width,
        )
    elif state is State.GRACE:
        for side in (-0.4, 0.4):
            canvas.line(
                [(x + side * radius, y - 0.7 * radius), (x + side * radius, y + 0.7 * radius)], colour, 2 * width
            )
    elif state is State.AT_FAULT:
        warning(canvas, centre, radius * 1.15)
    elif state is State.ENTERING:
        for shift in (-0.45, 0.35):
            middle = x + shift * radius
            points = [
                (middle - 0.3 * radius, y - 0.7 * radius),
                (middle + 0.4 * radius, y),
                (middle - 0.3 * radius, y + 0.7 * radius),
            ]
            canvas.line(points, colour, 1.4 * width)
    else:
        canvas.line(arc_points(centre, 0.75 * radius, 0.0, 360.0), WHITE if state is State.READY else GREY, width)


def warning(canvas: Canvas, centre: Point, radius: float) -> None:
    """A triangle with an exclamation mark."""
    x, y = centre
    corners = [(x, y - radius), (x + 0.95 * radius, y + 0.7 * radius), (x - 0.95 * radius, y + 0.7 * radius)]
    canvas.polygon(corners, VERMILLION, WHITE, max(1.0, radius / 7.0))
    stroke = max(1.0, radius / 4.5)
    canvas.line([(x, y - 0.35 * radius), (x, y + 0.15 * radius)], WHITE, stroke)
    canvas.circle((x, y + 0.47 * radius), stroke / 2.0, WHITE, WHITE, 0.0)


def draw_ring(canvas: Canvas, scene: Scene, target_s: float, corners: Corners) -> tuple[RingMark, DrawnText]:
    """The hold: a ring that closes as the target is reached, seconds within it."""
    unit = canvas.unit
    size = round(RING * unit)
    left, top = _corner(canvas, size, size, right=corners.ring_right, below=corners.ring_below)
    box = canvas.blit(disk(size), left, top)
    centre = ((box[0] + box[2]) / 2.0, (box[1] + box[3]) / 2.0)
    band = size * 0.105
    radius = size / 2.0 - band * 0.5 - size * 0.035
    share = min(1.0, scene.hold_s / target_s) if target_s > 0 else 1.0
    swept = 360.0 * share
    canvas.line(arc_points(centre, radius, 0.0, 360.0), TRACK, band)
    if share > 0:
        colour = SKY if scene.state is State.HOLDING else ORANGE if scene.state is State.GRACE else GREY
        canvas.line(arc_points(centre, radius, 90.0, 90.0 - swept), colour, band)
        head = math.radians(90.0 - swept)
        canvas.circle(
            (centre[0] + radius * math.cos(head), centre[1] - radius * math.sin(head)), band * 0.3, WHITE, INK, 1.0
        )
    seconds = f"{scene.hold_s:.1f}"
    target = f"{'✓' if share >= 1.0 else 'of'} {target_s:g} s"
    for text, letters, down in ((seconds, SECONDS_LETTERS, -0.035), (target, TARGET_LETTERS, 0.21)):
        sprite = text_box((Line(text, letters * unit),), pad=1, opacity=0.0)
        canvas.blit(sprite, centre[0] - sprite.width / 2.0, centre[1] + down * size - sprite.height / 2.0)
    letter_px = letter_height(size_for(SECONDS_LETTERS * unit))
    return RingMark(centre, radius, swept), DrawnText("ring", (seconds, target), box, letter_px)


def draw_cue(canvas: Canvas, cue: str, corners: Corners, *, alert: bool) -> DrawnText:
    """The one thing worth saying, in letters to be read from two metres; `alert` puts a warning sign before it."""
    unit = canvas.unit
    sprite, lines, letters = _cue(canvas, cue, alert=alert)
    left = _cue_left(canvas, sprite.width, corners)
    top = canvas.height - sprite.height - MARGIN * unit if corners.cue_below else MARGIN * unit
    box = canvas.blit(sprite, left, top)
    if alert:
        warning(canvas, (box[0] + letters * 1.15, (box[1] + box[3]) / 2.0), letters * 0.75)
    return DrawnText("cue", lines, box, letter_height(size_for(letters)))


def _cue_left(canvas: Canvas, width: int, corners: Corners) -> float:
    margin = MARGIN * canvas.unit
    return margin + corners.cue_at * (canvas.width - width - 2.0 * margin)


def _cue(canvas: Canvas, cue: str, *, alert: bool) -> tuple[Sprite, tuple[str, ...], float]:
    letters = CUE_LETTERS * canvas.unit
    while True:
        indent = round(1.7 * letters) if alert else 0
        lines = wrapped(cue, letters, canvas.width - 2 * MARGIN * canvas.unit - 0.9 * letters - indent)
        if len(lines) <= MOST_LINES or letters < 6.0:
            break
        letters *= 0.88
    texts = tuple(Line(line, letters) for line in lines)
    return text_box(texts, pad=round(0.45 * letters), indent=indent, centred=True, opacity=0.78), lines, letters


def _corner(canvas: Canvas, width: int, height: int, *, right: bool, below: bool) -> tuple[float, float]:
    margin = MARGIN * canvas.unit
    return (
        canvas.width - width - margin if right else margin,
        canvas.height - height - margin if below else margin,
    )
