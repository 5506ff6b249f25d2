"""What to say, and when: one thing at a time, the most important one, as a teacher beside the mat would.

Pure: driven by the times of the moments, never by a clock. A `Coach` says what is to be spoken now; a voice and a
screen carry it out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import partial

from posecheck.coaching.praise import CorrectionTracker
from posecheck.coaching.progression import whole_s
from posecheck.judging.aim import is_reached
from posecheck.judging.cues import Broken
from posecheck.judging.holds import Hold, State, count_rounds
from posecheck.judging.session import UNDER_WAY, Moment
from posecheck.rules.rule import Severity
from posecheck.rules.stretch import Stretch

FAULT_S = 0.7
"""A fault is spoken of once it has lasted this long: people correct most slips by themselves."""

REPEAT_S = 6.0
"""Time from the start of a cue until the same cue starts again: it takes 4-5 s to say, and a moment to follow."""

ADVICE_S = 1.5
"""The view must have been bad this long: somebody who walks past or turns over needs no advice."""

REPEAT_ADVICE_S = 10.0

STEP_S = 2.0
"""Between the steps of getting in: time to do them."""

COUNT_FROM_S = 10.0
"""Holds from this target on are counted down; of shorter ones the count would be all that is heard."""

RATE_WPM = 160
"""Words a minute: what engines call usual, and a little slower than people read aloud."""

NUMBERS = {5: "Five", 4: "Four", 3: "Three", 2: "Two", 1: "One"}
LAST = "That was the last one. Well done."
AGAIN = "And once more."
BEGIN = "Begin when you like."

RESTING = (State.ELSEWHERE, State.READY)


class Importance(IntEnum):
    """Which saying may cut short another, the less important first; of two equal ones the later one waits."""

    PRAISE = 0
    COUNT = 1
    GUIDE = 2
    ADVICE = 3
    MINOR = 4
    MAJOR = 5


@dataclass(frozen=True, slots=True)
class Saying:
    """Something to say now.

    Attributes:
        time_s: On the frame.
        text: The words.
        importance: Whether it may cut short what is being said.
    """

    time_s: float
    text: str
    importance: Importance


def spoken_s(text: str, rate_wpm: float = RATE_WPM) -> float:
    """About how long a text takes to say.

    The words of the shipped stretches, spoken by espeak-ng at 160 words a minute, take 0.07 s + 0.052 s a letter +
    0.23 s a pause; this is a fifth more, as other voices are slower.
    """
    pauses = sum(text[:-1].count(mark) for mark in ",.:;")
    return 0.2 + (0.0625 * len(text) + 0.25 * pauses) * RATE_WPM / rate_wpm


@dataclass(frozen=True, slots=True)
class _Want:
    """Something worth saying now, and what to note once it is said."""

    text: str
    importance: Importance
    said: Callable[[], None] = lambda: None


class Coach:
    """Leads through one stretch: placing the camera, getting in, holding on good form, getting out.

    Corrections come before all else that is said to somebody in the stretch; praise and counting never cover them.

    Args:
        stretch: With the targets that hold for this person.
        side: The side of the body that is stretched, if there are two.
        rate_wpm: How fast the voice speaks.

    Attributes:
        finished: Whether all repetitions are done.
    """

    def __init__(self, stretch: Stretch, side: str = "", rate_wpm: float = RATE_WPM) -> None:
        self.finished = False
        self._stretch = stretch
        self._rate_wpm = rate_wpm
        self._mending = CorrectionTracker(stretch)
        # What is still to be said, once.
        self._opening = f"{stretch.title}, {side} side." if side else f"{stretch.title}."
        self._placing = stretch.camera.advice
        self._steps = list(stretch.getting_in)
        self._count = 0
        # What is being said, and what was.
        self._importance = Importance.PRAISE
        self._quiet_from_s = -math.inf
        self._said_s: dict[str, float] = {}
        # What is, and since when.
        self._resting: bool | None = None
        self._judged: bool | None = None
        self._resting_since_s = self._judged_since_s = self._advised_since_s = math.nan
        self._advice: str | None = None
        self._hold_s = self._held_s = 0.0
        self._counted = 6
        self._reached = self._led_on = False
        self._repetitions = 0

    def update(self, moment: Moment) -> Saying | None:
        """Takes the next moment of a session of this stretch; returns what to say now, or None."""
        time_s = moment.time_s
        self._follow(moment)
        for want in self._wants(moment):
            if time_s >= self._quiet_from_s or want.importance > self._importance:
                self._importance = want.importance
                self._said_s[want.text] = time_s
                self._quiet_from_s = time_s + spoken_s(want.text, self._rate_wpm)
                want.said()
                return Saying(time_s, want.text, want.importance)
        return None

    def _follow(self, moment: Moment) -> None:
        """Keeps when each present condition began."""
        resting, judged = moment.state in RESTING, moment.state in (*RESTING, *UNDER_WAY)
        if resting is not self._resting:
            self._resting, self._resting_since_s = resting, moment.time_s
        if judged is not self._judged:
            self._judged, self._judged_since_s = judged, moment.time_s
        if moment.advice != self._advice:
            self._advice, self._advised_since_s = moment.advice, moment.time_s
        if moment.hold_s < self._hold_s or not moment.hold_s:
            self._counted, self._reached = 6, False
        if moment.hold_s:
            self._steps, self._led_on = [], False
        if judged and moment.time_s - self._judged_since_s >= ADVICE_S:
            self._placing = ""  # it stands well
        self._hold_s = moment.hold_s
        self._mending.update(moment)
        self._follow_repetitions(moment)

    def _follow_repetitions(self, moment: Moment) -> None:
        # Their number may fall and rise again once the person's own neutral is known.
        if moment.repetitions > self._repetitions and not self.finished:
            self._repetitions = self._count = moment.repetitions
        if self._count and moment.holds:
            last = moment.holds[-1].repetition
            self._held_s = max(hold.hold_s for hold in moment.holds if hold.repetition == last)

    def _wants(self, moment: Moment) -> Iterator[_Want]:
        """What would be worth saying now, the most important first."""
        yield from self._correction(moment)
        if self._opening:
            yield _Want(self._opening, Importance.GUIDE, partial(setattr, self, "_opening", ""))
        elif not self._judged:
            yield from self._view_advice(moment.time_s)
        if self._count and (self._resting or self._stretch.phases):  # else they may go on with the same one
            yield self._counting()
        if self._resting and not self.finished:
            yield from self._way_in(moment.time_s)
        yield from self._way_on(moment)
        yield from self._countdown(moment)
        for praise in self._mending.praises(moment):
            yield _Want(praise, Importance.PRAISE, self._mending.praised)

    def _counting(self) -> _Want:
        goal = self._stretch.hold.repetitions
        if self._count >= goal:
            return _Want(LAST, Importance.GUIDE, partial(self._counted_to, last=True))
        return _Want(f"{self._count} of {goal}{self._held()}.", Importance.COUNT, partial(self._counted_to, last=False))

    def _held(self) -> str:
        """How long the repetition was held. A short one counts, too, so that nobody is stuck, but is called short."""
        if self._stretch.phases:
            return ""
        target_s = self._stretch.hold.target_s
        held_s = whole_s(self._held_s, target_s)
        if is_reached(self._held_s, target_s):
            return f": {held_s} seconds"
        return f", short: {held_s} of {target_s:g} seconds"

    def _counted_to(self, *, last: bool) -> None:
        self._count, self.finished = 0, last

    def to_correct(self, moment: Moment) -> Iterator[Broken]:
        """The broken rules whose fault can be seen, the most urgent first; once `finished`, none on movement."""
        for broken in moment.broken:
            if broken.is_shown(moment.time_s) and not (self.finished and broken.swing_s is not None):
                yield broken

    def _correction(self, moment: Moment) -> Iterator[_Want]:
        """The most urgent fault that has lasted long enough; while it stands the others wait."""
        for broken in self.to_correct(moment):
            if moment.time_s - broken.since_s >= FAULT_S:
                cue = broken.cue
                said_s = self._said_s.get(cue.text, -math.inf)
                new = broken.swing_s is None or broken.swing_s > said_s
                if new and moment.time_s - said_s >= REPEAT_S:
                    importance = Importance.MAJOR if cue.severity is Severity.MAJOR else Importance.MINOR
                    yield _Want(cue.text, importance, partial(self._mending.spoke_of, cue.rule))
                return

    def _view_advice(self, time_s: float) -> Iterator[_Want]:
        """How to place the camera, once; then what is wrong with the view, for as long as it lasts."""
        if self._placing and time_s - self._judged_since_s >= ADVICE_S:
            yield _Want(self._placing, Importance.ADVICE, partial(setattr, self, "_placing", ""))
        text = self._advice
        if text and time_s - self._advised_since_s >= ADVICE_S and self._said_ago(text, time_s) >= REPEAT_ADVICE_S:
            yield _Want(text, Importance.ADVICE)

    def _way_in(self, time_s: float) -> Iterator[_Want]:
        """Before the first hold, the steps of getting in; after a rest, the words to go on."""
        stretch = self._stretch
        if self._steps:
            yield _Want(self._steps[0], Importance.GUIDE, self._step_done)
        elif not self._led_on and time_s - self._resting_since_s >= max(stretch.hold.rest_s, STEP_S):
            words = stretch.phases[0].announce if stretch.phases else AGAIN if self._repetitions else BEGIN
            yield _Want(words, Importance.GUIDE, partial(setattr, self, "_led_on", True))

    def _step_done(self) -> None:
        self._steps.pop(0)
        self._quiet_from_s += STEP_S

    def _way_on(self, moment: Moment) -> Iterator[_Want]:
        """Once the target of a hold is reached: the phase that is to come, or the way out."""
        held = moment.state is State.HOLDING and moment.target_s and moment.hold_s >= moment.target_s
        if held and not self._reached and not self.finished:
            yield _Want(self._after(moment), Importance.GUIDE, partial(self._hold_reached, moment))

    def _after(self, moment: Moment) -> str:
        phases, out = self._stretch.phases, self._stretch.getting_out[0]
        if self._ends(moment):
            return f"{LAST} {out}"
        return phases[(_index(moment) + 1) % len(phases)].announce if phases else f"Done. {out}"

    def _hold_reached(self, moment: Moment) -> None:
        self._reached = True
        self.finished = self._ends(moment)

    def _ends(self, moment: Moment) -> bool:
        """Whether the hold under way is the last of the last round."""
        phases = self._stretch.phases
        if not phases:
            return False
        now = Hold(_index(moment), moment.time_s, moment.time_s, moment.hold_s, 0)
        return count_rounds([*moment.holds, now], len(phases))[0] >= self._stretch.hold.repetitions

    def _countdown(self, moment: Moment) -> Iterator[_Want]:
        if moment.state is State.HOLDING and moment.target_s is not None and moment.target_s >= COUNT_FROM_S:
            left = math.ceil(moment.target_s - moment.hold_s)
            if left in NUMBERS and left < self._counted:
                yield _Want(NUMBERS[left], Importance.COUNT, partial(setattr, self, "_counted", left))

    def _said_ago(self, text: str, time_s: float) -> float:
        return time_s - self._said_s.get(text, -math.inf)


def _index(moment: Moment) -> int:
    """Of the phase reached, -1 for none."""
    names = [phase.name for phase in moment.stretch.phases] if moment.stretch else []
    return names.index(moment.phase) if moment.phase in names else -1
