"""All measures of N poses: applies the table of `posecheck.measures.table` to the landmarks that can be trusted.

Measures that refer to the floor are taken against the floor line of the posture in question
(`posecheck.measures.floor_line`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from posecheck.measures.floor_line import FloorContacts, floor_slope_deg
from posecheck.measures.side_view import COLUMN, SideView
from posecheck.measures.table import MEASURES
from posecheck.measures.view import View, ViewTracker, near_joints
from posecheck.pose.geometry import elevation_deg
from posecheck.pose.landmarks import Bools, Floats, Ints, Joint, Poses, Side, runs_of

LEAST_VISIBILITY = 0.3
"""A landmark seen less surely than this gives NaN. On real photographs the near side of a person wholly in frame
is above 0.45 everywhere."""

EDGE_SHARE = 0.02
"""A landmark further outside the frame than this share of its longer side is invented: NaN."""

VISIBILITY_ERROR_DEG = 10.0
"""Error added at visibility 0.5, falling to none at 1: the scatter of a half hidden elbow or ankle; an assumption
until the rendered clips measure it."""


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """All measures of N poses.

    Attributes:
        time_s: (N,) seconds.
        view: The view of each pose.
        roll_deg: For each support, (N,) degrees by which its floor line falls to the right in the picture; NaN where
            that line cannot be the floor.
        values: (name, support) to (N,) values; measures that do not refer to the floor stand under `LEVEL` alone.
        uprightness_deg: (N,) slope of the trunk in the picture, 0 level, 90 upright, whichever way the person faces.
        visibility: (N, 9) visibility of the near side's joints, in the order of `Joint`.
        shot: (N,) which shot each pose belongs to, as in `posecheck.pose.landmarks.Pose`.
    """

    time_s: Floats
    view: View
    roll_deg: Mapping[FloorContacts, Floats]
    values: Mapping[tuple[str, FloorContacts], Floats]
    uprightness_deg: Floats
    visibility: Floats
    shot: Ints

    def __len__(self) -> int:
        return len(self.time_s)

    def get(self, name: str, support: FloorContacts) -> Floats:
        """(N,) values of a measure in its unit; NaN where it cannot be trusted.

        Args:
            name: A name of `MEASURES`; KeyError for another.
            support: What touches the floor in the posture in question.
        """
        return self.values[name, support if MEASURES[name].floor else FloorContacts.LEVEL]

    def uncertainty(self, name: str, *, of_difference: bool = False) -> Floats:
        """(N,) standard uncertainty of a measure in its unit.

        It combines the known error of the measure with the errors that the view and a hidden landmark add, taken as
        independent. A ratio takes the sine of the added angle.

        Args:
            name: A name of `MEASURES`.
            of_difference: Whether to give the uncertainty of the difference from another reading of the same person.
        """
        spec = MEASURES[name]
        error = spec.error_of_difference if of_difference else spec.error
        seen = self.visibility[:, [COLUMN[joint] for joint in spec.joints]].min(axis=1)
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
            join([part.shot for part in parts]),
        )


class Measurer:
    """Measures a clip's poses in order; remembers near side and facing from one call to the next, within a shot.

    Args:
        level_deg: Degrees by which the floor falls to the right in the picture, where it is known; None to read it
            from what touches the floor.
    """

    def __init__(self, level_deg: float | None = None) -> None:
        self._view = ViewTracker()
        self._shot = 0
        self._level_deg = level_deg

    def update(self, poses: Poses) -> Measures:
        """The measures of the next N poses."""
        shots = runs_of(poses.shot)
        if len(shots) > 1:
            frames = np.arange(len(poses))
            return Measures.concatenate(
                [self.update(poses.where((frames >= start) & (frames < stop))) for start, stop in shots]
            )
        if len(poses) and poses.shot[0] != self._shot:
            self._shot = int(poses.shot[0])
            self._view = ViewTracker()
        view = self._view.update(poses)
        upright = np.stack([view.facing, -np.ones(len(poses))], axis=-1)[:, None, :]
        both = poses.landmarks[..., :2] * upright
        visibility = near_joints(poses.landmarks[..., 3], view.near)
        trusted = (visibility >= LEAST_VISIBILITY) & _within_frame(poses, view)
        near = np.where(trusted[..., None], near_joints(both, view.near), np.nan)
        body = SideView(near, near_joints(both, _other(view.near)), poses.outline * upright)
        values: dict[tuple[str, FloorContacts], Floats] = {}
        for spec in MEASURES.values():
            if not spec.floor:
                values[spec.name, FloorContacts.LEVEL] = spec.formula(body)
        known_deg = (0.0 if self._level_deg is None else -self._level_deg) * view.facing
        rolls = {}
        for support in FloorContacts:
            slope_deg = floor_slope_deg(support, both, body, known_deg, given=self._level_deg is not None)
            rolls[support] = -slope_deg * view.facing
            level = body.turned(-slope_deg)
            for spec in MEASURES.values():
                if spec.floor:
                    values[spec.name, support] = spec.formula(level)
        trunk = both[:, Joint.SHOULDER.value].sum(axis=1) - both[:, Joint.HIP.value].sum(axis=1)
        return Measures(poses.time_s, view, rolls, values, np.abs(elevation_deg(trunk)), visibility, poses.shot)


def measure(poses: Poses, level_deg: float | None = None) -> Measures:
    """The measures of a whole clip, or of one pose."""
    return Measurer(level_deg).update(poses)


def _within_frame(poses: Poses, view: View) -> Bools:
    """(N, 9) whether the near side's joints lie in the frame or close to its edge."""
    reach = EDGE_SHARE * max(poses.width_px, poses.height_px)
    place = near_joints(poses.landmarks[..., :2], view.near)
    size = np.array([poses.width_px, poses.height_px])
    within: Bools = np.all((place >= -reach) & (place <= size + reach), axis=-1)
    return within


def _other(near: Ints) -> Ints:
    """(N,) the far `Side`, as a number."""
    return np.where(near == Side.RIGHT, Side.LEFT, Side.RIGHT)
