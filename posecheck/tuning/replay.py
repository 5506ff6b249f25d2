"""A labelled clip, prepared so that tuning can apply its rules again and again with other limits.

Whatever does not depend on the limits of rules (spans, neutral, values, situations, swings) is computed once, by the
functions of `posecheck.judging.judgement`. A trial compares the values of one rule with its new limit and gives the
changes to the same `HoldTracker` that judges live. Where no comparison has a new result, the last result is used again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from posecheck.judging.assessment import Assessment, assess
from posecheck.judging.holds import Hold, HoldTracker
from posecheck.judging.judgement import SpanEvidence
from posecheck.judging.movements import Judged, swing_values
from posecheck.judging.neutral import own_references
from posecheck.judging.recognition import find_spans
from posecheck.judging.tracking import track
from posecheck.measures.measurer import Measures
from posecheck.pose.intervals import Interval
from posecheck.pose.landmarks import Bools, Floats
from posecheck.rules.limits import Threshold, rule_named, rule_names, with_limits
from posecheck.rules.rule import Rule, SwingRule
from posecheck.rules.stretch import Stretch


@dataclass(frozen=True, slots=True)
class DetectedFault:
    """When a rule was broken, by the verdict.

    Attributes:
        intervals: (start, end) in seconds, in order.
        due_s: When each had lasted long enough to be reported.
    """

    intervals: tuple[Interval, ...] = ()
    due_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The result of applying the rules to a clip.

    Attributes:
        faults: By rule, those never broken included.
        holds: In order.
    """

    faults: Mapping[str, DetectedFault]
    holds: tuple[Hold, ...]


class Replay:
    """A clip of one stretch, ready for its rules to be applied.

    Args:
        measures: Of the whole clip.
        stretch: What it is judged against; trials change limits of its rules and nothing else.
    """

    def __init__(self, measures: Measures, stretch: Stretch) -> None:
        self.measures = measures
        self.stretch = stretch
        whole = assess(measures, stretch, own_references(measures, stretch))
        spans = find_spans(measures.time_s, [stretch], [whole], chosen=True)
        self._courses = [_SpanReplay(measures.slice(span.start, span.stop), stretch) for span in spans]

    def verdict(self, stretch: Stretch | None = None) -> RuleResult:
        """The result of its own rules, or of those of `stretch`, if given."""
        parts = [course.verdict(stretch or self.stretch) for course in self._courses]
        return _joined(self.stretch, parts)

    def trial(self, threshold: Threshold, value: float, *, alone: bool = False) -> RuleResult:
        """The result with another value for one limit, while no other rule comes before the limit's rule.

        A rule that is silent because another one comes first (`Rule.after`) says nothing about its own limit.

        Args:
            threshold: The limit.
            value: Its value on trial.
            alone: Whether the rule's other limit, if it has one, is to be open.
        """
        other = Threshold(threshold.rule, "max" if threshold.limit == "min" else "min")
        limits = {threshold: value} | ({other: None} if alone else {})
        rule = rule_named(with_limits(self.stretch, limits), threshold.rule)
        return _joined(self.stretch, [course.trial(rule) for course in self._courses])

    def swings(self, name: str) -> list[Judged]:
        """What a rule on movement measures of each swing, in order."""
        return [judged for course in self._courses for judged in course.swings[name]]

    def values(self, name: str) -> Floats:
        """(N,) what a rule compares with its limits; NaN where it does not apply. A swing has its value throughout."""
        result = np.full(len(self.measures), np.nan)
        start_s = self.measures.time_s
        for course in self._courses:
            first = int(np.searchsorted(start_s, course.time_s[0]))
            result[first : first + len(course.time_s)] = course.values(name)
        return result


class _SpanReplay:
    """One span of a clip."""

    def __init__(self, measures: Measures, stretch: Stretch) -> None:
        self.time_s = measures.time_s
        self._stretch = stretch
        self._course = SpanEvidence.of(measures, stretch)
        self._assessment = self._course.assessment(stretch)
        there = self._course.there
        self.swings = {rule.name: swing_values(measures, stretch, rule, there) for rule in stretch.swing_rules}
        self._tracked: dict[tuple[str, bytes], HoldTracker] = {}
        self._now = track(self.time_s, stretch, self._assessment)

    def verdict(self, stretch: Stretch) -> RuleResult:
        tracker = self._now
        if stretch.rules != self._stretch.rules:
            tracker = track(self.time_s, stretch, self._course.assessment(stretch))
        return self._told(tracker, stretch.swing_rules)

    def trial(self, rule: Rule | SwingRule) -> RuleResult:
        if isinstance(rule, SwingRule):
            rules = [rule if rule.name == one.name else one for one in self._stretch.swing_rules]
            return self._told(self._now, rules)
        return self._told(self._tracked_with(rule), self._stretch.swing_rules)

    def values(self, name: str) -> Floats:
        rule = rule_named(self._stretch, name)
        if isinstance(rule, Rule):
            return self._course.values(rule)
        result = np.full(len(self.time_s), np.nan)
        for (start_s, end_s), value in self.swings[name]:
            result[slice(*np.searchsorted(self.time_s, (start_s, end_s)))] = value
        return result

    def _tracked_with(self, rule: Rule) -> HoldTracker:
        """The tracked frames, with one of the present rules exchanged."""
        names = [one.name for one in self._stretch.rules]
        alone = self._course.assessment(self._stretch.model_copy(update={"rules": (rule,)}))
        outside = alone.outside[:, 0]
        key = rule.name, np.packbits(outside).tobytes()
        if key not in self._tracked:
            changed = _with_column(self._assessment, names.index(rule.name), outside)
            self._tracked[key] = track(self.time_s, self._stretch, changed)
        return self._tracked[key]

    def _told(self, tracker: HoldTracker, swing_rules: Sequence[SwingRule]) -> RuleResult:
        faults = {
            rule.name: DetectedFault(tuple(one.intervals), tuple(one.due_s))
            for rule, one in zip(self._stretch.rules, tracker.faults, strict=True)
        }
        for rule in swing_rules:
            broken = tuple(interval for interval, value in self.swings[rule.name] if value < rule.min)
            # A swing is judged when it turns back.
            faults[rule.name] = DetectedFault(broken, tuple(end_s for _, end_s in broken))
        return RuleResult(faults, tuple(tracker.holds))


def _with_column(assessment: Assessment, column: int, outside: Bools) -> Assessment:
    """With another column, whose rule comes after none."""
    changed, after = assessment.outside.copy(), assessment.after.copy()
    changed[:, column] = outside
    after[column] = False
    return replace(assessment, outside=changed, after=after)


def _joined(stretch: Stretch, parts: Sequence[RuleResult]) -> RuleResult:
    if len(parts) == 1:
        return parts[0]
    faults = {
        name: DetectedFault(
            tuple(interval for part in parts for interval in part.faults[name].intervals),
            tuple(due_s for part in parts for due_s in part.faults[name].due_s),
        )
        for name in rule_names(stretch)
    }
    return RuleResult(faults, tuple(hold for part in parts for hold in part.holds))
