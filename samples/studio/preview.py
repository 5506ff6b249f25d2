"""Pictures of single moments of a script, with or without the true joints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from posecheck.pose.landmarks import SKELETON, Side
from samples.studio.anatomy import joints
from samples.studio.assets import body_data
from samples.studio.clip import Studio
from samples.studio.mesh import Floats
from samples.studio.scene import build
from samples.studio.script import load_script
from samples.studio.truth import JOINTS

_COLUMNS = 3


def write_preview(script: Path, times_s: Sequence[float], target: Path, *, with_joints: bool) -> None:
    """Writes moments of a script as one PNG, three in a row.

    Args:
        script: The script.
        times_s: The moments.
        target: The picture.
        with_joints: Draw the true skeleton of both sides, the far one thin.
    """
    import cv2

    data = body_data()
    scene = build(load_script(script), data)
    studio = Studio(scene, data)
    pictures = []
    for time_s in times_s:
        picture = np.ascontiguousarray(studio.at(0, time_s))
        if with_joints and scene.timeline is not None and scene.puppet is not None:
            draw_joints(picture, scene.camera.project(joints(scene.puppet, scene.timeline.stance(time_s))))
        pictures.append(picture)
    studio.close()
    pictures += [np.zeros_like(pictures[0])] * (-len(pictures) % min(_COLUMNS, len(pictures)))
    columns = min(_COLUMNS, len(pictures))
    rows = [np.hstack(pictures[start : start + columns]) for start in range(0, len(pictures), columns)]
    cv2.imwrite(str(target), np.vstack(rows)[:, :, ::-1])


def draw_joints(picture: Any, places_px: Floats) -> None:
    """Draws (19, 2) joints into an RGB picture: the left side green, the right side orange."""
    import cv2

    for side, colour in ((Side.LEFT, (40, 220, 60)), (Side.RIGHT, (250, 140, 20))):
        at = {joint: places_px[JOINTS.index(joint.on(side))] for bone in SKELETON for joint in bone}
        for start, end in SKELETON:
            first, last = (np.round(at[joint]).astype(int).tolist() for joint in (start, end))
            cv2.line(picture, first, last, colour, 1, cv2.LINE_AA)
        for place in at.values():
            cv2.circle(picture, np.round(place).astype(int).tolist(), 2, colour, -1, cv2.LINE_AA)
