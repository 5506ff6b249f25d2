"""Cuts: told by the pictures, and after one whoever is there is found at once."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from posecheck.estimators.cuts import CutDetector
from posecheck.estimators.finder import MOST_CUTS, PersonFinder
from posecheck.estimators.search import Search
from posecheck.pose.landmarks import Pose
from tests.estimators.stage import FakeLooker, FakeTracker
from tests.support.fakes import PictureFrame
from tests.support.poses import bridge, mirrored

SIZE = (480, 640)


def room(seed: int) -> NDArray[np.uint8]:
    """A picture of large patches of light and dark."""
    patches = np.random.default_rng(seed).integers(30, 220, (6, 8), np.uint8)
    return cv2.cvtColor(cv2.resize(patches, SIZE[::-1], interpolation=cv2.INTER_CUBIC), cv2.COLOR_GRAY2RGB)


def cuts(pictures: Sequence[NDArray[np.uint8]]) -> list[int]:
    """The numbers of the pictures that begin a shot."""
    detector = CutDetector()
    return [n for n, picture in enumerate(pictures) if detector.is_cut(PictureFrame(picture, n / 30.0))]


def test_another_room_and_the_same_in_a_mirror() -> None:
    first, second = room(1), room(2)
    assert cuts([first] * 3 + [second] * 3 + [np.flip(second, axis=1)] * 3) == [3, 6]


def test_in_two_seconds_a_body_changes_much_of_a_plain_picture_and_a_cut_more() -> None:
    plain = np.full((*SIZE, 3), 120, np.uint8)
    pictures = [
        cv2.ellipse(plain.copy(), (120 + 80 * n, 240), (140, 70), 0, 0, 360, (240, 220, 200), -1) for n in range(5)
    ]
    pictures.append(room(2))
    detector = CutDetector()
    assert [detector.is_cut(PictureFrame(one, 2.0 * n)) for n, one in enumerate(pictures)] == [False] * 5 + [True]


def test_another_size_of_the_picture() -> None:
    assert cuts([room(1)] * 2 + [np.ascontiguousarray(np.rot90(room(1)))] * 2) == [2]


def test_a_body_that_moves_and_a_light_that_is_switched_on_are_none() -> None:
    pictures = []
    for step in range(20):
        picture = room(1)
        cv2.ellipse(picture, (60 + 25 * step, 240), (110, 60), 0, 0, 360, (240, 200, 40), -1)
        pictures.append(picture)
    dim = [np.asarray(picture * 0.5, np.uint8) for picture in pictures]
    assert cuts([*pictures, *dim[::-1]]) == []


def test_a_camera_that_is_carried_makes_one_cut_at_most() -> None:
    wide = cv2.resize(room(3), (6400, 480))
    assert len(cuts([np.ascontiguousarray(wide[:, 300 * step :][:, :640]) for step in range(15)])) <= 1


def test_noise_in_the_dark_is_none() -> None:
    noise = np.random.default_rng(0)
    assert cuts([noise.integers(0, 12, (*SIZE, 3), np.uint8) for _ in range(10)]) == []


class TestAfterACut:
    def film(self, pictures: Sequence[NDArray[np.uint8]], people: Sequence[Pose]) -> tuple[list[Pose], list[str]]:
        """What a finder says of pictures, ten a second, each with a person."""

        def on_stage(time_s: float) -> Sequence[Pose]:
            return [people[min(len(people) - 1, max(0, round(time_s * 10)))]]

        finder = PersonFinder(FakeTracker(on_stage), Search(FakeLooker(on_stage)), cuts=CutDetector())
        poses = [finder.estimate(PictureFrame(picture, n / 10.0)) for n, picture in enumerate(pictures)]
        return poses, finder.warnings

    @pytest.mark.parametrize("count", [1, 3, MOST_CUTS + 2])
    def test_whoever_is_there_is_seen_at_once_and_the_cuts_are_said(self, count: int) -> None:
        pictures = [room(shot) for shot in range(count + 1) for _ in range(5)]
        people = [(bridge(), mirrored(bridge()))[shot % 2] for shot in range(count + 1) for _ in range(5)]
        poses, warnings = self.film(pictures, people)
        assert all(pose.landmarks is not None for pose in poses)
        assert [pose.shot for pose in poses] == [shot for shot in range(count + 1) for _ in range(5)]
        assert warnings == [
            {
                1: "1 cut (at 0.5 s): each shot is judged by itself",
                3: "3 cuts (at 0.5, 1.0, 1.5 s): each shot is judged by itself",
            }.get(
                count,
                "10 cuts (at 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, ... s): each shot is judged by itself",
            )
        ]

    def test_what_is_not_edited_has_no_cut(self) -> None:
        people = [bridge()]
        finder = PersonFinder(FakeTracker(lambda time_s: people), Search(FakeLooker(lambda time_s: people)))
        assert [finder.estimate(PictureFrame(room(n), n / 10.0)).shot for n in range(3)] == [0, 0, 0]
        assert finder.warnings == []
