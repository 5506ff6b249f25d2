"""The overlay: what is drawn, and that it stands where the body and the rules say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from posecheck.estimators.mediapipe_pose import MediaPipeEstimator
from posecheck.estimators.model import find_model
from posecheck.judging.holds import State
from posecheck.judging.session import Session
from posecheck.measures.drawn import Bend
from posecheck.measures.measurer import measure
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Joint, Pose, Poses, Side
from posecheck.presenters.drawing.body_frame import Body
from posecheck.presenters.drawing.canvas import ORANGE, SKY, VERMILLION, Picture
from posecheck.presenters.drawing.clip_scenes import CUE_LEAST_S, ClipScenes
from posecheck.presenters.drawing.drawn_layout import DrawnLayout, DrawnText
from posecheck.presenters.drawing.fonts import font
from posecheck.presenters.drawing.measure_gauges import angle
from posecheck.presenters.drawing.measure_labels import figure
from posecheck.presenters.drawing.overlay import Overlay
from posecheck.presenters.drawing.scene import Gauge, Scene, Status, live_scene, still_scene
from posecheck.sources import open_source
from posecheck.storage.rule_files import load_stretch
from tests.support.body import Facing
from tests.support.poses import all_fours, bridge, clip, lying_bent_knees, nobody, sphinx
from tests.support.recordings import one_bridge

SAMPLES = Path(__file__).parents[3] / "samples"

SIZES = [(480, 360), (640, 360), (1280, 720), (3840, 2160), (1080, 1920), (853, 481), (500, 500)]

LONGEST = "Press your feet down and lift your hips a little higher, please."

LIMBS = {
    "knee_flexion": (Joint.KNEE, Joint.ANKLE),
    "hip_flexion": (Joint.HIP, Joint.KNEE),
    "elbow_flexion": (Joint.ELBOW, Joint.WRIST),
    "neck_flexion": (Joint.SHOULDER, Joint.EAR),
    "elbow_lead": (Joint.SHOULDER, Joint.ELBOW),
    "hand_lead": (Joint.SHOULDER, Joint.WRIST),
    "hip_over_knee": (Joint.KNEE, Joint.HIP),
    "knee_over_ankle": (Joint.ANKLE, Joint.KNEE),
    "heel_height": (Joint.FOOT_INDEX, Joint.HEEL),
    "forearm_pitch": (Joint.WRIST, Joint.ELBOW),
}
"""Where each measure's angle has its vertex, and which limb moves; slopes of trunk and thigh go either way."""


def grey(size: tuple[int, int] = (640, 480)) -> Picture:
    return np.full((size[1], size[0], 3), 128, np.uint8)


def still(pose: Pose, stretch: str) -> Scene:
    session = Session(load_stretch(stretch))
    session.extend(Poses.stack([pose]))
    return still_scene(session.still(), session.measures(), pose)


def clip_scenes(poses: Sequence[Pose], stretch: str) -> list[Scene]:
    session = Session(load_stretch(stretch))
    session.extend(Poses.stack(poses))
    scenes = ClipScenes(session.judgement())
    return [scenes.at(index, pose) for index, pose in enumerate(poses)]


def drawn(scene: Scene, size: tuple[int, int] = (640, 480)) -> tuple[DrawnLayout, Picture]:
    picture = grey(size)
    return Overlay().draw(picture, scene), picture


def words(layout: DrawnLayout, kind: str) -> DrawnText:
    return next(one for one in layout.words if one.kind == kind)


def timed(hold_s: float, target_s: float = 6.0, state: State = State.HOLDING) -> Scene:
    return replace(still(bridge(), "bridge"), state=state, hold_s=hold_s, target_s=target_s, goal=8)


def full() -> Scene:
    return replace(timed(2.0), cue=LONGEST, title="Katze–Kuh: Bücken é Жук", done=3)


