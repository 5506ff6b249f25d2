"""`posecheck analyze` as a person or a program meets it: exit codes, what is printed and what is written.

Most inputs are recordings, which need neither video nor MediaPipe. A test that runs MediaPipe takes 2 s or more and
shows it by the fixture `bridging` or `film`.
"""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from posecheck.cli import main
from posecheck.recording import Recording
from tests.clips import steady, write_sound, write_video
from tests.poses import all_fours, bridge, standing
from tests.recordings import one_bridge, write_recording
from tests.shared_data import real_footage
from tests.summaries import assert_valid

ROOT = Path(__file__).parents[2]
FILES = {"summary.json", "frames.csv", "recording.npz"}


@pytest.fixture(autouse=True)
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
    return write_recording(here / "bridge.npz", one_bridge())


@pytest.fixture
def bridging() -> Path:
    """A real clip of 3 s, which costs about 3 s."""
    return real_footage() / "bridging.mp4"


@pytest.fixture
def film(here: Path) -> Path:
    """A minute of nobody, for MediaPipe: to be broken off."""
    return write_video(here / "long.mp4", steady(1800))


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
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)


def failed(code: int, *arguments: str | Path) -> str:
    """What stderr says when the command must fail with this code and print nothing else."""
    done = run(*arguments)
    assert (done.code, done.stdout) == (code, "")
    return done.stderr


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix == ".part"]


class TestResults:
    def test_files_and_table(self, recorded: Path, here: Path) -> None:
        result = run(recorded)
        assert result.code == 0
        out = here / "posecheck-out" / "bridge"
        assert {path.name for path in out.iterdir()} == {"summary.json", "frames.csv"}  # it is a recording itself
        assert "bridge  0:00.0 to 0:10.0  1 repetition" in result.stdout
        assert "No fault was seen." in result.stdout
        assert f"More in {Path('posecheck-out', 'bridge')}" in result.stdout
        assert result.stderr == ""

    def test_out(self, recorded: Path, here: Path) -> None:
        assert run(recorded, "--out", "a/b").code == 0
        assert (here / "a" / "b" / "bridge" / "summary.json").is_file()

    def test_a_recording_is_named_after_its_folder(self, here: Path) -> None:
        write_recording(here / "posecheck-out" / "monday" / "recording.npz", one_bridge())
        assert run("posecheck-out/monday/recording.npz").code == 0
        assert {path.name for path in (here / "posecheck-out" / "monday").iterdir()} == FILES
        os.chdir(here / "posecheck-out" / "monday")
        assert run("recording.npz").code == 0
        assert Path("posecheck-out", "recording", "summary.json").is_file()

    def test_inputs_of_one_name_keep_apart(self, here: Path) -> None:
        inputs = [write_recording(here / f"{folder}/x.npz", one_bridge(hold)) for folder, hold in (("a", 2), ("b", 3))]
        inputs.append(write_recording(here / "X.npz", one_bridge(4)))  # the same on some file systems
        assert run(*inputs, "--json").code == 0
        held = []
        for name in ("x", "x-2", "X-3"):
            summary = json.loads((here / "posecheck-out" / name / "summary.json").read_text())
            held.append(summary["segments"][0]["holds"][0]["hold_s"])
        assert held == pytest.approx([2.9, 3.9, 4.9], abs=0.2)

    def test_a_name_of_dots_stays_in_the_folder(self, here: Path) -> None:
        write_recording(here / "...npz", one_bridge())
        assert run("...npz").code == 0
        assert [path.name for path in (here / "posecheck-out").iterdir()] == ["...npz"]

    def test_a_path_that_looks_like_an_option(self, here: Path) -> None:
        write_recording(here / "-x.npz", one_bridge())
        assert run("--json", "--", "-x.npz").code == 0

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
    def test_a_name_that_is_no_text(self, here: Path) -> None:
        write_recording(here / os.fsdecode(b"a\xffb.npz"), one_bridge(), name=os.fsdecode(b"a\xffb.mp4"))
        done = posecheck("analyze", os.fsdecode(b"a\xffb.npz"), "--json")
        assert done.returncode == 0
        assert json.loads(done.stdout)["source"]["name"] == "a?b.mp4"
        assert posecheck("analyze", os.fsdecode(b"a\xffb.npz")).stdout.startswith("a?b.mp4")

    def test_quiet(self, recorded: Path, here: Path) -> None:
        result = run(recorded, "--quiet")
        assert (result.code, result.stdout, result.stderr) == (0, "", "")
        assert (here / "posecheck-out" / "bridge" / "summary.json").is_file()
        assert run("nothing.mp4", "-q").stderr == "posecheck: nothing.mp4: no such file; check the path\n"

    def test_several_tables(self, recorded: Path, here: Path) -> None:
        still = write_recording(here / "cat.npz", [all_fours(spine_flexion=90)], name="cat.jpg")
        lines = run(recorded, still).stdout.splitlines()
        assert "cat.jpg" in lines
        assert "good  Cat-cow in good form." in lines


