"""The model of a rule file: what a stretch asks of a body, as data.

This module reads no files; `posecheck.storage.rule_files` finds and loads them and says on which line a problem stands.
A rule file holds numbers and words. Each number has a reason (`why`) beside it, and each rule (`posecheck.rules.rule`)
the words to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from posecheck.measures.floor_line import FloorContacts
from posecheck.rules.consistency import disagreements
from posecheck.rules.fields import (
    Flag,
    MeasureName,
    Model,
    Name,
    NotNegative,
    Number,
    Positive,
    Schema,
    SourceKey,
    Spoken,
    Text,
)
from posecheck.rules.rule import Conditions, Modification, Rule, SwingRule


class Ready(Conditions):
    """The posture in which the stretch begins and rests: no fault, counts nothing.

    Attributes:
        description: Said when the person is to take it.
        distinctive: Whether the posture alone tells this stretch from others.
        still: What a single photograph of it is: `ready`, `other`, or the name of the rule it breaks.
    """

    description: Text
    distinctive: Flag = False
    still: Text = "ready"


class Posture(Conditions):
    """What tells that the person is in this stretch at all, well or badly."""

    description: Text


class Phase(Conditions):
    """One end of a flowing stretch, held for a breath.

    Attributes:
        name: How a hold, a rule and the summary call it.
        announce: Said when it is to come.
        target_s: How long to stay.
    """

    name: Name
    announce: Spoken
    target_s: Positive


class HoldTarget(Model):
    """What is aimed at.

    Attributes:
        target_s: Length of one hold on good form (a phase has its own).
        repetitions: Holds, or rounds of all phases.
        rest_s: Rest between repetitions.
        why: Where the numbers come from.
    """

    target_s: Positive
    repetitions: Annotated[int, Field(strict=True, ge=1)]
    rest_s: NotNegative = 0.0
    why: Text


class Timing(Model):
    """Time limits of the judgement, in seconds; a file names only those in which it differs.

    Attributes:
        debounce_s: Good form must last this long to begin a hold, and the ready posture this long to end one; the
            hold begins with the first good moment. 0.3 s is longer than a burst of noisy frames in real clips and
            shorter than anything a person does on purpose.
        grace_s: A hold outlives bad form shorter than this; the bad time does not count.
        confirm_s: A fault must last this long to be one; it begins with its first moment.
        settle_s: The same for a fault that is there as the posture is taken: people adjust.
        min_hold_s: A shorter hold is none.
        rest_s: Longest time away from the stretch within one segment.
    """

    debounce_s: NotNegative = 0.3
    grace_s: NotNegative = 0.7
    confirm_s: NotNegative = 0.3
    settle_s: NotNegative = 1.0
    min_hold_s: NotNegative = 0.5
    rest_s: NotNegative = 10.0


class Neutral(Model):
    """The usual value of a measure in the ready posture, for a person whose own is not known.

    Attributes:
        value: The middle of people's values.
        uncertainty: Half the spread of people's values.
        why: Where it was measured.
    """

    value: Number
    uncertainty: NotNegative
    why: Text


class Camera(Model):
    """The view that the stretch needs.

    Attributes:
        advice: How to place the camera.
        max_off_side_on_deg: How far the view may be turned from side-on.
    """

    advice: Text
    max_off_side_on_deg: Annotated[Number, Field(gt=0, le=60)] = 30.0


class Citation(Model):
    """Where a statement comes from."""

    key: SourceKey
    title: Text


class Stretch(Model):
    """One stretch: what to do, how it is told from others, what good form is and what to say."""

    schema_version: Schema
    name: Name
    title: Text
    other_names: tuple[Text, ...] = ()
    purpose: Text
    getting_in: tuple[Text, ...] = Field(min_length=1)
    getting_out: tuple[Text, ...] = Field(min_length=1)
    care: tuple[Text, ...] = Field(min_length=1)
    not_visible: tuple[Text, ...] = ()
    sources: tuple[Citation, ...] = Field(min_length=1)
    support: FloorContacts
    camera: Camera
    hold: HoldTarget
    timing: Timing = Timing()
    neutral: dict[MeasureName, Neutral] = Field(default_factory=dict)
    ready: Ready
    posture: Posture
    phases: tuple[Phase, ...] = ()
    rules: tuple[Rule, ...] = Field(min_length=1)
    swing_rules: tuple[SwingRule, ...] = ()
    modifications: dict[Name, Modification] = Field(default_factory=dict)

    @field_validator("phases")
    @classmethod
    def _phases_are_none_or_several(cls, phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
        if len(phases) == 1:
            raise ValueError("one phase alone makes no round, allowed: none, or two or more")
        return phases

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        problems = [problem for _, problem in disagreements(self.model_dump(by_alias=True))]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def modified(self, names: Sequence[str]) -> Stretch:
        """This stretch with modifications applied in order.

        Raises:
            KeyError: If a modification is not this stretch's.
        """
        rules = {rule.name: rule for rule in self.rules}
        for name in names:
            for rule_name, change in self.modifications[name].rules.items():
                if change.off:
                    rules.pop(rule_name, None)
                elif rule_name in rules:
                    rules[rule_name] = rules[rule_name].model_copy(
                        update=change.model_dump(exclude={"off"}, exclude_none=True)
                    )
        return self.model_copy(update={"rules": tuple(rules.values())})
