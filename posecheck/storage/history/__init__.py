"""The history: what was done in each session, in an SQLite database that never leaves this machine.

Each finished hold is committed as it ends, so that a session that is cut short keeps all but the hold under way. One
process writes; others may read meanwhile. A damaged database is set aside under a new name and a new one begun.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path

from posecheck.coaching.progression import FaultDone, HoldDone, SessionDone
from posecheck.errors import OutputError, UsageError
from posecheck.storage.history.database import MIGRATIONS, SIDE_FILES, DamagedError, connected, locked, told
from posecheck.system.closing import Closable

PATH_VARIABLE = "POSECHECK_HISTORY"
"""The environment variable that names another file."""


def history_path() -> Path:
    """Where the history lies, in the user's data folder unless the environment names another file."""
    chosen = os.environ.get(PATH_VARIABLE)
    return Path(chosen).expanduser() if chosen else user_data_path("posecheck") / "history.sqlite"


class History(Closable):
    """The history, open for writing; use as a context manager.

    Args:
        path: The database; made if missing.
        migrations: Steps that lead to today's tables.

    Attributes:
        notes: What happened on opening that the person should know, in plain sentences.

    Raises:
        OutputError: If another process writes, or the file cannot be written, or a newer posecheck made it.
    """

    def __init__(self, path: Path, migrations: Sequence[str] = MIGRATIONS) -> None:
        self._path = path
        self.notes: list[str] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise OutputError(f"{path.parent}: cannot be made ({error.strerror}); check whose folder it is") from error
        self._lock = locked(path)
        try:
            self._db = self._opened(migrations)
        except BaseException:
            self._lock.close()
            raise

    def close(self) -> None:
        """Nothing more is to be written."""
        with suppress(sqlite3.Error):  # what was committed is safe in the log, whether or not it can be tidied away
            self._db.close()
        self._lock.close()

    def begin(self, started: datetime) -> int:
        """Begins a session and gives its number.

        Raises:
            OutputError: If it cannot be written.
        """
        with self._transaction():
            cursor = self._db.execute("INSERT INTO sessions (started) VALUES (?)", (_stamp(started),))
        return int(cursor.lastrowid or 0)

    def add(self, session: int, holds: Sequence[HoldDone]) -> None:
        """Adds finished holds to a session; they are on the disk when this returns.

        Raises:
            OutputError: If they cannot be written.
        """
        with self._transaction():
            self._add(session, holds)

    def finish(self, session: SessionDone) -> None:
        """Ends a session: what was judged with hindsight takes the place of the holds that were added live.

        Raises:
            OutputError: If it cannot be written; what was added live stays.
        """
        number = session.number
        faults = [(number, one.stretch, one.rule, one.seconds, one.times) for one in session.faults]
        ranges = [(number, stretch, degrees) for stretch, degrees in session.range_of_motion_deg.items()]
        with self._transaction():
            self._db.execute("UPDATE sessions SET ended = ? WHERE number = ?", (_stamp(session.ended), number))
            for table in ("holds", "faults", "ranges_of_motion"):
                self._db.execute(f"DELETE FROM {table} WHERE session = ?", (number,))
            self._add(number, session.holds)
            self._db.executemany("INSERT INTO faults VALUES (?, ?, ?, ?, ?)", faults)
            self._db.executemany("INSERT INTO ranges_of_motion VALUES (?, ?, ?)", ranges)

    def set_pain(self, pain: int, session: int | None = None) -> int:
        """Keeps the pain felt in a session, and gives its number.

        Args:
            pain: 0 to 10.
            session: Its number; None for the last one.

        Raises:
            UsageError: If there is no such session, or pain is none of 0 to 10.
            OutputError: If it cannot be written.
        """
        if not 0 <= pain <= 10:
            raise UsageError(f"pain {pain} is not on the scale; give 0 for none to 10 for the worst imaginable")
        with self._transaction():
            last = self._db.execute("SELECT max(number) FROM sessions").fetchone()[0]
            number = last if session is None else session
            if number is None:
                raise UsageError("there is no session yet; practise first")
            if not self._db.execute("UPDATE sessions SET pain = ? WHERE number = ?", (pain, number)).rowcount:
                raise UsageError(f"there is no session {number}; `posecheck history` shows their numbers")
        return int(number)

    def sessions(self) -> list[SessionDone]:
        """All sessions, the oldest first."""
        with told(self._path):
            return _sessions(self._db)

    def _add(self, session: int, holds: Sequence[HoldDone]) -> None:
        rows = [(session, one.stretch, one.phase, one.start_s, one.hold_s, one.target_s, one.score) for one in holds]
        self._db.executemany("INSERT INTO holds VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with told(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # which a full disk may have done by itself
                    self._db.execute("ROLLBACK")
                raise

    def _opened(self, migrations: Sequence[str]) -> sqlite3.Connection:
        try:
            return connected(self._path, migrations)
        except DamagedError as damage:
            self.notes.append(
                f"{self._path}: was damaged ({damage}); set aside as {self._set_aside()}, a new one begun"
            )
        return connected(self._path, migrations)

    def _set_aside(self) -> Path:
        """Renames the database and what belongs to it; never onto another file."""
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        names = [
            self._path.with_name(f"{self._path.stem}-damaged-{stamp}{suffix}{self._path.suffix}")
            for suffix in ("", *(f"-{number}" for number in range(2, 100)))
        ]
        aside = next(name for name in names if not name.exists())
        try:
            self._path.rename(aside)
            for side in SIDE_FILES:
                with suppress(FileNotFoundError):
                    Path(f"{self._path}{side}").rename(f"{aside}{side}")
        except OSError as error:
            raise OutputError(
                f"{self._path}: is damaged and cannot be set aside ({error.strerror}); move it away yourself"
            ) from error
        return aside


def read_sessions(path: Path) -> list[SessionDone]:
    """All sessions, the oldest first, while another process may write; none if there is no history yet.

    Raises:
        OutputError: If the history cannot be read.
    """
    if not path.exists():
        return []
    name = f"{path.resolve().as_uri()}?mode=ro"
    if not Path(f"{path}-wal").exists() and not os.access(path.parent, os.W_OK):
        name += "&immutable=1"  # else SQLite would want to write a log beside it
    with told(path), closing(sqlite3.connect(name, uri=True)) as db:
        return _sessions(db)


def delete(path: Path) -> list[Path]:
    """Deletes the history and all that was ever set aside, and gives the files that went.

    Raises:
        OutputError: If another process writes, or a file cannot be deleted.
    """
    gone = []
    with closing(locked(path)):
        for name in (path.name, f"{path.stem}-damaged-*{path.suffix}"):
            for file in sorted(one for side in ("", *SIDE_FILES) for one in path.parent.glob(f"{name}{side}")):
                try:
                    file.unlink()
                except OSError as error:
                    raise OutputError(f"{file}: cannot be deleted ({error.strerror}); delete it yourself") from error
                gone.append(file)
    return gone


def _sessions(db: sqlite3.Connection) -> list[SessionDone]:
    db.execute("BEGIN")  # all of it as it was at one moment
    holds: dict[int, list[HoldDone]] = {}
    faults: dict[int, list[FaultDone]] = {}
    ranges: dict[int, dict[str, float]] = {}
    for number, *row in db.execute("SELECT * FROM holds ORDER BY session, start_s"):
        holds.setdefault(number, []).append(HoldDone(*row))
    for number, *row in db.execute("SELECT * FROM faults ORDER BY session, seconds DESC"):
        faults.setdefault(number, []).append(FaultDone(*row))
    for number, stretch, degrees in db.execute("SELECT * FROM ranges_of_motion"):
        ranges.setdefault(number, {})[stretch] = degrees
    done = [
        SessionDone(
            number,
            datetime.fromisoformat(started),
            None if ended is None else datetime.fromisoformat(ended),
            tuple(holds.get(number, ())),
            tuple(faults.get(number, ())),
            ranges.get(number, {}),
            pain,
        )
        for number, started, ended, pain in db.execute("SELECT number, started, ended, pain FROM sessions")
    ]
    db.execute("COMMIT")
    return done


def _stamp(time: datetime | None) -> str:
    """A time with its zone: days are the person's own, wherever they were."""
    return (time or datetime.now().astimezone()).isoformat(timespec="seconds")
