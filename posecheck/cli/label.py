"""`posecheck label`: says with keys what is to be seen in a clip, for tune."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def label(
    clip: Annotated[Path, typer.Argument(metavar="CLIP", help="A video.", show_default=False)],
    stretch: Annotated[str, typer.Option(metavar="NAME|PATH", help="What it shows.")],
    labels: Annotated[Path, typer.Option(metavar="FILE.csv", help="Where the labels go; others in it stay.")] = Path(
        "labels.csv"
    ),
    person: Annotated[str, typer.Option(metavar="NAME", help="Who does it.", show_default=False)] = "",
) -> None:
    """Label a clip in a window: arrow keys step, g starts and ends good form, 1 to 9 a fault of each rule.

    Space plays, the up and down arrows step a second, u takes back, x deletes what is under the mark, p changes the
    phase, q is done. Every change is saved at once.
    """
    from posecheck.labelling import Labelling
    from posecheck.labels import read_labels, write_labels
    from posecheck.presenters.labeller import CvScreen, Film, run
    from posecheck.rulefiles import list_stretches, load_stretch
    from posecheck.sources import open_source

    shown = load_stretch(stretch)
    others = [one.stretch for one in list_stretches() if one.stretch is not None and one.stretch.name != shown.name]
    known = read_labels(labels, [shown, *others]) if labels.exists() else []
    screen = CvScreen()  # first: without a display the clip need not be read
    with open_source(clip) as source:
        film = Film(source)
    labelling = Labelling(clip.name, shown, known, person, lambda all_of_them: write_labels(labels, all_of_them))
    run(film, labelling, screen)
    if labelling.open is not None:
        begun = labelling.open
        typer.echo(f"posecheck: {begun.label} from {begun.start_s:.2f} s has no end, and is not kept", err=True)
    count = len(labelling.labels)
    typer.echo(f"{labels}: {count} label{'s' * (count != 1)} of {clip.name}")
