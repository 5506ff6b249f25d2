"""The verdict on a single picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from posecheck.judging.assessment import Assessment, Assessor, assess, usual_references
from posecheck.judging.cues import Cue, cue, urgency
from posecheck.judging.misfits import misfits
from posecheck.judging.situation import Situation, advice_on
from posecheck.measures.measurer import Measures
from posecheck.measures.table import MEASURES
from posecheck.rules.stretch import Stretch

NEUTRAL_PHASE = "neutral"
"""What the ready posture of a stretch with phases is called as a phase."""


CLOSE_SHARE = 0.5
"""A value nearer to a limit than this share of its uncertainty is close: with a normally distributed error, three of
ten such measures would lie beyond."""


class StillVerdict(Enum):
    """What a single picture shows."""

    GOOD = "good"
    FAULT = "fault"
    READY = "ready"
    OTHER = "other"
    NOBODY = "nobody"
    UNJUDGEABLE = "unjudgeable"


@dataclass(frozen=True, slots=True)
class StillJudgement:
    """The judgement of a picture.

    Attributes:
        stretch: The stretch recognised or chosen; None where none is recognised.
        phase: The phase shown, None where there is none.
        verdict: What it shows.
        reason: Why, in a plain sentence.
        faults: What is wrong, the most urgent first.
        outside: The names of the rules whose measure is outside its range; none where no stretch is judged.
    """

    stretch: Stretch | None
    phase: str | None
    verdict: StillVerdict
    reason: str
    faults: tuple[Cue, ...] = ()
    outside: frozenset[str] = frozenset()


def judge_still(measures: Measures, stretches: Sequence[Stretch], *, chosen: bool) -> StillJudgement:
    """The judgement of one pose against people's usual neutral, since a picture does not show the person's own.

    Args:
        measures: Of one pose.
        stretches: What it may show.
        chosen: Whether the user chose the (only) stretch; otherwise it is to be recognised.
    """
    judged = [(stretch, assess(measures, stretch)) for stretch in stretches]
    situations = [Situation(int(assessment.situation[0])) for _, assessment in judged]
    named = stretches[0] if chosen else None
    if all(situation is Situation.NOBODY for situation in situations):
        return StillJudgement(named, None, StillVerdict.NOBODY, "Nobody was found in the picture.")
    for (stretch, assessment), situation in zip(judged, situations, strict=True):
        if situation is Situation.POSTURE:
            return replace(_in_posture(measures, stretch, assessment), outside=_outside(stretch, assessment))
        if situation is Situation.READY and (chosen or stretch.ready.distinctive):
            return replace(_in_ready(stretch, assessment), outside=_outside(stretch, assessment))
    if all(situation < Situation.ELSEWHERE for situation in situations):
        # Of the stretch that comes nearest to being judged.
        nearest = max(range(len(stretches)), key=situations.__getitem__)
        advice = advice_on(situations[nearest], measures, stretches[nearest].camera)
        assert advice is not None  # a picture that is not judged has its reason
        return StillJudgement(named, None, StillVerdict.UNJUDGEABLE, advice)
    return StillJudgement(named, None, StillVerdict.OTHER, _why_other(measures, named, judged, situations))


def _outside(stretch: Stretch, assessment: Assessment) -> frozenset[str]:
    row = assessment.outside[0].tolist()
    return frozenset(rule.name for rule, outside in zip(stretch.rules, row, strict=True) if outside)


def _in_posture(measures: Measures, stretch: Stretch, assessment: Assessment) -> StillJudgement:
    phase = stretch.phases[int(assessment.phase[0])].name if stretch.phases else None
    faults = _faults(stretch, assessment)
    if faults:
        names = ", ".join(fault.rule for fault in faults)
        return StillJudgement(stretch, phase, StillVerdict.FAULT, f"{stretch.title}, at fault: {names}.", faults)
    close = _closest(measures, stretch, assessment)
    return StillJudgement(stretch, phase, StillVerdict.GOOD, f"{stretch.title} in good form{close}.")


def _closest(measures: Measures, stretch: Stretch, assessment: Assessment) -> str:
    """The measures so close to a limit that they may lie beyond it, to follow "in good form"; empty for none."""
    assessor = Assessor(stretch, usual_references(stretch))
    found = []
    for rule in stretch.rules:
        value = float(measures.get(rule.measure, stretch.support)[0]) - assessor.offset(rule.measure, rule)
        low, high = assessor.limits(rule.measure, rule, strict=False)
        doubt = float(assessor.uncertainty(measures, rule.measure, rule)[0])
        room = min(value - low, high - value)
        if assessor.applies(rule, assessment.phase)[0] and room < CLOSE_SHARE * doubt:
            found.append((room / doubt, rule.name.replace("-", " ")))
    return f", but close to a fault: {min(found)[1]}" if found else ""


def _in_ready(stretch: Stretch, assessment: Assessment) -> StillJudgement:
    phase = NEUTRAL_PHASE if stretch.phases else None
    what = stretch.ready.description
    if stretch.ready.still == "other":
        return StillJudgement(stretch, None, StillVerdict.OTHER, f"Only the starting posture: {what}")
    faults = tuple(fault for fault in _faults(stretch, assessment) if fault.rule == stretch.ready.still)
    if faults:
        return StillJudgement(stretch, phase, StillVerdict.FAULT, f"Still in the starting posture: {what}", faults)
    # The file says `ready`, or it names a rule that does not apply because a modification has changed it.
    return StillJudgement(stretch, phase, StillVerdict.READY, f"Ready: {what}")


def _faults(stretch: Stretch, assessment: Assessment) -> tuple[Cue, ...]:
    broken = [
        (urgency(rule), cue(rule, low=bool(assessment.low[0, column])))
        for column, rule in enumerate(stretch.rules)
        if assessment.faulty[0, column]
    ]
    return tuple(words for _, words in sorted(broken, key=lambda one: one[0]))


def _why_other(
    measures: Measures,
    named: Stretch | None,
    judged: Sequence[tuple[Stretch, Assessment]],
    situations: Sequence[Situation],
) -> str:
    if named is not None:
        return f"Not a {named.title.lower()}: {_misfit(measures, named)}"
    for (stretch, _), situation in zip(judged, situations, strict=True):
        if situation is Situation.READY and stretch.ready.still != "other":  # else its name would say no more
            return (
                f"No stretch is recognised. It could be the start of a {stretch.title.lower()}: "
                f"name it with --stretch {stretch.name}."
            )
    return f"No stretch that is known: {', '.join(stretch.title.lower() for stretch, _ in judged)}."


def _misfit(measures: Measures, stretch: Stretch) -> str:
    """The way in for the condition of the posture that is missed by the most, or what is measured of it."""
    missed = misfits(measures, stretch)
    if not missed:
        return "the body does not rest on the floor as it does there."
    first = missed[0]
    if first.way_in is not None:
        return first.way_in[:1].lower() + first.way_in[1:]
    spec = MEASURES[first.measure]
    amount, span = _amount(first.value, spec.unit), _span(first.limits, spec.unit)
    return f"{spec.meaning} is {amount}, a {stretch.title.lower()} has {span}."


def _amount(value: float, unit: str) -> str:
    return f"{value:.0f}°" if unit == "deg" else f"{value:.2f}"


def _span(limits: tuple[float, float], unit: str) -> str:
    low, high = limits
    if np.isinf(low):
        return f"at most {_amount(high, unit)}"
    if np.isinf(high):
        return f"at least {_amount(low, unit)}"
    return f"{_amount(low, unit)} to {_amount(high, unit)}"
