"""Files for other programs: `frames.csv` and `summary.json`."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from posecheck.errors import OutputError
from posecheck.files import replacing
from posecheck.judgement import STATES, Judgement
from posecheck.landmarks import Floats
from posecheck.measures import MEASURES, Measures, Support
from posecheck.summary import Summary


def write_summary(path: Path, summary: Summary) -> None:
    """Writes `summary.json`.

    Raises:
        OutputError: If it cannot be written; an older file then stays as it was.
    """
    try:
        with replacing(path) as temporary:
            temporary.write_text(as_json(summary) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); name another --out") from error


def as_json(content: object) -> str:
    """JSON as people read it; a NaN, which JSON does not know, is a mistake."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def write_frames(path: Path, measures: Measures, judgement: Judgement | None) -> None:
    """Writes `frames.csv`: a row a frame, with its time, state, faults and every measure with its uncertainty.

    Args:
        path: The file.
        measures: Of all frames.
        judgement: Of the clip; None for a still, whose columns of judgement stay empty.

    Raises:
        OutputError: If it cannot be written; an older file then stays as it was.
    """
    columns = _judged_columns(measures, judgement)
    support = _supports(measures, judgement)
    for name, spec in MEASURES.items():
        values = np.full(len(measures), np.nan)
        for one in set(support):
            here = support == one
            values[here] = measures.get(name, one)[here]
        digits = 1 if spec.unit == "deg" else 3
        columns[f"{name}_{spec.unit}"] = _numbers(values, digits)
        columns[f"{name}_uncertainty"] = _numbers(
            np.where(np.isfinite(values), measures.uncertainty(name), np.nan), digits
        )
    columns["off_side_on_deg"] = _numbers(measures.view.off_side_on_deg, 1)
    try:
        with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); name another --out") from error


def _judged_columns(measures: Measures, judgement: Judgement | None) -> dict[str, Iterable[str]]:
    count = len(measures)
    stretch, phase, faults = [""] * count, [""] * count, [""] * count
    state = [""] * count if judgement is None else [STATES[number].value for number in judgement.states]
    for segment in () if judgement is None else judgement.segments:
        span = segment.span
        for index in range(span.start, span.stop):
            stretch[index] = segment.stretch.name
            number = judgement.phases[index]
            phase[index] = segment.stretch.phases[number].name if number >= 0 else ""
        for fault in segment.faults:
            for start_s, end_s in fault.intervals:
                first, last = np.searchsorted(measures.time_s, [start_s, end_s])
                for index in range(first, last):
                    faults[index] = f"{faults[index]} {fault.cue.rule}".lstrip()
    times = _numbers(measures.time_s, 4)
    return {"time_s": times, "state": state, "stretch": stretch, "phase": phase, "faults": faults}


def _supports(measures: Measures, judgement: Judgement | None) -> np.ndarray:
    """(N,) which floor line the measures of each frame are taken against."""
    result = np.full(len(measures), Support.LEVEL, object)
    for segment in () if judgement is None else judgement.segments:
        result[segment.span.start : segment.span.stop] = segment.stretch.support
    return result


def _numbers(values: Floats, digits: int) -> list[str]:
    """Numbers as text; a NaN is an empty cell."""
    return ["" if value != value else f"{value:.{digits}f}" for value in values.tolist()]
