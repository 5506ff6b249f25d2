"""The parts of the overlay that stay in the picture's corners: state, hold ring and cue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

from posecheck.hold import State
from posecheck.landmarks import Floats
from posecheck.presenters.canvas import (
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
from posecheck.presenters.fonts import letter_height, size_for
from posecheck.presenters.layout import RingMark, Words, covered
from posecheck.presenters.scene import Scene

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
        cue_below: The cue at the bottom, all else at the top; or the other way round.
        ring_right: The ring right and the state left; or the other way round.
        cue_at: 0 for the cue at the left edge, 0.5 for the middle, 1 for the right edge.
    """

    cue_below: bool = True
    ring_right: bool = True
    cue_at: float = 0.5


ARRANGEMENTS = tuple(Corners(*one) for one in product((True, False), (True, False), (0.5, 0.0, 1.0)))


def best_corners(canvas: Canvas, scene: Scene, points: Floats, weights: Floats, now: Corners | None) -> Corners:
    """The arrangement that covers the least of the body; the present one, unless another is clearly better.

    Args:
        canvas: To draw on.
        scene: What is to be shown.
        points: (N, 2) points all over the body, in pixels.
        weights: (N,) how much each of them should be seen.
        now: The present arrangement, None for none.
    """
    unit, width, height = canvas.unit, float(canvas.width), float(canvas.height)
    cue = _cue(canvas, scene.cue or "Press your feet down and lift your hips a little higher.", alert=True)[0]
    ring = (RING + MARGIN) * unit if scene.target_s is not None else 0.0
    total = float(weights.sum())
    state_wide, state_high = 32.0 * unit, 19.0 * unit

    def cost(corners: Corners) -> float:
        cue_top = height - cue.height - MARGIN * unit if corners.cue_below else 0.0
        cue_left = _cue_left(canvas, cue.width, corners)
        ring_left = width - ring if corners.ring_right else 0.0
        state_left = 0.0 if corners.ring_right else width - state_wide
        above = corners.cue_below
        boxes = [
            (cue_left, cue_top, cue_left + cue.width, cue_top + cue.height + MARGIN * unit),
            (ring_left, 0.0 if above else height - ring, ring_left + ring, ring if above else height),
            (
                state_left,
                0.0 if above else height - state_high,
                state_left + state_wide,
                state_high if above else height,
            ),
        ]
        bias = (0.0 if now is None or corners == now else 0.1) + 0.04 * abs(corners.cue_at - 0.5)
        return sum(covered(box, points, weights) for box in boxes) + bias * total

    return min(ARRANGEMENTS, key=cost)


def draw_state(canvas: Canvas, scene: Scene, corners: Corners) -> Words:
    """State, stretch and count, in the corner opposite to the ring."""
    unit = canvas.unit
    count = "" if scene.goal is None else f"{scene.done} of {scene.goal} {scene.counted}"
    texts = [(scene.headline, STATE_LETTERS, WHITE), (scene.title, TITLE_LETTERS, GREY), (count, TITLE_LETTERS, WHITE)]
    lines = tuple(Line(text, letters * unit, colour) for text, letters, colour in texts if text)
    icon = STATE_LETTERS * unit * 1.25
    sprite = text_box(lines, pad=round(PAD * unit), indent=round(1.5 * icon))
    left, top = _corner(canvas, sprite.width, sprite.height, right=not corners.ring_right, below=not corners.cue_below)
    box = canvas.blit(sprite, left, top)
    middle = (box[0] + PAD * unit + icon * 0.55, box[1] + PAD * unit + STATE_LETTERS * unit / 2.0)
    draw_icon(canvas, scene.state, middle, icon / 2.0)
    return Words("state", tuple(line.text for line in lines), box, letter_height(size_for(lines[0].letter_px)))


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


def draw_ring(canvas: Canvas, scene: Scene, target_s: float, corners: Corners) -> tuple[RingMark, Words]:
    """The hold: a ring that closes as the target is reached, seconds within it."""
    unit = canvas.unit
    size = round(RING * unit)
    left, top = _corner(canvas, size, size, right=corners.ring_right, below=not corners.cue_below)
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
    return RingMark(centre, radius, swept), Words("ring", (seconds, target), box, letter_px)


def draw_cue(canvas: Canvas, cue: str, corners: Corners, *, alert: bool) -> Words:
    """The one thing worth saying, in letters to be read from two metres; `alert` puts a warning sign before it."""
    unit = canvas.unit
    sprite, lines, letters = _cue(canvas, cue, alert=alert)
    left = _cue_left(canvas, sprite.width, corners)
    top = canvas.height - sprite.height - MARGIN * unit if corners.cue_below else MARGIN * unit
    box = canvas.blit(sprite, left, top)
    if alert:
        warning(canvas, (box[0] + letters * 1.15, (box[1] + box[3]) / 2.0), letters * 0.75)
    return Words("cue", lines, box, letter_height(size_for(letters)))


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
