"""What the overlay has drawn, and where: for tests, for whatever must not cover it, and for finding free room."""

from __future__ import annotations

from dataclasses import dataclass

from posecheck.pose.landmarks import Floats
from posecheck.presenters.drawing.canvas import Box, Point
from posecheck.presenters.drawing.scene import Status


@dataclass(frozen=True, slots=True)
class DrawnText:
    """Text that was drawn.

    Attributes:
        kind: `cue`, `state`, `ring` or `angle`; live also `badge`, `banner`, `help`, `silhouette` and `ending`.
        lines: What it says.
        box: Its panel, in pixels.
        letter_px: Height of the largest capital letters.
        about: The rule, for an angle.
    """

    kind: str
    lines: tuple[str, ...]
    box: Box
    letter_px: int
    about: str = ""


@dataclass(frozen=True, slots=True)
class RingMark:
    """The hold ring.

    Attributes:
        centre: In pixels.
        radius: Of the middle of its band.
        swept_deg: How far it is filled, clockwise from the top.
    """

    centre: Point
    radius: float
    swept_deg: float


@dataclass(frozen=True, slots=True)
class ArcMark:
    """The arc that is asked for at a joint; directions are counter-clockwise from the right as seen.

    Attributes:
        rule: Of which rule.
        centre: The angle's vertex in pixels.
        radius: Of the arc.
        low_deg: Where it begins.
        high_deg: Where it ends.
        needle_deg: Where the body is.
        status: Whether that is inside.
    """

    rule: str
    centre: Point
    radius: float
    low_deg: float
    high_deg: float
    needle_deg: float
    status: Status


@dataclass(frozen=True, slots=True)
class JointMark:
    """A judged joint.

    Attributes:
        joint: Its name.
        centre: In pixels.
        shape: `circle`, `diamond`, `triangle`, or `dot`.
    """

    joint: str
    centre: Point
    shape: str


@dataclass(frozen=True, slots=True)
class DrawnLayout:
    """All that was drawn over one picture.

    Attributes:
        words: Every text.
        ring: The hold ring, if any.
        arcs: The arcs asked for.
        joints: The judged joints.
        back: Pixels of the outline of the back, from hip to shoulder; empty if not drawn.
    """

    words: tuple[DrawnText, ...] = ()
    ring: RingMark | None = None
    arcs: tuple[ArcMark, ...] = ()
    joints: tuple[JointMark, ...] = ()
    back: tuple[Point, ...] = ()


def covered(box: tuple[float, float, float, float], points: Floats, weights: Floats) -> float:
    """How much of (N, 2) points of (N,) weights lies in a box."""
    left, top, right, bottom = box
    inside = (points[:, 0] >= left) & (points[:, 0] <= right) & (points[:, 1] >= top) & (points[:, 1] <= bottom)
    return float(weights[inside].sum())
