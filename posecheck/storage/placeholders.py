"""What a drafted rule file leaves to be written: texts in `<...>`, which are read out as they stand otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from posecheck.storage.rule_files import read_tables
from posecheck.storage.rule_problems import Problem, key_of
from posecheck.storage.toml_lines import KeyPath

_LEFT = re.compile(r"<[A-Z][^<>]*\.>")
"""As `posecheck.tuning.rule_drafting` writes them: a sentence. `<90` or `a < b` is none."""


def unwritten(path: str | Path) -> tuple[Problem, ...]:
    """The texts of a rule file that are still to be written, in the order of its lines.

    Args:
        path: A usable rule file. For a file that is not TOML the result is empty.
    """
    tables = read_tables(Path(path), "a stretch")
    if isinstance(tables, Problem):
        return ()
    data, lines = tables
    found = [
        Problem(str(path), f"to be written: {left.group()}", lines[place], key_of(place, data))
        for place, text in _texts((), data)
        for left in _LEFT.finditer(text)
    ]
    return tuple(sorted(found, key=lambda problem: problem.line or 0))


def _texts(place: KeyPath, value: Any) -> Iterator[tuple[KeyPath, str]]:
    """Every text below a place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _texts((*place, key), below)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _texts((*place, index), below)
