"""A script's body, camera and course put together: everything about a clip but its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Side
from samples.studio.anatomy import joints, measures_of, spine_flexion_deg
from samples.studio.camera import Camera, framed
from samples.studio.looks import person
from samples.studio.mesh import Floats, load_body
from samples.studio.script import NOBODY, Script
from samples.studio.skeleton import Puppet
from samples.studio.timeline import Timeline
from samples.studio.truth import JOINTS, Truth

VARIABLE_FPS = 25.0
_UNEVEN = (0.033, 0.034, 0.040, 0.041, 0.050, 0.067)
"""Steps of time as a phone's camera takes them in changing light, in seconds."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What a clip shows.

    Attributes:
        script: Its script.
        times_s: (N,) presentation times, to the millisecond for an uneven pace.
        camera: The camera.
        side: 1 for a camera at +x, -1 for one at -x.
        puppet: Whose body it is; None for nobody.
        timeline: What it does; None for nobody.
    """

    script: Script
    times_s: Floats
    camera: Camera
    side: float
    puppet: Puppet | None
    timeline: Timeline | None

    def truth(self, clip: str) -> Truth:
        """The truth about every frame."""
        count = len(self.times_s)
        places = np.full((count, len(JOINTS), 2), np.nan)
        near = np.full(count, -1)
        values = {name: np.full(count, np.nan) for name in MEASURES}
        if self.puppet is not None and self.timeline is not None:
            for number, time_s in enumerate(self.times_s.tolist()):
                stance = self.timeline.stance(time_s)
                at = joints(self.puppet, stance)
                heading_deg = self.timeline.heading_deg(time_s)
                left, right = (at[JOINTS.index(hip)] for hip in _HIPS)
                eye = np.array(self.camera.place)
                near[number] = int(np.linalg.norm(left - eye) > np.linalg.norm(right - eye))
                places[number] = self.camera.project(at)
                spine = spine_flexion_deg(self.puppet, stance)
                for name, value in measures_of(at, spine, Side(int(near[number])), heading_deg).items():
                    values[name][number] = value
        size = (self.script.size[0], self.script.size[1])
        camera = self.script.camera
        return Truth(
            clip, *size, camera.roll_deg, camera.off_side_on_deg, self.times_s, places, near, values,
            tuple(self.script.marks()),
        )  # fmt: skip


_HIPS = tuple(JOINTS[number] for number, name in enumerate(JOINTS) if name.name.endswith("_HIP"))


def build(script: Script, data: Path) -> Scene:
    """The scene of a script; `data` is the body's, from `samples.studio.assets.body_data`."""
    setup, side = script.camera, 1.0 if script.camera.side == "left" else -1.0
    puppet = timeline = None
    places = np.array([[-0.3, 0.0, -0.9], [0.3, 0.5, 0.9]])
    if script.person != NOBODY:
        puppet = Puppet(load_body(data, dict(person(script.person).targets)))
        timeline = Timeline(script, puppet)
        places = timeline.extent()
    camera = framed(
        places, side=side, off_side_on_deg=setup.off_side_on_deg, height_m=setup.height_m,
        distance_m=setup.distance_m, fill=setup.fill, roll_deg=setup.roll_deg, size=script.size, shift=setup.shift,
    )  # fmt: skip
    return Scene(script, times_of(script), camera, side, puppet, timeline)


def times_of(script: Script) -> Floats:
    """(N,) presentation times of a script's frames, in seconds."""
    if script.fps != "variable":
        return np.arange(round(script.duration_s * script.fps)) / script.fps
    generator = np.random.default_rng([script.seed, 1])
    steps = generator.choice(_UNEVEN, size=int(script.duration_s / min(_UNEVEN)))
    times = np.round(np.concatenate([[0.0], np.cumsum(steps)]), 3)
    result: Floats = times[times < script.duration_s]
    return result
