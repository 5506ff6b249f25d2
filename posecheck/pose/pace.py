"""How quickly a clip's pictures follow each other, and for how long what one of them shows still stands."""

from __future__ import annotations

import numpy as np

from posecheck.pose.landmarks import Floats

UNEVEN = 1.5
"""Pictures are missing where one comes later than this share of the usual time: slow cameras are late by a third."""

SLOWEST_S = 3.0
"""A picture stands for no longer than this, however slowly pictures come: the slowest film that is judged has one in
two seconds, and one of them may come late by half."""

FEW_S = 0.25
"""A film with longer gaps, of fewer than four pictures a second, shows no rate of change within half a second."""

TOO_FEW_S = 0.5
"""In a film with longer gaps no movement to and fro is judged: cat-cow of 1.1 s to an end, filmed once a second or once
in two, looked like one of 4 s and of half the width."""

FEWEST = 3
"""Least number of gaps that show a pace; with fewer (a live camera's newest frame) none is known."""


def usual_gap_s(time_s: Floats) -> float:
    """The median time from one picture to the next; 0 where there are too few to tell."""
    gaps_s = np.diff(time_s)
    return float(np.median(gaps_s)) if len(gaps_s) >= FEWEST else 0.0


def longest_gap_s(time_s: Floats, stands_s: float) -> float:
    """The longest time from one picture to the next in which what was seen still stands.

    Args:
        time_s: (N,) of the pictures.
        stands_s: The same for pictures that come quickly.
    """
    return max(stands_s, min(UNEVEN * usual_gap_s(time_s), SLOWEST_S))
