"""The table of a judged clip, a row a frame: what `frames.csv` and `AnalysisResult.frames` hold, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posecheck.judging.judgement import STATES, Judgement
from posecheck.judging.still import StillJudgement
from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.measurer import Measures
from posecheck.measures.table import MEASURES


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of the table.

    Attributes:
        name: Its heading.
        values: (N,) texts, empty where there is nothing to say, or numbers, NaN where nothing is known.
        digits: Digits after the point, more than the numbers are accurate to; None for texts.
    """

    name: str
    values: NDArray[Any]
    digits: int | None = None


def frame_table(measures: Measures, judged: Judgement | StillJudgement) -> list[Column]:
    """The columns: time, state, stretch, phase and faults, then every measure with its uncertainty, then the view.

    Args:
        measures: Of all N frames.
        judged: Their judgement; a still is in no state.
    """
    texts, support = _judged_clip(judged) if isinstance(judged, Judgement) else _judged_still(judged)
    columns = [Column("time_s", measures.time_s, 4)]
    columns += [Column(name, np.array(values, str)) for name, values in texts.items()]
    for name, spec in MEASURES.items():
        values = np.full(len(measures), np.nan)
        for one in set(support):
            here = support == one
            values[here] = measures.get(name, one)[here]
        doubt = np.where(np.isfinite(values), measures.uncertainty(name), np.nan)
        digits = 1 if spec.unit == "deg" else 3
        columns += [Column(f"{name}_{spec.unit}", values, digits), Column(f"{name}_uncertainty", doubt, digits)]
    return [*columns, Column("off_side_on_deg", measures.view.off_side_on_deg, 1)]


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
    """The texts of each frame's judgement, empty outside segments except the state; and (N,) the floor lines used."""
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
