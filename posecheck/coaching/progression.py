"""What was done in past sessions, and from it how long the next holds should be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from posecheck.judging.aim import is_reached

START_SHARE = 0.5
"""A first session aims at half of the rule file's target."""

STEP = 0.1
"""A target grows by a tenth, and by a second at least: what exercise physiology calls progressive overload; the
usual advice is 2 to 10 % a step (American College of Sports Medicine, position stand on progression, 2009)."""

STEP_BACK = 0.2
"""It shrinks by twice that, so that one step back is felt as a relief."""

MOST_SHARE = 3.0
"""It ends at three times the rule file's: a sphinx of 20 s at a minute, which is what its sources end with."""

LEAST_S = 3.0
"""A shorter hold is not worth the way into it."""

GOOD_SCORE = 70
"""Good form, of 100: 50 is a posture on the limit of its rules all the time, 100 one well inside."""

PAIN_STEP_BACK = 4
"""Pain from which a target shrinks, of 10; less than that lets it stay. Scales for exercise call 0-2 or 0-3 safe and
more a reason to do less (the pain-monitoring model, Thomeé 1997, as later simplified)."""

LONG_PAUSE = timedelta(days=21)
"""After three weeks without, one begins a step lower: strength and stretch are lost within weeks."""


@dataclass(frozen=True, slots=True)
class HoldDone:
    """One finished hold.

    Attributes:
        stretch: The stretch's name.
        phase: The phase held; None where the stretch has none.
        start_s: When it began, in seconds on the session's frames.
        hold_s: Seconds on good form.
        target_s: Seconds aimed at.
        score: 0..100; None where it is not known, as of a session that was cut short.
    """

    stretch: str
    phase: str | None
    start_s: float
    hold_s: float
    target_s: float
    score: float | None = None

    @property
    def completed(self) -> bool:
        """Whether the target was reached."""
        return is_reached(self.hold_s, self.target_s)


def whole_s(hold_s: float, target_s: float) -> int:
    """A hold in whole seconds to be said: the nearest, but not up to an aim it missed, nor below one it reached."""
    if is_reached(hold_s, target_s):
        return max(round(hold_s), round(target_s))
    return math.floor(hold_s) if target_s <= round(hold_s) else round(hold_s)


@dataclass(frozen=True, slots=True)
class FaultDone:
    """One rule's faults in a session.

    Attributes:
        stretch: The stretch's name.
        rule: The fault's name.
        seconds: Time at fault.
        times: How often it came.
    """

    stretch: str
    rule: str
    seconds: float
    times: int


@dataclass(frozen=True, slots=True)
class SessionDone:
    """One session of the history.

    Attributes:
        number: Its number in the history.
        started: When, with its time zone.
        ended: When it ended; None if it was cut short.
        holds: In order.
        faults: In no order.
        range_of_motion_deg: Movement from end to end, by the name of the stretch.
        pain: 0..10 as given by the person; None if it was not.
    """

    number: int
    started: datetime
    ended: datetime | None = None
    holds: tuple[HoldDone, ...] = ()
    faults: tuple[FaultDone, ...] = ()
    range_of_motion_deg: Mapping[str, float] = field(default_factory=dict)
    pain: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What to aim at, and why, in a plain sentence."""

    hold_s: float
    why: str


def next_target(stretch: str, usual_s: float, repetitions: int, past: Sequence[SessionDone], now: datetime) -> Target:
    """How long the next holds of a stretch should be: "start small and work your way up".

    The rule looks at the last session with this stretch, which shows most of what a body can do today:

    - None yet: half of the usual target. A first time is for learning the posture, and sore muscles the next day
      are what makes people stop.
    - It hurt (4 or more of 10): a step back, whatever was reached. Ignored pain teaches avoidance.
    - It hurt a little (1 to 3): no change. This is neither a reason to stop nor one to add.
    - More than three weeks ago: a step back, as what is not used is lost.
    - All repetitions reached the target, on average in good form: a step forward, a tenth or a second. Form comes
      before length: a longer hold in poor form trains the poor form. Pain that was not recorded counts as none.
    - Otherwise no change: one bad day tells little. A second session in a row that fell short shows that the target is
      too high: a step back, but not below what the longest hold of the two reached.

    Stretches with phases are timed by the breath, which does not grow: do not ask for them.

    Args:
        stretch: Its name.
        usual_s: The rule file's target.
        repetitions: Holds aimed at.
        past: All sessions, in any order.
        now: With its time zone.

    Returns:
        Whole seconds from 10 s on, half seconds below; between 3 s and three times the usual target.
    """
    done = sorted((one for one in past if _holds(one, stretch)), key=lambda one: one.started)
    if not done:
        return _target(START_SHARE * usual_s, usual_s, "the first time: start small and work your way up")
    last = done[-1]
    target_s = _holds(last, stretch)[-1].target_s
    if last.pain is not None and last.pain >= PAIN_STEP_BACK:
        return _back(target_s, usual_s, f"pain {last.pain} of 10 the last time: less, and ask somebody if it stays")
    if now - last.started > LONG_PAUSE:
        return _back(target_s, usual_s, f"{(now - last.started).days} days since the last time: begin a little lower")
    if last.pain:
        return _target(target_s, usual_s, f"pain {last.pain} of 10 the last time: no more than then")
    if _completed(last, stretch, repetitions):
        grown_s = target_s + max(1.0, STEP * target_s)
        return _target(grown_s, usual_s, "all done with good form the last time: a little more")
    if len(done) > 1 and not _reached(last, stretch, repetitions) and not _reached(done[-2], stretch, repetitions):
        reached_s = max(hold.hold_s for one in done[-2:] for hold in _holds(one, stretch))
        return _back(target_s, usual_s, "short of it twice in a row: a little less", least_s=min(reached_s, target_s))
    return _target(target_s, usual_s, "the same again, until all of it is done with good form")


def _holds(session: SessionDone, stretch: str) -> list[HoldDone]:
    return [hold for hold in session.holds if hold.stretch == stretch]


def _reached(session: SessionDone, stretch: str, repetitions: int) -> bool:
    return sum(hold.completed for hold in _holds(session, stretch)) >= repetitions


def _completed(session: SessionDone, stretch: str, repetitions: int) -> bool:
    """Whether the target was reached as often as wanted, in form that is known to be good."""
    scores = [hold.score for hold in _holds(session, stretch) if hold.completed]
    known = [score for score in scores if score is not None]
    return (
        _reached(session, stretch, repetitions) and len(known) == len(scores) and sum(known) >= GOOD_SCORE * len(known)
    )


def _back(target_s: float, usual_s: float, why: str, least_s: float = LEAST_S) -> Target:
    return _target(max(least_s, (1.0 - STEP_BACK) * target_s), usual_s, why)


def _target(hold_s: float, usual_s: float, why: str) -> Target:
    within_s = max(min(LEAST_S, usual_s), min(hold_s, MOST_SHARE * usual_s))
    return Target(float(round(within_s)) if within_s >= 10.0 else round(2.0 * within_s) / 2.0, why)
