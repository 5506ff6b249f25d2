"""Writes a session to the history while it runs, hold by hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from posecheck.coaching.progression import HoldDone, SessionDone
from posecheck.errors import OutputError
from posecheck.storage.history import History


class SessionLog:
    """One running session. Holds that cannot be written are kept and tried again, and practice goes on.

    Args:
        history: The history to write to. None if there is none.
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
        """Adds finished holds. They are on disk when this returns, unless `problem` gives the reason why not."""
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
        """Closes the history, so that another practice may begin."""
        if self._history is not None:
            self._history.close()

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
            self.problem = None
        except OutputError as error:
            self.problem = str(error)
