"""`posecheck extract` as a person sees it: what it says on a screen and elsewhere, and what Ctrl-C leaves."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
import zipfile
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import posecheck.workflows.extract
from posecheck.cli import app, main
from posecheck.errors import InputError, OutputError, UsageError
from posecheck.estimators.model import DETECTOR, LANDMARKER
from posecheck.storage.recording import is_recording
from posecheck.system.atomic_files import replacing
from posecheck.system.worker_pool import Tell
from tests.cli.command import leftovers, shown_until_closed
from tests.support.clips import steady, write_video
from tests.support.patience import PATIENCE_S, until
from tests.support.recordings import one_bridge, write_recording

pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture(autouse=True)
def cache(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and a bundle that is never loaded."""
    with zipfile.ZipFile(here / "model.task", "w") as bundle:
        for name in (DETECTOR, LANDMARKER):
            bundle.writestr(name, b"")
    monkeypatch.setenv("POSECHECK_MODEL", str(here / "model.task"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(here / "cache"))
    return here / "cache" / "posecheck" / "landmarks"


def find(model: Path, clip: Path, target: Path, tell: Tell) -> None:
    """A stand-in by the clip's name: done at once, half done until a file `go` is there, bad, or begun for ever."""
    if "bad" in clip.name:
        raise InputError(f"{clip}: is no clip")
    if "endless" in clip.name:
        with replacing(target) as temporary:
            temporary.write_text("half")
            while True:
                tell(0.0)
                time.sleep(0.01)
    if "half" in clip.name:
        tell(0.5)
        until((clip.parent / "go").exists)
    write_recording(target, one_bridge(fps=5.0), name=clip.name)


def stand_in(workers: int) -> None:
    """The command line as a process of its own, with the stand-in."""
    posecheck.workflows.extract.recordings = partial(posecheck.workflows.extract.recordings, find=find, workers=workers)  # type: ignore[assignment]
    main()


def command(*arguments: str | Path, workers: int = 2) -> list[str]:
    code = f"from tests.cli.test_extract_command import stand_in; stand_in({workers})"
    return [sys.executable, "-c", code, *map(str, arguments)]


def clips(here: Path, *names: str) -> list[Path]:
    paths = [here / f"{name}.mp4" for name in names]
    for path in paths:
        path.write_text(path.stem)
    return paths


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_recordings_go_where_they_are_wanted(recorded: Path, here: Path) -> None:
    assert run("extract", recorded).stdout == f"{recorded}: {recorded}\n"
    result = run("extract", recorded, "--out", here / "out")
    assert result.stdout == f"{recorded}: {here / 'out' / recorded.name}\n"
    assert is_recording(here / "out" / recorded.name)
    (here / "file").write_text("")
    assert isinstance(run("extract", recorded, "--out", here / "file").exception, OutputError)
    assert isinstance(run("extract", recorded, recorded, "--out", here / "out").exception, UsageError)


def test_elsewhere_than_on_a_screen_each_clip_is_a_line(here: Path) -> None:
    first, bad, last = clips(here, "first", "bad", "last")
    done = subprocess.run(
        command("extract", first, bad, last, workers=1), cwd=here, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        f"posecheck: landmarks 1/3: {first}",
        f"posecheck: landmarks 2/3: {bad}",
        f"posecheck: landmarks 3/3: {last}",
        f"posecheck: {bad}: is no clip",
    ]
    done = subprocess.run(command("extract", first, last), cwd=here, capture_output=True, text=True, check=True)
    assert (len(done.stdout.splitlines()), done.stderr) == (2, "")  # they are kept


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal")
def test_a_screen_shows_how_far_it_is_within_a_clip(here: Path) -> None:
    clip = write_video(here / "half.mp4", steady(30))
    leader, follower = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(
        command("extract", clip), cwd=here, stdout=subprocess.PIPE, stderr=follower, env=environment, text=True
    )
    os.close(follower)
    shown = b""
    while b" 50%" not in shown:
        shown += os.read(leader, 65536)
    assert b"landmarks 0/1" in shown
    (here / "go").touch()
    shown += shown_until_closed(leader)
    assert process.communicate()[0].startswith(f"{clip}: ")
    assert b"posecheck:" not in shown


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C of a group of processes")
@pytest.mark.parametrize("times", ["once", "again and again"])
@pytest.mark.parametrize("everybody", [True, False], ids=["as a terminal does", "the first process alone"])
def test_ctrl_c_ends_it_and_what_is_finished_is_kept(here: Path, cache: Path, everybody: bool, times: str) -> None:
    named = clips(here, "quick", "endless", "endless-too", "endless-never")
    process = subprocess.Popen(
        command("extract", *named),
        cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip

    def interrupted() -> bool:
        """Whether it has ended of the Ctrl-C that it gets."""
        if process.poll() is None:
            (os.killpg if everybody else os.kill)(process.pid, signal.SIGINT)
        return process.poll() is not None

    def under_way() -> bool:
        """One clip is kept, and of two others a recording is begun."""
        return any(cache.glob("*.npz")) and sum(path.stat().st_size > 0 for path in leftovers(cache)) == 2

    until(lambda: process.poll() is not None or under_way(), "two clips under way")
    assert process.poll() is None, process.communicate()
    interrupted()
    if times == "again and again":
        until(interrupted)
    # What all its processes may write to ends when the last of them has ended.
    stdout, stderr = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, stdout) == (130, "")
    assert stderr.splitlines() == [
        f"posecheck: landmarks 1/4: {named[0]}",
        "posecheck: interrupted; 1 of 4 clips are finished and kept",
    ]
    (kept,) = cache.iterdir()
    assert is_recording(kept)
