"""Files and folders that resist: one line, an exit code, no traceback. Recordings serve, which need no MediaPipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from posecheck.cli import main
from posecheck.estimators.model import find_model
from posecheck.storage.recording import Recording
from tests.support.clips import steady, write_video
from tests.support.permissions import permissions_count
from tests.support.recordings import one_bridge, write_recording

ROOT = Path(__file__).parents[2]


class Ran(NamedTuple):
    code: int
    out: str
    err: str


Analyze = Callable[..., Ran]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_recording(tmp_path / "clip.npz", one_bridge())
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("POSECHECK_STRETCHES", str(tmp_path / "own"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def analyze(here: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Analyze:
    def run(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["posecheck", "analyze", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return Ran(int(ended.value.code or 0), *capfd.readouterr())

    return run


@pytest.mark.parametrize("name", ["--clip.npz", "-x.mp4"])
def test_a_name_that_looks_like_an_option(here: Path, analyze: Analyze, name: str) -> None:
    (here / "clip.npz").rename(here / name)
    line = f"posecheck: {name}: this file's name looks like an option; write ./{name}\n"
    assert analyze(name) == (2, "", line)
    assert analyze(f"./{name}", "--quiet") == (0, "", "")
    assert analyze("--quiet", "--", name) == (0, "", "")
    assert (here / "posecheck-out" / Path(name).stem / "summary.json").is_file()


def test_an_unknown_option_is_still_one(analyze: Analyze) -> None:
    ran = analyze("clip.npz", "--nonsense")
    assert ran.code == 2
    assert "No such option: --nonsense" in ran.err


def test_a_name_of_quotes_spaces_and_letters_of_the_world(here: Path, analyze: Analyze) -> None:
    name = 'it\'s my "first" Brücke – 橋 $HOME.npz'
    (here / "clip.npz").rename(here / name)
    assert analyze(name, "--quiet") == (0, "", "")
    assert (here / "posecheck-out" / Path(name).stem / "summary.json").is_file()


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="needs the pipes of Unix")
def test_a_clip_that_comes_through_a_pipe(here: Path) -> None:
    command = [sys.executable, "-m", "posecheck", "analyze", "/dev/stdin", "--json"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    content = (here / "clip.npz").read_bytes()
    ran = subprocess.run(command, input=content, env=environment, capture_output=True, check=True)
    assert json.loads(ran.stdout)["source"]["frames"] == len(one_bridge())
    assert (here / "posecheck-out" / "stdin" / "summary.json").is_file()


def test_an_output_folder_that_is_a_file(here: Path, analyze: Analyze) -> None:
    (here / "results").write_text("mine")
    ran = analyze("clip.npz", "--out", "results")
    assert ran.code == 3
    assert ran.err.startswith("posecheck: results/clip/")
    assert ": cannot be written (Not a directory); name another" in ran.err
    assert (here / "results").read_text() == "mine"


def test_older_results_are_replaced_even_if_they_are_read_only(here: Path, analyze: Analyze) -> None:
    folder = here / "posecheck-out" / "clip"
    folder.mkdir(parents=True)
    for name in ("summary.json", "frames.csv"):
        (folder / name).write_text("old")
        (folder / name).chmod(0o444)
    assert analyze("clip.npz", "--quiet") == (0, "", "")
    assert json.loads((folder / "summary.json").read_text())["source"]["frames"] == len(one_bridge())
    assert (folder / "frames.csv").read_text().startswith("time_s,")


def test_a_clip_that_may_not_be_read(here: Path, analyze: Analyze) -> None:
    write_video(here / "clip.mp4", steady(4, 10)).chmod(0)
    with permissions_count():
        assert analyze("clip.mp4") == (3, "", "posecheck: clip.mp4: may not be read; allow it with: chmod u+r\n")


def test_a_folder_that_may_not_be_written(here: Path, analyze: Analyze) -> None:
    (here / "locked").mkdir(mode=0o555)
    with permissions_count():
        ran = analyze("clip.npz", "--out", "locked")
    assert ran.code == 3
    assert ran.err.startswith("posecheck: locked/clip/")
    assert ": cannot be written (Permission denied); name another" in ran.err


def under_a_limit(arguments: Sequence[str], limit_bytes: int) -> Ran:
    """The command where no file may grow beyond a limit: what a disk that fills up looks like to a program."""
    resource = pytest.importorskip("resource")
    ran = subprocess.run(
        [sys.executable, "-m", "posecheck", "analyze", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes)),
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize(("name", "limit_bytes"), [("clip.npz", 1500), ("clip.mp4", 500)])
def test_a_disk_that_is_full_leaves_nothing_half_written(here: Path, name: str, limit_bytes: int) -> None:
    write_video(here / "clip.mp4", steady(4, 10))
    find_model(None)  # which a first use would have to keep too
    ran = under_a_limit([name], limit_bytes)
    assert ran.code == 3
    assert ran.err.startswith("posecheck: posecheck-out/clip/")
    assert ": cannot be written (File too large); name another" in ran.err
    assert ran.err.count("\n") == 1
    assert not (here / "posecheck-out").exists()


def test_a_recording_has_no_picture_to_turn(analyze: Analyze) -> None:
    line = "posecheck: clip.npz: is a recording, without pictures to turn; leave out --rotate and --mirrored\n"
    assert analyze("clip.npz", "--mirrored") == (3, "", line)
    assert analyze("clip.npz", "--rotate", "90") == (3, "", line)


def test_a_turn_that_is_none(analyze: Analyze) -> None:
    line = "posecheck: --rotate 45: a picture is turned by 90, 180 or 270 degrees, clockwise\n"
    assert analyze("clip.npz", "--rotate", "45") == (2, "", line)


def test_a_turned_clip_is_as_wide_as_it_was_high(here: Path, analyze: Analyze) -> None:
    write_video(here / "clip.mp4", steady(4, 10))
    ran = analyze("clip.mp4", "--rotate", "90", "--mirrored", "--json")
    recorded = Recording(here / "posecheck-out" / "clip" / "recording.npz").header.source
    assert json.loads(ran.out)["source"]["width"] == recorded.width_px == 48
    assert recorded.height_px == 64
