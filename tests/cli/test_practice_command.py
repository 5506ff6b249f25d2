"""`posecheck practice` as a person starts it, with clips for a camera, in processes of their own."""

from __future__ import annotations

import math
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing, suppress
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from posecheck.cli.practice import _filmed, practice
from posecheck.cli.practice_plan import plan
from posecheck.coaching.progression import SessionDone
from posecheck.errors import OutputError, PoseCheckError, UsageError
from posecheck.estimators.factory import mediapipe_estimator
from posecheck.estimators.model import find_model
from posecheck.judging.session import Session
from posecheck.pose.frames import SourceInfo, SourceKind
from posecheck.pose.landmarks import in_blocks
from posecheck.rules.limits import Threshold
from posecheck.rules.routine import PlannedExercise
from posecheck.sources import open_source
from posecheck.storage.history import History, read_sessions
from posecheck.storage.history.session_log import SessionLog
from posecheck.storage.profiles import write_profile
from posecheck.storage.recording import Recording
from posecheck.storage.rule_files import load_stretch
from posecheck.workflows.practice import Practice, PracticeOptions
from posecheck.workflows.session_recorder import VIDEO
from tests.support.patience import PATIENCE_S, until
from tests.support.poses import nobody
from tests.support.screens import a_display
from tests.support.shared_data import real_footage
from tests.support.unhurried import UnhurriedSource

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"

AGREE_S = 0.3
"""A hold seen live, where frames are dropped, against the same one analysed frame by frame."""

app = typer.Typer()
app.command()(practice)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSECHECK_HISTORY", str(tmp_path / "history.sqlite"))
    return tmp_path / "history.sqlite"


def started(path: Path, *arguments: str | float | Path, **environment: str) -> subprocess.Popen[str]:
    """A module of Python with its arguments, going on by itself; nobody sits at its keyboard."""
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "POSECHECK_HISTORY": str(path)} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kept(path: Path) -> SessionDone:
    (session,) = read_sessions(path)
    return session


def test_a_real_clip_live_is_judged_as_analyze_judges_it(path: Path) -> None:
    """By one who needs as long as a frame and a half for each, and so misses every third."""
    clip = real_footage() / "bridging.mp4"
    made, _ = mediapipe_estimator(lambda: find_model(None), SourceKind.VIDEO)
    with History(path) as history, UnhurriedSource(open_source(clip), looks_s=0.05) as source, made as estimator:
        wishes = PracticeOptions([PlannedExercise(load_stretch("bridge"), "", 0.0)])
        Practice(wishes, source, estimator, SessionLog(history, datetime.now().astimezone())).run()
        assert source.dropped == pytest.approx(91 / 3, abs=2)
    (hold,) = kept(path).holds
    session = Session(load_stretch("bridge"))
    made, _ = mediapipe_estimator(lambda: find_model(None), SourceKind.VIDEO)
    with open_source(clip) as frames, made as estimator:
        for block in in_blocks(estimator.estimate(frame) for frame in frames):
            session.extend(block)
    (segment,) = session.judgement().segments
    (analysed,) = segment.holds
    assert hold.hold_s == pytest.approx(analysed.hold_s, abs=AGREE_S)
    assert hold.start_s == pytest.approx(analysed.start_s, abs=AGREE_S)


def test_a_clip_at_its_own_pace(path: Path) -> None:
    clip = real_footage() / "bridging.mp4"
    done = started(path, "posecheck", "practice", "bridge", "--history", "--source", clip, "--no-window", "--mute")
    try:
        out, err = done.communicate(timeout=PATIENCE_S)
    finally:
        end(done)
    assert (done.returncode, err) == (0, "")
    assert "Kept in the history" in out
    assert kept(path).ended is not None


def test_a_clip_stays_out_of_the_history_unless_asked(path: Path) -> None:
    done = started(
        path, "posecheck", "practice", "bridge", "--source", SAMPLES / "portrait.mp4", "--no-window", "--mute"
    )
    try:
        out, err = done.communicate(timeout=PATIENCE_S)
    finally:
        end(done)
    assert (done.returncode, err) == (0, "")
    assert "--history keeps a clip's session too" in out
    assert not path.exists()


