"""What must agree between the parts of a rule file: names that refer to one another, limits after a modification.

Reads the file's tables as they stand, faulty ones included. So these problems are reported together with all the
others, each with its place, and not only once the others are corrected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

KeyPath = tuple[str | int, ...]
"""Keys and, in lists, indices that lead to a value."""

Disagreement = tuple[KeyPath, str]


def disagreements(data: Mapping[str, Any]) -> Iterator[Disagreement]:
    """The places where the parts of a rule file do not fit together, each with what is wrong and what is allowed.

    Args:
        data: The file's tables. Values of a wrong type are ignored here: the model reports them.
    """
    yield from _repeated_names(data)
    yield from _unknown_phases(data)
    yield from _unknown_rules_before(data)
    yield from _missing_neutrals(data)
    yield from _unfit_changes(data)
    rules = _names(data, "rules")
    still = _table(data.get("ready")).get("still", "ready")
    if still not in ("ready", "other", *rules):
        yield ("ready", "still"), f"'{still}' is unknown, {_allowed(['ready', 'other', *rules])}"


def _repeated_names(data: Mapping[str, Any]) -> Iterator[Disagreement]:
    for lists in (("rules", "swing_rules"), ("phases",), ("sources",)):
        key = "key" if lists == ("sources",) else "name"
        named = [((part, i, key), table[key]) for part in lists for i, table in _tables(data, part) if key in table]
        counts = Counter(str(name) for _, name in named)
        for place, name in named:
            if counts[str(name)] > 1:
                yield place, f"'{name}' stands {counts[str(name)]} times, allowed: once"


def _unknown_phases(data: Mapping[str, Any]) -> Iterator[Disagreement]:
    known = _names(data, "phases")
    for i, rule in _tables(data, "rules"):
        phases = rule.get("phases")
        for j, phase in enumerate(phases if isinstance(phases, list | tuple) else ()):
            if phase not in known:
                yield ("rules", i, "phases", j), f"'{phase}' is no phase of this stretch, {_allowed(known)}"


def _unknown_rules_before(data: Mapping[str, Any]) -> Iterator[Disagreement]:
    known = _names(data, "rules")
    for i, rule in _tables(data, "rules"):
        others = [name for name in known if name != rule.get("name")]
        before = rule.get("after")
        for j, name in enumerate(before if isinstance(before, list | tuple) else ()):
            if name not in others:
                yield ("rules", i, "after", j), f"'{name}' is no other rule on form, {_allowed(others)}"


def _missing_neutrals(data: Mapping[str, Any]) -> Iterator[Disagreement]:
    neutral = _table(data.get("neutral"))
    for place, measure, limits in _ranges(data):
        if limits.get("relative_to") == "neutral" and measure not in neutral:
            yield (
                (*place, "relative_to"),
                f"'{measure}' has no neutral value, allowed: zero, or neutral with a table [neutral.{measure}]",
            )


def _ranges(data: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str, Mapping[str, Any]]]:
    parts: list[tuple[KeyPath, Any]] = [(("ready",), data.get("ready")), (("posture",), data.get("posture"))]
    parts += [(("phases", i), phase) for i, phase in _tables(data, "phases")]
    for place, part in parts:
        for measure, limits in _table(_table(part).get("where")).items():
            yield (*place, "where", measure), measure, _table(limits)
    for i, rule in _tables(data, "rules"):
        yield ("rules", i), str(rule.get("measure")), rule


def _unfit_changes(data: Mapping[str, Any]) -> Iterator[Disagreement]:
    rules = {str(rule.get("name")): rule for _, rule in _tables(data, "rules")}
    for name, modification in _table(data.get("modifications")).items():
        for rule_name, change in _table(_table(modification).get("rules")).items():
            place = ("modifications", name, "rules", rule_name)
            if rule_name not in rules:
                yield place, f"'{rule_name}' is no rule of this stretch, {_allowed(_names(data, 'rules'))}"
                continue
            rule = rules[rule_name]
            given = {key: value for key, value in _table(change).items() if value is not None}
            for limit, cue in (("min", "cue_low"), ("max", "cue_high")):
                if limit in given and rule.get(limit) is None:
                    yield (*place, limit), f"the rule has no {limit} and no {cue}, allowed: only limits it has"
            low, high = (given.get(limit, rule.get(limit)) for limit in ("min", "max"))
            if isinstance(low, int | float) and isinstance(high, int | float) and low >= high:
                yield place, "leaves nothing between min and max, allowed: min below max"


def _names(data: Mapping[str, Any], part: str) -> list[str]:
    return [str(table["name"]) for _, table in _tables(data, part) if "name" in table]


def _tables(data: Mapping[str, Any], part: str) -> list[tuple[int, Mapping[str, Any]]]:
    value = data.get(part)
    return [(i, _table(item)) for i, item in enumerate(value)] if isinstance(value, list | tuple) else []


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _allowed(names: list[str]) -> str:
    return f"allowed: {', '.join(dict.fromkeys(names)) or 'none'}"
