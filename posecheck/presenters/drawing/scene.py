"""What the overlay shows of one moment: the same for a clip judged with hindsight, a picture, and live practice."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from posecheck.judging.assessment import Assessor, Baseline, usual_references
from posecheck.judging.holds import State
from posecheck.judging.session import UNDER_WAY, Moment
from posecheck.judging.still import NEUTRAL_PHASE, StillJudgement, StillVerdict
from posecheck.measures.measurer import Measures
from posecheck.pose.landmarks import Pose, Side
from posecheck.rules.rule import Range
from posecheck.rules.stretch import Stretch


class Status(IntEnum):
    """How a measure stands to what its rule asks for; the greater, the more it matters."""

    UNJUDGED = 0
    GOOD = 1
    OUTSIDE = 2
    FAULT = 3


@dataclass(frozen=True, slots=True)
class Gauge:
    """A measure that is judged, and what is asked of it.

    Attributes:
        rule: The rule's name, or that of the phase reached.
        measure: A name of `posecheck.measures.table.MEASURES`.
        value: In the measure's unit.
        uncertainty: One standard deviation.
        low: Least value that is asked for, in the measure's own zero; -inf for none.
        high: Greatest value, inf for none.
        zero: The value from which the figure shown counts: the person's neutral, or 0.
        status: Whether it is inside, outside, or at fault.
        priority: Of several at one joint the one with the least number is shown, unless another is worse.
    """

    rule: str
    measure: str
    value: float
    uncertainty: float
    low: float
    high: float
    zero: float
    status: Status
    priority: int


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One moment, as it is to be drawn.

    Attributes:
        pose: The person; without landmarks where nobody was found.
        near: The side of the body nearer to the camera; None where it is not known.
        facing: 1.0 where the person would face right in the picture standing upright, else -1.0.
        floor_deg: Degrees by which the floor falls to the right in the picture.
        state: What the person is doing.
        headline: The same in words.
        title: The stretch and its phase in words; empty where none is under way.
        gauges: The measures judged.
        cue: The one thing worth saying; None where all is well.
        is_correction: Whether the cue names something to change, rather than lead on or praise.
        hold_s: Seconds on good form of the hold under way.
        target_s: Seconds aimed at; None where nothing is timed, as in a picture.
        done: Repetitions or rounds done.
        goal: How many are aimed at; None where nothing is counted.
        counted: What is counted, in words.
    """

    pose: Pose
    near: Side | None
    facing: float
    floor_deg: float
    state: State
    headline: str
    title: str = ""
    gauges: tuple[Gauge, ...] = ()
    cue: str | None = None
    is_correction: bool = True
    hold_s: float = 0.0
    target_s: float | None = None
    done: int = 0
    goal: int | None = None
    counted: str = "repetitions"


HEADLINES = {
    State.NOBODY: "Nobody found",
    State.TOO_DARK: "Too dark",
    State.BLURRED: "Blurred",
    State.VIEW_WRONG: "Not side-on",
    State.CUT_OFF: "Partly out of view",
    State.ELSEWHERE: "No stretch",
    State.READY: "Ready",
    State.ENTERING: "Moving",
    State.HOLDING: "Holding",
    State.GRACE: "Hold paused",
    State.AT_FAULT: "To correct",
}
"""The states in words, as short as a picture needs them."""


class Asked:
    """What a stretch asks of the measures.

    Args:
        stretch: The stretch.
        references: The neutral values in use.
    """

    def __init__(self, stretch: Stretch, references: Mapping[str, Baseline]) -> None:
        self._stretch = stretch
        self._assessor = Assessor(stretch, references)

    def scene(
        self,
        measures: Measures,
        index: int,
        pose: Pose,
        state: State,
        phase: int,
        outside: Collection[str],
        faults: Collection[str],
    ) -> Scene:
        """One pose with its gauges; nothing is said, held or counted in it yet.

        Args:
            measures: Of a clip.
            index: The pose's row in them.
            pose: The pose.
            state: What the person is doing.
            phase: The phase reached, -1 for none.
            outside: The rules whose measure is outside its range.
            faults: The rules that are at fault.
        """
        roll = float(measures.roll_deg[self._stretch.support][index])
        return replace(
            plain_scene(measures, index, pose, state),
            floor_deg=0.0 if math.isnan(roll) else roll,
            title=title_of(self._stretch, phase),
            gauges=self._gauges(measures, index, phase, state, outside, faults),
        )

    def _gauges(
        self,
        measures: Measures,
        index: int,
        phase: int,
        state: State,
        outside: Collection[str],
        faults: Collection[str],
    ) -> tuple[Gauge, ...]:
        """Those of the rules that apply, and of what makes the phase reached."""
        if state is not State.READY and state not in UNDER_WAY:
            return ()
        stretch, now = self._stretch, measures.slice(index, index + 1)
        found = []
        for rule in stretch.rules:
            if rule.phases and (phase < 0 or stretch.phases[phase].name not in rule.phases):
                continue
            status = Status.FAULT if rule.name in faults else Status.OUTSIDE if rule.name in outside else Status.GOOD
            # Where the stretch has not begun nothing is wrong yet: what is right already may be seen.
            status = Status.UNJUDGED if state is State.READY and status is not Status.GOOD else status
            found.append(self._gauge(now, rule.name, rule.measure, rule, status, rule.priority))
        if stretch.phases:
            reached = stretch.phases[max(phase, 0)]
            for name, limits in reached.where.items():
                one = self._gauge(now, reached.name, name, limits, Status.GOOD, 0)
                if one is not None and phase < 0:  # between the ends nothing is asked
                    one = replace(one, rule="", low=-math.inf, high=math.inf, status=Status.UNJUDGED)
                found.append(one)
        return tuple(one for one in found if one is not None)

    def _gauge(self, now: Measures, rule: str, name: str, limits: Range, status: Status, priority: int) -> Gauge | None:
        value = float(now.get(name, self._stretch.support)[0])
        if math.isnan(value):
            return None
        zero = self._assessor.offset(name, limits)
        low, high = self._assessor.limits(name, limits, strict=False)
        uncertainty = float(self._assessor.uncertainty(now, name, limits)[0])
        return Gauge(rule, name, value, uncertainty, low + zero, high + zero, zero, status, priority)


