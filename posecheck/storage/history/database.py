"""The history's database: opened by one writer at a time, checked, brought up to date; its faults in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from posecheck.errors import OutputError

APPLICATION_ID = 0x706F7365
"""By which an SQLite file says whose it is ("pose")."""

_APPLICATION_ID_AT = slice(68, 72)
"""Where that stands in the file, by https://www.sqlite.org/fileformat.html."""

MIGRATIONS = (
    """
    CREATE TABLE sessions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        started TEXT NOT NULL,
        ended TEXT,
        pain INTEGER CHECK (pain BETWEEN 0 AND 10)
    );
    CREATE TABLE holds (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        stretch TEXT NOT NULL,
        phase TEXT,
        start_s REAL NOT NULL,
        hold_s REAL NOT NULL,
        target_s REAL NOT NULL,
        score REAL
    );
    CREATE TABLE faults (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        stretch TEXT NOT NULL,
        rule TEXT NOT NULL,
        seconds REAL NOT NULL,
        times INTEGER NOT NULL
    );
    CREATE TABLE ranges_of_motion (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        stretch TEXT NOT NULL,
        range_deg REAL NOT NULL
    );
    CREATE INDEX holds_of_session ON holds (session);
    """,
    f"PRAGMA application_id = {APPLICATION_ID}",
)
"""How the database came to be what it is, step by step; `user_version` tells how many were taken. Only add."""

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

PATH_VARIABLE = "POSECHECK_HISTORY"
"""The environment variable that names another file."""

SIDE_FILES = ("-wal", "-shm")
"""What SQLite keeps beside a database, by how their names end."""


SET_ASIDE_LATER = "the next practice sets it aside and begins a new one"


class DamagedError(Exception):
    """The database is no history that can be used."""


def locked(path: Path) -> sqlite3.Connection:
    """Holds the right to write until it is closed, or the process ends however it does.

    SQLite itself locks only while it writes; an empty database beside, locked throughout, works on every system.
    """
    lock = None
    try:
        lock = sqlite3.connect(path.with_suffix(".lock"), timeout=0.2, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if lock is not None:
            lock.close()
        if code_of(error) == sqlite3.SQLITE_BUSY:
            raise OutputError(
                f"{path}: another posecheck is writing this history", "end that practice first"
            ) from error
        raise OutputError(*_plain(path, error)) from error
    return lock


def connected(path: Path, migrations: Sequence[str], *, at_home: bool) -> sqlite3.Connection:
    """The database, checked and brought up to date, for the one who holds the lock.

    Args:
        path: The database.
        migrations: Steps that lead to today's tables.
        at_home: Whether it lies where no other program writes, so that damage beyond recognition is to ours.

    Raises:
        DamagedError: If it must be set aside.
        OutputError: If it cannot be written, or another program or a newer posecheck made it.
    """
    with told(path):
        if path.exists():
            check(path, migrations, at_home=at_home)
        db = sqlite3.connect(path, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")  # a committed hold survives a power cut
            db.execute("PRAGMA foreign_keys = ON")
            for number, step in enumerate(migrations, 1):
                if number > _version(db):
                    db.executescript(f"BEGIN IMMEDIATE;\n{step};\nPRAGMA user_version = {number};\nCOMMIT;")
        except BaseException:
            db.close()
            raise
        return db


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check(path: Path, migrations: Sequence[str], *, at_home: bool) -> int:
    """How many migrations a database has gone through, 0 where it is empty.

    Only looks: somebody who opens a database for writing tidies its log into it on closing, a damaged one too.

    Raises:
        DamagedError: If it must be set aside.
        OutputError: If another program or a newer posecheck made it.
    """
    with closing(looked_at(path)) as db:
        try:
            application, version, tables = _application(db), _version(db), _tables(db)
            found = [str(row[0]) for row in db.execute("PRAGMA quick_check(1)")]
        except sqlite3.Error as error:
            if code_of(error) not in _DAMAGED:
                raise
            if not (at_home or _marked(path)):
                raise OutputError(*foreign(path)) from error
            raise DamagedError(str(error)) from error
    is_known = tables == _tables_of(migrations[:version])
    if application != APPLICATION_ID and not (application == 0 and is_known):  # the first version left no mark
        raise OutputError(*foreign(path))
    if version > len(migrations):
        raise OutputError(f"{path}: was made by a newer posecheck", "update this one: pip install -U posecheck-stretch")
    if found != ["ok"]:
        raise DamagedError(" ".join(found))
    if not is_known:
        raise DamagedError("its tables are not those of posecheck")
    return version


def looked_at(path: Path) -> sqlite3.Connection:
    """The database, opened so that nothing of it can change, nor appear beside it."""
    name = f"{path.resolve().as_uri()}?mode=ro"
    if not Path(f"{path}-wal").exists():  # so nobody writes just now
        name += "&immutable=1"  # else SQLite would put an empty log beside it
    return sqlite3.connect(name, uri=True)


def foreign(path: Path) -> tuple[str, str]:
    """What is wrong with a file of another program, and what to do."""
    return (
        f"{path}: is no history of posecheck, and is left as it is",
        f"name another file by the environment variable {PATH_VARIABLE}, or move this one away",
    )


def _application(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA application_id").fetchone()[0])


def _marked(path: Path) -> bool:
    """Whether a damaged file still says that it is ours."""
    with path.open("rb") as file:
        return file.read(100)[_APPLICATION_ID_AT] == APPLICATION_ID.to_bytes(4, "big")


def _tables_of(migrations: Sequence[str]) -> set[str]:
    with closing(sqlite3.connect(":memory:")) as model:
        for step in migrations:
            model.executescript(step)
        return _tables(model)


def _tables(db: sqlite3.Connection) -> set[str]:
    return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns what SQLite says into one line that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise OutputError(*_plain(path, error)) from error


def code_of(error: sqlite3.Error) -> int:
    """SQLite's primary result code."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _plain(path: Path, error: sqlite3.Error) -> tuple[str, str]:
    """What is wrong, and what to do."""
    match code_of(error):
        case sqlite3.SQLITE_FULL:
            return f"{path}: the disk is full, so this session is not kept", "free some space"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return f"{path}: cannot be written, so nothing is kept", "check whose file and folder it is"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"{path}: another program holds this history", "close it"
        case code if code in _DAMAGED:
            return f"{path}: is damaged", SET_ASIDE_LATER
        case _:
            return f"{path}: cannot be used ({error})", "check the disk"
