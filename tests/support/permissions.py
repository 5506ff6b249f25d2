"""Being refused: root may read and write whatever it likes, and gives that up for a while."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

VERSION = 0x2008_0522
"""Of the structures of capget(2)."""

OVERRIDE, READ_SEARCH = 1 << 1, 1 << 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, the capabilities by which permissions mean nothing to root."""


@contextmanager
def permissions_count() -> Iterator[None]:
    """Lets files and folders refuse this thread what their permissions do not grant, whoever runs the tests."""
    if not hasattr(os, "geteuid"):
        pytest.skip("needs the permissions of Unix")
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root cannot be refused anything here")
    libc = ctypes.CDLL(None)
    header, held = (ctypes.c_uint32 * 2)(VERSION, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, held) == 0
    effective, *others = held
    given_up = (ctypes.c_uint32 * 6)(effective & ~(OVERRIDE | READ_SEARCH), *others)
    assert libc.capset(header, given_up) == 0
    try:
        yield
    finally:
        assert libc.capset(header, held) == 0
