"""What is wrong with a rule file, in plain words: `file:line: key: what is wrong, what is allowed`."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from posecheck.rules.consistency import Disagreement, KeyPath, disagreements
from posecheck.rules.fields import Model
from posecheck.rules.stretch import Stretch


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a rule file.

    Attributes:
        file: The file, as the user named it.
        text: What is wrong and what is allowed.
        line: The line, counted from 1; None for the file as a whole.
        key: The key, such as `rules[hips-low].max`; empty for the file as a whole.
    """

    file: str
    text: str
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        parts = (place, self.key, self.text) if self.key else (place, self.text)
        return " ".join(": ".join(parts).split())


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems of one file in the order of its lines, those of the file as a whole first."""
    return sorted(problems, key=lambda problem: problem.line or 0)


def syntax_problem(file: str, text: str, error: ValueError) -> Problem:
    """A text that is no TOML; the parser stops at the first place it does not understand."""
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", str(error), re.DOTALL)
    wrong, line, column = found.groups() if found else (str(error), None, None)
    return Problem(
        file,
        _plain_syntax(wrong),
        int(line) if line else text.rstrip().count("\n") + 1,
        f"column {column}" if column else "TOML",
    )


_SYNTAX = (
    ("Cannot (overwrite|declare|redefine|mutate)|Duplicate", "this key or table stands twice, allowed: once"),
    ("Illegal character '.n'", "the text is not closed in its line, allowed: a closing quote before the line ends"),
    ("Invalid value", 'no TOML value, allowed: "text" in quotes, a number, true, false, a [list] or a {table}'),
    ("Unclosed array", "the list is not closed, allowed: entries parted by commas, then ]"),
    ("Unclosed inline table", "the table is not closed, allowed: pairs parted by commas in one line, then }"),
    ("Expected '='", "no = after the key, allowed: key = value"),
)


def _plain_syntax(wrong: str) -> str:
    for pattern, plain in _SYNTAX:
        if re.match(pattern, wrong):
            return plain
    return f"{wrong[:1].lower()}{wrong[1:]}, allowed: TOML (https://toml.io)"


def model_problems(
    file: str,
    data: Mapping[str, Any],
    lines: Mapping[KeyPath, int],
    error: ValidationError | None,
    *,
    model: type[Model] = Stretch,
    found: Iterable[Disagreement] | None = None,
) -> tuple[Problem, ...]:
    """Everything that the model and the checks between its parts say against a file, in the order of its lines.

    Args:
        file: The file, as the user named it.
        data: Its tables.
        lines: The line of each place in it.
        error: What the model said; None for nothing.
        model: What the file describes.
        found: What the checks between its parts have found; None for those of a stretch.
    """
    told: list[Disagreement] = list(disagreements(data) if found is None else found)
    for details in error.errors(include_url=False) if error is not None else ():
        place = tuple(part for part in details["loc"] if part != "[key]")
        # A list whose entries are all faulty is not empty, and what is said of no place the disagreements say better.
        if place and not (details["type"] == "too_short" and details["input"]):
            told.append((place, _plain(details, place, model)))
    problems = [Problem(file, text, _line(place, lines), key_of(place, data)) for place, text in told]
    return tuple(in_order(problems))


def _line(place: KeyPath, lines: Mapping[KeyPath, int]) -> int:
    """The line of a place or, for a key that is missing, of the innermost table that lacks it."""
    while place not in lines:
        place = place[:-1]
    return lines[place]


def key_of(place: KeyPath, data: Any) -> str:
    """A place as `rules[hips-low].max`: entries of a list by their name if they have one, else counted from 1."""
    key = ""
    for part in place:
        if isinstance(part, int):
            data = data[part]
            name = data.get("name") if isinstance(data, Mapping) else None
            key += f"[{name}]" if isinstance(name, str) else f"[{part + 1}]"
        else:
            data = data.get(part) if isinstance(data, Mapping) else None
            key += f".{part}" if key else part
    return key


def _plain(details: ErrorDetails, place: KeyPath, model: type[Model]) -> str:
    context, value = details.get("ctx", {}), details["input"]
    match details["type"]:
        case "value_error":
            return str(context["error"])
        case "missing":
            return f"missing, allowed: {_wanted(place, model)}"
        case "extra_forbidden":
            allowed = _keys_allowed(place[:-1], model)
            return f"unknown key, {did_you_mean(str(place[-1]), allowed)}allowed: {', '.join(allowed)}"
        case "enum" | "literal_error":
            allowed = re.findall(r"'([^']*)'", context["expected"])
            return f"{_shown(value)} is unknown, {did_you_mean(str(value), allowed)}allowed: {', '.join(allowed)}"
        case "greater_than":
            return f"{_shown(value)} is too little, allowed: more than {context['gt']:g}"
        case "greater_than_equal":
            return f"{_shown(value)} is too little, allowed: {context['ge']:g} or more"
        case "less_than_equal":
            return f"{_shown(value)} is too much, allowed: {context['le']:g} or less"
        case "string_too_short" | "too_short":
            return f"empty, allowed: {_wanted(place, model)}"
        case _:
            return f"{_shown(value)} is {_kind(value)}, allowed: {_TYPES.get(details['type'], details['msg'])}"


_HUGE = 10**15
"""Numbers beyond this are not written out; nothing of a body is near it."""

_TYPES = {
    "bool_type": "true or false",
    "dict_type": "a table of names and values",
    "finite_number": "a finite number",
    "float_type": "a number, without quotes",
    "int_type": "a whole number, without quotes",
    "model_type": "a table",
    "string_type": 'a text in "quotes"',
    "tuple_type": "a list in [brackets]",
}


def _kind(value: object) -> str:
    match value:
        case bool():
            return "yes or no"
        case int() | float():
            return "a number" if abs(value) <= _HUGE else "out of range"
        case str():
            return "a text"
        case list():
            return "a list"
        case datetime.date() | datetime.time():
            return "a date or a time"
        case _:
            return "a table"


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f"'{value if len(value) <= 40 else value[:37] + '...'}'"
        case int() if abs(value) > _HUGE:
            return "a huge number"
        case list():
            return "[...]"
        case Mapping():
            return "{...}"
        case _:
            return str(value)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'? ` if something known is close to the word, else nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"did you mean '{close[0]}'? " if close else ""


def _annotation_at(place: KeyPath, model: type[Model]) -> Any:
    """What the model takes at a place."""
    at: Any = model
    for part in place:
        if isinstance(at, type) and issubclass(at, Model):
            at = next(field.annotation for name, field in at.model_fields.items() if part in (name, field.alias))
        else:
            at = get_args(at)[0 if isinstance(part, int) else 1]
        if get_origin(at) is UnionType:  # what may be left out
            at = next(one for one in get_args(at) if one is not NoneType)
    return at


def _wanted(place: KeyPath, model: type[Model]) -> str:
    """What belongs at a place where nothing stands."""
    wanted = _annotation_at(place, model)
    if not isinstance(wanted, type):
        kind = {tuple: "list", dict: "table"}.get(get_origin(wanted) or str)
        return f"a {kind} with at least one entry" if kind else _TYPES["string_type"]
    if issubclass(wanted, Enum):
        return ", ".join(str(member.value) for member in wanted)
    if issubclass(wanted, Model):
        required = [field.alias or name for name, field in wanted.model_fields.items() if field.is_required()]
        return f"a table with {', '.join(required)}"
    return _TYPES[{float: "float_type", int: "int_type"}.get(wanted, "string_type")]


def _keys_allowed(place: KeyPath, model: type[Model]) -> Sequence[str]:
    return [field.alias or name for name, field in _annotation_at(place, model).model_fields.items()]
