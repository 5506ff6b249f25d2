"""Clips that come through a pipe: `posecheck analyze <(...)` or ``/dev/stdin``."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from posecheck.errors import InputError, PoseCheckError
from posecheck.sources import shown_name


@contextmanager
def on_disk(path: Path) -> Iterator[Path]:
    """The file itself, or, of what comes through a pipe, a copy that lasts as long as the block.

    An mp4 has its index at the end, and the search for an earlier second goes back: a pipe can do neither. Errors that
    name the copy name the pipe instead.

    Raises:
        InputError: If the pipe cannot be read, or there is no room for the copy.
    """
    if not path.is_fifo():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="posecheck-") as folder:
        copy = Path(folder) / shown_name(path)
        try:
            with path.open("rb") as pipe, copy.open("wb") as file:
                shutil.copyfileobj(pipe, file)
        except OSError as error:
            raise InputError(
                f"{path}: what comes through this pipe cannot be kept in {folder} ({error.strerror}); save it to a "
                "file and name that"
            ) from error
        try:
            yield copy
        except PoseCheckError as error:
            error.args = tuple(part.replace(str(copy), str(path)) for part in error.args)
            raise
