"""Figures beside the joints: each where it covers least, and where it stood before unless that has become bad."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Floats
from posecheck.presenters.drawing.body_marks import COLOURS
from posecheck.presenters.drawing.canvas import WHITE, Box, Canvas, Line, Point, text_box
from posecheck.presenters.drawing.drawn_layout import DrawnText
from posecheck.presenters.drawing.fonts import letter_height, size_for
from posecheck.presenters.drawing.scene import Gauge, Status

LETTERS, LETTERS_WRONG = 2.6, 3.3
"""Height of capital letters in units (`Canvas.unit`), where all is well and where not."""

DIRECTIONS = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)
"""Around the joint, counter-clockwise from the right."""

LEADER_UNITS = 4.0
"""A label further than this from its joint is tied to it by a line."""


def figure(gauge: Gauge) -> str:
    """A measure in its own unit, with its own sign and its uncertainty: ``trunk slope −34° ± 3``.

    What counts from the person's neutral has a sign always: ``heel lift +0.21 ± 0.08 of shin``.
    """
    spec = MEASURES[gauge.measure]
    name, whole = spec.label, spec.share_of
    value = gauge.value - gauge.zero
    digits = 2 if whole else 0
    rounded = round(value, digits)
    sign = "−" if rounded < 0 else "+" if gauge.zero and rounded > 0 else ""
    error = max(round(gauge.uncertainty, digits), 10.0**-digits)
    if whole:
        return f"{name} {sign}{abs(rounded):.2f} ± {error:.2f} of {whole}"
    return f"{name} {sign}{abs(rounded):.0f}° ± {error:.0f}"


class Labels:
    """Places and draws figures; remembers where each stood."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def draw(
        self,
        canvas: Canvas,
        gauge: Gauge,
        centre: Point,
        radius: float,
        taken: Sequence[Box],
        busy: Floats,
    ) -> DrawnText:
        """Draws one figure.

        Args:
            canvas: To draw on.
            gauge: Whose figure it is.
            centre: The joint.
            radius: Of the arc around it.
            taken: Boxes that must not be covered.
            busy: (N, 2) points that should not be.
        """
        unit, text = canvas.unit, figure(gauge)
        letters = (LETTERS_WRONG if gauge.status >= Status.OUTSIDE else LETTERS) * unit
        sprite = text_box((Line(text, letters),), pad=max(2, round(0.9 * unit)))
        boxes, effort = _candidates(centre, radius, sprite.width, sprite.height, unit)
        cost = effort + _cost(boxes, taken, busy, canvas)
        if (before := self._places.get(gauge.rule)) is not None:
            cost[before] -= 2.5
        best = self._places[gauge.rule] = int(np.argmin(cost))
        _tie(canvas, centre, boxes[best])
        box = canvas.blit(sprite, float(boxes[best, 0]), float(boxes[best, 1]))
        bottom = box[3] - max(1.0, 0.3 * unit)
        canvas.line([(box[0] + unit, bottom), (box[2] - unit, bottom)], COLOURS[gauge.status], 0.5 * unit)
        return DrawnText("angle", (text,), box, letter_height(size_for(letters)), gauge.rule)


def _candidates(centre: Point, radius: float, width: int, height: int, unit: float) -> tuple[Floats, Floats]:
    """(M, 4) boxes around a joint: close to it, beyond its arc, and further off; and (M,) the penalty of each."""
    boxes, effort = [], []
    for off, loath in ((3.0 * unit, 0.0), (radius + 1.5 * unit, 0.6), (radius + 6.0 * unit, 3.0)):
        # The panel's near edge lies `off` from the joint, in whatever direction.
        x = centre[0] + np.cos(DIRECTIONS) * (off + width / 2.0)
        y = centre[1] - np.sin(DIRECTIONS) * (off + height / 2.0)
        boxes.append(np.column_stack([x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0]))
        effort.append(np.full(len(DIRECTIONS), loath))
    return np.concatenate(boxes), np.concatenate(effort)


def _cost(boxes: Floats, taken: Sequence[Box], busy: Floats, canvas: Canvas) -> Floats:
    """(M,) cost of each box: how much it covers of what is drawn already, and how much lies outside the picture."""
    area = (boxes[0, 2] - boxes[0, 0]) * (boxes[0, 3] - boxes[0, 1])
    others = np.array([*taken, (0, 0, canvas.width, canvas.height)], np.float64)
    wide = np.minimum(boxes[:, None, 2], others[None, :, 2]) - np.maximum(boxes[:, None, 0], others[None, :, 0])
    high = np.minimum(boxes[:, None, 3], others[None, :, 3]) - np.maximum(boxes[:, None, 1], others[None, :, 1])
    shared = np.clip(wide, 0.0, None) * np.clip(high, 0.0, None) / area
    cost = 40.0 * shared[:, :-1].sum(axis=1) + 60.0 * (1.0 - shared[:, -1])
    if len(busy):
        x, y = busy[None, :, 0], busy[None, :, 1]
        inside = (x >= boxes[:, :1]) & (x <= boxes[:, 2:3]) & (y >= boxes[:, 1:2]) & (y <= boxes[:, 3:])
        cost = cost + 1.0 * inside.sum(axis=1)
    return np.asarray(cost)


def _tie(canvas: Canvas, centre: Point, box: Floats) -> None:
    nearest = (min(max(centre[0], float(box[0])), float(box[2])), min(max(centre[1], float(box[1])), float(box[3])))
    if math.dist(centre, nearest) > LEADER_UNITS * canvas.unit:
        canvas.cased([centre, nearest], WHITE, 0.2 * canvas.unit)
