"""Judges a whole clip with hindsight: its segments, their holds, repetitions, rounds and faults.

Live, a `Session` says what can be known now; at the end both live and saved clips are judged here, by the same
functions over the same measures, with the person's own neutral and the whole course of the clip known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from posecheck.judging.assessment import (
    Assessment,
    Assessor,
    Baseline,
    FrameEvidence,
    assess,
    usual_references,
)
from posecheck.judging.cues import Fault, cue, swing_cue, urgency
from posecheck.judging.form_score import FormScore, form_score
from posecheck.judging.holds import UNJUDGED, Hold, HoldTracker, ScoredHold, State, count_rounds
from posecheck.judging.lifts import Lift, LiftSpan, find_lifts, judged, with_lift_faults
from posecheck.judging.losses import Lost, lost_time, never_reached, why_nothing
from posecheck.judging.movements import range_of_motion_deg, swing_values, there_in
from posecheck.judging.neutral import own_references
from posecheck.judging.recognition import Span, find_spans
from posecheck.judging.situation import Situation
from posecheck.judging.tracking import standing_s, track
from posecheck.measures.measurer import Measures
from posecheck.pose.intervals import Interval
from posecheck.pose.landmarks import Bools, Floats, Ints, runs_of
from posecheck.pose.pace import usual_gap_s
from posecheck.rules.rule import Rule
from posecheck.rules.stretch import Stretch

STATES = tuple(State)
"""The states by the numbers that `Judgement.states` holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """One stretch done in a clip.

    Attributes:
        stretch: What was judged against, modifications applied.
        span: The frames.
        start_s: Time of the first one.
        end_s: Time of the last one.
        repetitions: What the stretch counts (`HoldTarget.aim`): holds with a rest between them, or lifts without a
            fault that voids them; None for a stretch with phases.
        rounds: Rounds of all phases; None for a stretch without.
        tempo_s: Usual seconds of one round; None where there is none.
        range_of_motion_deg: Usual movement of the measure that makes the phases, from end to end; None without phases.
        holds: In order.
        lifts: The movements into the posture and back, in order; none of a stretch with phases.
        faults: The most urgent first.
        score: How good the form was.
        lost: The causes that kept time in the stretch from counting, the longest first.
        references: The neutral values used.
        outside: (N, R) whether the measure of each rule is outside its range, in each frame of the span.
        roll_deg: Median roll of the camera, read from the floor line; NaN where it is not known.
    """

    stretch: Stretch
    span: Span
    start_s: float
    end_s: float
    repetitions: int | None
    rounds: int | None
    tempo_s: float | None
    range_of_motion_deg: float | None
    holds: tuple[ScoredHold, ...]
    lifts: tuple[Lift, ...]
    faults: tuple[Fault, ...]
    score: FormScore
    lost: tuple[Lost, ...]
    references: Mapping[str, Baseline]
    outside: Bools
    roll_deg: float

    @property
    def neutral_is_usual(self) -> bool:
        """Whether the phases were determined by people's usual neutral, because the person's own was not seen."""
        return bool(self.stretch.phases) and self.references == usual_references(self.stretch)


