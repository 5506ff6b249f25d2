"""What must not change the measures: place, size, roll, mirror, and how many poses come at once."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.measurer import Measurer, Measures, measure
from posecheck.measures.table import MEASURES
from posecheck.measures.view import View
from posecheck.pose.landmarks import Joint, Pose, Poses
from tests.support.body import Facing
from tests.support.drawings import (
    FLOOR,
    POSTURES,
)
from tests.support.poses import all_fours, bridge, clip, mirrored, nobody, sphinx, standing
from tests.support.shared_data import real_footage


@st.composite
def poses(draw: st.DrawFn, **fixed: Any) -> tuple[dict[str, Any], Callable[..., Pose]]:
    """A posture with joints off its own by some degrees, and where and how large it is drawn."""
    preset = draw(st.sampled_from(list(POSTURES)))
    words: dict[str, Any] = {
        "spine_flexion": draw(st.floats(-120, 120)),
        "neck_flexion": draw(st.floats(-50, 60)),
        "facing": draw(st.sampled_from(["right", "left"])),
        "width_px": 4000,
        "height_px": 4000,
        "scale": 400.0,
    }
    if preset is bridge:
        words |= {"lift": draw(st.floats(0, 45)), "knee_flexion": draw(st.floats(80, 130))}
        if draw(st.booleans()):
            words |= {"far_hip_flexion": draw(st.floats(50, 90)), "far_knee_flexion": 0.0}
    elif preset is sphinx:
        words |= {"trunk_pitch": draw(st.floats(10, 35)), "upper_arm_lean": draw(st.floats(-10, 30))}
    elif preset is all_fours:
        words |= {"arm_lean": draw(st.floats(-15, 15)), "elbow_flexion": draw(st.floats(0, 30))}
    elif preset is standing:
        words |= {"knee_flexion": draw(st.floats(0, 120)), "hip_flexion": draw(st.floats(-20, 110))}
    return words | fixed, preset


def drawn(choice: tuple[dict[str, Any], Callable[..., Pose]], **others: Any) -> Pose:
    words, preset = choice
    return preset(**(words | others))


def assert_same(first: Pose, second: Pose, support: FloorContacts, names: list[str] | None = None) -> None:
    """The measures of two poses agree to what float32 pixels can tell."""
    one, other = measure(Poses.stack([first])), measure(Poses.stack([second]))
    for name in names or list(MEASURES):
        tolerance = 0.1 if MEASURES[name].unit == "deg" else 0.002
        np.testing.assert_allclose(
            other.get(name, support), one.get(name, support), atol=tolerance, err_msg=name, rtol=0
        )
        assert np.isfinite(one.get(name, support)).all(), name


OF_THE_PICTURE = "ankle_height"
"""The one measure that goes by the picture's own level, so that it turns with the camera."""


class TestInvariance:
    @given(poses(), st.floats(1200, 2800), st.floats(1200, 2800))
    def test_where_the_body_is(self, choice: Any, x: float, y: float) -> None:
        assert_same(drawn(choice), drawn(choice, at=(x, y)), POSTURES[choice[1]])

    @given(poses(), st.floats(150, 900))
    def test_how_large_it_is(self, choice: Any, scale: float) -> None:
        assert_same(drawn(choice), drawn(choice, scale=scale), POSTURES[choice[1]])

    @given(poses(), st.floats(-10, 10))
    def test_a_rolled_camera(self, choice: Any, roll: float) -> None:
        level = POSTURES[choice[1]] is FloorContacts.LEVEL
        names = [name for name in MEASURES if name != OF_THE_PICTURE and not (level and MEASURES[name].floor)]
        assert_same(drawn(choice), drawn(choice, roll_deg=roll), POSTURES[choice[1]], names)

    @given(poses(), st.floats(-180, 180))
    def test_any_rotation_where_the_floor_plays_no_part(self, choice: Any, angle: float) -> None:
        names = [name for name in MEASURES if name != OF_THE_PICTURE and not MEASURES[name].floor]
        assert_same(drawn(choice), drawn(choice, roll_deg=angle), FloorContacts.LEVEL, names)

    @given(poses(), st.floats(-10, 10))
    def test_a_mirror(self, choice: Any, roll: float) -> None:
        pose = drawn(choice, roll_deg=roll)
        assert_same(pose, mirrored(pose), POSTURES[choice[1]])

    @given(poses())
    def test_the_other_way_round(self, choice: Any) -> None:
        other: Facing = "left" if choice[0]["facing"] == "right" else "right"
        assert_same(drawn(choice), drawn(choice, facing=other), POSTURES[choice[1]])

    @given(poses(), st.sampled_from(FloorContacts))
    def test_values_stay_within_their_limits(self, choice: Any, support: FloorContacts) -> None:
        measures = measure(Poses.stack([drawn(choice)]))
        for name, spec in MEASURES.items():
            value = measures.get(name, support)
            assert not (value < spec.limits[0] - 1e-6).any(), name
            assert not (value > spec.limits[1] + 1e-6).any(), name

    def test_real_photographs_in_a_mirror(self) -> None:
        compared = 0
        for line in (real_footage() / "landmarks.jsonl").read_text().splitlines():
            data = json.loads(line)
            if data.get("landmarks"):
                outline = np.array(data["outline"], np.float32) if data.get("outline") else None
                pose = Pose(0.0, data["width"], data["height"], np.array(data["landmarks"], np.float32), None, outline)
                first, second = (measure(Poses.stack([one])) for one in (pose, mirrored(pose)))
                for key, value in first.values.items():
                    np.testing.assert_allclose(second.values[key], value, atol=0.05, err_msg=f"{data['id']} {key}")
                compared += 1
        assert compared > 90


