"""The postures on the floor: what each can be asked for, and which parts of the body then carry it.

A posture is told by dials (angles in degrees, places in metres). Some are given by a key pose; some are found for what
the key asks (`aims`: a measure of `posecheck.measures.table` to its value); and those that keep the body on the floor
are found anew in every frame (`settles`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Protocol

import numpy as np

from posecheck.pose.landmarks import Side
from samples.studio.anatomy import measures
from samples.studio.mesh import Floats
from samples.studio.rotations import about, unit
from samples.studio.skeleton import SIDES, Contact, Limb, Puppet, Stance, Trunk
from samples.studio.solver import Dials, slopes_at, solve

ACROSS = np.array([1.0, 0.0, 0.0])
DOWN = np.array([0.0, -1.0, 0.0])
SIGNS = dict(zip(SIDES, (1.0, -1.0), strict=True))


class Posture(Protocol):
    """A way to rest on the floor.

    Attributes:
        start: Every dial with a value to begin the search from.
        found_for: Each aim with the dial that is turned for it.
        otherwise: Gaps that a dial closes in a key pose when no aim has claimed it.
        settles: Each dial that is found anew in every frame with the gap that it closes.
        planted: Dials that stay as they are while hands and feet stay where they are.
    """

    start: ClassVar[Dials]
    found_for: ClassVar[Mapping[str, str]]
    otherwise: ClassVar[Mapping[str, str]]
    settles: ClassVar[Mapping[str, str]]
    planted: ClassVar[tuple[str, ...]]

    def stance(self, puppet: Puppet, dials: Dials) -> Stance:
        """The skeleton for these dials."""
        ...

    def gaps(self, puppet: Puppet, stance: Stance, dials: Dials) -> dict[str, float]:
        """Metres by which parts of the body are off the place where they should rest."""
        ...


def key_dials(posture: Posture, puppet: Puppet, given: Dials, aims: Mapping[str, float], side: Side) -> Dials:
    """The dials of a key pose.

    Args:
        posture: Which posture.
        puppet: Whose body.
        given: Dials that are fixed.
        aims: Measures and the values that they should have on `side`.
        side: The side of the body that is measured.
    """
    dials = {**posture.start, **given}
    closing = {dial: gap for dial, gap in {**posture.otherwise, **posture.settles}.items() if dial not in given}
    wanted = {}
    for aim, value in aims.items():
        dial = posture.found_for[aim]
        if dial not in given:
            wanted[aim] = value
            closing.pop(dial, None)
    free = list(dict.fromkeys([*closing, *(posture.found_for[aim] for aim in wanted)]))

    def miss(tried: Dials) -> Floats:
        stance = posture.stance(puppet, tried)
        gaps = posture.gaps(puppet, stance, tried)
        misses = [gaps[gap] * 200.0 for gap in closing.values()]
        if wanted:
            got = measures(puppet, stance, side)
            misses += [(got[aim] - value) * _SCALE.get(aim, 1.0) for aim, value in wanted.items()]
        return np.array(misses)

    return solve(miss, dials, free, rounds=60)


def settled(posture: Posture, puppet: Puppet, dials: Dials, slopes: Floats | None = None) -> Dials:
    """Dials between two key poses, with the body resting on the floor again; `slopes` as `settling` gives them."""
    miss = _floor_miss(posture, puppet)
    return solve(miss, dials, list(posture.settles), rounds=6, close=0.15, slopes=slopes)


def settling(posture: Posture, puppet: Puppet, dials: Dials) -> Floats:
    """How the gaps to the floor change with the dials that close them; what `settled` begins with nearby."""
    return slopes_at(_floor_miss(posture, puppet), dials, list(posture.settles))


def _floor_miss(posture: Posture, puppet: Puppet) -> Callable[[Dials], Floats]:
    def miss(tried: Dials) -> Floats:
        gaps = posture.gaps(puppet, posture.stance(puppet, tried), tried)
        return np.array([gaps[gap] for gap in posture.settles.values()]) * 200.0

    return miss


_RATIOS = ("elbow_lead", "hand_lead", "hip_over_knee", "knee_over_ankle", "heel_height", "ear_shoulder_gap")
_SCALE = dict.fromkeys(_RATIOS, 60.0)
"""Ratios to the size of a degree."""


_ALMOST_STRAIGHT = 0.985
"""Reach of a limb that hangs or lies long, over its length: bent by about 20 degrees."""


def _lying_leg(puppet: Puppet, hip: Floats, sign: float, rise: float, bend: float, plantar: float) -> Limb:
    """A leg that points backwards from a prone or kneeling body, `rise` degrees up, its shin `bend` degrees further."""
    thigh = unit(np.array([sign * 0.03, np.sin(np.radians(rise)), -np.cos(np.radians(rise))]))
    lower = np.radians(rise + bend)
    shin = unit(np.array([sign * 0.03, np.sin(lower), -np.cos(lower)]))
    knee = hip + puppet.thigh * thigh
    ankle = knee + puppet.shin * shin
    foot = about("y", sign * 4.0) @ about("x", 90.0 + plantar + rise + bend)
    return Limb(knee, ankle, np.cross(ankle - hip, ACROSS), foot)


class Sphinx:
    """Prone, on the forearms; also lying flat on the front, and pushed up on the hands."""

    start: ClassVar[Dials] = {
        "extension": 35.0, "hip_y": 0.11, "rise": -4.0, "bend": 2.0, "plantar": 62.0, "hand_x": 0.14, "wrist_y": 0.04,
        "hand_z": 0.75, "splay": 12.0, "neck": -5.0, "face": 6.0, "shrug": 0.0, "protraction": 4.0, "lift_y": 0.0,
        "elbow_lift_y": 0.0, "breath": 0.0,
    }  # fmt: skip
    found_for: ClassVar[Mapping[str, str]] = {
        "trunk_pitch": "extension", "elbow_lead": "hand_z", "neck_flexion": "neck", "knee_flexion": "bend",
        "ear_shoulder_gap": "shrug", "thigh_pitch": "lift_y", "forearm_pitch": "elbow_lift_y",
    }  # fmt: skip
    otherwise: ClassVar[Mapping[str, str]] = {"bend": "feet", "extension": "elbows"}
    settles: ClassVar[Mapping[str, str]] = {"hip_y": "belly", "rise": "knees", "splay": "elbows", "wrist_y": "hands"}
    planted: ClassVar[tuple[str, ...]] = ("hand_z",)

    def stance(self, puppet: Puppet, dials: Dials) -> Stance:
        """The skeleton for these dials."""
        bend = -dials["extension"]
        spine = (0.32 * bend, 0.28 * bend, 0.23 * bend + dials["breath"], 0.17 * bend + dials["breath"])
        pitch = 90.0 - 0.12 * dials["extension"]
        nod = float(np.clip(dials["face"] - pitch - sum(spine) - dials["neck"], -40.0, 25.0))
        trunk = Trunk(
            (0.0, dials["hip_y"], 0.0), pitch, spine=spine, neck=dials["neck"], nod=nod, shrug=dials["shrug"],
            protraction=dials["protraction"],
        )  # fmt: skip
        held = puppet.trunk(trunk)
        arms, legs = {}, {}
        for side, sign in SIGNS.items():
            splay = np.radians(dials["splay"])
            pole = np.array([sign * np.sin(splay), -np.cos(splay), -0.4])
            wrist = np.array([sign * dials["hand_x"], dials["wrist_y"], dials["hand_z"]])
            palm_down = puppet.hand(side, np.array([-sign * 0.05, -0.03, 1.0]), DOWN)
            arms[side] = puppet.arm(puppet.joint(held, f"upperarm01.{side}"), wrist, pole, palm_down)
            hip = puppet.joint(held, f"upperleg01.{side}")
            legs[side] = _lying_leg(puppet, hip, sign, dials["rise"], dials["bend"], dials["plantar"])
        return puppet.pose(trunk, arms, legs)

    def gaps(self, puppet: Puppet, stance: Stance, dials: Dials) -> dict[str, float]:
        """Belly, knees, elbows, hands and feet above the floor, less what they are asked to be lifted."""
        return {
            "belly": puppet.lowest(stance, Contact.BELLY) - dials["lift_y"],
            "knees": puppet.lowest(stance, Contact.KNEES),
            "elbows": puppet.lowest(stance, Contact.ELBOWS) - dials["elbow_lift_y"],
            "hands": puppet.lowest(stance, Contact.HANDS),
            "feet": puppet.lowest(stance, Contact.FEET),
        }


class AllFours:
    """On hands and knees."""

    start: ClassVar[Dials] = {
        "lean": 0.0, "pelvis": 85.0, "flexion": 0.0, "neck": -8.0, "nod": 0.0, "knee_y": 0.065, "shin_drop": -2.0,
        "plantar": 62.0, "hand_x": 0.17, "wrist_y": 0.06, "hand_z": 0.48, "elbow": 9.0, "shrug": 0.0,
        "protraction": 6.0, "breath": 0.0,
    }  # fmt: skip
    found_for: ClassVar[Mapping[str, str]] = {
        "hip_over_knee": "lean", "hand_lead": "hand_z", "neck_flexion": "neck", "spine_flexion": "flexion",
        "elbow_flexion": "elbow",
    }  # fmt: skip
    otherwise: ClassVar[Mapping[str, str]] = {}
    settles: ClassVar[Mapping[str, str]] = {
        "pelvis": "reach",
        "knee_y": "knees",
        "shin_drop": "feet",
        "wrist_y": "hands",
    }
    planted: ClassVar[tuple[str, ...]] = ("hand_z",)

    def stance(self, puppet: Puppet, dials: Dials) -> Stance:
        """The skeleton for these dials."""
        lean, flexion = np.radians(dials["lean"]), dials["flexion"]
        shares = (0.27, 0.25, 0.24, 0.24) if flexion > 0 else (0.36, 0.30, 0.21, 0.13)
        spine = [share * flexion for share in shares]
        trunk = Trunk(
            (0.0, dials["knee_y"] + puppet.thigh * np.cos(lean), puppet.thigh * np.sin(lean)), dials["pelvis"],
            spine=(spine[0], spine[1], spine[2] + dials["breath"], spine[3] + dials["breath"]), neck=dials["neck"],
            nod=dials["nod"], shrug=dials["shrug"], protraction=dials["protraction"],
        )  # fmt: skip
        held = puppet.trunk(trunk)
        arms, legs = {}, {}
        for side, sign in SIGNS.items():
            shoulder, hip = (puppet.joint(held, f"{bone}.{side}") for bone in ("upperarm01", "upperleg01"))
            palm_down = puppet.hand(side, np.array([sign * 0.10, -0.05, 1.0]), DOWN)
            pole = np.array([sign * 0.5, 0.0, -1.0])
            arms[side] = puppet.arm(shoulder, self._wrist(sign, dials), pole, palm_down)
            knee = hip + puppet.thigh * unit(np.array([sign * 0.09, dials["knee_y"], 0.0]) - hip)
            drop = np.radians(dials["shin_drop"])
            shin = unit(np.array([sign * 0.03, np.sin(drop), -np.cos(drop)]))
            foot = about("y", sign * 4.0) @ about("x", 90.0 + dials["plantar"] + dials["shin_drop"])
            ankle = knee + puppet.shin * shin
            legs[side] = Limb(knee, ankle, np.cross(ankle - hip, ACROSS), foot)
        return puppet.pose(trunk, arms, legs)

    def gaps(self, puppet: Puppet, stance: Stance, dials: Dials) -> dict[str, float]:
        """Knees, feet and hands above the floor, and how far the shoulder is from an arm's length above the hand."""
        shoulder = puppet.joint(stance, "upperarm01.L")
        upper, fore = puppet.upper_arm, puppet.forearm
        length = np.sqrt(upper**2 + fore**2 + 2 * upper * fore * np.cos(np.radians(dials["elbow"])))
        return {
            "reach": float(np.linalg.norm(shoulder - self._wrist(1.0, dials)) - length),
            "knees": puppet.lowest(stance, Contact.KNEES),
            "feet": puppet.lowest(stance, Contact.FEET),
            "hands": puppet.lowest(stance, Contact.HANDS),
        }

    @staticmethod
    def _wrist(sign: float, dials: Dials) -> Floats:
        return np.array([sign * dials["hand_x"], dials["wrist_y"], dials["hand_z"]])


