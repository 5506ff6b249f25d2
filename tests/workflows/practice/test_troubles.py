"""What fails on the way is told, and practice goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest

from posecheck.errors import OutputError
from posecheck.pose.frames import Frame
from posecheck.pose.landmarks import Pose
from posecheck.presenters.drawing.canvas import Picture
from posecheck.storage.history import History
from posecheck.storage.history.session_log import SessionLog
from posecheck.workflows.practice import BACK
from tests.support.fakes import FakeFrame
from tests.workflows.practice.room import FakeSource, Room, one_at_a_time, shown_singly, two_bridges


def test_a_full_disk_is_said_and_practice_goes_on(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: History, session: int, holds: object) -> None:
        raise OutputError("history.sqlite: the disk is full; free some space")

    monkeypatch.setattr(History, "add", full)
    practised = shown_singly(room, two_bridges())
    assert len(practised.parts[0].holds) == 2
    assert practised.kept, "all of it is written again at the end"
    assert room.warned == ["history.sqlite: the disk is full; free some space"]
    assert room.words("badge") == {"Not in the history"}


def test_trouble_with_the_camera_is_on_the_screen_until_it_is_over(room: Room) -> None:
    poses = two_bridges()[:30]
    wait = one_at_a_time(room)

    def during(number: int) -> None:
        wait(number)
        source.trouble = "The camera is gone: plug it in again." if 10 <= number < 20 else None

    source = FakeSource(len(poses), during=during)
    room.practise(poses, source)
    assert room.banners == {"The camera is gone: plug it in again."}
    assert room.warned == ["The camera is gone: plug it in again."]
    said = [one.text for one in room.voice.said]
    assert [said.count(text) for text in ("The camera is gone: plug it in again.", BACK)] == [1, 1]


def test_a_voice_that_fails_is_told_and_practice_goes_on(room: Room) -> None:
    poses = two_bridges()[:40]
    wait = one_at_a_time(room)

    def during(number: int) -> None:
        wait(number)
        if number == 20:
            room.voice.problem = "espeak-ng cannot be heard: no sound device"

    room.practise(poses, FakeSource(len(poses), during=during))
    assert room.warned == ["espeak-ng cannot be heard: no sound device"]
    assert room.words("badge") == {"The voice cannot be heard"}
    assert len(room.shown) == 40


def test_a_recording_that_cannot_be_kept_is_told_and_practice_goes_on(room: Room) -> None:
    @dataclass
    class Disk:
        problem: str | None = None

        def add(self, time_s: float, picture: Picture, poses: Sequence[Pose]) -> None:
            self.problem = "video.mp4: the disk is full" if time_s > 3.0 else None

    poses = two_bridges()[:40]
    room.practise(poses, FakeSource(len(poses), during=one_at_a_time(room)), recorder=Disk())
    assert room.warned == ["video.mp4: the disk is full"]
    badges = [one.lines for *_, layout in room.shown for one in layout.words if one.kind == "badge"]
    assert (badges[0], badges[-1]) == (("●  REC",), ("●  REC", "No longer recorded"))
    assert len(room.shown) == 40


def test_without_a_history_it_is_practised_all_the_same(room: Room) -> None:
    practised = room.practise(two_bridges(), log=SessionLog(None, datetime.now().astimezone(), "it is locked"))
    assert len(practised.parts[0].holds) == 2
    assert (practised.kept, practised.number) == (False, None)
    assert room.warned == ["it is locked"]
    assert room.words("badge") == {"Not in the history"}


def test_pictures_that_change_their_size_or_turn_black_change_nothing(room: Room) -> None:
    poses = two_bridges()

    class Shifting(FakeSource):
        def __iter__(self) -> Iterator[Frame]:
            for number, frame in enumerate(super().__iter__()):
                yield frame if number % 20 < 10 else FakeFrame(frame.time_s, 1280, 960)

    (part,) = room.practise(poses, Shifting(len(poses), during=one_at_a_time(room))).parts
    assert len(part.holds) == 2
