"""Checks the rows of a labels file for unknown names and for contradictions between rows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations

from posecheck.rules.limits import rule_names
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_problems import did_you_mean
from posecheck.tuning.labels import GOOD, Label

PERSON = "person"

ALIKE = 0.7
"""Words that agree so far (difflib's ratio) may be the same, misspelt: `hip` and `hips`, but not `far` and `near`."""

ALIKE_WHOLE = 0.9
"""The same ratio for whole names that are split into words differently: `hiplow` and `hips-low`."""

MOST_LINES = 3
"""Largest number of further lines that a message lists."""


def unknown_names(
    cells: Mapping[str, str], stretches: Mapping[str, Sequence[Stretch]], *, others: bool = False
) -> Iterator[tuple[str, str]]:
    """Finds unknown names in a row. Yields the column and the problem of each; empty cells are reported elsewhere.

    Args:
        cells: The row, by column.
        stretches: The rule files that may be meant, by their stretch's name.
        others: Whether a row may name a fault that no rule is for, unless it looks misspelt, and a phase where there
            are none.
    """
    stretch, phase, label = (cells.get(name, "") for name in ("stretch", "phase", "label"))
    if stretch not in stretches:
        if stretch:
            yield "stretch", _not_one_of(stretch, list(stretches))
        return
    alike = stretches[stretch]
    phases = list(dict.fromkeys(one.name for each in alike for one in each.phases))
    if phase and phase not in phases and (phases or not others):
        yield "phase", _not_one_of(phase, phases) if phases else f"{stretch} has no phases, allowed: nothing"
    names = label_names(alike)
    if label and label not in names and (_misspelt(label, names) or not others):
        yield "label", _not_one_of(label, names)


def label_names(alike: Sequence[Stretch]) -> list[str]:
    """The labels that the rule files of one stretch allow."""
    return list(dict.fromkeys([GOOD, *(name for each in alike for name in rule_names(each))]))


def left_out(rows: Iterable[Label], alike: Sequence[Stretch]) -> Iterator[str]:
    """Reports the rows of a stretch that are left out because its rule files have no rule for their label."""
    names, stretch = label_names(alike), alike[0]
    strange = Counter(row.label for row in rows if row.label not in names)
    if strange:
        told = ", ".join(f"{name} ({count} row{'s' * (count != 1)})" for name, count in strange.items())
        yield (
            f"{stretch.name} has no rule for {told}: these rows are left out and count neither for nor against any rule"
        )


def _misspelt(word: str, names: Sequence[str]) -> bool:
    """Whether a name is likely one of these: as many words, each like the other, or nearly the same as a whole."""
    parts = re.split(r"[\W_]+", word.casefold())
    return any(_alike(parts, name.split("-")) for name in names)


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    if _ratio("".join(one), "".join(other)) >= ALIKE_WHOLE and len(one) != len(other):
        return True
    return len(one) == len(other) and all(_ratio(*pair) >= ALIKE for pair in zip(one, other, strict=True))


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _not_one_of(word: str, known: Sequence[str]) -> str:
    return f"unknown name '{word}', {did_you_mean(word, known)}allowed: {', '.join(known)}"


def contradictions(labels: Sequence[Label]) -> Iterator[tuple[Label, list[Label], str, str]]:
    """Rows that contradict others, each once: the row, the others, the column and what is wrong."""
    clips: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        clips[label.clip].append(label)
    for rows in clips.values():
        yield from _several_people(rows)
        yield from _overlaps(rows)


def _several_people(rows: Sequence[Label]) -> Iterator[tuple[Label, list[Label], str, str]]:
    """Rows of a clip whose person differs from the one that most of its rows name."""
    ((person, _),) = Counter(label.person for label in rows).most_common(1)
    first = next(label for label in rows if label.person == person)
    for label in rows:
        if label.person != person:
            yield label, [first], PERSON, f"'{label.person}' is not '{person}' of line {first.line}, allowed: one"


def _overlaps(rows: Sequence[Label]) -> Iterator[tuple[Label, list[Label], str, str]]:
    """The fewest rows of a clip to blame for all contradictory overlaps in time: most conflicts first."""
    meets: dict[int, set[int]] = defaultdict(set)
    for early, late in combinations(range(len(rows)), 2):
        if _contradict(rows[early], rows[late]):
            meets[early].add(late)
            meets[late].add(early)
    while any(meets.values()):
        worst = max(meets, key=lambda place: (len(meets[place]), place))
        others = [rows[place] for place in sorted(meets.pop(worst))]
        for others_of_it in meets.values():
            others_of_it.discard(worst)
        text = f"this time overlaps '{others[0].label}' of {_lines(others)}, allowed: one of them"
        yield rows[worst], others, "start_s", text


def _contradict(one: Label, other: Label) -> bool:
    two_faults = one.stretch == other.stretch and len({one.label, other.label} - {GOOD}) == 2
    return not two_faults and max(one.start_s, other.start_s) < min(one.end_s, other.end_s)


def _lines(rows: Sequence[Label]) -> str:
    first, *others = (row.line for row in rows)
    if not others:
        return f"line {first}"
    named = ", ".join([*map(str, others[:MOST_LINES]), *(["..."] if len(others) > MOST_LINES else [])])
    return f"line {first} and {len(others)} more (line{'s' * (len(others) != 1)} {named})"
