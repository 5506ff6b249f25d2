"""Which folder an input's results go to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posecheck.cli.analyze import _folders


def result_of(folder: Path, name: str) -> None:
    folder.mkdir(parents=True)
    (folder / "summary.json").write_text(json.dumps({"source": {"name": name}}))


def names(inputs: list[str], out: Path) -> list[str]:
    return [folder.name for folder in _folders(inputs, out)]


def test_inputs_of_one_name_get_numbers(tmp_path: Path) -> None:
    assert names(["a/x.mp4", "b/x.mov", "X.avi"], tmp_path) == ["x", "x-2", "X-3"]


def test_a_second_run_replaces_its_own_result_and_no_other(tmp_path: Path) -> None:
    result_of(tmp_path / "x", "x.mp4")
    assert names(["x.mp4"], tmp_path) == ["x"]
    assert names(["x.mov"], tmp_path) == ["x-2"]
    result_of(tmp_path / "x-2", "x.mov")
    assert names(["x.mov", "x.mp4"], tmp_path) == ["x-2", "x"]


def test_a_recording_is_judged_again_in_its_own_folder(tmp_path: Path) -> None:
    result_of(tmp_path / "x", "x.mp4")
    assert names([str(tmp_path / "x" / "recording.npz")], tmp_path) == ["x"]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"source": 3}'])
def test_a_file_that_is_no_result_does_not_matter(content: str, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "summary.json").write_text(content)
    assert names(["x.mp4"], tmp_path)[0].startswith("x")
