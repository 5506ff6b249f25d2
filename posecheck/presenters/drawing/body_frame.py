"""A person's near side in the picture, and in the plane that `posecheck.measures` measures in: y up, facing +x."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from posecheck.measures.back_outline import STATIONS, dorsal_outline
from posecheck.measures.measurer import EDGE_SHARE, LEAST_VISIBILITY
from posecheck.pose.landmarks import Floats, Joint, Landmark, Side
from posecheck.presenters.drawing.scene import Scene

Vector = NDArray[np.float64]


class Body:
    """The near side of a person in the picture, and the way to and from the body's plane.

    Args:
        scene: With a pose that has landmarks and a near side.
        scale: Pixels of the picture drawn on, for each pixel that the pose's coordinates refer to.

    Attributes:
        seen: The joints that are seen well enough to be drawn.
    """

    def __init__(self, scene: Scene, scale: tuple[float, float]) -> None:
        landmarks = scene.pose.landmarks
        if landmarks is None or scene.near is None:
            raise ValueError("nobody was found in this pose")
        self.near, self.far = scene.near, Side(1 - scene.near)
        self._facing = scene.facing
        self._scale = np.array(scale)
        self._landmarks = landmarks
        self._outline = scene.pose.outline
        size = np.array([scene.pose.width_px, scene.pose.height_px])
        reach = EDGE_SHARE * float(size.max())
        self.floor_deg = -scene.floor_deg * scene.facing
        self.seen = {
            joint
            for joint in Joint
            if landmarks[joint.on(self.near), 3] >= LEAST_VISIBILITY
            and bool(np.all(landmarks[joint.on(self.near), :2] >= -reach))
            and bool(np.all(landmarks[joint.on(self.near), :2] <= size + reach))
        }

    def __getitem__(self, joint: Joint) -> Vector:
        """A near joint in the body's plane."""
        return self.plane(self.picture(joint))

    def picture(self, joint: Joint, side: Side | None = None) -> Vector:
        """A joint in pixels of the picture."""
        return self.landmark(joint.on(self.near if side is None else side))

    def landmark(self, landmark: Landmark) -> Vector:
        """Any landmark in pixels of the picture."""
        return self.scaled(self._landmarks[landmark, :2])

    def scaled(self, points: Floats) -> Vector:
        """Points of the pose in pixels of the picture."""
        return np.asarray(points * self._scale, np.float64)

    def plane(self, picture: Vector) -> Vector:
        """From the picture to the body's plane."""
        return np.asarray(picture * np.array([self._facing, -1.0]), np.float64)

    def to_picture(self, plane: Vector) -> Vector:
        """From the body's plane to the picture: the same flips."""
        return self.plane(plane)

    def picture_deg(self, plane_deg: float) -> float:
        """A direction of the body's plane as it is seen, counter-clockwise from the right."""
        return plane_deg if self._facing > 0 else 180.0 - plane_deg

    def back(self) -> Vector | None:
        """The outline of the back in pixels of the picture, from the hip to beyond the shoulder; None if not seen."""
        if self._outline is None or not {Joint.HIP, Joint.SHOULDER} <= self.seen:
            return None
        hip, shoulder = self[Joint.HIP], self[Joint.SHOULDER]
        outline = self.plane(self.scaled(self._outline))
        reach = dorsal_outline(outline[None], hip[None], shoulder[None])[0]
        return self._beside(hip, shoulder - hip, STATIONS, reach)

    def back_bent(self, back: Vector, turn_deg: float) -> Vector:
        """The arc that a back would have, from end to end of the outline, if it turned by `turn_deg`."""
        plane = self.plane(back)
        chord = plane[-1] - plane[0]
        share = np.linspace(0.0, 1.0, 24)
        # As in `back_outline.curvature_deg`: a parabola whose sagitta is tan(turn / 4) / 2 of its chord.
        sagitta = math.tan(math.radians(turn_deg) / 4.0) / 2.0
        return self._beside(plane[0], chord, share, 4.0 * sagitta * share * (1.0 - share))

    def _beside(self, start: Vector, chord: Vector, along: Vector, across: Vector) -> Vector:
        normal = np.array([-chord[1], chord[0]])
        points = start + along[:, None] * chord + across[:, None] * normal
        return self.to_picture(points[np.isfinite(across)])
