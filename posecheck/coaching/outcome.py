"""The outcome of a practice session: for the history, and as the few things worth knowing at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from posecheck.coaching.progression import FaultDone, HoldDone, SessionDone, whole_s
from posecheck.judging.cues import Fault
from posecheck.judging.holds import ScoredHold
from posecheck.judging.judgement import Judgement
from posecheck.rules.stretch import Stretch


@dataclass(frozen=True, slots=True)
class StretchOutcome:
    """One stretch of a session, judged with hindsight.

    Attributes:
        stretch: With the targets that held.
        side: The side of the body, if there are two.
        holds: In order.
        faults: One for each rule, the longest first.
        range_of_motion_deg: From end to end; None where the stretch has no phases or was not done.
    """

    stretch: Stretch
    side: str
    holds: tuple[ScoredHold, ...]
    faults: tuple[Fault, ...]
    range_of_motion_deg: float | None

    @property
    def title(self) -> str:
        """The stretch and its side in words."""
        return f"{self.stretch.title}, {self.side} side" if self.side else self.stretch.title

    @property
    def best_s(self) -> float:
        """The longest hold; 0 without one."""
        return max((hold.hold_s for hold in self.holds), default=0.0)

    @property
    def reached(self) -> int:
        """Holds that reached their target."""
        return sum(hold.completed for hold in self.holds)

    @property
    def score(self) -> float | None:
        """The average form of the holds, 0..100, each counted by its length; None without one."""
        held_s = sum(hold.hold_s for hold in self.holds)
        return sum(hold.score * hold.hold_s for hold in self.holds) / held_s if held_s else None

    @property
    def work_on(self) -> str:
        """The one thing to work on next time, in a sentence."""
        if self.faults:
            return self.faults[0].cue.text
        if not self.holds:
            return "Nothing was held on good form: come into the posture and stay a moment."
        if self.reached < len(self.holds):
            return "Good form. Now stay in it a little longer."
        return "Good form throughout. Keep it up."


def part_of(stretch: Stretch, side: str, judgement: Judgement) -> StretchOutcome:
    """The outcome of one stretch's judgement; a stretch left for long has several segments, reported as one."""
    faults: dict[str, Fault] = {}
    for fault in (fault for segment in judgement.segments for fault in segment.faults):
        before = faults.get(fault.cue.rule)
        faults[fault.cue.rule] = Fault(fault.cue, (*before.intervals, *fault.intervals)) if before else fault
    moved = [one.range_of_motion_deg for one in judgement.segments if one.range_of_motion_deg]
    ordered = sorted(faults.values(), key=lambda one: -one.seconds)
    return StretchOutcome(stretch, side, judgement.holds, tuple(ordered), max(moved, default=None))


def session_done(number: int, started: datetime, ended: datetime, parts: Sequence[StretchOutcome]) -> SessionDone:
    """What the history keeps of a session."""
    moved: dict[str, float] = {}
    faults: dict[tuple[str, str], FaultDone] = {}
    for part in parts:
        name = part.stretch.name
        if part.range_of_motion_deg is not None:
            moved[name] = max(part.range_of_motion_deg, moved.get(name, 0.0))
        for one in part.faults:
            before = faults.get((name, one.cue.rule), FaultDone(name, one.cue.rule, 0.0, 0))
            faults[name, one.cue.rule] = FaultDone(
                name, one.cue.rule, before.seconds + one.seconds, before.times + one.times
            )
    holds = tuple(
        HoldDone(part.stretch.name, hold.phase, hold.start_s, hold.hold_s, hold.target_s, round(hold.score, 1))
        for part in parts
        for hold in part.holds
    )
    return SessionDone(number, started, ended, holds, tuple(faults.values()), moved)


def reached_words(holds: Sequence[ScoredHold]) -> str:
    """In words, how many of one or more holds reached their aim; every hold counts as done, whether or not it did."""
    aims = {hold.target_s for hold in holds}
    aim = f"the aim of {aims.pop():g} seconds" if len(aims) == 1 else "the aim"
    reached = sum(hold.completed for hold in holds)
    if len(holds) == 1:
        return f"reached {aim}" if reached else f"short of {aim}"
    count = {0: "none", len(holds): "all"}.get(reached, f"{reached} of {len(holds)}")
    return f"{count} reached {aim}"


def spoken_ending(parts: Sequence[StretchOutcome]) -> str:
    """What is said at the end, as short as can be heard."""
    holds = [hold for part in parts for hold in part.holds]
    if not holds:
        return "That was all for today."
    longest = max(holds, key=lambda hold: hold.hold_s)
    length = f"{whole_s(longest.hold_s, longest.target_s)} seconds"
    if len(holds) == 1:
        return f"Well done. One hold of {length}, {reached_words(holds)}."
    return f"Well done. {len(holds)} holds, {reached_words(holds)}, the longest {length}."
