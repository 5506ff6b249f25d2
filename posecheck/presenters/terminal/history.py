"""The history for people (a table and a chart in the terminal) and for other programs (csv and json)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from posecheck.coaching.progression import FaultDone, HoldDone, SessionDone
from posecheck.errors import OutputError, UsageError
from posecheck.system.atomic_files import replacing

MOST_SESSIONS = 12
"""Sessions that are listed: about a month's, and a screenful."""

LEGEND = (
    "holds: how many reached the aim / how many there were; best: the longest",
    "form: of 100; range: how far the body moved between phases; pain: of 10",
)
"""What the headings mean, in lines that fit into 80 columns."""

MOST_WEEKS = 8
BAR = 30
"""Weeks of the chart, and letters of its longest bar: with the texts beside them they fit into 80 columns."""


def stretches_of(session: SessionDone) -> list[str]:
    """The names of the stretches of a session, in the order in which they were first held or attempted."""
    held, at_fault = (hold.stretch for hold in session.holds), (fault.stretch for fault in session.faults)
    return list(dict.fromkeys([*held, *at_fault, *session.range_of_motion_deg]))


def mean_score(holds: Sequence[HoldDone]) -> float | None:
    """The average form of holds, each counted by its length; None where it is not known."""
    known = [(hold.score, hold.hold_s) for hold in holds if hold.score is not None and hold.hold_s > 0]
    return sum(score * length for score, length in known) / sum(length for _, length in known) if known else None


def show(console: Console, sessions: Sequence[SessionDone]) -> None:
    """Prints the last sessions and the last weeks.

    Args:
        console: Where to.
        sessions: The oldest first.
    """
    if not sessions:
        console.print("No session yet: `posecheck practice` begins one.")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("no", "when", "stretch", "holds", "best", "aim", "form", "range", "pain", "to mend"):
        number = heading in ("no", "holds", "best", "aim", "form", "range", "pain")
        table.add_column(heading, justify="right" if number else "left", no_wrap=heading != "to mend")
    for session in sessions[-MOST_SESSIONS:]:
        for row in _rows(session):
            table.add_row(*map(Text, row))
    console.print(table)
    for line in LEGEND:
        console.print(Text(line, "dim"))
    if not all(session.ended for session in sessions[-MOST_SESSIONS:]):
        console.print(Text("* cut short", "dim"))
    if len(sessions) > MOST_SESSIONS:
        console.print(Text(f"and {len(sessions) - MOST_SESSIONS} before; --export FILE.csv has all of them", "dim"))
    console.print()
    console.print(Text("Held on good form, by week", "bold"))
    for line in _weeks(sessions, "█" if console.encoding.startswith("utf") else "#"):
        console.print(Text(line))


def _rows(session: SessionDone) -> Iterator[tuple[str, ...]]:
    """A row for each stretch; number, day and pain stand in the first."""
    when = f"{session.started:%d %b %y}" + ("" if session.ended else " *")
    pain = "" if session.pain is None else str(session.pain)
    head, tail = (str(session.number), when), pain
    for name in stretches_of(session) or [""]:
        holds = [hold for hold in session.holds if hold.stretch == name]
        faults = [fault for fault in session.faults if fault.stretch == name]
        moved = session.range_of_motion_deg.get(name)
        score = mean_score(holds)
        yield (
            *head,
            name or "nothing held",
            f"{sum(hold.completed for hold in holds)}/{len(holds)}" if holds else "",
            f"{max(hold.hold_s for hold in holds):.1f} s" if holds else "",
            f"{holds[-1].target_s:g} s" if holds else "",
            "" if score is None else f"{score:.0f}",
            "" if moved is None else f"{moved:.0f}°",
            tail,
            max(faults, key=lambda fault: fault.seconds).rule if faults else "",
        )
        head, tail = ("", ""), ""


def _weeks(sessions: Sequence[SessionDone], mark: str) -> Iterator[str]:
    """A bar for each of the last weeks, up to that of the last session; empty weeks are shown, to be honest."""
    held_s: dict[date, float] = {}
    for session in sessions:
        week = _monday(session)
        held_s[week] = held_s.get(week, 0.0) + sum(hold.hold_s for hold in session.holds)
    last = max(held_s)
    weeks = [last - timedelta(weeks=ago) for ago in reversed(range(MOST_WEEKS))]
    shown = [week for week in weeks if week >= min(held_s)]
    most_s = max(held_s.get(week, 0.0) for week in shown) or 1.0
    for week in shown:
        minutes, seconds = divmod(round(held_s.get(week, 0.0)), 60)
        bar = mark * round(BAR * held_s.get(week, 0.0) / most_s)
        yield f"{week:%d %b}  {minutes:3d}:{seconds:02d}  {bar}".rstrip()


def _monday(session: SessionDone) -> date:
    day = session.started.date()
    return day - timedelta(days=day.weekday())


def export(path: Path, sessions: Sequence[SessionDone]) -> None:
    """Writes the history: csv with a row for each hold, or json with all there is.

    Raises:
        UsageError: If the file's name ends otherwise.
        OutputError: If it cannot be written; an older file then stays as it was.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".json"):
        raise UsageError(f"{path}: history is written as csv or json; name a FILE.csv or FILE.json")
    try:
        with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            if kind == ".json":
                content = {"schema": 1, "sessions": [_plain(session) for session in sessions]}
                file.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
            else:
                rows = [row for session in sessions for row in _hold_rows(session)]
                writer = csv.DictWriter(file, ("session", "started", "pain", *HoldDone.__match_args__, "completed"))
                writer.writeheader()
                writer.writerows(rows)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); name another file") from error


def _hold_rows(session: SessionDone) -> Iterator[dict[str, Any]]:
    head = {"session": session.number, "started": session.started.isoformat(), "pain": session.pain}
    for hold in session.holds:
        yield head | _hold(hold)


def _plain(session: SessionDone) -> dict[str, Any]:
    return {
        "number": session.number,
        "started": session.started.isoformat(),
        "ended": None if session.ended is None else session.ended.isoformat(),
        "pain": session.pain,
        "holds": [_hold(hold) for hold in session.holds],
        "faults": [_fault(fault) for fault in session.faults],
        "range_of_motion_deg": {name: round(value, 1) for name, value in session.range_of_motion_deg.items()},
    }


def _hold(hold: HoldDone) -> dict[str, Any]:
    """Rounded as in `summary.json`: finer than it is known."""
    return {
        "stretch": hold.stretch,
        "phase": hold.phase,
        "start_s": round(hold.start_s, 3),
        "hold_s": round(hold.hold_s, 3),
        "target_s": hold.target_s,
        "score": None if hold.score is None else round(hold.score),
        "completed": hold.completed,
    }


def _fault(fault: FaultDone) -> dict[str, Any]:
    return {"stretch": fault.stretch, "rule": fault.rule, "seconds": round(fault.seconds, 3), "times": fault.times}
