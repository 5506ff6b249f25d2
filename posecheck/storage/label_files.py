"""The labels file: what a person saw in clips, second by second, for rules to be scored and tuned by.

It is a table with commas and a heading, ``clip,start_s,end_s,stretch,phase,label`` and, optionally, ``person``. A row
is a time of one clip in which the form was ``good`` or showed the fault of one rule. What no row covers is
unlabelled: it counts neither for nor against anything. Rows of two faults may overlap if both are there.

Cells may also be separated by semicolons, as a German or French spreadsheet does it, or by tabs, as in cells that
were copied. The heading, or a line ``sep=;`` before it, shows which. Empty cells beyond the last column are ignored.
Times may have a decimal comma, and minutes or hours before the seconds (``1:02.5``).
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from posecheck.errors import InputError, OutputError
from posecheck.rules.stretch import Stretch
from posecheck.storage.label_checks import PERSON, contradictions, left_out, unknown_names
from posecheck.storage.rule_problems import Problem, did_you_mean, in_order
from posecheck.system.atomic_files import replacing
from posecheck.tuning.labels import GOOD, Label

COLUMNS = ("clip", "start_s", "end_s", "stretch", "phase", "label")
PARTED_BY = {";": "semicolons", "\t": "tabs", ",": "commas"}
SEPARATOR_LINE = re.compile(r"\"?sep=([;\t,])[;\t,\"]*\r?\n", re.IGNORECASE)
"""A first line that tells Excel how cells are separated. Excel saves it as a row like the others."""

HEADING = f"a first line '{','.join(COLUMNS)}', and ',{PERSON}' at its end if wanted"


def read_labels(path: Path, known: Sequence[Stretch] | None) -> list[Label]:
    """Reads the labels of a file, in its order.

    Args:
        path: The file.
        known: The stretches whose phases and rules are allowed; if two have one name, those of both. None allows any
            name.

    Raises:
        InputError: With every mistake in the file, a line each.
    """
    labels, found, _ = _read(path, known)
    if found:
        raise InputError("\n".join(map(str, in_order(problem for _, problem in found))))
    if not labels:
        raise _empty(path)
    return labels


@dataclass(frozen=True, slots=True)
class LabelsOfStretch:
    """What a labels file says of one stretch.

    Attributes:
        labels: All rows that are whole, those of other stretches with any names, and those of faults that the stretch
            has no rule for.
        clips: The clips that any row names, whole or not.
        problems: All that is wrong with the file, if something is wrong with the stretch's own rows; else empty, and
            the labels can be used.
        notes: What is wrong with rows of other stretches, names of stretches that look misspelt, and what is left out.
    """

    labels: tuple[Label, ...]
    clips: tuple[str, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def read_labels_of(path: Path, stretch: str, known: Sequence[Stretch] | None, others: Sequence[str]) -> LabelsOfStretch:
    """The labels of a file of which one stretch is wanted: what is wrong with rows of others stops nothing.

    Args:
        path: The file.
        stretch: The name of the one that is wanted.
        known: The rule files of that stretch, whose phases and rules may be named; None to take any name.
        others: The names of all stretches that have a rule file.

    Raises:
        InputError: If the file is no table of labels, or holds none.
    """
    labels, found, clips = _read(path, known, only=stretch)
    names = dict.fromkeys([stretch, *others])
    for name, line in {label.stretch: label.line for label in reversed(labels)}.items():
        if name not in names and (meant := did_you_mean(name, names)):
            text = f"no rule file is of '{name}', {meant}Its rows are left out"
            found.append(({name}, Problem(str(path), text, line, "stretch")))
    problems = in_order(problem for _, problem in found)
    if any(concerned & {stretch, ""} for concerned, _ in found):
        return LabelsOfStretch(tuple(labels), tuple(clips), tuple(problems), ())
    if not labels:
        raise _empty(path)
    notes = list(map(str, problems))
    if known:
        notes += [f"{path}: {note}" for note in left_out((row for row in labels if row.stretch == stretch), known)]
    return LabelsOfStretch(tuple(labels), tuple(clips), (), tuple(notes))


def _empty(path: Path) -> InputError:
    return InputError(f"{path}: holds no labels; write a row for each time that is {GOOD} or shows a fault")


Found = tuple[set[str], Problem]
"""A problem, and the stretches of the rows that it concerns; an empty name where a row names none."""


def _read(
    path: Path, known: Sequence[Stretch] | None, only: str | None = None
) -> tuple[list[Label], list[Found], list[str]]:
    """Reads the complete labels, the mistakes, and the clip of every row, complete or not.

    Args:
        path: The file.
        known: As for `read_labels`.
        only: The stretch whose rows alone are checked for unknown names. They may have a fault that no rule is for,
            unless it looks misspelt. None checks every row.
    """
    found: list[Found] = []
    labels = []
    clips = []
    stretches = None if known is None else {name: [one for one in known if one.name == name] for name in _names(known)}
    for line, cells in _rows(path):
        stretch = cells.get("stretch", "")
        clips.append(cells.get("clip", ""))
        wrong: list[tuple[str, str]] = []
        try:
            labels.append(_label(cells, line))
        except ValueError as error:
            wrong += error.args
        if stretches is not None and only in (None, stretch):
            wrong += unknown_names(cells, stretches, others=only is not None)
        found += [({stretch}, Problem(str(path), text, line, key)) for key, text in wrong]
    for label, others, key, text in contradictions(labels):
        concerned = {one.stretch for one in (label, *others)}
        found.append((concerned, Problem(str(path), text, label.line, key)))
    return labels, found, clips


def write_labels(path: Path, labels: Sequence[Label]) -> None:
    """Writes labels so that `read_labels` returns the same ones, with times to a thousandth of a second.

    Raises:
        OutputError: If the file cannot be written.
    """
    columns = [*COLUMNS, PERSON] if any(label.person for label in labels) else COLUMNS
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(columns)
    for label in labels:
        cells = {name: getattr(label, name) for name in columns}
        cells |= {name: f"{round(cells[name], 3):.10g}" for name in ("start_s", "end_s")}
        table.writerow(cells.values())
    try:
        with replacing(path) as temporary:
            temporary.write_text(text.getvalue(), encoding="utf-8", newline="")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); name another file") from error


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The cells of each row by their column, with the line on which it ends."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name a labels file (csv)") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is no text in UTF-8; save the labels as csv in UTF-8") from error
    named = SEPARATOR_LINE.match(text)
    heading = next((line for line in text.splitlines()[named is not None :] if line.strip()), "")
    parted_by = named[1] if named else next((sign for sign in PARTED_BY if sign in heading), ",")
    table = csv.reader(io.StringIO(text, newline=""), delimiter=parted_by, strict=True)
    columns: list[str] = []
    try:
        for row in table:
            cells = [cell.strip() for cell in row]
            if not any(cells) or (named and table.line_num == 1):
                continue
            while len(cells) > len(columns or COLUMNS) and not cells[-1]:
                cells.pop()
            if not columns:
                columns = [cell.casefold() for cell in cells]
                if sorted(columns) not in (sorted(COLUMNS), sorted([*COLUMNS, PERSON])):
                    raise InputError(
                        f"{path}:{table.line_num}: the columns are '{','.join(cells)}', allowed: {HEADING}"
                    )
            else:
                yield table.line_num, dict(zip(columns, cells, strict=False)) if len(cells) == len(columns) else {}
    except csv.Error as error:
        raise InputError(
            f"{path}:{table.line_num}: is no table of {PARTED_BY[parted_by]} and quotes ({error})"
        ) from error
    if not columns:
        raise InputError(f"{path}: is empty, allowed: {HEADING}")


def _label(cells: Mapping[str, str], line: int) -> Label:
    """A row as a label; ValueError with (key, text) for each mistake."""
    if not cells:
        raise ValueError(("", "has another number of cells than the first line, allowed: a cell for each column"))
    wrong = [
        (name, "empty, allowed: " + allowed)
        for name, allowed in (
            ("clip", "the name of a clip's file"),
            ("stretch", "the name of a stretch"),
            ("label", f"{GOOD}, or the name of a rule"),
        )
        if not cells[name]
    ]
    times = {}
    for name in ("start_s", "end_s"):
        times[name] = _seconds(cells[name])
        if math.isnan(times[name]):
            wrong.append((name, f"'{cells[name]}' is no time, allowed: seconds from the clip's start, 0 or more"))
    if times["end_s"] <= times["start_s"]:
        wrong.append(("end_s", f"{times['end_s']:g} is not after start_s, allowed: more than {times['start_s']:g}"))
    if wrong:
        raise ValueError(*wrong)
    return Label(
        cells["clip"], **times, stretch=cells["stretch"], phase=cells["phase"], label=cells["label"],
        person=cells.get(PERSON, ""), line=line,
    )  # fmt: skip


def _seconds(text: str) -> float:
    """Seconds, or NaN for what is no time: ``62.5``, ``62,5`` or ``1:02.5``."""
    *larger, seconds = text.split(":")
    if len(larger) > 2 or not all(part.isdecimal() for part in larger):
        return math.nan
    try:
        value = float(re.sub(r"^(-?\d+),(\d+)$", r"\1.\2", seconds))
    except ValueError:
        return math.nan
    if larger and not 0.0 <= value < 60.0:
        return math.nan
    for place, part in enumerate(reversed(larger), start=1):
        value += int(part) * 60.0**place
    return value if 0.0 <= value < math.inf else math.nan


def _names(known: Sequence[Stretch]) -> list[str]:
    return list(dict.fromkeys(stretch.name for stretch in known))
