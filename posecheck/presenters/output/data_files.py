"""Files for other programs: `frames.csv` and `summary.json`."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from posecheck.errors import OutputError
from posecheck.judging.frame_table import Column, frame_table
from posecheck.judging.judgement import Judgement
from posecheck.judging.still import StillJudgement
from posecheck.judging.summary import Summary
from posecheck.measures.measurer import Measures
from posecheck.pose.landmarks import BLOCK
from posecheck.system.atomic_files import replacing


def write_summary(path: Path, summary: Summary) -> None:
    """Writes `summary.json`.

    Raises:
        OutputError: If it cannot be written; an older file then stays as it was.
    """
    with _replacing(path) as temporary:
        temporary.write_bytes(as_json(summary))


def as_json(content: object) -> bytes:
    """JSON as people read it and programs expect it, in UTF-8.

    A part of a file's name that is no text becomes a question mark; a NaN, which JSON does not know, is a mistake.
    """
    return (json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode(errors="replace")


def write_frames(path: Path, measures: Measures, judged: Judgement | StillJudgement) -> None:
    """Writes `frames.csv`: a row a frame, with its time, state, faults and every measure with its uncertainty.

    Args:
        path: The file.
        measures: Of all frames.
        judged: The judgement; a still is in no state.

    Raises:
        OutputError: If it cannot be written; an older file then stays as it was.
    """
    columns = frame_table(measures, judged)
    with _replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in columns)
        # In blocks: as text, a long clip takes ten times the memory of its measures.
        for start in range(0, len(measures), BLOCK):
            writer.writerows(zip(*(_cells(column, start) for column in columns), strict=True))


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    try:
        with replacing(path) as temporary:
            yield temporary
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); name another --out") from error


def _cells(column: Column, start: int) -> list[str]:
    """A block of a column as text; a NaN is an empty cell."""
    values: list[Any] = column.values[start : start + BLOCK].tolist()
    if column.digits is None:
        return values
    return ["" if value != value else f"{value:.{column.digits}f}" for value in values]
