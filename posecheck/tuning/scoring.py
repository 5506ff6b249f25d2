"""How well the rules of a stretch agree with a person's labels: labels against verdicts, clip by clip.

Only labelled time counts. A rule should detect its fault in the seconds labelled with that fault, and detect nothing in
the seconds labelled good. Another fault's seconds say nothing about the rule, because one fault often brings another
along; the confusion matrix reports them. A movement is judged from end to end, so one that is good in one part and
faulty in another says nothing either. Everything is counted for each clip alone, so that figures and their uncertainty
come from sums over clips.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import IntEnum
from types import MappingProxyType

import numpy as np

from posecheck.judging.tracking import standing_s
from posecheck.pose.intervals import Interval
from posecheck.pose.landmarks import Bools, Floats, Ints
from posecheck.rules.limits import rule_named, rule_names
from posecheck.rules.rule import Rule, Severity
from posecheck.rules.stretch import Stretch
from posecheck.tuning.labels import GOOD, LabelledClip
from posecheck.tuning.replay import RuleResult

TOLERANCE_S = 0.5
"""How far an event may lie from its label: people mark the onset of a fault to about half a second."""


class Seconds(IntEnum):
    """Columns of a rule's seconds."""

    NAMED = 0
    """At fault and detected."""
    MISSED = 1
    """At fault and not detected."""
    FALSE = 2
    """Good but detected as at fault."""
    QUIET = 3
    """Good and not detected."""


class Events(IntEnum):
    """Columns of a rule's events."""

    LABELLED = 0
    """Faults labelled."""
    FOUND = 1
    """Those of them that were found."""
    NAMED = 2
    """Faults detected."""
    RIGHT = 3
    """Those of them that were labelled."""


class Holds(IntEnum):
    """Columns of a clip's holds.

    All labelled faults count as faulty, even those without a rule, so that rule files can be compared. Faults that end
    no hold do not: minor ones, and those of rules on movement, which are judged when the movement is over.
    """

    GOOD_S = 0
    """Seconds labelled good."""
    HELD_S = 1
    """Those of them that were held."""
    FAULTY_S = 2
    """Seconds labelled faulty."""
    HELD_FAULTY_S = 3
    """Those of them that were held."""
    FALSE_HOLDS = 4
    """Holds that lie in faulty seconds and touch no good ones."""
    GOOD_CLIPS = 5
    """1 if any second is labelled good, else 0; the sum is the number of clips with good seconds."""


class Confusion(IntEnum):
    """Columns of what is detected in a label's seconds."""

    LABELLED = 0
    """Seconds that carry the label."""
    QUIET = 1
    """Those of them in which no fault is detected."""
    FIRST_RULE = 2
    """Those of them in which the first rule's fault is detected; the other rules' follow, in the file's order."""


