"""Reports what of a clip could not be shown: one sentence per kind of loss, with amount, place and remedy."""

from __future__ import annotations

from enum import Enum

GAP_S = 0.5
"""A shorter time without a picture is not mentioned."""

GAP_FRAMES = 5.0
"""Nor is a time shorter than this many frames at the clip's pace so far, as a film made of stills has long pauses."""


class Loss(Enum):
    """Why a frame was skipped. The value follows "3 frames were skipped:" and gives the reason and the remedy."""

    DAMAGED = "damaged; copy the clip again if the original is whole"
    TIMELESS = "their time stamps repeat or go back; export the clip anew"


GAP = "no picture for {:.2f} s in all{}: damaged there, or the camera paused; compare with the original"
STOOD = "one picture stands still for {:.2f} s in all{}, as the file says: what moved meanwhile was not seen"


class Losses:
    """Counts the losses and keeps the sentences about them up to date.

    Attributes:
        sentences: The sentences so far. It is always the same list object.
    """

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self._frames = {loss: _Span() for loss in Loss}
        self._gaps, self._stands = _Span(), _Span()

    def frame(self, loss: Loss, time_s: float | None) -> None:
        """Records a skipped frame. Its time may be unknown."""
        span = self._frames[loss]
        old = span.sentence(loss.value)
        span.add(time_s, time_s)
        self._say(old, span.sentence(loss.value))

    def count_of(self, loss: Loss) -> int:
        """How many frames were skipped for one reason."""
        return self._frames[loss].count

    def gap(self, start_s: float, end_s: float) -> None:
        """Records a time without a picture between two pictures."""
        self._long(GAP, self._gaps, start_s, end_s)

    def stood(self, start_s: float, end_s: float) -> None:
        """Records a time during which the file shows one picture throughout."""
        self._long(STOOD, self._stands, start_s, end_s)

    def _long(self, sentence: str, span: _Span, start_s: float, end_s: float) -> None:
        old = sentence.format(span.length_s, span.place())
        span.add(start_s, end_s)
        self._say(old, sentence.format(span.length_s, span.place()))

    def _say(self, old: str, new: str) -> None:
        if old in self.sentences:
            self.sentences[self.sentences.index(old)] = new
        else:
            self.sentences.append(new)


class _Span:
    """The count, total length, first time and last time of one kind of loss."""

    def __init__(self) -> None:
        self.count = 0
        self.length_s = 0.0
        self._first_s: float | None = None
        self._last_s: float | None = None

    def add(self, first_s: float | None, last_s: float | None) -> None:
        self.count += 1
        if first_s is not None and last_s is not None:
            self.length_s += last_s - first_s
        if self._first_s is None:
            self._first_s = first_s
        self._last_s = self._last_s if last_s is None else last_s

    def place(self) -> str:
        if self._first_s is None or self._last_s is None:
            return ""
        first, last = (f"{max(0.0, time_s):.2f}" for time_s in (self._first_s, self._last_s))
        return f" at {first} s" if first == last else f" between {first} and {last} s"

    def sentence(self, what: str) -> str:
        frames = "1 frame was" if self.count == 1 else f"{self.count} frames were"
        return f"{frames} skipped{self.place()}: {what}"
