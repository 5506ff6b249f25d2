"""Live practice: wires a source, the estimator, a lesson, voice, window and history together.

The person is found in a thread of its own (`posecheck.live`); all else happens on the main thread, as windows want it.
Whatever ends a session, what was done in it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Event

import numpy as np

from posecheck.coach import RATE_WPM, Saying
from posecheck.errors import OutputError
from posecheck.frames import Estimator
from posecheck.history.log import SessionLog
from posecheck.landmarks import Pose
from posecheck.lesson import Beat, Lesson
from posecheck.live import LiveSource, Recorder, Screen, Sight, Speaker, Watcher
from posecheck.outcome import Part, session_done
from posecheck.presenters.canvas import Picture
from posecheck.presenters.ending import ending_rows
from posecheck.presenters.faces import HeadFollower, Region
from posecheck.presenters.layout import Layout
from posecheck.presenters.scene import Scene, live_scene
from posecheck.presenters.stage import Show, Stage, draw_ending, plain
from posecheck.presenters.window import Key
from posecheck.routines import Planned

POLL_S = 0.01
"""The longest that a key waits to be seen."""

STALLED_S = 2.0
"""Without a frame for so long the screen says so."""

WAITING = "No picture comes. Waiting for one."

NOTE_S = 4.0
"""A note, such as where a snapshot went, stays for so long."""

ENDING_S = 30.0
"""The summary stays on the screen for so long, unless a key is pressed."""


Shown = Callable[[Sight, Beat | None, Picture, Layout], None]
"""Told of each picture that was put on the screen, what it is of, and where things stand in it."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to practise.

    Attributes:
        steps: The stretches.
        mirrored: Whether the screen shows a mirror.
        blur_face: Whether to hide the face wherever a picture is shown or kept.
        rate_wpm: How fast the voice speaks.
        folder: Where snapshots go.
        ending_s: How long the summary stays on the screen.
    """

    steps: Sequence[Planned]
    mirrored: bool = True
    blur_face: bool = False
    rate_wpm: float = RATE_WPM
    folder: Path = Path()
    ending_s: float = ENDING_S


@dataclass(frozen=True, slots=True)
class Practised:
    """What came of it.

    Attributes:
        parts: The stretches.
        problems: What went wrong, such as why something is not in the history, in plain sentences.
        kept: Whether all of it is in the history.
    """

    parts: tuple[Part, ...]
    problems: tuple[str, ...]
    kept: bool


class Practice:
    """One session; `run` it once.

    Args:
        wishes: How to practise.
        source: A camera, or a clip at its own pace; opened and closed by the caller.
        estimator: Finds the person.
        log: Keeps what is done.
        screen: None for none.
        voice: None for none.
        recorder: None to keep no pictures.
        heard: Told of everything that is to be said.
        shown: Told of every picture.
        stop: Set, from a signal or another thread, it ends the session.
    """

    def __init__(
        self,
        wishes: Wishes,
        source: LiveSource,
        estimator: Estimator,
        log: SessionLog,
        *,
        screen: Screen | None = None,
        voice: Speaker | None = None,
        recorder: Recorder | None = None,
        heard: Callable[[Saying], None] = lambda saying: None,
        shown: Shown = lambda sight, beat, picture, layout: None,
        stop: Event | None = None,
    ) -> None:
        self._wishes = wishes
        self._source, self._estimator = source, estimator
        self._log = log
        self._clock = source.now_s
        self._screen, self._voice, self._recorder = screen, voice, recorder
        self._heard, self._shown = heard, shown
        self._stop = Event() if stop is None else stop
        self._lesson = Lesson(wishes.steps, wishes.rate_wpm)
        self._stage = Stage()
        self._heads = HeadFollower()
        self._show = Show(np.zeros((360, 480, 3), np.uint8), None, mirrored=wishes.mirrored)
        self._paused = self._quit = False
        self._note, self._note_until_s = "", 0.0
        self._frame_at_s = 0.0
        self._problems: list[str] = []

    def run(self) -> Practised:
        """Practises until all is done, the person leaves, the source ends, or somebody ends it.

        Raises:
            Exception: What the source or the estimator raised, once what was done has been kept.
        """
        started = datetime.now().astimezone()
        self._frame_at_s = self._clock()
        parts: tuple[Part, ...] = ()
        try:
            pictures = self._screen is not None or self._recorder is not None
            with Watcher(self._source, self._estimator, pictures=pictures) as watcher:
                while not (self._stopped or self._lesson.over or watcher.ended):
                    poses, sight = watcher.take(POLL_S)
                    if sight is not None:
                        self._see(poses, sight)
                    elif self._stalled or self._source.trouble:
                        self._draw(None, None)  # the window lives on, and says what is wrong
                    self._press()
        finally:
            parts = self._lesson.finish()
            self._log.finish(session_done(0, started, datetime.now().astimezone(), parts))
        if not self._stop.is_set():
            self._end(parts)
        self._tell_once("Not kept yet, tried again", self._log.problem)
        return Practised(parts, tuple(self._problems), self._log.problem is None)

    @property
    def _stopped(self) -> bool:
        return self._quit or self._stop.is_set() or (self._screen is not None and self._screen.closed)

    @property
    def _stalled(self) -> bool:
        return self._clock() - self._frame_at_s >= STALLED_S

    def _see(self, poses: Sequence[Pose], sight: Sight) -> None:
        """All poses are judged, so that none is lost to a slow screen; the newest one is shown."""
        self._frame_at_s = self._clock()
        beat: Beat | None = None
        for pose in poses:
            region = self._heads.update(pose.time_s, pose.landmarks) if self._wishes.blur_face else None
            if self._paused or self._lesson.over:
                continue
            step = self._lesson.step
            beat = self._lesson.update(pose)
            self._carry_out(beat)
        if sight.picture is None:
            return
        scene = None if beat is None else scene_of(beat)
        phase = None if beat is None else beat.moment.phase
        self._show = replace(
            self._show,
            picture=sight.picture,
            scene=scene,
            stretch=None if scene is None else step.stretch.name,
            phase=phase,
            face=None if region is None else _scaled(region, sight.picture.shape[1] / sight.width_px),
            recording=self._recorder is not None,
        )
        self._draw(sight, beat)
        if self._recorder is not None and not self._paused:
            self._recorder.add(sight.time_s, plain(self._show), poses)
            self._tell_once("No longer recorded", self._recorder.problem)

    def _carry_out(self, beat: Beat) -> None:
        if beat.holds:
            self._log.add(*beat.holds)
            self._tell_once("Not kept yet, tried again", self._log.problem)
        if beat.saying is not None:
            self._say(beat.saying)

    def _say(self, saying: Saying) -> None:
        self._heard(saying)
        if self._voice is not None:
            self._voice.say(saying)
            self._tell_once("The voice cannot be heard", self._voice.problem)

    def _draw(self, sight: Sight | None, beat: Beat | None) -> None:
        if self._screen is None:
            return
        now_s = self._clock()
        banner = self._source.trouble or ("Paused" if self._paused else WAITING if self._stalled else None)
        self._show = replace(
            self._show,
            banner=banner,
            muted=self._voice is not None and self._voice.muted,
            note=self._note if now_s < self._note_until_s else None,
        )
        picture, layout = self._stage.draw(self._show, self._screen.size)
        self._screen.show(picture)
        self._picture = picture
        if sight is not None:
            self._shown(sight, beat, picture, layout)

    def _press(self) -> None:
        """Does what a key asks for; asking also lets the window live, which paints what was drawn."""
        key = None if self._screen is None else self._screen.key()
        match key:
            case Key.PAUSE:
                self._paused = not self._paused
            case Key.NEXT:
                self._lesson.skip()
            case Key.RESTART:
                self._lesson.restart()
            case Key.MUTE:
                if self._voice is not None:
                    self._voice.mute(not self._voice.muted)
            case Key.SNAPSHOT:
                self._snapshot()
            case Key.QUIT:
                self._quit = True
            case Key.HELP:
                self._show = replace(self._show, keys=not self._show.keys)

    def _snapshot(self) -> None:
        from posecheck.presenters.video import write_picture

        path = self._wishes.folder / f"posecheck-{datetime.now():%Y%m%d-%H%M%S}.png"
        try:
            write_picture(path, self._picture)
            self._tell(f"Saved as {path.name}")
        except OutputError as error:
            self._tell(str(error))

    def _tell_once(self, note: str, problem: str | None) -> None:
        """What is wrong, as short as a screen needs it; all of it is told in the end."""
        if problem is not None and problem not in self._problems:
            self._problems.append(problem)
            self._tell(note)

    def _tell(self, note: str) -> None:
        self._note, self._note_until_s = note, self._clock() + NOTE_S

    def _end(self, parts: Sequence[Part]) -> None:
        """Says what was done, and shows it until a key is pressed or it has been there for long enough."""
        self._say(self._lesson.ending())
        until_s = self._clock() + self._wishes.ending_s
        screen = self._screen
        if screen is not None and not screen.closed and not self._quit:
            shape: tuple[int, int] | None = None
            while self._clock() < until_s and not self._stop.is_set() and not screen.closed:
                if screen.size != shape:
                    shape = screen.size
                    heading, rows, advice = ending_rows(parts)
                    screen.show(draw_ending(plain(self._show), heading, rows, advice, shape)[0])
                if screen.key() is not None:
                    break
                self._stop.wait(POLL_S)
        if self._voice is not None and not self._stop.is_set():
            self._voice.wait(max(0.0, min(6.0, until_s - self._clock())))


def _scaled(region: Region, scale: float) -> Region:
    x, y, radius = region
    return x * scale, y * scale, radius * scale


def scene_of(beat: Beat) -> Scene:
    """What to draw at a beat."""
    moment, detail = beat.moment, beat.detail
    phases = moment.stretch is not None and bool(moment.stretch.phases)
    scene = live_scene(
        moment,
        beat.pose,
        detail.measures,
        outside=detail.outside,
        references=detail.references,
        rounds=moment.repetitions if phases else None,
    )
    return replace(scene, cue=beat.text, is_correction=beat.is_correction)
