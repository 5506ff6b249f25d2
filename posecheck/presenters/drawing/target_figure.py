"""The silhouette of what is to be done, shown small beside the person: a figure says more than a rule.

The figure itself is data of the rule file: `posecheck.rules.figure.Figure`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from posecheck.pose.landmarks import Floats
from posecheck.presenters.drawing.canvas import GREY, INK, SKY, Box, Canvas, Point, Sprite, rounded_rectangle
from posecheck.presenters.drawing.drawn_layout import covered
from posecheck.rules.figure import Figure

WIDTH, HEIGHT = 27.0, 17.0
"""Size of the panel in units (`Canvas.unit`)."""

MARGIN = 2.5
OPACITY = 0.8

MOST_COVERED = 0.04
"""A panel that would cover more of the body than this share is not shown."""

THICKNESS = {"leg": 0.10, "arm": 0.08, "trunk": 0.17, "head": 0.11}
"""Width of the limbs and radius of the head, in the figure's own unit."""


class TargetFigure:
    """Draws the silhouette where it covers nothing; remembers where it stood."""

    def __init__(self) -> None:
        self._place = 0

    def draw(
        self, canvas: Canvas, figure: Figure, *, facing_right: bool, taken: Sequence[Box], body: Floats
    ) -> Box | None:
        """Draws one figure.

        Args:
            canvas: To draw on.
            figure: The posture to come or reached.
            facing_right: Where the person faces, as shown.
            taken: Boxes that must not be covered.
            body: (N, 2) points that must not be either.

        Returns:
            Where it stands; None where there is no room.
        """
        width, height = round(WIDTH * canvas.unit), round(HEIGHT * canvas.unit)
        boxes = _places(canvas, width, height)
        weights = np.full(len(body), 1.0 / max(1, len(body)))
        costs = [
            covered(box, body, weights) / MOST_COVERED
            + sum(_overlap(box, other) for other in taken)
            - 0.2 * (place == self._place)
            for place, box in enumerate(boxes)
        ]
        best = int(np.argmin(costs))
        if costs[best] >= 1.0 - 0.2:
            return None
        self._place = best
        return canvas.blit(_sprite(figure, width, height, facing_right), *boxes[best][:2])


def _places(canvas: Canvas, width: int, height: int) -> list[Box]:
    margin = round(MARGIN * canvas.unit)
    across = (canvas.width - width - margin, margin, (canvas.width - width) // 2)
    # Beside the ring and the state, below or above them, and at the edges' middles.
    down = (
        margin,
        canvas.height - height - margin,
        (canvas.height - height) // 2,
        round(32 * canvas.unit),
        canvas.height - height - round(32 * canvas.unit),
    )
    return [(x, y, x + width, y + height) for y in down for x in across if y >= 0]


def _overlap(one: Box, other: Box) -> float:
    """1 and more where boxes meet, 0 where they do not."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return 1.0 + wide * high / ((one[2] - one[0]) * (one[3] - one[1])) if wide > 0 and high > 0 else 0.0


@lru_cache(maxsize=16)
def _sprite(figure: Figure, width: int, height: int, facing_right: bool) -> Sprite:
    import cv2

    lines = {"trunk": figure.trunk, "leg": figure.leg, "arm": figure.arm, "head": (figure.head,)}
    points = np.array([point for line in lines.values() for point in line])
    reach = THICKNESS["head"]
    low, high = points.min(axis=0) - reach, points.max(axis=0) + reach
    scale = min(width * 0.9 / (high[0] - low[0]), height * 0.86 / (high[1] - low[1]))
    left = (width - scale * (high[0] - low[0])) / 2.0
    floor = height * 0.93

    def place(line: Sequence[Point]) -> NDArray[np.int32]:
        where = np.array(line)
        x = left + scale * (where[:, 0] - low[0])
        x = x if facing_right else width - x
        return np.asarray(np.round(16.0 * np.column_stack([x, floor - scale * where[:, 1]])), np.int32)

    cover = rounded_rectangle(width, height, height * 0.12) * OPACITY
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = INK
    cv2.line(picture, (round(0.05 * width), round(floor)), (round(0.95 * width), round(floor)), GREY, 1, cv2.LINE_AA)
    for name, line in lines.items():
        thickness = max(1, round(scale * THICKNESS[name]))
        if name == "head":
            (x, y), *_ = place(line).tolist()
            cv2.circle(picture, (x, y), round(16 * scale * THICKNESS[name]), SKY, -1, cv2.LINE_AA, 4)
        else:
            cv2.polylines(picture, [place(line)], False, SKY, thickness, cv2.LINE_AA, 4)
    keep = np.round((1.0 - cover) * 255.0).astype(np.uint8)
    return Sprite((picture * cover[..., None]).astype(np.uint8), np.repeat(keep[..., None], 3, axis=2))
