"""A person's session, one pose after the other: what can be known now, and what is known at the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from posecheck.judging.assessment import Assessment, Assessor, Baseline, usual_references
from posecheck.judging.cues import Broken, Cue, cue, most_urgent_first
from posecheck.judging.holds import Hold, HoldTracker, State, count_rounds
from posecheck.judging.judgement import Judgement, judge
from posecheck.judging.lifts import find_lifts, judged, with_lift_faults
from posecheck.judging.movements import Movement
from posecheck.judging.neutral import own_references
from posecheck.judging.situation import Situation, advice_on
from posecheck.judging.still import StillJudgement, judge_still
from posecheck.judging.tracking import follow
from posecheck.measures.measurer import Measurer, Measures
from posecheck.pose.landmarks import BLOCK, Pose, Poses
from posecheck.rules.rule import Rule
from posecheck.rules.stretch import Stretch

LOOK_BACK_S = 60.0
"""Live, the person's own neutral is looked for once a second in the first minute of a stretch: the first still moment
gives a first value, two rounds give a better one."""

UNDER_WAY = (State.ENTERING, State.HOLDING, State.GRACE, State.AT_FAULT)


@dataclass(frozen=True, slots=True)
class Moment:
    """What can be said at one frame.

    Attributes:
        time_s: Seconds on the frame.
        stretch: The stretch under way; None until one is recognised.
        state: What the person is doing.
        phase: The phase reached, None for none.
        hold_s: Seconds on good form in the hold under way.
        repetitions: Repetitions whose first hold is finished; of a stretch with phases, finished rounds.
        cue: The one thing worth saying; None where all is well.
        target_s: Seconds aimed at in the hold under way or to come; None where no stretch is.
        broken: The rules broken now, the most urgent first; for movements, those that the last one broke.
        holds: The holds finished in this stretch, as judged live; hindsight may judge them otherwise.
        advice: What to change so that the view is good, in words to say; None where it is good.
    """

    time_s: float
    stretch: Stretch | None
    state: State
    phase: str | None
    hold_s: float
    repetitions: int
    cue: Cue | None
    target_s: float | None = None
    broken: tuple[Broken, ...] = ()
    holds: tuple[Hold, ...] = ()
    advice: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """What the last moment was judged on, as needed to draw it.

    Attributes:
        measures: Of the one pose.
        outside: The names of the rules whose measure is outside its range.
        references: The neutral values in use.
    """

    measures: Measures
    outside: frozenset[str]
    references: Mapping[str, Baseline]


class Session:
    """Takes poses in order and judges them.

    `update` answers at once, for live use; `extend` only stores poses, for a clip. Either way `judgement` judges the
    whole with hindsight, and treats live and saved poses alike.

    Args:
        stretches: A single stretch is the one that the person does; in a sequence, the one that is done is recognised.
        level_deg: Degrees by which the floor falls to the right in the picture; None to read it from the body.

    Raises:
        ValueError: If the sequence is empty.
    """

    def __init__(self, stretches: Stretch | Sequence[Stretch], *, level_deg: float | None = None) -> None:
        self._chosen = isinstance(stretches, Stretch)
        self._stretches = (stretches,) if isinstance(stretches, Stretch) else tuple(stretches)
        if not self._stretches:
            raise ValueError("a session without a stretch has nothing to judge by: give at least one")
        self._measurer = Measurer(level_deg)
        self._blocks: list[Measures] = []
        self._singles: list[Measures] = []
        self._trackers = [_StretchTracker(stretch) for stretch in self._stretches]
        self._current: _StretchTracker | None = self._trackers[0] if self._chosen else None
        self._latest: Measures | None = None

    def update(self, pose: Pose) -> Moment:
        """Takes one pose and says what can be known now.

        Args:
            pose: Later than all poses before, of the same clip or camera.
        """
        measures = self._measurer.update(Poses.stack([pose]))
        self._singles.append(measures)
        self._latest = measures
        if len(self._singles) >= BLOCK:
            self._join()
        for tracker in self._trackers:
            tracker.update(measures, self._since)
        if self._current is None or self._current.state not in UNDER_WAY:
            self._current = next((tracker for tracker in self._trackers if tracker.recognised), self._current)
        return (self._current or self._trackers[0]).moment(known=self._current is not None)

    def detail(self) -> Detail:
        """What the last `update` judged.

        Raises:
            ValueError: If there was none yet.
        """
        if self._latest is None:
            raise ValueError("a session without a pose has nothing to show")
        return (self._current or self._trackers[0]).detail(self._latest)

    def extend(self, poses: Poses) -> None:
        """Takes the next N poses, later than all poses before."""
        self._join()
        self._blocks.append(self._measurer.update(poses))

    def measures(self) -> Measures:
        """All measures so far.

        Raises:
            ValueError: If there was no pose yet.
        """
        self._join()
        if len(self._blocks) > 1:
            self._blocks = [Measures.concatenate(self._blocks)]
        if not self._blocks:
            raise ValueError("a session without a pose has no measures")
        return self._blocks[0]

    def judgement(self) -> Judgement:
        """The judgement of everything so far, with hindsight."""
        return judge(self.measures(), self._stretches, chosen=self._chosen)

    def still(self) -> StillJudgement:
        """The judgement of the only pose, as a single picture."""
        return judge_still(self.measures(), self._stretches, chosen=self._chosen)

    def _join(self) -> None:
        if self._singles:
            self._blocks.append(Measures.concatenate(self._singles))
            self._singles = []

    def _since(self, start_s: float) -> Measures:
        """The measures from a time on, with at most one block before it."""
        parts = [*self._blocks, *self._singles]
        return Measures.concatenate([part for part in parts if part.time_s[-1] >= start_s])


class _StretchTracker:
    """Follows one stretch live, with people's usual neutral until the person's own is known."""

    def __init__(self, stretch: Stretch) -> None:
        self._stretch = stretch
        self._movement = Movement(stretch)  # needs no neutral
        self._usual = usual_references(stretch)
        self._looking = bool(self._usual)
        self._first_s = self._look_again_s = math.nan
        self._start(self._usual)

    def _start(self, references: Mapping[str, Baseline]) -> None:
        self._references = references
        self._assessor = Assessor(self._stretch, references)
        self._tracker = HoldTracker(self._stretch.timing, len(self._stretch.rules))
        self._seen: Assessment | None = None
        self._advice: str | None = None
        self._lift_from_s = math.nan
        self._lift_faults: list[tuple[Rule, Broken]] = []

    @property
    def state(self) -> State:
        """What the person is doing, in this stretch's terms."""
        return self._tracker.state

    @property
    def recognised(self) -> bool:
        """Whether this stretch is done now: one noisy frame, or another person's level back, does not decide."""
        known = not self._stretch.phases or self._references != self._usual
        return known and self.state in (State.HOLDING, State.AT_FAULT)

    def update(self, measures: Measures, since: Callable[[float], Measures]) -> None:
        """Takes the measures of one pose; `since` gives those from a time on, this one included."""
        self._movement.update(measures, self._follow(measures))
        self._look_at_lifts(float(measures.time_s[-1]), since)
        if self._looking:
            self._look(float(measures.time_s[-1]), since)

    def _follow(self, measures: Measures) -> Assessment:
        self._seen = seen = self._assessor.update(measures)
        self._advice = advice_on(Situation(int(seen.situation[-1])), measures, self._stretch.camera)
        follow(self._tracker, measures.time_s, seen)
        return seen

    def _look_at_lifts(self, time_s: float, since: Callable[[float], Measures]) -> None:
        """Judges a lift once it is over: its fault may have been too short, or the trunk on the move throughout."""
        if self.state in UNDER_WAY and math.isnan(self._lift_from_s):
            self._lift_from_s = time_s
        elif self.state is State.READY and not math.isnan(self._lift_from_s):
            history, stretch = since(self._lift_from_s), self._stretch
            self._lift_from_s = math.nan
            self._lift_faults = []
            assessor = Assessor(stretch, self._references)
            evidence = assessor.evidence(history)
            spans = find_lifts(history.time_s, stretch, evidence, self._references)
            rules = {rule.name: (index, rule) for index, rule in enumerate(stretch.rules)}
            for lift in judged(history.time_s, stretch, assessor.judged(evidence), spans):
                for fault in lift.faults:
                    index, rule = rules[fault.rule]
                    if with_lift_faults(told := self._tracker.faults[index].intervals, fault.rule, [lift]) != told:
                        self._lift_faults.append((rule, Broken(fault, lift.start_s, time_s)))

    def _look(self, time_s: float, since: Callable[[float], Measures]) -> None:
        """Judges the stretch again by the person's own neutral, as far as it is known by now."""
        if math.isnan(self._first_s):
            if self.state is State.READY or self.state in UNDER_WAY:
                self._first_s, self._look_again_s = time_s, time_s + 1.0
        elif time_s - self._first_s > LOOK_BACK_S:
            self._looking = not (self._tracker.holds or self._tracker.hold_s)
            self._first_s = math.nan
        elif time_s >= self._look_again_s:
            self._look_again_s = time_s + 1.0
            history = since(self._first_s)
            own = own_references(history, self._stretch)
            if own != self._references:
                self._start(own)
                self._follow(history)

    def detail(self, measures: Measures) -> Detail:
        """What was judged of the last pose, whose measures are given."""
        row = () if self._seen is None else self._seen.outside[-1].tolist()
        outside = frozenset(rule.name for rule, broken in zip(self._stretch.rules, row, strict=False) if broken)
        return Detail(measures, outside, self._references)

    def moment(self, *, known: bool) -> Moment:
        """What can be said now; `known`: whether this stretch is the one under way."""
        seen, stretch, tracker = self._seen, self._stretch, self._tracker
        state = tracker.state
        if seen is None or not known:
            elsewhere = State.ELSEWHERE if state in (State.READY, *UNDER_WAY) else state
            return Moment(tracker.time_s, None, elsewhere, None, 0.0, 0, None, advice=self._advice)
        phase = int(seen.phase[-1]) if state in UNDER_WAY else -1
        standing = [
            (rule, Broken(cue(rule, low=bool(seen.low[-1, index])), tracker.faults[index].start_s))
            for index in tracker.confirmed_faults
            for rule in (stretch.rules[index],)
        ]
        broken = most_urgent_first([*standing, *self._lift_faults, *self._movement.broken])
        return Moment(
            time_s=tracker.time_s,
            stretch=stretch,
            state=state,
            phase=stretch.phases[phase].name if phase >= 0 else None,
            hold_s=tracker.hold_s,
            repetitions=count_rounds(tracker.holds, len(stretch.phases))[0] if stretch.phases else tracker.repetition,
            cue=next((one.cue for one in broken if one.is_shown(tracker.time_s)), None),
            target_s=stretch.phases[phase].target_s if phase >= 0 else stretch.hold.target_s,
            broken=broken,
            holds=tuple(tracker.holds),
            advice=self._advice,
        )