class TestJson:
    def test_one_input_is_an_object(self, recorded: Path, here: Path) -> None:
        result = run(recorded, "--json")
        summary = json.loads(result.stdout)
        assert_valid(summary)
        assert summary == json.loads((here / "posecheck-out" / "bridge" / "summary.json").read_text())
        assert result.stderr == ""

    def test_several_are_an_array_in_order_and_failures_do_not_stop_it(self, recorded: Path, here: Path) -> None:
        (here / "empty.mp4").touch()
        still = write_recording(here / "up.npz", [standing()], name="up.jpg")
        result = run(still, "empty.mp4", recorded, "gone.mp4", "--json")
        assert result.code == 3
        summaries = json.loads(result.stdout)
        for summary in summaries:
            assert_valid(summary)
        assert [one["source"]["name"] for one in summaries] == ["up.jpg", "empty.mp4", "drawn.mp4", "gone.mp4"]
        assert summaries[1] == {
            "source": {"name": "empty.mp4"},
            "error": {"code": 3, "message": "empty.mp4: is empty; copy or record it again"},
        }
        assert len(result.stderr.splitlines()) == 2

    def test_one_failed_input_is_an_error_object(self) -> None:
        result = run("gone.mp4", "--json")
        assert result.code == 3
        assert_valid(json.loads(result.stdout))
        assert json.loads(result.stdout)["error"]["code"] == 3

    def test_it_is_utf_8_whatever_the_terminal_is(self, here: Path) -> None:
        write_recording(here / "x.npz", one_bridge(), warnings=["brücke 5°"])
        command = [sys.executable, "-m", "posecheck", "analyze", "x.npz"]
        environment = os.environ | {"PYTHONIOENCODING": "ascii"}
        printed = subprocess.run([*command, "--json"], capture_output=True, check=True, env=environment).stdout
        assert json.loads(printed.decode("utf-8"))["warnings"] == ["brücke 5°"]
        table = subprocess.run(command, capture_output=True, check=True, env=environment).stdout
        assert b"br?cke 5?" in table


