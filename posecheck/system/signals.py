"""Orderly shutdown on signals."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""Sent by Ctrl-C, by the system at shutdown, and when the terminal is closed, which Windows calls a break."""


@contextmanager
def ended_by_signals() -> Iterator[Event]:
    """In this block the signals of `ENDING` set an event instead of ending the process.

    Ctrl-C after any of them raises KeyboardInterrupt.

    Yields:
        The event, which the first signal sets.
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
