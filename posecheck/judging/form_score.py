"""How good the form of a segment was, and what that is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from posecheck.judging.cues import Fault
from posecheck.judging.holds import ScoredHold
from posecheck.rules.rule import Severity
from posecheck.rules.stretch import Stretch


@dataclass(frozen=True, slots=True)
class FormScore:
    """The score of a segment's form, and its parts.

    Attributes:
        holds: 0..100, the holds' scores, each by its length; 0 without a hold.
        movements: For each rule on movement, how many of these points its faults cost: all of them for a major fault
            that lasted throughout, half for a minor one.
    """

    holds: float
    movements: Mapping[str, float]

    @property
    def value(self) -> float:
        """0..100."""
        return max(0.0, self.holds - sum(self.movements.values()))


def form_score(stretch: Stretch, holds: Sequence[ScoredHold], faults: Sequence[Fault], there_s: float) -> FormScore:
    """The score of a segment in which the person was in the stretch, or ready for it, for `there_s` seconds."""
    held_s = sum(hold.hold_s for hold in holds)
    score = sum(hold.score * hold.hold_s for hold in holds) / held_s if held_s else 0.0
    weights = {rule.name: 1.0 if rule.severity is Severity.MAJOR else 0.5 for rule in stretch.swing_rules}
    costs = {
        fault.cue.rule: score * weights[fault.cue.rule] * min(1.0, fault.seconds / there_s)
        for fault in faults
        if fault.cue.rule in weights
    }
    return FormScore(score, costs)
