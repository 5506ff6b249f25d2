"""Live practice: connects a source, the estimator, a lesson, voice, window and history.

A separate thread detects the person (`posecheck.workflows.live`). All else runs on the main thread, as windows require.
However a session ends, what was done in it is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event

from posecheck.coaching.coach import RATE_WPM, Importance, Saying
from posecheck.coaching.lesson import Lesson, LessonStep
from posecheck.coaching.outcome import StretchOutcome, session_done
from posecheck.pose.frames import Estimator
from posecheck.pose.landmarks import Pose
from posecheck.presenters.windows.practice_window import Key
from posecheck.rules.routine import PlannedExercise
from posecheck.storage.history.session_log import SessionLog
from posecheck.workflows.display import POLL_S, Display, Shown
from posecheck.workflows.live import LiveFrame, LiveScreen, LiveSource, PoseWorker, Recorder, Speaker

STALLED_S = 2.0
"""After this long without a frame, the screen says so."""

WAITING = "No picture comes. Waiting for one."
PAUSED = "Paused"
BACK = "The picture is back."

ENDING_S = 30.0
"""How long the summary stays on the screen, unless a key is pressed."""

LAST_WORDS_S = 6.0
"""Longest wait for the voice to finish the spoken summary."""


@dataclass(frozen=True, slots=True)
class PracticeOptions:
    """How to practise.

    Attributes:
        steps: The planned stretches, in order.
        mirrored: Whether the screen shows a mirror.
        blur_face: Whether to hide the face in every picture that is shown or recorded.
        rate_wpm: Speed of the voice in words per minute.
        folder: Where snapshots are saved.
        ending_s: How many seconds the summary stays on the screen.
    """

    steps: Sequence[PlannedExercise]
    mirrored: bool = True
    blur_face: bool = False
    rate_wpm: float = RATE_WPM
    folder: Path = Path()
    ending_s: float = ENDING_S


@dataclass(frozen=True, slots=True)
class PracticeResult:
    """The result of a practice session.

    Attributes:
        parts: The outcome of each stretch.
        number: The session's number in the history. None if it is not in the history.
        kept: Whether the whole session is in the history.
    """

    parts: tuple[StretchOutcome, ...]
    number: int | None
    kept: bool


class Practice:
    """One practice session. Call `run` once.

    Args:
        wishes: How to practise.
        source: A camera, or a clip at its own pace; opened and closed by the caller.
        estimator: Detects the person.
        log: Saves the session to the history.
        screen: None for no screen.
        voice: None for no voice.
        recorder: None to record nothing.
        heard: Called with everything that is to be said.
        shown: Called after each new frame is shown.
        warned: Called once with each problem when it begins, as a plain sentence.
        saved: Called with a text that says where a snapshot was saved, or why it could not be.
        stop: Ends the session when it is set, by a signal handler or another thread.
    """

    def __init__(
        self,
        wishes: PracticeOptions,
        source: LiveSource,
        estimator: Estimator,
        log: SessionLog,
        *,
        screen: LiveScreen | None = None,
        voice: Speaker | None = None,
        recorder: Recorder | None = None,
        heard: Callable[[Saying], None] = lambda saying: None,
        shown: Shown = lambda sight, beat, picture, layout: None,
        warned: Callable[[str], None] = lambda problem: None,
        saved: Callable[[str], None] = lambda said: None,
        stop: Event | None = None,
    ) -> None:
        self._wishes = wishes
        self._source, self._estimator = source, estimator
        self._log = log
        self._clock = source.now_s
        self._screen, self._voice, self._recorder = screen, voice, recorder
        self._heard, self._warned, self._saved = heard, warned, saved
        self._stop = Event() if stop is None else stop
        self._lesson = Lesson(wishes.steps, wishes.rate_wpm)
        self._display = Display(
            screen,
            self._clock,
            mirrored=wishes.mirrored,
            blur_face=wishes.blur_face,
            recording=recorder is not None,
            shown=shown,
        )
        self._paused = self._quit = False
        self._frame_at_s = 0.0
        self._trouble: str | None = None
        self._warned_of: set[str] = set()

    def run(self) -> PracticeResult:
        """Runs the session until all is done, the person leaves, the source ends, or the user ends it.

        Raises:
            Exception: The error of the source or the estimator, once the session so far has been saved.
        """
        started = datetime.now().astimezone()
        self._frame_at_s = self._clock()
        parts: tuple[StretchOutcome, ...] = ()
        try:
            pictures = self._screen is not None or self._recorder is not None
            with PoseWorker(self._source, self._estimator, pictures=pictures) as watcher:
                while not (self._stopped or self._lesson.over or watcher.ended):
                    poses, sight = watcher.take(POLL_S)
                    if sight is not None:
                        self._see(poses, sight)
                    elif self._stalled or self._source.trouble:
                        self._draw()  # keeps the window responsive, and shows the problem
                    self._look_after()
                    self._press()
        finally:
            parts = self._lesson.finish()
            self._log.finish(session_done(0, started, datetime.now().astimezone(), parts))
            self._log.close()  # another session may begin while the summary is shown
            self._look_after()
        if not self._stop.is_set():
            self._end(parts)
        return PracticeResult(parts, self._log.number, self._log.problem is None)

    @property
    def _stopped(self) -> bool:
        return self._quit or self._stop.is_set() or (self._screen is not None and self._screen.closed)

    @property
    def _stalled(self) -> bool:
        return self._clock() - self._frame_at_s >= STALLED_S

    def _see(self, poses: Sequence[Pose], sight: LiveFrame) -> None:
        """Judges all poses, so that a slow screen loses none, and shows the newest one."""
        self._frame_at_s = self._clock()
        beat: LessonStep | None = None
        for pose in poses:
            self._display.follow(pose)
            if not (self._paused or self._lesson.over):
                beat = self._lesson.update(pose)
                self._carry_out(beat)
        if sight.picture is None:
            return
        self._display.see(sight.picture, sight, beat)
        self._draw(sight, beat)
        if self._recorder is not None and not self._paused:
            self._recorder.add(sight.time_s, self._display.plain, poses)

    def _carry_out(self, beat: LessonStep) -> None:
        if beat.holds:
            self._log.add(*beat.holds)
        if beat.saying is not None:
            self._say(beat.saying)

    def _say(self, saying: Saying) -> None:
        self._heard(saying)
        if self._voice is not None:
            self._voice.say(saying)

    def _draw(self, sight: LiveFrame | None = None, beat: LessonStep | None = None) -> None:
        banner = self._source.trouble or (PAUSED if self._paused else WAITING if self._stalled else None)
        standing = ". ".join(short for short, _ in self._problems())
        self._display.draw(
            banner, standing, muted=self._voice is not None and self._voice.muted, sight=sight, beat=beat
        )

    def _problems(self) -> Iterator[tuple[str, str]]:
        """Present problems that do not stop the session: a short text for the screen, and the full one."""
        known = (
            ("Not in the history", self._log.problem),
            ("The voice cannot be heard", None if self._voice is None else self._voice.problem),
            ("No longer recorded", None if self._recorder is None else self._recorder.problem),
        )
        for short, problem in known:
            if problem is not None:
                yield short, problem

    def _look_after(self) -> None:
        """Reports each problem once. Camera problems are also spoken, for a person who cannot see the screen."""
        for _, problem in self._problems():
            self._warn(problem)
        before, self._trouble = self._trouble, self._source.trouble
        if self._trouble == before:
            return
        if self._trouble is not None:
            self._warn(self._trouble)
        if self._voice is not None:
            self._voice.say(Saying(self._clock(), self._trouble or BACK, Importance.ADVICE))

    def _warn(self, problem: str) -> None:
        if problem not in self._warned_of:
            self._warned_of.add(problem)
            self._warned(problem)

    def _press(self) -> None:
        """Carries out the pressed key. Reading keys also lets the window repaint."""
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
                self._saved(self._display.snapshot(self._wishes.folder))
            case Key.QUIT:
                self._quit = True
            case Key.HELP:
                self._display.list_keys()

    def _end(self, parts: Sequence[StretchOutcome]) -> None:
        """Speaks the summary, and shows it until a key is pressed or `ending_s` has passed."""
        self._say(self._lesson.ending())
        until_s = self._clock() + self._wishes.ending_s
        if not self._quit:
            self._display.end(parts, until_s, self._stop)
        if self._voice is not None and not self._stop.is_set():
            self._voice.wait(max(0.0, min(LAST_WORDS_S, until_s - self._clock())))
