"""The model of a rule file: what a stretch asks of a body, as data.

This module reads no files; `posecheck.rulefiles` finds and loads them and says on which line a problem stands. A
rule file holds numbers and words. Each number has a reason (`why`) beside it, and each rule the words to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from posecheck.crosschecks import disagreements
from posecheck.measures import MEASURES, Support

CUE_WORDS = 12
"""Most words of a cue: at a speaking rate of 150-180 words a minute they take about 4-5 s, less than the time
after which a cue may be said again."""


def _short_name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text):
        raise ValueError(f"'{text}' is no name, allowed: small letters and digits, words joined by '-'")
    return text


def _source_key(text: str) -> str:
    if not re.fullmatch(r"[A-Z]", text):
        raise ValueError(f"'{text}' is no key of a source, allowed: one capital letter")
    return text


def _known_measure(name: str) -> str:
    if name not in MEASURES:
        raise ValueError(f"unknown measure '{name}', allowed: {', '.join(MEASURES)}")
    return name


def _known_schema(version: int) -> int:
    if version != 1:
        raise ValueError(f"schema {version} is not known to this version of posecheck, allowed: 1")
    return version


Name = Annotated[str, AfterValidator(_short_name)]
MeasureName = Annotated[str, AfterValidator(_known_measure)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Priority = Annotated[int, Field(strict=True, ge=1, le=9)]
Flag = Annotated[bool, Field(strict=True)]
Schema = Annotated[int, AfterValidator(_known_schema), Field(alias="schema", strict=True)]


class Model(BaseModel):
    """Base of every part of a rule file: unknown keys are errors, values do not change once loaded."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Severity(Enum):
    """How much a fault matters: orders the cues and the report. Every fault stops the hold timer."""

    MAJOR = "major"
    MINOR = "minor"


def _spoken(text: str) -> str:
    if len(text.split()) > CUE_WORDS:
        raise ValueError(f"{len(text.split())} words are too long to be said aloud, allowed: at most {CUE_WORDS}")
    return text


class Range(Model):
    """A range of a measure, in the measure's own unit, with a separate limit for leaving.

    Attributes:
        min: Least value inside; None for open.
        max: Greatest value inside; None for open.
        margin: How far beyond `min` or `max` the value must go before it counts as outside again once it was
            inside: keeps a value on the limit from flickering.
        relative_to: `zero`: the measure as it is. `neutral`: less the person's own value in the ready posture.
    """

    min: Number | None = None
    max: Annotated[Number | None, Field(validate_default=True)] = None
    margin: NotNegative = 0.0
    relative_to: Literal["zero", "neutral"] = "zero"

    @field_validator("max")
    @classmethod
    def _limits_make_sense(cls, high: float | None, info: ValidationInfo) -> float | None:
        if "min" in info.data:  # else it is faulty itself
            low = info.data["min"]
            if low is None and high is None:
                raise ValueError("no limit is given, allowed: min, max or both")
            if low is not None and high is not None and low >= high:
                raise ValueError(f"{high:g} is not above min, allowed: more than {low:g}")
        return high


class Where(Model):
    """Conditions that must all hold, one range for each measure named."""

    where: dict[MeasureName, Range] = Field(min_length=1)


class Ready(Where):
    """The posture in which the stretch begins and rests: no fault, counts nothing.

    Attributes:
        description: Said when the person is to take it.
        distinctive: Whether the posture alone tells this stretch from others.
        still: What a single photograph of it is: `ready`, `other`, or the name of the rule it breaks.
    """

    description: Text
    distinctive: Flag = False
    still: Text = "ready"


class Posture(Where):
    """What tells that the person is in this stretch at all, well or badly."""

    description: Text


class Phase(Where):
    """One end of a flowing stretch, held for a breath.

    Attributes:
        name: How a hold, a rule and the summary call it.
        announce: Said when it is to come.
        target_s: How long to stay.
    """

    name: Name
    announce: Text
    target_s: Positive

    @field_validator("announce")
    @classmethod
    def _announce_is_short(cls, text: str) -> str:
        return _spoken(text)


