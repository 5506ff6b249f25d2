"""What can be said of form; `posecheck.coach` chooses when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from posecheck.rules import Rule, Severity, SwingRule


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
    """A rule that is at fault now.

    Attributes:
        cue: What is to be said.
        since_s: Since when, from the first moment on.
    """

    cue: Cue
    since_s: float


def urgency(rule: Rule | SwingRule) -> tuple[bool, int]:
    """Sorts rules by what to say first: severity, then priority."""
    return rule.severity is not Severity.MAJOR, rule.priority


def cue(rule: Rule, *, low: bool) -> Cue:
    """The cue for a rule that is broken on the low or the high side."""
    return Cue(rule.name, rule.cue(low), rule.severity)


def most_urgent_first(broken: Iterable[tuple[Rule, bool, float]]) -> tuple[Broken, ...]:
    """The rules that are at fault, each with whether on the low side and since when, in the order to speak of them."""
    ordered = sorted(broken, key=lambda one: urgency(one[0]))
    return tuple(Broken(cue(rule, low=low), since_s) for rule, low, since_s in ordered)
