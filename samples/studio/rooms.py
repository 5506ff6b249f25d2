"""Three rooms: what stands in them and how they are lit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samples.studio.errors import ScriptError
from samples.studio.looks import Colour
from samples.studio.mesh import Floats

THING, FLOOR, GLOW, MAT = 3.0, 4.0, 5.0, 6.0
VERTEX_FLOATS = 13
"""Place, normal, paint, material: what each vertex of a room holds."""

MAT_M = 0.006
"""How thick the mat is."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room; +x is where the camera stands, for a camera on the other side everything is mirrored.

    Attributes:
        floor: Colour of the floor.
        boards: Whether it is of wood; carpet otherwise.
        wall: Colour of the wall behind.
        mat: Colour of the mat; None for none.
        lamp: Direction from which the light comes.
        lamp_colour: Its colour and strength.
        sky: Light from above.
        ground: Light from below.
        grain: Noise of the camera, in levels of 255: more in the dark.
        furnished: Which of the furniture stands there.
    """

    floor: Colour
    boards: bool
    wall: Colour
    mat: Colour | None
    lamp: Colour
    lamp_colour: Colour
    sky: Colour
    ground: Colour
    grain: float
    furnished: str


ROOMS: dict[str, Room] = {
    "bright": Room(
        (0.50, 0.33, 0.20), True, (0.74, 0.73, 0.70), (0.30, 0.42, 0.40), (0.35, 1.0, 0.55), (0.86, 0.82, 0.77),
        (0.50, 0.52, 0.55), (0.28, 0.26, 0.24), 1.0, "window",
    ),
    "evening": Room(
        (0.30, 0.27, 0.27), False, (0.42, 0.34, 0.28), (0.35, 0.20, 0.24), (0.55, 0.75, -0.60), (0.95, 0.66, 0.40),
        (0.24, 0.20, 0.19), (0.14, 0.11, 0.10), 3.0, "lamp",
    ),
    "cluttered": Room(
        (0.38, 0.37, 0.38), False, (0.50, 0.55, 0.48), (0.20, 0.22, 0.42), (0.60, 1.0, -0.30), (0.74, 0.73, 0.71),
        (0.46, 0.47, 0.50), (0.26, 0.25, 0.24), 1.5, "sofa",
    ),
}  # fmt: skip


def room(name: str) -> Room:
    """A room by name.

    Raises:
        ScriptError: If there is none.
    """
    if name not in ROOMS:
        raise ScriptError(f"there is no room {name}; there are {', '.join(ROOMS)}")
    return ROOMS[name]


def ground(room: Room, side: float, middle_z: float) -> Floats:
    """(T * 3, 13) float32 triangles of the mat and the floor around it, on which the figure's shadow falls."""
    build = _Builder(side, middle_z)
    build.quad([(-1.5, 0, -1.9), (-1.5, 0, 1.9), (1.5, 0, 1.9), (1.5, 0, -1.9)], (0, 1, 0), FLOOR, (0, 0, 0))
    if room.mat is not None:
        mat = [(-0.36, MAT_M, -1.15), (-0.36, MAT_M, 1.15), (0.36, MAT_M, 1.15), (0.36, MAT_M, -1.15)]
        build.quad(mat, (0, 1, 0), MAT, room.mat)
    return np.concatenate(build.pieces).astype(np.float32)


def furniture(room: Room, side: float, middle_z: float) -> Floats:
    """(T * 3, 13) float32 triangles of everything else in a room: walls, furniture and the floor to the walls.

    Args:
        room: Which.
        side: 1 for a camera at +x, -1 for one at -x.
        middle_z: Where along z the mat lies.
    """
    build = _Builder(side, middle_z)
    build.quad([(-8, 0, -9), (-8, 0, 9), (8, 0, 9), (8, 0, -9)], (0, 1, 0), FLOOR, (0, 0, 0))
    build.quad([(-1.6, 0, -9), (-1.6, 4, -9), (-1.6, 4, 9), (-1.6, 0, 9)], (1, 0, 0), THING, room.wall)
    build.quad(
        [(-1.585, 0, -9), (-1.585, 0.09, -9), (-1.585, 0.09, 9), (-1.585, 0, 9)], (1, 0, 0), THING, (0.72, 0.71, 0.68)
    )
    {"window": _window, "lamp": _lamp, "sofa": _sofa}[room.furnished](build)
    return np.concatenate(build.pieces).astype(np.float32)


