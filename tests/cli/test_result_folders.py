"""Which folder an input's results go to, and that nothing of another input, or of an earlier verdict, remains in it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from posecheck.cli.result_folders import places
from tests.cli.command import FILES, run
from tests.support.recordings import one_bridge, write_recording


def clip(path: Path, content: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return str(path)


def result_of(folder: Path, name: str, content: str | None) -> None:
    folder.mkdir(parents=True)
    source = {"name": name}
    if content is not None:
        source["sha256"] = hashlib.sha256(content.encode()).hexdigest()
    (folder / "summary.json").write_text(json.dumps({"source": source}))


def names(inputs: list[str], out: Path) -> list[str]:
    return [place.folder.name for place in places(inputs, out)]


class TestPlaces:
    def test_inputs_of_one_name_get_numbers(self, tmp_path: Path) -> None:
        assert names(["a/x.mp4", "b/x.mov", "X.avi"], tmp_path) == ["x", "x-2", "X-3"]

    def test_a_second_run_replaces_its_own_result_and_no_other(self, tmp_path: Path) -> None:
        monday, other = clip(tmp_path / "monday" / "x.mp4", "monday"), clip(tmp_path / "x.mov", "other")
        out = tmp_path / "out"
        result_of(out / "x", "x.mp4", "monday")
        assert names([monday], out) == ["x"]
        assert names([other], out) == ["x-2"]
        result_of(out / "x-2", "x.mov", "other")
        assert names([other, monday], out) == ["x-2", "x"]

    def test_a_file_of_the_same_name_from_another_folder_is_another_input(self, tmp_path: Path) -> None:
        out = tmp_path / "out"
        result_of(out / "x", "x.mp4", "monday")
        (place,) = places([clip(tmp_path / "friday" / "x.mp4", "friday")], out)
        assert (place.folder, place.kept) == (out / "x-2", out / "x")
        (place,) = places([clip(tmp_path / "moved" / "x.mp4", "monday")], out)
        assert (place.folder, place.kept) == (out / "x", None)

    def test_a_result_from_before_contents_were_kept_goes_by_its_name(self, tmp_path: Path) -> None:
        result_of(tmp_path / "x", "x.mp4", None)
        assert names(["x.mp4"], tmp_path) == ["x"]
        assert names(["x.mov"], tmp_path) == ["x-2"]

    def test_a_recording_is_judged_again_in_its_own_folder_alone(self, tmp_path: Path) -> None:
        result_of(tmp_path / "x", "x.mp4", "monday")
        recording = clip(tmp_path / "x" / "recording.npz", "recording")
        assert names([recording], tmp_path) == ["x"]
        result_of(tmp_path / "out" / "x", "x.mp4", "friday")
        assert names([recording], tmp_path / "out") == ["x-2"]

    def test_no_input_is_written_over(self, tmp_path: Path) -> None:
        annotated = clip(tmp_path / "annotated" / "annotated.mp4", "of an earlier run")
        assert names([annotated], tmp_path) == ["annotated-2"]

    @pytest.mark.parametrize("content", ["", "[]", "{}", '{"source": 3}'])
    def test_a_file_that_is_no_result_does_not_matter(self, content: str, tmp_path: Path) -> None:
        (tmp_path / "x").mkdir()
        (tmp_path / "x" / "summary.json").write_text(content)
        assert names(["x.mp4"], tmp_path) == ["x"]


class TestRuns:
    def test_another_days_clip_keeps_the_result_of_the_first(self, here: Path) -> None:
        inputs = [write_recording(here / day / "x.npz", one_bridge(hold)) for day, hold in (("mon", 2), ("fri", 4))]
        assert "keeps" not in run(inputs[0]).stdout
        said = run(inputs[1]).stdout
        assert f"More in {Path('posecheck-out', 'x-2')}" in said
        assert f"{Path('posecheck-out', 'x')} keeps the result of another file of that name." in said
        before = (here / "posecheck-out" / "x-2" / "summary.json").read_bytes()
        assert run(inputs[1]).code == run(inputs[0]).code == 0
        assert sorted(path.name for path in (here / "posecheck-out").iterdir()) == ["x", "x-2"]
        assert (here / "posecheck-out" / "x-2" / "summary.json").read_bytes() == before

    def test_a_clip_finds_its_result_again_after_its_recording_was_judged(self, bridging: Path, here: Path) -> None:
        out = here / "posecheck-out" / "bridging"
        assert run(bridging, "--end", "0.5", "--no-video").code == 0
        source = json.loads((out / "summary.json").read_text())["source"]
        assert source["sha256"] == hashlib.sha256(bridging.read_bytes()).hexdigest()
        assert run(out / "recording.npz").code == 0
        assert json.loads((out / "summary.json").read_text())["source"] == source
        copy = shutil.copy(bridging, here / "bridging.mp4")
        assert run(copy, "--end", "0.5", "--no-video").code == 0
        assert [path.name for path in (here / "posecheck-out").iterdir()] == ["bridging"]

    @pytest.mark.parametrize("again", [["--no-video"], ["--stretch", "sphinx"]])
    def test_an_older_video_is_kept_by_a_name_that_says_it(self, again: list[str], bridging: Path, here: Path) -> None:
        out = here / "posecheck-out" / "bridging"
        assert run(bridging, "--end", "0.3").code == 0
        assert {path.name for path in out.iterdir()} == FILES | {"annotated.mp4"}
        drawn = (out / "annotated.mp4").read_bytes()
        path = bridging if again == ["--no-video"] else out / "recording.npz"
        done = run(path, "--end", "0.3", *again)
        assert done.code == 0
        assert "annotated.mp4 is now annotated-before.mp4: it shows the earlier verdict." in done.stdout
        assert {path.name for path in out.iterdir()} == FILES | {"annotated-before.mp4"}
        assert (out / "annotated-before.mp4").read_bytes() == drawn

    def test_a_run_that_fails_leaves_all_as_it_was(self, bridging: Path, here: Path) -> None:
        out = here / "posecheck-out" / "bridging"
        assert run(bridging, "--end", "0.3").code == 0
        before = {path.name: path.read_bytes() for path in out.iterdir()}
        assert run(bridging, "--start", "90", "--no-video").code == 3
        assert {path.name: path.read_bytes() for path in out.iterdir()} == before

    def test_pictures_of_somebody_elses_stay(self, recorded: Path, here: Path) -> None:
        """A folder that no run of posecheck has written to."""
        mine = here / "posecheck-out" / "bridge" / "annotated.mp4"
        clip(mine, "mine")
        assert run(recorded).code == 0
        assert mine.read_text() == "mine"
