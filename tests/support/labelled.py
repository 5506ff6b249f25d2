"""Made clips with their labels: several bodies that do a stretch well and then with a fault."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from posecheck.measures.measurer import measure
from posecheck.pose.landmarks import Pose, Poses
from posecheck.tuning.labels import GOOD, Label, LabelledClip
from tests.support.body import Facing
from tests.support.films import Part, raised, way
from tests.support.poses import bridge, clip, lying_bent_knees, prone, sphinx
from tests.support.recordings import write_recording

HELD_S = 3.0
WAY_S = 1.2
REST_S = 1.5
SURE_S = 0.3
"""Labels leave out the ends of a posture, as careful people do."""


@dataclass(frozen=True)
class Body:
    """Who is filmed, and how: what differs between clips of the same movement."""

    name: str
    scale: float = 240.0
    facing: Facing = "right"
    more: float = 0.0
    noise_px: float = 1.0
    roll_deg: float = 0.0


BODIES = (
    Body("ada", 240.0, "right", 0.0, 1.0),
    Body("ben", 200.0, "left", 2.0, 0.8, 3.0),
    Body("cleo", 260.0, "right", -2.0, 1.2, -4.0),
    Body("dan", 225.0, "left", 1.0, 1.0, 2.0),
)
"""`more` is how many degrees they differ in the measure that is at fault."""


@dataclass(frozen=True)
class Shown:
    """A fault as it is drawn: the posture at rest, well done, and done with it."""

    stretch: str
    rest: Callable[..., Pose]
    good: Callable[[float], Callable[..., Pose]]
    faulty: Callable[[float], Callable[..., Pose]]


def _bridge(**angles: float) -> Callable[..., Pose]:
    return lambda **look: bridge(**angles, **look)


def _sphinx(**angles: float) -> Callable[..., Pose]:
    return lambda **look: sphinx(**angles, **look)


FAULTS: dict[str, Shown] = {
    "hips-low": Shown(
        "bridge",
        lambda **look: raised(4.0, **look),
        lambda more: lambda **look: raised(33.0 + more, **look),
        lambda more: lambda **look: raised(12.0 + more / 2, **look),
    ),
    "feet-too-near": Shown(
        "bridge",
        lying_bent_knees,
        lambda more: _bridge(knee_flexion=112.0 + more),
        lambda more: _bridge(knee_flexion=147.0 + more, lift=24.0),
    ),
    "one-leg-up": Shown(
        "bridge",
        lying_bent_knees,
        lambda more: _bridge(lift=33.0 + more),
        lambda more: _bridge(lift=33.0 + more, far_hip_flexion=60.0, far_knee_flexion=0.0),
    ),
    "elbows-ahead": Shown(
        "sphinx",
        prone,
        lambda more: _sphinx(upper_arm_lean=8.0 + more),
        lambda more: _sphinx(upper_arm_lean=34.0 + more),
    ),
    "chin-up": Shown(
        "sphinx",
        prone,
        lambda more: _sphinx(neck_flexion=-20.0 + more),
        lambda more: _sphinx(neck_flexion=-66.0 + more),
    ),
    "legs-bent": Shown(
        "sphinx",
        prone,
        lambda more: _sphinx(knee_flexion=6.0 + more),
        lambda more: _sphinx(knee_flexion=31.0 + more),
    ),
}


def filmed_with(parts: Sequence[Part], body: Body, fps: float = 15.0) -> list[Pose]:
    """The clip with this body's noise."""
    rng = np.random.default_rng(sum(map(ord, body.name)))
    poses = []
    for pose in clip(*parts, fps=fps):
        if pose.landmarks is None or pose.outline is None:
            raise ValueError("every frame is to show a person")
        landmarks = pose.landmarks.copy()
        landmarks[:, :2] += rng.normal(0.0, body.noise_px, (len(landmarks), 2))
        poses.append(replace(pose, landmarks=landmarks))
    return poses


def movement(rule: str, body: Body) -> tuple[list[Part], list[tuple[float, float, str]]]:
    """What a body does, and the times of it that are labelled: well, with the fault, well again, with the fault."""
    shown = FAULTS[rule]
    look = {"scale": body.scale, "facing": body.facing, "roll_deg": body.roll_deg}
    rest = shown.rest(**look)
    poses = {GOOD: shown.good(body.more)(**look), rule: shown.faulty(body.more)(**look)}
    parts: list[Part] = [(REST_S, rest)]
    spans = []
    here, now_s = rest, REST_S
    for label in (GOOD, rule, GOOD, rule):
        parts += [(WAY_S, way(here, poses[label])), (HELD_S, poses[label])]
        spans.append((now_s + WAY_S + SURE_S, now_s + WAY_S + HELD_S - SURE_S, label))
        here, now_s = poses[label], now_s + WAY_S + HELD_S
    return [*parts, (WAY_S, way(here, rest)), (REST_S, rest)], spans


def labelled(rule: str, body: Body) -> tuple[list[Pose], list[Label]]:
    """A clip of a fault, by one body, and its labels."""
    parts, spans = movement(rule, body)
    name = f"{rule}-{body.name}.mp4"
    stretch = FAULTS[rule].stretch
    return filmed_with(parts, body), [
        Label(name, round(start, 3), round(end, 3), stretch, "", label, body.name) for start, end, label in spans
    ]


def clips_of(*rules: str, bodies: Sequence[Body] = BODIES) -> list[LabelledClip]:
    """Measured and labelled."""
    made = [labelled(rule, body) for rule in rules for body in bodies]
    return [LabelledClip(labels[0].clip, measure(Poses.stack(poses)), tuple(labels)) for poses, labels in made]


def saved(folder: Path, *rules: str, bodies: Sequence[Body] = BODIES) -> tuple[list[Path], list[Label]]:
    """As recordings named like their clips, and all labels."""
    paths, labels = [], []
    for rule in rules:
        for body in bodies:
            poses, mine = labelled(rule, body)
            paths.append(write_recording(folder / f"{rule}-{body.name}.npz", poses, name=mine[0].clip))
            labels += mine
    return paths, labels
