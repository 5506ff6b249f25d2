"""The one thing worth saying."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from posecheck.stretches import Rule, Severity, SwingRule


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


def urgency(rule: Rule | SwingRule) -> tuple[bool, int]:
    """Sorts rules by what to say first: severity, then priority."""
    return rule.severity is not Severity.MAJOR, rule.priority


def cue(rule: Rule, *, low: bool) -> Cue:
    """The cue for a rule that is broken on the low or the high side."""
    return Cue(rule.name, rule.cue(low), rule.severity)


def most_urgent(broken: Iterable[tuple[Rule, bool]]) -> Cue | None:
    """Of the rules broken, each with whether on the low side, the one to speak of first; None where all is well."""
    ordered = sorted(broken, key=lambda one: urgency(one[0]))
    return cue(ordered[0][0], low=ordered[0][1]) if ordered else None
