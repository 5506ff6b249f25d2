"""Scores a stretch's rules on labelled clips and proposes better limits. It only connects other modules."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from posecheck.errors import InputError
from posecheck.measures.measurer import Measurer, Measures
from posecheck.pose.frames import SourceKind
from posecheck.rules.limits import with_limits
from posecheck.rules.stretch import Stretch
from posecheck.storage.clip_matching import match
from posecheck.storage.label_files import LabelsOfStretch, read_labels_of
from posecheck.storage.recording import Recording, is_recording
from posecheck.storage.rule_problems import Problem, in_order
from posecheck.tuning.dataset import LabelledDataset
from posecheck.tuning.evaluation import Evaluation, evaluate
from posecheck.tuning.joint_search import Together, together
from posecheck.tuning.labels import Label, LabelledClip
from posecheck.tuning.scoring import TOLERANCE_S
from posecheck.tuning.threshold_search import Proposal, propose


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Clips with their labels, and notes on the clips left out.

    Attributes:
        clips: Those that show the stretch.
        notes: Plain sentences about the clips left out.
    """

    clips: tuple[LabelledClip, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """What tuning found.

    Attributes:
        dataset: The clips, on which rules can be tried further.
        now: The figures of the present limits.
        proposals: For each limit, by itself.
        together: What is proposed in the end.
        then: The figures with it; None if nothing is proposed.
    """

    dataset: LabelledDataset
    now: Evaluation
    proposals: tuple[Proposal, ...]
    together: Together
    then: Evaluation | None


def tune(stretch: Stretch, clips: Sequence[LabelledClip], tolerance_s: float = TOLERANCE_S) -> Tuned:
    """Scores a stretch's rules on clips, and proposes better limits."""
    dataset = LabelledDataset(clips, stretch)
    proposals = propose(dataset)
    chosen = together(dataset, proposals)
    then = evaluate(dataset, with_limits(stretch, chosen.values), tolerance_s) if chosen.values else None
    return Tuned(dataset, evaluate(dataset, tolerance_s=tolerance_s), tuple(proposals), chosen, then)


def compare(
    first: Stretch, second: Stretch, clips: Sequence[LabelledClip], tolerance_s: float = TOLERANCE_S
) -> tuple[Evaluation, Evaluation]:
    """Scores two stretches on the same clips."""
    return (
        evaluate(LabelledDataset(clips, first), tolerance_s=tolerance_s),
        evaluate(LabelledDataset(clips, second), tolerance_s=tolerance_s),
    )


def load(
    name: str,
    inputs: Sequence[Path],
    recordings: Sequence[Path],
    labels: Sequence[Label],
    file: Path,
    known: Collection[str] | None = None,
) -> Given:
    """Measures clips and matches them with their labels.

    Args:
        name: The stretch in question.
        inputs: The clips as the user named them.
        recordings: The recording of each.
        labels: All labels of the file.
        file: The labels file, for messages.
        known: The labels to use. Rows with other labels are left out. None to use all.

    Raises:
        InputError: With everything that is wrong, a line each.
    """
    notes: list[str] = []
    late: list[Problem] = []
    clips = []
    sources = [(path, _recorded(path)) for path in inputs]
    found, problems = match(sources, (label.clip for label in labels), file)
    for path, recording_path, names in zip(inputs, recordings, found, strict=True):
        mine = [label for label in labels if label.clip in names]
        if not mine:
            continue
        recording = Recording(recording_path)
        if recording.header.source.kind is SourceKind.STILL:
            problems.append(f"{path}: is a picture, which lasts no time; tune on clips")
            continue
        shown = tuple(label for label in mine if label.stretch == name)
        if not shown:
            notes.append(f"{path}: shows no {name} by its labels; left out")
            continue
        measures = _measures(recording)
        late += _after_the_end(shown, float(measures.time_s[-1]), file)
        judged = tuple(label for label in shown if known is None or label.label in known)
        if judged:
            clips.append(LabelledClip(names[0], measures, judged))
        else:
            notes.append(f"{path}: its labels name only faults that {name} has no rule for; left out")
    if late or problems:
        raise InputError("\n".join([*map(str, late), *problems]))
    if not clips:
        raise InputError(f"{file}: no clip that is given has labels of {name}; label some seconds of it first")
    return Given(tuple(clips), tuple(notes))


def read(
    name: str, known: Sequence[Stretch] | None, others: Sequence[str], inputs: Sequence[Path], file: Path
) -> tuple[tuple[Label, ...], tuple[str, ...]]:
    """Reads the labels of a file, and notes on the rows left out.

    Args:
        name: The stretch in question.
        known: Its rule files; None if it need not have one yet.
        others: The names of all stretches that have a rule file.
        inputs: The clips as the user named them.
        file: The labels file.

    Raises:
        InputError: If rows of the stretch are wrong. The message has a line for each problem of the file, and for each
            problem of the clips that shows without estimating landmarks.
    """
    found = read_labels_of(file, name, known, others)
    if found.problems:
        late, of_clips = _foreseen(name, inputs, found, file)
        raise InputError("\n".join([*map(str, in_order([*found.problems, *late])), *of_clips]))
    return found.labels, found.notes


def _foreseen(name: str, inputs: Sequence[Path], read: LabelsOfStretch, file: Path) -> tuple[list[Problem], list[str]]:
    """Rows that end after their clip, if it states its duration; and the problems of the clips, a line each."""
    late: list[Problem] = []
    unread: list[str] = []
    sources: list[tuple[Path, str]] = []
    ends_s: list[float] = []
    for path in inputs:
        try:
            ends_s.append(_length_s(path))
            sources.append((path, _recorded(path)))
        except InputError as error:
            unread.append(str(error))
    found, problems = match(sources, read.clips, file)
    for names, end_s in zip(found, ends_s, strict=True):
        late += _after_the_end([one for one in read.labels if one.clip in names and one.stretch == name], end_s, file)
    return late, [*problems, *dict.fromkeys(unread)]


def _length_s(path: Path) -> float:
    """Duration of a clip in seconds, as a video states it. Infinite if it states none, and for a picture."""
    from posecheck.sources import open_source

    if is_recording(path):
        return max((float(poses.time_s[-1]) for poses in Recording(path)), default=math.inf)
    with open_source(path) as source:
        return source.info.duration_s or math.inf


def _recorded(path: Path) -> str:
    """The name of the recorded file if the path is a recording, else the path's own name."""
    return Recording(path).header.source.name if is_recording(path) else path.name


def _measures(recording: Recording) -> Measures:
    measurer = Measurer()
    return Measures.concatenate([measurer.update(poses) for poses in recording])


def _after_the_end(labels: Sequence[Label], end_s: float, file: Path) -> Iterator[Problem]:
    for label in labels:
        if label.end_s > end_s + TOLERANCE_S:
            text = f"{label.end_s:g} is after the end of {label.clip}, allowed: up to {end_s:.1f}"
            yield Problem(str(file), text, label.line, "end_s")
