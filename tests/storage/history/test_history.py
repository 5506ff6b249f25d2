"""The history: what is kept, what a second writer, a full disk and a damaged file do to it."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from posecheck.coaching.progression import FaultDone, HoldDone, SessionDone, next_target
from posecheck.errors import OutputError, UsageError
from posecheck.storage.history import History, delete, history_path, read_sessions, restore
from posecheck.storage.history.database import MIGRATIONS
from posecheck.storage.history.session_log import SessionLog

ROOT = Path(__file__).parents[3]
MORNING = datetime(2026, 3, 1, 7, 30, tzinfo=timezone(timedelta(hours=1)))
BRIDGE = HoldDone("bridge", None, 4.0, 10.5, 10.0, 82.0)
CAT = HoldDone("cat-cow", "cat", 40.0, 2.5, 2.0)
DONE = SessionDone(
    number=1,
    started=MORNING,
    ended=MORNING + timedelta(minutes=5),
    holds=(BRIDGE, CAT),
    faults=(FaultDone("bridge", "hips-low", 3.5, 2),),
    range_of_motion_deg={"cat-cow": 71.5},
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the history usually lies, in a folder that does not exist yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("POSECHECK_HISTORY", raising=False)
    return history_path()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Where other programs have files too."""
    (tmp_path / "documents").mkdir()
    return tmp_path / "documents" / "history.sqlite"


def hold(number: int) -> HoldDone:
    return replace(BRIDGE, start_s=float(number))


def test_what_was_done_is_read_again(path: Path) -> None:
    with History(path) as history:
        assert history.begin(MORNING) == 1
        history.finish(DONE)
        assert history.set_pain(3) == 1
        assert history.sessions() == [replace(DONE, pain=3)]
        assert history.notes == []
    with History(path) as history:
        assert history.begin(MORNING + timedelta(days=1)) == 2
    assert read_sessions(path) == [replace(DONE, pain=3), SessionDone(2, MORNING + timedelta(days=1))]


def test_hindsight_takes_the_place_of_what_was_added_live(path: Path) -> None:
    with History(path) as history:
        history.begin(MORNING)
        history.add(1, [replace(BRIDGE, score=None, hold_s=9.9)])
        history.add(1, [CAT])
        assert [one.hold_s for one in history.sessions()[0].holds] == [9.9, 2.5]
        history.finish(DONE)
        assert history.sessions() == [DONE]


def test_times_keep_the_zone_they_were_made_in(path: Path) -> None:
    with History(path) as history:
        history.begin(MORNING)
        (session,) = history.sessions()
    assert session.started == MORNING
    assert session.started.tzinfo is not None


def test_there_is_no_history_yet(path: Path) -> None:
    assert read_sessions(path) == []
    assert not path.parent.exists()


def test_the_folder_is_for_its_owner_alone(path: Path) -> None:
    History(path).close()
    if os.name == "posix":
        assert path.parent.stat().st_mode & 0o077 == 0


def test_the_environment_names_another_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POSECHECK_HISTORY", str(tmp_path / "mine.sqlite"))
    assert history_path() == tmp_path / "mine.sqlite"
    monkeypatch.delenv("POSECHECK_HISTORY")
    assert history_path().name == "history.sqlite"


class TestPain:
    def test_is_given_to_the_last_session_or_the_one_named(self, path: Path) -> None:
        with History(path) as history:
            history.begin(MORNING)
            history.begin(MORNING)
            assert history.set_pain(0) == 2
            assert history.set_pain(10, session=1) == 1
            assert [one.pain for one in history.sessions()] == [10, 0]

    @pytest.mark.parametrize(
        ("pain", "session", "words"), [(11, None, "0 for none"), (-1, 1, "scale"), (3, 9, "no session 9")]
    )
    def test_that_makes_no_sense_is_refused(self, path: Path, pain: int, session: int | None, words: str) -> None:
        with History(path) as history:
            history.begin(MORNING)
            with pytest.raises(UsageError, match=words):
                history.set_pain(pain, session)

    def test_needs_a_session(self, path: Path) -> None:
        with History(path) as history, pytest.raises(UsageError, match="practise first"):
            history.set_pain(3)


class TestOneWriter:
    def test_a_second_one_is_told_so(self, path: Path) -> None:
        with History(path), pytest.raises(OutputError, match="another posecheck is writing this history"):
            History(path)
        History(path).close()

    def test_others_read_meanwhile(self, path: Path) -> None:
        with History(path) as history:
            history.begin(MORNING)
            history.add(1, [BRIDGE])
            assert [one.holds for one in read_sessions(path)] == [(BRIDGE,)]

    def test_nothing_is_deleted_meanwhile(self, path: Path) -> None:
        with History(path), pytest.raises(OutputError, match="another posecheck"):
            delete(path)
        assert path.exists()


