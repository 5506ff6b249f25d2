"""N bodies as they are seen from the side: what the formula of a measure reads.

Lengths are pixels, y points up, and the picture is mirrored where it must be so that each body faces +x when upright.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from posecheck.pose.geometry import rotate
from posecheck.pose.landmarks import Floats, Joint

Points = Mapping[Joint, Floats]
"""Landmarks of one side of the body, (N, 2) each."""

COLUMN = {joint: column for column, joint in enumerate(Joint)}
"""Where a joint stands in arrays of one side."""


class SideView:
    """N bodies; values that no formula reads are not computed.

    Args:
        near: (N, 9, 2) joints of the near side, in the order of `Joint`; NaN where they cannot be trusted.
        far: (N, 9, 2) those of the far side. They are mostly hidden, so MediaPipe guesses them.
        outline: (N, P, 2) closed outlines of the bodies; NaN where there is none.
        turn_deg: (N,) degrees by which all points are turned counter-clockwise; None for no turn.
    """

    def __init__(self, near: Floats, far: Floats, outline: Floats, turn_deg: Floats | None = None) -> None:
        self._near, self._far, self._outline, self._turn_deg = near, far, outline, turn_deg

    def turned(self, turn_deg: Floats) -> SideView:
        """The same bodies turned counter-clockwise by (N,) degrees, such as until their floor is level."""
        return SideView(self._near, self._far, self._outline, turn_deg)

    @cached_property
    def near(self) -> Points:
        """The near side, which is judged; NaN where it cannot be trusted."""
        return _by_joint(self._turned(self._near))

    @cached_property
    def far(self) -> Points:
        """The far side, as it is guessed."""
        return _by_joint(self._turned(self._far))

    @cached_property
    def middle(self) -> Points:
        """The middle of both sides: a camera off side-on does not move one joint of it against a wider pair."""
        return _by_joint(self._turned((self._near + self._far) / 2.0))

    @cached_property
    def outline(self) -> Floats:
        """(N, P, 2) the outlines of the bodies."""
        return self._turned(self._outline)

    def _turned(self, points: Floats) -> Floats:
        return points if self._turn_deg is None else rotate(points, self._turn_deg[:, None])


def _by_joint(points: Floats) -> Points:
    """(N, 9, 2) as points by joint."""
    return {joint: points[:, column] for joint, column in COLUMN.items()}
