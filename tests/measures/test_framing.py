"""What keeps a frame from being judged, on made views and on real pictures spoilt on purpose."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from posecheck.estimators.mediapipe_pose import MediaPipeEstimator
from posecheck.estimators.model import find_model
from posecheck.judging.still import StillVerdict, judge_still
from posecheck.measures.framing import (
    ADVICE,
    LEAST_BRIGHTNESS,
    LEAST_MIDTONE,
    LEAST_SHARPNESS,
    Framing,
    framing,
)
from posecheck.measures.measurer import measure
from posecheck.measures.view import View
from posecheck.pose.landmarks import Joint, Pose, Poses, Side
from posecheck.sources import open_source
from posecheck.storage.rule_files import load_stretch
from samples.studio.truth import JOINTS, read_truth
from tests.support.poses import bridge, mirrored, nobody, sphinx, turned
from tests.support.shared_data import real_footage

MOST_OFF_DEG = 30.0
NEEDED = (Joint.SHOULDER, Joint.HIP)
BRIDGE_NEEDS = load_stretch("bridge").camera.needed

SAMPLES = Path(__file__).parents[2] / "samples"


def seen(
    *,
    off: float = 0.0,
    outside: Collection[Joint] = (),
    along: float = 0.0,
    front: float = 1.0,
    bright: float = 1.0,
    sharp: float = 1.0,
    middle: float = 0.5,
) -> Framing:
    values = {"off_side_on_deg": off, "points_at_camera": along, "front_to_camera": front}
    values |= {"brightness": bright, "sharpness": sharp, "midtone": middle}
    arrays = {name: np.array([value]) for name, value in values.items()}
    inside = np.array([[joint not in outside for joint in Joint]])
    view = View(near=np.array([0]), facing=np.array([1.0]), body_px=np.array([300.0]), inside=inside, **arrays)
    return Framing(int(framing(view, MOST_OFF_DEG, NEEDED)[0]))


def of(pose: Pose) -> Framing:
    return Framing(int(framing(measure(Poses.stack([pose])).view, MOST_OFF_DEG, BRIDGE_NEEDS)[0]))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Framing.GOOD),
        ({"off": MOST_OFF_DEG}, Framing.GOOD),
        ({"off": 31.0}, Framing.TURNED),
        ({"off": 70.0}, Framing.FRONT_ON),
        ({"off": 70.0, "front": -1.0}, Framing.BACK_ON),
        ({"off": 70.0, "along": 0.6}, Framing.HEAD_ON),
        ({"off": 70.0, "along": -0.6}, Framing.FEET_ON),
        ({"along": 0.6}, Framing.GOOD),
        ({"outside": [Joint.HIP], "off": 70.0}, Framing.CUT_OFF),
        ({"outside": [Joint.FOOT_INDEX, Joint.WRIST]}, Framing.GOOD),
        ({"sharp": LEAST_SHARPNESS - 0.01, "outside": [Joint.HIP]}, Framing.BLURRED),
        ({"bright": LEAST_BRIGHTNESS - 0.01, "sharp": 0.0}, Framing.TOO_DARK),
        ({"off": np.nan}, Framing.NOBODY),
        ({"off": np.nan, "bright": 0.05}, Framing.TOO_DARK),
        ({"off": np.nan, "middle": LEAST_MIDTONE - 0.01}, Framing.BACKLIT),
        ({"off": np.nan, "middle": LEAST_MIDTONE}, Framing.NOBODY),
        ({"middle": 0.0}, Framing.GOOD),
        ({"off": np.nan, "middle": np.nan}, Framing.NOBODY),
        ({"off": np.nan, "sharp": 0.05}, Framing.BLURRED),
        ({"bright": np.nan, "sharp": np.nan}, Framing.GOOD),
        # A room of an evening, a compressed picture: poorer than most, and joints are still where they are.
        ({"bright": 0.2}, Framing.GOOD),
        ({"bright": LEAST_BRIGHTNESS}, Framing.GOOD),
        ({"sharp": 0.12}, Framing.GOOD),
        ({"sharp": LEAST_SHARPNESS}, Framing.GOOD),
        # Head or feet 29, 30 and 31 degrees towards the camera; side views read up to 12.
        ({"off": 70.0, "along": 0.48}, Framing.FRONT_ON),
        ({"off": 70.0, "along": 0.5}, Framing.FRONT_ON),
        ({"off": 70.0, "along": 0.52}, Framing.HEAD_ON),
        ({"off": 70.0, "along": -0.48}, Framing.FRONT_ON),
        ({"off": 70.0, "along": -0.5}, Framing.FRONT_ON),
        ({"off": 70.0, "along": -0.52}, Framing.FEET_ON),
        ({"off": 50.0}, Framing.FRONT_ON),
    ],
)
def test_the_worst_obstacle_is_told(changes: dict[str, float], expected: Framing) -> None:
    assert seen(**changes) is expected


def test_every_obstacle_has_its_own_advice() -> None:
    assert set(ADVICE) == set(Framing) - {Framing.GOOD}
    assert len(set(ADVICE.values())) == len(ADVICE) == len(Framing.__members__) - 1


@pytest.mark.parametrize("pose", [sphinx(), bridge(), mirrored(bridge()), turned(sphinx(), 10.0)])
def test_a_side_view_is_good(pose: Pose) -> None:
    assert of(pose) is Framing.GOOD


def test_nobody_is_told() -> None:
    assert of(nobody()) is Framing.NOBODY


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (73, Framing.HEAD_ON),  # bridge, head towards the camera
        (100, Framing.HEAD_ON),  # child's pose, head to the camera
        (215, Framing.FEET_ON),  # crunch, feet to the camera
        (171, Framing.FRONT_ON),  # on the back, seen from above
        (59, Framing.CUT_OFF),  # bridge, lower legs out of the picture
        (122, Framing.TURNED),  # bicycle, trunk twisted to the camera
        (218, Framing.NOBODY),  # food
    ],
)
def test_real_views(number: int, expected: Framing) -> None:
    lines = (real_footage() / "landmarks.jsonl").read_text().splitlines()
    row = next(row for row in map(json.loads, lines) if row["id"] == number)
    arrays = [None if row[key] is None else np.array(row[key], np.float32) for key in ("landmarks", "world")]
    assert of(Pose(0.0, row["width"], row["height"], *arrays)) is expected


@pytest.fixture(scope="module")
def estimator() -> MediaPipeEstimator:
    with MediaPipeEstimator(find_model(None), moving=False) as one:
        yield one


@pytest.mark.parametrize(
    ("spoilt", "expected"),
    [
        (lambda picture: picture, Framing.GOOD),
        (lambda picture: picture.point(lambda value: value * 0.1), Framing.TOO_DARK),
        (lambda picture: picture.filter(ImageFilter.GaussianBlur(picture.width / 80)), Framing.BLURRED),
        (lambda picture: picture.crop((picture.width * 9 // 20, 0, picture.width, picture.height)), Framing.CUT_OFF),
        (lambda picture: Image.new("RGB", picture.size, "grey"), Framing.BLURRED),
    ],
    ids=["as it is", "dark", "blurred", "half out of frame", "no picture at all"],
)
def test_spoilt_pictures(spoilt: object, expected: Framing, estimator: MediaPipeEstimator, tmp_path: Path) -> None:
    path = tmp_path / "spoilt.png"
    with Image.open(real_footage() / "photos" / "Cat_Stretch_1.jpg") as picture:
        spoilt(picture.convert("RGB")).save(path)  # type: ignore[operator]
    with open_source(path) as source:
        (pose,) = (estimator.estimate(frame) for frame in source)
    assert of(pose) is expected


@pytest.mark.parametrize(("number", "share"), [(1, 0.3), (1, 0.36), (0, 0.318), (0, 0.33)])
def test_a_bridge_without_its_feet_is_cut_off(
    number: int, share: float, estimator: MediaPipeEstimator, tmp_path: Path
) -> None:
    """The feet are out of the picture, and put somewhere inside it."""
    with Image.open(real_footage() / "photos" / f"Butt_Lift_Bridge_{number}.jpg") as picture:
        picture.crop((round(picture.width * share), 0, picture.width, picture.height)).save(tmp_path / "cut.png")
    with open_source(tmp_path / "cut.png") as source:
        (pose,) = (estimator.estimate(frame) for frame in source)
    assert of(pose) is Framing.CUT_OFF


@pytest.mark.parametrize("stretch", ["bridge", "cat-cow", "sphinx"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_sample_without_its_lower_legs_is_cut_off(
    stretch: str, number: int, estimator: MediaPipeEstimator, tmp_path: Path
) -> None:
    """Cut where, by its truth, half of the shin lies outside; of a bridge, whose shins are upright, of the thigh."""
    clip = SAMPLES / f"{stretch}-good-{number}.mp4"
    truth = read_truth(clip.with_suffix(".truth.json"))
    held = next(mark for mark in truth.marks if mark.label == "good" and mark.phase != "neutral")
    at_s = (held.start_s + held.end_s) / 2.0
    index = int(np.searchsorted(truth.time_s, at_s))
    start, end = (Joint.HIP, Joint.KNEE) if stretch == "bridge" else (Joint.KNEE, Joint.ANKLE)
    side = Side(int(truth.near[index]))
    places = [truth.joints_px[index, JOINTS.index(joint.on(side))] for joint in (start, end, Joint.EAR)]
    cut_px = round((places[0][0] + places[1][0]) / 2.0)
    with open_source(clip, start_s=at_s, end_s=at_s + 0.05) as source:
        picture = next(iter(source)).rgb()
    kept = picture[:, :cut_px] if places[2][0] < cut_px else picture[:, cut_px:]
    Image.fromarray(kept).save(tmp_path / "cut.png")
    with open_source(tmp_path / "cut.png") as source:
        (pose,) = (estimator.estimate(frame) for frame in source)
    assert of(pose) is Framing.CUT_OFF


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("all-fours-head-on", Framing.HEAD_ON),
        ("all-fours-feet-first", Framing.FEET_ON),
        ("sphinx-feet-first", Framing.FEET_ON),
        ("bridge-turned", Framing.FEET_ON),
        ("standing-front", Framing.FRONT_ON),
        ("standing-back", Framing.BACK_ON),
    ],
)
def test_rendered_views(name: str, expected: Framing, estimator: MediaPipeEstimator) -> None:
    """Drawn from the script beside each: ``python -m samples.studio preview tests/pictures/NAME.toml --at 1``."""
    with open_source(Path(__file__).parents[1] / "pictures" / f"{name}.jpg") as source:
        (pose,) = (estimator.estimate(frame) for frame in source)
    assert of(pose) is expected
    measures = measure(Poses.stack([pose]))
    verdicts = {
        judge_still(measures, [load_stretch(one)], chosen=True).verdict for one in ("bridge", "cat-cow", "sphinx")
    }
    lies = expected in (Framing.HEAD_ON, Framing.FEET_ON)
    assert verdicts == {StillVerdict.UNJUDGEABLE if lies else StillVerdict.OTHER}
