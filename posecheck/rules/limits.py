"""The limits of a stretch's rules: their values, their units, and the stretch with other limits in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from posecheck.measures.table import MEASURES
from posecheck.rules.fields import DURATION
from posecheck.rules.rule import Rule, SwingRule
from posecheck.rules.stretch import Stretch


@dataclass(frozen=True, slots=True)
class Threshold:
    """One limit of one rule.

    Attributes:
        rule: The rule's name.
        limit: `min` or `max`.
    """

    rule: str
    limit: str

    def __str__(self) -> str:
        return f"{self.rule} {self.limit}"


def rule_named(stretch: Stretch, name: str) -> Rule | SwingRule:
    """The rule on form or on movement with a name; KeyError if there is none."""
    rules: tuple[Rule | SwingRule, ...] = (*stretch.rules, *stretch.swing_rules)
    return {rule.name: rule for rule in rules}[name]


def rule_names(stretch: Stretch) -> list[str]:
    """The names of all rules, those on movement last."""
    return [*(rule.name for rule in stretch.rules), *(rule.name for rule in stretch.swing_rules)]


def thresholds(stretch: Stretch) -> dict[Threshold, float]:
    """All limits of a stretch's rules, with their values, in the order of the file."""
    limits = [(rule, limit) for rule in stretch.rules for limit in ("min", "max")]
    found: dict[Threshold, float | None] = {Threshold(rule.name, limit): getattr(rule, limit) for rule, limit in limits}
    found |= {Threshold(rule.name, "min"): rule.min for rule in stretch.swing_rules}
    return {threshold: value for threshold, value in found.items() if value is not None}


def unit_of(stretch: Stretch, name: str) -> str:
    """The unit of a rule's limits: `deg`, `ratio` or `s`."""
    rule = rule_named(stretch, name)
    measure = rule.measure if isinstance(rule, Rule) else rule.judge
    return "s" if measure == DURATION else MEASURES[measure].unit


def with_limits(stretch: Stretch, values: Mapping[Threshold, float | None]) -> Stretch:
    """The stretch with other values for some of its limits."""

    def changed(rule: Any) -> Any:
        mine = {one.limit: value for one, value in values.items() if one.rule == rule.name}
        return rule.model_copy(update=mine) if mine else rule

    return stretch.model_copy(
        update={
            "rules": tuple(changed(rule) for rule in stretch.rules),
            "swing_rules": tuple(changed(rule) for rule in stretch.swing_rules),
        }
    )
