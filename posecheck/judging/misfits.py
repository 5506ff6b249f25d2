"""Why a pose is not in a stretch's posture, and the words that lead into it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from posecheck.judging.assessment import Assessor, usual_references
from posecheck.measures.measurer import Measures
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Bools
from posecheck.rules.stretch import Stretch


@dataclass(frozen=True, slots=True)
class Misfit:
    """A condition of a posture that a pose does not meet.

    Attributes:
        measure: The name of the measure.
        limits: Least and greatest value, infinite where there is none.
        value: The measure.
        way_in: How to come into the posture, in words to say; None where the rule file has none.
    """

    measure: str
    limits: tuple[float, float]
    value: float
    way_in: str | None


def misfits(measures: Measures, stretch: Stretch) -> list[Misfit]:
    """The conditions of the stretch's posture that one pose does not meet.

    Args:
        measures: Of one pose.
        stretch: The stretch.

    Returns:
        The conditions, ordered by their distance from the pose in units of the measure's error, the furthest first.
    """
    assessor = Assessor(stretch, usual_references(stretch))
    missed = []
    for name, limits in stretch.posture.where.items():
        offset = assessor.offset(name, limits)
        low, high = assessor.limits(name, limits, strict=True)
        value = float(measures.get(name, stretch.support)[0])
        excess = max(low + offset - value, value - high - offset)
        if excess > 0:
            way_in = limits.way_in(value < low + offset)
            missed.append((excess / MEASURES[name].error, Misfit(name, (low + offset, high + offset), value, way_in)))
    return [misfit for _, misfit in sorted(missed, key=lambda one: -one[0])]


def usual_way_in(measures: Measures, stretch: Stretch, where: Bools) -> str | None:
    """The words that most often lead into a stretch's posture from where the person is; None where there are none.

    Args:
        measures: Of N poses.
        stretch: The stretch.
        where: (N,) the poses in question; a hundred of them, evenly chosen, are examined.
    """
    frames = np.flatnonzero(where)
    chosen = frames[np.linspace(0, len(frames) - 1, min(len(frames), 100)).astype(int)] if len(frames) else frames
    found = Counter(
        first.way_in
        for frame in chosen.tolist()
        for first in [one for one in misfits(measures.slice(frame, frame + 1), stretch) if one.way_in is not None][:1]
    )
    return found.most_common(1)[0][0] if found else None
