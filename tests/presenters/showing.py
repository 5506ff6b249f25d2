"""Shows named moments of practice in a real window, for `test_window`: run in a process of its own.

On its standard input come the names, one a line; on its standard output go what the window did, in JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from posecheck.coaching.lesson import Lesson
from posecheck.pose.landmarks import Pose
from posecheck.presenters.drawing.canvas import Picture
from posecheck.presenters.drawing.drawn_layout import DrawnLayout
from posecheck.presenters.drawing.practice_view import PracticeView, Show, draw_ending
from posecheck.presenters.windows.practice_window import PracticeWindow
from posecheck.rules.routine import PlannedExercise
from posecheck.storage.rule_files import load_stretch
from posecheck.workflows.display import scene_of
from tests.support.films import lying, raised
from tests.support.poses import clip, nobody

BACKGROUND = np.tile(np.linspace(60, 200, 640, dtype=np.uint8)[None, :, None], (480, 1, 3))


def main(folder: Path) -> None:
    stage = PracticeView()
    moments: dict[str, Callable[[tuple[int, int]], tuple[Picture, DrawnLayout]]] = {
        name: lambda size, poses=poses: stage.draw(show_of(poses), size)
        for name, poses in {
            "set-up": [nobody(index / 6.0) for index in range(40)],
            "holding": clip((3.0, lying()), (3.0, raised()), fps=6.0),
            "fault": clip((3.0, lying()), (4.0, raised(14.0)), fps=6.0),
        }.items()
    }
    rows = ["Bridge: 3 holds, best 6.4 s", "   all reached the aim of 6 seconds, form 91 of 100"]
    moments["finished"] = lambda size: draw_ending(BACKGROUND, "Well done", rows, "Lift your hips a little.", size)
    moments["paused"] = lambda size: stage.draw(Show(BACKGROUND, None, banner="Paused"), size)
    os.set_blocking(sys.stdin.fileno(), False)
    name = "paused"
    shown: tuple[str, tuple[int, int]] | None = None
    with PracticeWindow(640, 480) as window:
        tell(event="open")
        while not window.closed:
            if (name, window.size) != shown:
                shown = name, window.size
                picture, layout = moments[name](window.size)
                np.save(folder / f"{name}.npy", picture)
                tell(event="shown", name=name, size=window.size, layout=asdict(layout))
            window.show(picture)
            if (key := window.key()) is not None:
                tell(event="key", key=key.value)
            wanted = sys.stdin.readline().strip()
            if wanted == "end":
                return
            name = wanted or name
        tell(event="closed")


def show_of(poses: list[Pose]) -> Show:
    lesson = Lesson([PlannedExercise(load_stretch("bridge"), "", 0.0)])
    for pose in poses:
        beat = lesson.update(pose)
    return Show(BACKGROUND, scene_of(beat), figure=load_stretch("bridge").figure_of(None))


def tell(**what: object) -> None:
    print(json.dumps(what, default=lambda value: getattr(value, "tolist", lambda: str(value))()), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
