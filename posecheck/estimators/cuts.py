"""Cuts in an edited clip, told by the pictures: where one has nothing to do with the one before.

A fade from one shot to the next is none: no picture of it differs that much.
"""

from __future__ import annotations

import cv2
import numpy as np

from posecheck.pose.frames import Frame
from posecheck.pose.landmarks import Floats
from posecheck.pose.pace import FEW_S

SIDE_PX = 64
"""Longest side at which pictures are compared: a body that moves changes a few of these pixels, a cut most."""

LEAST_UNLIKE = 0.25
"""One less the correlation of two pictures' luma from which there may be a cut. In 36 rendered clips and a film no
two successive pictures differed by more than 0.051; of six cuts the one that differed least, to the same room in a
mirror, by 0.49. A light that is switched on changes the luma alike everywhere, and correlation does not see it."""

LEAST_CHANGE = 12.0
"""Least mean change of luma, of 255: dark or plain pictures are noise, which correlates with nothing. The greatest in
those clips was 3.6, the least of the cuts 43."""

SLOW_UNLIKE, SLOW_CHANGE = 0.75, 24.0
"""The same where pictures come less often than four a second, so that a body has moved between two of them: rendered
people in a plain room changed them by up to 0.51 and 16.5 in two seconds."""

ALONE = 4.0
"""A cut differs by this much more than the pictures before it did: a camera that is carried changes all of them."""


class CutDetector:
    """Detects cuts, frame by frame."""

    def __init__(self) -> None:
        self._last: Floats | None = None
        self._size = (0, 0)
        self._unlike = 0.0
        self._time_s = 0.0

    def is_cut(self, frame: Frame) -> bool:
        """Whether a new shot begins with this frame. The first never does; a change of size always does."""
        luma = _luma(frame)
        last, size = self._last, self._size
        slow = frame.time_s - self._time_s > FEW_S
        self._time_s = frame.time_s
        self._last, self._size = luma, (frame.width_px, frame.height_px)
        if last is None or size != self._size:
            self._unlike = 0.0
            return last is not None
        unlike, before = _unlike(luma, last), self._unlike
        self._unlike = unlike
        change = float(np.abs(luma - last).mean())
        if slow:
            return change >= SLOW_CHANGE and unlike >= SLOW_UNLIKE
        return change >= LEAST_CHANGE and unlike >= max(LEAST_UNLIKE, ALONE * before)


def _luma(frame: Frame) -> Floats:
    return cv2.cvtColor(frame.rgb(SIDE_PX), cv2.COLOR_RGB2GRAY).astype(np.float64)


def _unlike(one: Floats, other: Floats) -> float:
    """One minus the correlation. 0 if either picture is uniform."""
    a, b = one - one.mean(), other - other.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return 1.0 - float((a * b).sum()) / scale if scale > 0 else 0.0
