"""The history: what is kept, what a second writer, a full disk and a damaged file do to it."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from posecheck.coaching.progression import FaultDone, HoldDone, SessionDone
from posecheck.errors import OutputError, UsageError
from posecheck.storage.history import History, delete, history_path, read_sessions
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
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite"


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

    def test_of_another_program_is_left_whole(self, path: Path) -> None:
        path.parent.mkdir()
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("CREATE TABLE birds (name)")
        with History(path) as history:
            assert "its tables are not those of posecheck" in history.notes[0]

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
            assert db.execute("PRAGMA user_version").fetchone() == (2,)
            assert len(db.execute("SELECT * FROM holds").description) == 7
        assert len(read_sessions(path)) == 1

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


def test_the_history_is_light() -> None:
    """A table of it is to appear at once."""
    code = "import sys, posecheck.storage.history.session_log; print({'numpy', 'cv2', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "set()"
