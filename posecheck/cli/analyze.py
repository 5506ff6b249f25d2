"""`posecheck analyze`: a recorded clip or a picture becomes a verdict."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from posecheck.errors import PoseCheckError, UsageError

if TYPE_CHECKING:
    from posecheck.analyze import Request
    from posecheck.frames import SourceInfo
    from posecheck.stretches import Stretch

AUTO = "auto"


def analyze(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Videos, pictures (jpg, png, webp) or recordings (recording.npz)."),
    ],
    stretch: Annotated[
        str, typer.Option("--stretch", metavar="NAME|PATH|auto", help="What is done; auto recognises it.")
    ] = AUTO,
    modification: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Judge by a variant, such as sore-wrists; may be given several times."),
    ] = None,
    start: Annotated[float | None, typer.Option(metavar="S", min=0.0, help="Begin at this second.")] = None,
    end: Annotated[float | None, typer.Option(metavar="S", min=0.0, help="End at this second.")] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for results; each input gets a folder of its own in it.")
    ] = Path("posecheck-out"),
    model: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A pose landmarker bundle (.task) instead of the default.")
    ] = None,
    level: Annotated[
        float | None,
        typer.Option(
            metavar="DEG",
            min=-90.0,
            max=90.0,
            help="How far the floor falls to the right in the picture; usually read from the body itself.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print only the summaries, as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Say which stretch a clip shows, how long each hold lasted, and what to mend.

    Film from the side, the whole body in view. Under DIR/<name of the input>/ you find summary.json, frames.csv (every
    measure of every frame) and recording.npz (landmarks; analyze it again later, by other rules, in no time).

    Examples:
      posecheck analyze bridge.mp4
      posecheck analyze monday.mp4 friday.mp4 --stretch cat-cow --modification sore-wrists
      posecheck analyze posecheck-out/bridge/recording.npz --stretch my-bridge.toml
    """
    if start is not None and end is not None and start >= end:
        raise UsageError(f"--start {start:g} is not before --end {end:g}; give an earlier start")
    request = _request(stretch, modification or [], start, end, level)
    summaries: list[dict[str, Any]] = []
    failed: list[int] = []
    try:
        for text, folder in zip(inputs, _folders(inputs, out), strict=True):
            summary, code = _one(Path(text), request, model, folder, quiet=quiet or json)
            summaries.append(summary)
            if code:
                failed.append(code)
                typer.echo(f"posecheck: {summary['error']['message']}", err=True)
            elif not (quiet or json):
                _show(summary, folder)
    finally:
        if json:
            _print_json(summaries, single=len(inputs) == 1)
    if failed:
        raise typer.Exit(failed[0])


def _request(
    stretch: str, modifications: Sequence[str], start: float | None, end: float | None, level: float | None
) -> Request:
    from posecheck.analyze import Request
    from posecheck.rulefiles import list_stretches, load_stretch

    chosen = stretch != AUTO
    found = [load_stretch(stretch)] if chosen else [one.stretch for one in list_stretches() if one.stretch is not None]
    applied = _applied(found, modifications)
    return Request(
        stretches=[one.modified(applied[one.name]) for one in found],
        chosen=chosen,
        modifications=applied,
        start_s=start,
        end_s=end,
        level_deg=level,
    )


def _applied(stretches: Sequence[Stretch], wanted: Sequence[str]) -> dict[str, list[str]]:
    """Which of the modifications each stretch has; each must belong to at least one."""
    known = {name: one.name for one in stretches for name in one.modifications}
    for name in wanted:
        if name not in known:
            raise UsageError(f"--modification {name}: unknown here; known: {', '.join(sorted(known)) or 'none'}")
    return {one.name: [name for name in wanted if name in one.modifications] for one in stretches}


def _folders(inputs: Sequence[str], out: Path) -> Iterator[Path]:
    """A folder for each input, named after it; a second input of the same name gets a number."""
    taken: set[str] = set()
    for text in inputs:
        path = Path(text)
        stem = path.parent.name if path.name == "recording.npz" and path.parent.name else path.stem
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name)
        yield out / name


def _one(path: Path, request: Request, model: Path | None, folder: Path, *, quiet: bool) -> tuple[dict[str, Any], int]:
    """The summary of one input and 0, or its error and the exit code; an error of the model ends everything."""
    from posecheck.analyze import analyze as analyze_one
    from posecheck.errors import InputError, OutputError
    from posecheck.estimators.model import find_model

    try:
        with _progress(path.name, quiet) as (progress, download):
            return analyze_one(path, request, lambda: find_model(model, progress=download), folder, progress), 0
    except (InputError, OutputError) as error:
        _reraise_in_debug(error)
        return {
            "source": {"name": path.name},
            "error": {"code": error.exit_code, "message": str(error)},
        }, error.exit_code


def _reraise_in_debug(error: PoseCheckError) -> None:
    import os

    if os.environ.get("POSECHECK_DEBUG"):
        raise error


class _Speed(ProgressColumn):
    """How fast the work goes, against the clip's own time."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f}x real time", style="progress.data.speed")


@contextmanager
def _progress(name: str, quiet: bool) -> Iterator[tuple[Any, Any]]:
    """A bar on stderr; gives what to call as the clip goes on, and as the model is downloaded."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        _Speed(),
        TimeRemainingColumn(compact=True),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet or not sys.stderr.isatty())
    with bar:
        clip = bar.add_task(name, total=None)
        model = bar.add_task("pose model", total=None, visible=False)

        def on_clip(info: SourceInfo, time_s: float) -> None:
            bar.update(clip, completed=time_s, total=info.duration_s)

        def on_model(done: int, total: int | None) -> None:
            bar.update(model, completed=done, total=total, visible=done != total)

        yield on_clip, on_model


def _show(summary: dict[str, Any], folder: Path) -> None:
    from posecheck.presenters.terminal import show

    console = Console()
    show(console, summary)
    console.print(Text(f"\nmore in {folder}", style="dim"))


def _print_json(summaries: list[dict[str, Any]], *, single: bool) -> None:
    from posecheck.presenters.export import as_json

    if summaries:
        typer.echo(as_json(summaries[0] if single else summaries))