class TestOptions:
    def test_a_stretch_by_name_other_name_and_file(self, recorded: Path, here: Path) -> None:
        rules = (ROOT / "reference_poses" / "bridge.toml").read_text(encoding="utf-8")
        (here / "mine.toml").write_text(rules.replace('name = "bridge"', 'name = "mine"'), encoding="utf-8")
        for wanted, name in (
            ("bridge", "bridge"),
            ("Glute Bridge", "bridge"),
            ("mine.toml", "mine"),
            ("auto", "bridge"),
        ):
            summary = json.loads(run(recorded, "--stretch", wanted, "--json").stdout)
            assert [segment["stretch"] for segment in summary["segments"]] == [name], wanted
        assert json.loads(run(recorded, "--stretch", "sphinx", "--json").stdout)["segments"] == []

    def test_a_modification_changes_the_verdict_and_is_named(self, here: Path) -> None:
        low = write_recording(here / "low.npz", [bridge(lift=14, knee_flexion=120)])
        args: Sequence[str | Path] = (low, "--stretch", "bridge", "--json")
        assert json.loads(run(*args).stdout)["still"]["verdict"] == "fault"
        assert json.loads(run(*args, "--modification", "small-lift").stdout)["still"]["verdict"] == "good"
        clip = write_recording(here / "clip.npz", one_bridge())
        twice = ["--modification", "small-lift", "--modification", "sore-wrists", "--modification", "small-lift"]
        (segment,) = json.loads(run(clip, *twice, "--json").stdout)["segments"]
        assert segment["modifications"] == ["small-lift"]  # sore wrists are not a bridge's

    def test_a_part_of_the_clip(self, recorded: Path) -> None:
        summary = json.loads(run(recorded, "--start", "1", "--end", "5", "--json").stdout)
        assert summary["source"]["frames"] == 120
        assert summary["source"]["duration_s"] == pytest.approx(10, abs=0.1)
        (segment,) = summary["segments"]
        assert (segment["start_s"], segment["end_s"]) == (pytest.approx(1.0), pytest.approx(4.967, abs=0.001))

    def test_the_level_of_the_floor(self, recorded: Path) -> None:
        result = run(recorded, "--level", "10", "--json")
        assert any("falls to the right by about 10°" in warning for warning in json.loads(result.stdout)["warnings"])


class TestUsage:
    """Exit code 2."""

    @pytest.mark.parametrize(
        "arguments",
        [
            (),
            ("x.npz", "--bogus"),
            ("x.npz", "--start", "soon"),
            ("x.npz", "--level", "100"),
            ("x.npz", "--start", "2", "--end", "1"),
            ("x.npz", "--start", "-1"),
            ("x.npz", "--end", "0"),
            ("x.npz", "--start", "nan"),
            ("x.npz", "--start", "inf"),
            ("x.npz", "--modification", "nonsense"),
            ("x.npz", "--stretch", "bridge", "--modification", "sore-wrists"),
        ],
        ids=" ".join,
    )
    def test_what_makes_no_sense(self, arguments: tuple[str, ...]) -> None:
        assert failed(2, *arguments)

    def test_the_modifications_there_are_are_named(self) -> None:
        message = failed(2, "x.npz", "--stretch", "bridge", "--modification", "x")
        assert "posecheck: unknown modification 'x', known: " in message
        assert "single-leg, small-lift" in message


class TestInputs:
    """Exit code 3, one line each."""

    @pytest.mark.parametrize("kind", ["missing", "folder", "empty", "text", "sound", "cut picture", "cut recording"])
    def test_what_cannot_be_analysed(self, here: Path, kind: str) -> None:
        path = here / "input.mp4"
        if kind == "folder":
            path.mkdir()
        elif kind == "empty":
            path.touch()
        elif kind == "text":
            path.write_text("Not a video at all.\n" * 100)
        elif kind == "sound":
            write_sound(path)
        elif kind == "cut picture":
            picture = io.BytesIO()
            Image.effect_noise((200, 200), 50).save(picture, "png")
            path.write_bytes(picture.getvalue()[:500])
        elif kind == "cut recording":
            write_recording(path, one_bridge())
            path.write_bytes(path.read_bytes()[:-200])
        message = failed(3, "input.mp4")
        assert message.startswith("posecheck: input.mp4: ")
        assert len(message.splitlines()) == 1
        assert not (here / "posecheck-out").exists()

    def test_no_frame_in_the_time_asked_for(self, recorded: Path) -> None:
        assert "no frame between --start and --end" in failed(3, recorded, "--start", "1000")

    def test_results_that_cannot_be_written(self, recorded: Path, here: Path) -> None:
        (here / "taken").write_text("mine")
        message = failed(3, recorded, "--out", "taken")
        assert message.startswith(f"posecheck: {Path('taken', 'bridge', 'frames.csv')}: cannot be written (")
        assert "name another" in message
        assert len(message.splitlines()) == 1
        assert (here / "taken").read_text() == "mine"


