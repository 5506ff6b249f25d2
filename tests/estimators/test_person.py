"""Which person: the choice, holding on to it, and saying so when it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from posecheck.errors import UsageError
from posecheck.estimators.finder import GIVE_UP_S, RECONSIDER_EVERY_S, find_person
from posecheck.estimators.mediapipe_pose import MediaPipeEstimator
from posecheck.estimators.parts import CroppedFrame, CropWindow
from posecheck.estimators.people import (
    Who,
    ambiguity,
    are_same,
    box,
    choose,
    continues,
    difference,
    is_plausible,
    is_upright,
    overlap,
    trunk,
    who,
)
from posecheck.pose.frames import Frame
from posecheck.pose.landmarks import Floats, Landmark, Pose
from posecheck.sources import open_source
from tests.estimators.stage import Stage
from tests.support.body import make_pose
from tests.support.poses import all_fours, bridge, nobody, prone, sphinx, standing
from tests.support.shared_data import real_footage

Picture = NDArray[np.uint8]

LYING = bridge(scale=180, at=(200, 350))
WALKER = standing(scale=200, at=(480, 240))
SMALLER_LYING = prone(scale=150, at=(440, 400))


def landmarks(pose: Pose) -> Floats:
    assert pose.landmarks is not None
    return pose.landmarks


def sees(pose: Pose, person: Pose) -> bool:
    return pose.landmarks is not None and are_same(pose.landmarks, landmarks(person))


class TestChoosing:
    @pytest.mark.parametrize("text", ["left", "right", "largest", "auto"])
    def test_words_are_known(self, text: str) -> None:
        assert who(text) == text

    def test_a_number_counts(self) -> None:
        assert who("2") == 2

    @pytest.mark.parametrize("text", ["0", "-1", "middle", "", "1.5", "²"])
    def test_anything_else_is_an_error_that_says_what_is_known(self, text: str) -> None:
        with pytest.raises(UsageError, match=r"left, right, largest, or a number"):
            who(text)

    @pytest.mark.parametrize(
        ("wanted", "index"),
        [("auto", 0), ("largest", 1), ("left", 0), ("right", 1), (1, 0), (2, 2), (3, 1), (4, 0)],
    )
    def test_one_of_three(self, wanted: Who, index: int) -> None:
        """Number 4 is not there: as by default."""
        people = [LYING, standing(scale=230, at=(560, 240)), SMALLER_LYING]
        assert choose(people, wanted) == index

    def test_the_larger_of_two_who_lie(self) -> None:
        assert choose([SMALLER_LYING, WALKER, LYING], "auto") == 2

    @pytest.mark.parametrize("pose", [prone(), sphinx(), all_fours(), bridge(), bridge(facing="left")])
    def test_who_lies_or_kneels_is_not_upright(self, pose: Pose) -> None:
        assert not is_upright(landmarks(pose))

    @pytest.mark.parametrize("pose", [standing(), make_pose(trunk_deg=60, hip_flexion=90)], ids=["stands", "sits"])
    def test_who_stands_or_sits_is_upright(self, pose: Pose) -> None:
        assert is_upright(landmarks(pose))

    def test_one_alone_is_not_ambiguous(self) -> None:
        assert ambiguity([LYING], 0, "auto", 0.0) is None

    def test_who_was_named_is_not_ambiguous(self) -> None:
        assert ambiguity([LYING, WALKER], 1, "right", 0.0) is None

    def test_several_are_said_with_what_to_do(self) -> None:
        said = ambiguity([WALKER, LYING], 1, "auto", 1.25)
        assert said is not None
        assert said.startswith(
            "2 people are in view at 1.2 s: number 1 from the left, the largest lying or kneeling, is"
        )
        assert "--person left, right, largest" in said

    def test_a_number_too_high_is_said(self) -> None:
        said = ambiguity([LYING], 0, 3, 0.0)
        assert said is not None
        assert said.startswith("--person 3: only one person is in view at 0.0 s")


class TestBodies:
    def test_nobody_is_not_plausible(self) -> None:
        assert not is_plausible(nobody())

    @pytest.mark.parametrize(("near", "far", "plausible"), [(0.9, 0.1, True), (0.4, 0.4, False)])
    def test_one_side_must_be_believed(self, near: float, far: float, plausible: bool) -> None:
        pose = bridge()
        landmarks(pose)[[Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP], 4] = near
        landmarks(pose)[[Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP], 4] = far
        assert is_plausible(pose) is plausible

    def test_half_of_each_side_is_not_enough(self) -> None:
        pose = bridge()
        landmarks(pose)[[Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP], 4] = 0.1
        assert not is_plausible(pose)

    @pytest.mark.parametrize(
        ("after", "same"),
        [
            (bridge(lift=20, scale=180, at=(205, 350)), True),
            (bridge(scale=180, at=(320, 350)), False),
            (bridge(scale=80, at=(200, 350)), False),
            (bridge(scale=180, at=(200, 350), facing="left"), False),
            (standing(scale=180, at=(200, 330)), False),
        ],
        ids=["moved a little", "jumped", "shrank", "faces the other way", "stood up at once"],
    )
    def test_a_person_goes_on(self, after: Pose, same: bool) -> None:
        assert continues(landmarks(LYING), landmarks(after), 1 / 30) is same

    def test_a_longer_gap_allows_more_but_not_everything(self) -> None:
        moved = landmarks(bridge(scale=180, at=(290, 350)))
        assert not continues(landmarks(LYING), moved, 1 / 30)
        assert continues(landmarks(LYING), moved, 0.5)
        assert not continues(landmarks(LYING), landmarks(WALKER), 60.0)

    def test_a_part_lies_within_the_whole(self) -> None:
        part = landmarks(bridge(scale=70, at=(200, 350)))
        assert overlap(part, landmarks(LYING))
        assert not overlap(landmarks(LYING), part)
        assert not overlap(landmarks(WALKER), landmarks(LYING))

    def test_no_difference_to_oneself(self) -> None:
        assert difference(landmarks(LYING), landmarks(LYING)) == 0
        length = float(np.linalg.norm(trunk(landmarks(LYING))))
        moved = landmarks(LYING) + np.float32([length / 2, 0, 0, 0, 0])
        assert difference(landmarks(LYING), moved) == pytest.approx(0.5)


class TestHoldingOn:
    def test_the_one_who_lies_is_followed_and_the_choice_is_said(self) -> None:
        stage = Stage(lambda time_s: [WALKER, LYING])
        poses = stage.play(2.0)
        assert all(sees(pose, LYING) for pose in poses)
        assert len(stage.finder.warnings) == 1
        assert "2 people are in view at 0.0 s" in stage.finder.warnings[0]

    @pytest.mark.parametrize(("wanted", "person"), [("left", LYING), ("right", WALKER), (2, WALKER)])
    def test_the_one_who_was_named_is_followed(self, wanted: Who, person: Pose) -> None:
        stage = Stage(lambda time_s: [LYING, WALKER], who=wanted)
        assert all(sees(pose, person) for pose in stage.play(2 * RECONSIDER_EVERY_S, fps=10))
        assert stage.finder.warnings == []

    def test_a_tracker_that_goes_over_to_somebody_else_is_not_followed(self) -> None:
        """The person is hidden for a second; the tracker then takes the other and keeps to it for another second."""

        def tracked(time_s: float) -> Sequence[Pose]:
            return [WALKER] if 1.0 <= time_s < 3.0 else [LYING]

        stage = Stage(lambda time_s: [WALKER] if 1.0 <= time_s < 2.0 else [LYING, WALKER], tracked=tracked)
        poses = stage.play(4.0)
        assert not any(sees(pose, WALKER) for pose in poses)
        assert all(sees(pose, LYING) for pose in poses if pose.time_s < 1.0 or pose.time_s > 3.5)
        assert any(sees(pose, LYING) for pose in poses if 2.0 < pose.time_s < 3.0)  # by the search, not the tracker
        said = [text for text in stage.finder.warnings if "somebody else is seen instead" in text]
        assert len(said) == 1
        assert said[0].startswith("at 1.0 s")

    def test_whoever_is_left_when_the_person_has_gone_is_taken_and_that_is_said(self) -> None:
        stage = Stage(lambda time_s: [LYING, WALKER] if time_s < 1.0 else [WALKER])
        poses = stage.play(6.0)
        first = next(pose.time_s for pose in poses if sees(pose, WALKER))
        assert GIVE_UP_S <= first - 29 / 30 <= GIVE_UP_S + 0.6
        assert "another person may be judged: the one before was lost at 1.0 s" in stage.finder.warnings[-1]

    def test_another_person_begins_a_shot_and_one_who_comes_back_does_not(self) -> None:
        stage = Stage(lambda time_s: [LYING, WALKER] if time_s < 1.0 else [WALKER])
        assert {pose.shot for pose in stage.play(6.0) if sees(pose, WALKER)} == {1}
        back = Stage(lambda time_s: [] if 1.0 < time_s < 4.0 else [LYING])
        assert {pose.shot for pose in back.play(6.0)} == {0}

    def test_somebody_upright_gives_way_to_one_who_comes_to_lie(self) -> None:
        stage = Stage(lambda time_s: [WALKER] if time_s < 2.0 else [WALKER, LYING])
        poses = stage.play(8.0, fps=10)
        first = next(pose.time_s for pose in poses if sees(pose, LYING))
        assert first <= 2.0 + RECONSIDER_EVERY_S + 0.1
        assert all(sees(pose, LYING) for pose in poses if pose.time_s >= first)
        assert stage.finder.warnings == [
            f"from {first:.1f} s on another person is judged, who lies or kneels; first somebody upright was"
        ]

    def test_who_has_lain_once_is_kept_when_they_stand_up(self) -> None:
        def rises(time_s: float) -> Sequence[Pose]:
            share = min(time_s / 2.0, 1.0)
            return [make_pose(trunk_deg=10 + 80 * share, scale=150, at=(200, 300)), SMALLER_LYING][: 1 + (time_s > 3)]

        stage = Stage(rises)
        poses = stage.play(12.0, fps=15)
        assert all(pose.landmarks is not None for pose in poses)
        assert not any(sees(pose, SMALLER_LYING) for pose in poses)
        assert stage.finder.warnings == []

    def test_in_a_still_the_choice_is_said_too(self) -> None:
        stage = Stage(lambda time_s: [WALKER, LYING])
        assert sees(stage.still.estimate(stage.frame(0.0)), LYING)
        assert len(stage.still.warnings) == 1


def frame_of(picture: Picture, time_s: float = 0.0) -> Frame:
    return CroppedFrame(picture, CropWindow(0, 0, picture.shape[1], picture.shape[0]), time_s)


def photograph(name: str) -> Picture:
    with open_source(real_footage() / "photos" / f"{name}.jpg") as source:
        return next(iter(source)).rgb()


@pytest.fixture(scope="module")
def plain(model: Path) -> Iterator[MediaPipeEstimator]:
    with MediaPipeEstimator(model, moving=False) as estimator:
        yield estimator


class TestMediaPipe:
    @pytest.mark.parametrize(("wanted", "index"), [("auto", 1), ("left", 0), ("right", 1), (1, 0)])
    def test_of_two_photographs_side_by_side(self, model: Path, wanted: Who, index: int) -> None:
        pictures = [photograph("Bodyweight_Squat_0")[:, 200:650], photograph("Cat_Stretch_0")]
        both = np.concatenate(pictures, axis=1)
        edge = pictures[0].shape[1]
        with find_person(model, moving=False, who=wanted) as finder:
            left, _, right, _ = box(landmarks(finder.estimate(frame_of(both)))).tolist()
            assert ((left + right) / 2 > edge) is (index == 1)
            assert len(finder.warnings) == (wanted == "auto")

    def test_somebody_who_walks_through_is_never_taken_for_the_person(
        self, model: Path, plain: MediaPipeEstimator
    ) -> None:
        """Plain MediaPipe goes over to the walker for two of the three seconds."""
        walker = cut_out(plain, "Runners_Stretch_0", height_px=440)
        with open_source(real_footage() / "bridging.mp4") as source:
            frames = [(frame.time_s, frame.rgb()) for frame in source]
        with MediaPipeEstimator(model, moving=True) as alone, find_person(model, moving=True) as finder:
            judged = 0
            for time_s, picture in frames:
                truth = landmarks(alone.estimate(frame_of(picture, time_s)))
                x = round(-walker[0].shape[1] + (640 + walker[0].shape[1]) * time_s / frames[-1][0])
                seen = finder.estimate(frame_of(with_walker(picture, walker, x, 40), time_s))
                if seen.landmarks is not None:
                    judged += 1
                    assert difference(truth, seen.landmarks) < 0.3
        assert judged >= 25
        assert any("somebody else is seen instead" in text for text in finder.warnings)


def cut_out(plain: MediaPipeEstimator, name: str, height_px: int) -> tuple[Picture, Any]:
    """A person of a photograph and their mask, 0..1."""
    picture = photograph(name)
    outline = plain.estimate(frame_of(picture)).outline
    assert outline is not None
    mask = np.zeros(picture.shape[:2], np.float32)
    cv2.fillPoly(mask, [outline.astype(np.int32)], (1.0,))
    (left, top), (right, bottom) = outline.min(axis=0).astype(int), outline.max(axis=0).astype(int)
    size = (round((right - left) * height_px / (bottom - top)), height_px)
    cut = (slice(top, bottom), slice(left, right))
    return np.asarray(cv2.resize(picture[cut], size), np.uint8), cv2.resize(mask[cut], size)[..., None]


def with_walker(picture: Picture, walker: tuple[Picture, Any], x: int, y: int) -> Picture:
    shown, mask = walker
    height, width = picture.shape[:2]
    left, right, bottom = max(x, 0), min(x + shown.shape[1], width), min(y + shown.shape[0], height)
    if right <= left:
        return picture
    place, part = (slice(y, bottom), slice(left, right)), (slice(0, bottom - y), slice(left - x, right - x))
    out = picture.copy()
    out[place] = (picture[place] * (1 - mask[part]) + shown[part] * mask[part]).astype(np.uint8)
    return out
