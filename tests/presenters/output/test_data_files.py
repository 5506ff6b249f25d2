"""The files for other programs."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from posecheck.errors import OutputError
from posecheck.judging.holds import State
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Pose
from posecheck.presenters.output.data_files import as_json, write_frames, write_summary
from tests.support.poses import all_fours, clip, nobody, standing
from tests.support.recordings import one_bridge
from tests.support.summaries import judged, summary_of


def frames(path: Path, poses: Sequence[Pose], *names: str) -> list[dict[str, str]]:
    judgement, measures = judged(poses, *names)
    write_frames(path, measures, judgement)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_row_a_frame_with_every_measure(tmp_path: Path) -> None:
    poses = one_bridge()
    rows = frames(tmp_path / "frames.csv", poses)
    assert [float(row["time_s"]) for row in rows] == pytest.approx([pose.time_s for pose in poses], abs=1e-4)
    columns = ["time_s", "state", "stretch", "phase", "faults"]
    columns += [f"{name}_{part}" for name, spec in MEASURES.items() for part in (spec.unit, "uncertainty")]
    assert list(rows[0]) == [*columns, "off_side_on_deg"]
    assert {row["state"] for row in rows} == {"ready", "entering", "holding"}
    held = rows[len(rows) // 2]
    assert (held["state"], held["stretch"], held["phase"], held["faults"]) == ("holding", "bridge", "", "")
    assert float(held["trunk_pitch_deg"]) == pytest.approx(-33, abs=1)
    assert float(held["trunk_pitch_uncertainty"]) > 0


def test_a_phase_and_faults(tmp_path: Path) -> None:
    poses = clip((3.0, all_fours()), (4.0, all_fours(spine_flexion=90, elbow_flexion=50)))
    rows = frames(tmp_path / "frames.csv", poses, "cat-cow")
    assert {row["phase"] for row in rows[:60]} == {""}
    assert {row["phase"] for row in rows[-60:]} == {"cat"}
    assert rows[-30]["state"] == "holding"  # a minor fault costs no time
    faulty = rows[-30]["faults"].split()
    assert "arms-bent" in faulty
    assert rows[0]["faults"] == ""


def test_what_is_not_known_is_empty(tmp_path: Path) -> None:
    rows = frames(tmp_path / "frames.csv", clip((1.0, standing()), (1.0, nobody()), fps=10))
    assert rows[-1]["state"] == State.NOBODY.value
    measured = [value for name, value in rows[-1].items() if name not in ("time_s", "state")]
    assert set(measured) == {""}
    assert "nan" not in (tmp_path / "frames.csv").read_text()


def test_a_still_is_in_no_state_but_judged(tmp_path: Path) -> None:
    (row,) = frames(tmp_path / "frames.csv", [all_fours(spine_flexion=90, elbow_flexion=60)])
    assert (row["state"], row["stretch"], row["phase"]) == ("", "cat-cow", "cat")
    assert "arms-bent" in row["faults"].split()
    assert abs(float(row["thigh_pitch_deg"])) == pytest.approx(90, abs=5)


def test_a_summary_comes_back_as_it_was(tmp_path: Path) -> None:
    summary = summary_of(one_bridge())
    write_summary(tmp_path / "summary.json", summary)
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8")) == summary


def test_json_is_utf_8_whatever_a_file_is_called() -> None:
    assert as_json({"name": "brücke.mp4"}) == '{\n  "name": "brücke.mp4"\n}\n'.encode()
    assert as_json({"name": os.fsdecode(b"a\xffb.mp4")}) == b'{\n  "name": "a?b.mp4"\n}\n'
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"angle": math.nan})


def test_what_cannot_be_written_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    judgement, measures = judged(one_bridge())
    for write in (
        lambda path: write_summary(path, {}),
        lambda path: write_frames(path, measures, judgement),
    ):
        with pytest.raises(OutputError, match=r"file/x: cannot be written \(.*\); name another --out"):
            write(tmp_path / "file" / "x")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_goes_wrong_leaves_the_older_file(tmp_path: Path) -> None:
    target = tmp_path / "summary.json"
    write_summary(target, {"schema": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_summary(target, {"schema": math.nan})
    assert json.loads(target.read_text()) == {"schema": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]
