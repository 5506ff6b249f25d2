"""What a stretch is judged by: ranges of measures, rules on form and on movement, and what a modification changes."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from posecheck.rules.fields import (
    Flag,
    Judged,
    MeasureName,
    Model,
    Name,
    NotNegative,
    Number,
    Positive,
    Priority,
    Spoken,
    Text,
)


class Severity(Enum):
    """How much a fault matters.

    Time at a major fault does not count. A minor one lowers the score and is said after the major ones, but the time
    counts, unless the stretch is `HoldTarget.strict`.
    """

    MAJOR = "major"
    MINOR = "minor"


class Range(Model):
    """A range of a measure, in the measure's own unit, with a separate limit for leaving.

    Attributes:
        min: Least value inside. Without it the range has no lower end; `min`, `max` or both must be given.
        max: Greatest value inside. Without it the range has no upper end.
        margin: How far beyond `min` or `max` a value that was inside must go before it counts as outside. This keeps
            a value near the limit from flickering.
        relative_to: `zero`: the measure as it is. `neutral`: the measure less the person's own value in the ready
            posture.
    """

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["min"]}, {"required": ["max"]}]})

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


class Condition(Range):
    """A range that belongs to a posture, with the words for somebody who is outside it.

    Attributes:
        cue_low: The way into the posture from below `min`, in words to say.
        cue_high: The way into it from above `max`.
    """

    cue_low: Spoken | None = None
    cue_high: Spoken | None = None

    def way_in(self, low: bool) -> str | None:
        """The words for a value below (`low`) or above the range; None where the file has none."""
        return self.cue_low if low else self.cue_high


class Conditions(Model):
    """Conditions that must all hold.

    Attributes:
        where: One range for each measure, by the measure's name.
    """

    where: dict[MeasureName, Condition] = Field(min_length=1)


class Rule(Range):
    """A rule on form: a measure that must stay in its range while the stretch is done.

    Attributes:
        name: The fault's name.
        measure: The measure that is judged; `posecheck stretches measures` explains them.
        priority: The order of cues: 1 is said first.
        severity: How much the fault matters.
        phases: The phases in which the rule applies; without it, all of the posture.
        after: Rules that come first. While one of them is outside its range, this rule detects no fault, because
            correcting that one changes what this one measures. Example: low hips bend the knees further, wherever the
            feet stand.
        safe_min: Least `min` that a person's own limits may have; without it, not less than `min`.
        safe_max: Greatest `max` that a person's own limits may have; without it, not more than `max`.
        while_moving: Whether the rule also applies while the trunk is on its way up or down. If not, a movement under
            way, such as a raise that has not yet arrived, is no fault; one that stalls outside the range is.
        cue_low: Said when the value is below `min`; needed with `min`.
        cue_high: Said when the value is above `max`; needed with `max`.
        praise: Said when the fault is corrected.
        why: Where the limits come from: a source or a measurement.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["min"]}, {"required": ["max"]}],
            "dependentRequired": {
                "min": ["cue_low"], "cue_low": ["min"], "safe_min": ["min"],
                "max": ["cue_high"], "cue_high": ["max"], "safe_max": ["max"],
            },
        }
    )  # fmt: skip

    name: Name
    measure: MeasureName
    priority: Priority
    severity: Severity
    phases: tuple[Name, ...] = ()
    after: tuple[Name, ...] = ()
    safe_min: Number | None = None
    safe_max: Number | None = None
    while_moving: Flag = False
    cue_low: Annotated[Spoken | None, Field(validate_default=True)] = None
    cue_high: Annotated[Spoken | None, Field(validate_default=True)] = None
    praise: Spoken
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
        swing_min: Least movement of `swing_of` that counts as a swing; a smaller one is sway and noise.
        judge: What is judged of a swing: `duration_s`, how long it takes, or a measure, by how much it changes.
        min: Least value that is good: seconds for `duration_s`, else the measure's unit.
        priority: The order of cues: 1 is said first.
        severity: How much the fault matters.
        cue: Said when the value is below `min`.
        praise: Said when the fault is corrected.
        why: Where the limits come from: a source or a measurement.
    """

    name: Name
    swing_of: MeasureName
    swing_min: Positive
    judge: Judged
    min: Positive
    priority: Priority
    severity: Severity
    cue: Spoken
    praise: Spoken
    why: Text


class Change(Model):
    """What a modification changes in one rule: its limits, or whether it is judged at all.

    Attributes:
        min: The limit in place of the rule's `min`.
        max: The limit in place of the rule's `max`.
        margin: The margin in place of the rule's.
        off: Whether the rule is not judged at all.
    """

    min: Number | None = None
    max: Number | None = None
    margin: NotNegative | None = None
    off: Flag = False


class Modification(Model):
    """A variant for a body that needs it, chosen by `--modification NAME`.

    Attributes:
        title: For whom it is.
        advice: What to do differently.
        rules: The rules that change, by their names.
    """

    title: Text
    advice: Text
    rules: dict[Name, Change] = Field(default_factory=dict)
