"""Atomic writing of files: no reader ever sees a half-written one."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def elsewhere(variable: str) -> str:
    """The remedy to show if a folder of the user cannot be written.

    Args:
        variable: The environment variable that sets another folder. It is named on Linux, not on Windows or macOS.
    """
    if sys.platform in ("win32", "darwin"):
        return "let yourself write there"
    return f"let yourself write there, or name another place by the environment variable {variable}"


class _EnoughError(Exception):
    """Ends a trial."""


def try_writing(target: Path) -> None:
    """Checks that `replacing` would succeed, and leaves no file or folder behind.

    Raises:
        OSError: If the folder cannot be made or written.
    """
    with suppress(_EnoughError), replacing(target):
        raise _EnoughError


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A temporary file beside the target, which takes its place when the block succeeds and vanishes otherwise.

    Args:
        target: The file to write; its folder is made if missing, and vanishes again if it is left empty.

    Raises:
        OSError: If the folder cannot be made or written.
    """
    made = [folder for folder in target.parents if not folder.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{target.stem}-", suffix=".part", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp keeps its files to their owner; a finished one gets the rights that any new file would have.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
        for folder in made:
            with suppress(OSError):  # it is not empty: the file is there, or another one
                folder.rmdir()
