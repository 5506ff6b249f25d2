"""`posecheck analyze` as a process: Ctrl-C, pipes, a screen, and MediaPipe on real pictures.

A test that runs MediaPipe takes 2 s or more and shows it by the fixture `bridging` or `film`.
"""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from posecheck.storage.recording import Recording
from tests.cli.command import FILES, leftovers, posecheck, shown_until_closed
from tests.support.patience import PATIENCE_S, until
from tests.support.shared_data import real_footage
from tests.support.summaries import assert_valid

pytestmark = pytest.mark.usefixtures("here")


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
        until(lambda: process.poll() is not None or any(path.stat().st_size for path in leftovers(out / "long")))
        assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=PATIENCE_S)
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
        text = shown_until_closed(leader).decode()
        assert process.wait() == 0
        assert "bridging.mp4 \x1b" in text
        assert "x real time" in text
        assert "\x1b[2K" in text  # the bar is taken away again
        assert text.index("x real time") < text.index("1 repetition")
