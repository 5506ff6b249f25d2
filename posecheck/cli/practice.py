"""`posecheck practice`: guided by voice and picture, in front of a camera."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from posecheck.errors import UsageError

if TYPE_CHECKING:
    from posecheck.coach import Saying
    from posecheck.history import History
    from posecheck.live import LiveSource
    from posecheck.practice import Practised
    from posecheck.presenters.voice import Voice
    from posecheck.progress import SessionDone
    from posecheck.routines import Planned
    from posecheck.stretches import Stretch

WINDOW_HEIGHT_PX = 720
"""Of the window as it opens: fits on every laptop; f fills the screen."""

INTERRUPTED = 130

USUAL_ROUTINE = "quick-spine"
"""What is practised where nothing is named."""


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
    from posecheck.history import History, history_path

    wanted_size = _size(size)
    with ExitStack() as stack:
        history = stack.enter_context(History(history_path()))
        for note in history.notes:
            typer.echo(f"posecheck: {note}", err=True)
        steps = _planned(stretch or [], routine, modification or [], history.sessions() if progress else None)
        stop = stack.enter_context(_signals())
        opened = stack.enter_context(_source(source, camera, wanted_size, fps))
        practised, number = _practise(
            stack, steps, opened, history, stop, model, window, flip, blur_face, record, None if mute else (voice, rate)
        )
        _tell(practised, stop)
        if number is not None and not stop.is_set() and sys.stdin.isatty():
            _ask_pain(history, number)
    if stop.is_set():
        raise typer.Exit(INTERRUPTED)


def _practise(
    stack: ExitStack,
    steps: Sequence[Planned],
    source: LiveSource,
    history: History,
    stop: Event,
    model: Path | None,
    window: bool,
    flip: bool,
    blur_face: bool,
    record: Path | None,
    voice: tuple[str | None, int] | None,
) -> tuple[Practised, int | None]:
    """Wires it all and practises; what may fail is tried before anybody lies down."""
    import numpy as np

    from posecheck.analyze import mediapipe_estimator
    from posecheck.estimators.model import find_model
    from posecheck.filming import Film
    from posecheck.frames import SourceKind
    from posecheck.history.log import SessionLog
    from posecheck.practice import Practice, Wishes
    from posecheck.presenters.stage import Show, Stage
    from posecheck.presenters.window import Window

    info = source.info
    screen = stack.enter_context(Window(*_window_size(info.width_px, info.height_px))) if window else None
    if screen is not None:
        dark = np.zeros((360, round(360 * info.width_px / info.height_px), 3), np.uint8)
        screen.show(Stage().draw(Show(dark, None, banner="Getting ready"), screen.size)[0])
        screen.key()
    estimator, versions = mediapipe_estimator(lambda: find_model(model), SourceKind.VIDEO)
    stack.enter_context(estimator)
    speaker = None if voice is None else stack.enter_context(_speaker(*voice))
    rate_wpm = 160 if voice is None else voice[1]
    now = datetime.now().astimezone()
    film = None if record is None else stack.enter_context(Film(record / f"{now:%Y%m%d-%H%M%S}", info, versions))
    log = SessionLog(history, now)
    practised = Practice(
        Wishes(steps, mirrored=flip, blur_face=blur_face, rate_wpm=rate_wpm),
        source,
        estimator,
        log,
        screen=screen,
        voice=speaker,
        recorder=film,
        heard=_print if screen is None else lambda saying: None,
        stop=stop,
    ).run()
    return practised, log.number


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise UsageError(f"--size {text}: give width and height in pixels, such as 1280x720")
    return int(width), int(height)


def _window_size(width_px: int, height_px: int) -> tuple[int, int]:
    return round(WINDOW_HEIGHT_PX * width_px / height_px), WINDOW_HEIGHT_PX


def _planned(
    names: Sequence[str], routine: str | None, modifications: Sequence[str], past: Sequence[SessionDone] | None
) -> list[Planned]:
    """What is to be done, modifications applied, with aims by what was reached in past sessions if those are given."""
    from posecheck.routines import USUAL_REST_S, Planned, load_routine
    from posecheck.rulefiles import load_stretch

    if names and routine is not None:
        raise UsageError("--routine names the stretches; leave out the others")
    if names:
        planned = [Planned(load_stretch(name), "", USUAL_REST_S) for name in names]
    else:
        planned = list(load_routine(routine or USUAL_ROUTINE)[1])
    known = {name for one in planned for name in one.stretch.modifications}
    for name in modifications:
        if name not in known:
            raise UsageError(f"unknown modification '{name}', known: {', '.join(sorted(known)) or 'none'}")
    return [replace(one, stretch=_suited(one.stretch, modifications, past)) for one in planned]


def _suited(stretch: Stretch, modifications: Sequence[str], past: Sequence[SessionDone] | None) -> Stretch:
    suited = stretch.modified([name for name in modifications if name in stretch.modifications])
    return suited if past is None else _aimed(suited, past)


def _aimed(stretch: Stretch, past: Sequence[SessionDone]) -> Stretch:
    """The stretch with the next aim; one with phases is timed by the breath, which does not grow."""
    from posecheck.progress import next_target

    if stretch.phases:
        return stretch
    hold = stretch.hold
    target = next_target(stretch.name, hold.target_s, hold.repetitions, past, datetime.now().astimezone())
    typer.echo(f"{stretch.title}: {target.hold_s:g} s, {target.why}")
    return stretch.model_copy(update={"hold": hold.model_copy(update={"target_s": target.hold_s})})


@contextmanager
def _source(file: Path | None, camera: str, size: tuple[int, int], fps: float) -> Iterator[LiveSource]:
    if file is None:
        from posecheck.sources.devices import open_camera

        with open_camera(camera, size=size, fps=fps) as device:
            yield device
        return
    from posecheck.frames import SourceKind
    from posecheck.sources import open_source
    from posecheck.sources.paced import PacedSource

    with open_source(file) as clip:
        if clip.info.kind is SourceKind.STILL:
            raise UsageError(f"{file}: is a picture; give --source a clip, or see what analyze says of it")
        with PacedSource(clip) as paced:
            yield paced


@contextmanager
def _speaker(name: str | None, rate_wpm: int) -> Iterator[Voice]:
    from posecheck.presenters.speech import find_speech
    from posecheck.presenters.voice import Voice

    speech, lacking = find_speech(name, rate_wpm)
    if lacking is not None:
        typer.echo(f"posecheck: {lacking}", err=True)
    with Voice(speech) as speaker:
        yield speaker


@contextmanager
def _signals() -> Iterator[Event]:
    """Ctrl-C and SIGTERM end the session in good order; a second Ctrl-C ends it at once."""
    stop = Event()

    def end(number: int, frame: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print(saying: Saying) -> None:
    typer.echo(f"{int(saying.time_s) // 60}:{saying.time_s % 60:04.1f}  {saying.text}")


def _tell(practised: Practised, stop: Event) -> None:
    from posecheck.presenters.ending import show_ending

    show_ending(Console(highlight=False), practised.parts)
    for problem in practised.problems:
        typer.echo(f"posecheck: {problem}", err=True)
    if practised.kept and not stop.is_set():
        typer.echo("\nKept in the history: `posecheck history` shows it, `posecheck history --pain 3` adds pain.")


def _ask_pain(history: History, number: int) -> None:
    """Asked now, at the keyboard, and never of somebody who is lying down; Enter skips."""
    while True:
        answer = typer.prompt("Any pain? 0-10, Enter to skip", default="", show_default=False).strip()
        if not answer:
            return
        if answer.isdecimal() and int(answer) <= 10:
            history.set_pain(int(answer), number)
            return
        typer.echo("Give a number from 0 for none to 10 for the worst imaginable.")