class Bridge:
    """On the back with bent knees, hips on the floor or raised."""

    start: ClassVar[Dials] = {
        "pelvis": -95.0, "arch": 0.0, "shoulder_y": 0.09, "ball_z": 1.0, "ball_y": 0.02, "heel": 0.0, "neck": 10.0,
        "face": -88.0, "hand_x": 0.21, "hand_z": 0.0, "wrist_y": 0.05, "feet_x": 0.11, "raise_L": 0.0, "raise_R": 0.0,
        "breath": 0.0,
    }  # fmt: skip
    found_for: ClassVar[Mapping[str, str]] = {
        "trunk_pitch": "pelvis", "hip_flexion": "pelvis", "knee_over_ankle": "ball_z", "knee_flexion": "ball_z",
        "heel_height": "heel",
    }  # fmt: skip
    otherwise: ClassVar[Mapping[str, str]] = {"pelvis": "pelvis"}
    settles: ClassVar[Mapping[str, str]] = {"shoulder_y": "back", "ball_y": "feet", "neck": "head", "wrist_y": "hands"}
    planted: ClassVar[tuple[str, ...]] = ("ball_z",)

    def stance(self, puppet: Puppet, dials: Dials) -> Stance:
        """The skeleton for these dials."""
        arch, breath = dials["arch"], dials["breath"]
        curl = max(0.0, -93.0 - dials["pelvis"])
        spine = (-0.4 * arch, -0.4 * arch, -0.2 * arch + 0.22 * curl + breath, 0.42 * curl + breath)
        bent = dials["pelvis"] + sum(spine) + dials["neck"]
        trunk = Trunk((0.0, 0.0, 0.0), dials["pelvis"], spine=spine, neck=dials["neck"], nod=dials["face"] - bent)
        held = puppet.trunk(trunk)
        middle = (puppet.joint(held, "upperarm01.L") + puppet.joint(held, "upperarm01.R")) / 2
        hips = np.array([0.0, dials["shoulder_y"], 0.0]) - middle
        trunk = Trunk((0.0, hips[1], hips[2]), trunk.pitch, spine=spine, neck=trunk.neck, nod=trunk.nod)
        held = held.moved(*hips)
        arms, legs = {}, {}
        for side, sign in SIGNS.items():
            shoulder = puppet.joint(held, f"upperarm01.{side}")
            along = shoulder[2] + _ALMOST_STRAIGHT * (puppet.upper_arm + puppet.forearm)
            wrist = np.array([sign * dials["hand_x"], dials["wrist_y"], along + dials["hand_z"]])
            palm_down = puppet.hand(side, np.array([sign * 0.05, -0.03, 1.0]), DOWN)
            pole = np.array([sign, -0.8, 0.0])
            arms[side] = puppet.arm(shoulder, wrist, pole, palm_down)
            legs[side] = self._leg(puppet, puppet.joint(held, f"upperleg01.{side}"), side, sign, dials)
        return puppet.pose(trunk, arms, legs)

    def gaps(self, puppet: Puppet, stance: Stance, dials: Dials) -> dict[str, float]:
        """Upper back, pelvis, head, hands and the standing foot above the floor."""
        standing = "R" if dials["raise_L"] > 0.0 else "L"
        return {
            "back": puppet.lowest(stance, Contact.CHEST),
            "pelvis": puppet.lowest(stance, Contact.PELVIS),
            "head": puppet.lowest(stance, Contact.HEAD),
            "hands": puppet.lowest(stance, Contact.HANDS),
            "feet": puppet.lowest(stance, Contact.FEET, standing),
        }

    @staticmethod
    def _leg(puppet: Puppet, hip: Floats, side: str, sign: float, dials: Dials) -> Limb:
        body = puppet.body
        flat = about("y", sign * 3.0)
        foot = flat @ about("x", dials["heel"])
        ball: Floats = np.array([sign * dials["feet_x"], dials["ball_y"], dials["ball_z"]])
        ankle = ball + foot @ (body.head(f"foot.{side}") - body.head(f"toe2-1.{side}"))
        pole = np.array([0.0, 1.0, 0.2])
        raised = dials[f"raise_{side}"]
        if raised <= 0.0:
            return puppet.leg(hip, ankle, pole, foot, toes=flat)
        straight = hip + _ALMOST_STRAIGHT * (puppet.thigh + puppet.shin) * unit(np.array([0.0, 0.55, 1.0]))
        along = unit((1.0 - raised) * (ankle - hip) + raised * (straight - hip))
        reach = float((1.0 - raised) * np.linalg.norm(ankle - hip) + raised * np.linalg.norm(straight - hip))
        return puppet.leg(hip, hip + reach * along, pole, about("x", -60.0 * raised) @ foot)


POSTURES: dict[str, Posture] = {"sphinx": Sphinx(), "all-fours": AllFours(), "bridge": Bridge()}
