"""What `posecheck analyze` says and exits with when it cannot do what is asked."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.command import failed, posecheck, run
from tests.support.clips import steady, write_sound, write_video
from tests.support.recordings import one_bridge, write_recording
from tests.support.summaries import assert_valid

pytestmark = pytest.mark.usefixtures("here")


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
