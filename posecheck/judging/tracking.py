"""Assessed frames told to a `HoldTracker`, in the time for which each frame stands."""

from __future__ import annotations

import numpy as np

from posecheck.judging.assessment import STANDS_S, Assessment
from posecheck.judging.holds import HoldTracker, Observation
from posecheck.judging.situation import Situation
from posecheck.pose.landmarks import Floats
from posecheck.pose.pace import FEW_S, longest_gap_s, usual_gap_s
from posecheck.rules.stretch import Stretch

MAX_GAP_S = STANDS_S
"""A frame stands until the next one, but not over a gap longer than this (a stall, a sleeping machine). In such a gap
nobody was seen, from the last frame on. At a low frame rate the gap may be longer (`posecheck.pose.pace`)."""


def follow(tracker: HoldTracker, time_s: Floats, assessment: Assessment) -> None:
    """Gives a tracker the next N frames: only the changes, and the gaps in which nothing was seen."""
    faulty = assessment.faulty & (assessment.situation == Situation.POSTURE)[:, None]
    if usual_gap_s(time_s) > FEW_S:  # one picture alone may show somebody on the way
        there = np.pad(faulty, ((1, 1), (0, 0)))
        faulty &= there[:-2] | there[2:]
    seen = np.column_stack([assessment.situation, assessment.phase, assessment.good, faulty])
    late = np.diff(time_s, prepend=tracker.time_s) > longest_gap_s(time_s, MAX_GAP_S)
    changed = np.concatenate([[True], np.any(np.diff(seen, axis=0) != 0, axis=1)])
    for index in np.flatnonzero(changed | late).tolist():
        if late[index]:
            before = float(time_s[index - 1]) if index else tracker.time_s
            tracker.update(before, Observation(Situation.NOBODY))
        situation, phase, good, *broken = seen[index].tolist()
        faults = frozenset(column for column, value in enumerate(broken) if value)
        tracker.update(float(time_s[index]), Observation(Situation(situation), phase, bool(good), faults))
    tracker.advance(float(time_s[-1]))


def track(time_s: Floats, stretch: Stretch, assessment: Assessment) -> HoldTracker:
    """The holds and faults of frames after which nothing more comes."""
    tracker = HoldTracker(stretch.timing, len(stretch.rules))
    follow(tracker, time_s, assessment)
    tracker.close(float(time_s[-1]))
    return tracker


def standing_s(time_s: Floats) -> Floats:
    """(N,) seconds for which each frame stands: until the next one, or 0 where the gap to it is too long."""
    gaps_s = np.diff(time_s, append=time_s[-1])
    return np.where(gaps_s > longest_gap_s(time_s, MAX_GAP_S), 0.0, gaps_s)
