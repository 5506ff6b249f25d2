"""Evidence: claims about posecheck with the table that shows them, run by ``scripts/evidence NAME``.

Each module here is one piece of evidence and has a function ``run(slice_only: bool) -> Evidence``. With `slice_only`
it measures a part that takes half a minute on two cores (at most `SLICE_LIMIT_S`), enough to notice that
the claim has stopped to hold. `small_bodies.py` is called ``small-bodies``.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import pkgutil
import platform
import shlex
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SLICE_LIMIT_S = 60.0
"""The longest that a slice should take; CI runs the slice of every evidence."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run has shown.

    Attributes:
        title: Heading of the page.
        claim: The sentence that the table is there to show, with its number.
        columns: Headings of the table.
        rows: One tuple a row, as long as `columns`; give a float as the text that it should read.
        notes: Sentences below the table: how it was measured, what was left out, what surprised.
        holds: Whether the claim holds on what was run.
        timed: Whether the claim is about speed. A slice then shows its figures and is not refused for them: what
            else a machine does, and how few seconds it ran, would decide.
    """

    title: str
    claim: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    notes: Sequence[str]
    holds: bool
    timed: bool = False


class MaterialMissingError(Exception):
    """Raised by a run whose clips or photographs are not on this machine; the message says which and where."""


Run = Callable[[bool], Evidence]


def names(package: str = __name__) -> list[str]:
    """The evidence there is, sorted."""
    folders = importlib.import_module(package).__path__
    modules = (module.name for module in pkgutil.iter_modules(folders))
    return sorted(module.replace("_", "-") for module in modules if not module.startswith("_"))


def load(name: str, package: str = __name__) -> Run:
    """The `run` function of one piece of evidence."""
    run: Run = importlib.import_module(f"{package}.{name.replace('-', '_')}").run
    return run


def table(evidence: Evidence) -> str:
    """The columns and rows as a Markdown table.

    Raises:
        ValueError: If a row is not as long as the columns.
    """
    lines = [evidence.columns, ["---"] * len(evidence.columns), *evidence.rows]
    if any(len(line) != len(evidence.columns) for line in lines):
        raise ValueError(f"{evidence.title}: every row needs {len(evidence.columns)} cells")
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def page(evidence: Evidence, command: Sequence[str]) -> str:
    """The page that is committed, with the date and the machine."""
    machine = (
        f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()}), Python {platform.python_version()}, "
        f"MediaPipe {importlib.metadata.version('mediapipe')}"
    )
    parts = [
        f"# {evidence.title}",
        f"**{'Holds' if evidence.holds else 'Does not hold'}:** {evidence.claim}",
        table(evidence),
        "\n".join(f"- {note}" for note in evidence.notes),
        f"{date.today().isoformat()}, by `{shlex.join(command)}` on {machine}.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def write(text: str, target: Path) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=target.parent, suffix=".part", delete=False, encoding="utf-8") as part:
        part.write(text)
    Path(part.name).chmod(0o644)
    Path(part.name).replace(target)
