"""A posture as data: the silhouette that a rule file has of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from posecheck.rules.fields import Model, Number

REACH = 3.0
"""No point of a figure lies further from its origin: a body of this size, lying, is about two wide."""

_Place = Annotated[Number, Field(ge=-REACH, le=REACH)]
_Height = Annotated[Number, Field(ge=0, le=REACH)]
_Point = tuple[_Place, _Height]


def _has_points(*joints: str) -> AfterValidator:
    """Each point of a limb is a joint of it, so that one posture can be led over into another."""

    def check(line: tuple[_Point, ...]) -> tuple[_Point, ...]:
        if len(line) != len(joints):
            raise ValueError(f"{len(line)} points, allowed: {len(joints)}, for {', '.join(joints)}")
        return line

    return AfterValidator(check)


class Figure(Model):
    """A posture as a small silhouette of the near side, which is shown while practising.

    Each point is [x, y] of a body whose trunk is about 0.5 long; it would face +x standing upright, and y is the height
    above the floor.

    Attributes:
        trunk: Points along the back, from the hip to the shoulder.
        leg: Hip, knee, ankle and toes.
        arm: Shoulder, elbow and wrist.
        head: The middle of the head.
    """

    trunk: Annotated[tuple[_Point, ...], Field(min_length=2, max_length=12)]
    leg: Annotated[tuple[_Point, ...], _has_points("hip", "knee", "ankle", "toes")]
    arm: Annotated[tuple[_Point, ...], _has_points("shoulder", "elbow", "wrist")]
    head: _Point
