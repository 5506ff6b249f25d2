"""Pictures: the same script gives the same frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

SCRIPT = """
shows = "A test."
person = "mina"
size = [160, 90]
fps = 10
seed = 5
turned_deg = 90
[[steps]]
key = "bridge.rest"
move_s = 0.0
stay_s = 0.4
[[steps]]
key = "bridge.up"
move_s = 0.6
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SCRIPT)
    return path


def frames(script: Path, numbers: list[int], body_data: Path) -> list[NDArray[np.uint8]]:
    from samples.studio.clip import Studio
    from samples.studio.scene import build
    from samples.studio.script import load_script

    studio = Studio(build(load_script(script), body_data), body_data)
    drawn = [studio.frame(number) for number in numbers]
    studio.close()
    return drawn


def test_a_frame_is_the_same_whatever_was_drawn_before(script: Path, body_data: Path) -> None:
    (alone,) = frames(script, [7], body_data)
    after_others = frames(script, [2, 9, 7], body_data)[-1]
    assert alone.shape == (90, 160, 3)
    assert np.array_equal(alone, after_others)


def test_somebody_is_in_the_picture_and_moves(script: Path, body_data: Path) -> None:
    first, last = frames(script, [0, 9], body_data)
    assert first.std() > 15
    assert (np.abs(first.astype(int) - last).max(axis=2) > 30).mean() > 0.01


def test_a_clip_is_written_with_its_times_turn_and_truth(script: Path, body_data: Path, tmp_path: Path) -> None:
    from posecheck.sources import open_source
    from samples.studio.clip import render
    from samples.studio.truth import read_truth

    told: list[tuple[int, int]] = []
    clip, truth_file = render(script, tmp_path / "out", processes=2, progress=lambda done, of: told.append((done, of)))
    truth = read_truth(truth_file)
    with open_source(clip) as source:
        times = [frame.time_s for frame in source]
        assert (source.info.width_px, source.info.height_px) == (160, 90)
    assert told[-1] == (10, 10)
    assert times == pytest.approx(truth.time_s.tolist(), abs=0.002)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"small.mp4", "small.truth.json"}