class ClipScorer:
    """A clip's labels laid over its frames, to count verdicts against.

    Args:
        clip: The clip.
        stretch: What it is judged against.
        swings: Of each rule on movement, the movements that it judges.
    """

    def __init__(
        self, clip: LabelledClip, stretch: Stretch, swings: Mapping[str, Sequence[Interval]] = MappingProxyType({})
    ) -> None:
        self.clip = clip
        self.stretch = stretch
        self._mixed = {name: self._neither(name, each) for name, each in swings.items()}
        self._time_s = clip.measures.time_s
        self._names = rule_names(stretch)
        minor = set() if stretch.hold.strict else {one.name for one in stretch.rules if one.severity is Severity.MINOR}
        self._counting = {*minor, *(one.name for one in stretch.swing_rules)}
        self.lengths_s = standing_s(self._time_s)
        self._sums = {name: self._sum_of(self.weights(name)) for name in (GOOD, *self._names)}
        self._good_for = {name: self._sum_of(self.weights(GOOD, name)) for name in self._names}
        self._seen = self._sum_of(self.lengths_s)
        self._spells = {name: self._spells_of(name) for name in self._names}

    def weights(self, label: str, rule: str | None = None) -> Floats:
        """(N,) seconds of each frame that carry a label; for a rule, only those that are for or against it."""
        seen = np.zeros(len(self._time_s), bool)
        for first, stop in self._spans(self.events(label) if rule is None else self._asked(label, rule)):
            seen[first:stop] = True
        return np.where(seen, self.lengths_s, 0.0)

    def events(self, label: str, phases: Collection[str] = ()) -> list[Interval]:
        """The times of a label, those that touch joined; for some phases, only those in which they are shown."""
        return _union(
            (one.start_s, one.end_s)
            for one in self.clip.labels
            if one.label == label and not (one.phase and phases and one.phase not in phases)
        )

    def _asked(self, label: str, rule: str) -> list[Interval]:
        """The times of a label, good or its own fault, that are for or against a rule."""
        asked = rule_named(self.stretch, rule)
        phases = asked.phases if isinstance(asked, Rule) and label == GOOD else ()
        return _without(self.events(label, phases), self._mixed.get(rule, ()))

    def _neither(self, rule: str, swings: Iterable[Interval]) -> list[Interval]:
        """The movements that are labelled good in one part and with a rule's fault in another."""
        good, faulty = self.events(GOOD), self.events(rule)
        return [swing for swing in swings if all(_overlap_s(swing, events) > TOLERANCE_S for events in (good, faulty))]

    def named(self, rule: str, verdict: RuleResult) -> Bools:
        """(N,) whether a rule's fault is detected in each frame."""
        result = np.zeros(len(self._time_s), bool)
        for interval in verdict.faults[rule].intervals:
            result[slice(*np.searchsorted(self._time_s, interval))] = True
        return result

    def spells(self, rule: str) -> tuple[Floats, Bools]:
        """(E,) seconds of each labelled time that is for or against a rule, and whether the label is its fault."""
        spans, faulty = self._spells[rule]
        return self._seen[spans[:, 1]] - self._seen[spans[:, 0]], faulty

    def named_s(self, rule: str, verdict: RuleResult) -> Floats:
        """(E,) seconds of each of these times in which the fault is detected."""
        spans, _ = self._spells[rule]
        named = self._spans(verdict.faults[rule].intervals)
        first = np.maximum(spans[:, None, 0], named[:, 0])
        stop = np.maximum(first, np.minimum(spans[:, None, 1], named[:, 1]))
        overlaps: Floats = (self._seen[stop] - self._seen[first]).sum(axis=1)
        return overlaps

    def seconds(self, rule: str, verdict: RuleResult) -> Floats:
        """(4,) `Seconds` of a rule."""
        (lengths, faulty), named = self.spells(rule), self.named_s(rule, verdict)
        total: Floats = in_columns(lengths, named, faulty).sum(axis=0)
        return total

    def counts(self, rule: str, verdict: RuleResult, tolerance_s: float = TOLERANCE_S) -> Floats:
        """(4,) `Events` of a rule; a fault detected outside its own and good seconds does not count."""
        labelled, named = self.events(rule), verdict.faults[rule].intervals
        right = [any(_touch(one, other, tolerance_s) for other in labelled) for one in named]
        found = [any(_touch(one, other, tolerance_s) for other in named) for one in labelled]
        false = [
            not good and self._within(self._good_for[rule], [one]) > 0 for one, good in zip(named, right, strict=True)
        ]
        result = np.zeros(len(Events))
        result[Events.LABELLED] = len(labelled)
        result[Events.FOUND] = sum(found)
        result[Events.NAMED] = sum(right) + sum(false)
        result[Events.RIGHT] = sum(right)
        return result

    def delays_s(self, rule: str, verdict: RuleResult, tolerance_s: float = TOLERANCE_S) -> list[float]:
        """Seconds from the onset of each labelled fault that was found until it could be reported."""
        named = verdict.faults[rule]
        delays = []
        for event in self.events(rule):
            due = [
                due_s
                for one, due_s in zip(named.intervals, named.due_s, strict=True)
                if _touch(one, event, tolerance_s)
            ]
            delays += [max(0.0, due[0] - event[0])] if due else []
        return delays

    def confusion(self, verdict: RuleResult) -> Floats:
        """(1 + R, 2 + R) `Confusion`, in seconds.

        The rows are what is labelled: good, and each fault.
        """
        result = np.zeros((1 + len(self._names), Confusion.FIRST_RULE + len(self._names)))
        every = [verdict.faults[name].intervals for name in self._names]
        together = _union(interval for intervals in every for interval in intervals)
        for row, label in enumerate((GOOD, *self._names)):
            sums = self._sums[label]
            result[row, Confusion.LABELLED] = sums[-1]
            result[row, Confusion.QUIET] = sums[-1] - self._within(sums, together)
            result[row, Confusion.FIRST_RULE :] = [self._within(sums, intervals) for intervals in every]
        return result

    def holds(self, verdict: RuleResult, tolerance_s: float = TOLERANCE_S) -> Floats:
        """(6,) `Holds`; a lapse within a hold is not held, and is taken as spread over all of it."""
        names = sorted({one.label for one in self.clip.labels} - {GOOD, *self._counting})
        faulty = [event for name in names for event in self.events(name)]
        faulty_sums = self._sum_of(np.max([0.0 * self.lengths_s, *map(self.weights, names)], axis=0))
        result = np.zeros(len(Holds))
        result[Holds.GOOD_S] = self._sums[GOOD][-1]
        result[Holds.FAULTY_S] = faulty_sums[-1]
        result[Holds.GOOD_CLIPS] = result[Holds.GOOD_S] > 0
        for hold in verdict.holds:
            whole = (hold.start_s, hold.end_s)
            share = hold.hold_s / (hold.end_s - hold.start_s)
            result[Holds.HELD_S] += share * self._within(self._sums[GOOD], [whole])
            result[Holds.HELD_FAULTY_S] += share * self._within(faulty_sums, [whole])
            touches_good = any(_touch(whole, event, tolerance_s) for event in self.events(GOOD))
            in_faulty = any(_touch(whole, event, 0.0) for event in faulty)
            result[Holds.FALSE_HOLDS] += in_faulty and not touches_good
        return result

    def _sum_of(self, weights: Floats) -> Floats:
        """(N + 1,) running sums, so that an interval's share is a difference."""
        return np.concatenate([[0.0], np.cumsum(weights)])

    def _spells_of(self, rule: str) -> tuple[Ints, Bools]:
        """(E, 2) first and end frame of each labelled time for or against a rule, and whether it shows the fault."""
        good, faulty = self._asked(GOOD, rule), self._asked(rule, rule)
        return self._spans([*good, *faulty]), np.arange(len(good) + len(faulty)) >= len(good)

    def _spans(self, intervals: Sequence[Interval]) -> Ints:
        """(I, 2) first frame of each interval and the one after its last."""
        spans: Ints = np.searchsorted(self._time_s, np.array(intervals).reshape(-1, 2))
        return spans

    def _within(self, sums: Floats, intervals: Sequence[Interval]) -> float:
        spans = self._spans(intervals)
        return float((sums[spans[:, 1]] - sums[spans[:, 0]]).sum())


