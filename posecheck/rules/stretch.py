"""The model of a rule file: what a stretch asks of a body, as data.

This module reads no files; `posecheck.storage.rule_files` finds and loads them and says on which line a problem stands.
A rule file holds numbers and words. Each number has a reason (`why`) beside it, and each rule (`posecheck.rules.rule`)
the words to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from posecheck.measures.floor_line import FloorContacts
from posecheck.pose.landmarks import Joint
from posecheck.rules.consistency import disagreements
from posecheck.rules.fields import (
    JOINTS,
    Flag,
    JointName,
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
from posecheck.rules.figure import Figure
from posecheck.rules.rule import Conditions, Modification, Rule, SwingRule


class Ready(Conditions):
    """The posture in which the stretch begins and rests: it is no fault, and nothing is counted.

    Attributes:
        description: Said when the person is to take the posture.
        distinctive: Whether the posture alone tells this stretch from others.
        still: What a single photograph of the posture is: `ready`, `other`, or the name of the rule it breaks.
    """

    description: Text
    distinctive: Flag = False
    still: Text = "ready"


class Posture(Conditions):
    """How to tell that the person is in this stretch at all, well or badly.

    Attributes:
        description: The posture in words.
        figure: The posture as a silhouette; without it, none is shown.
    """

    description: Text
    figure: Figure | None = None


class Phase(Conditions):
    """One end of a stretch that flows to and fro; it is held for a breath.

    Attributes:
        name: The phase's name, in rules, labels and the summary.
        announce: Said when the phase is to come.
        target_s: How long to stay, in seconds.
        figure: The phase as a silhouette; without it, that of the posture is shown.
    """

    name: Name
    announce: Spoken
    target_s: Positive
    figure: Figure | None = None


class HoldTarget(Model):
    """How long and how often to hold.

    Attributes:
        target_s: Length of one hold on good form, in seconds; a phase has its own.
        repetitions: Number of holds, or of rounds through all phases.
        rest_s: Rest between repetitions, in seconds.
        aim: What is counted: `hold`, the holds with a rest between them; or `repetitions`, the lifts into the posture
            and back, however long each is held.
        height: The measure of how high a lift goes; None where there is none.
        strict: Whether time at a minor fault does not count either; otherwise it counts, with a lower score.
        why: Where the numbers come from.
    """

    target_s: Positive
    repetitions: Annotated[int, Field(strict=True, ge=1)]
    rest_s: NotNegative = 0.0
    aim: Literal["hold", "repetitions"] = "hold"
    height: MeasureName | None = None
    strict: Flag = False
    why: Text


class Timing(Model):
    """Time limits of the judgement, in seconds; a file needs only those that differ from the defaults.

    Attributes:
        debounce_s: Good form must last this long to begin a hold, and the ready posture this long to end one; the
            hold begins with the first good moment. 0.3 s is longer than a burst of noisy frames in real clips and
            shorter than anything a person does on purpose.
        grace_s: Bad form shorter than this does not end a hold; the bad time does not count.
        confirm_s: A fault must last this long to be reported; it begins with its first moment.
        settle_s: The same for a fault that is there as the posture is taken, because people adjust.
        min_hold_s: A shorter hold is not reported.
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
        value: The middle of people's values, in the measure's unit.
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
        max_off_side_on_deg: How far the view may be turned from side-on, in degrees.
        joints: The near side's joints that must lie in the picture. A measure of another joint that is cut off is not
            known, and rules on it report nothing.
    """

    advice: Text
    joints: tuple[JointName, ...] = ("shoulder", "hip", "knee")

    @property
    def needed(self) -> tuple[Joint, ...]:
        """The joints that must lie in the picture."""
        return tuple(JOINTS[name] for name in self.joints)

    max_off_side_on_deg: Annotated[Number, Field(gt=0, le=60)] = 30.0


class Citation(Model):
    """Where a statement comes from.

    Attributes:
        key: One capital letter, by which a `why` refers to it.
        title: What it is: author, title, place, or what was measured.
    """

    key: SourceKey
    title: Text


class Stretch(Model):
    """One stretch: what to do, how to tell it from others, what good form is and what to say.

    Attributes:
        schema_version: The version of this format.
        name: The stretch's name, in commands, labels and results.
        title: The name that people read.
        other_names: Names by which the stretch can also be chosen.
        purpose: What the stretch is good for.
        getting_in: The steps into the posture, in order.
        getting_out: The steps out of it, in order.
        care: When to stop or to be careful.
        not_visible: What the camera cannot see from the side, and no rule judges.
        sources: Where the statements and numbers come from.
        support: What touches the floor in the posture; the slope of the floor in the picture is read from it.
        camera: The view that the stretch needs.
        hold: How long and how often to hold.
        timing: Time limits of the judgement.
        neutral: Usual values in the ready posture, by measure, for rules `relative_to = "neutral"`.
        ready: The posture in which the stretch begins and rests.
        posture: How to tell that the person is in the stretch.
        phases: The ends of a stretch that flows to and fro: none, or two or more.
        rules: The rules on form. Each is one fault.
        swing_rules: The rules on movement. Each is one fault.
        modifications: Variants for bodies that need them, by name.
    """

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
    phases: Annotated[tuple[Phase, ...], Field(json_schema_extra={"anyOf": [{"maxItems": 0}, {"minItems": 2}]})] = ()
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

    @property
    def turning_measure(self) -> str | None:
        """The measure that goes to and fro between the phases; None without phases."""
        return next(iter(self.phases[0].where)) if self.phases else None

    def figure_of(self, phase: str | None) -> Figure | None:
        """The silhouette of a phase, or of the posture where that has none; None where neither has one."""
        own = next((one.figure for one in self.phases if one.name == phase), None)
        return own or self.posture.figure

    def strictly(self) -> Stretch:
        """This stretch, with time at a minor fault not counted."""
        return self.model_copy(update={"hold": self.hold.model_copy(update={"strict": True})})

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