class TestText:
    @pytest.mark.parametrize("size", SIZES)
    def test_the_cue_is_said_in_full_in_letters_an_eighteenth_high(self, size: tuple[int, int]) -> None:
        layout, _ = drawn(full(), size)
        cue = words(layout, "cue")
        assert " ".join(cue.lines) == LONGEST
        width, height = size
        assert cue.letter_px >= (height if width >= height else 0.75 * width) / 18.0

    @pytest.mark.parametrize("size", SIZES)
    def test_everything_lies_within_the_picture_and_texts_apart(self, size: tuple[int, int]) -> None:
        layout, _ = drawn(full(), size)
        assert {"cue", "state", "ring", "angle"} == {one.kind for one in layout.words}
        for one in layout.words:
            left, top, right, bottom = one.box
            assert 0 <= left < right <= size[0]
            assert 0 <= top < bottom <= size[1]
        fixed = [one.box for one in layout.words if one.kind != "angle"]
        for first, second in combinations(fixed, 2):
            assert first[2] <= second[0] or second[2] <= first[0] or first[3] <= second[1] or second[3] <= first[1]

    def test_state_stretch_and_count_are_written(self) -> None:
        layout, _ = drawn(full())
        assert words(layout, "state").lines == ("Good form", "Katze–Kuh: Bücken é Жук", "3 of 8 repetitions")

    @pytest.mark.parametrize("letter", "°±−éüßñłЖяΩ–’✓")
    def test_the_font_has_letters_beyond_ascii(self, letter: str) -> None:
        lacking = font(40).getmask("\U0010fffe")
        assert bytes(font(40).getmask(letter)) != bytes(lacking)

    def test_a_text_is_really_there(self) -> None:
        layout, picture = drawn(full())
        left, top, right, bottom = words(layout, "cue").box
        panel = picture[top:bottom, left:right]
        assert (panel > 240).all(axis=2).mean() > 0.05  # letters
        assert (panel < 60).all(axis=2).mean() > 0.4  # what they stand on

    def test_angles_are_written_with_their_uncertainty(self) -> None:
        scene = still(bridge(knee_flexion=108), "bridge")
        layout, _ = drawn(scene)
        label = next(one for one in layout.words if one.about == "feet-too-near")
        assert label.lines == ("knee 108° ± 5",)

    @pytest.mark.parametrize(
        ("value", "zero", "uncertainty", "name", "text"),
        [
            (-33.4, 0.0, 3.1, "trunk_pitch", "trunk slope −33° ± 3"),
            (-0.4, 0.0, 0.2, "thigh_pitch", "thigh slope 0° ± 1"),
            (0.484, 0.0, 0.081, "elbow_lead", "elbow ahead 0.48 ± 0.08 of upper arm"),
            (-0.33, 0.0, 0.062, "knee_over_ankle", "knee ahead −0.33 ± 0.06 of shin"),
            (0.05, -0.1, 0.004, "heel_height", "heel lift +0.15 ± 0.01 of shin"),
            (-50.0, -20.0, 6.0, "spine_flexion", "back −30° ± 6"),
            (-10.0, -20.0, 6.0, "spine_flexion", "back +10° ± 6"),
        ],
    )
    def test_a_figure_has_its_measures_own_unit_and_sign(
        self, value: float, zero: float, uncertainty: float, name: str, text: str
    ) -> None:
        gauge = Gauge("rule", name, value, uncertainty, -math.inf, math.inf, zero, Status.GOOD, 1)
        assert figure(gauge) == text

    @pytest.mark.parametrize("facing", ["right", "left"])
    @pytest.mark.parametrize("name", ["shoulder_flexion", "elbow_flexion", "knee_flexion", "neck_flexion"])
    def test_the_value_of_a_bend_is_drawn_where_the_second_bone_lies(self, name: str, facing: Facing) -> None:
        pose = sphinx(facing=facing)
        scene = still(pose, "sphinx")
        value = float(measure(Poses.stack([pose])).get(name, load_stretch("sphinx").support)[0])
        bend = MEASURES[name].drawn
        assert isinstance(bend, Bend)
        body = Body(scene, (1.0, 1.0))
        needle = angle(Gauge("rule", name, value, 1.0, value - 9.0, value + 9.0, 0.0, Status.GOOD, 1), body)
        assert needle is not None
        right, down = body.picture(bend.end) - body.picture(bend.vertex)
        off_deg = needle.needle_deg - math.degrees(math.atan2(-down, right))
        assert (off_deg + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=0.1)

    def test_a_measure_without_a_drawing_has_its_figure_at_its_joint_when_outside(self) -> None:
        assert MEASURES["chest_pitch"].drawn is None
        good = Gauge("faces", "chest_pitch", 55.0, 3.0, 30.0, 80.0, 0.0, Status.GOOD, 1)
        for gauge, shape in ((good, "circle"), (replace(good, low=60.0, status=Status.OUTSIDE), "diamond")):
            layout, _ = drawn(replace(still(bridge(), "bridge"), gauges=(gauge,)))
            assert [(mark.joint, mark.shape) for mark in layout.joints] == [("shoulder", shape)]
            assert not layout.arcs
            lines = [one.lines for one in layout.words if one.about == "faces"]
            assert lines == ([] if gauge is good else [("chest slope 55° ± 3",)])

    @pytest.mark.parametrize(
        ("clip_name", "at_s", "rule", "unit"),
        [
            ("sphinx-elbows-ahead", 10.5, "elbows-ahead", " of upper arm"),
            ("bridge-hips-low", 8.0, "hips-low", "°"),
        ],
    )
    def test_a_sample_shows_the_value_that_its_rule_compares(
        self, clip_name: str, at_s: float, rule: str, unit: str
    ) -> None:
        stretch = load_stretch(clip_name.partition("-")[0])
        with (
            open_source(SAMPLES / f"{clip_name}.mp4", start_s=at_s, end_s=at_s + 0.05) as source,
            MediaPipeEstimator(find_model(None), moving=False) as estimator,
        ):
            frame = next(iter(source))
            pose = estimator.estimate(frame)
        picture = frame.rgb()
        layout = Overlay().draw(picture, still(pose, stretch.name))
        judged = next(one for one in stretch.rules if one.name == rule)
        value = float(measure(Poses.stack([pose])).get(judged.measure, stretch.support)[0])
        (label,) = next(one for one in layout.words if one.about == rule).lines
        whole = f"{abs(value):.2f}" if unit != "°" else f"{abs(value):.0f}°"
        assert f" {'−' if value < 0 else ''}{whole} ±" in label
        assert label.endswith(unit) or unit == "°"


