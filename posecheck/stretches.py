"""The model of a rule file: what a stretch asks of a body, as data.

This module reads no files; `posecheck.rulefiles` finds and loads them and says on which line a problem stands. A
rule file holds numbers and words. Each number has a reason (`why`) beside it, and each rule the words to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator, model_validator

from posecheck.measures import MEASURES, Support

CUE_WORDS = 12
"""Most words of a cue: at a speaking rate of 150-180 words a minute they take about 4-5 s, less than the time
after which a cue may be said again."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Model(BaseModel):
    """Base of every part of a rule file: unknown keys are errors, values do not change once loaded."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Severity(Enum):
    """How much a fault matters: orders the cues and the report. Every fault stops the hold timer."""

    MAJOR = "major"
    MINOR = "minor"


def _known_measure(name: str) -> str:
    if name not in MEASURES:
        raise ValueError(f"unknown measure '{name}'; known: {', '.join(MEASURES)}")
    return name


def _spoken(text: str) -> str:
    if len(text.split()) > CUE_WORDS:
        raise ValueError(f"too long to be said aloud; at most {CUE_WORDS} words")
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

    min: float | None = None
    max: float | None = None
    margin: Annotated[float, Field(ge=0)] = 0.0
    relative_to: Literal["zero", "neutral"] = "zero"

    @model_validator(mode="after")
    def _limits_make_sense(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("needs min, max or both")
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError(f"min {self.min:g} must be less than max {self.max:g}")
        return self


class Where(Model):
    """Conditions that must all hold, one range for each measure named."""

    where: dict[str, Range] = Field(min_length=1)

    @field_validator("where")
    @classmethod
    def _measures_are_known(cls, where: dict[str, Range]) -> dict[str, Range]:
        for name in where:
            _known_measure(name)
        return where


class Ready(Where):
    """The posture in which the stretch begins and rests: no fault, counts nothing.

    Attributes:
        description: Said when the person is to take it.
        distinctive: Whether the posture alone tells this stretch from others.
        still: What a single photograph of it is: `ready`, `other`, or the name of the rule it breaks.
    """

    description: Text
    distinctive: bool = False
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
    announce: Annotated[Text, Field()]
    target_s: Annotated[float, Field(gt=0)]

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
        while_moving: Judged also while the measure is changing. Otherwise a movement under way, such as a raise
            that has not yet arrived, is no fault; one that stalls outside the range is.
        cue_low: Said when the value is below `min`.
        cue_high: Said when the value is above `max`.
        praise: Said when it is mended.
        why: Where the limits come from: a source or a measurement.
    """

    name: Name
    measure: Annotated[str, Field()]
    priority: Annotated[int, Field(ge=1, le=9)]
    severity: Severity
    phases: tuple[Name, ...] = ()
    while_moving: bool = False
    cue_low: Text | None = None
    cue_high: Text | None = None
    praise: Text
    why: Text

    _measure_is_known = field_validator("measure")(_known_measure)

    @field_validator("cue_low", "cue_high", "praise")
    @classmethod
    def _words_are_short(cls, text: str | None) -> str | None:
        return None if text is None else _spoken(text)

    @model_validator(mode="after")
    def _each_side_has_its_cue(self) -> Self:
        for limit, cue in (("min", "cue_low"), ("max", "cue_high")):
            if (getattr(self, limit) is None) != (getattr(self, cue) is None):
                raise ValueError(f"{limit} and {cue} go together: give both or neither")
        return self

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
    swing_of: str
    swing_min: Annotated[float, Field(gt=0)]
    judge: str
    min: Annotated[float, Field(gt=0)]
    priority: Annotated[int, Field(ge=1, le=9)]
    severity: Severity
    cue: Text
    praise: Text
    why: Text

    _measure_is_known = field_validator("swing_of")(_known_measure)

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

    target_s: Annotated[float, Field(gt=0)]
    repetitions: Annotated[int, Field(ge=1)]
    rest_s: Annotated[float, Field(ge=0)] = 0.0
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

    debounce_s: Annotated[float, Field(ge=0)] = 0.3
    grace_s: Annotated[float, Field(ge=0)] = 0.7
    confirm_s: Annotated[float, Field(ge=0)] = 0.3
    settle_s: Annotated[float, Field(ge=0)] = 1.0
    min_hold_s: Annotated[float, Field(ge=0)] = 0.5
    rest_s: Annotated[float, Field(ge=0)] = 10.0


