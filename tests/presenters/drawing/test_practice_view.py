"""The picture of practice: what fills the window, and that nothing hides what matters."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from posecheck.coaching.lesson import Lesson
from posecheck.pose.landmarks import Joint, Pose
from posecheck.presenters.drawing.canvas import INK
from posecheck.presenters.drawing.drawn_layout import DrawnLayout, DrawnText
from posecheck.presenters.drawing.practice_view import PracticeView, Show, draw_ending
from posecheck.presenters.drawing.scene import Scene
from posecheck.rules.routine import PlannedExercise
from posecheck.storage.rule_files import load_stretch
from posecheck.workflows.display import scene_of
from tests.support.films import lying, raised
from tests.support.poses import bridge, clip

WIDE = np.full((360, 640, 3), 128, np.uint8)
WINDOWS = [(480, 360), (640, 360), (1280, 960), (1728, 1117), (1920, 1080), (2000, 700)]
FIGURE = load_stretch("bridge").figure_of(None)
FAULT = clip((3.0, lying()), (4.0, raised(14.0)), fps=6.0)


def scene_after(poses: list[Pose]) -> Scene:
    lesson = Lesson([PlannedExercise(load_stretch("bridge"), "", 0.0)])
    for pose in poses:
        beat = lesson.update(pose)
    return scene_of(beat)


def words(layout: DrawnLayout, kind: str) -> DrawnText:
    return next(one for one in layout.words if one.kind == kind)


@pytest.mark.parametrize("size", WINDOWS, ids=lambda size: f"{size[0]}x{size[1]}")
class TestInAWindowOfAnotherShape:
    def test_the_cue_is_an_eighteenth_of_the_window_high(self, size: tuple[int, int]) -> None:
        picture, layout = PracticeView().draw(Show(WIDE, scene_after(FAULT), FIGURE), size)
        assert picture.shape == (size[1], size[0], 3)
        assert words(layout, "cue").letter_px >= size[1] / 18

    def test_the_picture_keeps_its_shape_and_the_marks_their_places(self, size: tuple[int, int]) -> None:
        poses = clip((3.0, lying()), (4.0, bridge(width_px=640, height_px=360, at=(300, 250))), fps=6.0)
        scene = scene_after(poses)
        assert poses[-1].landmarks is not None
        assert scene.near is not None
        _, layout = PracticeView().draw(Show(WIDE, scene, FIGURE, mirrored=False), size)
        knee = next(joint for joint in layout.joints if joint.joint == "knee")
        scale = min(size[0] / 640, size[1] / 360)
        bars = (size[0] - 640 * scale) / 2, (size[1] - 360 * scale) / 2
        place = poses[-1].landmarks[Joint.KNEE.on(scene.near), :2] * scale + bars
        assert knee.centre == pytest.approx(tuple(place), abs=1.5)

    def test_nothing_lies_over_another_word(self, size: tuple[int, int]) -> None:
        _, layout = PracticeView().draw(Show(WIDE, scene_after(FAULT), FIGURE), size)
        kinds = ("cue", "state", "ring", "silhouette")
        for one, other in combinations([one for one in layout.words if one.kind in kinds], 2):
            apart = (
                one.box[2] <= other.box[0]
                or other.box[2] <= one.box[0]
                or one.box[3] <= other.box[1]
                or other.box[3] <= one.box[1]
            )
            assert apart, (one.kind, other.kind)

    def test_the_summary_fills_it(self, size: tuple[int, int]) -> None:
        picture, _ = draw_ending(WIDE, "Well done", ["Bridge: 3 holds"], "Lift your hips.", size)
        assert picture.shape == (size[1], size[0], 3)


def test_bars_are_dark_and_the_picture_is_in_their_middle() -> None:
    picture, _ = PracticeView().draw(Show(WIDE, None), (480, 360))
    assert (picture[[0, 44, 315, 359]] == INK).all()
    assert (picture[45:315] == 128).all()


def test_no_bone_is_drawn_on_a_bar() -> None:
    poses = clip((4.0, bridge(width_px=640, height_px=360, at=(300, 330))), fps=6.0)
    scene = scene_after(poses)
    assert poses[-1].landmarks is not None
    assert poses[-1].landmarks[:, 1].max() > 380
    _, layout = PracticeView().draw(Show(WIDE, scene, FIGURE), (640, 480))
    assert all(joint.centre[1] <= 60 + 360 for joint in layout.joints)


def test_what_carries_the_body_is_not_hidden() -> None:
    """A bridge with its feet and hands near the lower corners of a wide picture."""
    poses = clip((3.0, lying()), (4.0, raised(14.0)), fps=6.0)
    scene = scene_after(poses)
    stage = PracticeView()
    _, layout = stage.draw(Show(WIDE, scene, FIGURE, mirrored=False), (1280, 720))
    for joint in layout.joints:
        x, y = joint.centre
        for one in layout.words:
            if one.kind in ("cue", "state", "ring"):
                left, top, right, bottom = one.box
                assert not (left < x < right and top < y < bottom), (joint.joint, one.kind)
