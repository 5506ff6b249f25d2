"""Finding, loading and checking the rule files: the shipped ones, the user's own, and any given by path."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from platformdirs import user_config_path
from pydantic import ValidationError

from posecheck.errors import RuleFileError
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_problems import Problem, did_you_mean, model_problems, syntax_problem
from posecheck.storage.toml_lines import KeyPath, lines_of

OWN_FOLDER_VARIABLE = "POSECHECK_STRETCHES"
"""The environment variable that names the user's own folder."""

MOST_BYTES = 1_000_000
"""A larger file is no rule file: the shipped ones have about 10 kB."""


class Origin(Enum):
    """Where a stretch comes from."""

    SHIPPED = "shipped"
    OWN = "yours"


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule file that was found.

    Attributes:
        name: The stretch's name; the file's, if the file is faulty.
        path: The file.
        origin: Whether it came with posecheck or is the user's own.
        stretch: The stretch; None if the file is faulty.
        problems: What is wrong with the file.
    """

    name: str
    path: Path
    origin: Origin
    stretch: Stretch | None
    problems: tuple[Problem, ...]


def shipped_folder() -> Path:
    """The folder of the shipped rule files: inside the installed package, beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "reference_poses"
    return installed if installed.is_dir() else package.parent / "reference_poses"


def own_folder() -> Path:
    """The folder of the user's own rule files, which need not exist."""
    chosen = os.environ.get(OWN_FOLDER_VARIABLE)
    return Path(chosen).expanduser() if chosen else user_config_path("posecheck") / "stretches"


def list_stretches() -> list[Listed]:
    """All stretches that are known by name, sorted by it; a stretch of the user's replaces a shipped one.

    A faulty file of the user's is listed with its problems, so that it can be mended, and never silently gives way
    to a shipped one of the same name.

    Raises:
        RuleFileError: If the user's folder cannot be read, or the environment names one that does not exist.
    """
    own = _in_folder(own_folder(), Origin.OWN, must_exist=bool(os.environ.get(OWN_FOLDER_VARIABLE)))
    names = {entry.name for entry in own}
    shipped = _in_folder(shipped_folder(), Origin.SHIPPED, must_exist=True)
    return sorted([*own, *(entry for entry in shipped if entry.name not in names)], key=lambda entry: entry.name)


def stretches() -> list[Stretch]:
    """All stretches that are known by name, shipped ones and the user's own, sorted by name.

    Raises:
        RuleFileError: With all the problems of all faulty files: without one of them another stretch would be
            recognised in its place. `load_stretch` loads the others by name. Also as `list_stretches` does.
    """
    found = list_stretches()
    problems = [str(problem) for one in found for problem in one.problems]
    if problems:
        raise RuleFileError(problems)
    return [one.stretch for one in found if one.stretch is not None]


def _in_folder(folder: Path, origin: Origin, must_exist: bool) -> list[Listed]:
    if not must_exist and not folder.exists():
        return []
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.casefold() == ".toml")
    except OSError as exc:
        remedy = f"make it or unset {OWN_FOLDER_VARIABLE}" if origin is Origin.OWN else "install posecheck again"
        raise RuleFileError([f"{folder}: the folder of stretches cannot be read ({exc.strerror}), {remedy}"]) from exc
    entries: list[Listed] = []
    for path in paths:
        stretch, problems = read_stretch(path)
        name = stretch.name if stretch else path.stem
        taken = next((entry.path.name for entry in entries if entry.name == name), None)
        if taken:
            stretch = None
            problems = (*problems, Problem(str(path), f"'{name}' is also the name in {taken}, allowed: a new name"))
        entries.append(Listed(name, path, origin, stretch, problems))
    return entries


def load_stretch(name_or_path: str | Path) -> Stretch:
    """The stretch of this name, of this other name, or in this file.

    Args:
        name_or_path: A `Path`, or a text that ends in `.toml` or has a path separator in it, is a file. Any other
            text is a name; capitals, spaces and underscores do not matter.

    Raises:
        RuleFileError: If the name is unknown, or with all the problems of a faulty file.
    """
    if isinstance(name_or_path, Path) or is_path(name_or_path):
        return _usable(*read_stretch(Path(name_or_path)))
    wanted = plain_name(name_or_path)
    entries = list_stretches()
    for entry in entries:
        if plain_name(entry.name) == wanted:
            return _usable(entry.stretch, entry.problems)
    for entry in entries:
        if entry.stretch and wanted in map(plain_name, entry.stretch.other_names):
            return entry.stretch
    names = [entry.name for entry in entries]
    others = [plain_name(other) for entry in entries if entry.stretch for other in entry.stretch.other_names]
    raise RuleFileError(
        [
            f"unknown stretch '{name_or_path}', {did_you_mean(wanted, [*names, *others])}"
            f"known: {', '.join(names)}; or give the path of a .toml file"
        ]
    )


