"""The truth about a clip: written beside it as ``NAME.truth.json``, read again, and turned into `Measures`.

`samples/README.md` has the schema.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from posecheck.measures.measurer import Measurer, Measures
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Floats, Joint, Landmark, Pose, Poses, Side

SCHEMA = 1
JOINTS: tuple[Landmark, ...] = (Landmark.NOSE, *(joint.on(side) for joint in Joint for side in Side))
"""The landmarks that the truth tells: nose, and every joint on both sides."""

SPINE_MEASURE = "spine_flexion"
"""The measure that does not follow from the joints: it is read from the outline, and its truth from the bones."""

_DIGITS = {"deg": 1, "ratio": 3}
_SURE, _HIDDEN = 0.99, 0.6
"""Visibility that an ideal eye gives to the near and the far side."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of time and what was to be seen in it.

    Attributes:
        start_s: When it begins.
        end_s: When it ends.
        stretch: The stretch.
        phase: The phase; None where there is none.
        label: `good` or a fault's rule name.
    """

    start_s: float
    end_s: float
    stretch: str
    phase: str | None
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is true of each of the N frames of a clip.

    Attributes:
        clip: The clip's file name.
        width_px: Width of the upright picture.
        height_px: Height of it.
        roll_deg: How far the camera was rolled: the floor falls to the right by it.
        off_side_on_deg: How far the camera stood off side-on, signed.
        time_s: (N,) presentation times.
        joints_px: (N, 19, 2) the `JOINTS`, y downwards, outside the picture too; NaN where nobody is.
        near: (N,) `Side` that is nearer to the camera, as a number; -1 where nobody is.
        measures: (N,) true values of each measure, as seen exactly from the side.
        marks: What was to be seen when; what is not marked is a transition.
    """

    clip: str
    width_px: int
    height_px: int
    roll_deg: float
    off_side_on_deg: float
    time_s: Floats
    joints_px: Floats
    near: Floats
    measures: dict[str, Floats]
    marks: tuple[Marked, ...]

    def write(self, path: Path) -> None:
        """Writes it as JSON, pixels to a tenth, degrees to a tenth and ratios to a thousandth."""
        content = {
            "schema": SCHEMA, "clip": self.clip, "width_px": self.width_px, "height_px": self.height_px,
            "roll_deg": self.roll_deg, "off_side_on_deg": self.off_side_on_deg,
            "script": [asdict(mark) for mark in self.marks],
            "time_s": _listed(self.time_s, 4), "near": ["nobody" if n < 0 else Side(n).name.lower() for n in self.near],
            "joints": [landmark.name.lower() for landmark in JOINTS],
            "joints_px": [_listed(row.ravel(), 1) for row in self.joints_px],
            "measures": {name: _listed(values, _DIGITS[MEASURES[name].unit]) for name, values in self.measures.items()},
        }  # fmt: skip
        lines = [f"{json.dumps(key)}: {_laid_out(value)}" for key, value in content.items()]
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")

    def within(self, start_s: float, end_s: float) -> Truth:
        """The frames from `start_s` on and before `end_s`."""
        mask = (self.time_s >= start_s) & (self.time_s < end_s)
        return replace(
            self, time_s=self.time_s[mask], joints_px=self.joints_px[mask], near=self.near[mask],
            measures={name: values[mask] for name, values in self.measures.items()},
        )  # fmt: skip


def read_truth(path: Path) -> Truth:
    """A truth file, as `Truth.write` wrote it.

    Raises:
        ValueError: If it is of another schema.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["schema"] != SCHEMA:
        raise ValueError(f"{path}: schema {content['schema']}, this program reads {SCHEMA}; render the clip again")
    count = len(content["time_s"])
    return Truth(
        clip=content["clip"], width_px=content["width_px"], height_px=content["height_px"],
        roll_deg=content["roll_deg"], off_side_on_deg=content["off_side_on_deg"],
        time_s=np.array(content["time_s"]),
        joints_px=np.array(content["joints_px"], float).reshape(count, len(JOINTS), 2),
        near=np.array([-1 if name == "nobody" else Side[name.upper()] for name in content["near"]]),
        measures={name: np.array(values, float) for name, values in content["measures"].items()},
        marks=tuple(Marked(**mark) for mark in content["script"]),
    )  # fmt: skip


def true_poses(truth: Truth) -> Poses:
    """The true joints as an ideal estimator would give them; rows of nobody are NaN, there is no outline."""
    landmarks = np.full((len(truth.time_s), len(Landmark), 5), np.nan, np.float32)
    landmarks[:, JOINTS, :2] = truth.joints_px
    for side in Side:
        seen = np.where(truth.near == side, _SURE, _HIDDEN)
        for joint in Joint:
            landmarks[:, joint.on(side), 3] = seen
    landmarks[:, Landmark.NOSE, 3] = _SURE
    size = truth.width_px, truth.height_px
    frames = zip(truth.time_s.tolist(), landmarks, (truth.near >= 0).tolist(), strict=True)
    return Poses.stack([Pose(time_s, *size, places if somebody else None) for time_s, places, somebody in frames])


def true_measures(truth: Truth) -> Measures:
    """What a perfect eye would have measured: for `posecheck.judging.judgement.judge`, which then is the ideal judge.

    View and what lies in the frame follow from the true joints in the picture; the values are the true ones, in every
    frame and for every support in which the product would dare to give one. A measure that is younger than the file
    is taken from the true joints in the picture.
    """
    seen = Measurer(level_deg=truth.roll_deg).update(true_poses(truth))
    values = {}
    for (name, support), measured in seen.values.items():
        given = seen.values["trunk_pitch", support] if name == SPINE_MEASURE else measured
        values[name, support] = np.where(np.isfinite(given), truth.measures.get(name, measured), np.nan)
    return replace(seen, values=values)


def _listed(values: Floats, digits: int) -> list[float | None]:
    return [round(float(value), digits) + 0.0 if np.isfinite(value) else None for value in values]


def _laid_out(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], (list, dict)):
        return "[\n " + ",\n ".join(json.dumps(row, separators=(",", ":")) for row in value) + "\n]"
    if isinstance(value, dict):
        rows: Sequence[str] = [f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in value.items()]
        return "{\n " + ",\n ".join(rows) + "\n}"
    return json.dumps(value, separators=(",", ":"))
