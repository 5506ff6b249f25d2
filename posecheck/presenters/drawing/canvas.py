"""Drawing on a picture: smooth shapes, and text in boxes that is rendered once and kept.

Shapes are drawn by OpenCV, whose coordinates here are fractions of a pixel; text by Pillow, into sprites that are laid
over the picture. All of it stays within the picture, whatever is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from posecheck.pose.landmarks import Floats
from posecheck.presenters.drawing.fonts import font, letter_height, size_for

Colour = tuple[int, int, int]
Picture = NDArray[np.uint8]
Point = tuple[float, float]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are the first beyond."""

INK: Colour = (14, 18, 24)
WHITE: Colour = (255, 255, 255)
GREY: Colour = (176, 184, 192)
SKY: Colour = (86, 180, 233)
ORANGE: Colour = (230, 159, 0)
VERMILLION: Colour = (213, 94, 0)
"""The last three are of Okabe and Ito's palette, told apart by people of any colour vision."""

_SHIFT = 4
"""OpenCV takes coordinates in 1/16 px."""

_FURTHEST = 500_000.0
"""In 1/16 px: what lies absurdly far outside is brought nearer, lest OpenCV's numbers overflow."""


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """Something rendered, to be laid over a picture.

    Attributes:
        colour: (h, w, 3), already weighted by how much it covers.
        keep: (h, w, 3), how much of the picture stays, 0..255.
    """

    colour: Picture
    keep: Picture

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.colour.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.colour.shape[0])


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text.

    Attributes:
        text: What it says.
        letter_px: Least height of its capital letters.
        colour: Of the letters.
    """

    text: str
    letter_px: float
    colour: Colour = WHITE


@lru_cache(maxsize=128)
def text_box(
    lines: tuple[Line, ...],
    *,
    pad: int,
    fill: Colour = INK,
    opacity: float = 0.72,
    indent: int = 0,
    centred: bool = False,
) -> Sprite:
    """Lines of text on a rounded panel.

    Args:
        lines: From top to bottom.
        pad: Pixels between text and the panel's edge.
        fill: Of the panel.
        opacity: Of the panel, 0..1; 0 draws none.
        indent: Pixels kept free at the left, for an icon.
        centred: Whether lines are centred rather than set left.
    """
    sizes = [size_for(line.letter_px) for line in lines]
    widths = [text_width(line.text, size) for line, size in zip(lines, sizes, strict=True)]
    steps = [line_height(size) for size in sizes]
    width = indent + max(widths) + 2 * pad
    # The panel begins a pad above the first line's capitals and ends a pad and a bit below the last baseline.
    height = letter_height(sizes[0]) + sum(steps[1:]) + 2 * pad + round(0.12 * sizes[-1])
    colour = np.zeros((height, width, 3), np.float32)
    cover = np.zeros((height, width), np.float32)
    if opacity:
        cover[:] = rounded_rectangle(width, height, min(height, 2 * pad, 3 * pad) * 0.5) * opacity
        colour[:] = cover[..., None] * np.asarray(fill, np.float32)
    baseline = pad + letter_height(sizes[0])
    for line, size, line_width, step, first in zip(
        lines, sizes, widths, steps, (True, *[False] * len(lines)), strict=False
    ):
        baseline += 0 if first else step
        x = indent + pad + ((width - indent - 2 * pad - line_width) // 2 if centred else 0)
        _lay(colour, cover, _mask(line.text, size, x, baseline, (width, height), size / 48), line.colour)
    return _sprite(colour, cover)


def text_width(text: str, size_px: int) -> int:
    """Width of a line in pixels."""
    return math.ceil(font(size_px).getlength(text) + size_px / 24)


def line_height(size_px: int) -> int:
    """From one baseline to the next."""
    return round(1.22 * size_px)


@lru_cache(maxsize=64)
def wrapped(text: str, letter_px: float, width_px: float) -> tuple[str, ...]:
    """Text in as few lines as fit the width, all about as long; a single word that is too long stays whole."""
    size = size_for(letter_px)

    def fill(limit: float) -> list[str]:
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and text_width(longer, size) > limit:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    count = len(fill(width_px))
    low, high = width_px / 3, width_px
    for _ in range(7):  # narrower, as long as it takes no further line: the lines come out alike
        middle = (low + high) / 2
        low, high = (low, middle) if len(fill(middle)) <= count else (middle, high)
    return tuple(fill(high))


@lru_cache(maxsize=32)
def disk(diameter: int, fill: Colour = INK, opacity: float = 0.72) -> Sprite:
    """A round panel."""
    cover = rounded_rectangle(diameter, diameter, diameter / 2) * opacity
    return _sprite(cover[..., None] * np.asarray(fill, np.float32), cover)


def rounded_rectangle(width: int, height: int, radius: float) -> NDArray[np.float32]:
    """(height, width) how much a rectangle with round corners covers each pixel, 0..1."""
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    over_x = np.maximum(np.maximum(radius - x, x - (width - radius)), 0.0)
    over_y = np.maximum(np.maximum(radius - y, y - (height - radius)), 0.0)
    return np.clip(radius + 0.5 - np.hypot(over_x[None, :], over_y[:, None]), 0.0, 1.0).astype(np.float32)


def _mask(text: str, size: int, x: int, baseline: int, space: tuple[int, int], stroke: float) -> NDArray[np.float32]:
    from PIL import Image, ImageDraw

    image = Image.new("L", space)
    ImageDraw.Draw(image).text((x, baseline), text, 255, font(size), anchor="ls", stroke_width=stroke)
    return np.asarray(image, np.float32) / 255.0


def _lay(colour: NDArray[np.float32], cover: NDArray[np.float32], mask: NDArray[np.float32], paint: Colour) -> None:
    colour *= 1.0 - mask[..., None]
    colour += mask[..., None] * np.asarray(paint, np.float32)
    cover *= 1.0 - mask
    cover += mask


def _sprite(colour: NDArray[np.float32], cover: NDArray[np.float32]) -> Sprite:
    keep = np.round((1.0 - cover) * 255.0).astype(np.uint8)
    return Sprite(np.round(colour).astype(np.uint8), np.repeat(keep[..., None], 3, axis=2))


class Canvas:
    """A picture to draw on, in place.

    Args:
        picture: (height, width, 3) RGB.

    Attributes:
        width: In pixels.
        height: In pixels.
        unit: A hundredth of the size that everything drawn is measured by: the height, or for a picture higher than
            wide three quarters of its width, so that text has the room that it has in a 4:3 one.
    """

    def __init__(self, picture: Picture) -> None:
        import cv2

        self._cv2 = cv2
        self.picture = picture
        self.height, self.width = picture.shape[:2]
        self.unit = (self.height if self.width >= self.height else 0.75 * self.width) / 100.0

    def blit(self, sprite: Sprite, left: float, top: float) -> Box:
        """Lays a sprite over the picture, moved inside it if need be (and cut where it is larger); gives where."""
        x = min(max(0, round(left)), max(0, self.width - sprite.width))
        y = min(max(0, round(top)), max(0, self.height - sprite.height))
        right, bottom = min(x + sprite.width, self.width), min(y + sprite.height, self.height)
        part = self.picture[y:bottom, x:right]
        keep, colour = sprite.keep[: bottom - y, : right - x], sprite.colour[: bottom - y, : right - x]
        self._cv2.multiply(part, keep, dst=part, scale=1.0 / 255.0)
        self._cv2.add(part, colour, dst=part)
        return x, y, right, bottom

    def line(self, points: Sequence[Point] | Floats, colour: Colour, thickness: float) -> None:
        """A line through points, with round ends."""
        self._cv2.polylines(
            self.picture, [_fixed(points)], False, colour, max(1, round(thickness)), self._cv2.LINE_AA, _SHIFT
        )

    def cased(self, points: Sequence[Point] | Floats, colour: Colour, thickness: float) -> None:
        """A line with a dark edge, which is seen on any background."""
        edge = max(1.0, thickness * 0.3)
        self.line(points, INK, round(max(1.0, thickness)) + 2 * round(edge))
        self.line(points, colour, thickness)

    def polygon(self, points: Sequence[Point] | Floats, fill: Colour, edge: Colour, width: float) -> None:
        """A filled polygon with an edge around it."""
        corners = _fixed(points)
        self._cv2.polylines(self.picture, [corners], True, edge, 2 * max(1, round(width)), self._cv2.LINE_AA, _SHIFT)
        self._cv2.fillPoly(self.picture, [corners], fill, self._cv2.LINE_AA, _SHIFT)

    def circle(self, centre: Point, radius: float, fill: Colour, edge: Colour, width: float) -> None:
        """A filled circle with an edge around it."""
        for reach, colour in ((radius + max(1.0, width), edge), (radius, fill)):
            place = (round(centre[0] * (1 << _SHIFT)), round(centre[1] * (1 << _SHIFT)))
            self._cv2.circle(self.picture, place, round(reach * (1 << _SHIFT)), colour, -1, self._cv2.LINE_AA, _SHIFT)


def arc_points(centre: Point, radius: float, start_deg: float, end_deg: float) -> NDArray[np.float64]:
    """Points along an arc, as fine as its size asks for.

    Args:
        centre: In pixels.
        radius: In pixels.
        start_deg: Counter-clockwise from the right, as seen.
        end_deg: The same; may be less than the start.
    """
    length = abs(math.radians(end_deg - start_deg)) * radius
    count = max(2, math.ceil(length / max(2.0, radius / 16.0)) + 1)
    angles = np.radians(start_deg + (end_deg - start_deg) / (count - 1) * np.arange(count))
    points = np.empty((count, 2))
    points[:, 0] = centre[0] + radius * np.cos(angles)
    points[:, 1] = centre[1] - radius * np.sin(angles)
    return points


def on_arc(centre: Point, radius: float, direction_deg: float) -> Point:
    """One point of an arc, as in `arc_points`."""
    angle = math.radians(direction_deg)
    return centre[0] + radius * math.cos(angle), centre[1] - radius * math.sin(angle)


def _fixed(points: Sequence[Point] | Floats) -> NDArray[np.int32]:
    """Points in OpenCV's fixed-point numbers."""
    array = np.asarray(points, np.float64) * (1 << _SHIFT) + 0.5
    return np.minimum(np.maximum(array, -_FURTHEST), _FURTHEST).astype(np.int32)
