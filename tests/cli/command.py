"""Running `posecheck analyze` in tests: in this process, or in one of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from posecheck.cli import main
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]

FILES = {"summary.json", "frames.csv", "recording.npz"}
"""What a clip or picture leaves, but for the drawn video."""


@dataclass(frozen=True, slots=True)
class Done:
    """How the command ended."""

    code: int
    stdout: str
    stderr: str


def run(*arguments: str | Path) -> Done:
    """The command in this process."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        patch.setattr(sys, "argv", ["posecheck", "analyze", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
    stdout, stderr = (stream.buffer.getvalue().decode() for stream in streams)  # type: ignore[attr-defined]
    return Done(int(end.value.code or 0), stdout, stderr)


def posecheck(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "posecheck", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S, **options)


def failed(code: int, *arguments: str | Path) -> str:
    """What stderr says when the command must fail with this code and print nothing else."""
    done = run(*arguments)
    assert (done.code, done.stdout) == (code, "")
    return done.stderr


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix == ".part"]


def shown_until_closed(leader: int) -> bytes:
    """What still comes through a pseudo-terminal until its other end is closed; closes this one."""
    shown = b""
    while True:
        try:
            shown += os.read(leader, 65536)
        except OSError:  # the other end is closed
            break
    os.close(leader)
    return shown
