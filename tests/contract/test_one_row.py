"""A measure is one row of the table, and a stretch one file: every use works with a new one of each."""

from __future__ import annotations

import ast
import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from posecheck.cli import app
from posecheck.coaching.lesson import Lesson
from posecheck.measures.table import MEASURES, MeasureSpec
from posecheck.pose.geometry import length
from posecheck.pose.landmarks import Joint
from posecheck.presenters.drawing.drawn_layout import DrawnLayout
from posecheck.presenters.drawing.practice_view import PracticeView, Show
from posecheck.rules.routine import PlannedExercise
from posecheck.storage.label_files import write_labels
from posecheck.storage.rule_files import load_stretch, shipped_folder
from posecheck.tuning.rule_drafting import draft
from posecheck.workflows.display import scene_of
from tests.support.films import lying, raised
from tests.support.labelled import BODIES, clips_of, saved
from tests.support.poses import clip

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "bridge-hips-low.mp4"

ROW = MeasureSpec(
    "hip_height", "hip lift", "hip above the shoulder, over trunk length", "hip level with the shoulder", "hip higher",
    (Joint.HIP, Joint.SHOULDER), Joint.HIP, 0.01, (-1, 1), "a test",
    lambda b: (b.near[Joint.HIP] - b.near[Joint.SHOULDER])[..., 1] / length(b.near[Joint.HIP] - b.near[Joint.SHOULDER]),
    share_of="trunk",
)  # fmt: skip

RULE = """\
[[rules]]
name = "sagging"
measure = "hip_height"
min = 0.42
margin = 0.01
priority = 1
severity = "major"
cue_low = "Higher, please."
praise = "Higher."
why = "M: a test."

[modifications.small-lift]"""


@pytest.fixture(autouse=True)
def row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The new row, in the one table."""
    monkeypatch.setitem(MEASURES, ROW.name, ROW)
    monkeypatch.setenv("POSECHECK_HISTORY", str(tmp_path / "history.sqlite"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A bridge with one rule more and a figure of its own."""
    text = (shipped_folder() / "bridge.toml").read_text(encoding="utf-8")
    text = text.replace("[modifications.small-lift]", RULE).replace("head = [-0.68, 0.1]", "head = [-0.7, 0.12]")
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def test_it_is_explained_and_checked(file: Path) -> None:
    assert "hip_height: hip above the shoulder" in run("stretches", "measures").stdout
    assert run("stretches", "check", file).stdout.endswith("ok\n")
    assert load_stretch(file).figure_of(None) != load_stretch("bridge").figure_of(None)


def test_a_clip_is_analysed_and_drawn(file: Path, tmp_path: Path) -> None:
    run("analyze", SAMPLE, "--stretch", file, "--start", "7", "--end", "9", "--out", tmp_path / "out")
    (summary,) = (tmp_path / "out").rglob("summary.json")
    assert json.loads(summary.read_text(encoding="utf-8"))["measures"]["hip_height"]["median"] is not None
    with (summary.parent / "frames.csv").open(encoding="utf-8") as frames:
        assert any("hip_height" in name for name in next(csv.reader(frames)))
    assert (summary.parent / "annotated.mp4").stat().st_size > 1000


def practised(file: Path) -> DrawnLayout:
    stretch = load_stretch(file)
    lesson = Lesson([PlannedExercise(stretch, "", 0.0)])
    for pose in clip((3.0, lying()), (4.0, raised(20.0)), fps=6.0):
        beat = lesson.update(pose)
    show = Show(np.full((480, 640, 3), 128, np.uint8), scene_of(beat), beat.stretch.figure_of(beat.phase))
    return PracticeView().draw(show, (1280, 960))[1]


def test_practice_shows_its_words_at_its_joint_and_the_files_own_figure(file: Path) -> None:
    layout = practised(file)
    (label,) = (one.lines[0] for one in layout.words if one.about == "sagging")
    assert re.fullmatch(r"hip lift 0\.3\d ± 0\.\d\d of trunk", label)
    assert next(mark.shape for mark in layout.joints if mark.joint == "hip") == "triangle"
    assert any(one.kind == "silhouette" for one in layout.words)


def test_a_clip_is_practised_by_it(file: Path) -> None:
    result = run("practice", file, "--source", SAMPLE, "--no-window", "--mute")
    assert "Bridge" in result.stdout


def test_its_limit_is_tuned(file: Path, tmp_path: Path) -> None:
    paths, labels = saved(tmp_path, "hips-low", bodies=BODIES[:3])
    write_labels(tmp_path / "labels.csv", labels)
    text = (tmp_path / "labels.csv").read_text(encoding="utf-8").replace(",hips-low,", ",sagging,")
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
    assert re.search("^ *sagging", run("tune", file, *paths, "--labels", tmp_path / "labels.csv").stdout, re.MULTILINE)


def test_a_draft_is_made_of_it() -> None:
    text, _ = draft("lift", clips_of("hips-low", bodies=BODIES[:3]))
    assert 'measure = "hip_height"' in text


def named_in(room: Path) -> set[str]:
    """The texts that stand in a room's code; docstrings are not among them."""
    found = set()
    for path in room.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
        }
    return found


@pytest.mark.parametrize("room", ["presenters", "tuning", "workflows", "coaching", "storage", "cli"])
def test_no_measure_is_named_where_it_is_shown_tuned_or_wired(room: str) -> None:
    assert not named_in(ROOT / "posecheck" / room) & set(MEASURES)


def test_no_stretch_and_no_phase_is_named_in_code() -> None:
    stretches = [load_stretch(path) for path in shipped_folder().glob("*.toml")]
    assert stretches
    names = {name for one in stretches for name in (one.name, *(phase.name for phase in one.phases))}
    assert not named_in(ROOT / "posecheck") & names
