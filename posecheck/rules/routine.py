"""The model of a routine: several stretches one after the other, each as long and as often as the routine says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from posecheck.rules.fields import Model, Name, NotNegative, Positive, Schema, Text
from posecheck.rules.stretch import Stretch

USUAL_REST_S = 15.0
"""Rest between two stretches where the file gives none: time to come from one posture into the next without hurry."""


class Exercise(Model):
    """One stretch of a routine; what is not given is the stretch's own.

    Attributes:
        stretch: Its name, or the path of its rule file from the routine's.
        sides: The sides of the body that are stretched, one after the other; none for a stretch of both at once.
        hold_s: Length of one hold, in seconds; of a stretch with phases, of each phase.
        repetitions: Number of holds, or of rounds through all phases.
        rest_s: Rest between repetitions, in seconds.
        rest_before_s: Rest before the stretch and between its sides, in seconds; before the first one there is none.
        modifications: Variants for a body that needs them, by their names in the rule file.
    """

    stretch: Text
    sides: tuple[Literal["left", "right"], ...] = Field(default=(), max_length=2)
    hold_s: Positive | None = None
    repetitions: Annotated[int, Field(strict=True, ge=1)] | None = None
    rest_s: NotNegative | None = None
    rest_before_s: NotNegative = USUAL_REST_S
    modifications: tuple[Name, ...] = ()


class Routine(Model):
    """Several stretches, one after the other.

    Attributes:
        schema_version: The version of this format.
        name: The routine's name, for `--routine`.
        title: The name that people read.
        purpose: What the routine is good for.
        exercises: The stretches, in order.
    """

    schema_version: Schema
    name: Name
    title: Text
    purpose: Text
    exercises: tuple[Exercise, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class PlannedExercise:
    """One stretch, as it is to be done.

    Attributes:
        stretch: With its modifications and the routine's targets.
        side: The side of the body that is stretched; empty for both at once.
        rest_s: Rest before it.
    """

    stretch: Stretch
    side: str
    rest_s: float