class TestRing:
    @pytest.mark.parametrize(
        ("hold_s", "swept_deg"), [(0.0, 0.0), (1.5, 90.0), (4.0, 240.0), (6.0, 360.0), (9.0, 360.0)]
    )
    def test_it_is_swept_as_far_as_the_target_is_reached(self, hold_s: float, swept_deg: float) -> None:
        layout, picture = drawn(timed(hold_s))
        assert layout.ring is not None
        assert layout.ring.swept_deg == pytest.approx(swept_deg)
        (x, y), radius = layout.ring.centre, layout.ring.radius
        for clockwise in range(15, 360, 30):
            angle = math.radians(clockwise)
            colour = picture[round(y - radius * math.cos(angle)), round(x + radius * math.sin(angle))]
            if abs(clockwise - swept_deg) > 12:  # the head of the band is marked
                assert bool(np.abs(colour.astype(int) - SKY).sum() < 12) == (clockwise < swept_deg)

    def test_it_is_a_quarter_of_the_height(self) -> None:
        layout, _ = drawn(timed(1.0))
        left, top, right, bottom = words(layout, "ring").box
        assert right - left == bottom - top >= 480 / 4

    def test_a_paused_hold_has_another_colour_and_icon(self) -> None:
        layout, picture = drawn(timed(3.0, state=State.GRACE))
        assert layout.ring is not None
        right_of_it = picture[round(layout.ring.centre[1]), round(layout.ring.centre[0] + layout.ring.radius)]
        assert np.abs(right_of_it.astype(int) - ORANGE).sum() < 12

    def test_a_still_has_none(self) -> None:
        assert drawn(still(bridge(), "bridge"))[0].ring is None


