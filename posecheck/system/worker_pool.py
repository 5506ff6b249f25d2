"""Runs jobs in several processes at a time. Ctrl-C ends them all at once; a process that crashes stops no other."""

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
"""Longest wait for a message from a worker, in seconds, before `stop` is checked again."""

Job = Any
"""The input of one piece of work. It must be picklable, as must the function that does it."""

Tell = Callable[[float], None]
"""A job calls this with its progress, in a unit of its own."""

Work = Callable[[Job, Tell], None]
"""Does a job; raises a PoseCheckError if it cannot be done."""

Ended = Callable[[Job, Exception | None], None]
"""Called with a job that has ended and its error, None if it succeeded."""


class BrokenDownError(Exception):
    """A process ended during its job: it exited, it crashed, or the system killed it for lack of memory."""


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
    """Starts jobs in their order, several at a time. No process is left when this returns or raises.

    Args:
        jobs: The inputs of the work.
        work: Does one job. It must be importable, as it runs in other processes.
        processes: Number of processes. With 1 the jobs run in this process.
        reached: Called with a job and its progress.
        ended: Called with a job and None if it succeeded, the PoseCheckError if it raised one, or a BrokenDownError
            if its process ended during the job.
        stop: Called often. Once it returns True, running jobs are ended. A job in this process is ended by a
            KeyboardInterrupt when it next reports its progress.
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
        # Files that they leave half written do no harm, so they are killed without waiting.
        for worker in (*busy.values(), *idle):
            worker.process.kill()
        for worker in (*busy.values(), *idle):
            _end(worker)


@contextmanager
def interrupts_noted() -> Iterator[Callable[[], bool]]:
    """Delays Ctrl-C, however often it is pressed, until the block has ended.

    Yields:
        A function that returns whether Ctrl-C was pressed.
    """
    before = signal.getsignal(signal.SIGINT)
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield lambda: False  # not the main thread, or Ctrl-C has no Python handler
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
    """Gives the job to the idle process, or to a new one if there is none."""
    process, connection = _started(work) if idle is None else (idle.process, idle.connection)
    with suppress(OSError):  # it has ended; `run` reports that when it next reads from it
        connection.send(job)
    return _Worker(process, connection, job)


def _started(work: Work) -> tuple[BaseProcess, Connection]:
    # A forked process would inherit the state of this process's threads; a spawned one starts clean.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work), daemon=True)
    with _deaf_to_interrupts():
        process.start()
    theirs.close()  # else the end of the process would never be detected
    return process, ours


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes started in the block ignore Ctrl-C. A terminal sends it to every process, but only this one handles it.

    In this process Ctrl-C is delayed until the block has ended.
    """
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # started here, as its start inside the block would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(worker: _Worker) -> str:
    """Waits until a process has ended, and returns its signal or exit code as text."""
    worker.process.join()
    worker.connection.close()
    code = worker.process.exitcode or 0
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _serve(connection: Connection, work: Work) -> None:
    """The loop of a worker process: it does one job after another until the connection is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # needed on Windows, where Ctrl-C also reaches each process

    def tell(how_far: float) -> None:
        try:
            connection.send(how_far)
        except OSError:
            raise SystemExit from None  # the parent process has ended

    with suppress(EOFError, OSError):
        while True:
            job = connection.recv()
            problem: PoseCheckError | None = None
            try:
                work(job, tell)
            except PoseCheckError as error:
                problem = error
            connection.send(problem)
