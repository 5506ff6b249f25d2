"""A session from its first word to its last: what a person sees and hears, and what is kept."""

from __future__ import annotations

from threading import Event

from tests.support.patience import PATIENCE_S
from tests.workflows.practice.room import FakeSource, Room, shown_singly, two_bridges


def test_a_session_is_shown_said_and_kept(room: Room) -> None:
    poses = two_bridges()
    practised = shown_singly(room, poses)
    (part,) = practised.parts
    assert (len(part.holds), part.reached, room.warned, practised.kept) == (2, 2, [], True)
    assert [hold.hold_s for hold in room.kept.holds] == [hold.hold_s for hold in part.holds]
    assert room.kept.ended is not None
    assert room.voice.said[0].text == "Bridge."
    assert room.voice.said[-1].text.startswith("Well done. 2 holds")
    swept = [layout.ring.swept_deg for *_, layout in room.shown if layout.ring is not None]
    assert max(swept) == 360.0


def test_no_pose_is_lost_to_a_slow_screen(room: Room) -> None:
    poses = two_bridges()
    assert room.screen is not None
    show, all_seen = room.screen.show, Event()
    room.screen.show = lambda picture: (all_seen.wait(PATIENCE_S), show(picture))[1]  # type: ignore[method-assign]
    last = len(poses) - 1
    source = FakeSource(len(poses), during=lambda number: all_seen.set() if number == last else None)
    (part,) = room.practise(poses, source).parts
    assert len(room.shown) < len(poses)
    assert len(part.holds) == 2


def test_without_a_window_it_goes_by_voice_alone(room: Room) -> None:
    room.screen = None
    (part,) = room.practise(two_bridges()).parts
    assert len(part.holds) == 2
    assert room.voice.said[-1].text.startswith("Well done.")
    assert room.shown == []