def busy_clip() -> list[Pose]:
    """Nobody, somebody who turns over, hidden joints, both ways."""
    return [
        *clip((0.2, nobody())),
        *clip((1.0, sphinx(roll_deg=3)), (0.5, nobody()), (2.5, bridge(facing="left")), start_s=0.2),
        *clip((0.5, lambda t: all_fours(spine_flexion=90 * t, visibility={Joint.WRIST: 1 - t})), start_s=4.2),
    ]


def assert_equal_measures(first: Measures, second: Measures) -> None:
    np.testing.assert_array_equal(first.time_s, second.time_s)
    for item in fields(View):
        np.testing.assert_allclose(getattr(first.view, item.name), getattr(second.view, item.name), err_msg=item.name)
    assert first.values.keys() == second.values.keys()
    for key, value in first.values.items():
        np.testing.assert_allclose(second.values[key], value, atol=1e-4, err_msg=str(key))
    for support in FloorContacts:
        np.testing.assert_allclose(second.roll_deg[support], first.roll_deg[support], atol=1e-9)
    np.testing.assert_allclose(second.uprightness_deg, first.uprightness_deg)
    np.testing.assert_array_equal(second.visibility, first.visibility)


class TestManyAtOnce:
    @pytest.mark.parametrize("size", [1, 7, 50])
    @pytest.mark.parametrize("level_deg", [None, 3.0])
    def test_the_same_as_in_parts(self, size: int, level_deg: float | None) -> None:
        poses = busy_clip()
        measurer = Measurer(level_deg)
        parts = [measurer.update(Poses.stack(poses[i : i + size])) for i in range(0, len(poses), size)]
        assert_equal_measures(Measures.concatenate(parts), measure(Poses.stack(poses), level_deg))

    def test_slices_put_together_are_the_whole(self) -> None:
        whole = measure(Poses.stack(busy_clip()))
        cuts = (0, 1, 40, 40, len(whole))
        parts = [whole.slice(start, stop) for start, stop in itertools.pairwise(cuts)]
        assert [len(part) for part in parts] == [1, 39, 0, len(whole) - 40]
        assert_equal_measures(Measures.concatenate(parts), whole)

    def test_a_slice_copies_nothing(self) -> None:
        whole = measure(Poses.stack(busy_clip()))
        part = whole.slice(10, 20)
        assert np.shares_memory(part.time_s, whole.time_s)
        assert np.shares_memory(
            part.get("hip_flexion", FloorContacts.LEVEL), whole.get("hip_flexion", FloorContacts.LEVEL)
        )


def test_what_needs_no_floor_is_the_same_on_every_support() -> None:
    measures = measure(Poses.stack([sphinx()]))
    for name in set(MEASURES) - set(FLOOR):
        for support in FloorContacts:
            assert measures.get(name, support) is measures.get(name, FloorContacts.LEVEL)


def test_an_unknown_measure_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nose_length"):
        measure(Poses.stack([sphinx()])).get("nose_length", FloorContacts.LEVEL)
