"""Where the person is in a frame: whether it can be judged at all, and how far into the stretch they are."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from posecheck.measures.framing import ADVICE, Framing, framing
from posecheck.measures.measurer import Measures
from posecheck.pose.landmarks import Bools, Ints
from posecheck.rules.stretch import Camera

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


def situations(measures: Measures, camera: Camera, *, posture: Bools, ready: Bools, unknown: Bools) -> Ints:
    """(N,) `Situation` as numbers.

    Args:
        measures: Of N poses.
        camera: The view that the stretch needs.
        posture: (N,) whether the measures are those of the stretch, in one of its phases if it has any.
        ready: (N,) whether they are those of its ready posture.
        unknown: (N,) whether a measure that decides about the posture is not known. Where part of the body is out of
            the picture, the situation is that instead.
    """
    frame = framing(measures.view, camera.max_off_side_on_deg, camera.needed)
    result: Ints = _SITUATIONS[frame]
    good = frame == Framing.GOOD
    result[good & unknown & ~measures.view.inside.all(axis=1)] = Situation.CUT_OFF
    result[good & ready] = Situation.READY
    result[good & posture] = Situation.POSTURE
    # Somebody who stands or sits is elsewhere, whichever way they face. A lying trunk seen head-on looks upright, too.
    lying = np.isin(frame, (Framing.HEAD_ON, Framing.FEET_ON))
    with np.errstate(invalid="ignore"):
        upright = (frame >= Framing.CUT_OFF) & ~lying & (measures.uprightness_deg > UPRIGHT_DEG)
    result[upright] = Situation.ELSEWHERE
    return result


def advice_on(situation: Situation, measures: Measures, camera: Camera) -> str | None:
    """What to change so that the last pose can be judged, in words to say; None where nothing needs to change.

    Args:
        situation: Where the person is in it.
        measures: Of poses in order.
        camera: The view that the stretch needs.
    """
    if situation is Situation.CUT_OFF:
        return ADVICE[Framing.CUT_OFF]
    frame = framing(measures.view, camera.max_off_side_on_deg, camera.needed)
    return ADVICE.get(Framing(int(frame[-1])))