def test_a_sample_in_a_window_recorded(path: Path, tmp_path: Path) -> None:
    clip = SAMPLES / "bridge-hips-low.mp4"
    arguments = ("practice", "bridge", "--history", "--source", clip, "--mute", "--record", tmp_path / "kept")
    with a_display(tmp_path) as display:
        done = started(path, "tests.support.unhurried", math.inf, *arguments, DISPLAY=display.name)
        try:
            until(lambda: session_in(path).ended is not None, "the end")
            display.press("q")
            out, err = done.communicate(timeout=PATIENCE_S)
        finally:
            end(done)
    assert (done.returncode, err) == (0, "")
    assert "most frequent fault: hips-low" in out
    assert "Press your feet down and lift your hips a little higher." in out
    session = kept(path)
    assert [(fault.rule, fault.times) for fault in session.faults] == [("hips-low", 1)]
    assert len(session.holds) >= 2
    (folder,) = (tmp_path / "kept").iterdir()
    again = Session(load_stretch("bridge"))
    for block in Recording(folder / "recording.npz"):
        again.extend(block)
    holds = [one.hold_s for one in again.judgement().holds]
    assert holds == pytest.approx([hold.hold_s for hold in session.holds], abs=1e-6), "what was kept is what was judged"
    assert (folder / "video.mp4").stat().st_size > 10_000


def test_whatever_kills_it_the_finished_holds_are_kept(tmp_path: Path) -> None:
    endings = (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
    clip = SAMPLES / "bridge-good-1.mp4"
    between_holds_s = 9.5
    arguments = (
        "tests.support.unhurried",
        between_holds_s,
        "practice",
        "bridge",
        "--history",
        "--source",
        clip,
        "--no-window",
        "--mute",
    )
    paths = [tmp_path / f"{ending.name}.sqlite" for ending in endings]
    all_at_once = [started(path, *arguments) for path in paths]
    try:
        for ending, path, done in zip(endings, paths, all_at_once, strict=True):
            until(lambda path=path: bool(session_in(path).holds), "the first hold")
            done.send_signal(ending)
        for ending, path, done in zip(endings, paths, all_at_once, strict=True):
            _, err = done.communicate(timeout=PATIENCE_S)
            killed = ending is signal.SIGKILL
            assert (done.returncode, err) == (-signal.SIGKILL if killed else 130, "")
            session = kept(path)
            (hold,) = session.holds
            assert hold.hold_s > 5.0
            assert (session.ended is None) is killed
    finally:
        for done in all_at_once:
            end(done)


def session_in(path: Path) -> SessionDone:
    """The session that another process is doing; an empty one before it has begun."""
    with suppress(OutputError, ValueError):
        return kept(path)
    return SessionDone(0, datetime.now().astimezone())


def end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--source", "missing.mp4"], "missing.mp4: no such file"),
        (["--size", "big"], "give width and height in pixels, such as 1280x720"),
        (["sphinxx"], "unknown stretch 'sphinxx', did you mean"),
        (["sphinx", "--routine", "gentle-back"], "leave out the others"),
        (["--routine", "gentle"], "unknown routine 'gentle'"),
        (["sphinx", "--modification", "none-such"], "unknown modification 'none-such'"),
        (["--camera", "/dev/video77"], "is not there"),
    ],
)
def test_what_makes_no_sense_is_told_before_anybody_lies_down(path: Path, arguments: list[str], words: str) -> None:
    error = run(*arguments, "--no-window", "--mute").exception
    assert isinstance(error, PoseCheckError)
    assert words in str(error)


def test_a_picture_is_no_clip(path: Path, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (64, 64)).save(tmp_path / "still.png")
    error = run("--source", tmp_path / "still.png", "--no-window", "--mute").exception
    assert isinstance(error, UsageError)
    assert "is a picture" in str(error)