KILLED = """
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from posecheck.storage.history import History
from posecheck.storage.history.session_log import SessionLog
from posecheck.coaching.progression import HoldDone

with History(Path(sys.argv[1])) as history:
    log = SessionLog(history, datetime.now(UTC))
    for number in count(1):
        log.add(HoldDone("bridge", None, float(number), 10.0, 10.0))
        print(number, flush=True)
"""
"""Somebody whose holds take no time: each is said to be kept as soon as it is."""


def test_kill_9_loses_at_most_the_hold_being_held(path: Path) -> None:
    chance = random.Random(5)
    for round_ in range(1, 21):
        command = [sys.executable, "-c", KILLED, path]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
        ) as child:
            assert child.stdout is not None
            first = child.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.05))
            child.kill()
            said = len((first + child.stdout.read()).splitlines())
        with History(path) as history:
            assert history.notes == []
            sessions = history.sessions()
        assert len(sessions) == round_
        kept = sessions[-1].holds
        assert said <= len(kept) <= said + 1
        assert [one.start_s for one in kept] == [float(number) for number in range(1, len(kept) + 1)]
        assert sessions[-1].ended is None


class TestADamagedFile:
    @pytest.mark.parametrize(
        "content", [b"not a database at all, but some text. " * 400, b"SQLite format 3\0" + b"\xff" * 9000]
    )
    def test_is_set_aside_and_said(self, path: Path, content: bytes) -> None:
        path.parent.mkdir()
        path.write_bytes(content)
        with History(path) as history:
            (note,) = history.notes
            history.begin(MORNING)
        (aside,) = path.parent.glob("history-damaged-*.sqlite")
        assert aside.read_bytes() == content
        assert note.startswith(f"{path}: was damaged")
        assert str(aside) in note
        assert len(read_sessions(path)) == 1

    def test_never_takes_the_place_of_another(self, path: Path) -> None:
        path.parent.mkdir()
        for number in range(3):
            path.write_bytes(b"garbage %d " % number * 1000)
            History(path).close()
        kept = {aside.read_bytes()[:9] for aside in path.parent.glob("history-damaged-*.sqlite")}
        assert kept == {b"garbage 0", b"garbage 1", b"garbage 2"}

    def test_in_the_middle_is_found(self, path: Path) -> None:
        with History(path) as history:
            history.begin(MORNING)
            history.add(1, [hold(number) for number in range(2000)])
        content = bytearray(path.read_bytes())
        content[8192:12288] = bytes(range(256)) * 16
        path.write_bytes(content)
        with History(path) as history:
            assert len(history.notes) == 1
            assert history.sessions() == []

    def test_is_known_elsewhere_by_its_mark(self, elsewhere: Path) -> None:
        with History(elsewhere) as history:
            history.begin(MORNING)
            history.add(1, [hold(number) for number in range(2000)])
        content = bytearray(elsewhere.read_bytes())
        content[100:12288] = b"x" * 12188
        elsewhere.write_bytes(content)
        with History(elsewhere) as history:
            assert "was damaged" in history.notes[0]

    def test_takes_its_log_along(self, path: Path) -> None:
        with History(path) as history:
            history.begin(MORNING)
            history.add(1, [hold(number) for number in range(2000)])
        with History(path) as history:
            history.begin(MORNING)
            log, damaged = Path(f"{path}-wal").read_bytes(), path.read_bytes()
        damaged = damaged[:8192] + b"garbage " * 4096 + damaged[8192 + 8 * 4096 :]
        path.write_bytes(damaged)
        Path(f"{path}-wal").write_bytes(log)
        with History(path) as history:
            assert len(history.notes) == 1
        (aside,) = path.parent.glob("history-damaged-*.sqlite")
        assert (aside.read_bytes(), Path(f"{aside}-wal").read_bytes()) == (damaged, log)

    def test_is_told_to_a_reader(self, path: Path) -> None:
        path.parent.mkdir()
        path.write_bytes(b"garbage " * 1000)
        with pytest.raises(OutputError, match="is damaged"):
            read_sessions(path)
        assert path.exists()


