"""The history's database: opened by one writer at a time, checked, brought up to date; its faults in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from posecheck.errors import OutputError

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
)
"""How the database came to be what it is, step by step; `user_version` tells how many were taken. Only add."""

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

SIDE_FILES = ("-wal", "-shm")
"""What SQLite keeps beside a database, by how their names end."""


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


def connected(path: Path, migrations: Sequence[str]) -> sqlite3.Connection:
    """The database, checked and brought up to date, for the one who holds the lock.

    Raises:
        DamagedError: If it must be set aside.
        OutputError: If it cannot be written, or a newer posecheck made it.
    """
    with told(path):
        if path.exists():
            _check(path, migrations)
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


def _check(path: Path, migrations: Sequence[str]) -> None:
    """Refuses what a newer posecheck made; raises DamagedError for what no posecheck made.

    Only looks: somebody who opens a database for writing tidies its log into it on closing, a damaged one too.
    """
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        try:
            version, tables = _version(db), _tables(db)
            found = [str(row[0]) for row in db.execute("PRAGMA quick_check(1)")]
        except sqlite3.Error as error:
            if code_of(error) in _DAMAGED:
                raise DamagedError(str(error)) from error
            raise
    if version > len(migrations):
        raise OutputError(f"{path}: was made by a newer posecheck", "update this one: pip install -U posecheck-stretch")
    if found != ["ok"]:
        raise DamagedError(" ".join(found))
    with closing(sqlite3.connect(":memory:")) as model:
        for step in migrations[:version]:
            model.executescript(step)
        if tables != _tables(model):
            raise DamagedError("its tables are not those of posecheck")


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
            return f"{path}: is damaged", "the next practice sets it aside and begins a new one"
        case _:
            return f"{path}: cannot be used ({error})", "check the disk"
