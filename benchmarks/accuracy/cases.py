"""Clips with their truth: what posecheck measures and judges of them, and what a perfect eye would have."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from posecheck.judging.holds import Hold, ScoredHold, State, count_rounds
from posecheck.judging.judgement import STATES, Judgement, judge
from posecheck.judging.session import UNDER_WAY
from posecheck.measures.measurer import Measurer, Measures
from posecheck.pose.landmarks import Bools, Floats, Joint, Side
from posecheck.rules.rule import Severity
from posecheck.rules.stretch import Stretch
from posecheck.storage.recording import Recording
from posecheck.tuning.replay import Replay, RuleResult
from samples.studio.truth import JOINTS, Marked, Truth, read_truth, true_measures

SAMPLES = Path(__file__).parents[2] / "samples"

SIDE_VIEW_DEG = 20.0
"""How far off side-on the view still counts as one from the side."""

_IN_STRETCH = [STATES.index(state) for state in (State.READY, *UNDER_WAY)]


@dataclass(frozen=True)
class Eye:
    """One stretch of a clip, as somebody saw it who knew which stretch it is.

    Attributes:
        judgement: Of the whole clip.
        verdict: Its faults with the times at which they could be said, and its holds.
    """

    judgement: Judgement
    verdict: RuleResult

    @classmethod
    def of(cls, measures: Measures, stretch: Stretch) -> Eye:
        """By the shipped rules."""
        return cls(judge(measures, [stretch], chosen=True), Replay(measures, stretch).verdict())

    @property
    def holds(self) -> list[ScoredHold]:
        """In order."""
        return list(self.judgement.holds)

    @property
    def count(self) -> int:
        """Repetitions, or rounds."""
        return sum(segment.repetitions or segment.rounds or 0 for segment in self.judgement.segments)

    @property
    def in_stretch(self) -> Bools:
        """(N,) whether the person is in the stretch or ready for it."""
        return np.isin(self.judgement.states, _IN_STRETCH)

    def from_neutral(self, name: str) -> Floats:
        """(N,) a measure less the person's own neutral; NaN outside the stretch."""
        result = np.full(len(self.judgement.measures), np.nan)
        for segment in self.judgement.segments:
            part = slice(segment.span.start, segment.span.stop)
            values = self.judgement.measures.get(name, segment.stretch.support)[part]
            result[part] = values - segment.references[name].value
        return np.where(self.in_stretch, result, np.nan)


