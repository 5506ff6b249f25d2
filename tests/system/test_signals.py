"""Ending when the system asks for it."""

from __future__ import annotations

import os
import signal

import pytest

from posecheck.system.signals import ENDING, ended_by_signals


@pytest.mark.parametrize("number", ENDING, ids=lambda number: number.name)
def test_each_ends_in_good_order_and_is_handled_as_before_afterwards(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with ended_by_signals() as stop:
        os.kill(os.getpid(), number)
        assert stop.wait(1.0)
    assert signal.getsignal(number) is before


def test_a_second_ctrl_c_ends_at_once() -> None:
    with ended_by_signals() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(1.0)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_closing_of_the_terminal_is_among_them() -> None:
    assert {signal.SIGINT, signal.SIGTERM, signal.SIGHUP} <= set(ENDING)
