"""Jobs in several processes at a time: Ctrl-C ends them all at once, and one that breaks down stops no other."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from posecheck.errors import PoseCheckError

LOOK_S = 0.1
"""How often it is looked whether to stop, where no news comes."""

Job = Any
"""What is to be done; goes to another process, as does what does it."""

Tell = Callable[[float], None]
"""Called by a job with how far it has come, in whatever it counts."""

Work = Callable[[Job, Tell], None]
"""Does a job; raises a PoseCheckError if it cannot be done."""

Ended = Callable[[Job, Exception | None], None]
"""Called with a job that has ended and what went wrong with it."""


class BrokenDownError(Exception):
    """A process ended in the midst of its job: of itself, by a fault, or ended by the system for want of memory."""


@dataclass(frozen=True, slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    job: Job


def run(
    jobs: Sequence[Job],
    work: Work,
    processes: int,
    reached: Callable[[Job, float], None],
    ended: Ended,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Does jobs, in their order but several at a time; no process is left when it returns or raises.

    Args:
        jobs: What is to be done.
        work: Does it; must be importable, as it runs in other processes.
        processes: How many at a time. With 1 the jobs are done in this process.
        reached: Told how far a job has come.
        ended: Told of a job that is done (with None), that raised a PoseCheckError (with that), or whose process ended
            under it (with a BrokenDownError).
        stop: Asked often; once it says so, jobs under way are broken off, those in this process by a
            KeyboardInterrupt where they tell how far they are.
    """
    if processes == 1:
        _run_here(jobs, work, reached, ended, stop)
        return
    waiting, idle = deque(jobs), list[_Worker]()
    busy: dict[Connection, _Worker] = {}
    try:
        while (waiting or busy) and not stop():
            while waiting and len(busy) < processes:
                worker = _given(waiting.popleft(), idle.pop() if idle else None, work)
                busy[worker.connection] = worker
            for connection in wait(list(busy), LOOK_S):
                assert isinstance(connection, Connection)
                worker = busy[connection]
                try:
                    news = connection.recv()
                except (EOFError, OSError):
                    del busy[connection]
                    ended(worker.job, BrokenDownError(_end(worker)))
                    continue
                if news is None or isinstance(news, PoseCheckError):
                    idle.append(busy.pop(connection))
                    ended(worker.job, news)
                else:
                    reached(worker.job, news)
    finally:
        # What they write is in nobody's way, so there is nothing to wait for.
        for worker in (*busy.values(), *idle):
            worker.process.kill()
        for worker in (*busy.values(), *idle):
            _end(worker)


@contextmanager
def interrupts_noted() -> Iterator[Callable[[], bool]]:
    """A block in which Ctrl-C breaks nothing off, however often; it takes effect when the block has ended.

    Yields:
        Whether there was one.
    """
    before = signal.getsignal(signal.SIGINT)
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield lambda: False  # here it comes to nobody
        return
    signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        yield lambda: bool(came)
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        before(signal.SIGINT, None)


def _run_here(
    jobs: Sequence[Job], work: Work, reached: Callable[[Job, float], None], ended: Ended, stop: Callable[[], bool]
) -> None:
    for job in jobs:

        def tell(how_far: float, job: Job = job) -> None:
            if stop():
                raise KeyboardInterrupt
            reached(job, how_far)

        if stop():
            return
        problem: PoseCheckError | None = None
        try:
            work(job, tell)
        except PoseCheckError as error:
            problem = error
        ended(job, problem)


def _given(job: Job, idle: _Worker | None, work: Work) -> _Worker:
    """A process that is at the job: one that has nothing to do, else a new one."""
    process, connection = _started(work) if idle is None else (idle.process, idle.connection)
    with suppress(OSError):  # it has ended: that is told where news of it are read
        connection.send(job)
    return _Worker(process, connection, job)


def _started(work: Work) -> tuple[BaseProcess, Connection]:
    # A forked process would share the threads of whatever is loaded here; a spawned one is clean.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work), daemon=True)
    with _deaf_to_interrupts():
        process.start()
    theirs.close()  # else its end would never be seen
    return process, ours


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes that are started in the block get no Ctrl-C: in a terminal it comes to each, and one is to decide.

    Here it only waits until the block has ended.
    """
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # its start, else part of that of the first process, would end the waiting
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(worker: _Worker) -> str:
    """Waits until a process has ended, and says how."""
    worker.process.join()
    worker.connection.close()
    code = worker.process.exitcode or 0
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _serve(connection: Connection, work: Work) -> None:
    """What another process does: one job after the other, until nobody asks for more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for Windows, where it comes to each process, too

    def tell(how_far: float) -> None:
        try:
            connection.send(how_far)
        except OSError:
            raise SystemExit from None  # the process that asked has ended

    with suppress(EOFError, OSError):
        while True:
            job = connection.recv()
            problem: PoseCheckError | None = None
            try:
                work(job, tell)
            except PoseCheckError as error:
                problem = error
            connection.send(problem)
