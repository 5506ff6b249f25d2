"""Limits for one person, from their own good seconds: a body's usual form, and a little room for a worse day.

A personal limit may be stricter than the rule file's as far as the person's form allows. It is looser only as far as
the file says that this is safe (`safe_min`, `safe_max`); where the file says nothing, its own limit is the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from posecheck.evaluation import Bench
from posecheck.measuretable import MEASURES
from posecheck.replay import Threshold, rule_named, thresholds, unit_of, with_limits
from posecheck.rules import Rule
from posecheck.scoring import GOOD
from posecheck.stretches import Stretch

LEAST_S = 5.0
"""Fewer good seconds show one moment and not a person's form."""

QUANTILE = 0.05
"""This share of the good seconds on either side is let be: moments of settling in."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What one person's good seconds give.

    Attributes:
        limits: Those that differ from the rule file's.
        unseen: The rules on form whose measure is seen in too few good seconds.
    """

    limits: dict[Threshold, float]
    unseen: tuple[str, ...]


def fit(bench: Bench) -> Fitted:
    """Personal limits for the rules on form whose measure is seen in enough good seconds.

    Args:
        bench: Clips of one person.
    """
    stretch = bench.stretch
    unseen = tuple(rule.name for rule in stretch.rules if _good_s(bench, rule) < LEAST_S)
    fitted = {}
    for threshold in thresholds(stretch):
        rule = rule_named(stretch, threshold.rule)
        if not isinstance(rule, Rule) or rule.name in unseen:
            continue
        error = MEASURES[rule.measure].error
        low, high = np.quantile(bench.values(rule.name, GOOD), [QUANTILE, 1.0 - QUANTILE])
        value = float(low - error if threshold.limit == "min" else high + error)
        fitted[threshold] = round(value, 0 if unit_of(stretch, rule.name) == "deg" else 2)
    safe = within_safe(stretch, fitted)
    now = thresholds(stretch)
    return Fitted({threshold: value for threshold, value in safe.items() if value != now[threshold]}, unseen)


def _good_s(bench: Bench, rule: Rule) -> float:
    """The good seconds in which a rule's measure is seen."""
    return sum(
        float(marked.weights(GOOD, rule.name)[np.isfinite(replay.values(rule.name))].sum())
        for marked, replay in bench.clips
    )


def within_safe(stretch: Stretch, values: Mapping[Threshold, float]) -> dict[Threshold, float]:
    """The values, none looser than the file allows; limits that are not the stretch's are left out."""
    now = thresholds(stretch)
    result = {}
    for threshold, value in values.items():
        rule = rule_named(stretch, threshold.rule) if threshold in now else None
        if not isinstance(rule, Rule):
            continue
        if threshold.limit == "min":
            result[threshold] = max(value, now[threshold] if rule.safe_min is None else rule.safe_min)
        else:
            result[threshold] = min(value, now[threshold] if rule.safe_max is None else rule.safe_max)
    return result


def personal(stretch: Stretch, values: Mapping[Threshold, float]) -> Stretch:
    """The stretch with a person's limits, none looser than safe; a pair that leaves nothing between is left out."""
    safe = within_safe(stretch, values)
    changed = with_limits(stretch, safe)
    crossed = {
        rule.name for rule in changed.rules if rule.min is not None and rule.max is not None and rule.min >= rule.max
    }
    return with_limits(stretch, {one: value for one, value in safe.items() if one.rule not in crossed})
