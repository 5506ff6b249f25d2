"""Somewhere to work, and inputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import ROOT
from tests.support.clips import steady, write_video
from tests.support.recordings import one_bridge, write_recording
from tests.support.shared_data import real_footage


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with no rule files of one's own."""
    (tmp_path / "own").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("POSECHECK_STRETCHES", str(tmp_path / "own"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("POSECHECK_MODEL", raising=False)
    monkeypatch.delenv("POSECHECK_DEBUG", raising=False)
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def recorded(here: Path) -> Path:
    """A bridge, as a recording."""
    return write_recording(here / "bridge.npz", one_bridge())


@pytest.fixture
def bridging() -> Path:
    """A real clip of 3 s, which costs about 3 s."""
    return real_footage() / "bridging.mp4"


@pytest.fixture
def film(here: Path) -> Path:
    """A minute of nobody, for MediaPipe: to be broken off."""
    return write_video(here / "long.mp4", steady(1800))
