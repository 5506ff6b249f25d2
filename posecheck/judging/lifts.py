"""Lifts: movements into the posture of a stretch and back, each with its height, its time at the top, and its faults.

A bridge is mostly prescribed as repetitions of a second or two at the top. Each of them is judged, even one that stalls
low, is over before a fault has lasted, or never stops moving.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from posecheck.judging.assessment import STANDS_S, Assessment, Baseline, FrameEvidence
from posecheck.judging.cues import Cue, cue, urgency
from posecheck.judging.recognition import runs
from posecheck.judging.situation import Situation
from posecheck.pose.intervals import Interval
from posecheck.pose.landmarks import Floats, Ints
from posecheck.rules.stretch import Stretch

TOP_SHARE = 0.8
"""The top of a lift is where it has reached this share of its greatest height: of a bridge of 33 degrees the last 7,
about what a held one sways by in real clips."""

FAULT_SHARE = 0.5
"""A rule that voids is a fault of the lift if it is outside its range for more than this share of the top."""


@dataclass(frozen=True, slots=True, eq=False)
class LiftSpan:
    """A lift before the rules are applied: their limits change none of it.

    Attributes:
        start_s: First moment in the posture.
        end_s: The last one.
        height: Greatest distance of the measure of height from the person's rest, in its unit; None where the stretch
            has no such measure, or it was not seen.
        frames: Indices of its frames in the posture.
        frames_s: Seconds for which each of them stands.
        top: Indices of the frames at the top; of all frames where the height is not known.
        top_s: (M,) seconds for which each of them stands.
    """

    start_s: float
    end_s: float
    height: float | None
    frames: Ints
    frames_s: Floats
    top: Ints
    top_s: Floats


@dataclass(frozen=True, slots=True)
class Lift:
    """One movement into the posture and back.

    Attributes:
        start_s: First moment in the posture.
        end_s: The last one.
        height: As `LiftSpan.height`.
        top_s: Seconds at the top.
        top: The first and the last moment at the top.
        good_s: Seconds of all of it on good form.
        faults: The major faults for most of the top, the most urgent first. A minor one is reported where it lasts.
        counts: Whether it is a repetition: it was on good form for as long as a hold needs, or had no major fault.
    """

    start_s: float
    end_s: float
    height: float | None
    top_s: float
    top: Interval
    good_s: float
    faults: tuple[Cue, ...]
    counts: bool


def find_lifts(
    time_s: Floats, stretch: Stretch, evidence: FrameEvidence, references: Mapping[str, Baseline]
) -> list[LiftSpan]:
    """The lifts of a stretch without phases, in order; none for a stretch with phases, whose movements are rounds.

    Args:
        time_s: (N,) seconds.
        stretch: The stretch.
        evidence: What the frames are judged on.
        references: The person's neutral values; a height counts from theirs, or from 0.
    """
    if stretch.phases:
        return []
    timing, situation = stretch.timing, evidence.situation
    lasts_s = np.minimum(np.diff(time_s, append=time_s[-1]), STANDS_S)
    heights = None
    if (name := stretch.hold.height) is not None:
        rest = references[name].value if name in references else 0.0
        heights = np.abs(evidence.lasting[name] - rest)
    # A while unseen does not split a lift; a rest does.
    rests = runs(time_s, np.isin(situation, (Situation.READY, Situation.ELSEWHERE)), 0.0, timing.debounce_s)
    apart = np.zeros(len(time_s), int)
    for start, _ in rests:
        apart[start:] += 1
    found = []
    for first, last in runs(time_s, situation == Situation.POSTURE, timing.rest_s, 0.0):
        for number in np.unique(apart[first:last]):
            frames = np.flatnonzero((situation == Situation.POSTURE) & (apart == number))
            frames = frames[(frames >= first) & (frames < last)]
            if len(frames) and time_s[frames[-1]] - time_s[frames[0]] >= timing.min_hold_s:
                found.append(_span(time_s, lasts_s, frames, heights))
    return found


def _span(time_s: Floats, lasts_s: Floats, frames: Ints, heights: Floats | None) -> LiftSpan:
    ends = float(time_s[frames[0]]), float(time_s[frames[-1]])
    reached = np.full(len(frames), np.nan) if heights is None else heights[frames]
    if not np.isfinite(reached).any():
        return LiftSpan(*ends, None, frames, lasts_s[frames], frames, lasts_s[frames])
    height = float(np.nanmax(reached))
    top = frames[np.nan_to_num(reached, nan=-1.0) >= TOP_SHARE * height]
    return LiftSpan(*ends, height, frames, lasts_s[frames], top, lasts_s[top])


def judged(time_s: Floats, stretch: Stretch, assessment: Assessment, spans: Sequence[LiftSpan]) -> list[Lift]:
    """The lifts, each with its faults at the top, whether or not the trunk was moving there."""
    found = []
    for span in spans:
        outside = assessment.outside[span.top]
        broken = outside & ~(outside @ assessment.after.T)
        most = FAULT_SHARE * span.top_s.sum()
        seen = len(span.top) > 1  # one picture alone may show somebody on the way
        columns = np.flatnonzero(seen & assessment.voids & (span.top_s @ broken > most)).tolist()
        columns.sort(key=lambda column: urgency(stretch.rules[column]))
        low = [bool(assessment.low[span.top][broken[:, column], column].mean() > 0.5) for column in columns]
        faults = tuple(cue(stretch.rules[column], low=below) for column, below in zip(columns, low, strict=True))
        top = float(time_s[span.top[0]]), float(time_s[span.top[-1]] + span.top_s[-1])
        top_s, good_s = float(span.top_s.sum()), float(span.frames_s @ assessment.good[span.frames])
        counts = not faults or good_s >= stretch.timing.min_hold_s
        found.append(Lift(span.start_s, span.end_s, span.height, top_s, top, good_s, faults, counts))
    return found


def with_lift_faults(intervals: Sequence[Interval], rule: str, lifts: Sequence[Lift]) -> list[Interval]:
    """The times of a rule's fault, including those at the top of lifts that were over before the fault had lasted.

    Args:
        intervals: The times in which the fault had lasted long enough, in order.
        rule: The rule's name.
        lifts: The lifts.
    """
    brief = [
        lift.top
        for lift in lifts
        if any(fault.rule == rule for fault in lift.faults)
        and not any(start <= lift.end_s and end >= lift.start_s for start, end in intervals)
    ]
    return sorted([*intervals, *brief])
