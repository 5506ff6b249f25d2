"""Which stretch is done when: spans of a clip in which a person is in the posture of one of several stretches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from posecheck.assessment import Assessment, Bools, Situation
from posecheck.landmarks import Floats
from posecheck.stretches import Stretch

READY_ALONE_S = 8.0
"""A distinctive ready posture (all fours) without a movement counts as its stretch only when it lasts this long:
getting down to the mat or turning over passes through it in 1-5 s."""

ADJACENT_S = 1.0
"""The ready posture belongs to a stretch when no more than this lies between: the time of lifting off or coming
down, in which neither posture is met."""


@dataclass(frozen=True, slots=True)
class Span:
    """Frames `start` to `stop` - 1 of a clip, in which stretch number `stretch` is done."""

    stretch: int
    start: int
    stop: int


def runs(time_s: Floats, mask: Bools, gap_s: float, least_s: float) -> list[tuple[int, int]]:
    """Runs of True as (start, stop) indices, joined over gaps of at most `gap_s`, of at least `least_s` seconds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    joined: list[tuple[int, int]] = []
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if joined and time_s[start] - time_s[joined[-1][1] - 1] <= gap_s:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return [(start, stop) for start, stop in joined if time_s[stop - 1] - time_s[start] >= least_s]


def find_spans(
    time_s: Floats, stretches: Sequence[Stretch], assessments: Sequence[Assessment], *, chosen: bool
) -> list[Span]:
    """The spans of a clip, in order, none overlapping another.

    Args:
        time_s: (N,) seconds.
        stretches: The stretches that it may show.
        assessments: Of the whole clip, one for each stretch.
        chosen: Whether the (only) stretch is known: then all of it is one span, however long the rests.
    """
    seen = [
        span
        for index, (stretch, assessment) in enumerate(zip(stretches, assessments, strict=True))
        for span in _postures(time_s, index, stretch, assessment)
    ]
    joined: list[Span] = []
    for span in sorted(seen, key=lambda one: one.start):
        last = joined[-1] if joined else None
        if last is not None and last.stretch == span.stretch and (
            chosen or time_s[span.start] - time_s[last.stop - 1] <= stretches[span.stretch].timing.rest_s
        ):
            joined[-1] = replace(last, stop=max(last.stop, span.stop))
        elif last is None or span.stop > last.stop:
            joined.append(span if last is None else replace(span, start=max(span.start, last.stop)))
    return _with_ready(time_s, joined, assessments)


def _postures(time_s: Floats, index: int, stretch: Stretch, assessment: Assessment) -> list[Span]:
    timing = stretch.timing
    posture = assessment.situation == Situation.POSTURE
    spans = runs(time_s, posture, timing.grace_s, timing.min_hold_s)
    if stretch.ready.distinctive:
        either = posture | (assessment.situation == Situation.READY)
        spans = [
            (start, stop)
            for start, stop in runs(time_s, either, timing.grace_s, timing.min_hold_s)
            if time_s[stop - 1] - time_s[start] >= READY_ALONE_S or any(start <= a < stop for a, _ in spans)
        ]
    return [Span(index, start, stop) for start, stop in spans]


def _with_ready(time_s: Floats, spans: list[Span], assessments: Sequence[Assessment]) -> list[Span]:
    """The spans with the ready posture before and after them, as far as the neighbours leave room."""
    result: list[Span] = []
    for number, span in enumerate(spans):
        start, stop = span.start, span.stop
        lowest = result[-1].stop if result else 0
        highest = spans[number + 1].start if number + 1 < len(spans) else len(time_s)
        ready = assessments[span.stretch].situation == Situation.READY
        resting = runs(time_s, ready, ADJACENT_S, 0.0)
        for a, b in resting:
            if a < start and time_s[start] - time_s[b - 1] <= ADJACENT_S:
                start = max(a, lowest)
            if b > stop and time_s[a] - time_s[stop - 1] <= ADJACENT_S:
                stop = min(b, highest)
        result.append(replace(span, start=start, stop=stop))
    return result