@dataclass(frozen=True, slots=True, eq=False)
class SpanEvidence:
    """One stretch done in a clip, before its rules are applied: their limits change none of it.

    Attributes:
        stretch: What is to be judged against.
        measures: Of its frames.
        references: The neutral values of the person in them.
        evidence: What they are judged on.
        lifts: The lifts in them.
    """

    stretch: Stretch
    measures: Measures
    references: Mapping[str, Baseline]
    evidence: FrameEvidence
    lifts: Sequence[LiftSpan]

    @classmethod
    def of(cls, measures: Measures, stretch: Stretch) -> SpanEvidence:
        """The evidence of one span, from the measures of its frames."""
        references = own_references(measures, stretch)
        evidence = Assessor(stretch, references, usual_gap_s(measures.time_s)).evidence(measures)
        lifts = find_lifts(measures.time_s, stretch, evidence, references)
        return cls(stretch, measures, references, evidence, lifts)

    @property
    def there(self) -> Bools:
        """(N,) whether the person is in the stretch or ready for it."""
        return there_in(self.evidence.situation)

    def assessment(self, stretch: Stretch) -> Assessment:
        """The judgement by the rules of a stretch that may differ from this one only in its rules' limits."""
        return Assessor(stretch, self.references).judged(self.evidence)

    def values(self, rule: Rule) -> Floats:
        """(N,) what a rule compares with its limits; NaN where it does not apply or the person is elsewhere."""
        assessor = Assessor(self.stretch, self.references)
        values = self.evidence.lasting[rule.measure] - assessor.offset(rule.measure, rule)
        asked = assessor.applies(rule, self.evidence.phase) & (self.evidence.situation == Situation.POSTURE)
        return np.where(asked, values, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """A judged clip.

    Attributes:
        measures: Of all N frames.
        segments: In order of time.
        states: (N,) indices into `STATES`.
        phases: (N,) index of the phase reached, of the stretch under way; -1 for none.
        nothing: Why no stretch was seen, in a plain sentence; None where one was.
    """

    measures: Measures
    segments: tuple[Segment, ...]
    states: Ints
    phases: Ints
    nothing: str | None = None

    @property
    def holds(self) -> tuple[ScoredHold, ...]:
        """The holds of all segments, in order."""
        return tuple(hold for segment in self.segments for hold in segment.holds)


def judge(measures: Measures, stretches: Sequence[Stretch], *, chosen: bool) -> Judgement:
    """The judgement of a clip; each shot is judged by itself.

    Args:
        measures: Of the whole clip.
        stretches: What it may show.
        chosen: Whether the user chose the (only) stretch; otherwise it is to be recognised.
    """
    shots = [
        _judge_shot(measures.slice(start, stop), stretches, start, chosen=chosen)
        for start, stop in runs_of(measures.shot)
    ]
    parts, assessments, states, phases = zip(*shots, strict=True)
    segments = tuple(chain(*parts))
    nothing = None
    if not segments:
        whole = [np.concatenate([one.situation for one in each]) for each in zip(*assessments, strict=True)]
        nothing = why_nothing(standing_s(measures.time_s), stretches, whole, measures, chosen=chosen)
    return Judgement(measures, segments, np.concatenate(states), np.concatenate(phases), nothing)


def _judge_shot(
    measures: Measures, stretches: Sequence[Stretch], first: int, *, chosen: bool
) -> tuple[list[Segment], list[Assessment], Ints, Ints]:
    """The segments, assessments by stretch, states and phases of a shot that starts at frame number `first`."""
    assessments = [assess(measures, stretch, own_references(measures, stretch)) for stretch in stretches]
    spans = find_spans(measures.time_s, stretches, assessments, chosen=chosen)
    numbers = {situation: STATES.index(state) for situation, state in UNJUDGED.items()}
    # Outside every segment the person is elsewhere, whichever posture of whichever stretch was met.
    numbers[Situation.READY] = numbers[Situation.POSTURE] = numbers[Situation.ELSEWHERE]
    doubt = np.max([assessment.situation for assessment in assessments], axis=0)
    states = np.array([numbers[situation] for situation in Situation])[doubt]
    phases = np.full(len(measures), -1)
    segments = []
    for span in spans:
        part = measures.slice(span.start, span.stop)
        in_clip = replace(span, start=first + span.start, stop=first + span.stop)
        segment, seen, reached = _judge_span(part, stretches[span.stretch], in_clip)
        segments.append(segment)
        states[span.start : span.stop] = seen
        phases[span.start : span.stop] = reached
    return segments, assessments, states, phases


def _judge_span(measures: Measures, stretch: Stretch, span: Span) -> tuple[Segment, Ints, Ints]:
    time_s = measures.time_s
    course = SpanEvidence.of(measures, stretch)
    assessment, there = course.assessment(stretch), course.there
    tracker = track(time_s, stretch, assessment)
    lifts = judged(time_s, stretch, assessment, course.lifts)
    at_fault = [
        with_lift_faults(tracked.intervals, rule.name, lifts)
        for rule, tracked in zip(stretch.rules, tracker.faults, strict=True)
    ]
    states = _states(time_s, assessment, tracker, at_fault)
    lasts_s = standing_s(time_s)
    counted = [STATES.index(state) for state in (State.HOLDING, State.READY, State.ELSEWHERE)]
    lost = lost_time(stretch, assessment, lasts_s, ~np.isin(states, counted))
    unreached = never_reached(stretch, tracker.holds, course.evidence, lasts_s)
    repetitions = max((hold.repetition for hold in tracker.holds), default=0)
    if stretch.hold.aim == "repetitions":
        repetitions = sum(lift.counts for lift in lifts)
    rounds, tempo_s = count_rounds(tracker.holds, len(stretch.phases)) if stretch.phases else (None, None)
    roll_deg = measures.roll_deg[stretch.support][there]
    worth = np.where(assessment.good, assessment.quality, 0.0)
    holds = tuple(_scored(hold, stretch, time_s, worth) for hold in tracker.holds)
    faults = _faults(measures, stretch, assessment, at_fault, there)
    segment = Segment(
        stretch=stretch,
        span=span,
        start_s=float(time_s[0]),
        end_s=float(time_s[-1]),
        repetitions=None if stretch.phases else repetitions,
        rounds=rounds,
        tempo_s=tempo_s,
        range_of_motion_deg=range_of_motion_deg(measures, stretch, there),
        holds=holds,
        lifts=tuple(lifts),
        faults=faults,
        score=form_score(stretch, holds, faults, float(lasts_s[there].sum())),
        lost=tuple(lost or unreached) if not stretch.phases else (*lost, *unreached),
        references=course.references,
        outside=assessment.outside,
        roll_deg=float(np.nanmedian(roll_deg)) if np.isfinite(roll_deg).any() else float("nan"),
    )
    in_posture = assessment.situation == Situation.POSTURE
    return segment, states, np.where(in_posture, assessment.phase, -1)


def _scored(hold: Hold, stretch: Stretch, time_s: Floats, worth: Floats) -> ScoredHold:
    first, last = np.searchsorted(time_s, [hold.start_s, hold.end_s])
    length_s = np.diff(time_s[first : last + 1])
    score = 100.0 * float(worth[first:last] @ length_s) / (hold.end_s - hold.start_s)
    phase = stretch.phases[hold.phase] if hold.phase >= 0 else None
    return ScoredHold(
        phase=None if phase is None else phase.name,
        start_s=hold.start_s,
        end_s=hold.end_s,
        hold_s=hold.hold_s,
        repetition=hold.repetition,
        target_s=stretch.hold.target_s if phase is None else phase.target_s,
        score=score,
    )


def _faults(
    measures: Measures,
    stretch: Stretch,
    assessment: Assessment,
    at_fault: Sequence[Sequence[Interval]],
    there: Bools,
) -> tuple[Fault, ...]:
    found: list[tuple[tuple[bool, int], Fault]] = []
    for column, (rule, intervals) in enumerate(zip(stretch.rules, at_fault, strict=True)):
        if intervals:
            during = _during(measures.time_s, intervals) & assessment.outside[:, column]
            low = bool(assessment.low[during, column].mean() > 0.5)
            found.append((urgency(rule), Fault(cue(rule, low=low), tuple(intervals))))
    for swing_rule in stretch.swing_rules:
        judged = swing_values(measures, stretch, swing_rule, there)
        broken = [interval for interval, value in judged if value < swing_rule.min]
        if broken:
            found.append((urgency(swing_rule), Fault(swing_cue(swing_rule), tuple(broken))))
    return tuple(fault for _, fault in sorted(found, key=lambda one: one[0]))


def _during(time_s: Floats, intervals: Sequence[Interval]) -> Bools:
    result = np.zeros(len(time_s), bool)
    for start, end in intervals:
        result |= (time_s >= start) & (time_s < end)
    return result


def _states(
    time_s: Floats, assessment: Assessment, tracker: HoldTracker, intervals: Sequence[Sequence[Interval]]
) -> Ints:
    """(N,) the state of each frame, with hindsight: a hold counts from its first good moment."""
    at_fault = np.zeros(len(time_s), bool)
    for each in intervals:
        at_fault |= _during(time_s, each)
    numbers = [STATES.index(UNJUDGED.get(situation, State.ENTERING)) for situation in Situation]
    states = np.array(numbers)[assessment.situation]
    states[at_fault & (assessment.situation == Situation.POSTURE)] = STATES.index(State.AT_FAULT)
    good = assessment.good
    for hold in tracker.holds:
        within = _during(time_s, [(hold.start_s, hold.end_s)])
        held = good & (assessment.phase == hold.phase)
        states[within & held] = STATES.index(State.HOLDING)
        states[within & ~held] = STATES.index(State.GRACE)
    return states