class TestModel:
    """Exit code 4."""

    def test_a_model_that_is_not_there(self, recorded: Path, here: Path) -> None:
        write_video(here / "a.mp4", steady(10))
        message = "--model no.task: no such file; name a pose landmarker bundle (.task)"
        assert failed(4, "a.mp4", "--model", "no.task") == f"posecheck: {message}\n"
        result = run("a.mp4", recorded, "a.mp4", "--model", "no.task", "--json")
        assert result.code == 4
        first, second, third = json.loads(result.stdout)
        assert_valid(first)
        assert first == third == {"source": {"name": "a.mp4"}, "error": {"code": 4, "message": message}}
        assert second["segments"]  # a recording needs no model
        assert sorted(path.name for path in (here / "posecheck-out").iterdir()) == ["bridge"]

    def test_a_file_that_is_no_model(self, here: Path) -> None:
        write_video(here / "a.mp4", steady(10))
        (here / "x.task").write_text("no")
        assert "x.task: is no pose landmarker bundle" in failed(4, "a.mp4", "--model", "x.task")


class TestRules:
    """Exit code 5."""

    FAULTY = 'schema = 1\nname = "mine"\nnonsense = 3\n\n[hold]\ntarget_s = -1\n'

    def test_all_problems_of_a_file_are_said_at_once(self, recorded: Path, here: Path) -> None:
        (here / "faulty.toml").write_text(self.FAULTY)
        lines = failed(5, recorded, "--stretch", "faulty.toml").splitlines()
        assert len(lines) > 2
        assert all(line.startswith("posecheck: faulty.toml:") for line in lines)
        assert any("faulty.toml:3: nonsense: " in line for line in lines)
        assert any("faulty.toml:6: hold.target_s: " in line for line in lines)

    def test_an_unknown_stretch(self, recorded: Path) -> None:
        message = failed(5, recorded, "--stretch", "brigde")
        assert message.startswith("posecheck: unknown stretch 'brigde', ")
        assert "bridge" in message

    def test_a_missing_file(self, recorded: Path) -> None:
        assert "gone.toml" in failed(5, recorded, "--stretch", "gone.toml")

    def test_auto_does_not_pass_over_a_faulty_file_of_ones_own(self, recorded: Path, here: Path) -> None:
        (here.parent / "own" / "bridge.toml").write_text(self.FAULTY)
        assert "bridge.toml:3: nonsense" in failed(5, recorded)
        assert run(recorded, "--stretch", "sphinx").code == 0


class TestDebug:
    def test_a_traceback_and_the_same_exit_code(self, recorded: Path) -> None:
        for arguments, code in ((("gone.mp4",), 3), ((recorded, "--stretch", "x"), 5)):
            done = posecheck("--debug", "analyze", *arguments)
            assert done.returncode == code
            assert "Traceback (most recent call last)" in done.stderr
            assert "posecheck: " in done.stderr.splitlines()[-1]


class TestInterrupted:
    def test_what_is_finished_is_kept_and_printed(self, recorded: Path, film: Path, here: Path) -> None:
        for extra in ([], ["--json"]):
            out = here / f"out{len(extra)}"
            done = self.interrupt([recorded, film, recorded], out, extra)
            assert done.returncode == 130
            assert done.stderr == "posecheck: interrupted; 1 of 3 inputs are finished\n"
            assert [path.name for path in out.iterdir()] == ["bridge"]
            assert {path.name for path in (out / "bridge").iterdir()} == {"summary.json", "frames.csv"}
            if extra:
                (summary,) = json.loads(done.stdout)
                assert_valid(summary)
            else:
                assert "1 repetition" in done.stdout

    def test_with_nothing_finished_nothing_remains(self, film: Path, here: Path) -> None:
        done = self.interrupt([film], here / "out", ["--json"])
        assert (done.returncode, done.stdout) == (130, "")
        assert not (here / "out").exists()

    def test_an_older_result_stays(self, film: Path, here: Path) -> None:
        older = here / "out" / "long"
        older.mkdir(parents=True)
        for name in FILES:
            (older / name).write_text("older")
        assert self.interrupt([film], here / "out", []).returncode == 130
        assert {path.name: path.read_text() for path in older.iterdir()} == dict.fromkeys(FILES, "older")

    def interrupt(self, inputs: list[Path], out: Path, extra: list[str]) -> subprocess.CompletedProcess[str]:
        """Ctrl-C while the film is analysed: when some of its recording has been written."""
        command = [sys.executable, "-m", "posecheck", "analyze", *map(str, inputs), "--out", str(out), *extra]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        limit = time.monotonic() + 60
        while not any(path.stat().st_size > 0 for path in leftovers(out / "long")):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < limit
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
        assert leftovers(out) == []
        return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)


