"""Draws a posed figure in a room, without a screen: OpenGL by EGL, in software where there is no graphics card."""

from __future__ import annotations

from importlib import resources
from typing import Any

import numpy as np

from samples.studio.camera import Camera, look_at
from samples.studio.errors import MissingPartError
from samples.studio.figure import Figure
from samples.studio.looks import Clothes, Person
from samples.studio.mesh import Floats
from samples.studio.rooms import Room, furniture, ground
from samples.studio.skeleton import SIDES, Puppet, Stance

SHADOW_PX = 1024
_REACH_M = 1.7
_SPHERES = (("head", 0.09), ("spine01", 0.12), ("spine03", 0.12), ("spine05", 0.13))
_CHAINS = (
    ("upperleg01", "lowerleg01", 0.07), ("lowerleg01", "foot", 0.045),
    ("upperarm01", "lowerarm01", 0.04), ("lowerarm01", "wrist", 0.033),
)  # fmt: skip


class Renderer:
    """Draws frames of one scene. Only one may live in a thread.

    Args:
        room: Where it happens.
        camera: From where it is seen.
        side: 1 for a camera at +x, -1 for one at -x.
        seed: Of the floor's pattern and the camera's noise.
        actor: Who is seen; None for an empty room.

    Raises:
        MissingPartError: If moderngl or the system's EGL libraries are not there.
    """

    def __init__(self, room: Room, camera: Camera, side: float, seed: int, actor: Actor | None) -> None:
        self._gl = _opengl()
        self._room, self._camera, self._seed, self._actor = room, camera, seed, actor
        context = self._context = _context(self._gl)
        size = (camera.width_px, camera.height_px)
        self._surface = context.program(_shader("surface.vert"), _shader("surface.frag"))
        self._shadow = context.program(_shader("shadow.vert"), _shader("shadow.frag"))
        self._target, self._backdrop = (
            context.framebuffer([context.renderbuffer(size, 4)], context.depth_renderbuffer(size)) for _ in range(2)
        )
        self._depth = context.depth_texture((SHADOW_PX, SHADOW_PX))
        self._depth.compare_func = "<="
        self._depth_target = context.framebuffer([], self._depth)
        self._floor = self._floor_texture()
        self._set_the_room(side)
        if actor is not None:
            self._dress(actor)

    def frame(self, number: int, stance: Stance | None, breath: float = 0.0) -> Any:
        """(H, W, 3) uint8, RGB.

        Args:
            number: Of the frame, which seeds the camera's noise.
            stance: Where the figure's bones are; None for nobody.
            breath: How full the chest is, -1..1.
        """
        context, gl = self._context, self._gl
        posed = False
        if self._actor is not None and stance is not None:
            posed = True
            places, normals = self._actor.figure.surface(stance, breath)
            self._moving.write(np.concatenate([places, normals], axis=1).astype("f4").tobytes())
        self._depth_target.use()
        self._depth_target.clear(depth=1.0)
        if posed:
            self._figure_shadow.render()
        self._furniture_shadow.render(gl.TRIANGLES)
        context.copy_framebuffer(self._target, self._backdrop)
        self._target.use()
        self._spheres(stance if posed else None)
        if posed:
            self._figure.render()
        self._ground.render(gl.TRIANGLES)
        size = (self._camera.height_px, self._camera.width_px, 3)
        picture = np.frombuffer(self._target.read(components=3, alignment=1), np.uint8).reshape(size)[::-1].copy()
        noise = np.random.default_rng([self._seed, number]).standard_normal(size[:2], np.float32)
        return np.clip(_softened(picture) + self._room.grain * noise[..., None], 0, 255).astype(np.uint8)

    def release(self) -> None:
        """Gives the graphics memory back."""
        self._context.release()

    def _lamp(self) -> Floats:
        middle = np.array([self._camera.aim[0], 0.4, self._camera.aim[2]])
        matrix = look_at(middle + 4.0 * self._lamp_direction, middle, (0.0, 0.0, 1.0))
        flat = np.diag([1.0 / _REACH_M, 1.0 / _REACH_M, -2.0 / 7.5, 1.0])
        flat[2, 3] = -(8.0 + 0.5) / 7.5
        return flat @ matrix

    def _set_the_room(self, side: float) -> None:
        context, program, room = self._context, self._surface, self._room
        lamp = np.array(room.lamp) * (side, 1.0, 1.0)
        self._lamp_direction = lamp / np.linalg.norm(lamp)
        middle_z = self._camera.aim[2]
        self._furniture, self._furniture_shadow = self._things(furniture(room, side, middle_z))
        self._ground, _ = self._things(ground(room, side, middle_z))
        program["camera"].write(_bytes(self._camera.matrix))
        self._set(
            eye=self._camera.place, lamp_direction=self._lamp_direction, lamp_colour=room.lamp_colour, sky=room.sky,
            ground=room.ground, floor_colour=room.floor, shadow=0, floor_texture=1,
        )  # fmt: skip
        for shader in (program, self._shadow):
            shader["lamp"].write(_bytes(self._lamp()))
        self._depth.use(0)
        self._floor.use(1)
        context.enable(self._gl.DEPTH_TEST)
        context.depth_func = "<="
        self._depth_target.use()
        self._depth_target.clear(depth=1.0)
        self._furniture_shadow.render(self._gl.TRIANGLES)
        self._backdrop.use()
        self._backdrop.clear(0.5, 0.5, 0.5, 1.0)
        self._spheres(None)
        self._furniture.render(self._gl.TRIANGLES)

    def _things(self, triangles: Floats) -> tuple[Any, Any]:
        """What draws them, and what draws their shadow."""
        buffer = self._context.buffer(triangles.tobytes())
        names = ("in_place", "in_normal", "in_paint", "in_material")
        drawn = self._context.vertex_array(self._surface, [(buffer, "3f 3f 3f 4f", *names)])
        return drawn, self._context.vertex_array(self._shadow, [(buffer, "3f 40x", "in_place")])

    def _dress(self, actor: Actor) -> None:
        context, figure, person, clothes = self._context, actor.figure, actor.person, actor.clothes
        self._moving = context.buffer(reserve=len(figure.paint) * 24)
        painted = context.buffer(np.concatenate([figure.paint, figure.material], axis=1).astype("f4").tobytes())
        corners = context.buffer(figure.triangles.tobytes())
        self._figure = context.vertex_array(
            self._surface,
            [(self._moving, "3f 3f", "in_place", "in_normal"), (painted, "3f 4f", "in_paint", "in_material")],
            corners,
        )
        self._figure_shadow = context.vertex_array(self._shadow, [(self._moving, "3f 12x", "in_place")], corners)
        self._set(
            skin=person.skin, lips=person.lips, hair=person.hair, age=person.age, shirt=clothes.shirt,
            trousers=clothes.trousers, sleeve=clothes.sleeve, waist=figure.waist, hem=figure.hem,
            neckline=figure.neckline, eye_place=figure.eye_place, hairline=figure.hairline,
        )  # fmt: skip

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            if name in self._surface:
                self._surface[name].value = tuple(map(float, value)) if np.ndim(value) else value

    def _spheres(self, stance: Stance | None) -> None:
        """Spheres along the bones, which darken what lies close to them."""
        spheres = np.zeros((12, 4), "f4")
        count = 0
        if self._actor is not None and stance is not None:
            puppet = self._actor.puppet
            for bone, radius in _SPHERES:
                middle = (puppet.body.head(bone) + puppet.body.tails[puppet.body.index[bone]]) / 2
                spheres[count] = [*puppet.attached(stance, bone, middle), radius]
                count += 1
            for side in SIDES:
                for start, end, radius in _CHAINS:
                    a, b = (puppet.joint(stance, f"{bone}.{side}") for bone in (start, end))
                    spheres[count] = [*(0.4 * a + 0.6 * b), 1.3 * radius]
                    count += 1
        if "spheres" in self._surface:
            self._surface["spheres"].write(spheres.tobytes())
        self._set(sphere_count=count)

    def _floor_texture(self) -> Any:
        import cv2

        size = 1024
        generator = np.random.default_rng(self._seed)

        def blurred(across: float, down: float) -> Floats:
            field = cv2.GaussianBlur(generator.standard_normal((size, size)).astype("f4"), (0, 0), across, sigmaY=down)
            result: Floats = field / field.std()
            return result

        if self._room.boards:
            floor = 1.0 + 0.06 * blurred(40.0, 0.8)
            rows, third = 28, size // 3
            for row in range(rows):
                top, bottom = row * size // rows, (row + 1) * size // rows
                start = int(generator.integers(0, size))
                for board in range(3):
                    columns = (np.arange(third) + start + board * third) % size
                    floor[top:bottom, columns] *= generator.uniform(0.80, 1.12)
                    floor[top:bottom, columns[:2]] *= 0.7
                floor[top] *= 0.72
        else:
            floor = 1.0 + 0.12 * blurred(1.2, 1.2)
        levels = (np.clip(floor, 0.0, 1.3) / 1.3 * 255).astype(np.uint8)
        texture = self._context.texture((size, size), 3, np.repeat(levels[:, :, None], 3, axis=2).tobytes())
        texture.build_mipmaps()
        texture.filter = (self._gl.LINEAR_MIPMAP_LINEAR, self._gl.LINEAR)
        return texture


