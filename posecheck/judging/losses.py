"""What kept time in a stretch from counting: every second not held has a cause, and every cause has its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from posecheck.judging.assessment import Assessment, FrameEvidence
from posecheck.judging.cues import cue, urgency
from posecheck.judging.holds import UNJUDGED, Hold
from posecheck.judging.misfits import usual_way_in
from posecheck.judging.situation import Situation
from posecheck.measures.framing import ADVICE, Framing
from posecheck.measures.measurer import Measures
from posecheck.pose.landmarks import Bools, Floats, Ints
from posecheck.rules.stretch import Stretch

BRIEF = "brief"
LAPSE = "lapse"
STARTING = "starting-posture"

UNSEEN = {
    Situation.NOBODY: ADVICE[Framing.NOBODY],
    Situation.TOO_DARK: ADVICE[Framing.TOO_DARK],
    Situation.BLURRED: ADVICE[Framing.BLURRED],
    Situation.CUT_OFF: ADVICE[Framing.CUT_OFF],
    Situation.VIEW_WRONG: "The camera did not see you from the side: lie along the picture.",
}

IN_WORDS = {
    Situation.NOBODY: "nobody in the picture",
    Situation.TOO_DARK: "too dark a picture",
    Situation.BLURRED: "a blurred picture",
    Situation.CUT_OFF: "a body partly out of the picture",
    Situation.VIEW_WRONG: "a view too far from the side",
    Situation.ELSEWHERE: "another posture",
    Situation.READY: "the starting posture",
    Situation.POSTURE: "the posture for a moment",
}
"""What was seen instead of a stretch, after "12 s of"."""


@dataclass(frozen=True, slots=True)
class Lost:
    """One cause for which time did not count.

    Attributes:
        cause: The name of a rule or of a phase that was not reached, a state such as ``cut-off``, ``brief`` for good
            form that did not last, ``lapse`` for a moment out of the posture, or ``starting-posture``.
        text: What happened and what to do, in plain words.
        seconds: For how long.
    """

    cause: str
    text: str
    seconds: float


def lost_time(stretch: Stretch, assessment: Assessment, lasts_s: Floats, lost: Bools) -> list[Lost]:
    """Why time in the posture, and time in which nobody could be judged, did not count.

    Args:
        stretch: The stretch.
        assessment: Of N frames of it.
        lasts_s: (N,) seconds for which each frame stands.
        lost: (N,) whether it does not count, though the person neither rested nor was elsewhere.

    Returns:
        The causes, the longest first. Their seconds add up to those of the lost frames.
    """
    away = np.isin(assessment.situation, (Situation.READY, Situation.ELSEWHERE))
    causes = [
        *_faults(stretch, assessment),
        *_unseen(assessment.situation),
        (LAPSE, "You were out of the posture for a moment: stay in it.", away),
        (BRIEF, _brief(stretch), np.ones(len(away), bool)),
    ]
    left, found = lost, []
    for cause, text, mask in causes:
        seconds = float(lasts_s[left & mask].sum())
        if (left & mask).any():
            found.append(Lost(cause, text, seconds))
        left = left & ~mask
    return sorted(found, key=lambda one: -one.seconds)


def _faults(stretch: Stretch, assessment: Assessment) -> Iterator[tuple[str, str, Bools]]:
    """The rules that void, in the order of their cues: the time goes to the one that is said first."""
    inside = assessment.situation == Situation.POSTURE
    broken = assessment.outside & ~(assessment.outside @ assessment.after.T)
    for column in sorted(np.flatnonzero(assessment.voids), key=lambda one: urgency(stretch.rules[one])):
        for low in (True, False):
            mask = inside & broken[:, column] & (assessment.low[:, column] == low)
            rule = stretch.rules[column]
            if mask.any():
                yield rule.name, cue(rule, low=low).text, mask
    for column in np.flatnonzero(assessment.voids):  # the rest: rules that wait for one that does not void
        rule = stretch.rules[column]
        mask = inside & assessment.outside[:, column]
        if mask.any():
            yield rule.name, cue(rule, low=bool(assessment.low[mask, column].mean() > 0.5)).text, mask


def _unseen(situation: Ints) -> Iterator[tuple[str, str, Bools]]:
    for kind, text in UNSEEN.items():
        yield UNJUDGED[kind].value, text, situation == kind


def _brief(stretch: Stretch) -> str:
    return f"Good form, but for less than {stretch.timing.min_hold_s:g} seconds at a time: stay there a moment."


def never_reached(stretch: Stretch, holds: Sequence[Hold], evidence: FrameEvidence, lasts_s: Floats) -> list[Lost]:
    """Why there is no round, or nothing at all, where neither a fault nor the view explains it.

    Args:
        stretch: The stretch.
        holds: Those there are.
        evidence: What N frames of it are judged on.
        lasts_s: (N,) seconds for which each frame stands.
    """
    missing = [phase for index, phase in enumerate(stretch.phases) if all(hold.phase != index for hold in holds)]
    ready_s = float(lasts_s[evidence.situation == Situation.READY].sum())
    if missing:
        return [
            Lost(phase.name, f"The {phase.name} was not reached for long enough to count. {phase.announce}", ready_s)
            for phase in missing
        ]
    if not holds:
        return [Lost(STARTING, f"You stayed in the starting posture. {stretch.posture.description}", ready_s)]
    return []


def why_nothing(
    lasts_s: Floats,
    stretches: Sequence[Stretch],
    situations: Sequence[Ints],
    measures: Measures,
    *,
    chosen: bool,
) -> str:
    """Why no stretch was seen in a clip, in a plain sentence: what there was for most of the time, and the way in.

    Args:
        lasts_s: (N,) seconds for which each frame stands.
        stretches: The stretches that it may show.
        situations: (N,) `Situation` of all frames, one for each stretch.
        measures: Of all frames.
        chosen: Whether the user chose the (only) stretch.
    """
    seconds = np.array([[lasts_s[each == kind].sum() for kind in Situation] for each in situations])
    # Of the situations seen for about as long, the one that comes nearest to a stretch.
    nearest, most = max(
        ((row, column) for row in range(len(stretches)) for column in range(len(Situation))),
        key=lambda place: (round(float(seconds[place]), 1), place[1]),
    )
    situation, stretch = Situation(most), stretches[nearest]
    title = stretch.title[:1].lower() + stretch.title[1:]
    what = title if chosen or situation >= Situation.READY else "stretch"
    seen = f": {seconds[nearest, most]:.0f} s of {IN_WORDS[situation]}" if seconds[nearest, most] >= 0.5 else ""
    hint = "" if chosen else " --stretch NAME judges by a certain one, and `posecheck stretches` lists them."
    if situation < Situation.ELSEWHERE:
        return f"No {what} was seen{seen}."  # the lost time reports what to change
    if situation is Situation.READY:
        return f"No {what} was seen{seen}. What was not seen: {_lower(stretch.posture.description)}"
    if situation is Situation.ELSEWHERE and chosen:
        way_in = usual_way_in(measures, stretch, situations[nearest] == situation)
        return f"No {what} was seen{seen}.{'' if way_in is None else f' {way_in}'}"
    return f"No {what} was seen{seen}.{hint}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