class TestAFileOfAnotherProgram:
    """Nothing of it changes, neither by reading nor by writing nor by deleting; it is told how to go on."""

    @pytest.fixture(params=["database", "database at home", "text", "damaged database"])
    def other(self, request: pytest.FixtureRequest, path: Path, elsewhere: Path) -> Path:
        file = path if request.param == "database at home" else elsewhere
        file.parent.mkdir(exist_ok=True)
        if request.param == "text":
            file.write_text("My notes.\n" * 1000)
            return file
        with closing(sqlite3.connect(file)) as db, db:
            db.execute("CREATE TABLE birds (name)")
            db.executemany("INSERT INTO birds VALUES (?)", [("heron" * 100,)] * 200)
        if request.param == "damaged database":
            content = bytearray(file.read_bytes())
            content[100:4096] = b"x" * 3996
            file.write_bytes(content)
        return file

    @pytest.mark.parametrize("use", [History, read_sessions, delete], ids=["write", "read", "delete"])
    def test_is_left_as_it_is(self, other: Path, use: Callable[[Path], object]) -> None:
        before = other.read_bytes()
        with pytest.raises(OutputError, match=r"is no history of posecheck, and is left as it is.*POSECHECK_HISTORY"):
            use(other)
        assert other.read_bytes() == before
        assert {file.name for file in other.parent.iterdir()} <= {other.name, "history.lock"}

    def test_a_history_of_the_first_version_which_left_no_mark_is_ours(self, elsewhere: Path) -> None:
        History(elsewhere, MIGRATIONS[:1]).close()
        assert read_sessions(elsewhere) == []
        with History(elsewhere) as history:
            assert history.notes == []


NONSENSE = {
    "a time that is none": "UPDATE sessions SET started = 'yesterday' WHERE number = 2",
    "a time without a zone": "UPDATE sessions SET started = '2026-03-01T07:30:00' WHERE number = 2",
    "a year that no calendar survives": "UPDATE sessions SET started = '0001-01-01T00:00:00+00:00' WHERE number = 2",
    "a time as bytes": "UPDATE sessions SET ended = x'00ff' WHERE number = 2",
    "a hold of bytes": "INSERT INTO holds VALUES (1, 'bridge', NULL, 0, x'01', 10, 80)",
    "a hold of text": "INSERT INTO holds VALUES (1, 'bridge', NULL, 'soon', 10, 10, 80)",
    "an endless hold": "INSERT INTO holds VALUES (1, 'bridge', NULL, 0, 9e999, 10, 80)",
    "a hold before it began": "INSERT INTO holds VALUES (1, 'bridge', NULL, 0, -5, 10, 80)",
    "a score beyond": "INSERT INTO holds VALUES (1, 'bridge', NULL, 0, 5, 10, 1e9)",
    "a name that steers terminals": "INSERT INTO holds VALUES (1, 'a' || char(27) || '[2J', NULL, 0, 5, 10, 80)",
    "a number for a name": "INSERT INTO faults VALUES (1, 7.5, x'00', 3, 2)",
    "half a fault": "INSERT INTO faults VALUES (1, 'bridge', 'hips-low', 3, 0.5)",
    "a range beyond": "INSERT INTO ranges_of_motion VALUES (1, 'bridge', 9e999)",
    "no session": "INSERT INTO holds VALUES ('first', 'bridge', NULL, 0, 5, 10, 80)",
}


@pytest.mark.parametrize("sql", NONSENSE.values(), ids=NONSENSE)
def test_rows_that_make_no_sense_are_left_out_and_said(path: Path, sql: str) -> None:
    with History(path) as history:
        history.begin(MORNING)
        history.finish(DONE)
        history.begin(MORNING)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute(sql)
    said: list[str] = []
    sessions = read_sessions(path, said.append)
    assert sessions[0] == DONE
    (note,) = said
    assert "1 row makes no sense and is left out (" in note
    assert note.isprintable()
    assert next_target("bridge", 20.0, 2, sessions, MORNING).hold_s > 0
    with History(path) as history:
        assert history.sessions() == sessions


class TestRestoring:
    def test_takes_the_place_of_the_present_one_which_is_set_aside(self, path: Path, elsewhere: Path) -> None:
        with History(elsewhere) as history:
            history.begin(MORNING)
            history.finish(DONE)
        with History(path) as history:
            history.begin(MORNING)
        aside = restore(path, elsewhere)
        assert read_sessions(path) == [DONE] == read_sessions(elsewhere)
        assert aside is not None
        assert read_sessions(aside) == [SessionDone(1, MORNING)]
        with History(path) as history:
            assert history.begin(MORNING) == 2
        assert restore(path, aside) is not None
        assert read_sessions(path) == [SessionDone(1, MORNING)]

    def test_where_there_is_none(self, path: Path, elsewhere: Path) -> None:
        History(elsewhere).close()
        assert restore(path, elsewhere) is None
        assert read_sessions(path) == []

    @pytest.mark.parametrize("content", [None, b"", b"garbage " * 1000])
    def test_what_is_no_history_changes_nothing(self, path: Path, elsewhere: Path, content: bytes | None) -> None:
        with History(path) as history:
            history.begin(MORNING)
        if content is not None:
            elsewhere.write_bytes(content)
        with pytest.raises((OutputError, UsageError), match=r"no such file|no history|is empty"):
            restore(path, elsewhere)
        assert len(read_sessions(path)) == 1
        assert not list(path.parent.glob("*.part"))


