"""Leads one person through one or several stretches: what is said and shown at each pose, and when it is over.

Pure: driven by the times of the poses, never by a clock. `posecheck.workflows.practice` feeds it and carries out what
it says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from posecheck.coaching.coach import RATE_WPM, RESTING, Coach, Importance, Saying, spoken_s
from posecheck.coaching.outcome import StretchOutcome, part_of, spoken_ending
from posecheck.coaching.progression import HoldDone
from posecheck.judging.holds import State
from posecheck.judging.session import UNDER_WAY, Detail, Moment, Session
from posecheck.judging.tracking import MAX_GAP_S
from posecheck.pose.landmarks import Pose
from posecheck.rules.routine import PlannedExercise
from posecheck.rules.stretch import Stretch

AWAY_S = 10.0
"""Somebody who is gone for this long has left the mat, and the session is over."""

LEAVE_S = 2.0
"""Time from the last word of a stretch to the start of the next one: time to breathe out."""

LET_GO_S = 8.0
"""Somebody who has not come to rest this long after the last word is led on all the same."""

READ_S = 2.0
"""What was said stays on the screen for this long after its last word."""


PAGE_WORDS = 14
"""A text of this many words has room in letters that are readable from two metres; a longer one is shown clause by
clause."""

CORRECTIONS = (Importance.MINOR, Importance.MAJOR)
WAYS_IN = (Importance.GUIDE, Importance.ADVICE)


@dataclass(frozen=True, slots=True, eq=False)
class LessonStep:
    """What there is to show and to say at one pose.

    Attributes:
        stretch: The stretch under way.
        pose: The pose.
        moment: What the session says of it.
        detail: What it judged.
        saying: To be said now, if anything.
        text: The words on the screen; None for none.
        is_correction: Whether they name something to change.
        phase: The phase to be taken or held: the last one announced or reached; None before the first.
        holds: Finished since the last beat.
    """

    stretch: Stretch
    pose: Pose
    moment: Moment
    detail: Detail
    saying: Saying | None
    text: str | None
    is_correction: bool
    phase: str | None
    holds: tuple[HoldDone, ...]


class Lesson:
    """Takes poses in order.

    Args:
        steps: At least one.
        rate_wpm: How fast the voice speaks.

    Attributes:
        over: Whether all is done, or the person has left the mat.
        left: Whether they have left it.
    """

    def __init__(self, steps: Sequence[PlannedExercise], rate_wpm: float = RATE_WPM) -> None:
        self.over = self.left = False
        self._steps = list(steps)
        self._rate_wpm = rate_wpm
        self._parts: list[StretchOutcome] = []
        self._number = 0
        self._time_s = math.nan
        self._away_s = 0.0
        self._was_there = False
        self._rest_until_s: float | None = None
        self._said: Saying | None = None
        self._start()

    @property
    def step(self) -> PlannedExercise:
        """The one under way."""
        return self._steps[self._number]

    @property
    def progress(self) -> tuple[int, int]:
        """The number of the step under way, from 1, and how many there are."""
        return self._number + 1, len(self._steps)

    def update(self, pose: Pose) -> LessonStep:
        """Takes the next pose."""
        if self._rest_until_s is None:
            self._rest_until_s = pose.time_s + (self.step.rest_s if self._number else 0.0)
        moment = self._session.update(pose)
        self._seen = True
        resting = pose.time_s < self._rest_until_s
        saying = self._resting_words(pose.time_s) if resting else self._coach.update(moment)
        if saying is not None:
            self._said_in_hold = moment.hold_s > 0
            self._said, self._said_until_s = saying, pose.time_s + spoken_s(saying.text, self._rate_wpm) + READ_S
        holds = self._new_holds(moment)
        text, is_correction = self._text(moment)
        detail, stretch = self._session.detail(), self.step.stretch
        phase = self._phase_to_show(moment, saying)
        beat = LessonStep(stretch, pose, moment, detail, saying, text, is_correction, phase, holds)
        self._follow_away(moment)
        self._time_s = pose.time_s
        self._go_on(moment)
        return beat

    def skip(self) -> None:
        """Goes on to the next stretch; after the last one it is over."""
        self._close_part()
        if self._number + 1 == len(self._steps):
            self.over = True
        else:
            self._number += 1
            self._start()

    def restart(self) -> None:
        """Begins the stretch again. What was held still counts; an attempt without a hold is forgotten."""
        self._close_part()
        self._parts = [*self._parts[:-1], *(part for part in self._parts[-1:] if part.holds)]
        self._start()

    def finish(self) -> tuple[StretchOutcome, ...]:
        """Ends the lesson wherever it is; returns its outcome: the stretches in which anything was seen."""
        self._close_part()
        self.over = True
        return tuple(self._parts)

    def ending(self) -> Saying:
        """What is said at the end."""
        return Saying(self._time_s, spoken_ending(self._parts), Importance.GUIDE)

    def _start(self) -> None:
        self._session = Session(self.step.stretch)
        self._coach = Coach(self.step.stretch, self.step.side, self._rate_wpm)
        self._seen = self._announced = False
        self._rest_until_s = None
        self._leave_at_s = math.inf
        self._said_in_hold = False
        self._said = None
        self._phase: str | None = None
        self._reached: str | None = None
        self._said_until_s = self._kept_until_s = -math.inf

    def _close_part(self) -> None:
        if self._seen:
            self._parts.append(part_of(self.step.stretch, self.step.side, self._session.judgement()))
            self._seen = False

    def _resting_words(self, time_s: float) -> Saying | None:
        if self._announced:
            return None
        self._announced = True
        return Saying(time_s, f"Rest. {self.step.stretch.title} is next.", Importance.GUIDE)

    def _new_holds(self, moment: Moment) -> tuple[HoldDone, ...]:
        """Holds that ended since the last call; older ones that the person's own neutral changed are left out."""
        fresh = [hold for hold in moment.holds if hold.start_s >= self._kept_until_s]
        if fresh:
            self._kept_until_s = fresh[-1].end_s
        stretch = self.step.stretch
        return tuple(
            HoldDone(
                stretch.name,
                stretch.phases[hold.phase].name if hold.phase >= 0 else None,
                hold.start_s,
                hold.hold_s,
                stretch.phases[hold.phase].target_s if hold.phase >= 0 else stretch.hold.target_s,
            )
            for hold in fresh
        )

    def _text(self, moment: Moment) -> tuple[str | None, bool]:
        """The text to show: a fault, for as long as it stands; else what was said last; else advice on the view."""
        fault = next(self._coach.to_correct(moment), None)
        if fault is not None:
            return fault.cue.text, True
        said = self._said
        if said is None or moment.time_s >= self._said_until_s or said.importance in CORRECTIONS:
            return moment.advice, True
        if moment.hold_s and not self._said_in_hold and said.importance in WAYS_IN:
            return None, False  # how to come into the posture is known by now
        spoken = (moment.time_s - said.time_s) / spoken_s(said.text, self._rate_wpm)
        return page_at(said.text, spoken), said.importance is Importance.ADVICE

    def _phase_to_show(self, moment: Moment, saying: Saying | None) -> str | None:
        if moment.phase != self._reached:
            self._reached = moment.phase
            self._phase = moment.phase or self._phase
        announced = {phase.announce: phase.name for phase in self.step.stretch.phases}
        if saying is not None:
            self._phase = announced.get(saying.text, self._phase)
        return self._phase

    def _follow_away(self, moment: Moment) -> None:
        """Counts the seconds in which nobody was seen; a stall of the machine does not count."""
        if moment.state in (State.READY, *UNDER_WAY):
            self._was_there = True
        step_s = moment.time_s - self._time_s
        if moment.state is not State.NOBODY:
            self._away_s = 0.0
        elif 0.0 < step_s <= MAX_GAP_S:
            self._away_s += step_s
        if self._was_there and self._away_s >= AWAY_S:
            self.left = self.over = True

    def _go_on(self, moment: Moment) -> None:
        """Goes on to the next stretch once the last word of this one was said and the person rests."""
        if not self._coach.finished or self.over:
            return
        if math.isinf(self._leave_at_s):
            last = self._said.text if self._said is not None else ""
            self._leave_at_s = moment.time_s + spoken_s(last, self._rate_wpm) + LEAVE_S
        waited_s = moment.time_s - self._leave_at_s
        if waited_s >= LET_GO_S or (waited_s >= 0.0 and moment.state in RESTING):
            self.skip()


def page_at(text: str, share: float) -> str:
    """The part of a text to be read while a share of it, 0..1, has been said: as much as fits in large letters."""
    pages = [""]
    for clause in re.split(r"(?<=[,.:;]) ", text):
        words = f"{pages[-1]} {clause}".split()
        if len(words) > PAGE_WORDS:
            pages.append(clause)
        else:
            pages[-1] = " ".join(words)
    said, pages = 0, [page for page in pages if page]
    for page in pages:
        said += len(page)
        if share * len(text) < said:
            return page
    return pages[-1] if pages else ""
