"""The body does what it is asked, on the floor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from posecheck.pose.landmarks import Side

if TYPE_CHECKING:
    from samples.studio.skeleton import Puppet
    from samples.studio.timeline import Timeline

SCRIPTS = Path(__file__).parents[2] / "samples" / "scripts"
PEOPLE = ("mina", "bruno", "helga")
ASKED = [
    ("bridge", {}, {"trunk_pitch": -33.0, "knee_over_ankle": 0.0}),
    ("bridge", {"arch": 30.0}, {"hip_flexion": -55.0, "knee_over_ankle": 0.0}),
    ("bridge", {}, {"trunk_pitch": -30.0, "knee_flexion": 120.0, "heel_height": 0.2}),
    ("sphinx", {"splay": 10.0}, {"elbow_lead": 0.12, "neck_flexion": -20.0}),
    ("sphinx", {}, {"trunk_pitch": 10.0, "elbow_lead": 0.45, "knee_flexion": 50.0}),
    ("all-fours", {"flexion": 55.0}, {"hand_lead": 0.05, "hip_over_knee": 0.05, "elbow_flexion": 10.0}),
    ("all-fours", {}, {"spine_flexion": -40.0, "hand_lead": 0.0, "neck_flexion": -30.0}),
]


@pytest.fixture(scope="module", params=PEOPLE)
def puppet(request: pytest.FixtureRequest, body_data: Path) -> Puppet:
    from samples.studio.looks import person
    from samples.studio.mesh import load_body
    from samples.studio.skeleton import Puppet

    return Puppet(load_body(body_data, dict(person(request.param).targets)))


def timeline_of(name: str, body_data: Path) -> tuple[Timeline, Puppet]:
    from samples.studio.scene import build
    from samples.studio.script import load_script

    scene = build(load_script(SCRIPTS / f"{name}.toml"), body_data)
    assert scene.timeline is not None
    assert scene.puppet is not None
    return scene.timeline, scene.puppet


@pytest.mark.parametrize(("name", "given", "aims"), ASKED)
def test_angles_asked_for_are_obtained_with_the_body_on_the_floor(
    puppet: Puppet, name: str, given: dict[str, float], aims: dict[str, float]
) -> None:
    from samples.studio.anatomy import measures
    from samples.studio.postures import POSTURES, key_dials

    posture = POSTURES[name]
    dials = key_dials(posture, puppet, given, aims, Side.LEFT)
    stance = posture.stance(puppet, dials)
    got = measures(puppet, stance, Side.LEFT)
    for aim, value in aims.items():
        assert got[aim] == pytest.approx(value, abs=0.02 if abs(value) < 1 else 1.5), aim
    gaps = posture.gaps(puppet, stance, dials)
    for gap in posture.settles.values():
        assert abs(gaps[gap]) < 0.01, gap
    assert puppet.lowest_vertex(stance) > -0.01


def test_bones_keep_their_lengths(puppet: Puppet) -> None:
    from samples.studio.postures import POSTURES, key_dials

    posture = POSTURES["bridge"]
    stance = posture.stance(puppet, key_dials(posture, puppet, {}, {"trunk_pitch": -30.0}, Side.LEFT))
    for side in "LR":
        for start, end, length in (
            ("upperleg01", "lowerleg01", puppet.thigh),
            ("lowerleg01", "foot", puppet.shin),
            ("upperarm01", "lowerarm01", puppet.upper_arm),
            ("lowerarm01", "wrist", puppet.forearm),
        ):
            ends = (puppet.joint(stance, f"{bone}.{side}") for bone in (end, start))
            assert np.linalg.norm(np.subtract(*ends)) == pytest.approx(length, rel=0.03)


@pytest.mark.parametrize("name", ["bridge-hips-low", "sphinx-pushed-up", "cat-cow-hips-rocking", "all-three"])
def test_nobody_sinks_into_the_floor_at_any_time(name: str, body_data: Path) -> None:
    timeline, puppet = timeline_of(name, body_data)
    for time_s in np.arange(0.0, timeline.duration_s, 0.7):
        lowest = puppet.lowest_vertex(timeline.stance(float(time_s)))
        assert -0.01 < lowest < 0.02, f"{lowest:.3f} m at {time_s:.1f} s"


@pytest.mark.parametrize(("name", "bone"), [("bridge-hips-low", "foot"), ("cat-cow-good-1", "wrist")])
def test_feet_and_hands_stay_where_they_stand(name: str, bone: str, body_data: Path) -> None:
    timeline, puppet = timeline_of(name, body_data)
    stances = [timeline.stance(float(time_s)) for time_s in np.arange(0.0, timeline.duration_s, 0.9)]
    for side in "LR":
        places = np.array([puppet.joint(stance, f"{bone}.{side}") for stance in stances])
        assert np.ptp(places[:, 2]) < 0.01


def test_movement_has_no_jumps(body_data: Path) -> None:
    from samples.studio.anatomy import joints

    timeline, puppet = timeline_of("all-three", body_data)
    times = np.arange(0.0, timeline.duration_s, 0.04)[::1]
    for start in (1.4, 6.5, 20.0, 33.0, 36.0, 46.0):
        window = times[(times >= start) & (times < start + 1.2)]
        places = np.array([joints(puppet, timeline.stance(float(time_s))) for time_s in window])
        assert np.abs(np.diff(places, axis=0)).max() < 0.16, f"from {start} s on"


def test_the_camera_projects_its_aim_into_the_middle_and_the_roll_turns_the_floor(studio_extra: None) -> None:
    from samples.studio.camera import Camera

    level = Camera((3.0, 0.6, 0.0), (0.0, 0.4, 0.0), 30.0, 0.0, 640, 360)
    assert level.project(np.array([[0.0, 0.4, 0.0]]))[0] == pytest.approx([320, 180])
    rolled = Camera((3.0, 0.4, 0.0), (0.0, 0.4, 0.0), 30.0, 10.0, 640, 360)
    left, right = rolled.project(np.array([[0.0, 0.4, 0.5], [0.0, 0.4, -0.5]]))
    across, down = right - left
    assert across > 0
    assert np.degrees(np.arctan2(down, across)) == pytest.approx(10.0, abs=0.1)
