"""What each key does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from posecheck.presenters.windows.practice_window import Key
from tests.workflows.practice.room import FPS, FakeScreen, Room, shown_singly, two_bridges, wishes


class TestKeys:
    def test_space_pauses_and_goes_on(self, room: Room) -> None:
        poses = two_bridges()
        room.screen = FakeScreen({20: Key.PAUSE, 40: Key.PAUSE})
        shown_singly(room, poses)
        beats = [beat for _, beat, *_ in room.shown]
        assert beats.count(None) == 20
        assert room.banners == {"Paused"}
        assert all(beat is not None for beat in [*beats[:20], *beats[40:]])

    def test_n_goes_on_and_after_the_last_stretch_ends_it(self, room: Room) -> None:
        room.screen = FakeScreen({10: Key.NEXT})
        shown_singly(room, two_bridges())
        assert len(room.shown) == 10

    def test_r_begins_again(self, room: Room) -> None:
        poses = two_bridges()
        room.screen = FakeScreen({round(10.0 * FPS): Key.RESTART})
        practised = shown_singly(room, poses)
        assert [len(part.holds) for part in practised.parts] == [1, 1]
        assert [saying.text for saying in room.voice.said].count("Bridge.") == 2

    def test_m_mutes_and_says_so(self, room: Room) -> None:
        room.screen = FakeScreen({5: Key.MUTE})
        shown_singly(room, two_bridges()[:20])
        assert room.voice.muted
        assert [any("Muted" in one.lines for one in layout.words) for *_, layout in room.shown][4:6] == [False, True]

    def test_s_saves_what_is_seen(self, room: Room, tmp_path: Path) -> None:
        room.wishes = wishes(folder=tmp_path / "shots")
        room.screen = FakeScreen({5: Key.SNAPSHOT})
        shown_singly(room, two_bridges()[:20])
        (path,) = (tmp_path / "shots").iterdir()
        assert room.saved == [f"Saved as {path.name} in {path.parent}"]
        assert room.words("badge") == set(room.saved)
        assert room.screen is not None
        with Image.open(path) as image:
            assert (np.asarray(image) == room.screen.pictures[4]).all()

    def test_s_says_why_nothing_was_saved(self, room: Room, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        room.wishes = wishes(folder=tmp_path / "file")
        room.screen = FakeScreen({5: Key.SNAPSHOT})
        shown_singly(room, two_bridges()[:20])
        (said,) = room.saved
        assert "cannot" in said
        assert room.words("badge") == {said}

    def test_a_question_mark_lists_the_keys(self, room: Room) -> None:
        room.screen = FakeScreen({5: Key.HELP, 10: Key.HELP})
        shown_singly(room, two_bridges()[:20])
        shown = [any(one.kind == "help" for one in layout.words) for *_, layout in room.shown]
        assert shown == [False] * 5 + [True] * 5 + [False] * 10
