"""Postures told by joint angles alone: what people do before, between and after stretches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samples.studio.mesh import Floats
from samples.studio.rotations import about, between
from samples.studio.skeleton import SIDES, Limb, Puppet, Stance, Trunk


@dataclass(frozen=True, slots=True)
class Plain:
    """Joint angles in degrees, flexion positive; a pair is (left, right).

    Attributes:
        pitch: Of the pelvis: 0 upright, 90 prone, -90 supine.
        roll: Onto the side: 90 turns the front to the left.
        spine: Flexion of the whole spine.
        neck: Flexion of the neck.
        hip: Flexion of the hips.
        knee: Flexion of the knees.
        plantar: Plantarflexion of the ankles.
        shoulder: Flexion of the shoulders.
        elbow: Flexion of the elbows.
        apart: How far arms are held from the body.
    """

    pitch: float = 0.0
    roll: float = 0.0
    spine: float = 0.0
    neck: float = 0.0
    hip: tuple[float, float] = (0.0, 0.0)
    knee: tuple[float, float] = (3.0, 3.0)
    plantar: tuple[float, float] = (0.0, 0.0)
    shoulder: tuple[float, float] = (5.0, 5.0)
    elbow: tuple[float, float] = (12.0, 12.0)
    apart: float = 12.0

    def stance(self, puppet: Puppet) -> Stance:
        """The skeleton, resting on the floor."""
        trunk = Trunk((0.0, 0.0, 0.0), self.pitch, roll=self.roll, spine=(self.spine / 4,) * 4, neck=self.neck)
        held = puppet.trunk(trunk)
        index = puppet.body.index
        pelvis, chest = held.turns[index["root"]], held.turns[index["spine01"]]
        arms, legs = {}, {}
        for number, (side, sign) in enumerate(zip(SIDES, (1.0, -1.0), strict=True)):
            hip, shoulder = (puppet.joint(held, f"{bone}.{side}") for bone in ("upperleg01", "upperarm01"))
            legs[side] = self._leg(puppet, pelvis, hip, sign, number)
            arms[side] = self._arm(puppet, chest, shoulder, side, sign, number)
        stance = puppet.pose(trunk, arms, legs)
        return stance.moved(y=-puppet.lowest_vertex(stance))

    def _leg(self, puppet: Puppet, pelvis: Floats, hip: Floats, sign: float, number: int) -> Limb:
        down = np.array([sign * 0.04, -1.0, 0.0])
        thigh = pelvis @ about("x", -self.hip[number])
        shin = thigh @ about("x", self.knee[number])
        knee = hip + puppet.thigh * (thigh @ down)
        ankle = knee + puppet.shin * (shin @ down)
        foot = shin @ about("x", self.plantar[number]) @ about("y", sign * 6.0)
        return Limb(knee, ankle, np.cross(ankle - hip, pelvis[:, 0]), foot)

    def _arm(self, puppet: Puppet, chest: Floats, shoulder: Floats, side: str, sign: float, number: int) -> Limb:
        down = np.array([0.0, -1.0, 0.0])
        upper = chest @ about("z", sign * self.apart) @ about("x", -self.shoulder[number])
        fore = upper @ about("x", -max(self.elbow[number], 4.0))
        elbow = shoulder + puppet.upper_arm * (upper @ down)
        wrist = elbow + puppet.forearm * (fore @ down)
        palm = upper @ np.array([-sign, 0.0, 0.0])
        return Limb(elbow, wrist, -upper[:, 2], puppet.relaxed_hand(side, elbow, wrist, palm))


PLAIN: dict[str, Plain] = {
    "standing": Plain(),
    "stooping": Plain(pitch=35, spine=35, neck=5, hip=(75, 75), knee=(60, 60), plantar=(-25, -25), shoulder=(60, 60)),
    "kneeling": Plain(hip=(4, 4), knee=(88, 88), plantar=(60, 60)),
    "on-heels": Plain(pitch=8, spine=8, hip=(88, 88), knee=(150, 150), plantar=(62, 62), shoulder=(28, 28)),
    "on-side": Plain(
        pitch=90, roll=-90, spine=8, neck=5, hip=(45, 35), knee=(70, 60), plantar=(30, 30),
        shoulder=(70, 95), elbow=(60, 70), apart=4,
    ),
    "sitting": Plain(
        pitch=-10, spine=22, neck=5, hip=(132, 132), knee=(97, 97), plantar=(41, 41),
        shoulder=(58, 58), elbow=(20, 20), apart=8,
    ),
    "leaning-back": Plain(
        pitch=-50, spine=24, neck=18, hip=(86, 86), knee=(94, 94), plantar=(38, 38),
        shoulder=(-32, -32), elbow=(74, 74),
    ),
    "lying": Plain(pitch=-90, neck=4, knee=(4, 4), plantar=(35, 35), shoulder=(-4, -4), elbow=(10, 10), apart=20),
}  # fmt: skip
"""By name, as scripts call them."""


def mixed(puppet: Puppet, first: Stance, second: Stance, share: float) -> Stance:
    """A stance on the way from one to another, every joint turning evenly, resting on the floor."""
    body = puppet.body
    parents = np.maximum(body.parents, 0)

    def local(stance: Stance) -> Floats:
        turns = np.einsum("bji,bjk->bik", stance.turns[parents], stance.turns)
        turns[0] = stance.turns[0]
        return np.asarray(turns)

    locals_ = between(local(first), local(second), share)
    turns, heads = np.zeros_like(first.turns), np.zeros_like(first.heads)
    for number, parent in enumerate(body.parents):
        if parent < 0:
            turns[number] = locals_[number]
            heads[number] = (1 - share) * first.heads[number] + share * second.heads[number]
        else:
            turns[number] = turns[parent] @ locals_[number]
            heads[number] = heads[parent] + turns[parent] @ (body.heads[number] - body.heads[parent])
    stance = Stance(turns, heads)
    return stance.moved(y=-puppet.lowest_vertex(stance))
