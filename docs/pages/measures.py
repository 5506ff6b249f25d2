"""The table of measures as a page."""

from __future__ import annotations

from docs.pages.tables import heading, row
from posecheck.measures.table import MEASURES

UNITS = {"deg": "degree", "ratio": "share"}

INTRODUCTION = """\
A rule judges one measure. Zero is the anatomical position, and flexion is positive. A measure is taken on the side of
the body that is nearer to the camera, or in the middle of both sides. `posecheck stretches measures` prints
the same."""

ERRORS = """\
The error is one standard deviation, in the measure's unit. The error of a change is that of the difference of two
readings of one person, which rules with `relative_to = "neutral"` judge."""


def page() -> str:
    """All measures: what each means, its zero and sign, its unit, its error, and where these come from."""
    lines = [
        "# Measures",
        "",
        INTRODUCTION,
        "",
        *heading("name", "meaning", "zero is", "above zero", "unit", "error", "source"),
    ]
    for spec in MEASURES.values():
        change = "" if spec.difference_error is None else f"; of a change, {spec.difference_error:g}"
        lines.append(row(f"`{spec.name}`", spec.meaning, spec.zero, spec.positive, UNITS[spec.unit],
                         f"{spec.error:g}{change}", spec.source))  # fmt: skip
    return "\n".join([*lines, "", ERRORS]) + "\n"
