"""The moving skeleton: an attitude of the body (trunk and limbs) becomes the place of every bone, joint and vertex.

World: metres, the floor is y = 0, the body lies along z and its left points to +x. A pelvis that is not turned stands
upright and faces +z; pitched by +90 degrees it lies prone, by -90 supine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from samples.studio.mesh import Body, Floats, Ints
from samples.studio.rotations import about, align, between, least_turn, two_bones, unit

SPINE = ("spine04", "spine03", "spine02", "spine01")
"""The bones that bend, from the loins to the upper chest."""

NECK = ("neck01", "neck02", "neck03", "head")
SIDES = ("L", "R")


class Contact(Enum):
    """A part of the body that can lie on the floor."""

    HANDS = "hands"
    ELBOWS = "elbows"
    KNEES = "knees"
    FEET = "feet"
    TOES = "toes"
    PELVIS = "pelvis"
    BELLY = "belly"
    CHEST = "chest"
    HEAD = "head"


@dataclass(frozen=True, slots=True, eq=False)
class Trunk:
    """How pelvis, spine, neck and shoulder girdle are held; angles in degrees, flexion positive.

    Attributes:
        hips: (3,) the middle between the hip joints.
        pitch: Of the pelvis: 0 upright, 90 prone, -90 supine.
        roll: Turn of the pelvis about its own long axis, to its left.
        spine: Flexion of each bone of `SPINE`.
        twist: Turn of the whole spine about its long axis, to the left.
        neck: Flexion of the whole neck.
        nod: Flexion of the head upon the neck.
        shrug: How far the shoulders are drawn up.
        protraction: How far they are drawn forwards.
    """

    hips: tuple[float, float, float]
    pitch: float
    roll: float = 0.0
    spine: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    twist: float = 0.0
    neck: float = 0.0
    nod: float = 0.0
    shrug: float = 0.0
    protraction: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Limb:
    """Where an arm or a leg goes.

    Attributes:
        middle: (3,) the elbow or knee.
        end: (3,) the wrist or ankle.
        out: (3,) direction in which the middle joint points.
        tip: Rotation of hand or foot against the world, from the standing rest.
        toes: Rotation of the toes; None where they follow the foot.
    """

    middle: Floats
    end: Floats
    out: Floats
    tip: Floats
    toes: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Stance:
    """Where every bone is.

    Attributes:
        turns: (B, 3, 3) rotation of each bone against its rest.
        heads: (B, 3) where each bone begins.
    """

    turns: Floats
    heads: Floats

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0, heading_deg: float = 0.0) -> Stance:
        """The same, turned about the vertical axis through the origin, then shifted by metres."""
        turn = about("y", heading_deg)
        return Stance(turn @ self.turns, self.heads @ turn.T + (x, y, z))


@dataclass(eq=False)
class Puppet:
    """A body that can be posed.

    Attributes:
        body: The body at rest.
        upper_arm, forearm, thigh, shin: Lengths of the bones, hip to knee and so on.
    """

    body: Body
    upper_arm: float = field(init=False)
    forearm: float = field(init=False)
    thigh: float = field(init=False)
    shin: float = field(init=False)

    def __post_init__(self) -> None:
        """Reads lengths and rest directions from the body."""
        body, self._rest = self.body, {}
        for side in SIDES:
            shoulder, elbow, wrist, hip, knee, ankle = (
                body.head(f"{bone}.{side}")
                for bone in ("upperarm01", "lowerarm01", "wrist", "upperleg01", "lowerleg01", "foot")
            )
            hand = unit(body.head(f"finger3-1.{side}") - wrist)
            across = body.head(f"finger2-1.{side}") - body.head(f"finger5-1.{side}")
            palm = unit(np.cross(hand, across) * (1.0 if side == "L" else -1.0))
            self._rest[side] = {
                "upper_arm": elbow - shoulder, "forearm": wrist - elbow, "thigh": knee - hip, "shin": ankle - knee,
                "hinge": np.cross(elbow - shoulder, wrist - elbow), "hand": hand, "palm": palm,
            }  # fmt: skip
        for name in ("upper_arm", "forearm", "thigh", "shin"):
            setattr(self, name, float(np.linalg.norm(self._rest["L"][name])))
        self._hips = (body.head("upperleg01.L") + body.head("upperleg01.R")) / 2
        posed = {"root", *SPINE, *NECK}
        for side in SIDES:
            posed |= {f"{bone}.{side}" for bone in _LIMB_BONES}
        posed |= {name for name in body.bones if name.startswith("toe") and name[4:].startswith("-1")}
        self._posed = [number for number, name in enumerate(body.bones) if name in posed]
        self._anchor = np.array([self._posed_ancestor(number) for number in range(len(body.bones))])
        self._contacts = {contact: self._contact_vertices(contact) for contact in Contact}

    # --- posing -------------------------------------------------------------------------------------------------

    def trunk(self, trunk: Trunk) -> Stance:
        """The skeleton with the trunk posed and limbs hanging as they do at rest."""
        turns = self._trunk_turns(trunk)
        return self._stand(turns, trunk)

    def pose(self, trunk: Trunk, arms: dict[str, Limb], legs: dict[str, Limb]) -> Stance:
        """The whole skeleton; limbs by side, "L" and "R"."""
        turns = self._trunk_turns(trunk)
        hanging = self._stand(turns, trunk)
        for side in SIDES:
            hip, shoulder = self.joint(hanging, f"upperleg01.{side}"), self.joint(hanging, f"upperarm01.{side}")
            self._turn_leg(turns, side, hip, legs[side])
            self._turn_arm(turns, side, shoulder, arms[side])
        return self._stand(turns, trunk)

    def joint(self, stance: Stance, bone: str) -> Floats:
        """(3,) where a bone begins."""
        result: Floats = stance.heads[self.body.index[bone]]
        return result

    def attached(self, stance: Stance, bone: str, rest: Floats) -> Floats:
        """(..., 3) where points that a bone carries are, given where they are at rest."""
        number = self.body.index[bone]
        result: Floats = stance.heads[number] + (rest - self.body.heads[number]) @ stance.turns[number].T
        return result

    def arm(self, shoulder: Floats, wrist: Floats, pole: Floats, tip: Floats) -> Limb:
        """An arm whose wrist is placed."""
        middle, end, out = two_bones(shoulder, wrist, self.upper_arm, self.forearm, pole)
        return Limb(middle, end, out, tip)

    def leg(self, hip: Floats, ankle: Floats, pole: Floats, tip: Floats, toes: Floats | None = None) -> Limb:
        """A leg whose ankle is placed."""
        middle, end, out = two_bones(hip, ankle, self.thigh, self.shin, pole)
        return Limb(middle, end, out, tip, toes)

    def hand(self, side: str, pointing: Floats, palm: Floats) -> Floats:
        """The rotation of a hand whose fingers point one way and whose palm faces another."""
        rest = self._rest[side]
        return align(rest["hand"], rest["palm"], pointing, palm)

    def relaxed_hand(self, side: str, elbow: Floats, wrist: Floats, palm: Floats) -> Floats:
        """The rotation of a hand that goes on straight from the forearm."""
        return self.hand(side, wrist - elbow, palm)

    # --- the mesh -----------------------------------------------------------------------------------------------

    def skin(self, stance: Stance, rows: Ints | None = None) -> Floats:
        """(V, 3) where the vertices, or the rows asked for, are."""
        body = self.body
        rest = body.vertices if rows is None else body.vertices[rows]
        weights = body.weights if rows is None else body.weights[rows]
        return blend(weights, rest, self.transforms(stance))

    def transforms(self, stance: Stance) -> Floats:
        """(B, 12) of each bone: its rotation row by row, then its shift."""
        shift = stance.heads - np.einsum("bij,bj->bi", stance.turns, self.body.heads)
        return np.concatenate([stance.turns.reshape(-1, 9), shift], axis=1)

    def lowest(self, stance: Stance, contact: Contact, side: str | None = None) -> float:
        """Height in metres at which a part of the body would rest: its lowest points, flattened by `SOFTNESS_M`."""
        rows = self._contacts[contact]
        if side is not None:
            rows = rows[(self.body.vertices[rows, 0] > 0) == (side == "L")]
        height = self.skin(stance, rows)[:, 1]
        least = float(height.min())
        return least + SOFTNESS_M * (1.0 - float(np.log(np.exp(-(height - least) / SOFTNESS_M).sum())))

    def lowest_vertex(self, stance: Stance) -> float:
        """Height of the lowest vertex of the skin."""
        return float(self.skin(stance, self.body.part("body"))[:, 1].min())

    # --- inside -------------------------------------------------------------------------------------------------

    def _posed_ancestor(self, number: int) -> int:
        while number not in self._posed:
            number = int(self.body.parents[number])
        return number

    def _contact_vertices(self, contact: Contact) -> Ints:
        body = self.body
        rows = body.part("body")
        place = body.vertices[rows]
        if contact in _CONTACT_JOINTS:
            bone, reach, bones = _CONTACT_JOINTS[contact]
            near = np.zeros(len(rows), bool)
            for side in SIDES:
                near |= np.linalg.norm(place - body.head(f"{bone}.{side}"), axis=1) < reach
            near &= body.share(*(f"{name}.{side}" for name in bones for side in SIDES))[rows] > 0.5
            close: Ints = rows[near][::2]
            return close
        starts = _CONTACT_BONES[contact]
        names = [name for name in body.bones if name.startswith(starts)]
        chosen = rows[body.share(*names)[rows] > 0.6]
        return chosen[:: max(1, len(chosen) // 400)]

    def _trunk_turns(self, trunk: Trunk) -> dict[int, Floats]:
        index = self.body.index
        turn = about("x", trunk.pitch) @ about("y", trunk.roll)
        turns = {index["root"]: turn}
        for name, flexion in zip(SPINE, trunk.spine, strict=True):
            turn = turn @ about("x", flexion) @ about("y", trunk.twist / len(SPINE))
            turns[index[name]] = turn
        for side, sign in zip(SIDES, (1, -1), strict=True):
            girdle = turn @ about("y", -sign * trunk.protraction) @ about("z", sign * trunk.shrug)
            turns[index[f"clavicle.{side}"]] = turns[index[f"shoulder01.{side}"]] = girdle
        for name in NECK:
            turn = turn @ about("x", trunk.neck / len(NECK) + (trunk.nod if name == "head" else 0.0))
            turns[index[name]] = turn
        return turns

    def _stand(self, turns: dict[int, Floats], trunk: Trunk) -> Stance:
        body, count = self.body, len(self.body.bones)
        all_turns, heads = np.zeros((count, 3, 3)), np.zeros((count, 3))
        for number in self._posed:
            parent = int(body.parents[number])
            if parent < 0:
                all_turns[number] = turns[number]
                heads[number] = np.array(trunk.hips) + turns[number] @ (body.heads[number] - self._hips)
                continue
            carrier = int(self._anchor[parent])
            all_turns[number] = turns.get(number, all_turns[carrier])
            heads[number] = heads[carrier] + all_turns[carrier] @ (body.heads[number] - body.heads[carrier])
        carriers = self._anchor
        offset = body.heads - body.heads[carriers]
        turned = all_turns[carriers]
        return Stance(turned, heads[carriers] + np.einsum("bij,bj->bi", turned, offset))

    def _turn_leg(self, turns: dict[int, Floats], side: str, hip: Floats, limb: Limb) -> None:
        index, rest = self.body.index, self._rest[side]
        hinge = np.cross(limb.out, limb.end - hip)
        thigh = align(rest["thigh"], np.array([1.0, 0.0, 0.0]), limb.middle - hip, hinge)
        shin = align(rest["shin"], np.array([1.0, 0.0, 0.0]), limb.end - limb.middle, hinge)
        for bone, turn in (("upperleg01", thigh), ("upperleg02", thigh), ("lowerleg01", shin), ("lowerleg02", shin)):
            turns[index[f"{bone}.{side}"]] = turn
        turns[index[f"foot.{side}"]] = limb.tip
        for number in self._posed:
            name = self.body.bones[number]
            if name.startswith("toe") and name.endswith(side):
                turns[number] = limb.tip if limb.toes is None else limb.toes

    def _turn_arm(self, turns: dict[int, Floats], side: str, shoulder: Floats, limb: Limb) -> None:
        index, rest = self.body.index, self._rest[side]
        hinge = np.cross(limb.out, limb.end - shoulder)
        upper = align(rest["upper_arm"], rest["hinge"], limb.middle - shoulder, hinge)
        fore = align(rest["forearm"], rest["hinge"], limb.end - limb.middle, hinge)
        girdle = turns[index[f"shoulder01.{side}"]]
        untwisted = least_turn(girdle @ rest["upper_arm"], limb.middle - shoulder) @ girdle
        twisted = least_turn(limb.tip @ rest["forearm"], limb.end - limb.middle) @ limb.tip
        turns[index[f"upperarm01.{side}"]] = between(untwisted, upper, 0.5)
        turns[index[f"upperarm02.{side}"]] = upper
        turns[index[f"lowerarm01.{side}"]] = between(fore, twisted, 0.25)
        turns[index[f"lowerarm02.{side}"]] = between(fore, twisted, 0.75)
        turns[index[f"wrist.{side}"]] = limb.tip


SOFTNESS_M = 0.002
"""Flesh gives way: points within about this of the lowest share the load."""

_LIMB_BONES = (
    "clavicle", "shoulder01", "upperarm01", "upperarm02", "lowerarm01", "lowerarm02", "wrist",
    "upperleg01", "upperleg02", "lowerleg01", "lowerleg02", "foot",
)  # fmt: skip
_CONTACT_JOINTS = {
    Contact.KNEES: ("lowerleg01", 0.24, ("upperleg02", "lowerleg01")),
    Contact.ELBOWS: ("lowerarm01", 0.08, ("upperarm02", "lowerarm01")),
}
_CONTACT_BONES: dict[Contact, tuple[str, ...]] = {
    Contact.HANDS: ("wrist", "finger", "metacarpal"),
    Contact.FEET: ("foot", "toe"),
    Contact.TOES: ("toe",),
    Contact.PELVIS: ("root", "pelvis", "spine05", "upperleg01"),
    Contact.BELLY: ("root", "pelvis", "spine05", "spine04", "spine03", "upperleg01"),
    Contact.CHEST: ("spine02", "spine01", "clavicle", "shoulder01", "breast"),
    Contact.HEAD: ("head", "neck", "jaw"),
}


def blend(weights: Floats, rest: Floats, transforms: Floats) -> Floats:
    """Linear blend skinning: (V, B) weights, (V, 3) rest places and (B, 12) transforms to (V, 3) places."""
    mixed = weights @ transforms
    result: Floats = np.einsum("nij,nj->ni", mixed[:, :9].reshape(-1, 3, 3), rest) + mixed[:, 9:]
    return result
