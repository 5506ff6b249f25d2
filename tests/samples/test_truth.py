"""The truth of the committed clips: needs neither the studio's extra nor MediaPipe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from posecheck.judging.judgement import judge
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Landmark
from posecheck.sources import open_source
from posecheck.storage.rule_files import load_stretch
from samples.studio.truth import JOINTS, read_truth, true_measures, true_poses

SAMPLES = Path(__file__).parents[2] / "samples"
TRUTHS = sorted(SAMPLES.glob("*.truth.json"))
RULES = ("sphinx", "cat-cow", "bridge")


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.name)
def test_a_truth_fits_its_clip_frame_by_frame(path: Path) -> None:
    truth = read_truth(path)
    with open_source(SAMPLES / truth.clip) as source:
        frames = [(frame.time_s, frame.width_px, frame.height_px) for frame in source]
    assert [frame[1:] for frame in frames] == [(truth.width_px, truth.height_px)] * len(truth.time_s)
    assert [frame[0] for frame in frames] == pytest.approx(truth.time_s.tolist(), abs=0.002)


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.name)
def test_a_truth_is_whole(path: Path) -> None:
    truth = read_truth(path)
    count = len(truth.time_s)
    somebody = truth.near >= 0
    assert np.all(np.diff(truth.time_s) > 0)
    assert truth.joints_px.shape == (count, len(JOINTS), 2)
    assert set(truth.measures) == set(MEASURES)
    for name, values in truth.measures.items():
        assert values.shape == (count,)
        assert np.array_equal(np.isfinite(values), somebody), name
    for mark in truth.marks:
        stretch = load_stretch(mark.stretch)
        names = {rule.name for rule in (*stretch.rules, *stretch.swing_rules)}
        assert 0 <= mark.start_s < mark.end_s <= truth.time_s[-1] + 0.1
        assert mark.label in {"good", *names}
        assert mark.phase in {None, *(phase.name for phase in stretch.phases)}


def test_a_truth_can_be_written_and_read_again(tmp_path: Path) -> None:
    truth = read_truth(SAMPLES / "bridge-good-1.truth.json")
    truth.write(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text() == (SAMPLES / "bridge-good-1.truth.json").read_text()


def test_true_poses_are_the_joints_of_the_picture() -> None:
    truth = read_truth(SAMPLES / "bridge-good-1.truth.json")
    poses = true_poses(truth)
    assert poses.landmarks[:, Landmark.LEFT_HIP, :2] == pytest.approx(
        truth.joints_px[:, JOINTS.index(Landmark.LEFT_HIP)], abs=0.01
    )
    assert np.isnan(poses.landmarks[:, Landmark.LEFT_EYE, 0]).all()


def test_the_ideal_judge_counts_what_the_script_told() -> None:
    truth = read_truth(SAMPLES / "bridge-good-1.truth.json")
    segments = judge(true_measures(truth), [load_stretch("bridge")], chosen=True).segments
    assert [segment.repetitions for segment in segments] == [2]
    assert not segments[0].faults
    for hold, mark in zip(segments[0].holds, truth.marks, strict=True):
        assert hold.start_s == pytest.approx(mark.start_s, abs=1.0)
        assert hold.end_s == pytest.approx(mark.end_s, abs=1.2)


def test_the_ideal_judge_sees_the_fault_set_in_and_end() -> None:
    truth = read_truth(SAMPLES / "bridge-hips-low.truth.json")
    (segment,) = judge(true_measures(truth), [load_stretch("bridge")], chosen=True).segments
    (scorer,) = (mark for mark in truth.marks if mark.label != "good")
    times = [interval for fault in segment.faults for interval in fault.intervals]
    assert times
    assert any(start < scorer.end_s and end > scorer.start_s for start, end in times)


def test_nobody_is_no_measure_at_all() -> None:
    measures = true_measures(read_truth(SAMPLES / "empty-room.truth.json"))
    assert all(np.isnan(values).all() for values in measures.values.values())
