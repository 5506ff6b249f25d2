"""`posecheck tune`: how good a rule file's limits are on labelled clips, and better ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from posecheck.cli.extract import Model, NoCache, extracted
from posecheck.errors import UsageError

if TYPE_CHECKING:
    from posecheck.rules.stretch import Stretch
    from posecheck.tuning.labels import LabelledClip
    from posecheck.workflows.tune import Tuned


def tune(
    stretch: Annotated[str, typer.Argument(metavar="STRETCH", help="A stretch or a rule file.", show_default=False)],
    clips: Annotated[list[Path], typer.Argument(metavar="CLIP", help="A video or a recording.", show_default=False)],
    labels: Annotated[Path, typer.Option(metavar="FILE.csv", help="What the clips show, and when.")],
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="Put the proposed limits into this rule file; a new one is a copy."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Draw a picture of each rule and of each clip.")
    ] = None,
    personal: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Fit limits to the good seconds of this person, for --profile; of all clips, if labels name nobody.",
        ),
    ] = None,
    compare: Annotated[
        str | None, typer.Option(metavar="OTHER.toml", help="Set STRETCH and this one side by side instead.")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(metavar="S", min=0.0, help="How far a detected fault may lie from its label.")
    ] = 0.5,
    no_cache: NoCache = False,
    model: Model = None,
) -> None:
    """Score a stretch's limits on labelled clips, and propose better ones with what they would change.

    Labels are a table, clip,start_s,end_s,stretch,phase,label and, if you like, person. Each row is a time of a clip
    that is good or shows the fault of a rule. What no row covers does not count. A limit is proposed only if the clips
    of at least three people (three clips, if labels name one person or nobody) show that it is better. It must also be
    better on clips that had no part in choosing it.

    \b
    Examples:
      posecheck tune bridge clips/*.mp4 --labels labels.csv
      posecheck tune mine.toml clips/*.mp4 --labels labels.csv --plot pictures --write mine.toml
      posecheck tune bridge clips/*.mp4 --labels labels.csv --compare mine.toml
      posecheck tune bridge clips/*.mp4 --labels labels.csv --personal ada
    """  # noqa: D301 - \b, a character, keeps the lines that follow as they are
    if compare is not None and (write is not None or plot is not None):
        raise UsageError("--compare sets two rule files side by side; leave out --write and --plot")
    from posecheck.storage.rule_files import load_stretch

    known = load_stretch(stretch)
    other = None if compare is None else load_stretch(compare)
    if other is not None and other.name != known.name:
        raise UsageError(f"{compare} is {other.name} and {stretch} is {known.name}; compare two files of one stretch")
    if personal is not None and (write is not None or plot is not None or compare is not None):
        raise UsageError("--personal goes alone; leave out --write, --plot and --compare")
    if personal is not None:
        from posecheck.storage.profiles import profile_file

        profile_file(personal)  # refuses a name that can be no file's, before any clip is looked at
    if write is not None:
        _editable(write, stretch, known)
    both = [known] if other is None else [known, other]
    given = labelled_clips(known.name, both, clips, labels, model, no_cache)
    if other is not None and compare is not None:
        _compare((stretch, compare), (known, other), given, tolerance)
        return
    if personal is not None:
        from posecheck.cli.tune_personal import fit_to

        fit_to(personal, known, given)
        return
    from posecheck.presenters.terminal.tuning import show
    from posecheck.workflows.tune import tune as find

    with Console(stderr=True).status("trying limits"):
        tuned = find(known, given, tolerance)
    console = Console(highlight=False)
    show(console, tuned.dataset, tuned.now, tuned.then, tuned.proposals, tuned.together)
    if plot is not None:
        from posecheck.presenters.output.tuning_plot import plot_all

        drawn = plot_all(plot, tuned.dataset, tuned.proposals, tuned.together)
        typer.echo(f"{plot}: {len(drawn)} pictures")
    if write is not None:
        _write(write, stretch, known, tuned)


def _compare(
    names: tuple[str, str], both: tuple[Stretch, Stretch], clips: Sequence[LabelledClip], tol_s: float
) -> None:
    from posecheck.presenters.terminal.tuning import show_comparison
    from posecheck.workflows.tune import compare as set_beside

    show_comparison(Console(highlight=False), names, set_beside(*both, clips, tol_s))


def labelled_clips(
    name: str,
    known: Sequence[Stretch] | None,
    clips: Sequence[Path],
    labels: Path,
    model: Path | None = None,
    no_cache: bool = False,
) -> tuple[LabelledClip, ...]:
    """Clips of a stretch with their labels. Labels are read first, so their mistakes are reported before other work.

    Args:
        name: The stretch's name.
        known: Its rule files; None if it need not have one yet.
        clips: Videos and recordings.
        labels: The labels file.
        model: A pose landmarker bundle; None for the default one.
        no_cache: Whether to find landmarks anew, whatever is kept.
    """
    from posecheck.storage.label_checks import label_names
    from posecheck.storage.rule_files import list_stretches
    from posecheck.workflows.tune import load, read

    seen, notes = read(name, known, [entry.name for entry in list_stretches()], clips, labels)
    _tell(notes)
    names = None if known is None else label_names(known)
    given = load(name, clips, extracted(clips, model, no_cache=no_cache), seen, labels, names)
    _tell(given.notes)
    return given.clips


def _tell(notes: Iterable[str]) -> None:
    for note in notes:
        typer.echo(f"posecheck: {note}", err=True)


def _editable(path: Path, wanted: str, stretch: Stretch) -> None:
    """Refuses, before any work is done, a file to write that is another stretch's, has other limits or is read-only.

    What tune writes was measured with the limits of the tuned rule file. It would be untrue beside other limits.
    """
    if path.suffix.casefold() != ".toml":
        raise UsageError(f"--write {path}: a rule file's name ends in .toml")
    if path.exists():
        from posecheck.storage.rule_edits import refuse_read_only
        from posecheck.storage.rule_files import load_stretch

        refuse_read_only(path)
        there = load_stretch(path)
        if there.name != stretch.name:
            raise UsageError(
                f"--write {path}: is the rule file of {there.name}, not of {stretch.name}; name another file"
            )
        if other := _other_limits(there, stretch):
            raise UsageError(
                f"--write {path}: its limits are not those of {wanted} ({other}); to tune it, name it as STRETCH, too: "
                f"posecheck tune {path} ...; or write into another file"
            )


def _other_limits(there: Stretch, tuned: Stretch) -> str:
    """The first limit that differs between two rule files, with both values. Empty if none differs."""
    from posecheck.rules.limits import thresholds

    limits = [thresholds(stretch) for stretch in (there, tuned)]
    for threshold in dict.fromkeys([*limits[0], *limits[1]]):
        values = [mine.get(threshold) for mine in limits]
        if values[0] != values[1]:
            its, tuned_one = ("none" if one is None else f"{one:g}" for one in values)
            return f"{threshold}: {its}, not {tuned_one}"
    return ""


def _write(path: Path, wanted: str, stretch: Stretch, tuned: Tuned) -> None:
    from datetime import date

    from posecheck.presenters.terminal.tuning import effect, value
    from posecheck.storage.rule_edits import with_new_limits, write_text
    from posecheck.storage.rule_files import file_of

    if tuned.then is None:
        typer.echo(f"no limit is to change: {path} {'stays as it is' if path.exists() else 'is not written'}")
        return
    before = {rule.rule: rule for rule in tuned.now.rules}
    after = {rule.rule: rule for rule in tuned.then.rules}
    today, clips = date.today().isoformat(), len(tuned.dataset.clips)
    now = {one.sweep.threshold: one.sweep.now for one in tuned.proposals}
    comments = {
        threshold: f"{today}: was {value(stretch, threshold, now[threshold])}; {clips} clips: "
        f"{effect(before[threshold.rule], after[threshold.rule])}"
        for threshold in tuned.together.values
    }
    source = path if path.exists() else file_of(wanted)
    text = source.read_bytes().decode("utf-8-sig")
    write_text(path, with_new_limits(text, tuned.together.values, comments))
    typer.echo(f"{path}: {len(comments)} limit{'s' * (len(comments) != 1)} written")
