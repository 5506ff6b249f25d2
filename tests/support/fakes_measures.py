"""Measures by hand, for tests of what judges them: no pose, no picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.measurer import Measures
from posecheck.measures.table import MEASURES
from posecheck.measures.view import View
from posecheck.pose.landmarks import Floats, Joint
from posecheck.rules.stretch import Stretch


def seconds(length_s: float, fps: float = 30.0) -> Floats:
    """Times of a clip of even distance, its end left out."""
    return np.arange(round(length_s * fps)) / fps


def ramps(time_s: Floats, *corners: tuple[float, float]) -> Floats:
    """Values that go straight from one (time, value) to the next."""
    values: Floats = np.interp(time_s, *zip(*corners, strict=True))
    return values


def measures_of(
    time_s: Floats | Sequence[float],
    *,
    off_side_on_deg: Any = 2.0,
    inside: Any = True,
    uprightness_deg: Any = 10.0,
    **values: Any,
) -> Measures:
    """Measures of a person seen well from the side.

    Args:
        time_s: (N,) seconds.
        off_side_on_deg: (N,) or one for all; NaN is nobody.
        inside: Whether all joints lie in the picture; (N,) or one for all.
        uprightness_deg: (N,) or one for all.
        **values: The measures, (N,) or one for all, whatever the floor; those not named are 0.
    """
    time = np.asarray(time_s, float)

    def rows(value: Any) -> Floats:
        return np.array(np.broadcast_to(np.asarray(value, float), time.shape))

    unknown = values.keys() - MEASURES.keys()
    if unknown:
        raise ValueError(f"no such measures: {unknown}")
    view = View(
        near=np.zeros(len(time), int),
        facing=rows(1.0),
        off_side_on_deg=rows(off_side_on_deg),
        body_px=rows(300.0),
        inside=np.repeat(rows(inside)[:, None] > 0, len(Joint), axis=1),
        points_at_camera=rows(0.0),
        front_to_camera=rows(0.0),
        brightness=rows(1.0),
        midtone=rows(0.5),
        sharpness=rows(1.0),
    )
    table = {(name, support): rows(values.get(name, 0.0)) for name in MEASURES for support in FloorContacts}
    rolls = {support: rows(0.0) for support in FloorContacts}
    seen, shot = np.ones((len(time), len(Joint))), np.zeros(len(time), int)
    return Measures(time, view, rolls, table, rows(uprightness_deg), seen, shot)


RULE: dict[str, Any] = {
    "priority": 1,
    "severity": "major",
    "praise": "Good.",
    "why": "A test.",
}

WHOLE: dict[str, Any] = {
    "schema": 1,
    "title": "Small",
    "purpose": "To be tested.",
    "getting_in": ["Begin."],
    "getting_out": ["End."],
    "care": ["None."],
    "sources": [{"key": "A", "title": "Somebody"}],
    "support": "level",
    "camera": {"advice": "From the side."},
    "hold": {"target_s": 5, "repetitions": 2, "why": "A"},
}


def raise_stretch(**changes: Any) -> Stretch:
    """Hips up: ready with a level trunk, the posture from 10 degrees of slope on, good from 20 on."""
    parts = {
        "name": "lift",
        "ready": {"description": "Lie.", "where": {"trunk_pitch": {"min": -5, "max": 8, "margin": 1}}},
        "posture": {"description": "Up.", "where": {"trunk_pitch": {"min": 10, "margin": 2}}},
        "rules": [
            RULE | {"name": "low", "measure": "trunk_pitch", "min": 20, "margin": 3, "cue_low": "Higher."},
            RULE
            | {
                "name": "knees",
                "measure": "knee_flexion",
                "min": -20,
                "max": 20,
                "margin": 4,
                "priority": 2,
                "severity": "minor",
                "cue_low": "Bend.",
                "cue_high": "Straighten.",
            },
        ],
    }
    return Stretch.model_validate(WHOLE | parts | changes)


def flow_stretch(**changes: Any) -> Stretch:
    """Round and arched by turns, 15 degrees from neutral; distinctive when ready; arms straight in the round."""
    knees = {"knee_flexion": {"min": 50, "margin": 5}}
    parts = {
        "name": "flow",
        "neutral": {"spine_flexion": {"value": 10, "uncertainty": 25, "why": "A"}},
        "ready": {"description": "Kneel.", "distinctive": True, "where": knees},
        "posture": {"description": "Kneel.", "where": knees},
        "phases": [
            {
                "name": name,
                "announce": "Go.",
                "target_s": 2,
                "where": {"spine_flexion": {limit: value, "margin": 5, "relative_to": "neutral"}},
            }
            for name, limit, value in (("round", "min", 15), ("arched", "max", -15))
        ],
        "rules": [
            RULE
            | {
                "name": "arms",
                "measure": "elbow_flexion",
                "max": 30,
                "margin": 4,
                "phases": ["round"],
                "cue_high": "Straighten.",
            }
        ],
    }
    return Stretch.model_validate(WHOLE | parts | changes)
