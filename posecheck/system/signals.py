"""Ending in good order when the system asks for it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""Ctrl-C; the system as it shuts down; the terminal as it is closed, which Windows calls a break."""


@contextmanager
def ended_by_signals() -> Iterator[Event]:
    """A block in which these signals set an event instead of ending the process; a second Ctrl-C ends it at once.

    Yields:
        Set by the first signal.
    """
    stop = Event()

    def end(number: int, frame: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, end) for number in ENDING}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
