"""What the person sees during practice: each picture, what is wrong just now, and the summary at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Event

import numpy as np

from posecheck.coaching.lesson import LessonStep
from posecheck.coaching.outcome import StretchOutcome
from posecheck.errors import OutputError
from posecheck.pose.landmarks import Pose
from posecheck.presenters.drawing.canvas import Picture
from posecheck.presenters.drawing.drawn_layout import DrawnLayout
from posecheck.presenters.drawing.face_blur import HeadFollower, Region
from posecheck.presenters.drawing.practice_view import PracticeView, Show, draw_ending, plain, seen
from posecheck.presenters.drawing.scene import Scene, live_scene
from posecheck.presenters.terminal.session_summary import ending_rows
from posecheck.workflows.live import LiveFrame, LiveScreen

NOTE_S = 4.0
"""How long a note stays on the screen, such as where a snapshot was saved."""

POLL_S = 0.01
"""Longest time until a pressed key is read."""

Shown = Callable[[LiveFrame, LessonStep | None, Picture, DrawnLayout], None]
"""Called after each new frame is shown: the frame, the lesson step, the picture on the screen, and its layout."""


class Display:
    """Shows pictures on the screen, and prepares those that are recorded.

    Args:
        screen: Where pictures are shown. None for no screen; pictures are then only recorded.
        clock: Returns the time in seconds, by which notes expire.
        mirrored: Whether the screen shows a mirror.
        blur_face: Whether to hide the face in every picture that is shown or recorded.
        recording: Whether pictures are recorded. The screen shows that they are.
        shown: Called after each new frame is shown.
    """

    def __init__(
        self,
        screen: LiveScreen | None,
        clock: Callable[[], float],
        *,
        mirrored: bool,
        blur_face: bool,
        recording: bool,
        shown: Shown,
    ) -> None:
        self._screen, self._clock, self._shown = screen, clock, shown
        self._stage = PracticeView()
        self._heads = HeadFollower() if blur_face else None
        self._region: Region | None = None
        self._show = Show(np.zeros((360, 480, 3), np.uint8), None, mirrored=mirrored, recording=recording)
        self._picture = self._show.picture
        self._note, self._note_until_s = "", 0.0

    @property
    def plain(self) -> Picture:
        """The last picture as the camera saw it, for recording. The face is hidden if `blur_face` is set."""
        return plain(self._show)

    def follow(self, pose: Pose) -> None:
        """Follows the face. Must be called with every pose."""
        if self._heads is not None:
            self._region = self._heads.update(pose.time_s, pose.landmarks)

    def see(self, picture: Picture, sight: LiveFrame, beat: LessonStep | None) -> None:
        """Takes the picture of a frame, and the lesson step of its pose (None for the picture alone)."""
        scene = None if beat is None else scene_of(beat)
        face = self._region
        self._show = replace(
            self._show,
            picture=picture,
            scene=scene,
            figure=None if beat is None else beat.stretch.figure_of(beat.phase),
            face=None if face is None else _scaled(face, picture.shape[1] / sight.width_px),
        )

    def draw(
        self,
        banner: str | None,
        standing: str,
        *,
        muted: bool,
        sight: LiveFrame | None = None,
        beat: LessonStep | None = None,
    ) -> None:
        """Shows the last picture on the screen.

        Args:
            banner: A few words drawn over everything else. None for no banner.
            standing: Problems that persist, in small letters. A note is shown in their place while it lasts.
            muted: Whether the voice is silent.
            sight: The frame, if its picture is new.
            beat: The lesson step of that frame's pose.
        """
        if self._screen is None:
            return
        note = self._note if self._clock() < self._note_until_s else standing
        self._show = replace(self._show, banner=banner, muted=muted, note=note or None)
        self._picture, layout = self._stage.draw(self._show, self._screen.size)
        self._screen.show(self._picture)
        if sight is not None:
            self._shown(sight, beat, self._picture, layout)

    def note(self, text: str) -> None:
        """Shows a few words for `NOTE_S` seconds."""
        self._note, self._note_until_s = text, self._clock() + NOTE_S

    def list_keys(self) -> None:
        """Shows the list of keys, or hides it again."""
        self._show = replace(self._show, keys=not self._show.keys)

    def snapshot(self, folder: Path) -> str:
        """Saves what is on the screen. Shows where, or why it failed, as a note, and returns that text."""
        from posecheck.presenters.output.video import write_picture

        path = folder.absolute() / f"posecheck-{datetime.now():%Y%m%d-%H%M%S}.png"
        try:
            write_picture(path, self._picture)
            said = f"Saved as {path.name} in {path.parent}"
        except OutputError as error:
            said = str(error)
        self.note(said)
        return said

    def end(self, parts: Sequence[StretchOutcome], until_s: float, stop: Event) -> None:
        """Shows the summary until a key is pressed, `until_s` is reached, the window is closed, or `stop` is set."""
        screen = self._screen
        if screen is None:
            return
        shape: tuple[int, int] | None = None
        while self._clock() < until_s and not stop.is_set() and not screen.closed:
            if screen.size != shape:
                shape = screen.size
                heading, rows, advice = ending_rows(parts)
                screen.show(draw_ending(seen(self._show), heading, rows, advice, shape)[0])
            if screen.key() is not None:
                break
            stop.wait(POLL_S)


def scene_of(beat: LessonStep) -> Scene:
    """The scene of a lesson step."""
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


def _scaled(region: Region, scale: float) -> Region:
    x, y, radius = region
    return x * scale, y * scale, radius * scale
