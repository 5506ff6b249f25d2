"""Where the person is in a frame: whether it can be judged at all, and how far into the stretch they are."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from posecheck.measures.framing import Framing, framing
from posecheck.measures.measurer import Measures
from posecheck.pose.landmarks import Bools, Ints

UPRIGHT_DEG = 60.0
"""Trunk steeper than this in the picture: standing, sitting or kneeling up, whichever way the person faces. The
steepest trunk of a floor pose in 133 photographs was 59 degrees (cobra); a camera's tilt of 10 stays on this side
for sphinx, cat-cow and bridge, the steepest of which was 32."""


class Situation(IntEnum):
    """Where the person is in one frame."""

    NOBODY = 0
    TOO_DARK = 1
    BLURRED = 2
    CUT_OFF = 3
    VIEW_WRONG = 4
    ELSEWHERE = 5
    READY = 6
    POSTURE = 7


_UNJUDGED = {
    Framing.NOBODY: Situation.NOBODY,
    Framing.TOO_DARK: Situation.TOO_DARK,
    Framing.BACKLIT: Situation.TOO_DARK,
    Framing.BLURRED: Situation.BLURRED,
    Framing.CUT_OFF: Situation.CUT_OFF,
    Framing.GOOD: Situation.ELSEWHERE,
}
_SITUATIONS = np.array([_UNJUDGED.get(one, Situation.VIEW_WRONG) for one in Framing])
"""The situation in which each framing leaves the person; good framing leaves it to the posture."""


def situations(measures: Measures, most_off_deg: float, *, posture: Bools, ready: Bools) -> Ints:
    """(N,) `Situation` as numbers.

    Args:
        measures: Of N poses.
        most_off_deg: How far off side-on the view may be.
        posture: (N,) whether the measures are those of the stretch, in one of its phases if it has any.
        ready: (N,) whether they are those of its ready posture.
    """
    frame = framing(measures.view, most_off_deg)
    result: Ints = _SITUATIONS[frame]
    good = frame == Framing.GOOD
    result[good & ready] = Situation.READY
    result[good & posture] = Situation.POSTURE
    # Whoever stands or sits is elsewhere, whichever way they face. Seen head-on a trunk looks upright, but lies.
    lying = np.isin(frame, (Framing.HEAD_ON, Framing.FEET_ON))
    with np.errstate(invalid="ignore"):
        upright = (frame >= Framing.CUT_OFF) & ~lying & (measures.uprightness_deg > UPRIGHT_DEG)
    result[upright] = Situation.ELSEWHERE
    return result
