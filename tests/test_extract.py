"""Ctrl-C while landmarks of several clips are found, each in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from posecheck.extract import recordings
from posecheck.files import replacing
from posecheck.recording import is_recording
from tests.patience import PATIENCE_S, until
from tests.recordings import one_bridge, write_recording

ROOT = Path(__file__).parents[1]


def find(model: Path, clip: Path, target: Path) -> None:
    """A quick clip is done at once; of another a recording is begun, and goes on for longer than anybody waits."""
    (model.parent / f"{clip.stem}.begun").touch()
    if clip.stem == "quick":
        write_recording(target, one_bridge(fps=5.0), name=clip.name)
        return
    with replacing(target) as temporary:
        temporary.write_text("half")
        for _ in range(round(2 * PATIENCE_S / 0.01)):
            time.sleep(0.01)


def main(folder: Path) -> None:
    """In a process of its own: three clips, two at a time."""
    clips = [folder / f"{name}.mp4" for name in ("quick", "long", "longer", "never")]
    try:
        recordings(clips, lambda: folder / "model.task", folder=folder / "cache", find=find, workers=2)
    except KeyboardInterrupt:
        print("interrupted")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C of a group of processes")
@pytest.mark.parametrize("everybody", [True, False], ids=["as a terminal does", "this process alone"])
def test_what_is_done_stays_and_what_is_under_way_vanishes(tmp_path: Path, everybody: bool) -> None:
    for name in ("quick.mp4", "long.mp4", "longer.mp4", "never.mp4", "model.task"):
        (tmp_path / name).write_text(name)
    code = f"from pathlib import Path; from tests.test_extract import main; main(Path({str(tmp_path)!r}))"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    cache = tmp_path / "cache"

    def under_way() -> bool:
        """One clip is done, two are begun, and each has a recording half-written."""
        return (tmp_path / "longer.begun").exists() and len(list(cache.glob("*.part"))) == 2

    until(lambda: process.poll() is not None or under_way(), "two clips under way")
    assert process.poll() is None, process.communicate()
    (os.killpg if everybody else os.kill)(process.pid, signal.SIGINT)
    assert process.communicate(timeout=PATIENCE_S) == ("interrupted\n", "")
    (kept,) = cache.iterdir()
    assert is_recording(kept)
    assert not (tmp_path / "never.begun").exists()