class TestMigrations:
    LATER = (*MIGRATIONS, "ALTER TABLE sessions ADD COLUMN mood TEXT")

    def test_take_an_old_history_along(self, path: Path) -> None:
        with History(path) as history:
            history.begin(MORNING)
        with History(path, self.LATER) as history:
            assert (history.notes, len(history.sessions())) == ([], 1)

    def test_that_fail_change_nothing(self, path: Path) -> None:
        with History(path) as history:
            history.begin(MORNING)
        with pytest.raises(OutputError, match="cannot be used"):
            History(path, (*self.LATER, "ALTER TABLE holds ADD COLUMN calm REAL; SELECT * FROM nowhere"))
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (len(self.LATER),)
            assert len(db.execute("SELECT * FROM holds").description) == 7
        with History(path, self.LATER) as history:
            assert len(history.sessions()) == 1

    def test_of_a_newer_posecheck_are_refused(self, path: Path) -> None:
        History(path, self.LATER).close()
        with pytest.raises(OutputError, match="made by a newer posecheck"):
            History(path)
        assert list(path.parent.glob("*damaged*")) == []


class TestADiskThatTakesNoMore:
    FULL = (*MIGRATIONS, "PRAGMA max_page_count = 12")

    def test_is_said_and_practice_goes_on(self, path: Path) -> None:
        with History(path, self.FULL) as history:
            log = SessionLog(history, MORNING)
            assert (log.number, log.problem) == (1, None)
            added = 0
            while log.problem is None:
                log.add(*(hold(added + number) for number in range(50)))
                added += 50
            assert "the disk is full" in log.problem
            assert 0 < len(history.sessions()[0].holds) < added
            log.finish(DONE)
            assert (log.problem, history.sessions()) == (None, [DONE]), "what hindsight says is less, and fits"

    def test_is_tried_again(self, path: Path) -> None:
        class Full(History):
            full = True

            def add(self, session: int, holds: object) -> None:
                if self.full:
                    raise OutputError("full")
                super().add(session, holds)  # type: ignore[arg-type]

        with Full(path) as full:
            log = SessionLog(full, MORNING)
            log.add(hold(1))
            assert log.problem == "full"
            Full.full = False
            log.add(hold(2))
            assert log.problem is None
            assert [one.start_s for one in full.sessions()[0].holds] == [1.0, 2.0]

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(OutputError, match="cannot be made"):
            History(tmp_path / "file" / "history.sqlite")

    def test_a_file_that_cannot_be_opened(self, tmp_path: Path) -> None:
        (tmp_path / "history.sqlite").mkdir()
        with pytest.raises(OutputError, match="check the disk"):
            History(tmp_path / "history.sqlite")

    def test_without_a_history_all_is_well(self) -> None:
        log = SessionLog(None, datetime.now(UTC))
        log.add(BRIDGE)
        log.finish(DONE)
        assert (log.number, log.problem) == (None, None)


def test_delete_leaves_nothing_of_what_was_done(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"garbage " * 1000)
    with History(path) as history:
        history.begin(MORNING)
    assert len(delete(path)) == 2
    assert {file.name for file in path.parent.iterdir()} == {"history.lock"}
    assert read_sessions(path) == []
    assert delete(path) == []


def test_delete_takes_letters_of_its_name_for_nothing_else(tmp_path: Path) -> None:
    """As patterns, `[ab].sqlite` and what was set aside of `a*.sqlite` are other files too."""
    own = [tmp_path / "[ab].sqlite", tmp_path / "a*.sqlite"]
    others = [
        tmp_path / "a.sqlite",
        tmp_path / "ab-damaged-20260301-073000.sqlite",
        tmp_path / "a*-damaged-mine.sqlite",
    ]
    for file in others:
        file.write_bytes(b"somebody's")
    for file in own:
        History(file).close()
        assert delete(file) == [file]
    assert [file.read_bytes() for file in others] == [b"somebody's"] * 3


def test_a_second_practice_begins_while_the_first_one_shows_its_summary(path: Path) -> None:
    with History(path) as history:
        log = SessionLog(history, MORNING)
        log.finish(DONE)
        log.close()
        with History(path) as second:
            assert SessionLog(second, MORNING).number == 2
        assert log.problem is None


def test_the_history_is_light() -> None:
    """A table of it is to appear at once."""
    code = "import sys, posecheck.storage.history.session_log; print({'numpy', 'cv2', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "set()"