class Rule(Range):
    """A rule on form: a measure that must stay in its range while the stretch is done.

    Attributes:
        name: The fault's name.
        measure: A name of the table in `posecheck.measures`.
        priority: 1 is said first.
        severity: How much it matters.
        phases: The phases it applies to; empty for all of the posture.
        safe_min: Least `min` that a person's own limits may have; None where theirs may not be less than `min`.
        safe_max: Greatest `max` that they may have; None where theirs may not be more than `max`.
        while_moving: Judged also while the trunk is on its way up or down. Otherwise a movement under way, such as
            a raise that has not yet arrived, is no fault; one that stalls outside the range is.
        cue_low: Said when the value is below `min`.
        cue_high: Said when the value is above `max`.
        praise: Said when it is mended.
        why: Where the limits come from: a source or a measurement.
    """

    name: Name
    measure: MeasureName
    priority: Priority
    severity: Severity
    phases: tuple[Name, ...] = ()
    safe_min: Number | None = None
    safe_max: Number | None = None
    while_moving: Flag = False
    cue_low: Annotated[Text | None, Field(validate_default=True)] = None
    cue_high: Annotated[Text | None, Field(validate_default=True)] = None
    praise: Text
    why: Text

    @field_validator("safe_min", "safe_max")
    @classmethod
    def _safe_limits_lie_outside(cls, safe: float | None, info: ValidationInfo) -> float | None:
        limit = str(info.field_name).removeprefix("safe_")
        if safe is not None and limit in info.data:  # else it is faulty itself
            own = info.data[limit]
            if own is None:
                raise ValueError(f"{info.field_name} is given without {limit}, allowed: with {limit} alone")
            if (safe > own) if limit == "min" else (safe < own):
                wanted = "at most" if limit == "min" else "at least"
                raise ValueError(f"{safe:g} lies inside the good range, allowed: {wanted} {own:g}")
        return safe

    @field_validator("cue_low", "cue_high", "praise")
    @classmethod
    def _words_are_short(cls, text: str | None) -> str | None:
        return None if text is None else _spoken(text)

    @field_validator("cue_low", "cue_high")
    @classmethod
    def _each_side_has_its_cue(cls, cue: str | None, info: ValidationInfo) -> str | None:
        limit = "min" if info.field_name == "cue_low" else "max"
        if limit in info.data and (info.data[limit] is None) != (cue is None):
            given, lacking = (limit, info.field_name) if cue is None else (info.field_name, limit)
            raise ValueError(f"{given} is given without {lacking}, allowed: both or neither")
        return cue

    def cue(self, low: bool) -> str:
        """The words for a value below (`low`) or above the range."""
        return (self.cue_low if low else self.cue_high) or ""


class SwingRule(Model):
    """A rule on a movement from one end to the other, judged when the movement turns back.

    Attributes:
        name: The fault's name.
        swing_of: The measure whose movement to and fro makes the swings.
        swing_min: Movement of `swing_of` from which it counts as a swing; smaller ones are sway and noise.
        judge: `duration_s`, or a measure whose range of movement during the swing is judged.
        min: Least value that is good.
        priority: 1 is said first.
        severity: How much it matters.
        cue: Said when the value is below `min`.
        praise: Said when it is mended.
        why: Where the limits come from.
    """

    name: Name
    swing_of: MeasureName
    swing_min: Positive
    judge: str
    min: Positive
    priority: Priority
    severity: Severity
    cue: Text
    praise: Text
    why: Text

    @field_validator("judge")
    @classmethod
    def _judge_is_known(cls, name: str) -> str:
        return name if name == "duration_s" else _known_measure(name)

    @field_validator("cue", "praise")
    @classmethod
    def _words_are_short(cls, text: str) -> str:
        return _spoken(text)


class Hold(Model):
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


class Change(Model):
    """What a modification changes in one rule: its limits, or whether it is judged at all."""

    min: Number | None = None
    max: Number | None = None
    margin: NotNegative | None = None
    off: Flag = False


class Modification(Model):
    """A variant for a body that needs it.

    Attributes:
        title: For whom.
        advice: What to do differently.
        rules: The rules that change, by name.
    """

    title: Text
    advice: Text
    rules: dict[Name, Change] = Field(default_factory=dict)


class Camera(Model):
    """The view that the stretch needs.

    Attributes:
        advice: How to place the camera.
        max_off_side_on_deg: How far the view may be turned from side-on.
    """

    advice: Text
    max_off_side_on_deg: Annotated[Number, Field(gt=0, le=60)] = 30.0


class Source(Model):
    """Where a statement comes from."""

    key: Annotated[str, AfterValidator(_source_key)]
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
    sources: tuple[Source, ...] = Field(min_length=1)
    support: Support
    camera: Camera
    hold: Hold
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
