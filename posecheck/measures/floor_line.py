"""The floor line: what a posture rests on, and how the floor lies in the picture.

A laptop's camera is rarely level: the floor is the straight line through the two parts of the body that touch it in the
posture in question.
"""

from __future__ import annotations

from enum import Enum

import numpy as np

from posecheck.measures.side_view import Points, SideView
from posecheck.measures.table import MEASURES
from posecheck.pose.geometry import length, turn_deg
from posecheck.pose.landmarks import Floats, Joint, Side

MOST_ROLL_DEG = 25.0
"""A floor line further than this from the picture's edge (or from the level that is known) is not the floor: the
posture is another. Webcams were tilted by at most 10 degrees; lines through other postures lie at 30-180."""


class FloorContacts(Enum):
    """What touches the floor in a posture: the two ends of the floor line.

    `LEVEL` takes the picture's lower edge for the floor, for a posture that is not known.
    """

    SHOULDERS_HEELS = "shoulders-heels"
    ELBOWS_TOES = "elbows-toes"
    WRISTS_KNEES = "wrists-knees"
    LEVEL = "level"


_CONTACTS: dict[FloorContacts, tuple[Joint, Joint, float]] = {
    # start, end, and how much higher the end's landmark lies above the floor than the start's, in trunk lengths:
    # medians of 60 bridges, 4 forearm supports and 15 on all fours, photographed with a level camera.
    FloorContacts.SHOULDERS_HEELS: (Joint.SHOULDER, Joint.HEEL, -0.09),
    FloorContacts.ELBOWS_TOES: (Joint.FOOT_INDEX, Joint.ELBOW, 0.05),
    FloorContacts.WRISTS_KNEES: (Joint.KNEE, Joint.WRIST, -0.06),
}

BENT_KNEE_DEG = 20.0
"""Knees bent further lift the toes of somebody who lies prone: good sphinxes, photographed, read 2 to 10."""

_KNEES_FOR_TOES = (Joint.KNEE, Joint.ELBOW, -0.13)
"""Then the knees touch the floor instead of the toes: eight rendered sphinxes read -0.15 to -0.11, three photographed
ones -0.16 to -0.02. Through lifted toes a thigh that lay flat read -24 degrees, and lifted hips were detected."""

FOREARM, MOST_FOREARM_DEG = "forearm_pitch", 30.0
"""A forearm that slopes more does not lie on the floor: on photographs it reads up to 28 where it does, from 41 in
cobras and from 78 on all fours."""


def floor_slope_deg(support: FloorContacts, both: Floats, body: SideView, known_deg: Floats, *, given: bool) -> Floats:
    """(N,) slope of the floor line, upwards to +x, in degrees; NaN where the line cannot be the floor.

    Args:
        support: What touches the floor in the posture in question.
        both: (N, 33, 2) landmarks of both sides, y up, facing +x.
        body: The same bodies, by side.
        known_deg: (N,) the slope as far as it is known without the body: 0, or the level that is given.
        given: Whether that level was given: then it is not read from the body.
    """
    if support is FloorContacts.LEVEL:
        return known_deg
    slope = _line_deg(_CONTACTS[support], both, body.near)
    if support is FloorContacts.ELBOWS_TOES:
        with np.errstate(invalid="ignore"):
            bent = MEASURES["knee_flexion"].formula(body) > BENT_KNEE_DEG
        slope = np.where(bent, _line_deg(_KNEES_FOR_TOES, both, body.near), slope)
    is_floor = np.abs(slope - known_deg) <= MOST_ROLL_DEG
    return np.where(is_floor, known_deg if given else slope, np.nan)


def _line_deg(contacts: tuple[Joint, Joint, float], both: Floats, points: Points) -> Floats:
    """(N,) slope of the floor through two landmarks, upwards to +x."""
    start, end, rise = contacts
    line = _lower(both, end) - _lower(both, start)
    trunk = length(points[Joint.SHOULDER] - points[Joint.HIP])
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = np.degrees(np.arcsin(np.clip(rise * trunk / length(line), -1.0, 1.0)))
    slope: Floats = turn_deg(np.array([1.0, 0.0]), line) - expected
    return slope


def _lower(both: Floats, joint: Joint) -> Floats:
    """The landmark of the side that is lower in the picture: that one is on the floor."""
    left, right = (both[:, joint.on(side)] for side in Side)
    return np.where(((left[:, 1] < right[:, 1]) | np.isnan(right[:, 1]))[:, None], left, right)
