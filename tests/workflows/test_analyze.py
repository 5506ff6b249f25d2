"""Judging one input as a whole, for other programs: nothing is written."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from posecheck.errors import InputError, RuleFileError, UsageError
from posecheck.judging.still import StillVerdict
from posecheck.pose.frames import SourceInfo, SourceKind
from posecheck.pose.from_arrays import poses_from_arrays
from posecheck.pose.landmarks import Poses
from posecheck.storage.recording import Recording, RecordingWriter
from posecheck.storage.rule_files import OWN_FOLDER_VARIABLE, load_stretch, shipped_folder
from posecheck.workflows.analyze import FRAMES, SUMMARY, Request, analyze
from posecheck.workflows.write_analysis import write_analysis
from tests.support.poses import all_fours, clip
from tests.support.recordings import one_bridge, write_recording

RECORDINGS = Path(__file__).parents[2] / "samples" / "recordings"
LOW_HIPS = RECORDINGS / "bridge-hips-low-amara.npz"
CAT_COW = RECORDINGS / "cat-cow-good-1-mina.npz"


@pytest.mark.parametrize("recording", [LOW_HIPS, CAT_COW], ids=lambda path: path.stem)
def test_it_says_what_the_command_writes(recording: Path, tmp_path: Path) -> None:
    name = "bridge" if recording is LOW_HIPS else "cat-cow"
    result = analyze(recording, name)

    def never(kind: SourceKind):
        pytest.fail("no pose needs to be estimated")

    request = Request(load_stretch(name), {name: []})
    write_analysis(recording, request, never, tmp_path, lambda info, time_s: None)
    assert json.loads((tmp_path / SUMMARY).read_text()) == result.summary
    with (tmp_path / FRAMES).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(result.frames)
    for column, values in result.frames.items():
        written = [row[column] for row in rows]
        if values.dtype.kind == "U":
            assert values.tolist() == written, column
        else:
            numbers = [float(text) if text else math.nan for text in written]
            np.testing.assert_allclose(values, numbers, atol=0.0501, err_msg=column)


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    recording = write_recording(tmp_path / "recording.npz", one_bridge())
    before = recording.read_bytes()
    analyze("recording.npz")
    assert list(tmp_path.iterdir()) == [recording]
    assert recording.read_bytes() == before


def test_the_frames_agree_with_the_holds() -> None:
    result = analyze(LOW_HIPS, "bridge")
    frames = result.frames
    held_s = np.diff(frames["time_s"])[frames["state"][:-1] == "holding"].sum()
    assert len(result.holds) > 1
    assert held_s == pytest.approx(sum(hold.hold_s for hold in result.holds))
    assert result.holds == result.judgement.holds
    assert "hips-low" in frames["faults"]


def test_a_stretch_by_name_file_or_itself() -> None:
    bridge = load_stretch("bridge")
    forms = ["bridge", shipped_folder() / "bridge.toml", str(shipped_folder() / "bridge.toml"), bridge]
    summaries = [analyze(LOW_HIPS, form).summary for form in forms]
    assert all(summary == summaries[0] for summary in summaries[1:])


def test_of_several_the_one_that_is_done_is_recognised() -> None:
    for stretches in (None, ["sphinx", load_stretch("bridge")]):
        assert {segment.stretch.name for segment in analyze(LOW_HIPS, stretches).judgement.segments} == {"bridge"}
    assert analyze(LOW_HIPS, ["sphinx"]).judgement.segments == ()
    with pytest.raises(UsageError, match="no stretch to judge by"):
        analyze(LOW_HIPS, [])
    with pytest.raises(RuleFileError, match="unknown stretch 'brigde', did you mean"):
        analyze(LOW_HIPS, "brigde")


def test_a_faulty_file_of_ones_own_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text('name = "mine"\n')
    monkeypatch.setenv(OWN_FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(RuleFileError, match=r"mine\.toml"):
        analyze(LOW_HIPS)
    assert analyze(LOW_HIPS, "bridge").holds


def test_modifications() -> None:
    result = analyze(CAT_COW, "cat-cow", modifications=["sore-wrists"])
    assert result.summary["segments"][0]["modifications"] == ["sore-wrists"]
    with pytest.raises(UsageError, match="unknown modification 'sore-toes', known: "):
        analyze(CAT_COW, modifications=["sore-toes"])


def test_a_part_of_a_recording_and_of_poses() -> None:
    parts = [analyze(source, "bridge", start_s=2.0, end_s=6.0) for source in (LOW_HIPS, whole(LOW_HIPS))]
    for part in parts:
        assert (part.frames["time_s"].min(), part.frames["time_s"].max()) == pytest.approx((2.0, 6.0), abs=0.1)
    assert parts[0].holds == parts[1].holds
    for source in (LOW_HIPS, whole(LOW_HIPS)):
        with pytest.raises(InputError, match="no frame between"):
            analyze(source, start_s=1000.0)


def test_what_has_no_picture_cannot_be_turned() -> None:
    with pytest.raises(InputError, match="without pictures to turn"):
        analyze(LOW_HIPS, mirrored=True)
    with pytest.raises(UsageError, match="no picture to turn"):
        analyze(whole(LOW_HIPS), rotate_deg=90)


def whole(recording: Path) -> Poses:
    return Poses.concatenate(Recording(recording))


def test_poses_are_judged_as_their_recording_is() -> None:
    given, recorded = analyze(whole(LOW_HIPS)), analyze(LOW_HIPS)
    for part in ("segments", "states", "measures", "coverage", "warnings"):
        assert given.summary[part] == recorded.summary[part]
    assert given.header.source.name == "poses"


def test_poses_without_an_outline_are_a_warning() -> None:
    poses = whole(CAT_COW)
    poses.outline[:] = np.nan
    (warning, *_) = analyze(poses, "cat-cow").summary["warnings"]
    assert "no outline of the body, so the curve of the back (spine_flexion) is not known" in warning


def test_poses_that_do_not_say_which_side_is_near_are_a_warning() -> None:
    poses = whole(LOW_HIPS)
    assert analyze(poses, "bridge").summary["warnings"] == []
    blind = poses_from_arrays(poses.time_s, poses.landmarks[..., :2], poses.width_px, poses.height_px)
    warnings = analyze(blind, "bridge").summary["warnings"]
    assert ["right side is taken for the near one" in warning for warning in warnings] == [False, True]


def test_a_picture_by_its_path_with_mediapipe() -> None:
    """Seen from the feet, which cannot be judged. About 2 s."""
    picture = Path(__file__).parents[1] / "pictures" / "all-fours-feet-first.jpg"
    result = analyze(str(picture), who="largest")
    assert result.still.verdict is StillVerdict.UNJUDGEABLE
    assert "Your feet point at the camera" in result.still.reason
    assert result.header.versions["mediapipe"]
    with pytest.raises(UsageError, match="give left, right, largest, or a number"):
        analyze(picture, who=0)


def test_a_picture_has_no_holds() -> None:
    result = analyze(Poses.stack([all_fours(spine_flexion=90)]))
    assert result.still.verdict is StillVerdict.GOOD
    assert result.holds == ()
    assert result.frames["phase"].tolist() == ["cat"]
    with pytest.raises(ValueError, match=r"read \.still"):
        _ = result.judgement
    with pytest.raises(ValueError, match=r"read \.judgement"):
        _ = analyze(Poses.stack(clip((1.0, all_fours()), fps=4))).still


def test_all_poses_can_be_had_on_the_way(tmp_path: Path) -> None:
    blocks: list[Poses] = []
    reached: list[float] = []

    def progress(info: SourceInfo, time_s: float) -> None:
        assert info.kind is SourceKind.VIDEO
        reached.append(time_s)

    analyze(LOW_HIPS, on_poses=blocks.append, progress=progress)
    np.testing.assert_array_equal(Poses.concatenate(blocks).landmarks, whole(LOW_HIPS).landmarks)
    assert reached == sorted(reached)
    with RecordingWriter(tmp_path / "again.npz") as writer:
        result = analyze(LOW_HIPS, on_poses=writer.write)
        writer.finish(result.header)
    assert analyze(tmp_path / "again.npz").holds == result.holds
