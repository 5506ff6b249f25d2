"""The true joints of a posed body, where MediaPipe puts its landmarks, and the measures that follow from them.

Measures are taken with the formulas of `posecheck.measures.table`, on the joints seen exactly from the side (whatever
the camera of the clip does) and on the side of the body asked for.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from posecheck.measures.side_view import SideView
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Joint, Landmark, Side
from samples.studio.mesh import Body, Floats
from samples.studio.skeleton import SIDES, Puppet, Stance
from samples.studio.truth import JOINTS, SPINE_MEASURE

_BONES = {
    Joint.SHOULDER: "upperarm01", Joint.ELBOW: "lowerarm01", Joint.WRIST: "wrist",
    Joint.HIP: "upperleg01", Joint.KNEE: "lowerleg01", Joint.ANKLE: "foot",
}  # fmt: skip

_TRAGION = 12032
"""The base mesh's vertex at the left ear's tragion, the notch above the little flap in front of the ear's hole: what
MediaPipe calls ear (Bazarevsky et al. 2019, BlazeFace, arXiv:1907.05047). The mesh is symmetric."""


@cache
def _attachments(body: Body) -> dict[Landmark, tuple[str, Any]]:
    """Each landmark's bone and its place at rest: joints where bones begin, the others on the skin."""
    found: dict[Landmark, tuple[str, Any]] = {}
    skin = body.part("body")
    place = body.vertices[skin]
    eyes = body.vertices[body.part("helper-l-eye")].mean(axis=0)
    face = place[(np.abs(place[:, 0]) < 0.006) & (np.abs(place[:, 1] - eyes[1] + 0.04) < 0.04)]
    found[Landmark.NOSE] = ("head", face[face[:, 2].argmax()])
    for side, letter in zip(Side, SIDES, strict=True):
        sign = 1 if side is Side.LEFT else -1
        for joint, bone in _BONES.items():
            found[joint.on(side)] = (f"{bone}.{letter}", body.head(f"{bone}.{letter}"))
        found[Joint.EAR.on(side)] = ("head", body.vertices[_TRAGION] * (sign, 1, 1))
        foot = place[body.share(f"foot.{letter}")[skin] > 0.5]
        low = foot[foot[:, 1] < 0.04]
        found[Joint.HEEL.on(side)] = (f"foot.{letter}", low[low[:, 2].argsort()[:12]].mean(axis=0))
        toes = place[body.share(f"toe1-1.{letter}", f"toe1-2.{letter}")[skin] > 0.5]
        found[Joint.FOOT_INDEX.on(side)] = (f"toe1-1.{letter}", toes[toes[:, 2].argsort()[-12:]].mean(axis=0))
    return found


def joints(puppet: Puppet, stance: Stance) -> Floats:
    """(19, 3) metres, the `JOINTS` in their order."""
    attachments = _attachments(puppet.body)
    return np.array([puppet.attached(stance, *attachments[landmark]) for landmark in JOINTS])


def spine_flexion_deg(puppet: Puppet, stance: Stance) -> float:
    """How far the upper chest is bent against the pelvis, from upright standing: positive rounded, negative arched."""
    index = puppet.body.index
    turn = stance.turns[index["root"]].T @ stance.turns[index["spine01"]]
    return float(np.degrees(np.arctan2(turn[2, 1], turn[2, 2])))


def measures(puppet: Puppet, stance: Stance, side: Side, heading_deg: float = 0.0) -> dict[str, float]:
    """Every measure of `posecheck.measures.table` by name, in its unit.

    Args:
        puppet: The body.
        stance: How it is posed.
        side: The side that is measured.
        heading_deg: Where a figure standing upright there would face.
    """
    return measures_of(joints(puppet, stance), spine_flexion_deg(puppet, stance), side, heading_deg)


def measures_of(places: Floats, spine_deg: float, side: Side, heading_deg: float = 0.0) -> dict[str, float]:
    """The same from (19, 3) joints and the spine's flexion."""
    ahead = np.array([np.sin(np.radians(heading_deg)), 0.0, np.cos(np.radians(heading_deg))])
    flat = np.stack([places @ ahead, places[:, 1]], axis=1)
    near, far = (np.array([[flat[JOINTS.index(joint.on(one))] for joint in Joint]]) for one in (side, Side(1 - side)))
    body = SideView(near, far, np.full((1, 1, 2), np.nan))
    values = {name: float(spec.formula(body)[0]) for name, spec in MEASURES.items()}
    values[SPINE_MEASURE] = spine_deg
    return values
