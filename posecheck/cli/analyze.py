"""`posecheck analyze`: a recorded clip or a picture becomes a verdict."""

from __future__ import annotations

import math
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from posecheck.errors import ModelError, PoseCheckError, UsageError

if TYPE_CHECKING:
    from posecheck.cli.result_folders import ResultFolder
    from posecheck.estimators.people import Who
    from posecheck.judging.summary import Summary
    from posecheck.pose.frames import SourceInfo
    from posecheck.rules.stretch import Stretch
    from posecheck.workflows.analyze import Request

AUTO = "auto"

TURNS_DEG = (0, 90, 180, 270)


def analyze(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT", help="A video, a picture (jpg, heic, ...) or a recording.npz.", show_default=False
        ),
    ],
    stretch: Annotated[
        str, typer.Option("--stretch", metavar="NAME|PATH|auto", help="What is done; auto finds out.")
    ] = AUTO,
    modification: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Judge by a variant, such as sore-wrists; may be given again."),
    ] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="Judge by a person's own limits, from tune --personal.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Count no time at a minor fault; else it only lowers the score.")
    ] = False,
    start: Annotated[float | None, typer.Option(metavar="S", help="Begin at this second of the clip.")] = None,
    end: Annotated[float | None, typer.Option(metavar="S", help="End before this second of the clip.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the results go.")] = Path("posecheck-out"),
    model: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A pose landmarker bundle (.task), not the default one.")
    ] = None,
    level: Annotated[
        float | None,
        typer.Option(
            metavar="DEG",
            min=-90.0,
            max=90.0,
            help="How far the floor falls to the right in the picture; else it is read from the body.",
        ),
    ] = None,
    rotate: Annotated[
        int, typer.Option(metavar="90|180|270", help="Turn the picture clockwise, if it lies.", show_default=False)
    ] = 0,
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="The clip shows left and right swapped, as a mirror does.")
    ] = False,
    person: Annotated[
        str,
        typer.Option(
            metavar="left|right|largest|N", help="Whom to judge, of several; N from the left.", show_default=False
        ),
    ] = AUTO,
    video: Annotated[
        bool, typer.Option("--video/--no-video", help="Draw the verdict on the clip or picture; not for a recording.")
    ] = True,
    blur_face: Annotated[
        bool, typer.Option("--blur-face", help="Hide the face of the person judged; the sound is kept.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summaries alone, as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Report which stretch a clip shows, how long each hold lasted, and what to correct.

    Film from the side, with the whole body in the picture. Each input gets a folder of its own under DIR with
    summary.json, frames.csv (every measure of every frame), recording.npz (the body without the pictures, which can be
    analyzed again in a moment by other rules) and annotated.mp4, or annotated.png of a picture.

    \b
    Examples:
      posecheck analyze bridge.mp4
      posecheck analyze monday.mp4 friday.mp4 --stretch cat-cow
      posecheck analyze cat.jpg --modification sore-wrists
      posecheck analyze posecheck-out/bridge/recording.npz --stretch mine.toml

    With --json an input that fails becomes {"source": {"name"}, "error": {"code", "message"}}. The others go on, and
    the exit code is that of the first failure. Ctrl-C keeps what is finished, and --json prints that.
    """  # noqa: D301 - \b, a character, keeps the lines that follow as they are
    if rotate not in TURNS_DEG:
        raise UsageError(f"--rotate {rotate}: a picture is turned by 90, 180 or 270 degrees, clockwise")
    from posecheck.cli.result_folders import places
    from posecheck.estimators.people import who

    wanted = who(person)
    request = _request(stretch, modification or [], start, end, level, profile, strict=strict)
    request = replace(request, rotate_deg=rotate, mirrored=mirrored)
    inform = not (quiet or json)
    find = _finder(model)
    results: list[Summary] = []
    try:
        for text, place in zip(inputs, places(inputs, out), strict=True):
            older = _pictures(place.folder)
            result = _one(
                Path(text), request, find, wanted, place.folder, video=video, blur_face=blur_face, inform=inform
            )
            results.append(result)
            if inform and "error" not in result:
                _show(result, place, [name for name in older if name not in _pictures(place.folder)])
    except KeyboardInterrupt:
        typer.echo(f"posecheck: interrupted; {len(results)} of {len(inputs)} inputs are finished", err=True)
        raise
    finally:
        if json and results:
            _print_json(results if len(inputs) > 1 else results[0])
    for result in results:
        if "error" in result:
            raise typer.Exit(result["error"]["code"])


def _request(
    wanted: str,
    modifications: Sequence[str],
    start_s: float | None,
    end_s: float | None,
    level_deg: float | None,
    profile: str | None,
    *,
    strict: bool,
) -> Request:
    from posecheck.cli.personal_limits import Suited
    from posecheck.workflows.analyze import Request, applied_modifications

    if not 0.0 <= (start_s or 0.0) < (math.inf if end_s is None else end_s):
        raise UsageError("--start and --end hold no time; give a start from 0 on and an end after it")
    suited = Suited(profile, strict=strict)
    usual = [suited(one) for one in _stretches(wanted)]
    applied = applied_modifications(usual, modifications)
    stretches = [one.modified(applied[one.name]) for one in usual]
    return Request(
        stretches=stretches if wanted == AUTO else stretches[0],
        modifications=applied,
        profile=profile,
        own_limits=suited.own,
        start_s=start_s,
        end_s=end_s,
        level_deg=level_deg,
    )


def _stretches(wanted: str) -> list[Stretch]:
    from posecheck.storage.rule_files import load_stretch, stretches

    return stretches() if wanted == AUTO else [load_stretch(wanted)]


FindModel = Callable[[Callable[[int, int | None], None]], Path]


def _finder(explicit: Path | None) -> FindModel:
    """Finds the pose model for all inputs. A failed download is not tried again for the next input."""
    failures: list[ModelError] = []

    def find(progress: Callable[[int, int | None], None]) -> Path:
        from posecheck.estimators.model import find_model

        if failures:
            raise failures[0]
        try:
            return find_model(explicit, progress=progress)
        except ModelError as error:
            failures.append(error)
            raise

    return find


def _one(
    path: Path,
    request: Request,
    find: FindModel,
    who: Who,
    folder: Path,
    *,
    video: bool,
    blur_face: bool,
    inform: bool,
) -> Summary:
    """The summary of one input, or a report of its error."""
    from posecheck.estimators.factory import mediapipe_estimator
    from posecheck.workflows.write_analysis import write_analysis

    try:
        with _progress(path.name, request, show=inform) as (on_clip, on_drawing, on_model):
            make = partial(mediapipe_estimator, lambda: find(on_model), who=who)
            return write_analysis(
                path, request, make, folder, on_clip, video=video, blur_face=blur_face, drawing=on_drawing
            )
    except PoseCheckError as error:
        if os.environ.get("POSECHECK_DEBUG"):
            traceback.print_exc()
        typer.echo(f"posecheck: {error}", err=True)
        return {"source": {"name": path.name}, "error": {"code": error.exit_code, "message": str(error)}}


class _Speed(ProgressColumn):
    """Speed of the work as a multiple of real time."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f}x real time", style="progress.data.speed")


@contextmanager
def _progress(name: str, request: Request, *, show: bool) -> Iterator[tuple[Any, Any, Any]]:
    """A progress bar if stderr is a terminal. Yields callbacks for reading, drawing and the model's download."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        _Speed(),
        TimeRemainingColumn(compact=True),
    )
    console = Console(stderr=True)
    bar = Progress(*columns, console=console, transient=True, disable=not (show and console.is_terminal))
    begin_s = request.start_s or 0.0
    with bar:
        clip = bar.add_task(name, total=None)
        video = bar.add_task("drawing", total=None, visible=False)
        model = bar.add_task("pose model", total=None, visible=False)

        def advance(task: TaskID, info: SourceInfo, time_s: float) -> None:
            ends = [end_s for end_s in (info.duration_s, request.end_s) if end_s is not None]
            bar.update(task, completed=time_s - begin_s, total=min(ends) - begin_s if ends else None, visible=True)

        def on_model(done: int, total: int | None) -> None:
            bar.update(model, completed=done, total=total, visible=done != total)

        yield partial(advance, clip), partial(advance, video), on_model


def _pictures(folder: Path) -> list[str]:
    """The names of the pictures with a verdict that a folder holds."""
    from posecheck.workflows.annotate import PICTURE, VIDEO

    return [name for name in (VIDEO, PICTURE) if (folder / name).is_file()]


def _show(summary: Summary, place: ResultFolder, gone: Sequence[str]) -> None:
    from posecheck.presenters.terminal.analysis import show
    from posecheck.workflows.write_analysis import before

    console = Console(highlight=False)
    show(console, summary)
    more = [f"More in {place.folder}"]
    if place.kept is not None:
        more.append(f"{place.kept} keeps the result of another file of that name.")
    more += [f"{name} is now {before(Path(name))}: it shows the earlier verdict." for name in gone]
    console.print(Text("\n".join(more) + "\n", style="dim"), soft_wrap=True)


def _print_json(content: Summary | list[Summary]) -> None:
    from posecheck.presenters.output.data_files import as_json

    # As bytes: JSON is UTF-8, whatever letters the terminal knows.
    typer.echo(as_json(content), nl=False)
