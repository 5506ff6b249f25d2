"""Labelling a clip by keys: what each key does, without a window or a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from posecheck.errors import UsageError
from posecheck.rules.fields import short_name
from posecheck.rules.limits import rule_names
from posecheck.rules.stretch import Stretch
from posecheck.tuning.labels import GOOD, Label

FAULT_KEYS = "123456789abcdef"
"""The rules' keys, in their order."""


@dataclass(frozen=True, slots=True)
class LabelChoices:
    """What may be labelled.

    Attributes:
        stretch: The stretch's name.
        faults: The names of its faults, in the order of their keys.
        phases: The names of its phases; none if it has none.
    """

    stretch: str
    faults: tuple[str, ...]
    phases: tuple[str, ...] = ()

    @classmethod
    def of(cls, stretch: Stretch) -> LabelChoices:
        """The choices of a rule file."""
        return cls(stretch.name, tuple(rule_names(stretch)), tuple(phase.name for phase in stretch.phases))


def new_words(stretch: str, faults: Sequence[str], phases: Sequence[str], labels: Sequence[Label]) -> LabelChoices:
    """The choices for a stretch that has no rule file yet.

    Args:
        stretch: Its name.
        faults: Names of faults.
        phases: Names of phases.
        labels: Existing labels; the faults and phases that they name for this stretch are added.

    Raises:
        UsageError: If a name is not allowed in rule files, there is no fault, or there are more faults than keys.
    """
    seen = [label for label in labels if label.stretch == stretch]
    every = dict.fromkeys([*faults, *(label.label for label in seen)])
    words = LabelChoices(
        stretch,
        tuple(name for name in every if name != GOOD),
        tuple(dict.fromkeys([*phases, *(label.phase for label in seen if label.phase)])),
    )
    for name in (stretch, *words.faults, *words.phases):
        try:
            short_name(name)
        except ValueError as error:
            raise UsageError(str(error)) from error
    if not 0 < len(words.faults) <= len(FAULT_KEYS):
        raise UsageError(
            f"{stretch}: {len(words.faults)} faults are named, allowed: 1 to {len(FAULT_KEYS)}, each by --fault NAME"
        )
    return words


@dataclass(frozen=True, slots=True)
class Open:
    """A label that has a start and no end yet."""

    label: str
    start_s: float


class Labelling:
    """The labels of one clip while they are made.

    Args:
        clip: The clip's file, as it is written in the labels.
        words: What may be labelled.
        labels: Those there are already, of this clip and any other.
        person: Who does it; empty to leave it out.
        save: Called with all labels at each change.
    """

    def __init__(
        self,
        clip: str,
        words: LabelChoices,
        labels: Sequence[Label],
        person: str,
        save: Callable[[Sequence[Label]], None],
    ) -> None:
        mine = [label for label in labels if label.clip == clip]
        self._clip, self._stretch, self._save = clip, words.stretch, save
        self._person = person or next((label.person for label in mine), "")
        self._others = [label for label in labels if label.clip != clip]
        self._before: list[tuple[Label, ...]] = []
        self.labels: tuple[Label, ...] = tuple(mine)
        self.open: Open | None = None
        self._asked: Open | None = None
        self.phases = words.phases
        self.phase = ""
        self.said = ""
        self.keys = {"g": GOOD} | dict(zip(FAULT_KEYS, words.faults, strict=False))

    def mark(self, key: str, time_s: float) -> None:
        """Starts a label, or ends the open one; if the open one is of another kind, the new label starts, too."""
        label = self.keys[key]
        ended = self.open
        self.open = None
        if ended is not None and not self._close(ended, time_s):
            return
        if ended is None or ended.label != label:
            self.open = Open(label, time_s)
            self.said = f"{label} from {time_s:.2f} s; the same key ends it"

    def next_phase(self) -> None:
        """The phase of the labels to come: none, or one of the stretch's."""
        phases = ["", *self.phases]
        self.phase = phases[(phases.index(self.phase) + 1) % len(phases)]
        self.said = f"phase: {self.phase or 'none'}"

    def undo(self) -> None:
        """Removes the open label; without one, reverts the last change."""
        if self.open is not None:
            self.open, self.said = None, "taken back"
        elif self._before:
            self.labels = self._before.pop()
            self._store("taken back")
        else:
            self.said = "nothing to take back"

    def delete(self, time_s: float) -> None:
        """Deletes the labels at a time."""
        kept = tuple(label for label in self.labels if not label.start_s <= time_s < label.end_s)
        if kept == self.labels:
            self.said = "no label here"
        else:
            self._change(kept, "deleted")

    def leave(self) -> bool:
        """Whether the user may leave: if a label has no end, only after a warning that it is not kept."""
        if self.open is None or self.open is self._asked:
            return True
        self._asked = self.open
        self.said = f"{self.open.label} has no end: its key ends it here, q again drops it"
        return False

    def at(self, time_s: float) -> list[str]:
        """What is labelled at a time."""
        return [label.label for label in self.labels if label.start_s <= time_s < label.end_s]

    def _close(self, ended: Open, time_s: float) -> bool:
        start_s, end_s = sorted((round(ended.start_s, 3), round(time_s, 3)))
        new = Label(self._clip, start_s, end_s, self._stretch, self.phase, ended.label, self._person)
        against = next((label for label in self.labels if self._contradict(new, label)), None)
        if start_s == end_s:
            self.said = "too short: a label needs a start and an end"
        elif against is not None:
            self.said = f"{new.label} overlaps {against.label} from {against.start_s:.2f} s; delete that first"
        else:
            ordered = sorted((*self.labels, new), key=lambda label: label.start_s)
            self._change(tuple(ordered), f"{new.label} from {start_s:.2f} to {end_s:.2f} s")
            return True
        return False

    @staticmethod
    def _contradict(new: Label, old: Label) -> bool:
        overlap = max(new.start_s, old.start_s) < min(new.end_s, old.end_s)
        two_faults = new.stretch == old.stretch and len({new.label, old.label} - {GOOD}) == 2
        return overlap and not two_faults

    def _change(self, labels: tuple[Label, ...], said: str) -> None:
        self._before.append(self.labels)
        self.labels = labels
        self._store(said)

    def _store(self, said: str) -> None:
        self.labels = tuple(replace(label, person=self._person) for label in self.labels)
        self._save([*self._others, *self.labels])
        self.said = f"{said}; saved"
