"""`posecheck analyze` as a person or a program meets it: what is printed and what is written.

Inputs are recordings, which need neither video nor MediaPipe.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.command import FILES, ROOT, posecheck, run
from tests.support.poses import all_fours, bridge, standing
from tests.support.recordings import one_bridge, write_recording
from tests.support.summaries import assert_valid

pytestmark = pytest.mark.usefixtures("here")


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
        assert held == pytest.approx([3.2, 4.2, 5.2], abs=0.2)

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
        assert_valid(summaries)
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
        summary = json.loads(run(clip, *twice, "--json").stdout)
        (segment,) = summary["segments"]
        assert segment["modifications"] == ["small-lift"]  # sore wrists are not a bridge's
        assert summary["warnings"] == ["--modification sore-wrists: belongs to cat-cow, which was not seen."]

    def test_a_part_of_the_clip(self, recorded: Path) -> None:
        summary = json.loads(run(recorded, "--start", "1", "--end", "5", "--json").stdout)
        assert summary["source"]["frames"] == 120
        assert summary["source"]["duration_s"] == pytest.approx(10, abs=0.1)
        (segment,) = summary["segments"]
        assert (segment["start_s"], segment["end_s"]) == (pytest.approx(1.0), pytest.approx(4.967, abs=0.001))

    def test_the_level_of_the_floor(self, recorded: Path) -> None:
        result = run(recorded, "--level", "10", "--json")
        assert any("falls to the right by about 10°" in warning for warning in json.loads(result.stdout)["warnings"])


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
        words = " ".join(posecheck("--help").stdout.split())
        assert "Exit codes: 0 done, 1 something to mend (doctor), 2 usage, 3 input" in words
