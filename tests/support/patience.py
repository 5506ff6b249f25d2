"""Waiting for what a thread or another process does: until it has happened, on a machine however slow or busy."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 180.0
"""Ends a test that hangs, and nothing else: what is waited for takes seconds at most."""


def until(so: Callable[[], bool], what: str = "something that never came") -> None:
    """Returns once it is so."""
    give_up_s = time.monotonic() + PATIENCE_S
    while not so():
        assert time.monotonic() < give_up_s, f"waited {PATIENCE_S:.0f} s for {what}"
        time.sleep(0.002)
