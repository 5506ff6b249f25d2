"""The pictures of docs/practice.md and the README: what stands on the screen at named moments of sample clips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from benchmarks.accuracy.cases import SAMPLES
from posecheck.coaching.coach import Importance
from posecheck.coaching.lesson import Lesson, LessonStep
from posecheck.estimators.model import find_model
from posecheck.judging.holds import State
from posecheck.presenters.drawing.canvas import Picture
from posecheck.presenters.drawing.practice_view import PracticeView, Show, draw_ending
from posecheck.presenters.terminal.session_summary import ending_rows
from posecheck.rules.routine import PlannedExercise
from posecheck.sources import open_source
from posecheck.storage.recording import Recording
from posecheck.storage.rule_files import load_stretch
from posecheck.workflows.display import scene_of
from posecheck.workflows.extract import cache_folder, recordings

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"

SIZE = 960, 540
LESS_KB, QUALITIES = 150, (90, 85, 80, 70, 60, 50)

Wanted = Callable[[LessonStep], bool]
Ending = tuple[str, list[str], str]


def _advised(beat: LessonStep) -> bool:
    return beat.saying is not None and beat.saying.importance is Importance.ADVICE


def _corrected(beat: LessonStep) -> bool:
    return beat.saying is not None and beat.saying.importance in (Importance.MINOR, Importance.MAJOR)


def _in_cow(beat: LessonStep) -> bool:
    return beat.moment.state is State.HOLDING and beat.moment.phase == "cow" and bool(beat.moment.holds)


MOMENTS: dict[str, tuple[str, str, Wanted, float]] = {
    "practice-setting-up": ("half-out", "bridge", _advised, 1.0),
    "practice-holding": ("cat-cow-good-1", "cat-cow", _in_cow, 0.7),
    "practice-fault": ("bridge-hips-low", "bridge", _corrected, 0.7),
}
"""By picture the clip, the stretch, what it begins with, and seconds after that."""

ENDING = "practice-finished", "sphinx-elbows-ahead", "sphinx"


def renew(folder: Path = FOLDER) -> None:
    """Draws them all, and the two of the README side by side."""
    drawn = {name: _played(*moment)[0] for name, moment in MOMENTS.items()}
    for name, picture in drawn.items():
        save(folder / f"{name}.jpg", picture)
    both = np.hstack([drawn["practice-holding"], drawn["practice-fault"]])
    save(folder / "practice.jpg", cv2.resize(both, None, fx=0.67, fy=0.67, interpolation=cv2.INTER_AREA))
    name, clip, stretch = ENDING
    picture, rows = _played(clip, stretch, None, 0.0)
    save(folder / f"{name}.jpg", draw_ending(picture, *rows, SIZE)[0])


def save(path: Path, picture: Picture) -> None:
    """Writes a JPEG as good as fits into `LESS_KB`."""
    for quality in QUALITIES:
        _, coded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        if len(coded) <= LESS_KB * 1000:
            break
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(coded.tobytes())


def _played(name: str, stretch: str, wanted: Wanted | None, later_s: float) -> tuple[Picture, Ending]:
    """The picture some seconds after what is wanted, or without that the clip's last one, plain; and what was done."""
    clip = SAMPLES / f"{name}.mp4"
    (path,) = recordings([clip], lambda: find_model(None), folder=cache_folder())
    lesson, stage = Lesson([PlannedExercise(load_stretch(stretch), "", 0.0)]), PracticeView()
    until_s = np.inf
    with open_source(clip) as frames:
        poses = (pose for block in Recording(path) for pose in block.singly())
        for frame, pose in zip(frames, poses, strict=True):
            beat = lesson.update(pose)
            if wanted is None:
                continue
            picture, _ = stage.draw(Show(frame.rgb(), scene_of(beat), beat.stretch.figure_of(beat.phase)), SIZE)
            if np.isinf(until_s) and wanted(beat):
                until_s = pose.time_s + later_s
            if pose.time_s >= until_s:
                return picture, ending_rows(lesson.finish())
    if wanted is not None:
        raise ValueError(f"{clip.name}: shows no {wanted.__name__} any more; choose another clip for its picture")
    return frame.rgb(), ending_rows(lesson.finish())
