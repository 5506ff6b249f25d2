"""The files of a history: the database, what SQLite keeps beside it, and what was set aside."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

from posecheck.errors import OutputError
from posecheck.storage.history.database import SIDE_FILES

Reason = Literal["damaged", "replaced"]
"""Why a history was set aside; part of its new name."""


def with_side_files(path: Path) -> list[Path]:
    """The database and the files that SQLite keeps beside it, whether or not they exist."""
    return [Path(f"{path}{side}") for side in ("", *SIDE_FILES)]


def were_set_aside(path: Path) -> list[Path]:
    """All files of a history that were set aside. No other file matches, whatever characters its name has."""
    name = re.compile(rf"{re.escape(path.stem)}-(damaged|replaced)-\d{{8}}-\d{{6}}(-\d+)?{re.escape(path.suffix)}")
    return sorted(one for one in path.parent.iterdir() if name.fullmatch(one.name))


def set_aside(path: Path, reason: Reason) -> Path:
    """Renames the database and its files, never over another file, and returns the new name.

    Raises:
        OutputError: If it cannot be renamed.
    """
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    names = [
        path.with_name(f"{path.stem}-{reason}-{stamp}{suffix}{path.suffix}")
        for suffix in ("", *(f"-{number}" for number in range(2, 100)))
    ]
    aside = next(name for name in names if not name.exists())
    try:
        for old, new in zip(with_side_files(path), with_side_files(aside), strict=True):
            with suppress(FileNotFoundError):
                old.rename(new)
    except OSError as error:
        raise OutputError(f"{path}: cannot be set aside ({error.strerror})", "move it away yourself") from error
    return aside
