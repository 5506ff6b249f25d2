"""Recognises which stretch is done when: spans of a clip in which a person is in the posture of a stretch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from posecheck.judging.assessment import Assessment
from posecheck.judging.situation import Situation
from posecheck.pose.landmarks import Bools, Floats
from posecheck.pose.pace import longest_gap_s
from posecheck.rules.stretch import Stretch

READY_ALONE_S = 8.0
"""A distinctive ready posture (all fours) without a movement counts as its stretch only when it lasts this long:
getting down to the mat or turning over passes through it in 1-5 s. No break may be longer than `Timing.debounce_s`:
somebody who lifts a leg again and again on all fours rested for less than a second each time."""

ADJACENT_S = 1.0
"""The ready posture belongs to a stretch if no more than this time lies between them: while somebody lifts off or comes
down, neither posture is met."""


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
        Span(index, start, stop)
        for index, (stretch, assessment) in enumerate(zip(stretches, assessments, strict=True))
        for start, stop in _with_ready(time_s, assessment, _postures(time_s, stretch, assessment, chosen=chosen))
    ]
    joined: list[Span] = []
    for span in sorted(seen, key=lambda one: one.start):
        last = joined[-1] if joined else None
        if last is None:
            joined.append(span)
            continue
        away_s = time_s[span.start] - time_s[last.stop - 1]
        if span.stretch == last.stretch and (chosen or away_s <= stretches[span.stretch].timing.rest_s):
            joined[-1] = replace(last, stop=max(last.stop, span.stop))
        elif span.stop > last.stop:
            joined.append(replace(span, start=max(span.start, last.stop)))
    return joined


def _postures(time_s: Floats, stretch: Stretch, assessment: Assessment, *, chosen: bool) -> list[tuple[int, int]]:
    """Runs of the posture, and those of a distinctive ready posture that contain a movement or last long."""
    timing = stretch.timing
    posture = assessment.situation == Situation.POSTURE
    ready = assessment.situation == Situation.READY
    if not stretch.ready.distinctive:
        return runs(time_s, posture, timing.grace_s, timing.min_hold_s)
    # The level back of one person may read like the cow of another: without a movement a phase shows no more than the
    # ready posture. Somebody who passes through all fours, from child's pose or up to standing, has the hips elsewhere:
    # a major fault.
    passing = (assessment.outside & assessment.voids).any(axis=1)
    reached = [ready, *(posture & ~passing & (assessment.phase == index) for index in range(len(stretch.phases)))]
    needed = 2
    if chosen or not stretch.phases:
        reached, needed = [posture], 1
    spells = [runs(time_s, mask, timing.grace_s, timing.min_hold_s) for mask in reached]
    alone = runs(time_s, posture | ready, timing.debounce_s, READY_ALONE_S)

    def begun(spell: list[tuple[int, int]], start: int, stop: int) -> bool:
        return any(start <= first < stop for first, _ in spell)

    return [
        (start, stop)
        for start, stop in runs(time_s, posture | ready, timing.grace_s, timing.min_hold_s)
        if begun(alone, start, stop) or sum(begun(spell, start, stop) for spell in spells) >= needed
    ]


def _with_ready(time_s: Floats, assessment: Assessment, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans, extended by the ready posture before and after them, in which the stretch begins and rests."""
    adjacent_s = longest_gap_s(time_s, ADJACENT_S)
    resting = runs(time_s, assessment.situation == Situation.READY, adjacent_s, 0.0)
    for start, stop in spans:
        before = [a for a, b in resting if a < start and time_s[start] - time_s[b - 1] <= adjacent_s]
        after = [b for a, b in resting if b > stop and time_s[a] - time_s[stop - 1] <= adjacent_s]
        yield min([start, *before]), max([stop, *after])
