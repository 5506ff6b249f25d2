"""Analysing one input into a folder, with a stand-in for the estimator; real footage is in the evidence."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from posecheck.errors import InputError, ModelError, OutputError
from posecheck.estimators.factory import mediapipe_estimator
from posecheck.judging.summary import Summary
from posecheck.pose.frames import Estimator, SourceInfo, SourceKind
from posecheck.pose.landmarks import Pose
from posecheck.storage.recording import Recording
from posecheck.storage.rule_files import load_stretch
from posecheck.workflows.analyze import FRAMES, RECORDING, SUMMARY, Request
from posecheck.workflows.write_analysis import write_analysis
from tests.support.clips import steady, write_video
from tests.support.fakes import FakeEstimator
from tests.support.poses import all_fours, sphinx
from tests.support.recordings import VERSIONS, one_bridge, write_recording
from tests.support.summaries import assert_valid

REQUEST = Request([load_stretch(name) for name in ("bridge", "cat-cow", "sphinx")], modifications={})
FILES = {RECORDING, FRAMES, SUMMARY}


def seeing(poses: list[Pose]) -> Callable[[SourceKind], tuple[Estimator, Mapping[str, str]]]:
    return lambda kind: (FakeEstimator(poses), VERSIONS)


def never(kind: SourceKind) -> tuple[Estimator, Mapping[str, str]]:
    pytest.fail("no pose needs to be estimated")


def silent(info: SourceInfo, time_s: float) -> None:
    """No progress."""


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A video as long as `one_bridge`, at 10 frames a second, of its size."""
    return write_video(tmp_path / "bridge.mp4", steady(80, fps=10), size=(640, 480))


BRIDGE = one_bridge(hold_s=2.0, fps=10)


def test_a_clip_is_judged_and_its_files_written(clip: Path, tmp_path: Path) -> None:
    told: list[float] = []
    out = tmp_path / "out" / "bridge"
    summary = write_analysis(clip, REQUEST, seeing(BRIDGE), out, lambda info, time_s: told.append(time_s))
    assert_valid(summary)
    assert [segment["stretch"] for segment in summary["segments"]] == ["bridge"]
    assert (summary["source"]["name"], summary["source"]["frames"]) == ("bridge.mp4", 80)
    assert summary["versions"].items() >= VERSIONS.items()
    assert {path.name for path in out.iterdir()} == FILES
    assert json.loads((out / SUMMARY).read_text()) == summary
    assert len(told) == 80
    assert told == sorted(told)


def test_its_recording_gives_the_same(clip: Path, tmp_path: Path) -> None:
    first = write_analysis(clip, REQUEST, seeing(BRIDGE), tmp_path / "a", silent)
    again = write_analysis(tmp_path / "a" / RECORDING, REQUEST, never, tmp_path / "b", silent)
    assert again == first
    assert {path.name for path in (tmp_path / "b").iterdir()} == {FRAMES, SUMMARY}
    for name in (FRAMES, SUMMARY):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(("start_s", "end_s", "frames"), [(2.0, None, 60), (None, 5.0, 50), (2.0, 5.0, 30)])
def test_a_recording_is_cut_as_its_clip_is(
    clip: Path, tmp_path: Path, start_s: float | None, end_s: float | None, frames: int
) -> None:
    write_analysis(clip, REQUEST, seeing(BRIDGE), tmp_path / "a", silent)
    part = replace(REQUEST, start_s=start_s, end_s=end_s)
    seen = BRIDGE[round((start_s or 0.0) * 10) :]
    from_clip = write_analysis(clip, part, seeing(seen), tmp_path / "b", silent)
    from_recording = write_analysis(tmp_path / "a" / RECORDING, part, never, tmp_path / "c", silent)
    assert from_clip["source"]["frames"] == frames
    assert from_recording == from_clip


