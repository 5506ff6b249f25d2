"""The history's rows as sessions: SQLite keeps whatever is put into it, so each row is looked at."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from posecheck.coaching.progression import FaultDone, HoldDone, SessionDone

LONGEST_S = 86_400.0
"""No session is longer than a day."""

YEARS = range(2000, 2200)
"""In which a session may have begun: others are a wrong clock or damage, and no calendar goes on for ever."""

SHOWN = 60
"""Letters of a row that are shown of one that makes no sense."""

Say = Callable[[str], None]
"""Told in a plain sentence."""

_Done = TypeVar("_Done")


def read_rows(db: sqlite3.Connection, say: Say) -> list[SessionDone]:
    """All sessions by their number, as they were at one moment.

    Args:
        db: An open history.
        say: Told of rows that make no sense, which are left out.
    """
    reader = _Reader(db)
    db.execute("BEGIN")
    holds = reader.of_sessions("holds", "stretch, phase, start_s, hold_s, target_s, score", "start_s", _hold)
    faults = reader.of_sessions("faults", "stretch, rule, seconds, times", "seconds DESC", _fault)
    ranges = reader.of_sessions("ranges_of_motion", "stretch, range_deg", "stretch", _range)
    sessions = [
        SessionDone(
            number,
            started,
            ended,
            tuple(holds.get(number, ())),
            tuple(faults.get(number, ())),
            dict(ranges.get(number, ())),
            pain,
        )
        for number, started, ended, pain in reader.sound("sessions", "number, started, ended, pain", "number", _session)
    ]
    db.execute("COMMIT")
    if reader.nonsense:
        count = len(reader.nonsense)
        rows = "1 row makes no sense and is" if count == 1 else f"{count} rows make no sense and are"
        say(f"the history: {rows} left out ({reader.nonsense[0]})")
    return sessions


class _NonsenseError(ValueError):
    """What posecheck cannot have written."""


class _Reader:
    """Reads tables row by row.

    Attributes:
        nonsense: The rows that were left out, shortened, with the control characters escaped.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.nonsense: list[str] = []

    def sound(self, table: str, columns: str, order: str, make: Callable[..., _Done]) -> list[_Done]:
        """What `make` makes of a table's rows."""
        made = []
        for row in self._db.execute(f"SELECT {columns} FROM {table} ORDER BY {order}"):
            try:
                made.append(make(*row))
            except _NonsenseError:
                self.nonsense.append(f"{table}: {', '.join(map(ascii, row))}"[:SHOWN])
        return made

    def of_sessions(self, table: str, columns: str, order: str, make: Callable[..., _Done]) -> dict[int, list[_Done]]:
        """The same by the number of the session that they belong to."""
        grouped: dict[int, list[_Done]] = {}
        for number, made in self.sound(
            table, f"session, {columns}", f"session, {order}", lambda number, *row: (_whole(number), make(*row))
        ):
            grouped.setdefault(number, []).append(made)
        return grouped


def _session(number: Any, started: Any, ended: Any, pain: Any) -> tuple[int, datetime, datetime | None, int | None]:
    return (
        _whole(number),
        _time(started),
        None if ended is None else _time(ended),
        None if pain is None else _whole(pain, 10),
    )


def _hold(stretch: Any, phase: Any, start_s: Any, hold_s: Any, target_s: Any, score: Any) -> HoldDone:
    return HoldDone(
        _name(stretch),
        None if phase is None else _name(phase),
        _number(start_s, -LONGEST_S, LONGEST_S),
        _number(hold_s, 0, LONGEST_S),
        _number(target_s, 0, LONGEST_S),
        None if score is None else _number(score, 0, 100),
    )


def _fault(stretch: Any, rule: Any, seconds: Any, times: Any) -> FaultDone:
    return FaultDone(_name(stretch), _name(rule), _number(seconds, 0, LONGEST_S), _whole(times))


def _range(stretch: Any, range_deg: Any) -> tuple[str, float]:
    return _name(stretch), _number(range_deg, 0, 360)


def _name(value: Any) -> str:
    if isinstance(value, str) and value and value.isprintable():
        return value
    raise _NonsenseError


def _number(value: Any, least: float, most: float) -> float:
    if isinstance(value, int | float) and math.isfinite(value) and least <= value <= most:
        return value
    raise _NonsenseError


def _whole(value: Any, most: int | None = None) -> int:
    if isinstance(value, int) and value >= 0 and (most is None or value <= most):
        return value
    raise _NonsenseError


def _time(value: Any) -> datetime:
    """A time with its zone, without which times cannot be compared."""
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise _NonsenseError from error
    if time.tzinfo is None or time.year not in YEARS:
        raise _NonsenseError
    return time