class _Builder:
    def __init__(self, side: float, middle_z: float) -> None:
        self.pieces: list[Floats] = []
        self._side, self._z = side, middle_z

    def quad(self, corners: list[tuple[float, float, float]], normal: Colour, kind: float, colour: Colour) -> None:
        """One rectangle."""
        places = np.array(corners, float) * (self._side, 1, 1) + (0, 0, self._z)
        row = [*np.array(normal, float) * (self._side, 1, 1)]
        rows = [np.r_[places[k], row, places[k], kind, colour] for k in (0, 1, 2, 0, 2, 3)]
        self.pieces.append(np.array(rows))

    def box(self, low: tuple[float, float, float], high: tuple[float, float, float], colour: Colour) -> None:
        """A box with its sides along the axes."""
        ends = np.array([low, high], float)
        for axis in range(3):
            u, v = (k for k in range(3) if k != axis)
            for end, sign in ((0, -1.0), (1, 1.0)):
                corners = []
                for a, b in ((0, 0), (1, 0), (1, 1), (0, 1)):
                    corner = np.zeros(3)
                    corner[axis], corner[u], corner[v] = ends[end, axis], ends[a, u], ends[b, v]
                    corners.append(tuple(corner))
                normal = np.zeros(3)
                normal[axis] = sign
                self.quad(corners, tuple(normal), THING, colour)

    def leaf(self, root: Floats, tip: Floats, width: float, colour: Colour) -> None:
        """A pointed leaf."""
        along = tip - root
        across = np.cross(along, (0.0, 1.0, 0.2))
        across *= width / (np.linalg.norm(across) + 1e-9)
        middle = root + 0.45 * along + (0, 0.02, 0)
        normal = np.cross(across, along)
        normal = normal / (np.linalg.norm(normal) + 1e-9)
        self.quad(
            [tuple(root), tuple(middle - across), tuple(tip), tuple(middle + across)], tuple(normal), THING, colour
        )


def _window(build: _Builder) -> None:
    build.quad(
        [(-1.59, 1.0, -2.6), (-1.59, 2.3, -2.6), (-1.59, 2.3, -1.5), (-1.59, 1.0, -1.5)],
        (1, 0, 0),
        GLOW,
        (0.80, 0.88, 0.95),
    )
    for z in (-2.65, -2.08, -1.5):
        build.box((-1.6, 0.95, z - 0.03), (-1.56, 2.35, z + 0.03), (0.82, 0.82, 0.80))
    build.box((-1.55, 0.0, 1.7), (-1.2, 0.75, 2.9), (0.55, 0.40, 0.26))


def _lamp(build: _Builder) -> None:
    build.box((-1.45, 0.0, -2.02), (-1.41, 1.35, -1.98), (0.10, 0.09, 0.08))
    build.box((-1.58, 0.0, -2.15), (-1.28, 0.03, -1.85), (0.10, 0.09, 0.08))
    for low in (0.0, 0.5, 1.0):
        build.box((-1.58, low, 1.6), (-1.25, low + 0.04, 2.8), (0.20, 0.13, 0.09))
    shade = [(-1.57, 1.3, -2.14), (-1.57, 1.6, -2.10), (-1.27, 1.6, -1.90), (-1.27, 1.3, -1.86)]
    build.quad(shade, (1, 0, 0), GLOW, (1.0, 0.80, 0.50))
    build.quad(
        [(-1.27, 1.3, -2.14), (-1.27, 1.6, -2.10), (-1.27, 1.6, -1.90), (-1.27, 1.3, -1.86)],
        (1, 0, 0),
        GLOW,
        (1.0, 0.80, 0.50),
    )


def _sofa(build: _Builder) -> None:
    cloth, dark, wood = (0.42, 0.24, 0.20), (0.36, 0.20, 0.17), (0.42, 0.29, 0.18)
    build.box((-1.58, 0.08, -1.9), (-0.85, 0.42, -0.1), cloth)
    build.box((-1.58, 0.40, -1.9), (-1.32, 0.85, -0.1), dark)
    build.box((-1.58, 0.08, -2.1), (-0.82, 0.60, -1.9), dark)
    build.box((-1.2, 0.42, -0.5), (-0.95, 0.62, -0.15), (0.66, 0.58, 0.25))
    for level in (0.0, 0.36, 0.72, 1.08, 1.44):
        build.box((-1.58, level, 0.25), (-1.28, level + 0.03, 1.15), wood)
    generator = np.random.default_rng(7)
    for level in (0.39, 0.75, 1.11):
        z = 0.28
        while z < 1.08:
            thick, tall = generator.uniform(0.02, 0.06), generator.uniform(0.18, 0.30)
            colour = tuple(generator.uniform(0.08, 0.6, 3))
            build.box((-1.55, level, z), (-1.35, level + tall, z + thick), colour)
            z += thick + 0.006
    build.box((-1.2, 0.0, 1.75), (-0.9, 0.30, 2.05), (0.55, 0.28, 0.18))
    centre = np.array([-1.05, 0.30, 1.90])
    for _ in range(46):
        lean = generator.normal(0.0, 0.28, 2)
        root = centre + np.array([lean[0] * 0.1, 0.0, lean[1] * 0.1])
        tip = centre + np.array([lean[0], generator.uniform(0.35, 1.0), lean[1]])
        build.leaf(root, tip, generator.uniform(0.03, 0.06), (0.08, generator.uniform(0.22, 0.42), 0.10))
    build.box((0.55, 0.0, 1.45), (0.85, 0.16, 1.75), (0.62, 0.30, 0.12))