class Neutral(Model):
    """The usual value of a measure in the ready posture, for a person whose own is not known.

    Attributes:
        value: The middle of people's values.
        uncertainty: Half the spread of people's values.
        why: Where it was measured.
    """

    value: float
    uncertainty: Annotated[float, Field(ge=0)]
    why: Text


class Change(Model):
    """What a modification changes in one rule: its limits, or whether it is judged at all."""

    min: float | None = None
    max: float | None = None
    margin: Annotated[float | None, Field(ge=0)] = None
    off: bool = False


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
    max_off_side_on_deg: Annotated[float, Field(gt=0, le=60)] = 30.0


class Source(Model):
    """Where a statement comes from."""

    key: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    title: Text


class Stretch(Model):
    """One stretch: what to do, how it is told from others, what good form is and what to say."""

    schema_version: Annotated[Literal[1], Field(alias="schema")]
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
    neutral: dict[str, Neutral] = Field(default_factory=dict)
    ready: Ready
    posture: Posture
    phases: tuple[Phase, ...] = ()
    rules: tuple[Rule, ...] = Field(min_length=1)
    swing_rules: tuple[SwingRule, ...] = ()
    modifications: dict[Name, Modification] = Field(default_factory=dict)

    @field_validator("rules", "swing_rules")
    @classmethod
    def _names_are_unique(cls, rules: tuple[Rule | SwingRule, ...]) -> tuple[Rule | SwingRule, ...]:
        for name, count in Counter(rule.name for rule in rules).items():
            if count > 1:
                raise ValueError(f"the rule '{name}' stands {count} times; each name may stand once")
        return rules

    @field_validator("phases")
    @classmethod
    def _phases_are_none_or_several(cls, phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
        if len(phases) == 1:
            raise ValueError("one phase alone makes no round; give none or at least two")
        return phases

    @field_validator("rules")
    @classmethod
    def _rule_phases_exist(cls, rules: tuple[Rule, ...], info: ValidationInfo) -> tuple[Rule, ...]:
        known = [phase.name for phase in info.data.get("phases", ())]
        for rule in rules:
            for phase in rule.phases:
                if phase not in known:
                    raise ValueError(
                        f"the rule '{rule.name}' names the phase '{phase}'; known: {', '.join(known) or 'none'}"
                    )
        return rules

    @field_validator("neutral")
    @classmethod
    def _neutral_measures_are_known(cls, neutral: dict[str, Neutral]) -> dict[str, Neutral]:
        for name in neutral:
            _known_measure(name)
        return neutral

    @field_validator("modifications")
    @classmethod
    def _modified_rules_exist(
        cls, modifications: dict[str, Modification], info: ValidationInfo
    ) -> dict[str, Modification]:
        known = [rule.name for rule in info.data.get("rules", ())]
        for name, modification in modifications.items():
            for rule in modification.rules:
                if rule not in known:
                    raise ValueError(f"'{name}' changes the rule '{rule}'; known: {', '.join(known)}")
        return modifications

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        missing = sorted({name for name, limits in self._ranges() if limits.relative_to == "neutral"} - set(self.neutral))
        if missing:
            raise ValueError(f"taken relative to neutral without a neutral value: {', '.join(missing)}; add [neutral.NAME]")
        rules = [rule.name for rule in self.rules]
        if self.ready.still not in ("ready", "other", *rules):
            raise ValueError(f"ready.still is '{self.ready.still}'; allowed: ready, other, {', '.join(rules)}")
        return self

    def _ranges(self) -> Iterator[tuple[str, Range]]:
        for part in (self.ready, self.posture, *self.phases):
            yield from part.where.items()
        for rule in self.rules:
            yield rule.measure, rule

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
