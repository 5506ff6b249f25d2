"""Whether the two generations of MediaPipe see the same body."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.evidence import Evidence, MaterialMissingError
from benchmarks.evidence._material import real
from posecheck.estimators.model import find_model
from posecheck.pose.landmarks import Landmark, Poses
from posecheck.storage.recording import Recording

ROOT = Path(__file__).parents[2]
SECOND = ROOT / ".venv-second-generation" / "bin" / "python"

LIMIT = 0.01
"""Of the trunk's length."""


def run(slice_only: bool) -> Evidence:
    """Estimate one clip in both environments with the same bundle; the slice takes its first half second."""
    clip = real("bridging.mp4")
    if not SECOND.is_file():
        raise MaterialMissingError("needs the second environment: run scripts/second-generation first")
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "first", Path(folder) / "second"
        for python, target in ((sys.executable, first), (str(SECOND), second)):
            target.mkdir()
            _record(python, clip, target, slice_only)
        alone = _apart(first / "alone.npz", second / "alone.npz")
        tracked = _apart(first / "tracked.npz", second / "tracked.npz")
        noisy = _apart(first / "tracked.npz", first / "noisy.npz")
        rows = [
            _row("both generations, each frame by itself", alone),
            _row("both generations, tracked as in `analyze`", tracked),
            _row("the first generation, tracked, with and without noise of one step of 255", noisy),
        ]
        versions = [Recording(made / "tracked.npz").header.versions for made in (first, second)]
        holds = [] if slice_only else [_holds(made / "tracked.npz") for made in (first, second)]
    within = np.percentile(alone, 99) <= LIMIT and np.median(tracked) <= LIMIT
    return Evidence(
        "Two generations of MediaPipe see the same body",
        f"Landmarks of both agree within {LIMIT:.0%} of the trunk's length: each frame by itself in 99 of 100 and "
        "more, tracked in the median. Single joints of a tracked clip differ by more, as they do by noise that no eye "
        "sees.",
        ("compared", "median", "95 % below", "99 % below", "worst", "within 1 %"),
        rows,
        (
            "Distance in the picture of all 33 landmarks of all frames of the bridge clip, over the distance from the "
            "middle of the shoulders to that of the hips.",
            "Tracking looks where the body was in the frame before, so that a difference in the fifth digit grows into "
            "one of a percent; an ankle or a hand that the model is in two minds about then jumps.",
            *([f"Holds by the one: {holds[0]}; by the other: {holds[1]}."] if holds else []),
            f"The one: {_listed(versions[0])}. The other: {_listed(versions[1])}. Both load the same bundle.",
            "The tests of the estimator run in both: `scripts/second-generation`.",
        ),
        holds=bool(within) and len(set(holds)) <= 1,
    )


def _record(python: str, clip: Path, folder: Path, slice_only: bool) -> None:
    command = [python, "-m", "benchmarks.evidence._landmarks", clip, folder, *(["0.5"] if slice_only else [])]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "POSECHECK_MODEL": str(find_model(None))}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def _apart(one: Path, other: Path) -> NDArray[np.floating]:
    """(N, 33) distances over the trunk's length; NaN where either saw nobody."""
    here, there = (Poses.concatenate(Recording(path)).landmarks[..., :2] for path in (one, other))
    shoulders = here[:, [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]].mean(axis=1)
    hips = here[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=1)
    return np.linalg.norm(there - here, axis=-1) / np.linalg.norm(shoulders - hips, axis=-1)[:, None]


def _row(name: str, apart: NDArray[np.floating]) -> tuple[str, ...]:
    figures = (np.median(apart), np.percentile(apart, 95), np.percentile(apart, 99), apart.max())
    return name, *(f"{figure:.5f}" for figure in figures), f"{np.mean(apart <= LIMIT):.2%}"


def _holds(recording: Path) -> str:
    """The seconds of each hold that the product finds in a recording."""
    command = [sys.executable, "-m", "posecheck", "analyze", recording.name, "--stretch", "bridge", "--json"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=recording.parent, env=environment, capture_output=True, check=True)
    segments = json.loads(ran.stdout)["segments"]
    return ", ".join(f"{hold['hold_s']:.2f} s" for segment in segments for hold in segment["holds"]) or "none"


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())
