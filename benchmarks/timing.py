"""What several benchmarks time, and how."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

from posecheck.judging.session import Session
from posecheck.pose.landmarks import Pose
from posecheck.rules.stretch import Stretch


def pose_by_pose(stretch: Stretch, poses: Sequence[Pose]) -> None:
    """Judges poses as live practice does, one after the other."""
    session = Session(stretch)
    for pose in poses:
        session.update(pose)


def median_s(what: Callable[[], object], runs: int) -> float:
    """Median seconds of processor time, all threads together, so that other work on the machine counts little."""
    seconds = []
    for _ in range(runs):
        began = time.process_time()
        what()
        seconds.append(time.process_time() - began)
    return statistics.median(seconds)
