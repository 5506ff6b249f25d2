"""The studio's command line: ``python -m samples.studio render|truth|preview|sheet|record|labels``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from samples.studio.errors import StudioError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@app.command()
def render(
    scripts: Annotated[list[Path], typer.Argument(metavar="SCRIPT...", help="Scripts (TOML).")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where clips and their truth go.")],
    processes: Annotated[int, typer.Option(min=1, help="How many draw at a time; the frames are the same.")] = 2,
) -> None:
    """Render clips, and the truth about every frame of them."""
    from samples.studio.clip import render as render_clip

    with _progress() as bar:
        for script in scripts:
            told = partial(_tell, bar, bar.add_task(script.stem, total=None))
            clip, _ = render_clip(script, out, processes=processes, progress=told)
            bar.console.print(f"{clip}  {clip.stat().st_size / 1000:.0f} KB")


@app.command()
def truth(
    scripts: Annotated[list[Path], typer.Argument(metavar="SCRIPT...", help="Scripts (TOML).")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the truth goes, beside the clips.")],
) -> None:
    """Write the truth of clips anew without drawing them, as when there is a new measure."""
    from samples.studio.assets import body_data
    from samples.studio.scene import build
    from samples.studio.script import load_script

    for script in scripts:
        target = out / f"{script.stem}.truth.json"
        build(load_script(script), body_data()).truth(f"{script.stem}.mp4").write(target)
        typer.echo(target)


def _progress() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True))


def _tell(bar: Progress, task: TaskID, done: int, of: int) -> None:
    bar.update(task, completed=done, total=of)


@app.command()
def preview(
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="A script (TOML).")],
    at: Annotated[list[float], typer.Option(metavar="S", help="Time in seconds; may be given several times.")],
    out: Annotated[Path | None, typer.Option(metavar="PNG", help="The picture; NAME.png if not given.")] = None,
    truth: Annotated[bool, typer.Option("--truth", help="Draw the true joints of the near side.")] = False,
) -> None:
    """Write a picture of one moment, or of several side by side."""
    from samples.studio.preview import write_preview

    target = out or Path(f"{script.stem}.png")
    write_preview(script, at, target, with_joints=truth)
    typer.echo(target)


@app.command()
def sheet(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where clips and their truth are.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the pictures go.")] = Path(),
) -> None:
    """Write contact sheets: three moments of every clip with its truth drawn over them."""
    from samples.studio.sheet import write_sheets

    for path in write_sheets(folder, out):
        typer.echo(path)


@app.command()
def record(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where scripts/ and recordings.toml are.")],
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Recordings; all if none.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where they go; DIR/recordings if not given.")] = None,
    processes: Annotated[int, typer.Option(min=1, help="How many are made at a time; each is the same.")] = 2,
) -> None:
    """Render scripts with other people and keep landmarks and outlines, without the clip."""
    from samples.studio.recordings import load_recordings, make_recordings

    scripts = load_recordings(folder)
    if unknown := [name for name in names or [] if name not in scripts]:
        raise StudioError(f"no recording is called {', '.join(unknown)}; there are {', '.join(scripts)}")
    chosen = {name: scripts[name] for name in names or scripts}
    with _progress() as bar:
        task = bar.add_task("recordings", total=len(chosen))
        for path in make_recordings(chosen, out or folder / "recordings", processes=processes):
            bar.console.print(f"{path}  {path.stat().st_size / 1000:.0f} KB")
            bar.advance(task)


@app.command()
def labels(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where clips, scripts/ and recordings/ are.")],
) -> None:
    """Write DIR/labels.csv: who is seen doing what when in the clips and recordings of a folder."""
    from posecheck.storage.label_files import write_labels
    from samples.studio.labels import labels_of

    found = labels_of(folder)
    write_labels(folder / "labels.csv", found)
    typer.echo(f"{folder / 'labels.csv'}: {len(found)} labels of {len({label.clip for label in found})} files")


def main() -> None:
    """Runs a command; what people can mend is told without a traceback."""
    try:
        app()
    except (StudioError, ModuleNotFoundError) as error:
        hint = '; install it with: pip install -e ".[studio]"' if isinstance(error, ModuleNotFoundError) else ""
        typer.echo(f"studio: {error}{hint}", err=True)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
