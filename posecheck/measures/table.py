"""The table of named measures: what each is, its zero and sign, its unit, its error, and the formula that reads it.

Every measure is taken on the near side of the body, or where its row says so in the middle of both, in pixels, in
the sagittal plane as the camera sees it. The picture is first mirrored so that the subject faces +x when upright, so
flexion has one sign whichever way they lie. Zero is the anatomical position, flexion is positive.
`posecheck.measures.measurer` applies the table to poses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from posecheck.pose.geometry import elevation_deg, lean_deg, length, rotate, turn_deg, wrap_deg
from posecheck.pose.landmarks import Floats, Joint

Unit = Literal["deg", "ratio"]

Points = Mapping[Joint, Floats]
"""Landmarks, (N, 2) each, y up, facing +x; for a measure against the floor, floor level."""


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """One row of the table.

    Attributes:
        name: As rule files call it.
        meaning: What is measured, in plain words.
        zero: The posture in which it is 0.
        positive: What a positive value means.
        unit: `deg`, or `ratio` of two lengths.
        joints: The landmarks that it needs.
        error: Known error of the measure in side view, in its unit: one standard deviation.
        limits: Least and greatest value it can take.
        source: Where the definition and the error come from.
        formula: Points to (N,) values.
        floor: Whether it is taken against the floor line.
        middle: Whether its points lie in the middle of both sides, so that a camera off side-on does not move one
            against another of another width. The far side, mostly hidden, is as MediaPipe guesses it.
        difference_error: Known error of the difference of two readings of one person; None: not known to be less
            than `error`.
    """

    name: str
    meaning: str
    zero: str
    positive: str
    unit: Unit
    joints: tuple[Joint, ...]
    error: float
    limits: tuple[float, float]
    source: str
    formula: Callable[[Points], Floats]
    floor: bool = False
    difference_error: float | None = None
    middle: bool = False

    @property
    def error_of_difference(self) -> float:
        """Known error of the difference of two readings of one person, of which what is constant falls out."""
        return self.error if self.difference_error is None else self.difference_error


_EAR, _SHOULDER, _ELBOW, _WRIST, _HIP, _KNEE, _ANKLE, _HEEL, _TOE = Joint

_BODY = "error against a known rendered body in side view"
_PHOTO = "scatter of good form on real photographs"


def _ahead(points: Points, joint: Joint, behind: Joint, scale: Floats) -> Floats:
    """How far `joint` lies along the floor beyond `behind`, towards +x, in units of `scale`."""
    return (points[joint][..., 0] - points[behind][..., 0]) / scale


def _bone(points: Points, start: Joint, end: Joint) -> Floats:
    return points[end] - points[start]


def _trunk(points: Points) -> Floats:
    return length(_bone(points, _HIP, _SHOULDER))


def _row(
    name: str,
    meaning: str,
    zero: str,
    positive: str,
    joints: Iterable[Joint],
    error: float,
    limits: tuple[float, float],
    source: str,
    formula: Callable[[Points], Floats],
    *,
    unit: Unit = "deg",
    floor: bool = False,
    middle: bool = False,
) -> MeasureSpec:
    return MeasureSpec(
        name, meaning, zero, positive, unit, tuple(joints), error, limits, source, formula, floor, middle=middle
    )


# fmt: off
FORMULAS = (
    _row("knee_flexion", "bend of the knee", "leg straight", "heel towards the buttock",
         (_HIP, _KNEE, _ANKLE), 5.0, (-180, 180), _BODY,
         lambda p: -turn_deg(_bone(p, _HIP, _KNEE), _bone(p, _KNEE, _ANKLE))),
    _row("hip_flexion", "bend of the hip", "trunk and thigh in line", "thigh towards the belly",
         (_SHOULDER, _HIP, _KNEE), 8.0, (-180, 180), _BODY + "; the hip landmark lies 1-4 cm off the joint",
         lambda p: turn_deg(_bone(p, _SHOULDER, _HIP), _bone(p, _HIP, _KNEE))),
    _row("elbow_flexion", "bend of the elbow", "arm straight", "hand towards the shoulder",
         (_SHOULDER, _ELBOW, _WRIST), 5.0, (-180, 180), _BODY,
         lambda p: turn_deg(_bone(p, _SHOULDER, _ELBOW), _bone(p, _ELBOW, _WRIST))),
    _row("shoulder_flexion", "angle between arm and trunk", "arm at the side", "arm raised forwards",
         (_HIP, _SHOULDER, _ELBOW), 5.0, (-120, 240), _BODY,
         lambda p: wrap_deg(turn_deg(_bone(p, _SHOULDER, _HIP), _bone(p, _SHOULDER, _ELBOW)), -120.0)),
    _row("neck_flexion", "bend of the neck against the trunk", "ear, shoulder and hip in line", "chin to the chest",
         (_EAR, _SHOULDER, _HIP), 6.0, (-180, 180), _PHOTO,
         lambda p: -turn_deg(_bone(p, _HIP, _SHOULDER), _bone(p, _SHOULDER, _EAR))),
    _row("trunk_pitch", "slope of the trunk", "trunk level with the floor", "shoulders higher than hips",
         (_HIP, _SHOULDER), 3.0, (-90, 90), _BODY,
         lambda p: elevation_deg(_bone(p, _HIP, _SHOULDER)), floor=True),
    _row("thigh_pitch", "slope of the thigh", "thigh level with the floor", "knee higher than hip",
         (_HIP, _KNEE), 3.0, (-90, 90), _BODY,
         lambda p: elevation_deg(_bone(p, _HIP, _KNEE)), floor=True),
    _row("chest_pitch", "where the chest faces", "chest faces forwards", "chest faces up (lying on the back: 90)",
         (_HIP, _SHOULDER), 3.0, (-90, 90), _BODY,
         lambda p: elevation_deg(rotate(_bone(p, _HIP, _SHOULDER), np.array(-90.0))), floor=True),
    _row("forearm_pitch", "slope of the forearm", "forearm level with the floor", "elbow higher than wrist",
         (_ELBOW, _WRIST), 6.0, (-90, 90), _PHOTO,
         lambda p: elevation_deg(_bone(p, _WRIST, _ELBOW)), floor=True),
    _row("upper_arm_lean", "lean of the upper arm from upright", "shoulder above elbow", "elbow ahead of the shoulder",
         (_SHOULDER, _ELBOW), 5.0, (-180, 180), _BODY,
         lambda p: -lean_deg(_bone(p, _ELBOW, _SHOULDER)), floor=True),
    _row("shin_lean", "lean of the shin from upright", "knee above ankle", "knee ahead of the ankle, towards the toes",
         (_KNEE, _ANKLE), 5.0, (-180, 180), _BODY,
         lambda p: lean_deg(_bone(p, _ANKLE, _KNEE)), floor=True),
    _row("elbow_lead", "elbow ahead of the shoulder, over upper-arm length", "elbow under the shoulder",
         "elbow further towards the head", (_SHOULDER, _ELBOW), 0.08, (-1, 1), _PHOTO,
         lambda p: _ahead(p, _ELBOW, _SHOULDER, length(_bone(p, _SHOULDER, _ELBOW))), unit="ratio", floor=True),
    _row("hand_lead", "wrist ahead of the shoulder, over arm length", "wrist under the shoulder",
         "hand further towards the head", (_SHOULDER, _ELBOW, _WRIST), 0.06, (-1, 1), _PHOTO,
         lambda p: _ahead(p, _WRIST, _SHOULDER,
                          length(_bone(p, _SHOULDER, _ELBOW)) + length(_bone(p, _ELBOW, _WRIST))),
         unit="ratio", floor=True),
    _row("hip_over_knee", "hip ahead of the knee, over thigh length", "hip above knee", "hip further towards the head",
         (_HIP, _KNEE), 0.06, (-1, 1), _PHOTO,
         lambda p: _ahead(p, _HIP, _KNEE, length(_bone(p, _HIP, _KNEE))), unit="ratio", floor=True),
    _row("knee_over_ankle", "knee ahead of the ankle, over shin length", "knee above ankle",
         "knee further towards the toes", (_KNEE, _ANKLE), 0.06, (-1, 1), _PHOTO,
         lambda p: _ahead(p, _KNEE, _ANKLE, length(_bone(p, _KNEE, _ANKLE))), unit="ratio", floor=True),
    _row("heel_height", "heel above the toes, over shin length", "sole flat on the floor", "heel lifted",
         (_KNEE, _ANKLE, _HEEL, _TOE), 0.06, (-1, 1), _PHOTO,
         lambda p: (p[_HEEL][..., 1] - p[_TOE][..., 1]) / length(_bone(p, _KNEE, _ANKLE)), unit="ratio", floor=True),
    # Not against the floor line, which goes through the heels and rises with them, but against the picture: so it is of
    # use only as a change, before one and the same camera.
    _row("ankle_height", "ankle above the shoulder, over shin length", "ankle level with the shoulder", "ankle higher",
         (_SHOULDER, _KNEE, _ANKLE), 0.06, (-5, 5), _PHOTO,
         lambda p: (p[_ANKLE][..., 1] - p[_SHOULDER][..., 1]) / length(_bone(p, _KNEE, _ANKLE)), unit="ratio"),
    _row("ear_shoulder_gap", "distance of ear and shoulder, over trunk length", "ear at the shoulder", "longer neck",
         (_EAR, _SHOULDER, _HIP), 0.04, (0, 2), _PHOTO,
         lambda p: length(_bone(p, _SHOULDER, _EAR)) / _trunk(p), unit="ratio"),
    # Shoulders drawn up bring the ear nearer to the elbow by all that they rise. MediaPipe's shoulder follows in
    # part: of 0.2 trunks the neck alone showed 0.04 to 0.07 in three rendered people, the upper arm 0.05 to 0.09.
    _row("ear_elbow_path", "way from ear over shoulder to elbow, over trunk length", "ear and shoulder at the elbow",
         "longer neck, shoulders lower", (_EAR, _SHOULDER, _ELBOW, _HIP), 0.05, (0, 4),
         "scatter of good form, six rendered people",
         lambda p: (length(_bone(p, _SHOULDER, _EAR)) + length(_bone(p, _ELBOW, _SHOULDER))) / _trunk(p),
         unit="ratio", middle=True),
)
# fmt: on
"""The measures whose formula reads points."""

SPINE = MeasureSpec(
    "spine_flexion", "curve of the back", "outline of the back straight",
    "back rounded", "deg", (_HIP, _SHOULDER), 19.0, (-360, 360),
    "4 atan(2 sagitta / chord) of the body's outline between hip and shoulder; error: spread of what five rendered "
    "bodies read too little, 40, 39, 12, 9 and -1; of a difference within one person: less than 12 in 95 of 100 "
    "frames, and than 15 in those of each clip",
    lambda p: np.full(len(p[_HIP]), np.nan), difference_error=6.0,
)  # fmt: skip
"""Read from the outline, not from points: by `posecheck.measures.back_outline`."""

SPLIT = MeasureSpec(
    "leg_split", "angle between the two legs, hip to ankle", "legs side by side", "one leg raised", "deg",
    (_HIP, _ANKLE), 8.0, (0, 180), "scatter of two-legged bridges on real photographs",
    lambda p: np.full(len(p[_HIP]), np.nan),
)  # fmt: skip
"""Read from both legs, not from the near side's points alone."""

MEASURES: dict[str, MeasureSpec] = {spec.name: spec for spec in (*FORMULAS, SPINE, SPLIT)}
"""All measures by name."""
