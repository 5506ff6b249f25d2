"""`posecheck extract`, and the search for landmarks as tune and `stretches new` show it: clips become recordings."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from posecheck.errors import OutputError, UsageError

if TYPE_CHECKING:
    from posecheck.workflows.extract import Reached

Model = Annotated[
    Path | None, typer.Option(metavar="PATH", help="A pose landmarker bundle (.task), not the default one.")
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Find the landmarks anew, whatever is kept.")]


def extract(
    clips: Annotated[list[Path], typer.Argument(metavar="CLIP", help="A video or a recording.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Put the recordings here, too, named like their clips.")
    ] = None,
    no_cache: NoCache = False,
    model: Model = None,
) -> None:
    """Find the landmarks of clips once and keep them, so that tune has them at hand.

    They lie in your cache folder under the clip's content, the model and its version. Several clips are processed
    at a time. Ctrl-C keeps those that are finished.
    """
    names = [f"{clip.stem}.npz" for clip in clips]
    if out is not None and len(set(names)) < len(names):
        raise UsageError("two clips have the same name; extract them into different folders")
    for clip, name, recording in zip(clips, names, extracted(clips, model, no_cache=no_cache), strict=True):
        kept = recording if out is None else out / name
        if out is not None:
            try:
                out.mkdir(parents=True, exist_ok=True)
                if not (kept.exists() and kept.samefile(recording)):
                    shutil.copyfile(recording, kept)
            except OSError as error:
                raise OutputError(f"{kept}: cannot be written ({error.strerror or error}); name another DIR") from error
        typer.echo(f"{clip}: {kept}")


def extracted(clips: Sequence[Path], model: Path | None, *, no_cache: bool) -> list[Path]:
    """The recording of each clip; how far the search is, and what Ctrl-C leaves of it, is said on stderr.

    Args:
        clips: Videos and recordings.
        model: A pose landmarker bundle; None for the default one.
        no_cache: Whether to find landmarks anew, whatever is kept.
    """
    from posecheck.estimators.model import find_model
    from posecheck.workflows.extract import cache_folder, recordings

    latest: Reached | None = None

    def progress(reached: Reached, clip: Path | None) -> None:
        nonlocal latest
        latest = reached
        show(reached, clip)

    try:
        with _shown() as show, _ending_once():
            return recordings(
                clips,
                lambda: find_model(model),
                folder=cache_folder(),
                keep=not no_cache,
                progress=progress,
            )
    except KeyboardInterrupt:
        kept = "" if latest is None else f"; {latest.kept} of {latest.clips} clips are finished and kept"
        typer.echo(f"posecheck: interrupted{kept}", err=True)
        raise


@contextmanager
def _ending_once() -> Iterator[None]:
    """After one Ctrl-C in the block, further ones are ignored. Ending takes a moment and must not be interrupted."""
    try:
        yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise


@contextmanager
def _shown() -> Iterator[Callable[[Reached, Path | None], None]]:
    """Shows a progress bar on a terminal, and elsewhere a line for each finished clip."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _say
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("landmarks", total=None)

        def show(reached: Reached, clip: Path | None) -> None:
            done = reached.kept + reached.failed
            bar.update(
                task,
                completed=reached.reached_s,
                total=reached.total_s or None,
                description=f"landmarks {done}/{reached.clips}",
            )

        yield show


def _say(reached: Reached, clip: Path | None) -> None:
    if clip is not None:
        done = reached.kept + reached.failed
        typer.echo(f"posecheck: landmarks {done}/{reached.clips}: {clip}", err=True)
