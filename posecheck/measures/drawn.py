"""How a measure is drawn on a body: the few kinds that there are, each as the joints that it goes through."""

from __future__ import annotations

from dataclasses import dataclass

from posecheck.pose.landmarks import Joint


@dataclass(frozen=True, slots=True)
class Bend:
    """The angle at a joint between two bones.

    Attributes:
        start: Where the first bone begins.
        vertex: Where it ends, and the second begins.
        end: Where the second ends.
        sign: 1.0 where a growing value turns the second bone counter-clockwise in the body's plane, else -1.0.
        zero_deg: Where the second bone lies at 0: 0 in the line of the first, going on; 180 folded back along it.
    """

    start: Joint
    vertex: Joint
    end: Joint
    sign: float = 1.0
    zero_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Slope:
    """The angle between a bone and the floor.

    Attributes:
        low: The lower end where the slope is positive.
        high: The upper end.
    """

    low: Joint
    high: Joint


@dataclass(frozen=True, slots=True)
class Lean:
    """A line's lean from upright, or from level; also of a ratio, how far one joint lies beyond the other.

    Attributes:
        vertex: The joint from which it is seen.
        end: The joint that moves.
        zero_deg: Where the moving joint lies at 0: -90 below the vertex, 90 above it, 180 behind it.
        sign: 1.0 where a growing value moves it counter-clockwise in the body's plane, else -1.0.
        whole: Of a ratio, the joints along the length that it is a share of; none where that length is the line drawn.
    """

    vertex: Joint
    end: Joint
    zero_deg: float
    sign: float
    whole: tuple[Joint, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """The angle between a limb of the near side and the same of the far one.

    Attributes:
        limb: The joints along it, from the one where both meet; the angle is between first and last.
    """

    limb: tuple[Joint, ...]


@dataclass(frozen=True, slots=True)
class BackOutline:
    """The outline of the back from hip to shoulder, and the curve that it should have."""


Drawn = Bend | Slope | Lean | Split | BackOutline
