"""A session as it is done, kept hold by hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from posecheck.coaching.progression import HoldDone, SessionDone
from posecheck.errors import OutputError
from posecheck.storage.history import History


class SessionLog:
    """One session as it is done: what cannot be written is kept and tried again, and practice goes on.

    Args:
        history: Where to; None where there is none to write to.
        started: When the session began.
        problem: Why there is none.

    Attributes:
        number: By which the history knows the session; None if it could not be begun yet.
        problem: Why what was done is not on the disk, in a plain sentence; None while all is well.
    """

    def __init__(self, history: History | None, started: datetime, problem: str | None = None) -> None:
        self._history = history
        self._started = started
        self._waiting: list[HoldDone] = []
        self.number: int | None = None
        self.problem = problem
        self.add()

    def add(self, *holds: HoldDone) -> None:
        """Finished holds; on the disk when this returns, unless `problem` says why not."""
        self._waiting += holds
        history = self._history
        if history is None:
            return
        with self._noting():
            if self.number is None:
                self.number = history.begin(self._started)
            history.add(self.number, self._waiting)
            self._waiting = []

    def finish(self, done: SessionDone) -> None:
        """The session is over, and this is its judgement with hindsight; its number is that of this log."""
        self.add()
        if self._history is not None and self.number is not None:
            with self._noting():
                self._history.finish(
                    SessionDone(
                        self.number, done.started, done.ended, done.holds, done.faults, done.range_of_motion_deg
                    )
                )

    def close(self) -> None:
        """Nothing more is to be written; another practice may begin."""
        if self._history is not None:
            self._history.close()

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
            self.problem = None
        except OutputError as error:
            self.problem = str(error)
