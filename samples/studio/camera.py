"""The camera: where it stands, and where a place in the room lies in its picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samples.studio.mesh import Floats

NEAREST_M, FURTHEST_M = 0.1, 30.0


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera on a stand.

    Attributes:
        place: (x, y, z) in metres.
        aim: What it looks at.
        view_deg: Height of what it sees, as an angle.
        roll_deg: How far the picture is turned; the floor falls to the right by it.
        width_px: Width of the picture.
        height_px: Height of the picture.
        shift: How far the picture's middle lies beside the aim, in shares of width and height.
    """

    place: tuple[float, float, float]
    aim: tuple[float, float, float]
    view_deg: float
    roll_deg: float
    width_px: int
    height_px: int
    shift: tuple[float, float] = (0.0, 0.0)

    @property
    def matrix(self) -> Floats:
        """(4, 4) from the world to clip space."""
        near, far = NEAREST_M, FURTHEST_M
        zoom = 1.0 / np.tan(np.radians(self.view_deg) / 2)
        lens = np.zeros((4, 4))
        lens[0, 0], lens[1, 1] = zoom * self.height_px / self.width_px, zoom
        lens[2, 2], lens[2, 3], lens[3, 2] = (far + near) / (near - far), 2 * far * near / (near - far), -1.0
        lens[0, 2], lens[1, 2] = -2.0 * self.shift[0], 2.0 * self.shift[1]
        cos, sin = np.cos(np.radians(self.roll_deg)), np.sin(np.radians(self.roll_deg))
        roll = np.eye(4)
        roll[:2, :2] = [[cos, sin], [-sin, cos]]
        return lens @ roll @ look_at(np.array(self.place), np.array(self.aim))

    def project(self, places: Floats) -> Floats:
        """(N, 3) metres to (N, 2) pixels, y downwards; outside the picture too."""
        clip = np.concatenate([places, np.ones((len(places), 1))], axis=1) @ self.matrix.T
        flat = clip[:, :2] / clip[:, 3:]
        return np.stack([(flat[:, 0] + 1) / 2 * self.width_px, (1 - flat[:, 1]) / 2 * self.height_px], axis=1)


def look_at(place: Floats, aim: Floats, up: tuple[float, float, float] = (0.0, 1.0, 0.0)) -> Floats:
    """(4, 4) from the world to a camera that looks along -z."""
    ahead = (aim - place) / np.linalg.norm(aim - place)
    right = np.cross(ahead, up)
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, :3] = right, np.cross(right, ahead), -ahead
    matrix[:3, 3] = -matrix[:3, :3] @ place
    return matrix


def framed(
    places: Floats,
    *,
    side: float,
    off_side_on_deg: float,
    height_m: float,
    distance_m: float,
    fill: float,
    roll_deg: float,
    size: tuple[int, int],
    shift: tuple[float, float],
) -> Camera:
    """A camera beside the mat, zoomed so that everything shown in a clip fits.

    Args:
        places: (N, 3) all places that must be seen.
        side: 1 looks at the left side of a body that heads for +z, from +x; -1 from the other side.
        off_side_on_deg: How far it stands off side-on, towards +z.
        height_m: Height of the lens above the floor.
        distance_m: From the middle of what is shown, along the floor.
        fill: Share of the picture's width, or of its height where that is less, which the places span.
        roll_deg: How far it is rolled.
        size: Width and height in pixels.
        shift: As in `Camera`.
    """
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    angle = np.radians(off_side_on_deg)
    stand = middle + distance_m * np.array([side * np.cos(angle), 0.0, np.sin(angle)])
    stand[1] = height_m
    wide = 40.0
    trial = Camera(tuple(stand), tuple(middle), wide, roll_deg, *size)
    half = np.array(size) / 2
    share = float((np.abs(trial.project(places) - half) / half).max())
    view = np.degrees(2 * np.arctan(np.tan(np.radians(wide) / 2) * share / fill))
    return Camera(tuple(stand), tuple(middle), float(view), roll_deg, *size, shift)
