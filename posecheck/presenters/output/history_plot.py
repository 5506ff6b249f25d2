"""The history as a picture: hold time, form and range of motion over the weeks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posecheck.coaching.progression import HoldDone, SessionDone
from posecheck.errors import UsageError
from posecheck.presenters.output.plot_files import save
from posecheck.presenters.terminal.history import mean_score, stretches_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Told apart by colour-blind people too (Okabe and Ito, 2008); the marks differ as well."""

MARKS = ("o", "s", "^", "D", "v", "P")


ROOM = 1.1
"""The axes end so much above the highest value, which then touches no edge."""


def plot(path: Path, sessions: Sequence[SessionDone]) -> None:
    """Draws the history, a line for each stretch, a dot for each session.

    Args:
        path: A png.
        sessions: The oldest first.

    Raises:
        UsageError: If the file's name does not end in .png, or there is nothing to draw.
        OutputError: If it cannot be written.
    """
    if path.suffix.lower() != ".png":
        raise UsageError(f"{path}: a plot is written as png; name a FILE.png")
    if not any(session.holds for session in sessions):
        raise UsageError("there is no hold to plot yet; practise first")
    save(drawn(sessions), path)


def drawn(sessions: Sequence[SessionDone]) -> Figure:
    """The figure of a history with at least one hold: longest hold, form and movement, and above them the legend."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 8), dpi=110, layout="constrained")
    length, form, range_ = figure.subplots(3, 1, sharex=True)
    names = list(dict.fromkeys(name for session in sessions for name in stretches_of(session)))
    for number, name in enumerate(names):
        look = {
            "color": COLOURS[number % len(COLOURS)],
            "marker": MARKS[number % len(MARKS)],
            "label": name,
            "clip_on": False,
        }
        _line(length, sessions, name, look, lambda holds: max(hold.hold_s for hold in holds))
        _line(form, sessions, name, look, mean_score)
        moved = [(session.started, session.range_of_motion_deg.get(name)) for session in sessions]
        _draw(range_, moved, look)
    for axes, title, most in (
        (length, "Longest hold, s", None),
        (form, "Form, of 100", 103),
        (range_, "Range of motion between phases, °", None),
    ):
        axes.set_title(title, loc="left", fontsize=11)
        axes.set_ylim(0, most or (ROOM * axes.dataLim.y1 if axes.lines else None))
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    if not range_.lines:
        range_.text(0.5, 0.5, "none was measured", transform=range_.transAxes, ha="center", color="grey")
    lines = {line.get_label(): line for axes in (range_, form, length) for line in axes.lines}
    figure.legend(handles=[lines[name] for name in names if name in lines], loc="outside upper center", ncols=4)
    figure.autofmt_xdate()
    return figure


def _line(
    axes: Axes,
    sessions: Sequence[SessionDone],
    name: str,
    look: dict[str, Any],
    figure_of: Callable[[Sequence[HoldDone]], float | None],
) -> None:
    points = []
    for session in sessions:
        holds = [hold for hold in session.holds if hold.stretch == name]
        points.append((session.started, figure_of(holds) if holds else None))
    _draw(axes, points, look)


def _draw(axes: Axes, points: Sequence[tuple[datetime, float | None]], look: dict[str, Any]) -> None:
    known = [(time, value) for time, value in points if value is not None]
    if known:
        # Days as the person lived them, wherever that was.
        days: Any = [time.replace(tzinfo=None) for time, _ in known]
        axes.plot(days, [value for _, value in known], **look)
