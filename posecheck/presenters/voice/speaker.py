"""The voice: says what the coach wants said, without ever holding up the picture.

`say` only leaves the words in a slot; a thread hands them to a speech engine, which is another process. What is more
important cuts short what is being said, the newest one waiting takes the place of older ones, and what has waited too
long is not said at all.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, Thread

from posecheck.coaching.coach import Importance, Saying
from posecheck.presenters.voice.engines import Speech
from posecheck.system.closing import Closable

STALE_S = 2.5
STALE_COUNT_S = 0.6
"""What could not be begun by then is dropped: a cue may have been followed meanwhile, a number is wrong."""

POLL_S = 0.03
KEPT = 1000
"""Words that are remembered: of an hour at most."""


@dataclass(slots=True)
class Spoken:
    """Something that was said.

    Attributes:
        text: The words.
        asked_s: When, on the voice's clock, it was to be said.
        started_s: When the engine was started, on the same clock.
        cut_short: Whether it was stopped early: by something more important, by muting or by closing.
    """

    text: str
    asked_s: float
    started_s: float
    cut_short: bool = False


class Voice(Closable):
    """Says one thing at a time, the newest important one; use as a context manager.

    Args:
        speech: The engine, which is closed in the end.
        muted: Whether to begin silent.
        clock: Seconds of a monotonic clock.

    Attributes:
        said: What was said, the oldest first.
    """

    def __init__(self, speech: Speech, *, muted: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.said: deque[Spoken] = deque(maxlen=KEPT)
        self._speech, self._clock = speech, clock
        self._muted = muted
        self._changed = Condition()
        self._waiting: tuple[Saying, float] | None = None
        self._now: Importance | None = None
        self._cut = self._closed = False
        self._thread = Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    @property
    def problem(self) -> str | None:
        """Why nothing can be heard, in one line; None while all is well."""
        return self._speech.problem

    @property
    def muted(self) -> bool:
        """Whether it is silent."""
        return self._muted

    def mute(self, silent: bool) -> None:
        """Falls silent at once, or speaks again."""
        with self._changed:
            self._muted = silent
            if silent:
                self._waiting, self._cut = None, True
            self._changed.notify()

    def say(self, saying: Saying) -> None:
        """Queues a saying and returns at once. It interrupts only what is less important.

        It is dropped while the voice is muted, or while a more important one waits.
        """
        with self._changed:
            if self._muted or (self._waiting and saying.importance < self._waiting[0].importance):
                return
            self._waiting = (saying, self._clock())
            self._cut = self._now is not None and saying.importance > self._now
            self._changed.notify()

    def wait(self, timeout_s: float) -> bool:
        """Waits until all has been said, as at the end of a session; False if that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and self._now is None, timeout_s)

    def close(self) -> None:
        """Falls silent for good."""
        with self._changed:
            self._closed = self._cut = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while (spoken := self._next()) is not None:
            self._speech.start(spoken.text)
            self.said.append(spoken)
            while self._speech.speaking():
                with self._changed:
                    if self._changed.wait_for(lambda: self._cut, POLL_S):
                        self._speech.stop()
                        spoken.cut_short = True
                        break
            with self._changed:
                self._now, self._cut = None, False
                self._changed.notify_all()
        self._speech.close()

    def _next(self) -> Spoken | None:
        """Waits for the next saying. None at the end."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed or self._waiting is None:
                    return None
                (saying, asked_s), self._waiting = self._waiting, None
                now_s = self._clock()
                stale_s = STALE_COUNT_S if saying.importance is Importance.COUNT else STALE_S
                if now_s - asked_s <= stale_s:
                    self._now, self._cut = saying.importance, False
                    return Spoken(saying.text, asked_s, now_s)
                self._changed.notify_all()