@dataclass(frozen=True)
class Case:
    """A clip.

    Attributes:
        name: Of the clip, without its ending.
        truth: About it.
        measures: What posecheck measured, (N,) as the truth.
        stretches: Those that are shipped, by name.
        counts: By stretch, how many repetitions the script asks for.
    """

    name: str
    truth: Truth
    measures: Measures
    stretches: Mapping[str, Stretch]
    counts: Mapping[str, int]

    @cached_property
    def true(self) -> Measures:
        """What a perfect eye would have measured."""
        return true_measures(self.truth)

    @property
    def done(self) -> list[Stretch]:
        """The stretches that the script asks for."""
        return [self.stretches[name] for name in dict.fromkeys(mark.stretch for mark in self.truth.marks)]

    @cached_property
    def seen(self) -> dict[str, Eye]:
        """By stretch, what posecheck makes of it."""
        return {stretch.name: Eye.of(self.measures, stretch) for stretch in self.done}

    @cached_property
    def ideal(self) -> dict[str, Eye]:
        """By stretch, what the ideal judge makes of it."""
        return {stretch.name: Eye.of(self.true, stretch) for stretch in self.done}

    @cached_property
    def recognised(self) -> Judgement:
        """By posecheck, when nobody has told it the stretch."""
        return judge(self.measures, list(self.stretches.values()), chosen=False)

    @property
    def lengths_s(self) -> Floats:
        """(N,) how long each frame stands."""
        return np.append(np.diff(self.truth.time_s), 0.0)

    @property
    def found(self) -> Bools:
        """(N,) whether posecheck saw somebody."""
        return np.isfinite(self.measures.view.body_px)

    @cached_property
    def good_view(self) -> Bools:
        """(N,) whether somebody is there, seen from the side, their near side wholly in the picture."""
        truth = self.truth
        inside = np.all((truth.joints_px >= 0) & (truth.joints_px <= (truth.width_px, truth.height_px)), axis=-1)
        near = [inside[:, [JOINTS.index(joint.on(side)) for joint in Joint]].all(axis=1) for side in Side]
        whole = np.where(truth.near == Side.LEFT, near[Side.LEFT], near[Side.RIGHT])
        return whole & (truth.near >= 0) & (abs(truth.off_side_on_deg) <= SIDE_VIEW_DEG)

    def within(self, marks: Sequence[Marked]) -> Bools:
        """(N,) whether one of these marks is under way."""
        time_s = self.truth.time_s
        return np.any([(time_s >= mark.start_s) & (time_s < mark.end_s) for mark in marks] or [time_s < 0], axis=0)

    def named(self, stretch: str) -> Bools:
        """(N,) whether posecheck, untold, says that this stretch is done."""
        result = np.zeros(len(self.measures), bool)
        for segment in self.recognised.segments:
            if segment.stretch.name == stretch:
                result[segment.span.start : segment.span.stop] = True
        return result

    def rounds(self, stretch: Stretch) -> int:
        """Of the phases that the script asks for in a form that counts."""
        phases, labels = [phase.name for phase in stretch.phases], counting(stretch)
        marks = [mark for mark in self.truth.marks if mark.stretch == stretch.name and mark.label in labels]
        holds = [Hold(phases.index(mark.phase or ""), mark.start_s, mark.end_s, 0.0, 1) for mark in marks]
        return count_rounds(holds, len(phases))[0]


def load_case(
    clip: Path, recording: Path, stretches: Mapping[str, Stretch], scripts: Path = SAMPLES / "scripts"
) -> Case:
    """A clip, its truth beside it, by the landmarks of a recording.

    Raises:
        ValueError: If the recording has other frames than the truth.
    """
    truth = read_truth(clip.with_suffix(".truth.json"))
    measurer = Measurer()
    measures = Measures.concatenate([measurer.update(block) for block in Recording(recording)])
    if len(measures) != len(truth.time_s) or np.abs(measures.time_s - truth.time_s).max() > 0.01:
        raise ValueError(f"{clip}: its truth tells of other frames; render the clip again")
    return Case(clip.stem, truth, measures, stretches, dict(repetitions(scripts / f"{clip.stem}.toml", stretches)))


def counting(stretch: Stretch) -> set[str]:
    """The labels of time that counts: good form, and the minor faults of form."""
    return {"good", *(rule.name for rule in stretch.rules if rule.severity is Severity.MINOR)}


def repetitions(script: Path, stretches: Mapping[str, Stretch]) -> Iterator[tuple[str, int]]:
    """By stretch, the runs of steps of it with one in a form that counts; a step that is not labelled is a rest."""
    steps = tomllib.loads(script.read_text(encoding="utf-8")).get("steps", [])
    runs: list[tuple[str, set[str]]] = []
    before = None
    for step in steps:
        stretch = step.get("stretch")
        if stretch and stretch != before:
            runs.append((stretch, set()))
        if stretch:
            runs[-1][1].add(step["label"])
        before = stretch
    for stretch in dict.fromkeys(name for name, _ in runs):
        counts = counting(stretches[stretch])
        yield stretch, sum(name == stretch and bool(labels & counts) for name, labels in runs)


def is_negative(case: Case) -> bool:
    """Whether nothing in the clip is to be held: no stretch is done, or never seen wholly and from the side."""
    return not case.done or not case.good_view.any()
