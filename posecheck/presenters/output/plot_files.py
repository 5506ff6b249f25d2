"""Figures of Matplotlib, written as png."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import OutputError
from posecheck.system.atomic_files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save(figure: Figure, path: Path, *, another: str = "file") -> None:
    """Writes a figure, whole or not at all.

    Args:
        figure: What is drawn.
        path: A png; its folder is made if missing.
        another: What the user named, to be named differently if this fails.

    Raises:
        OutputError: If it cannot be written.
    """
    try:
        with replacing(path) as temporary, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of letters that its font lacks, which are drawn as boxes
            figure.savefig(temporary, format="png")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); name another {another}") from error