class TestBody:
    @pytest.mark.parametrize("facing", ["right", "left"])
    @pytest.mark.parametrize("roll_deg", [0.0, 7.0])
    @pytest.mark.parametrize(("stretch", "maker"), [("bridge", bridge), ("sphinx", sphinx), ("cat-cow", all_fours)])
    def test_each_needle_lies_along_the_limb_that_is_measured(self, stretch, maker, roll_deg, facing) -> None:
        pose = maker(facing=facing, roll_deg=roll_deg)
        layout, _ = drawn(still(pose, stretch))
        assert layout.arcs
        side = Side(int(measure(Poses.stack([pose])).view.near[0]))
        rules = {rule.name: rule.measure for rule in load_stretch(stretch).rules}
        for arc in layout.arcs:
            if (name := rules[arc.rule]) in LIMBS:
                vertex, end = (pose.landmarks[joint.on(side), :2] for joint in LIMBS[name])
                assert arc.centre == pytest.approx(tuple(vertex), abs=0.1)
                limb_deg = math.degrees(math.atan2(vertex[1] - end[1], end[0] - vertex[0]))
                assert abs((arc.needle_deg - limb_deg + 180) % 360 - 180) < 1.5, name

    @pytest.mark.parametrize("lift", [6.0, 10.0, 14.0, 25.0, 33.0])
    def test_the_needle_lies_in_the_arc_where_the_rule_is_kept(self, lift: float) -> None:
        scene = still(bridge(lift=lift), "bridge")
        layout, _ = drawn(scene)
        arc = next(one for one in layout.arcs if one.rule == "hips-low")
        low, high = sorted((arc.low_deg, arc.high_deg))
        kept = low <= arc.needle_deg <= high
        assert kept == (lift >= 18)
        assert (arc.status is Status.GOOD) == kept

    def test_a_slope_is_drawn_from_its_lower_end_to_the_part_that_should_move(self) -> None:
        pose = bridge(lift=10.0)
        layout, _ = drawn(still(pose, "bridge"))
        arc = next(one for one in layout.arcs if one.rule == "hips-low")
        shoulder = pose.landmarks[Joint.SHOULDER.on(Side.LEFT), :2], pose.landmarks[Joint.SHOULDER.on(Side.RIGHT), :2]
        assert any(arc.centre == pytest.approx(tuple(place), abs=0.1) for place in shoulder)
        assert next(mark for mark in layout.joints if mark.joint == "hip").shape == "triangle"
        label = next(one for one in layout.words if one.about == "hips-low")
        assert label.lines == ("trunk slope −10° ± 3",)

    def test_a_fault_differs_in_shape_and_colour(self) -> None:
        good, _ = drawn(still(bridge(), "bridge"))
        bad, picture = drawn(still(bridge(lift=10.0), "bridge"))
        shapes = [{mark.joint: mark.shape for mark in layout.joints} for layout in (good, bad)]
        assert shapes[0]["hip"] == "circle"
        assert shapes[1]["hip"] == "triangle"
        x, y = next(mark.centre for mark in bad.joints if mark.joint == "hip")
        around = picture[round(y) - 8 : round(y) + 8, round(x) - 8 : round(x) + 8].reshape(-1, 3).astype(int)
        assert (np.abs(around - VERMILLION).sum(axis=1) < 20).sum() > 20

    def test_one_angle_a_joint_and_that_which_matters_most(self) -> None:
        layout, _ = drawn(still(bridge(), "bridge"))
        places = [arc.centre for arc in layout.arcs]
        assert len(places) == len(set(places))

    @pytest.mark.parametrize("spine_flexion", [70.0, -90.0])
    def test_the_back_is_outlined_for_cat_cow(self, spine_flexion: float) -> None:
        pose = all_fours(spine_flexion=spine_flexion)
        layout, picture = drawn(still(pose, "cat-cow"))
        assert len(layout.back) >= 9
        hip, shoulder = (pose.landmarks[joint.on(Side.RIGHT), :2] for joint in (Joint.HIP, Joint.SHOULDER))
        for x, y in layout.back:
            chord_y = hip[1] + (x - hip[0]) / (shoulder[0] - hip[0]) * (shoulder[1] - hip[1])
            assert y < chord_y + (0.0 if spine_flexion > 0 else 30.0)  # a cow's back may sink below it
            distance = np.hypot(*(pose.outline - np.array([x, y])).T).min()
            assert distance < 6.0
        x, y = layout.back[len(layout.back) // 2]
        near = picture[round(y) - 4 : round(y) + 4, round(x) - 4 : round(x) + 4].reshape(-1, 3).astype(int)
        assert (np.abs(near - SKY).sum(axis=1) < 30).any()

    def test_a_bridge_has_no_outline(self) -> None:
        assert drawn(still(bridge(), "bridge"))[0].back == ()

    def test_nobody_is_said_and_no_body_drawn(self) -> None:
        layout, _ = drawn(still(nobody(), "bridge"))
        assert words(layout, "state").lines[0] == "Nobody found"
        assert layout.joints == layout.arcs == ()

    def test_a_joint_that_is_hardly_seen_is_not_drawn(self) -> None:
        layout, _ = drawn(still(bridge(visibility={Joint.ANKLE: 0.1}), "bridge"))
        assert "ankle" not in {mark.joint for mark in layout.joints}

    def test_what_lies_far_outside_does_no_harm(self) -> None:
        pose = bridge(at=(5000.0, -4000.0), scale=3000.0)
        layout, _ = drawn(replace(still(bridge(), "bridge"), pose=pose))
        assert words(layout, "state")

    @pytest.mark.parametrize("size", [(2, 2), (1, 40), (16, 9)])
    def test_a_picture_without_room_is_left_as_it_is(self, size: tuple[int, int]) -> None:
        layout, picture = drawn(full(), size)
        assert layout == DrawnLayout()
        assert (picture == 128).all()

    def test_a_pose_of_another_size_is_drawn_to_scale(self) -> None:
        scene = still(bridge(), "bridge")
        small, _ = drawn(scene, (640, 480))
        large, _ = drawn(scene, (1280, 960))
        for one, other in zip(small.joints, large.joints, strict=True):
            assert (2 * one.centre[0], 2 * one.centre[1]) == pytest.approx(other.centre)

    def test_figures_stay_where_they_are_while_the_body_hardly_moves(self) -> None:
        overlay = Overlay()
        boxes = []
        for index in range(30):
            pose = bridge(at=(320.0 + 0.3 * math.sin(index), 240.0 + 0.3 * math.cos(index)), time_s=index / 30)
            layout = overlay.draw(grey(), still(pose, "bridge"))
            boxes.append({one.about: one.box for one in layout.words})
        for name, box in boxes[0].items():
            for later in boxes:
                assert np.abs(np.array(later[name]) - box).max() <= 3


class TestScenes:
    def test_hold_grows_in_seconds_and_counts_when_done(self) -> None:
        poses = one_bridge(4.0)
        scenes = clip_scenes(poses, "bridge")
        holding = [scene for scene in scenes if scene.state is State.HOLDING]
        assert holding[0].hold_s == pytest.approx(0.0, abs=0.05)
        gained = holding[-1].hold_s - holding[0].hold_s
        assert gained == pytest.approx(holding[-1].pose.time_s - holding[0].pose.time_s, abs=0.05)
        assert {scene.target_s for scene in holding} == {6.0}
        assert holding[0].done == 0
        assert scenes[-1].done == 1
        assert scenes[-1].counted == "repetitions"

    def test_the_time_of_a_hold_can_still_be_read_after_it(self) -> None:
        scenes = clip_scenes(one_bridge(4.0), "bridge")
        last = max(index for index, scene in enumerate(scenes) if scene.state is State.HOLDING)
        assert scenes[last + 15].hold_s == pytest.approx(scenes[last].hold_s, abs=0.1)
        assert scenes[-1].hold_s == 0.0

    def test_a_fault_shows_its_cue_long_enough_to_be_read(self) -> None:
        poses = clip((2, lying_bent_knees()), (0.5, lambda t: bridge(lift=4 + 29 * t)), (4, bridge()),
                     (0.6, bridge(far_hip_flexion=90, far_knee_flexion=10)), (4, bridge()))  # fmt: skip
        scenes = clip_scenes(poses, "bridge")
        shown = [scene for scene in scenes if scene.cue == "Put both feet on the floor, side by side."]
        assert shown[-1].pose.time_s - shown[0].pose.time_s == pytest.approx(CUE_LEAST_S, abs=0.1)
        at_fault = [scene for scene in scenes if any(one.status is Status.FAULT for one in scene.gauges)]
        assert at_fault[-1].pose.time_s - at_fault[0].pose.time_s < 0.7

    def test_at_rest_nothing_is_wrong_yet(self) -> None:
        scene = clip_scenes(one_bridge(4.0), "bridge")[10]
        assert scene.state is State.READY
        assert {gauge.status for gauge in scene.gauges} <= {Status.UNJUDGED, Status.GOOD}

    def test_a_live_moment_fills_the_same_scene(self) -> None:
        stretch = load_stretch("bridge")
        session = Session(stretch)
        poses = one_bridge(4.0)
        until = 140
        for pose in poses[:until]:
            moment = session.update(pose)
        measures = session.measures()
        live = live_scene(moment, poses[until - 1], measures.slice(until - 1, until))
        clipped = clip_scenes(poses, "bridge")[until - 1]
        assert (live.state, live.title, live.target_s, live.near) == (
            clipped.state, clipped.title, clipped.target_s, clipped.near)  # fmt: skip
        assert live.hold_s == pytest.approx(clipped.hold_s, abs=0.05)
        assert [gauge.rule for gauge in live.gauges] == [gauge.rule for gauge in clipped.gauges]
        assert [gauge.value for gauge in live.gauges] == pytest.approx([gauge.value for gauge in clipped.gauges])

    def test_whoever_goes_on_from_a_hold_that_reached_its_aim_has_not_paused_it(self) -> None:
        stretch = load_stretch("bridge")
        session = Session(stretch)
        pose = bridge()
        moment = replace(session.update(pose), stretch=stretch, state=State.GRACE, hold_s=5.9, target_s=6.0)
        assert live_scene(moment, pose, session.measures()).headline == "Hold paused"
        done = live_scene(replace(moment, hold_s=6.1), pose, session.measures())
        assert (done.state, done.headline) == (State.ENTERING, "Moving")

    def test_before_a_stretch_is_known_only_the_body_is_shown(self) -> None:
        session = Session([load_stretch("bridge"), load_stretch("sphinx")])
        pose = lying_bent_knees()
        moment = session.update(pose)
        scene = live_scene(moment, pose, session.measures())
        assert scene.gauges == ()
        assert scene.target_s is None
        assert drawn(scene)[1].std() > 0
