"""The figures of accuracy on drawn clips whose truth is made up: no video, no MediaPipe."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.cases import Case, is_negative, load_case, repetitions
from benchmarks.accuracy.figures import Figure, angle, counts, fault, figures, hold_times, matched, negatives, shared_s
from benchmarks.evidence.accuracy import deviations, saved
from posecheck.judging.holds import Hold
from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.measurer import measure
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Pose, Poses
from posecheck.storage.rule_files import load_stretch
from samples.studio.truth import JOINTS, Marked, Truth
from tests.support.poses import all_fours, bridge, clip, lying_bent_knees, nobody
from tests.support.recordings import write_recording

STRETCHES = {name: load_stretch(name) for name in ("bridge", "cat-cow")}


def sinking(onset_s: float = 4.0) -> list[Pose]:
    """A bridge whose hips are low from `onset_s` on, for 3 s."""
    return clip((1.0, lying_bent_knees()), (onset_s - 1.0, bridge()), (3.0, bridge(lift=14.0)), (1.0, bridge()))


def case(true: Sequence[Pose], seen: Sequence[Pose], *marks: Marked, off_side_on_deg: float = 0.0) -> Case:
    """What posecheck saw as `seen` and is `true`."""
    poses = Poses.stack(list(true))
    measured = measure(poses)
    support = STRETCHES[marks[0].stretch].support if marks else FloorContacts.LEVEL
    truth = Truth(
        clip="made.mp4", width_px=poses.width_px, height_px=poses.height_px, roll_deg=0.0,
        off_side_on_deg=off_side_on_deg, time_s=poses.time_s, joints_px=poses.landmarks[:, JOINTS, :2].astype(float),
        near=measured.view.near, measures={name: measured.get(name, support) for name in MEASURES}, marks=marks,
    )  # fmt: skip
    return Case("made", truth, measure(Poses.stack(list(seen))), STRETCHES, {"bridge": 1})


BRIDGE = (Marked(1.0, 4.0, "bridge", None, "good"), Marked(4.0, 7.0, "bridge", None, "hips-low"))


def test_who_sees_the_truth_meets_every_goal() -> None:
    every = figures([case(sinking(), sinking(), *BRIDGE)])
    judged = [one for one in every if one.met is not None and "spine" not in one.name]
    assert [one.name for one in judged if not one.met] == []
    assert {"landmarks found", "bridge, hips-low", "stretch recognised in auto"} <= {one.name for one in judged}


def test_a_measure_that_is_off_is_told_with_its_bias() -> None:
    true, seen = clip((3.0, bridge(lift=30.0))), clip((3.0, bridge(lift=36.0)))
    figure = angle([case(true, seen, BRIDGE[0])], "trunk_pitch", 3.0)
    assert not figure.met
    assert figure.clips["made"] == pytest.approx(6.0, abs=0.5)
    assert "bias -6." in figure.value or "bias -5." in figure.value


def test_a_fault_seen_late_costs_recall_and_delay() -> None:
    figure = fault([case(sinking(4.0), sinking(4.5), *BRIDGE)], STRETCHES["bridge"], "hips-low")
    precision, recall, delay = figure.value.removesuffix(" s").split(", ")
    assert (float(precision), float(recall)) == pytest.approx((0.83, 0.83), abs=0.03)
    assert float(delay) == pytest.approx(0.8, abs=0.1)
    assert not figure.met
    assert len(figure.misses) == 1


def test_a_fault_that_no_clip_shows_is_not_judged() -> None:
    assert fault([case(sinking(), sinking(), *BRIDGE)], STRETCHES["bridge"], "one-leg-up").met is None


def test_a_fault_named_without_reason_is_a_miss() -> None:
    good = clip((8.0, bridge()))
    assert fault([case(good, sinking(), BRIDGE[0])], STRETCHES["bridge"], "hips-low").met is False


def test_holds_are_matched_by_phase_and_time() -> None:
    def hold(phase: int, start_s: float, end_s: float) -> Hold:
        return Hold(phase, start_s, end_s, end_s - start_s, 1)

    true, seen = [hold(0, 1, 3), hold(1, 4, 6)], [hold(0, 1.1, 3), hold(0, 4, 6)]
    assert matched(true, seen) == [(true[0], seen[0]), (true[1], None), (None, seen[1])]


def test_a_hold_that_was_not_seen_is_off_by_all_of_it() -> None:
    figure = hold_times([case(clip((5.0, bridge())), clip((5.0, lying_bent_knees())), BRIDGE[0])])
    assert not figure.met
    assert figure.clips["made bridge"] == pytest.approx(5.0, abs=0.1)


def test_repetitions_are_those_of_the_script(tmp_path: Path) -> None:
    step = '[[steps]]\nkey = "{}"\n'
    good, low = (f'stretch = "bridge"\nlabel = "{label}"\n' for label in ("good", "hips-low"))
    up, rest = step.format("bridge.up"), step.format("bridge.rest")
    script = tmp_path / "made.toml"
    script.write_text(rest + up + good + up + low + up + good + rest + up + good + rest + up + low)
    assert dict(repetitions(script, {"bridge": load_stretch("bridge")})) == {"bridge": 2}
    twice = clip((2, lying_bent_knees()), (3, bridge()), (3, lying_bent_knees()), (3, bridge()))
    figure = counts([replace(case(twice, twice, BRIDGE[0]), counts={"bridge": 1})])
    assert figure.misses == ("made 2 for 1 repetitions",)


def test_rounds_are_those_of_the_script_in_good_form() -> None:
    turns = clip(*[(2.0, all_fours(spine_flexion=flexion)) for flexion in (0, 70, -70, 70, -70, 0)])
    names = ("cat", "cow", "cat", "cow")
    marks = [Marked(2.0 * n, 2.0 * n + 2, "cat-cow", name, "good") for n, name in enumerate(names, 1)]
    assert counts([case(turns, turns, *marks)]).value == "1 of 1"


def test_whatever_is_held_where_nothing_is_done_counts() -> None:
    one = case(clip((4.0, lying_bent_knees())), clip((4.0, bridge())))
    assert is_negative(one)
    assert not negatives([one]).met
    turned = case(clip((4.0, bridge())), clip((4.0, lying_bent_knees())), BRIDGE[0], off_side_on_deg=45.0)
    assert is_negative(turned)
    assert negatives([turned]).met


def test_an_empty_room_has_no_figures_but_no_holds() -> None:
    empty = [nobody(number / 30) for number in range(60)]
    true = case(clip((2.0, bridge())), empty)
    every = figures([replace(true, truth=replace(true.truth, near=np.full(60, -1)))])
    assert [one.name for one in every if one.met and one.clips] == ["held seconds on the negatives"]


def test_a_recording_of_other_frames_is_refused(tmp_path: Path) -> None:
    case(sinking(), sinking(), *BRIDGE).truth.write(tmp_path / "made.truth.json")
    recording = write_recording(tmp_path / "made.npz", sinking()[:-5])
    with pytest.raises(ValueError, match="render the clip again"):
        load_case(tmp_path / "made.mp4", recording, STRETCHES)


def test_the_slice_tells_what_has_moved_since() -> None:
    before = Figure("knee", "≤ 5°", "3.0°", True, {"a": 3.0, "b": 3.0}, tolerance=1.0)
    committed = json.loads(saved([before]))
    now = replace(before, clips={"a": 3.9, "b": 4.1, "c": 3.0})
    assert deviations([before], committed) == []
    assert [row[:2] for row in deviations([now], committed)] == [("knee", "b"), ("knee", "c")]


def test_shared_seconds() -> None:
    assert shared_s([(0, 2), (3, 5)], [(1, 4)]) == 2