def still_scene(still: StillJudgement, measures: Measures, pose: Pose) -> Scene:
    """The scene of a single picture."""
    words, state = _STILL[still.verdict]
    stretch = still.stretch
    if stretch is None or still.verdict in (StillVerdict.NOBODY, StillVerdict.UNJUDGEABLE, StillVerdict.OTHER):
        cue = None if still.verdict is StillVerdict.NOBODY else still.reason
        return plain_scene(measures, 0, pose, state, words, cue)
    names = [one.name for one in stretch.phases]
    phase = names.index(still.phase) if still.phase in names else -1
    faults = {fault.rule for fault in still.faults}
    asked = Asked(stretch, usual_references(stretch))
    return replace(
        asked.scene(measures, 0, pose, state, phase, still.outside, faults),
        headline=words,
        title=f"{stretch.title}: {still.phase}" if still.phase == NEUTRAL_PHASE else title_of(stretch, phase),
        cue=still.faults[0].text if still.faults else None,
    )


_STILL = {
    StillVerdict.GOOD: ("Good form", State.HOLDING),
    StillVerdict.FAULT: ("To correct", State.AT_FAULT),
    StillVerdict.READY: ("Ready", State.READY),
    StillVerdict.OTHER: ("No stretch", State.ELSEWHERE),
    StillVerdict.NOBODY: ("Nobody found", State.NOBODY),
    StillVerdict.UNJUDGEABLE: ("Cannot be judged", State.VIEW_WRONG),
}


def live_scene(
    moment: Moment,
    pose: Pose,
    measures: Measures,
    *,
    outside: Collection[str] = (),
    references: Mapping[str, Baseline] | None = None,
    rounds: int | None = None,
) -> Scene:
    """The scene of a moment of live practice.

    Args:
        moment: What the session says.
        pose: The pose that it says it of.
        measures: That pose's measures, one row.
        outside: The rules whose measure is outside its range.
        references: The neutral values in use; None for people's usual ones.
        rounds: Rounds done, where the stretch has phases.
    """
    stretch = moment.stretch
    if stretch is None:
        return plain_scene(measures, 0, pose, moment.state, cue=None if moment.cue is None else moment.cue.text)
    phase = next((index for index, one in enumerate(stretch.phases) if one.name == moment.phase), -1)
    faults = () if moment.cue is None else (moment.cue.rule,)
    asked = Asked(stretch, usual_references(stretch) if references is None else references)
    reached = bool(moment.target_s) and moment.hold_s >= (moment.target_s or 0.0)
    state = State.ENTERING if reached and moment.state is State.GRACE else moment.state  # on to what comes next
    return replace(
        asked.scene(measures, 0, pose, state, phase, outside, faults),
        cue=None if moment.cue is None else moment.cue.text,
        hold_s=moment.hold_s,
        target_s=target_of(stretch, phase),
        done=moment.repetitions if rounds is None else rounds,
        goal=stretch.hold.repetitions,
        counted="repetitions" if rounds is None else "rounds",
    )


def plain_scene(
    measures: Measures, index: int, pose: Pose, state: State, headline: str | None = None, cue: str | None = None
) -> Scene:
    """A moment outside every stretch."""
    near, facing = int(measures.view.near[index]), float(measures.view.facing[index])
    side = Side(near) if near >= 0 else None
    return Scene(pose, side, facing, 0.0, state, headline or HEADLINES[state], cue=cue)


def title_of(stretch: Stretch, phase: int) -> str:
    """The stretch, and the phase reached (-1 for none), in words."""
    return f"{stretch.title}: {stretch.phases[phase].name}" if phase >= 0 else stretch.title


def target_of(stretch: Stretch, phase: int) -> float:
    """Seconds to hold the stretch, or the phase reached."""
    return stretch.phases[phase].target_s if phase >= 0 else stretch.hold.target_s
