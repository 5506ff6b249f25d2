"""Jobs in several processes: done, failed, broken down and broken off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from posecheck.errors import InputError
from posecheck.system.worker_pool import BrokenDownError, Tell, interrupts_noted, run
from tests.support.patience import PATIENCE_S, until

ROOT = Path(__file__).parents[2]


def work(job: tuple[str, Path], tell: Tell) -> None:
    """What the job's name says, and puts down that it was here."""
    name, folder = job
    (folder / f"{name}.{os.getpid()}").touch()
    if "bad" in name:
        raise InputError(f"{name}: is no clip")
    if "breaks" in name:
        os.kill(os.getpid(), signal.SIGKILL)
    if "endless" in name:
        while True:
            tell(0.5)
            time.sleep(0.01)
    tell(1.0)


def processes(folder: Path) -> dict[str, int]:
    """Which process did which job."""
    return {name: int(number) for name, number in (path.name.split(".") for path in folder.iterdir())}


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


class Jobs:
    """Runs jobs and keeps what is told of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reached: list[str] = []
        self.ended: dict[str, Exception | None] = {}

    def run(self, *names: str, at_a_time: int = 2, stop_at: tuple[str, ...] = ()) -> None:
        run(
            [(name, self.folder) for name in names],
            work,
            at_a_time,
            lambda job, _: self.reached.append(job[0]),
            lambda job, problem: self.ended.update({job[0]: problem}),
            lambda: bool(stop_at) and set(stop_at) <= set(self.reached),
        )


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(tmp_path)


@pytest.mark.parametrize("at_a_time", [1, 2])
def test_each_is_done_whatever_becomes_of_the_others(jobs: Jobs, at_a_time: int) -> None:
    jobs.run("a", "bad", "b", "c", at_a_time=at_a_time)
    problem = jobs.ended.pop("bad")
    assert isinstance(problem, InputError)
    assert str(problem) == "bad: is no clip"
    assert jobs.ended == {"a": None, "b": None, "c": None}
    assert sorted(jobs.reached) == ["a", "b", "c"]
    used = set(processes(jobs.folder).values())
    assert len(used) <= at_a_time
    assert (used == {os.getpid()}) == (at_a_time == 1)


@pytest.mark.skipif(sys.platform == "win32", reason="no signal ends a process there")
def test_a_process_that_ends_takes_only_its_own_job_along(jobs: Jobs) -> None:
    jobs.run("breaks", "a", "breaks too", "b", "c")
    broken = {name: str(problem) for name, problem in jobs.ended.items() if isinstance(problem, BrokenDownError)}
    assert broken == {"breaks": "signal 9", "breaks too": "signal 9"}
    assert {name for name, problem in jobs.ended.items() if problem is None} == {"a", "b", "c"}


def test_what_is_under_way_ends_when_it_is_to_stop(jobs: Jobs) -> None:
    jobs.run("a", "endless", "endless too", "never", stop_at=("endless", "endless too"))
    assert jobs.ended == {"a": None}
    used = processes(jobs.folder)
    assert used.keys() == {"a", "endless", "endless too"}
    assert not any(map(is_there, used.values()))


def test_in_this_process_it_stops_where_it_tells_how_far_it_is(jobs: Jobs) -> None:
    with pytest.raises(KeyboardInterrupt):
        jobs.run("a", "endless", "never", at_a_time=1, stop_at=("endless",))
    assert jobs.ended == {"a": None}


def test_no_process_is_left_when_the_one_that_asked_fails(jobs: Jobs, tmp_path: Path) -> None:
    def fail(job: object, how_far: float) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run([("endless", tmp_path)], work, 2, fail, lambda job, problem: None)
    assert not any(map(is_there, processes(tmp_path).values()))


@pytest.mark.skipif(sys.platform == "win32", reason="needs to see the end of a process that is not its own")
def test_they_end_with_the_process_that_asked_however_that_ended(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from tests.system.test_worker_pool import Jobs; "
        f"Jobs(Path({str(tmp_path)!r})).run('endless')"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    until(lambda: process.poll() is not None or any(tmp_path.iterdir()), "a job under way")
    process.kill()
    # The end of what they may all write to comes when the last of them has ended.
    assert process.communicate(timeout=PATIENCE_S) == (None, "")


class TestCtrlC:
    def test_takes_effect_when_the_block_has_ended(self) -> None:
        before = signal.getsignal(signal.SIGINT)
        seen: list[bool] = []

        def twice() -> None:
            with interrupts_noted() as came:
                seen.append(came())
                for _ in range(2):
                    signal.raise_signal(signal.SIGINT)
                    seen.append(came())

        with pytest.raises(KeyboardInterrupt):
            twice()
        assert seen == [False, True, True]
        assert signal.getsignal(signal.SIGINT) == before

    def test_a_block_without_one(self) -> None:
        before = signal.getsignal(signal.SIGINT)
        with interrupts_noted() as came:
            assert signal.getsignal(signal.SIGINT) != before
        assert not came()
        assert signal.getsignal(signal.SIGINT) == before

    def test_where_it_is_ignored_it_stays_so(self) -> None:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            with interrupts_noted() as came:
                signal.raise_signal(signal.SIGINT)
            assert not came()
        finally:
            signal.signal(signal.SIGINT, before)