def test_a_still(tmp_path: Path) -> None:
    picture = tmp_path / "cat.png"
    Image.new("RGB", (640, 480)).save(picture)
    cat = all_fours(spine_flexion=90)
    asked: list[SourceKind] = []

    def estimator(kind: SourceKind) -> tuple[Estimator, Mapping[str, str]]:
        asked.append(kind)
        return FakeEstimator([cat]), VERSIONS

    # A time on a still has no meaning, in a recording of it neither.
    request = replace(REQUEST, start_s=3.0)
    summary = write_analysis(picture, request, estimator, tmp_path / "a", silent)
    assert_valid(summary)
    assert asked == [SourceKind.STILL]
    assert summary["still"]["verdict"] == "good"
    assert write_analysis(tmp_path / "a" / RECORDING, request, never, tmp_path / "b", silent) == summary


def test_the_floor_is_where_it_is_said_to_be(tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "r.npz", [sphinx()])
    levels = [None, 0.0, 10.0]
    pitches = []
    for level_deg in levels:
        summary = write_analysis(recording, replace(REQUEST, level_deg=level_deg), never, tmp_path / "out", silent)
        pitches.append(summary["measures"]["trunk_pitch"]["median"])
    assert pitches[1] == pytest.approx(pitches[0], abs=3)
    assert abs(pitches[2] - pitches[1]) == pytest.approx(10, abs=1)


def test_a_bad_input_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        write_analysis(tmp_path / "x.mp4", REQUEST, never, tmp_path / "out", silent)
    assert list(tmp_path.iterdir()) == []


def test_no_frame_in_the_time_asked_for(clip: Path, tmp_path: Path) -> None:
    late = replace(REQUEST, start_s=100.0)
    recording = write_recording(tmp_path / "r.npz", one_bridge())
    for source in (clip, recording):
        with pytest.raises(InputError, match="no frame between --start and --end"):
            write_analysis(source, late, never, tmp_path / "out", silent)
    assert not (tmp_path / "out").exists()


def test_without_a_model_no_folder_is_made(clip: Path, tmp_path: Path) -> None:
    def none(kind: SourceKind) -> tuple[Estimator, Mapping[str, str]]:
        raise ModelError("no model")

    with pytest.raises(ModelError):
        write_analysis(clip, REQUEST, none, tmp_path / "out", silent)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_broken_off_nothing_half_written_remains(clip: Path, tmp_path: Path, error: type[BaseException]) -> None:
    def broken_off(info: SourceInfo, time_s: float) -> None:
        if time_s > 4.0:
            raise error

    with pytest.raises(error):
        write_analysis(clip, REQUEST, seeing(BRIDGE), tmp_path / "new" / "bridge", broken_off)
    assert not (tmp_path / "new").exists()
    old = tmp_path / "old"
    before = write_analysis(clip, REQUEST, seeing(BRIDGE), old, silent)
    contents = {path.name: path.read_bytes() for path in old.iterdir()}
    with pytest.raises(error):
        write_analysis(clip, REQUEST, seeing([sphinx()] * 80), old, broken_off)
    assert {path.name: path.read_bytes() for path in old.iterdir()} == contents
    assert json.loads(contents[SUMMARY]) == before


def test_where_nothing_can_be_written(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    recording = write_recording(tmp_path / "r.npz", one_bridge())
    for source in (clip, recording):
        with pytest.raises(OutputError, match="name another"):
            write_analysis(source, REQUEST, seeing(BRIDGE), tmp_path / "out", silent)
    assert (tmp_path / "out").read_text() == "a file"


def test_the_estimator_says_what_it_is_made_of(clip: Path, tmp_path: Path) -> None:
    """With the real MediaPipe: about 2 s."""
    from posecheck.estimators.model import find_model

    part = replace(REQUEST, end_s=0.5)
    summary: Summary = write_analysis(
        clip, part, lambda kind: mediapipe_estimator(lambda: find_model(None), kind), tmp_path / "out", silent
    )
    assert_valid(summary)
    assert summary["versions"].keys() == {"posecheck", "mediapipe", "model"}
    assert summary["coverage"]["person"] == 0
    assert Recording(tmp_path / "out" / RECORDING).header.versions["model"].startswith("pose_landmarker")