class Actor:
    """Somebody who can be drawn: the puppet and its dressed figure."""

    def __init__(self, puppet: Puppet, figure: Figure, person: Person, clothes: Clothes) -> None:
        self.puppet, self.figure, self.person, self.clothes = puppet, figure, person, clothes


def _opengl() -> Any:
    try:
        import moderngl
    except ImportError as error:
        raise MissingPartError('moderngl is missing; install it with: pip install -e ".[studio]"') from error
    return moderngl


def _context(gl: Any) -> Any:
    try:
        # The names of the runtime libraries: those without a number come with development packages only.
        context = gl.create_standalone_context(backend="egl", libgl="libGL.so.1", libegl="libEGL.so.1")
    except Exception as error:  # glcontext raises nothing more special
        raise MissingPartError(
            f"no picture can be drawn: {error}; "
            "on Debian and Ubuntu install libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri"
        ) from error
    return context


def _softened(picture: Any) -> Any:
    """A picture with its jagged edges blurred: multisampling would triple the time of a frame in software."""
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    around = np.ones((3, 3), np.uint8)
    contrast = cv2.subtract(cv2.dilate(grey, around), cv2.erode(grey, around)).astype(np.float32)
    share = np.clip((contrast - 12.0) / 30.0, 0.0, 1.0)[..., None]
    blurred = cv2.GaussianBlur(picture, (3, 3), 0.75)
    return picture + share * (blurred.astype(np.float32) - picture)


def _shader(name: str) -> str:
    return (resources.files("samples.studio") / "shaders" / name).read_text()


def _bytes(matrix: Floats) -> bytes:
    return matrix.T.astype("f4").tobytes()