def _touch(one: Interval, other: Interval, tolerance_s: float) -> bool:
    return one[0] < other[1] + tolerance_s and other[0] < one[1] + tolerance_s


def _overlap_s(one: Interval, others: Iterable[Interval]) -> float:
    return sum(max(0.0, min(one[1], end_s) - max(one[0], start_s)) for start_s, end_s in others)


def _without(intervals: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """The parts of the intervals that lie in none of the holes."""
    left = list(intervals)
    for hole in holes:
        parts = [
            part for start_s, end_s in left for part in ((start_s, min(end_s, hole[0])), (max(start_s, hole[1]), end_s))
        ]
        left = [(start_s, end_s) for start_s, end_s in parts if start_s < end_s]
    return left


def _union(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for start_s, end_s in sorted(intervals):
        if joined and start_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end_s, joined[-1][1]))
        else:
            joined.append((start_s, end_s))
    return joined


def in_columns(lengths_s: Floats, named_s: Floats, faulty: Bools) -> Floats:
    """(..., E, 4) `Seconds` of each of E labelled times, in (..., E) seconds of which the fault is detected."""
    quiet_s = lengths_s - named_s
    return seconds_of(named_s * faulty, quiet_s * faulty, named_s * ~faulty, quiet_s * ~faulty)


def seconds_of(named: Floats, missed: Floats, false: Floats, quiet: Floats) -> Floats:
    """(..., 4) `Seconds` of their (...,) columns."""
    columns = {Seconds.NAMED: named, Seconds.MISSED: missed, Seconds.FALSE: false, Seconds.QUIET: quiet}
    return np.stack([columns[column] for column in Seconds], axis=-1)


def faulty_s(seconds: Floats) -> Floats:
    """(...,) how much of (..., 4) `Seconds` is at fault, detected or not."""
    total: Floats = seconds[..., Seconds.NAMED] + seconds[..., Seconds.MISSED]
    return total


def good_s(seconds: Floats) -> Floats:
    """(...,) how much of (..., 4) `Seconds` is good, detected as at fault or not."""
    total: Floats = seconds[..., Seconds.FALSE] + seconds[..., Seconds.QUIET]
    return total


def precision(seconds: Floats) -> Floats:
    """Share of the detected seconds that were at fault, over the last axis of `Seconds`; NaN for none detected."""
    named = seconds[..., Seconds.NAMED]
    return share(named, named + seconds[..., Seconds.FALSE])


def recall(seconds: Floats) -> Floats:
    """Share of the seconds at fault that were detected; NaN where none was at fault."""
    return share(seconds[..., Seconds.NAMED], faulty_s(seconds))


def f1(seconds: Floats) -> Floats:
    """The harmonic mean of both; NaN where nothing was at fault."""
    named, missed, false = (seconds[..., column] for column in (Seconds.NAMED, Seconds.MISSED, Seconds.FALSE))
    return np.where(named + missed > 0, share(2.0 * named, 2.0 * named + missed + false), np.nan)


def balanced(seconds: Floats) -> Floats:
    """Balanced accuracy, the mean of recall and specificity; NaN without faulty or without good seconds.

    Thresholds are chosen by it. Specificity is the share of good seconds in which nothing is detected. A rule that
    always detects its fault, never does, or guesses gets 0.5, however much of the clips is at fault. F1 would reward a
    rule that always detects its fault where most of the time is at fault.
    """
    return 0.5 * (recall(seconds) + share(seconds[..., Seconds.QUIET], good_s(seconds)))


def share(part: Floats, whole: Floats) -> Floats:
    """The part over the whole; NaN where the whole is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Floats = np.where(whole > 0, part / whole, np.nan)
    return result
