"""Ten minutes of a drawn body that does a stretch again and again, for what is timed on saved poses."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from posecheck.pose.landmarks import Pose, Poses, in_blocks
from tests.support.poses import all_fours, blend, bridge, clip, lying_bent_knees, prone, sphinx

FRAMES = 18_000
FPS = 30.0
LIVE_FRAMES = 300
"""So many are judged pose by pose, which takes long."""

NOISE_PX = 1.0
"""One standard deviation, of every landmark and point of the outline."""


def parts() -> dict[str, list[Pose]]:
    """A round of each stretch, to be repeated."""
    lying, front = lying_bent_knees(), prone()
    up, raised = bridge(), sphinx()
    return {
        "bridge": clip(
            (3, lying), (1, lambda t: bridge(lift=4 + 29 * t)), (6, up), (1, lambda t: bridge(lift=33 - 29 * t))
        ),
        "cat-cow": clip((12, lambda t: all_fours(spine_flexion=70 * math.sin(4 * math.pi * t)))),
        "sphinx": clip(
            (3, front), (1, lambda t: blend(front, raised, t)), (8, raised), (1, lambda t: blend(raised, front, t))
        ),
    }


def tiled(part: list[Pose]) -> Iterator[Poses]:
    """The round again and again, `FRAMES` in all, each with noise of its own."""
    rng = np.random.default_rng(2)

    def poses() -> Iterable[Pose]:
        for index in range(FRAMES):
            pose = part[index % len(part)]
            if pose.landmarks is None or pose.outline is None:
                raise ValueError("every frame is to show a person")
            landmarks = pose.landmarks.copy()
            landmarks[:, :2] += rng.normal(0.0, NOISE_PX, (len(landmarks), 2))
            outline = pose.outline + rng.normal(0.0, NOISE_PX, pose.outline.shape).astype(np.float32)
            yield replace(pose, time_s=index / FPS, landmarks=landmarks, outline=outline)

    return in_blocks(poses())
