"""What a person labelled: times of a clip in good form, or at fault by one rule."""

from __future__ import annotations

from dataclasses import dataclass, field

from posecheck.measures.measurer import Measures

GOOD = "good"


@dataclass(frozen=True, slots=True)
class Label:
    """What was seen in a time of a clip.

    Attributes:
        clip: The clip's file.
        start_s: Seconds from the clip's start.
        end_s: The first moment after it.
        stretch: The stretch that is done.
        phase: The phase, empty where the stretch has none or all are meant.
        label: `GOOD`, or the name of the rule that is broken.
        person: Who does it; empty if it is not given.
        line: Where it stands in its file.
    """

    clip: str
    start_s: float
    end_s: float
    stretch: str
    phase: str
    label: str
    person: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class LabelledClip:
    """A clip that is measured and labelled.

    Attributes:
        name: As it is shown.
        measures: Of all its frames.
        labels: Those of the stretch in question.
    """

    name: str
    measures: Measures
    labels: tuple[Label, ...]

    @property
    def person(self) -> str:
        """Who does it; empty if the labels do not say."""
        return self.labels[0].person