class TestPipes:
    def test_a_pipe_that_is_closed_early(self, recorded: Path) -> None:
        for extra in ("", "--json"):
            command = f'"{sys.executable}" -m posecheck analyze {recorded} {recorded} {extra} | head -n 1'
            done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
            assert len(done.stdout.splitlines()) == 1
            assert done.stderr == ""

    def test_nobody_reads_at_all(self, recorded: Path) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, "-m", "posecheck", "analyze", str(recorded)]
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
        os.close(writing)
        assert (done.returncode, done.stderr) == (1, "")

    def test_without_stdout(self, recorded: Path, here: Path) -> None:
        command = f'"{sys.executable}" -m posecheck analyze {recorded} >&-'
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        assert (here / "posecheck-out" / "bridge" / "summary.json").is_file()


class TestMediaPipe:
    """Real pictures, real model."""

    def test_a_clip_prints_its_table_and_no_chatter(self, bridging: Path, here: Path) -> None:
        done = posecheck("analyze", bridging, "--no-video")
        assert (done.returncode, done.stderr) == (0, "")
        assert "\x1b" not in done.stdout
        assert "1 repetition" in done.stdout
        out = here / "posecheck-out" / "bridging"
        assert {path.name for path in out.iterdir()} == FILES
        assert leftovers(here) == []
        summary = json.loads((out / "summary.json").read_text())
        assert_valid(summary)
        assert summary["source"]["frames"] == 91
        assert len(list(Recording(out / "recording.npz"))) == 1

        first = (out / "frames.csv").read_bytes()
        again = posecheck("analyze", out / "recording.npz", "--json", "--out", here / "again")
        assert json.loads(again.stdout) == summary
        assert (here / "again" / "bridging" / "frames.csv").read_bytes() == first

    def test_a_still(self, here: Path) -> None:
        photo = real_footage() / "photos" / "Cat_Stretch_0.jpg"
        done = posecheck("analyze", photo, "--json", "--no-video")
        assert done.returncode == 0
        summary = json.loads(done.stdout)
        assert_valid(summary)
        assert summary["source"]["kind"] == "still"
        still = summary["still"]
        assert (still["stretch"], still["phase"], still["verdict"]) == ("cat-cow", "neutral", "ready")

    @pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal")
    def test_a_screen_shows_progress_and_then_only_the_table(self, bridging: Path) -> None:
        leader, follower = pty.openpty()
        environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
        command = [sys.executable, "-m", "posecheck", "analyze", str(bridging), "--no-video"]
        process = subprocess.Popen(command, stdout=follower, stderr=follower, env=environment)
        os.close(follower)
        shown = b""
        while True:
            try:
                shown += os.read(leader, 65536)
            except OSError:  # the other end is closed
                break
        os.close(leader)
        assert process.wait() == 0
        text = shown.decode()
        assert "bridging.mp4 \x1b" in text
        assert "x real time" in text
        assert "\x1b[2K" in text  # the bar is taken away again
        assert text.index("x real time") < text.index("1 repetition")


class TestHelp:
    def test_it_fits_and_shows_examples_one_a_line(self) -> None:
        text = posecheck("analyze", "--help").stdout
        assert all(len(line) <= 80 for line in text.splitlines())
        for example in (
            "    posecheck analyze bridge.mp4\n",
            "    posecheck analyze posecheck-out/bridge/recording.npz --stretch mine.toml\n",
        ):
            assert example in text

    def test_the_exit_codes_are_told(self) -> None:
        assert "Exit codes: 0 done, 2 usage, 3 input" in " ".join(posecheck("--help").stdout.split())
