"""What the doctor says of made-up machines, and of this one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from posecheck.cli.doctor import doctor as command
from posecheck.errors import ModelError, PoseCheckError
from posecheck.presenters.voice.engines import Bell, CommandSpeech
from posecheck.storage.history import History, history_path
from posecheck.workflows import doctor
from posecheck.workflows.doctor import Finding


@pytest.mark.parametrize(
    ("found", "is_well", "words"),
    [
        ({"opencv-python": "4.11", "opencv-contrib-python": "4.11"}, True, ""),
        ({"opencv-python": "4.11", "opencv-contrib-python": "4.9"}, False, "--force-reinstall"),
        ({"opencv-python": "4.11", "opencv-python-headless": "4.11"}, False, "uninstall opencv-python-headless"),
        ({}, False, "--force-reinstall"),
    ],
)
def test_opencv_wheels_must_agree(found: dict[str, str], is_well: bool, words: str) -> None:
    finding = doctor.opencv(found.get)
    assert finding.is_well is is_well
    assert words in finding.remedy


def test_both_generations_of_mediapipe_are_well_and_none_is_not() -> None:
    assert "carries" in doctor.mediapipe({"mediapipe": "0.10.21"}.get).told
    assert "downloads" in doctor.mediapipe({"mediapipe": "0.10.33"}.get).told
    assert not doctor.mediapipe({}.get).is_well


def test_a_mediapipe_that_sends_metrics_is_not_well() -> None:
    finding = doctor.mediapipe({"mediapipe": "1.2.2"}.get)
    assert not finding.is_well
    assert "send nothing" in finding.remedy


def test_the_generations_known_to_doctor_are_those_that_are_pinned() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = [one.partition(";")[0] for one in project["dependencies"] if one.startswith("mediapipe")]
    assert pinned == [f"mediapipe=={version}" for version in doctor.MEDIAPIPE]


def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    def find() -> Path:
        raise ModelError("no pose model: a; b", "connect to the internet once")

    finding = doctor.model(find)
    assert (finding.told, finding.remedy) == ("no pose model: a; b", "connect to the internet once")
    (tmp_path / "full.task").write_bytes(bytes(9_000_000))
    assert doctor.model(lambda: tmp_path / "full.task").told.endswith("9 MB")


def test_a_camera_s_rate_is_counted_not_believed() -> None:
    times = iter([0.0, *(index / 10.0 for index in range(100))])
    assert doctor.real_rate(lambda: True, lambda: next(times)) == pytest.approx(10.0, abs=0.1)
    assert doctor.camera_finding("camera 0", 30.0).is_well
    assert "light" in doctor.camera_finding("camera 0", 8.0).remedy
    assert "gives no picture" in doctor.camera_finding("camera 0", 0.0).told


@pytest.mark.parametrize(
    ("script", "is_well", "words"),
    [
        ("cat >/dev/null", True, "this system's own"),
        ("echo 'error: No such file or directory' >&2", False, "cannot be heard"),
        ("exit 3", False, "exit code 3"),
    ],
)
def test_a_voice_without_a_sound_device_is_not_well(script: str, is_well: bool, words: str) -> None:
    """espeak-ng complains of a missing device and exits with 0; nothing was said to find out."""
    finding = doctor.voice_finding(CommandSpeech(["sh", "-c", script]), None)
    assert finding.is_well is is_well
    assert words in finding.told
    assert bool(finding.remedy) is not is_well


def test_a_missing_voice_says_what_to_install() -> None:
    finding = doctor.voice_finding(Bell(), PoseCheckError("no voice, a tone is all you hear", "install one"))
    assert finding == Finding("voice", False, "no voice, a tone is all you hear", "install one")


@pytest.mark.parametrize(("found", "code"), [([True, True], 0), ([True, False], 1)])
def test_the_exit_code_tells_whether_anything_is_to_mend(
    found: list[bool], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: iter([Finding("thing", is_well, "told") for is_well in found]))
    app = typer.Typer()
    app.command()(command)
    assert CliRunner().invoke(app, []).exit_code == code


def test_a_damaged_history_says_what_becomes_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = history_path()
    assert doctor.history(path).told == f"0 sessions in {path}"
    with History(path):
        pass
    assert doctor.history(path).is_well
    path.write_bytes(b"garbage " * 1000)
    finding = doctor.history(path)
    assert not finding.is_well
    assert finding.told == f"{path}: is damaged (file is not a database)"
    assert finding.remedy == "the next practice sets it aside and begins a new one"


def test_the_command_looks_at_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSECHECK_HISTORY", str(tmp_path / "history.sqlite"))
    app = typer.Typer()
    app.command()(command)
    result = CliRunner().invoke(app, [])
    lines = result.stdout.splitlines()
    assert result.exit_code == (1 if any(line.startswith("MEND") for line in lines) else 0)
    names = [
        line[6:].split(":")[0].split(" ")[0] for line in result.stdout.splitlines() if line[:4] in ("well", "MEND")
    ]
    assert {"MediaPipe", "pose", "OpenCV", "camera", "voice", "display", "history"} <= set(names)
    assert result.stdout.splitlines()[-1].endswith(("to mend.", "All is well."))
