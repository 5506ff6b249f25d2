"""The committed labels: what the scripts told, with who is seen."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from posecheck.storage.label_files import read_labels, write_labels
from posecheck.storage.rule_files import load_stretch
from posecheck.tuning.labels import Label
from samples.studio.truth import read_truth

SAMPLES = Path(__file__).parents[2] / "samples"
TRUTHS = sorted(SAMPLES.glob("*.truth.json"))
RULES = ("sphinx", "cat-cow", "bridge")


@pytest.fixture(scope="module")
def labels() -> list[Label]:
    """Those of every clip and recording; reading them checks every name."""
    return read_labels(SAMPLES / "labels.csv", [load_stretch(name) for name in RULES])


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.name)
def test_the_labels_of_a_clip_are_those_of_its_truth(path: Path, labels: list[Label]) -> None:
    truth = read_truth(path)
    script = tomllib.loads((SAMPLES / "scripts" / f"{Path(truth.clip).stem}.toml").read_text())
    told = [
        Label(truth.clip, mark.start_s, mark.end_s, mark.stretch, mark.phase or "", mark.label, script["person"])
        for mark in truth.marks
    ]
    assert [label for label in labels if label.clip == truth.clip] == told


def test_the_labels_are_those_that_the_studio_writes(studio_extra: None, tmp_path: Path) -> None:
    from samples.studio.labels import labels_of

    write_labels(tmp_path / "labels.csv", labels_of(SAMPLES))
    assert (SAMPLES / "labels.csv").read_text() == (tmp_path / "labels.csv").read_text()
