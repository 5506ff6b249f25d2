"""`posecheck cameras` as a person sees it."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner, Result

from posecheck.cli.cameras import cameras
from posecheck.sources import devices
from posecheck.sources.devices import FoundCamera, Mode

app = typer.Typer()
app.command()(cameras)


def run(monkeypatch: pytest.MonkeyPatch, found: dict[FoundCamera, Mode | None]) -> Result:
    modes = {camera.index: mode for camera, mode in found.items()}
    monkeypatch.setattr(devices, "find_cameras", lambda: list(found))
    monkeypatch.setattr(devices, "mode_of", modes.__getitem__)
    monkeypatch.setenv("COLUMNS", "80")
    return CliRunner().invoke(app, [])


def test_lists_them_with_size_and_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        FoundCamera(0, "Integrated Camera"): Mode(1280, 720, 30.0),
        FoundCamera(2, "USB Webcam"): None,
        FoundCamera(3): Mode(640, 480, 0.0),
    }
    lines = [line.rstrip() for line in run(monkeypatch, found).stdout.splitlines()]
    assert lines[1].split() == ["0", "Integrated", "Camera", "1280x720", "30"]
    assert lines[2].startswith("2       USB Webcam         used by another program")
    assert lines[3].split() == ["3", "640x480"] or lines[4].split() == ["3", "640x480"]


def test_says_what_to_do_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, {})
    assert result.exit_code == 0
    assert "plug one in" in result.stdout