def file_of(name_or_path: str | Path) -> Path:
    """The rule file that `load_stretch` reads for the same name or path.

    Raises:
        RuleFileError: As `load_stretch` does.
    """
    if isinstance(name_or_path, Path) or is_path(name_or_path):
        return Path(name_or_path)
    stretch = load_stretch(name_or_path)
    return next(entry.path for entry in list_stretches() if entry.stretch == stretch)


def is_path(text: str) -> bool:
    """Whether what a person gave is meant as a file: it ends in `.toml` or has a path separator in it."""
    return text.casefold().endswith(".toml") or any(separator in text for separator in (os.sep, os.altsep) if separator)


def plain_name(name: str) -> str:
    """A name as files have it: capitals, spaces and underscores do not matter."""
    return "-".join(name.casefold().replace("_", " ").replace("-", " ").split())


def _usable(stretch: Stretch | None, problems: Sequence[Problem]) -> Stretch:
    if stretch is None:
        raise RuleFileError([str(problem) for problem in problems])
    return stretch


def modified(stretch: Stretch, names: Sequence[str]) -> Stretch:
    """The stretch with these modifications applied in order.

    Raises:
        RuleFileError: If the stretch has no such modification.
    """
    known = list(stretch.modifications)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise RuleFileError(
            [
                f"{stretch.name} has no modification '{name}', {did_you_mean(name, known)}"
                f"allowed: {', '.join(known) or 'none'}"
                for name in unknown
            ]
        )
    return stretch.modified(names)


def check_file(path: str | Path) -> tuple[Problem, ...]:
    """Every problem of a rule file, in the order of its lines; empty if it can be used."""
    return read_stretch(Path(path))[1]


def read_stretch(path: Path) -> tuple[Stretch | None, tuple[Problem, ...]]:
    """The stretch in a file, or None and everything that is wrong with the file."""
    tables = read_tables(path, "a stretch; copy a shipped rule file to begin with")
    if isinstance(tables, Problem):
        return None, (tables,)
    data, lines = tables
    try:
        return Stretch.model_validate(data), ()
    except ValidationError as exc:
        return None, model_problems(str(path), data, lines, exc)


def read_tables(path: Path, wanted: str) -> tuple[dict[str, Any], dict[KeyPath, int]] | Problem:
    """The tables of a TOML file and the line of each place in it; or why it is none.

    Args:
        path: The file.
        wanted: What should stand in it, in words.
    """
    file = str(path)
    text = _read(path, wanted)
    if isinstance(text, Problem):
        return text
    try:
        return tomllib.loads(text), lines_of(text)
    except ValueError as exc:  # TOMLDecodeError, and what Python says of a number of thousands of digits
        return syntax_problem(file, text, exc)
    except RecursionError:
        return Problem(file, "lists or tables lie too deep in one another, allowed: a few levels")


def _read(path: Path, wanted: str) -> str | Problem:
    file = str(path)
    try:
        if path.is_dir():
            return Problem(file, "a folder, allowed: a file")
        if path.exists() and not path.is_file():
            return Problem(file, "no ordinary file, allowed: a TOML file")
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return Problem(file, "there is no such file, allowed: the path of a TOML file")
    except (OSError, ValueError) as exc:  # ValueError: a name that no file can have
        reason = exc.strerror if isinstance(exc, OSError) else exc
        return Problem(file, f"cannot be read ({reason}), allowed: a TOML file that exists and may be read")
    if len(raw) > MOST_BYTES:
        return Problem(file, f"too large for a rule file, allowed: at most {MOST_BYTES // 1_000_000} MB")
    if not raw.strip():
        return Problem(file, f"empty, allowed: {wanted}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        return Problem(
            file, f"the byte 0x{raw[exc.start]:02x} is no UTF-8, allowed: a text saved as UTF-8", line, "encoding"
        )
