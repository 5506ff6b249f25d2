"""``labels.csv``: what is to be seen in which clip when, as people write it by hand for their own clips."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from samples.studio.truth import Truth

COLUMNS = ("clip", "start_s", "end_s", "stretch", "phase", "label")


def write_labels(path: Path, truths: Iterable[Truth]) -> None:
    """Writes the labels of several clips, ordered by clip and time; what is not labelled is a transition."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for truth in sorted(truths, key=lambda one: one.clip):
            for mark in truth.marks:
                times = f"{mark.start_s:.2f}", f"{mark.end_s:.2f}"
                writer.writerow((truth.clip, *times, mark.stretch, mark.phase or "", mark.label))
