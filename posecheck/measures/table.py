"""The table of named measures. A row is the whole of a measure: its meaning, how it is computed, how it is shown.

Every measure is taken in the sagittal plane as the camera sees it, on the near side of the body unless its formula
reads another. Zero is the anatomical position, flexion is positive. `posecheck.measures.measurer` applies the table to
poses; rule files, files of figures, pictures, tuning and drafts know a measure by its row alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from enum import Flag, auto
from itertools import pairwise
from typing import Literal

import numpy as np

from posecheck.measures.back_outline import curvature_deg, dorsal_outline
from posecheck.measures.drawn import BackOutline, Bend, Drawn, Lean, Slope, Split
from posecheck.measures.side_view import Points, SideView
from posecheck.pose.geometry import elevation_deg, lean_deg, length, rotate, turn_deg, wrap_deg
from posecheck.pose.landmarks import Floats, Joint

Unit = Literal["deg", "ratio"]


class Drafts(Flag):
    """What a measure may be used for in a drafted rule file."""

    NONE = 0
    POSTURE = auto()
    RULES = auto()
    SWINGS = auto()


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """One row of the table.

    Attributes:
        name: As rule files call it.
        label: The same in two or three words, beside a joint in a picture.
        meaning: What is measured, in plain words.
        zero: The posture in which it is 0.
        positive: What a positive value means.
        joints: The landmarks that it needs.
        at: The joint that it is about, where its mark and its figure go.
        error: Known error of the measure in side view, in its unit: one standard deviation.
        limits: Least and greatest value it can take.
        source: Where the definition and the error come from.
        formula: Bodies to (N,) values.
        share_of: Of a ratio, the length that it is a share of, in words; empty for an angle.
        drawn: How it is drawn; None where a figure at its joint is all.
        floor: Whether it is taken against the floor line: its formula then gets bodies whose floor is level.
        outline: Whether it needs the outline of the body.
        difference_error: Known error of the difference of two readings of one person; None: not known to be less
            than `error`.
        still_per_s: A measure that changes by less than this in a second is held still; None for the usual limit of its
            unit.
        drafts: What drafts may use it for.
    """

    name: str
    label: str
    meaning: str
    zero: str
    positive: str
    joints: tuple[Joint, ...]
    at: Joint
    error: float
    limits: tuple[float, float]
    source: str
    formula: Callable[[SideView], Floats]
    _: KW_ONLY
    share_of: str = ""
    drawn: Drawn | None = None
    floor: bool = False
    outline: bool = False
    difference_error: float | None = None
    still_per_s: float | None = None
    drafts: Drafts = Drafts.RULES | Drafts.SWINGS

    @property
    def unit(self) -> Unit:
        """`deg`, or `ratio` of two lengths."""
        return "ratio" if self.share_of else "deg"

    @property
    def error_of_difference(self) -> float:
        """Known error of the difference of two readings of one person, in which the constant part cancels."""
        return self.error if self.difference_error is None else self.difference_error


_EAR, _SHOULDER, _ELBOW, _WRIST, _HIP, _KNEE, _ANKLE, _HEEL, _TOE = Joint

_BODY = "error against a known rendered body in side view"
_PHOTO = "scatter of good form on real photographs"

_ALL = Drafts.POSTURE | Drafts.RULES | Drafts.SWINGS
"""For a measure that describes a posture of the whole body: where the chest faces, how trunk and legs lie to one
another."""


def _bone(points: Points, start: Joint, end: Joint) -> Floats:
    return points[end] - points[start]


def _long(points: Points, *joints: Joint) -> Floats:
    """(N,) length of the way along some joints."""
    bones = [length(_bone(points, start, end)) for start, end in pairwise(joints)]
    return sum(bones[1:], start=bones[0])


def _ahead(points: Points, joint: Joint, behind: Joint, *whole: Joint) -> Floats:
    """How far `joint` lies along the floor beyond `behind`, towards +x, over the length along `whole`."""
    return _bone(points, behind, joint)[..., 0] / _long(points, *whole)


def _beside(points: Points, joint: Joint, start: Joint, end: Joint) -> Floats:
    """How far `joint` lies to the left of the line from `start` to `end`: above it, where that goes towards +x."""
    line, to_joint = _bone(points, start, end), _bone(points, start, joint)
    return (line[..., 0] * to_joint[..., 1] - line[..., 1] * to_joint[..., 0]) / _long(points, start, end)


def _above(points: Points, joint: Joint, below: Joint, *whole: Joint) -> Floats:
    """How far `joint` lies above `below`, over the length along `whole`."""
    return _bone(points, below, joint)[..., 1] / _long(points, *whole)


# fmt: off
_ROWS = (
    MeasureSpec(
        "knee_flexion", "knee", "bend of the knee", "leg straight", "heel towards the buttock",
        (_HIP, _KNEE, _ANKLE), _KNEE, 5.0, (-180, 180), _BODY,
        lambda b: -turn_deg(_bone(b.near, _HIP, _KNEE), _bone(b.near, _KNEE, _ANKLE)),
        drawn=Bend(_HIP, _KNEE, _ANKLE, -1.0), drafts=_ALL),
    MeasureSpec(
        "hip_flexion", "hip", "bend of the hip", "trunk and thigh in line", "thigh towards the belly",
        (_SHOULDER, _HIP, _KNEE), _HIP, 8.0, (-180, 180), _BODY + "; the hip landmark lies 1-4 cm off the joint",
        lambda b: turn_deg(_bone(b.near, _SHOULDER, _HIP), _bone(b.near, _HIP, _KNEE)),
        drawn=Bend(_SHOULDER, _HIP, _KNEE), drafts=_ALL),
    MeasureSpec(
        "elbow_flexion", "elbow", "bend of the elbow", "arm straight", "hand towards the shoulder",
        (_SHOULDER, _ELBOW, _WRIST), _ELBOW, 5.0, (-180, 180), _BODY,
        lambda b: turn_deg(_bone(b.near, _SHOULDER, _ELBOW), _bone(b.near, _ELBOW, _WRIST)),
        drawn=Bend(_SHOULDER, _ELBOW, _WRIST)),
    MeasureSpec(
        "shoulder_flexion", "arm", "angle between arm and trunk", "arm at the side", "arm raised forwards",
        (_HIP, _SHOULDER, _ELBOW), _SHOULDER, 5.0, (-120, 240), _BODY,
        lambda b: wrap_deg(turn_deg(_bone(b.near, _SHOULDER, _HIP), _bone(b.near, _SHOULDER, _ELBOW)), -120.0),
        drawn=Bend(_HIP, _SHOULDER, _ELBOW, zero_deg=180.0)),
    MeasureSpec(
        "neck_flexion", "neck", "bend of the neck against the trunk", "ear, shoulder and hip in line",
        "chin to the chest", (_EAR, _SHOULDER, _HIP), _EAR, 6.0, (-180, 180), _PHOTO,
        lambda b: -turn_deg(_bone(b.near, _HIP, _SHOULDER), _bone(b.near, _SHOULDER, _EAR)),
        drawn=Bend(_HIP, _SHOULDER, _EAR, -1.0)),
    MeasureSpec(
        "trunk_pitch", "trunk slope", "slope of the trunk", "trunk level with the floor", "shoulders higher than hips",
        (_HIP, _SHOULDER), _SHOULDER, 3.0, (-90, 90), _BODY,
        lambda b: elevation_deg(_bone(b.near, _HIP, _SHOULDER)),
        drawn=Slope(_HIP, _SHOULDER), floor=True, drafts=_ALL),
    MeasureSpec(
        "thigh_pitch", "thigh slope", "slope of the thigh", "thigh level with the floor", "knee higher than hip",
        (_HIP, _KNEE), _KNEE, 3.0, (-90, 90), _BODY,
        lambda b: elevation_deg(_bone(b.near, _HIP, _KNEE)),
        drawn=Slope(_HIP, _KNEE), floor=True),
    MeasureSpec(
        "chest_pitch", "chest slope", "where the chest faces", "chest faces forwards",
        "chest faces up (lying on the back: 90)", (_HIP, _SHOULDER), _SHOULDER, 3.0, (-90, 90), _BODY,
        lambda b: elevation_deg(rotate(_bone(b.near, _HIP, _SHOULDER), np.array(-90.0))),
        floor=True, drafts=_ALL),
    MeasureSpec(
        "forearm_pitch", "forearm slope", "slope of the forearm", "forearm level with the floor",
        "elbow higher than wrist", (_ELBOW, _WRIST), _ELBOW, 6.0, (-90, 90), _PHOTO,
        lambda b: elevation_deg(_bone(b.near, _WRIST, _ELBOW)),
        drawn=Slope(_WRIST, _ELBOW), floor=True),
    MeasureSpec(
        "upper_arm_lean", "upper arm lean", "lean of the upper arm from upright", "shoulder above elbow",
        "elbow ahead of the shoulder", (_SHOULDER, _ELBOW), _ELBOW, 5.0, (-180, 180), _BODY,
        lambda b: -lean_deg(_bone(b.near, _ELBOW, _SHOULDER)),
        drawn=Lean(_SHOULDER, _ELBOW, -90.0, 1.0), floor=True),
    MeasureSpec(
        "shin_lean", "shin lean", "lean of the shin from upright", "knee above ankle",
        "knee ahead of the ankle, towards the toes", (_KNEE, _ANKLE), _ANKLE, 5.0, (-180, 180), _BODY,
        lambda b: lean_deg(_bone(b.near, _ANKLE, _KNEE)),
        drawn=Lean(_ANKLE, _KNEE, 90.0, -1.0), floor=True),
    MeasureSpec(
        "elbow_lead", "elbow ahead", "elbow ahead of the shoulder, over upper-arm length", "elbow under the shoulder",
        "elbow further towards the head", (_SHOULDER, _ELBOW), _ELBOW, 0.08, (-1, 1), _PHOTO,
        lambda b: _ahead(b.near, _ELBOW, _SHOULDER, _SHOULDER, _ELBOW), share_of="upper arm",
        drawn=Lean(_SHOULDER, _ELBOW, -90.0, 1.0), floor=True),
    MeasureSpec(
        "hand_lead", "hand ahead", "wrist ahead of the shoulder, over arm length", "wrist under the shoulder",
        "hand further towards the head", (_SHOULDER, _ELBOW, _WRIST), _WRIST, 0.06, (-1, 1), _PHOTO,
        lambda b: _ahead(b.near, _WRIST, _SHOULDER, _SHOULDER, _ELBOW, _WRIST), share_of="arm",
        drawn=Lean(_SHOULDER, _WRIST, -90.0, 1.0, (_SHOULDER, _ELBOW, _WRIST)), floor=True),
    MeasureSpec(
        "hip_over_knee", "hip ahead", "hip ahead of the knee, over thigh length", "hip above knee",
        "hip further towards the head", (_HIP, _KNEE), _HIP, 0.06, (-1, 1), _PHOTO,
        lambda b: _ahead(b.near, _HIP, _KNEE, _HIP, _KNEE), share_of="thigh",
        drawn=Lean(_KNEE, _HIP, 90.0, -1.0), floor=True),
    MeasureSpec(
        "knee_over_ankle", "knee ahead", "knee ahead of the ankle, over shin length", "knee above ankle",
        "knee further towards the toes", (_KNEE, _ANKLE), _ANKLE, 0.06, (-1, 1), _PHOTO,
        lambda b: _ahead(b.near, _KNEE, _ANKLE, _KNEE, _ANKLE), share_of="shin",
        drawn=Lean(_ANKLE, _KNEE, 90.0, -1.0), floor=True),
    MeasureSpec(
        "heel_height", "heel lift", "heel above the toes, over shin length", "sole flat on the floor", "heel lifted",
        (_KNEE, _ANKLE, _HEEL, _TOE), _HEEL, 0.06, (-1, 1), _PHOTO,
        lambda b: _above(b.near, _HEEL, _TOE, _KNEE, _ANKLE), share_of="shin",
        drawn=Lean(_TOE, _HEEL, 180.0, -1.0, (_KNEE, _ANKLE)), floor=True),
    # Taken against the picture, not against the floor line, which goes through the heels and rises with them. So only
    # its change before one and the same camera has a meaning, not the value by itself.
    MeasureSpec(
        "ankle_height", "ankle lift", "ankle above the shoulder, over shin length", "ankle level with the shoulder",
        "ankle higher", (_SHOULDER, _KNEE, _ANKLE), _HEEL, 0.06, (-5, 5), _PHOTO,
        lambda b: _above(b.near, _ANKLE, _SHOULDER, _KNEE, _ANKLE), share_of="shin", drafts=Drafts.NONE),
    # In a forearm plank the knees hang free; in a sphinx they lie on the floor, whatever its slope in the picture.
    MeasureSpec(
        "knee_height", "knee height", "knee above the line from toes to elbow, over trunk length", "knee on that line",
        "knee higher", (_SHOULDER, _ELBOW, _HIP, _KNEE, _TOE), _KNEE, 0.05, (-3, 3), _PHOTO,
        lambda b: _beside(b.near, _KNEE, _TOE, _ELBOW) / _long(b.near, _HIP, _SHOULDER), share_of="trunk"),
    MeasureSpec(
        "ear_shoulder_gap", "neck length", "distance of ear and shoulder, over trunk length", "ear at the shoulder",
        "longer neck", (_EAR, _SHOULDER, _HIP), _SHOULDER, 0.04, (0, 2), _PHOTO,
        lambda b: _long(b.near, _SHOULDER, _EAR) / _long(b.near, _HIP, _SHOULDER), share_of="trunk"),
    # Shoulders drawn up bring the ear nearer to the elbow by the whole of their rise. MediaPipe's shoulder follows in
    # part: of 0.2 trunks the neck alone showed 0.04 to 0.07 in three rendered people, the upper arm 0.05 to 0.09.
    MeasureSpec(
        "ear_elbow_path", "neck and arm", "way from ear over shoulder to elbow, over trunk length",
        "ear and shoulder at the elbow", "longer neck, shoulders lower",
        (_EAR, _SHOULDER, _ELBOW, _HIP), _SHOULDER, 0.05, (0, 4), "scatter of good form, six rendered people",
        lambda b: _long(b.middle, _EAR, _SHOULDER, _ELBOW) / _long(b.middle, _HIP, _SHOULDER), share_of="trunk"),
    MeasureSpec(
        "spine_flexion", "back", "curve of the back", "outline of the back straight", "back rounded",
        (_HIP, _SHOULDER), _HIP, 19.0, (-360, 360),
        "4 atan(2 sagitta / chord) of the body's outline between hip and shoulder; error: spread of what five rendered "
        "bodies read too little, 40, 39, 12, 9 and -1; of a difference within one person: less than 12 in 95 of 100 "
        "frames, and than 15 in those of each clip",
        lambda b: curvature_deg(dorsal_outline(b.outline, b.near[_HIP], b.near[_SHOULDER])),
        outline=True, difference_error=6.0,
        # The outline quivers: of five rendered people who held still, to 2 degrees a second, it read up to 5.6 in 95 of
        # 100 frames and 8.1 in 99. A slow turn takes a second only at an end.
        still_per_s=8.0, drawn=BackOutline()),
    MeasureSpec(
        "leg_split", "legs apart", "angle between the two legs, hip to ankle", "legs side by side", "one leg raised",
        (_HIP, _ANKLE), _HIP, 8.0, (0, 180), "scatter of two-legged bridges on real photographs",
        lambda b: np.abs(turn_deg(_bone(b.near, _HIP, _ANKLE), _bone(b.far, _HIP, _ANKLE))),
        drawn=Split((_HIP, _KNEE, _ANKLE))),
)
# fmt: on

MEASURES: dict[str, MeasureSpec] = {spec.name: spec for spec in _ROWS}
"""All measures by name."""
