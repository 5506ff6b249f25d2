"""Whether a clip plays at the speed at which it was filmed, or is slow motion or a time-lapse.

Seconds held are seconds of the clip, so a clip that plays at another speed shows a wrong hold time. The speed is
estimated from how fast people go from one posture to another: the median speed over the middle part of each movement,
of at least two movements.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from posecheck.judging.judgement import Segment
from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.measurer import Measures
from posecheck.pose.landmarks import Floats
from posecheck.pose.pace import FEW_S, usual_gap_s
from posecheck.pose.turning_points import find_swings, steady

SPEEDS_DEG_PER_S = {"trunk_pitch": (4.0, 150.0), "spine_flexion": (22.0, 450.0)}
"""The slowest and the fastest plausible speed: half of the slowest and twice the fastest that was measured. In segments
of two movements and more of rendered people, a filmed one and strangers (68, 30 of them cat-cow) the trunk went at 8.5
to 73 (donkey kicks at 140), the spine at 45 to 224. So at half or double its speed none of them is noted except the
kicks."""

LEAST_SWING_DEG = {"trunk_pitch": 15.0, "spine_flexion": 30.0}
"""A smaller movement does not lead from one posture to another."""

FEWEST = 2
"""Least number of movements that show a speed."""

MIDDLE = (0.2, 0.8)
"""Shares of the way between which the speed is taken: people set off and arrive slowly."""


def playback_notes(segment: Segment, measures: Measures) -> Iterator[str]:
    """Notes that a stretch is done implausibly slowly or fast; none where the frame rate is too low to tell.

    Args:
        segment: The stretch.
        measures: Of the whole clip.
    """
    part = measures.slice(segment.span.start, segment.span.stop)
    if usual_gap_s(part.time_s) > FEW_S:
        return
    for name in ("trunk_pitch", *(("spine_flexion",) if segment.stretch.phases else ())):
        speeds = _speeds(part.time_s, part.get(name, FloorContacts.LEVEL), LEAST_SWING_DEG[name])
        if len(speeds) < FEWEST:
            continue
        speed = float(np.median(speeds))
        slowest, fastest = SPEEDS_DEG_PER_S[name]
        what = name.partition("_")[0]
        if speed > fastest:
            yield (
                f"{segment.stretch.title}: the {what} moves at {speed:.0f}° a second, faster than people do. If this "
                "is a time-lapse, more was held than its seconds say."
            )
        elif speed < slowest:
            yield (
                f"{segment.stretch.title}: the {what} moves at {speed:.1f}° a second, slower than people do. If this "
                "is slow motion, less was held than its seconds say."
            )


def _speeds(time_s: Floats, values: Floats, least_deg: float) -> list[float]:
    """Degrees a second of each movement, in the middle of its way."""
    smooth = steady(time_s, values)
    speeds = []
    for swing in find_swings(time_s, smooth, least_deg):
        way = slice(swing.start, swing.end + 1)
        share = (smooth[way] - smooth[swing.start]) / (smooth[swing.end] - smooth[swing.start])
        first, last = (int(np.argmax(share >= limit)) for limit in MIDDLE)
        if last > first:
            extent = abs(smooth[way][last] - smooth[way][first])
            speeds.append(float(extent / (time_s[way][last] - time_s[way][first])))
    return speeds