def first_word(path: Path, *arguments: str | Path) -> tuple[str, str]:
    """All that was told of a session that was ended once it had begun to speak."""
    process = started(
        path,
        "posecheck",
        "practice",
        *arguments,
        "--history",
        "--source",
        SAMPLES / "bridge-good-1.mp4",
        "--no-window",
        "--mute",
    )
    try:
        assert process.stdout is not None
        said = next((line for line in process.stdout if line[0].isdigit()), "")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
        return said + out, err
    finally:
        end(process)


@pytest.mark.parametrize("lacking", ["locked", "no folder", "newer"])
def test_a_history_that_cannot_be_opened_keeps_nobody_from_practising(tmp_path: Path, lacking: str) -> None:
    path = tmp_path / "history.sqlite"
    with ExitStack() as stack:
        match lacking:
            case "locked":
                stack.enter_context(History(path))
                words = "end that practice first"
            case "no folder":
                path = tmp_path / "a file" / "history.sqlite"
                path.parent.touch()
                words = "check whose folder it is"
            case _:
                History(path).close()
                with closing(sqlite3.connect(path)) as db:
                    db.execute("PRAGMA user_version = 99")
                words = "was made by a newer posecheck"
        said, err = first_word(path, "bridge", "--progress")
    assert "Bridge." in said
    assert words in err
    assert "This session is not in the history." in err


def test_a_damaged_history_is_set_aside_and_practised_into_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = tmp_path / "posecheck" / "history.sqlite"  # where no other program writes
    path.parent.mkdir()
    path.write_bytes(b"no database" * 500)
    said, err = first_word(path, "bridge")
    assert "Bridge." in said
    assert "was damaged" in err
    assert kept(path).ended is not None
    (aside,) = path.parent.glob("history-damaged-*.sqlite")
    assert aside.read_bytes() == b"no database" * 500


def test_a_persons_own_limits_are_practised_by(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    bridge = load_stretch("bridge")
    rule = next(one for one in bridge.rules if one.name == "hips-low")
    assert rule.max is not None
    write_profile("anna", "bridge", {Threshold("hips-low", "max"): rule.max - 5.0}, "a test")
    routine = tmp_path / "mine.toml"
    routine.write_text(
        'schema = 1\nname = "mine"\ntitle = "Mine"\npurpose = "A test."\n[[exercises]]\nstretch = "bridge"\n'
    )
    for planned in (plan(["bridge", "sphinx"], None, [], "anna", None), plan([], str(routine), [], "anna", None)):
        limits = {one.name: one.max for one in planned[0].stretch.rules}
        assert limits == {one.name: one.max for one in bridge.rules} | {"hips-low": rule.max - 5.0}
    own, usual = "bridge: judged by anna's own limits", "sphinx: the profile anna changes no limit; the usual ones hold"
    assert capsys.readouterr().out.splitlines() == [own, usual, own]
    said = run("bridge", "sphinx", "--profile", "anna", "--source", "missing.mp4", "--no-window", "--mute").stdout
    assert said.splitlines() == [own, usual]
    error = run("bridge", "--profile", "bert", "--no-window", "--mute").exception
    assert isinstance(error, PoseCheckError)
    assert "there: anna" in str(error)


def test_progress_says_what_is_aimed_at_and_why(path: Path) -> None:
    result = run("sphinx", "--progress", "--history", "--source", "missing.mp4", "--no-window", "--mute")
    assert result.stdout == "Sphinx: 10 s, the first time: start small and work your way up\n"


def test_a_film_that_cannot_be_completed_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / VIDEO).mkdir()  # a folder in the video's place
    with _filmed(tmp_path, SourceInfo("fake", SourceKind.VIDEO, 64, 48, None, None), {}) as film:
        film.add(0.0, np.zeros((48, 64, 3), np.uint8), [nobody()])
    assert "video.mp4: cannot be written" in capsys.readouterr().err
