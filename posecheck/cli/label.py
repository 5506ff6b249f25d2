"""`posecheck label`: says with keys what is to be seen in a clip, for tune and for `stretches new`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck.errors import OutputError, RuleFileError, UsageError

if TYPE_CHECKING:
    from posecheck.tuning.annotation import LabelChoices
    from posecheck.tuning.labels import Label


def label(
    clip: Annotated[Path, typer.Argument(metavar="CLIP", help="A video.", show_default=False)],
    stretch: Annotated[str, typer.Option(metavar="NAME|PATH", help="What it shows; with --fault, a new name.")],
    labels: Annotated[Path, typer.Option(metavar="FILE.csv", help="Where the labels go; others in it stay.")] = Path(
        "labels.csv"
    ),
    person: Annotated[str, typer.Option(metavar="NAME", help="Who does it.", show_default=False)] = "",
    fault: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A fault of a new stretch; may be given again.")
    ] = None,
    phase: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A phase of a new stretch; may be given again.")
    ] = None,
) -> None:
    """Label a clip in a window: arrow keys step, g starts and ends good form, 1 to 9 a fault of each rule.

    Space plays, the up and down arrows step a second, u takes back, x deletes what is under the mark, p changes the
    phase, q is done. Every change is saved at once, a label as soon as it has its end; q asks before it drops one
    without. A stretch that has no rule file yet is labelled with faults of your own, --fault sagging --fault head-down;
    from these labels `posecheck stretches new` drafts its rule file.
    """
    from posecheck.presenters.windows.label_window import ClipBuffer, CvScreen, run
    from posecheck.sources import open_source
    from posecheck.storage.label_files import read_labels, write_labels
    from posecheck.storage.rule_edits import refuse_read_only
    from posecheck.tuning.annotation import Labelling

    refuse_read_only(labels)
    _refuse_unwritable(labels)
    known = read_labels(labels, None) if labels.exists() else []
    words = words_of(stretch, fault or [], phase or [], known)
    with open_source(clip) as source:  # first, so that a mistyped clip is reported before anything else that is missing
        screen = CvScreen()
        film = ClipBuffer(source)
    labelling = Labelling(clip.name, words, known, person, lambda all_of_them: write_labels(labels, all_of_them))
    run(film, labelling, screen)
    if labelling.open is not None:
        begun = labelling.open
        typer.echo(f"posecheck: {begun.label} from {begun.start_s:.2f} s has no end, and is not kept", err=True)
    count = len(labelling.labels)
    typer.echo(f"{labels}: {count} label{'s' * (count != 1)} of {clip.name}")


def _refuse_unwritable(labels: Path) -> None:
    """Refuses a folder in which no label could be saved, before anybody has made one."""
    from posecheck.system.atomic_files import try_writing

    try:
        try_writing(labels)
    except OSError as error:
        raise OutputError(
            f"{labels}: cannot be written ({error.strerror or error}); name another file by --labels"
        ) from error


def words_of(stretch: str, faults: Sequence[str], phases: Sequence[str], labels: Sequence[Label]) -> LabelChoices:
    """What may be labelled: for a known stretch what its rule file names, for a new one what the user names.

    Raises:
        RuleFileError: If the rule file is faulty, or the name is neither known nor given or labelled faults.
        UsageError: If a known stretch is given faults or phases, or a new one none or wrong ones.
    """
    from posecheck.storage.rule_files import is_path, list_stretches, load_stretch, plain_name
    from posecheck.tuning.annotation import LabelChoices, new_words

    others = [name for entry in list_stretches() if entry.stretch for name in entry.stretch.other_names]
    names = map(plain_name, [*(entry.name for entry in list_stretches()), *others])
    if is_path(stretch) or plain_name(stretch) in names:
        if faults or phases:
            raise UsageError(f"{stretch} has a rule file, which names faults and phases; leave out --fault and --phase")
        return LabelChoices.of(load_stretch(stretch))
    if faults or phases or any(label.stretch == stretch for label in labels):
        words = new_words(stretch, faults, phases, labels)
        typer.echo(f"posecheck: {stretch} has no rule file; its faults: {', '.join(words.faults)}", err=True)
        return words
    try:
        return LabelChoices.of(load_stretch(stretch))
    except RuleFileError as error:
        raise RuleFileError([f"{error}; or, for a new stretch, name its faults: --fault NAME"]) from error
