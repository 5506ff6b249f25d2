"""Whatever ends a session, what was done is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from posecheck.errors import InputError
from posecheck.pose.frames import Frame
from posecheck.presenters.drawing.canvas import Picture
from posecheck.presenters.windows.practice_window import Key
from tests.support.films import lying, raised
from tests.support.poses import clip, nobody
from tests.workflows.practice.room import (
    FPS,
    FakeScreen,
    FakeSource,
    Room,
    Seer,
    one_at_a_time,
    shown_singly,
    two_bridges,
    wishes,
)


class TestWhateverEndsIt:
    """The first hold is over when it ends."""

    def assert_kept(self, room: Room) -> None:
        assert len(room.kept.holds) >= 1
        assert room.kept.ended is not None

    def test_a_camera_that_fails_for_good(self, room: Room) -> None:
        poses = two_bridges()
        source = FakeSource(len(poses), InputError("fake: is gone; plug it in"))
        with pytest.raises(InputError, match="plug it in"):
            room.practise(poses, source)
        self.assert_kept(room)

    def test_an_estimator_that_breaks(self, room: Room) -> None:
        poses = two_bridges()
        with pytest.raises(RuntimeError, match="graph"):
            room.practise(poses, seer=Seer(poses, fault_at=len(poses) - 20))
        self.assert_kept(room)

    def test_the_window_closed(self, room: Room) -> None:
        poses = two_bridges()
        room.screen = FakeScreen(closes_at=len(poses) - 30)
        shown_singly(room, poses)
        assert len(room.shown) <= len(poses) - 29
        self.assert_kept(room)

    def test_q(self, room: Room) -> None:
        poses = two_bridges()
        room.screen = FakeScreen({len(poses) - 30: Key.QUIT})
        shown_singly(room, poses)
        assert len(room.shown) <= len(poses) - 29
        self.assert_kept(room)

    def test_a_signal(self, room: Room) -> None:
        poses = two_bridges()
        wait = one_at_a_time(room)

        def during(number: int) -> None:
            wait(number)
            if number == len(poses) - 30:
                room.stop.set()

        room.practise(poses, FakeSource(len(poses), during=during))
        assert not room.voice.said[-1].text.startswith("Well done"), "nobody is kept waiting by a last word"
        self.assert_kept(room)

    def test_an_error_on_the_main_thread(self, room: Room) -> None:
        poses = two_bridges()
        assert room.screen is not None

        def show(picture: Picture) -> None:
            if len(room.shown) == len(poses) - 30:
                raise MemoryError
            FakeScreen.show(room.screen, picture)  # type: ignore[arg-type]

        room.screen.show = show  # type: ignore[method-assign]
        with pytest.raises(MemoryError):
            shown_singly(room, poses)
        self.assert_kept(room)

    def test_leaving_the_mat(self, room: Room) -> None:
        gone = [replace(nobody(0.0), time_s=index / FPS) for index in range(round(14 * FPS))]
        poses = clip((2.0, lying()), (4.0, raised()), (1.0, lying()), fps=FPS) + gone
        room.wishes = wishes(repetitions=8)
        shown_singly(room, poses)
        assert len(room.shown) < len(poses)
        self.assert_kept(room)


def test_a_camera_that_was_given_up_ends_the_session_and_says_so(room: Room) -> None:
    poses = two_bridges()
    wait = one_at_a_time(room)

    class Given(FakeSource):
        def __iter__(self) -> Iterator[Frame]:
            yield from super().__iter__()
            self.trouble = "The camera stayed away for 5 minutes, so the session is over."

    practised = room.practise(poses, Given(len(poses), during=wait))
    assert room.warned == ["The camera stayed away for 5 minutes, so the session is over."]
    assert room.warned[0] in [one.text for one in room.voice.said]
    assert len(practised.parts[0].holds) == len(room.kept.holds) == 2
    assert room.kept.ended is not None
