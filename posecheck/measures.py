"""The table of named measures, and `measure`, which takes N poses to N values of each.

Every measure is taken on the near side of the body, in pixels, in the sagittal plane as the camera sees it. The
picture is first mirrored so that the subject faces +x when upright, so flexion has one sign whichever way they
lie. Zero is the anatomical position, flexion is positive. What refers to the floor is taken against the floor line:
the straight line through the two parts of the body that touch the floor in the posture asked for (`Support`), since
a laptop's camera is rarely level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from posecheck.geometry import elevation_deg, lean_deg, length, rotate, turn_deg, wrap_deg
from posecheck.landmarks import Floats, Joint, Poses, Side
from posecheck.silhouette import curvature_deg, dorsal_outline
from posecheck.view import View, ViewTracker, near_joints

Unit = Literal["deg", "ratio"]

LEAST_VISIBILITY = 0.3
"""A landmark seen less surely than this gives NaN. On real photographs the near side of a person wholly in frame
is above 0.45 everywhere."""

EDGE_SHARE = 0.02
"""A landmark further outside the frame than this share of its longer side is invented: NaN."""

VISIBILITY_ERROR_DEG = 10.0
"""Error added at visibility 0.5, falling to none at 1: the scatter of a half hidden elbow or ankle; an assumption
until the rendered clips measure it."""

MOST_ROLL_DEG = 25.0
"""A floor line further than this from the picture's edge (or from the level that is known) is not the floor: the
posture is another. Webcams were tilted by at most 10 degrees; lines through other postures lie at 30-180."""


class Support(Enum):
    """What touches the floor in a posture: the two ends of the floor line.

    `LEVEL` takes the picture's lower edge for the floor, for a posture that is not known.
    """

    SHOULDERS_HEELS = "shoulders-heels"
    ELBOWS_TOES = "elbows-toes"
    WRISTS_KNEES = "wrists-knees"
    LEVEL = "level"


_CONTACTS: dict[Support, tuple[Joint, Joint, float]] = {
    # start, end, and how much higher the end's landmark lies above the floor than the start's, in trunk lengths:
    # medians of 60 bridges, 4 forearm supports and 15 on all fours, photographed with a level camera.
    Support.SHOULDERS_HEELS: (Joint.SHOULDER, Joint.HEEL, -0.09),
    Support.ELBOWS_TOES: (Joint.FOOT_INDEX, Joint.ELBOW, 0.05),
    Support.WRISTS_KNEES: (Joint.KNEE, Joint.WRIST, -0.06),
}

BENT_KNEE_DEG = 20.0
"""Knees bent further lift the toes of somebody who lies prone: good sphinxes, photographed, read 2 to 10."""

_KNEES_FOR_TOES = (Joint.KNEE, Joint.ELBOW, -0.13)
"""Then the knees are what touches the floor: eight rendered sphinxes read -0.15 to -0.11, three photographed ones -0.16
to -0.02. Through lifted toes a thigh that lay flat read -24 degrees, and lifted hips were named."""

Points = Mapping[Joint, Floats]
"""Near-side landmarks, (N, 2) each, y up, facing +x; for a measure against the floor, floor level."""


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
        formula: Near-side points to (N,) values.
        floor: Whether it is taken against the floor line.
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

    @property
    def error_of_difference(self) -> float:
        """Known error of the difference of two readings of one person, of which what is constant falls out."""
        return self.error if self.difference_error is None else self.difference_error


_EAR, _SHOULDER, _ELBOW, _WRIST, _HIP, _KNEE, _ANKLE, _HEEL, _TOE = Joint
_COLUMN = {joint: column for column, joint in enumerate(Joint)}

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
) -> MeasureSpec:
    return MeasureSpec(name, meaning, zero, positive, unit, tuple(joints), error, limits, source, formula, floor)


# fmt: off
_TABLE = (
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
    _row("ear_shoulder_gap", "distance of ear and shoulder, over trunk length", "ear at the shoulder", "longer neck",
         (_EAR, _SHOULDER, _HIP), 0.04, (0, 2), _PHOTO,
         lambda p: length(_bone(p, _SHOULDER, _EAR)) / _trunk(p), unit="ratio"),
)
# fmt: on

_SPINE = MeasureSpec(
    "spine_flexion", "curve of the back", "outline of the back straight",
    "back rounded", "deg", (_HIP, _SHOULDER), 19.0, (-360, 360),
    "4 atan(2 sagitta / chord) of the body's outline from hip to shoulder; error: spread of what four rendered "
    "bodies read too little, 35, 37, 8 and -1; of a difference within one person: less than 10 in 95 of 100 frames, "
    "and than 12 in each person's",
    lambda p: np.full(len(p[_HIP]), np.nan), difference_error=6.0,
)  # fmt: skip
_SPLIT = MeasureSpec(
    "leg_split", "angle between the two legs, hip to ankle", "legs side by side", "one leg raised", "deg",
    (_HIP, _ANKLE), 8.0, (0, 180), "scatter of two-legged bridges on real photographs",
    lambda p: np.full(len(p[_HIP]), np.nan),
)  # fmt: skip

MEASURES: dict[str, MeasureSpec] = {spec.name: spec for spec in (*_TABLE, _SPINE, _SPLIT)}
"""All measures by name."""

_NEEDED = {name: [_COLUMN[joint] for joint in spec.joints] for name, spec in MEASURES.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """All measures of N poses.

    Attributes:
        time_s: (N,) seconds.
        view: The view of each pose.
        roll_deg: For each support, (N,) degrees by which its floor line falls to the right in the picture; NaN where
            that line cannot be the floor.
        values: (name, support) to (N,) values; measures that do not refer to the floor stand under `LEVEL` alone.
        uprightness_deg: (N,) slope of the trunk in the picture, 0 level, 90 upright, whoever faces where.
        visibility: (N, 9) visibility of the near side's joints, in the order of `Joint`.
    """

    time_s: Floats
    view: View
    roll_deg: Mapping[Support, Floats]
    values: Mapping[tuple[str, Support], Floats]
    uprightness_deg: Floats
    visibility: Floats

    def __len__(self) -> int:
        return len(self.time_s)

    def get(self, name: str, support: Support) -> Floats:
        """(N,) values of a measure in its unit; NaN where it cannot be trusted.

        Args:
            name: A name of `MEASURES`; KeyError for another.
            support: What touches the floor in the posture in question.
        """
        return self.values[name, support if MEASURES[name].floor else Support.LEVEL]

    def uncertainty(self, name: str, *, of_difference: bool = False) -> Floats:
        """(N,) standard uncertainty of a measure in its unit.

        The known error of the measure, and what the view and a hidden landmark add, taken as independent. A ratio
        takes the sine of the added angle.

        Args:
            name: A name of `MEASURES`.
            of_difference: Whether it is the difference from another reading of the same person that is asked about.
        """
        spec = MEASURES[name]
        error = spec.error_of_difference if of_difference else spec.error
        seen = self.visibility[:, _NEEDED[name]].min(axis=1)
        hidden = VISIBILITY_ERROR_DEG * 2.0 * (1.0 - seen)
        added = np.hypot(self.view.angle_error_deg, hidden)
        return np.hypot(error, added if spec.unit == "deg" else np.sin(np.radians(added)))

    def slice(self, start: int, stop: int) -> Measures:
        """The measures of poses start to stop - 1, as views on the same arrays."""
        return self._each([self], lambda parts: parts[0][start:stop])

    @classmethod
    def concatenate(cls, parts: Sequence[Measures]) -> Measures:
        """Measures of one clip joined in order; at least one part is needed."""
        return cls._each(parts, np.concatenate)

    @classmethod
    def _each(cls, parts: Sequence[Measures], join: Callable[[list[Any]], Any]) -> Measures:
        return cls(
            join([part.time_s for part in parts]),
            View(*(join([getattr(part.view, item.name) for part in parts]) for item in fields(View))),
            {key: join([part.roll_deg[key] for part in parts]) for key in parts[0].roll_deg},
            {key: join([part.values[key] for part in parts]) for key in parts[0].values},
            join([part.uprightness_deg for part in parts]),
            join([part.visibility for part in parts]),
        )


class Measurer:
    """Measures a clip's poses in order; remembers near side and facing from one call to the next.

    Args:
        level_deg: Degrees by which the floor falls to the right in the picture, where it is known; None to read it
            from what touches the floor.
    """

    def __init__(self, level_deg: float | None = None) -> None:
        self._view = ViewTracker()
        self._level_deg = level_deg

    def update(self, poses: Poses) -> Measures:
        """The measures of the next N poses."""
        view = self._view.update(poses)
        upright = np.stack([view.facing, -np.ones(len(poses))], axis=-1)[:, None, :]
        both = poses.landmarks[..., :2] * upright
        visibility = near_joints(poses.landmarks[..., 3], view.near)
        trusted = (visibility >= LEAST_VISIBILITY) & _within_frame(poses, view)
        judged = np.where(trusted[..., None], near_joints(both, view.near), np.nan)
        points = _by_joint(judged)
        values: dict[tuple[str, Support], Floats] = {}
        for spec in _TABLE:
            if not spec.floor:
                values[spec.name, Support.LEVEL] = spec.formula(points)
        profile = dorsal_outline(poses.outline * upright, points[_HIP], points[_SHOULDER])
        values[_SPINE.name, Support.LEVEL] = curvature_deg(profile)
        values[_SPLIT.name, Support.LEVEL] = np.where(
            trusted[:, _NEEDED[_SPLIT.name]].all(axis=1), _split(both), np.nan
        )
        rolls = {}
        for support in Support:
            slope_deg = self._floor_slope_deg(support, both, points, view)
            rolls[support] = -slope_deg * view.facing
            level = _by_joint(rotate(judged, -slope_deg[:, None]))
            for spec in _TABLE:
                if spec.floor:
                    values[spec.name, support] = spec.formula(level)
        trunk = both[:, _SHOULDER.value].sum(axis=1) - both[:, _HIP.value].sum(axis=1)
        return Measures(poses.time_s, view, rolls, values, np.abs(elevation_deg(trunk)), visibility)

    def _floor_slope_deg(self, support: Support, both: Floats, points: Points, view: View) -> Floats:
        """(N,) slope of the floor line, upwards to +x; NaN where the line cannot be the floor."""
        known = (0.0 if self._level_deg is None else -self._level_deg) * view.facing
        if support is Support.LEVEL:
            return known
        slope = _line_deg(_CONTACTS[support], both, points)
        if support is Support.ELBOWS_TOES:
            with np.errstate(invalid="ignore"):
                bent = MEASURES["knee_flexion"].formula(points) > BENT_KNEE_DEG
            slope = np.where(bent, _line_deg(_KNEES_FOR_TOES, both, points), slope)
        is_floor = np.abs(slope - known) <= MOST_ROLL_DEG
        return np.where(is_floor, slope if self._level_deg is None else known, np.nan)


def measure(poses: Poses, level_deg: float | None = None) -> Measures:
    """The measures of a whole clip, or of one pose."""
    return Measurer(level_deg).update(poses)


def _line_deg(contacts: tuple[Joint, Joint, float], both: Floats, points: Points) -> Floats:
    """(N,) slope of the floor through two landmarks, upwards to +x."""
    start, end, rise = contacts
    line = _lower(both, end) - _lower(both, start)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = np.degrees(np.arcsin(np.clip(rise * _trunk(points) / length(line), -1.0, 1.0)))
    slope: Floats = turn_deg(np.array([1.0, 0.0]), line) - expected
    return slope


def _lower(both: Floats, joint: Joint) -> Floats:
    """Of the two sides' landmarks the one lower in the picture: it is the one on the floor."""
    left, right = (both[:, joint.on(side)] for side in Side)
    return np.where(((left[:, 1] < right[:, 1]) | np.isnan(right[:, 1]))[:, None], left, right)


def _within_frame(poses: Poses, view: View) -> NDArray[np.bool_]:
    """(N, 9) whether the near side's joints lie in the frame or close to its edge."""
    reach = EDGE_SHARE * max(poses.width_px, poses.height_px)
    place = near_joints(poses.landmarks[..., :2], view.near)
    size = np.array([poses.width_px, poses.height_px])
    within: NDArray[np.bool_] = np.all((place >= -reach) & (place <= size + reach), axis=-1)
    return within


def _by_joint(judged: Floats) -> Points:
    """(N, 9, 2) as near-side points by joint."""
    return {joint: judged[:, column] for joint, column in _COLUMN.items()}


def _split(both: Floats) -> Floats:
    """(N,) angle between the two lines from hip to ankle."""
    left, right = (both[:, _ANKLE.on(side)] - both[:, _HIP.on(side)] for side in Side)
    return np.abs(turn_deg(left, right))
