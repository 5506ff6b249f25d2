"""Small lying and kneeling people are found, and found right, in parts of the full picture."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.evidence import Evidence, MaterialMissingError
from benchmarks.evidence._material import real
from posecheck.estimators.finder import find_person
from posecheck.estimators.mediapipe_pose import MediaPipeEstimator
from posecheck.estimators.model import find_model
from posecheck.estimators.parts import CroppedFrame, CropWindow
from posecheck.estimators.people import body_px, difference
from posecheck.pose.frames import Estimator, Frame
from posecheck.pose.landmarks import Floats
from posecheck.sources import open_source

Picture = NDArray[np.uint8]

STANDING = {"Middle_Back_Stretch_0", "Runners_Stretch_0", "Runners_Stretch_1", "Bodyweight_Squat_0"}
SEATED = {
    "Dancers_Stretch_1",
    "Seated_Floor_Hamstring_Stretch_0",
    "Seated_Hamstring_and_Calf_Stretch_0",
    "Seated_Hamstring_and_Calf_Stretch_1",
}
PRONE = {"Superman_0", "Plank_1", "Push_Up_to_Side_Plank_0"}
SAMPLES = Path(__file__).parents[2] / "samples"
SPHINXES = {"sphinx-good-1": 6.0, "sphinx-good-2": 6.0, "sphinx-elbows-ahead": 11.0, "sphinx-chin-up": 8.0}
"""Rendered clips, for want of photographs, and a time in seconds at which each is held as its name says."""

WIDTH_PX, HEIGHT_PX = 640, 480
BODIES_PX = (80, 120, 160, 200, 260)
CLAIMED_AT_PX = 120
POSITIONS = 3
RIGHT = 0.15
"""Greatest median error of shoulders, hips, knees and ankles over the length of the trunk."""
BORDER_PX = 8


@dataclass
class Count:
    """Of how many samples one estimator found the person, and found it right."""

    samples: int = 0
    found: int = 0
    right: int = 0

    def add(self, seen: Floats | None, truth: Floats) -> None:
        """One more sample."""
        self.samples += 1
        self.found += seen is not None
        self.right += seen is not None and difference(truth, seen) <= RIGHT

    def __str__(self) -> str:
        return f"{self.found} / {self.right} ({100 * self.right / self.samples:.0f} %)"


def run(slice_only: bool) -> Evidence:
    """Paste each photograph and sphinx at each size; a slice does one position at 120 px and a few empty frames."""
    model = find_model(None)
    photographs = {name: _photograph(name) for name in _names()}
    pictures = photographs | {name: _rendered(name, time_s) for name, time_s in SPHINXES.items()}
    sizes = (CLAIMED_AT_PX,) if slice_only else BODIES_PX
    counts: dict[tuple[int, str, str], Count] = {}
    with MediaPipeEstimator(model, moving=False) as plain, find_person(model, moving=False) as ours:
        kinds: dict[str, Estimator] = {"plain": plain, "ours": ours}
        truths = {name: plain.estimate(_frame(picture)).landmarks for name, picture in pictures.items()}
        for body in sizes:
            for number, (name, picture) in enumerate(pictures.items()):
                full = truths[name]
                for position in range(1 if slice_only else POSITIONS):
                    if full is None:
                        continue
                    rng = np.random.default_rng((body, number, position))
                    frame, truth = _pasted(picture, full, body, rng)
                    for kind, estimator in kinds.items():
                        seen = estimator.estimate(frame).landmarks
                        counts.setdefault((body, kind, _group(name)), Count()).add(seen, truth)
        empties = list(_empties(pictures, truths))[:: 5 if slice_only else 1]
        believed = {
            kind: sum(estimator.estimate(_frame(picture)).landmarks is not None for picture in empties)
            for kind, estimator in kinds.items()
        }
    both = {key: _sum([count for of, count in counts.items() if of[:2] == key]) for key in {key[:2] for key in counts}}
    rows: list[Sequence[object]] = [
        (
            f"{body} px",
            both[body, "ours"].samples,
            both[body, "plain"],
            both[body, "ours"],
            *(counts[body, kind, group] for group in ("prone", "sphinx") for kind in ("plain", "ours")),
        )
        for body in sizes
    ]
    rows.append(("nobody", len(empties), f"{believed['plain']} found", f"{believed['ours']} found", "", "", "", ""))
    ours_there, plain_there = both[CLAIMED_AT_PX, "ours"], both[CLAIMED_AT_PX, "plain"]
    holds = (
        ours_there.right >= 0.9 * ours_there.samples
        and plain_there.right < 0.5 * plain_there.samples
        and believed["ours"] == 0
    )
    return Evidence(
        title="Small bodies",
        claim=f"Of lying and kneeling people of {CLAIMED_AT_PX} px in {WIDTH_PX} x {HEIGHT_PX}, posecheck finds 90 % "
        "and more right, plain MediaPipe fewer than half. Nobody is found where nobody is.",
        columns=(
            "body",
            "frames",
            "MediaPipe: found / right",
            "posecheck: found / right",
            "prone: MediaPipe",
            "prone: posecheck",
            "sphinx: MediaPipe",
            "sphinx: posecheck",
        ),
        rows=rows,
        notes=(
            f"The {len(photographs)} photographs in which the person lies or kneels, by label and by eye: all of "
            f"labels.csv but {', '.join(sorted(STANDING))} (standing) and {', '.join(sorted(SEATED))} (seated).",
            f"Each at {1 if slice_only else POSITIONS} places, chosen by a fixed seed, the rest filled with the mean "
            "colour of the picture's border. The body is measured along its bones, ear to ankle.",
            f"Right: shoulders, hips, knees and ankles are off by {RIGHT:g} of the trunk's length at most (median), "
            "against MediaPipe on the picture at its full size.",
            f"Prone: the photographs {', '.join(sorted(PRONE))}.",
            "Sphinx: no photograph shows one, so these are rendered, a held frame of each of "
            f"{', '.join(f'samples/{name}.mp4 (at {time_s:g} s)' for name, time_s in SPHINXES.items())}, treated as "
            "the photographs are and counted with them.",
            "Nobody: one-coloured frames, noise, noise in patches of 4 to 96 px, and the pictures' own rooms with "
            "the person painted out.",
        ),
        holds=holds,
    )


def _names() -> list[str]:
    with real("labels.csv").open(encoding="utf-8") as file:
        names = [Path(row["file"]).stem for row in csv.DictReader(file)]
    return [name for name in names if name not in STANDING | SEATED]


def _photograph(name: str) -> Picture:
    with Image.open(real(f"photos/{name}.jpg")) as image:
        return np.array(image.convert("RGB"))


def _rendered(name: str, time_s: float) -> Picture:
    path = SAMPLES / f"{name}.mp4"
    if not path.exists():
        raise MaterialMissingError(f"needs samples/{path.name}; render it")
    with open_source(path, start_s=time_s) as source:
        return next(iter(source)).rgb()


def _group(name: str) -> str:
    return "sphinx" if name in SPHINXES else "prone" if name in PRONE else "other"


def _frame(picture: Picture) -> Frame:
    height, width = picture.shape[:2]
    return CroppedFrame(picture, CropWindow(0, 0, width, height), 0.0)


def _pasted(picture: Picture, truth: Floats, body: int, rng: np.random.Generator) -> tuple[Frame, Floats]:
    """A picture, shrunk until its body is `body` px long, somewhere in a frame, and where its landmarks are then."""
    scale = body / body_px(truth)
    height, width = (round(side * scale) for side in picture.shape[:2])
    frame = np.empty((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    frame[:] = _border(picture).mean(axis=0)
    x, y = (int(rng.integers(min(room, 0), max(room, 0) + 1)) for room in (WIDTH_PX - width, HEIGHT_PX - height))
    shrunk = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    shown = shrunk[max(-y, 0) : HEIGHT_PX - y, max(-x, 0) : WIDTH_PX - x]
    frame[max(y, 0) : max(y, 0) + shown.shape[0], max(x, 0) : max(x, 0) + shown.shape[1]] = shown
    moved = truth.copy()
    moved[:, :3] *= scale
    moved[:, :2] += (x, y)
    return _frame(frame), moved


def _border(picture: Picture) -> Picture:
    edges = (picture[:BORDER_PX], picture[-BORDER_PX:], picture[:, :BORDER_PX], picture[:, -BORDER_PX:])
    return np.concatenate([edge.reshape(-1, 3) for edge in edges])


def _empties(pictures: dict[str, Picture], truths: dict[str, Floats | None]) -> Iterator[Picture]:
    rng = np.random.default_rng(0)
    size = (HEIGHT_PX, WIDTH_PX, 3)
    for _ in range(3):
        yield rng.integers(0, 256, size).astype(np.uint8)
        yield np.clip(rng.normal(128, 25, size), 0, 255).astype(np.uint8)
    for patch in (4, 8, 16, 32, 64, 96):
        few = rng.integers(0, 256, (HEIGHT_PX // patch + 1, WIDTH_PX // patch + 1, 3)).astype(np.uint8)
        yield np.asarray(cv2.resize(few, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC), np.uint8)
    for grey in (0, 128, 255):
        yield np.full(size, grey, np.uint8)
    for name, picture in pictures.items():
        truth = truths[name]
        if truth is not None:
            yield _without_the_person(picture, truth)


def _without_the_person(picture: Picture, truth: Floats) -> Picture:
    """The room: the hull of the landmarks, widened by a sixth of the body's box, is filled from its surroundings."""
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    points = (truth[:, :2] / 2).astype(np.int32)
    mask = np.zeros(small.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(points), (255,))
    wider = int(np.ptp(points, axis=0).max()) // 6
    mask = np.asarray(cv2.dilate(mask, np.ones((2 * wider + 1, 2 * wider + 1), np.uint8)), np.uint8)
    filled = cv2.inpaint(small, mask, 5, cv2.INPAINT_TELEA)
    return np.asarray(cv2.resize(filled, (picture.shape[1], picture.shape[0])), np.uint8)


def _sum(counts: Sequence[Count]) -> Count:
    return Count(*(sum(getattr(one, name) for one in counts) for name in ("samples", "found", "right")))
