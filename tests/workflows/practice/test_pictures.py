"""The picture that is shown and kept: a mirror, with a face or without."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posecheck.pose.landmarks import Pose
from posecheck.presenters.drawing.canvas import Picture
from posecheck.presenters.windows.practice_window import Key
from tests.support.patience import PATIENCE_S
from tests.workflows.practice.room import (
    SIZE,
    FakeScreen,
    FakeSource,
    Room,
    one_at_a_time,
    shown_singly,
    two_bridges,
    wishes,
)


def test_the_screen_is_a_mirror_and_the_person_is_not(room: Room, tmp_path: Path) -> None:
    poses = two_bridges()[:80]
    shown_singly(room, poses)
    plain = Room(tmp_path / "other.sqlite", wishes=wishes(mirrored=False))
    shown_singly(plain, poses)
    assert room.kept.holds == plain.kept.holds
    for (*_, mirrored), (*_, straight) in zip(room.shown[20:], plain.shown[20:], strict=True):
        for one, other in zip(mirrored.joints, straight.joints, strict=True):
            assert one.joint == other.joint
            assert one.centre[0] == pytest.approx(SIZE[0] - other.centre[0], abs=0.01)
            assert one.centre[1] == pytest.approx(other.centre[1], abs=0.01)


@pytest.mark.parametrize("mirrored", [True, False])
def test_the_picture_does_not_turn_round_at_the_end(room: Room, mirrored: bool) -> None:
    """A camera whose picture is bright at its left edge, as far as words and marks reach."""
    bright = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    bright[:, :16] = 240
    poses = two_bridges()[:10]
    room.wishes = wishes(mirrored=mirrored, ending_s=PATIENCE_S)
    room.screen = FakeScreen({len(poses) + 1: Key.HELP})
    room.practise(poses, FakeSource(len(poses), during=one_at_a_time(room), picture=bright))
    *_, live, ending = (picture[:, [4, -5]].mean(axis=(0, 2)) for picture in room.screen.pictures)
    assert len(room.screen.pictures) == len(poses) + 1
    for left, right in (live, ending):
        assert (right > left + 30.0) if mirrored else (left > right + 30.0)


class TestAHiddenFace:
    """The face covered, what is seen where it was is no longer the noise that the camera gave."""

    NOISE: Picture = np.random.default_rng(5).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)
    COVERED = 40.0

    def spread(self, picture: Picture, pose: Pose) -> float:
        """How noisy a picture is about the nose."""
        assert pose.landmarks is not None
        x, y = pose.landmarks[0, :2].astype(int).tolist()
        return float(picture[y - 4 : y + 4, x - 4 : x + 4].std(axis=(0, 1)).max())

    def test_s_hides_the_face_where_it_is_hidden(self, tmp_path: Path) -> None:
        poses = two_bridges()[:10]
        spreads = {}
        for hidden in (True, False):
            one = Room(tmp_path / f"{hidden}.sqlite", screen=FakeScreen({5: Key.SNAPSHOT}))
            one.wishes = wishes(folder=tmp_path / f"{hidden}", blur_face=hidden, mirrored=False)
            one.practise(poses, FakeSource(len(poses), during=one_at_a_time(one), picture=self.NOISE))
            (path,) = (tmp_path / f"{hidden}").iterdir()
            with Image.open(path) as image:
                spreads[hidden] = self.spread(np.asarray(image), poses[4])
        assert spreads[True] < self.COVERED < spreads[False]

    def test_the_face_is_hidden_wherever_a_picture_is_shown_or_kept(self, room: Room) -> None:
        kept: list[Picture] = []

        class Keeper:
            problem: str | None = None

            def add(self, time_s: float, picture: Picture, poses: Sequence[Pose]) -> None:
                kept.append(picture)

        poses = two_bridges()[:10]
        room.wishes = wishes(blur_face=True)
        room.screen = None
        room.practise(poses, FakeSource(len(poses), picture=self.NOISE), recorder=Keeper())
        assert self.spread(kept[-1], poses[-1]) < self.COVERED < self.spread(self.NOISE, poses[-1])
        assert (kept[-1][:20, :20] == self.NOISE[:20, :20]).all()
