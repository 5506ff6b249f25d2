"""The labelled sample clips, measured, as tuning takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.evidence import MaterialMissingError
from posecheck.errors import InputError
from posecheck.estimators.model import find_model
from posecheck.storage.label_files import read_labels
from posecheck.storage.rule_files import load_stretch
from posecheck.tuning.labels import LabelledClip
from posecheck.workflows.extract import cache_folder, recordings
from posecheck.workflows.tune import load

SAMPLES = Path(__file__).parents[2] / "samples"
NAMES = ("bridge", "cat-cow", "sphinx")


def labelled(name: str, wanted: Callable[[Path], bool] = lambda path: True) -> Sequence[LabelledClip]:
    """The clips and recordings with labels of a stretch.

    Args:
        name: The stretch.
        wanted: Which files to take.

    Raises:
        MaterialMissingError: If there are none.
    """
    labels = read_labels(SAMPLES / "labels.csv", [load_stretch(one) for one in NAMES])
    names = {Path(label.clip).name for label in labels if label.stretch == name}
    files = [*(SAMPLES / "recordings").glob("*.npz"), *SAMPLES.glob("*.mp4")]
    inputs = sorted(path for path in files if path.name in names and wanted(path))
    if not inputs:
        raise MaterialMissingError(f"no labelled clips of {name} in {SAMPLES}")
    try:
        found = recordings(inputs, lambda: find_model(None), folder=cache_folder())
        return load(name, inputs, found, labels, SAMPLES / "labels.csv").clips
    except InputError as error:
        raise MaterialMissingError(str(error)) from error
