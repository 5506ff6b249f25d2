"""Where the person is in a frame, by what the frame shows of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from posecheck.judging.situation import Situation, situations
from posecheck.pose.landmarks import Joint
from posecheck.rules.stretch import Camera
from tests.support.fakes_measures import measures_of

CAMERA = Camera(advice="Beside you.", max_off_side_on_deg=30.0, joints=("shoulder", "hip"))


def of(
    *,
    upright: float = 10.0,
    posture: bool = True,
    ready: bool = True,
    unknown: bool = False,
    outside: Joint | None = None,
    **seen: float,
) -> Situation:
    """The situation of one frame, with a joint out of the picture; `seen` are fields of its view."""
    measures = measures_of([0.0], uprightness_deg=upright)
    view = replace(measures.view, **{name: np.array([value]) for name, value in seen.items()})
    view = replace(view, inside=np.array([[joint is not outside for joint in Joint]]))
    whether = {"posture": posture, "ready": ready, "unknown": unknown}
    found = situations(
        replace(measures, view=view), CAMERA, **{name: np.array([value]) for name, value in whether.items()}
    )
    return Situation(int(found[0]))


HEAD_ON = {"off_side_on_deg": 70.0, "points_at_camera": 0.7}


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        ({"off_side_on_deg": np.nan}, "nobody"),
        ({"brightness": 0.05}, "too-dark"),
        ({"sharpness": 0.02}, "blurred"),
        ({"outside": Joint.HIP}, "cut-off"),
        ({"outside": Joint.FOOT_INDEX}, "posture"),
        ({"outside": Joint.FOOT_INDEX, "posture": False, "ready": False, "unknown": True}, "cut-off"),
        ({"posture": False, "ready": False, "unknown": True}, "elsewhere"),
        ({"off_side_on_deg": 40.0}, "view-wrong"),
        ({"off_side_on_deg": 70.0, "front_to_camera": -1.0}, "view-wrong"),
        (HEAD_ON, "view-wrong"),
        ({"posture": False, "ready": False}, "elsewhere"),
        ({"posture": False}, "ready"),
        ({}, "posture"),
    ],
)
def test_each_view_and_posture_is_a_situation_of_its_own(seen: dict[str, Any], name: str) -> None:
    assert of(**seen) is Situation.__members__[name.upper().replace("-", "_")]
    assert len(Situation) == len(Situation.__members__), "none is another under a second name"


@pytest.mark.parametrize(
    ("upright", "situation"),
    [(59.0, Situation.POSTURE), (60.0, Situation.POSTURE), (61.0, Situation.ELSEWHERE), (90.0, Situation.ELSEWHERE)],
)
def test_a_cobra_is_on_the_floor_and_who_sits_is_not(upright: float, situation: Situation) -> None:
    assert of(upright=upright) is situation


@pytest.mark.parametrize(
    ("seen", "situation"),
    [
        ({"outside": Joint.HIP}, Situation.ELSEWHERE),
        ({"off_side_on_deg": 70.0}, Situation.ELSEWHERE),
        (HEAD_ON, Situation.VIEW_WRONG),
        ({"off_side_on_deg": 70.0, "points_at_camera": -0.7}, Situation.VIEW_WRONG),
        ({"brightness": 0.05}, Situation.TOO_DARK),
        ({"sharpness": 0.02}, Situation.BLURRED),
    ],
    ids=["legs out of the picture", "facing the camera", "head-on lies", "feet-on lies", "dark", "blurred"],
)
def test_who_stands_is_elsewhere_whichever_way_they_face(seen: dict[str, Any], situation: Situation) -> None:
    assert of(upright=85.0, **seen) is situation
