"""Files for other programs: `frames.csv` and `summary.json`."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posecheck.errors import OutputError
from posecheck.judging.judgement import STATES, Judgement
from posecheck.judging.still import StillJudgement
from posecheck.judging.summary import Summary
from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.measurer import Measures
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import BLOCK, Floats
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
    verdicts, support = _judged_clip(judged) if isinstance(judged, Judgement) else _judged_still(judged)
    with _replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        # In blocks: as text, a long clip takes ten times the memory of its measures.
        for start in range(0, len(measures), BLOCK):
            part = slice(start, start + BLOCK)
            block = measures.slice(part.start, part.stop)
            columns = {"time_s": _numbers(block.time_s, 4)}
            columns |= {name: column[part] for name, column in verdicts.items()} | _measured(block, support[part])
            if start == 0:
                writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    try:
        with replacing(path) as temporary:
            yield temporary
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); name another --out") from error


def _judged_still(still: StillJudgement) -> tuple[dict[str, list[str]], NDArray[np.object_]]:
    """As `_judged_clip`, of one picture."""
    stretch = still.stretch
    columns = {
        "state": [""],
        "stretch": ["" if stretch is None else stretch.name],
        "phase": [still.phase or ""],
        "faults": [" ".join(fault.rule for fault in still.faults)],
    }
    return columns, np.array([FloorContacts.LEVEL if stretch is None else stretch.support], object)


def _judged_clip(clip: Judgement) -> tuple[dict[str, list[str]], NDArray[np.object_]]:
    """What was judged, a text a frame, all but the state empty outside the segments; and (N,) the floor lines used."""
    time_s = clip.measures.time_s
    count = len(time_s)
    stretch, phase, faults = [""] * count, [""] * count, [""] * count
    support = np.full(count, FloorContacts.LEVEL, object)
    for segment in clip.segments:
        span = segment.span
        support[span.start : span.stop] = segment.stretch.support
        for index in range(span.start, span.stop):
            stretch[index] = segment.stretch.name
            number = clip.phases[index]
            phase[index] = segment.stretch.phases[number].name if number >= 0 else ""
        for fault in segment.faults:
            for start_s, end_s in fault.intervals:
                first, last = np.searchsorted(time_s, [start_s, end_s])
                for index in range(first, last):
                    faults[index] = f"{faults[index]} {fault.cue.rule}".lstrip()
    state = [STATES[number].value for number in clip.states]
    return {"state": state, "stretch": stretch, "phase": phase, "faults": faults}, support


def _measured(measures: Measures, support: NDArray[np.object_]) -> dict[str, list[str]]:
    """Every measure and its uncertainty, a text a frame."""
    columns = {}
    for name, spec in MEASURES.items():
        values = np.full(len(measures), np.nan)
        for one in set(support):
            here = support == one
            values[here] = measures.get(name, one)[here]
        doubt = np.where(np.isfinite(values), measures.uncertainty(name), np.nan)
        digits = 1 if spec.unit == "deg" else 3
        columns[f"{name}_{spec.unit}"] = _numbers(values, digits)
        columns[f"{name}_uncertainty"] = _numbers(doubt, digits)
    columns["off_side_on_deg"] = _numbers(measures.view.off_side_on_deg, 1)
    return columns


def _numbers(values: Floats, digits: int) -> list[str]:
    """Numbers as text; a NaN is an empty cell."""
    return ["" if value != value else f"{value:.{digits}f}" for value in values.tolist()]
