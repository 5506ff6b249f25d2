"""What can be said of form; `posecheck.coaching.coach` chooses when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from posecheck.pose.intervals import Interval
from posecheck.rules.rule import Rule, Severity, SwingRule

SWING_S = 5.0
"""A movement is spoken of for this long after its end: the longest stay at an end of a slow movement."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to say.

    Attributes:
        rule: The rule that is broken.
        text: The words.
        severity: How much it matters.
    """

    rule: str
    text: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that is broken now.

    Attributes:
        cue: What is to be said.
        since_s: Time of the fault's first moment.
        swing_s: When the last swing that showed the fault ended; None for a fault that is seen all the time. A movement
            is at fault until the next one is good.
    """

    cue: Cue
    since_s: float
    swing_s: float | None = None

    def is_shown(self, time_s: float) -> bool:
        """Whether the fault is seen now or was a moment ago: somebody who has stopped moving is not corrected."""
        return self.swing_s is None or time_s - self.swing_s <= SWING_S


def urgency(rule: Rule | SwingRule) -> tuple[bool, int]:
    """Sorts rules by what to say first: severity, then priority."""
    return rule.severity is not Severity.MAJOR, rule.priority


def cue(rule: Rule, *, low: bool) -> Cue:
    """The cue for a rule that is broken on the low or the high side."""
    return Cue(rule.name, rule.cue(low), rule.severity)


def swing_cue(rule: SwingRule) -> Cue:
    """The cue for a rule on movement."""
    return Cue(rule.name, rule.cue, rule.severity)


def most_urgent_first(broken: Iterable[tuple[Rule | SwingRule, Broken]]) -> tuple[Broken, ...]:
    """The broken rules, in the order in which to speak of them."""
    return tuple(one for _, one in sorted(broken, key=lambda pair: urgency(pair[0])))


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule's faults in a segment.

    Attributes:
        cue: The rule, and the words that correct the fault.
        intervals: (start, end) in seconds, from the true onset, in order.
    """

    cue: Cue
    intervals: tuple[Interval, ...]

    @property
    def seconds(self) -> float:
        """Time at fault."""
        return sum(end - start for start, end in self.intervals)

    @property
    def times(self) -> int:
        """How often it came."""
        return len(self.intervals)
