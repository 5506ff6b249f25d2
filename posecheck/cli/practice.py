"""`posecheck practice`: guided by voice and picture, in front of a camera."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from posecheck.errors import OutputError, UsageError
from posecheck.system.signals import ended_by_signals

if TYPE_CHECKING:
    from posecheck.coaching.coach import Saying
    from posecheck.coaching.progression import SessionDone
    from posecheck.pose.frames import SourceInfo
    from posecheck.presenters.voice.speaker import Voice
    from posecheck.rules.routine import PlannedExercise
    from posecheck.storage.history import History
    from posecheck.workflows.live import LiveSource
    from posecheck.workflows.practice import PracticeResult
    from posecheck.workflows.session_recorder import SessionRecorder

WINDOW_HEIGHT_PX = 720
"""Of the window as it opens: fits on every laptop; f fills the screen."""

INTERRUPTED = 130


def practice(
    stretch: Annotated[
        list[str] | None,
        typer.Argument(metavar="STRETCH", help="What to do, one after the other.", show_default=False),
    ] = None,
    camera: Annotated[
        str, typer.Option(metavar="INDEX|PATH|URL", help="The camera: `posecheck cameras` lists them.")
    ] = "0",
    size: Annotated[
        str, typer.Option(metavar="WxH", help="Of the camera's pictures, if it has that size.")
    ] = "1280x720",
    fps: Annotated[float, typer.Option(metavar="N", min=1.0, help="Pictures a second to ask the camera for.")] = 30.0,
    flip: Annotated[bool, typer.Option("--flip/--no-flip", help="Show the picture as a mirror does.")] = True,
    source: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Play a clip as if it were the camera.", show_default=False)
    ] = None,
    window: Annotated[bool, typer.Option("--window/--no-window", help="Show a picture, or go by voice alone.")] = True,
    mute: Annotated[bool, typer.Option("--mute", help="Say nothing.")] = False,
    voice: Annotated[str | None, typer.Option(metavar="NAME", help="A voice of this system.")] = None,
    rate: Annotated[int, typer.Option(metavar="WPM", min=80, max=400, help="Words a minute.")] = 160,
    routine: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", help="Several stretches, such as gentle-back.", show_default=False),
    ] = None,
    progress: Annotated[
        bool, typer.Option("--progress", help="Aim at a little more than last time, if that went well.")
    ] = False,
    keep: Annotated[
        bool | None,
        typer.Option(
            "--history/--no-history", help="Keep what was done; a clip of --source only if asked.", show_default=False
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep video and landmarks of the session in DIR.", show_default=False),
    ] = None,
    blur_face: Annotated[
        bool, typer.Option("--blur-face", help="Hide your face on the screen and in --record.")
    ] = False,
    model: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A pose landmarker bundle (.task), not the default one.")
    ] = None,
    modification: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Practise a variant, such as sore-wrists; may be given again."),
    ] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="Judge by a person's own limits, from tune --personal.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Count no time at a minor fault; else it only lowers the score.")
    ] = False,
) -> None:
    """Practise in front of a camera, guided by voice and by a picture that is read from two metres.

    Put the camera on the floor or a low chair, about two metres away, and lie down with your side to it. It says how
    to place it better, begins by itself, and ends when all is done or when you have left the mat for ten seconds.

    \b
    Examples:
      posecheck practice sphinx
      posecheck practice cat-cow sphinx bridge --progress
      posecheck practice --routine gentle-back
      posecheck practice bridge --source my-clip.mp4

    Keys: space pauses, n next, r restart, m mute, s snapshot, f full screen, q quit, ? help. What was done is kept in
    the history however it ends: `posecheck history` shows it.
    """  # noqa: D301 - \b, a character, keeps the lines that follow as they are
    from posecheck.cli.practice_plan import plan

    wanted_size = _size(size)
    with ExitStack() as stack:
        is_kept = source is None if keep is None else keep
        history, problem = _history(stack) if is_kept else (None, None)
        past = _past(history) if progress else None
        steps = plan(stretch or [], routine, modification or [], profile, past, strict=strict)
        stop = stack.enter_context(ended_by_signals())
        opened = stack.enter_context(_source(source, camera, wanted_size, fps))
        kept_in, speaking = (history, problem), None if mute else (voice, rate)
        practised = _practise(stack, steps, opened, kept_in, stop, model, window, flip, blur_face, record, speaking)
        _tell(practised, stop, is_kept=is_kept)
        if practised.number is not None and not stop.is_set() and sys.stdin.isatty():
            _ask_pain(practised.number)
    if stop.is_set():
        raise typer.Exit(INTERRUPTED)


def _practise(
    stack: ExitStack,
    steps: Sequence[PlannedExercise],
    source: LiveSource,
    kept_in: tuple[History | None, str | None],
    stop: Event,
    model: Path | None,
    window: bool,
    flip: bool,
    blur_face: bool,
    record: Path | None,
    voice: tuple[str | None, int] | None,
) -> PracticeResult:
    """Sets everything up and runs the session. What may fail is tried before anybody lies down."""
    import numpy as np

    from posecheck.estimators.factory import mediapipe_estimator
    from posecheck.estimators.model import find_model
    from posecheck.pose.frames import SourceKind
    from posecheck.presenters.drawing.practice_view import PracticeView, Show
    from posecheck.presenters.windows.practice_window import PracticeWindow
    from posecheck.storage.history.session_log import SessionLog
    from posecheck.workflows.practice import Practice, PracticeOptions

    info = source.info
    screen = stack.enter_context(PracticeWindow(*_window_size(info.width_px, info.height_px))) if window else None
    if screen is not None:
        dark = np.zeros((360, round(360 * info.width_px / info.height_px), 3), np.uint8)
        screen.show(PracticeView().draw(Show(dark, None, banner="Getting ready"), screen.size)[0])
        screen.key()
    estimator, versions = mediapipe_estimator(lambda: find_model(model), SourceKind.VIDEO, edited=False)
    stack.enter_context(estimator)
    speaker = None if voice is None else stack.enter_context(_speaker(*voice))
    rate_wpm = 160 if voice is None else voice[1]
    now = datetime.now().astimezone()
    kept_at = None if record is None else record / f"{now:%Y%m%d-%H%M%S}"
    film = None if kept_at is None else stack.enter_context(_filmed(kept_at, info, versions))
    return Practice(
        PracticeOptions(steps, mirrored=flip, blur_face=blur_face, rate_wpm=rate_wpm),
        source,
        estimator,
        SessionLog(kept_in[0], now, kept_in[1]),
        screen=screen,
        voice=speaker,
        recorder=film,
        heard=_print if screen is None else lambda saying: None,
        warned=_warn,
        saved=typer.echo,
        stop=stop,
    ).run()


def _history(stack: ExitStack) -> tuple[History | None, str | None]:
    """The history, or why it cannot be written. Practice goes on without it."""
    from posecheck.storage.history import History, history_path

    try:
        history = stack.enter_context(History(history_path()))
    except OutputError as error:
        return None, str(error)
    for note in history.notes:
        _warn(note)
    return history, None


def _past(history: History | None) -> Sequence[SessionDone] | None:
    """Past sessions. None if they cannot be read; the usual aims then hold."""
    from posecheck.storage.history import history_path, read_sessions

    try:
        return read_sessions(history_path(), _warn) if history is None else history.sessions(_warn)
    except OutputError as error:
        _warn(f"{error}; past sessions are not known, so the usual holds are aimed at")
        return None


def _warn(problem: str) -> None:
    typer.echo(f"posecheck: {problem}", err=True)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise UsageError(f"--size {text}: give width and height in pixels, such as 1280x720")
    return int(width), int(height)


def _window_size(width_px: int, height_px: int) -> tuple[int, int]:
    return round(WINDOW_HEIGHT_PX * width_px / height_px), WINDOW_HEIGHT_PX


@contextmanager
def _source(file: Path | None, camera: str, size: tuple[int, int], fps: float) -> Iterator[LiveSource]:
    if file is None:
        from posecheck.sources.devices import open_camera

        with open_camera(camera, size=size, fps=fps) as device:
            yield device
        return
    from posecheck.pose.frames import SourceKind
    from posecheck.sources import open_source
    from posecheck.sources.paced import PacedSource

    with open_source(file) as clip:
        if clip.info.kind is SourceKind.STILL:
            raise UsageError(f"{file}: is a picture; give --source a clip, or see what analyze says of it")
        with PacedSource(clip) as paced:
            yield paced


@contextmanager
def _speaker(name: str | None, rate_wpm: int) -> Iterator[Voice]:
    from posecheck.presenters.voice.engines import system_speech
    from posecheck.presenters.voice.speaker import Voice

    speech, lacking = system_speech(name, rate_wpm)
    if lacking is not None:
        _warn(str(lacking))
    with Voice(speech) as speaker:
        yield speaker


@contextmanager
def _filmed(folder: Path, info: SourceInfo, versions: Mapping[str, str]) -> Iterator[SessionRecorder]:
    """The recorder of a session. A problem while it completes its files is reported too."""
    from posecheck.workflows.session_recorder import SessionRecorder

    with SessionRecorder(folder, info, versions) as film:
        yield film
        told = film.problem
    if film.problem is not None and told is None:
        _warn(film.problem)


def _print(saying: Saying) -> None:
    typer.echo(f"{int(saying.time_s) // 60}:{saying.time_s % 60:04.1f}  {saying.text}")


def _tell(practised: PracticeResult, stop: Event, *, is_kept: bool) -> None:
    from posecheck.presenters.terminal.session_summary import show_ending

    show_ending(Console(highlight=False), practised.parts)
    if not is_kept:
        typer.echo("\nNot in the history: --history keeps a clip's session too.")
    elif not practised.kept:
        typer.echo("\nThis session is not in the history.", err=True)
    elif not stop.is_set():
        typer.echo("\nKept in the history: `posecheck history` shows it, `posecheck history --pain 3` adds pain.")


def _ask_pain(number: int) -> None:
    """Asks for pain at the keyboard, after the session, when nobody is lying down. Enter skips."""
    from posecheck.storage.history import History, history_path

    while True:
        answer = typer.prompt("Any pain? 0-10, Enter to skip", default="", show_default=False).strip()
        if not answer:
            return
        if answer.isdecimal() and int(answer) <= 10:
            try:
                with History(history_path()) as history:
                    history.set_pain(int(answer), number)
            except OutputError as error:
                _warn(str(error))
            return
        typer.echo("Give a number from 0 for none to 10 for the worst imaginable.")
