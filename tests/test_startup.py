"""What a person waits for before the first word appears."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {"av", "cv2", "matplotlib", "mediapipe", "numpy"}
INSTALLED = ["-c", "import sys; from posecheck.cli import main; sys.argv[0] = 'posecheck'; sys.exit(main())"]
"""What the installed command does."""
AS_MODULE = ["-m", "posecheck"]


def show_help(start: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "importtime", *start, "--help"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment)


@pytest.mark.parametrize("start", [INSTALLED, AS_MODULE], ids=["posecheck", "python -m posecheck"])
def test_help_imports_nothing_heavy(start: list[str]) -> None:
    lines = show_help(start).stderr.splitlines()
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines if line.startswith("import time:")}
    assert "posecheck" in imported
    assert imported.isdisjoint(HEAVY)


def test_the_module_is_the_command() -> None:
    assert show_help(AS_MODULE).stdout == show_help(INSTALLED).stdout
