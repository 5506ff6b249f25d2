"""Pictures that stand: a file may show one for seconds, where nothing moved, or because somebody shows slides.

Such a picture is handed out again and again while it stands, so that all that follows sees somebody who holds still
rather than a hole in time. Pictures that come slowly but evenly are another thing, a film of few pictures: between them
the person may have moved.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from math import inf

from posecheck.pose.frames import Frame, StandingFrame
from posecheck.pose.pace import SLOWEST_S, UNEVEN

LEAST_S = 1.0
"""A shorter time needs no showing again: what was seen stands for so long in any case (`assessment.STANDS_S`)."""

AGAIN_S = 0.2
"""A standing picture is shown again this often: as often as a rate of change needs, three times in half a second."""


class Pace:
    """How quickly a clip's pictures follow each other.

    Attributes:
        usual_s: Mean time between the pictures so far; infinite before the second.
    """

    def __init__(self) -> None:
        self.usual_s = inf
        self._first_s = math.nan
        self._count = 0

    def update(self, time_s: float) -> None:
        """Another picture, at this time."""
        if self._count:
            self.usual_s = (time_s - self._first_s) / self._count
        else:
            self._first_s = time_s
        self._count += 1

    def stands(self, length_s: float) -> bool:
        """Whether a picture that is shown for so long stands, rather than the film has few pictures."""
        return length_s > max(LEAST_S, min(UNEVEN * self.usual_s, SLOWEST_S))


def shown_again(frame: Frame, until_s: float, *, at_end: bool = False) -> Iterator[StandingFrame]:
    """The frame at later times, before `until_s`, or, at the end of a clip, also then."""
    steps = math.ceil((until_s - frame.time_s) / AGAIN_S)
    step_s = (until_s - frame.time_s) / steps
    for step in range(1, steps + at_end):
        yield StandingFrame(frame, frame.time_s + step * step_s)
