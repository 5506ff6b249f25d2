"""The history: what was done in each session, in an SQLite database that never leaves this machine.

Each finished hold is committed as it ends, so that a session that is cut short keeps all but the hold under way. One
process writes; others may read meanwhile. A damaged database is set aside under a new name and a new one begun; a file
that is not posecheck's is never changed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path

from posecheck.coaching.progression import HoldDone, SessionDone
from posecheck.errors import OutputError, UsageError
from posecheck.storage.history.database import (
    MIGRATIONS,
    PATH_VARIABLE,
    SET_ASIDE_LATER,
    DamagedError,
    check,
    connected,
    locked,
    looked_at,
    told,
)
from posecheck.storage.history.files import set_aside, were_set_aside, with_side_files
from posecheck.storage.history.rows import Say, read_rows
from posecheck.system.atomic_files import replacing
from posecheck.system.closing import Closable


def history_path() -> Path:
    """Where the history lies, in the user's data folder unless the environment names another file."""
    chosen = os.environ.get(PATH_VARIABLE)
    return Path(chosen).expanduser() if chosen else _home()


def _home() -> Path:
    """Where the history usually lies, and no other program writes."""
    return user_data_path("posecheck") / "history.sqlite"


class History(Closable):
    """The history, open for writing; use as a context manager.

    Args:
        path: The database; made if missing.
        migrations: Steps that lead to today's tables.

    Attributes:
        notes: What happened on opening that the person should know, in plain sentences.

    Raises:
        OutputError: If another process writes, or the file cannot be written, or another program or a newer posecheck
            made it.
    """

    def __init__(self, path: Path, migrations: Sequence[str] = MIGRATIONS) -> None:
        self._path = path
        self.notes: list[str] = []
        _make_folder(path.parent)
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

    def sessions(self, say: Say = lambda note: None) -> list[SessionDone]:
        """All sessions, the oldest first.

        Args:
            say: Told of rows that make no sense, which are left out.
        """
        with told(self._path):
            return read_rows(self._db, say)

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
        at_home = self._path == _home()
        try:
            return connected(self._path, migrations, at_home=at_home)
        except DamagedError as damage:
            aside = set_aside(self._path, "damaged")
            self.notes.append(f"{self._path}: was damaged ({damage}); set aside as {aside}, a new one begun")
        return connected(self._path, migrations, at_home=at_home)


def read_sessions(path: Path, say: Say = lambda note: None) -> list[SessionDone]:
    """All sessions, the oldest first, while another process may write; none if there is no history yet.

    Args:
        path: The database, which is only looked at.
        say: Told of rows that make no sense, which are left out.

    Raises:
        OutputError: If the history cannot be read, or is none.
    """
    if not path.exists():
        return []
    with told(path):
        try:
            if not check(path, MIGRATIONS, at_home=path == _home()):
                return []
        except DamagedError as damage:
            raise OutputError(f"{path}: is damaged ({damage})", SET_ASIDE_LATER) from damage
        with closing(looked_at(path)) as db:
            return read_rows(db, say)


def delete(path: Path) -> list[Path]:
    """Deletes the history and all that was ever set aside, and gives the files that went.

    Raises:
        OutputError: If another process writes, a file cannot be deleted, or the file is another program's.
    """
    with closing(locked(path)):
        if path.exists():
            with told(path), suppress(DamagedError):
                check(path, MIGRATIONS, at_home=path == _home())
        gone = [file for one in (path, *were_set_aside(path)) for file in with_side_files(one) if file.exists()]
        for file in gone:
            try:
                file.unlink()
            except OSError as error:
                raise OutputError(f"{file}: cannot be deleted ({error.strerror})", "delete it yourself") from error
    return gone


def restore(path: Path, kept: Path) -> Path | None:
    """Puts a history that was set aside, or a copy of one, in the place of this one.

    Args:
        path: The history.
        kept: What is to take its place; stays as it is.

    Returns:
        Under which name the history was set aside in turn; None if there was none.

    Raises:
        UsageError: If there is no such file.
        OutputError: If it is damaged or no history, another process writes, or the disk is full.
    """
    if not kept.is_file():
        raise UsageError(f"{kept}: no such file; what was set aside lies beside {path}")
    _make_folder(path.parent)
    with closing(locked(path)), told(kept):
        try:
            if not check(kept, MIGRATIONS, at_home=kept.parent == _home().parent):
                raise OutputError(f"{kept}: is empty", "restore another one")
        except DamagedError as damage:
            raise OutputError(f"{kept}: is damaged ({damage})", "restore another one") from damage
        with replacing(path) as temporary:
            with closing(looked_at(kept)) as old, closing(sqlite3.connect(temporary)) as new:
                old.backup(new)
            return set_aside(path, "replaced") if path.exists() else None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror})", "check whose folder it is") from error


def _stamp(time: datetime | None) -> str:
    """A time with its zone: days are the person's own, wherever they were."""
    return (time or datetime.now().astimezone()).isoformat(timespec="seconds")
