"""A person dressed: the mesh that is drawn, with hair and clothes, and the paint on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sparse

from samples.studio.looks import Clothes, Person
from samples.studio.mesh import Body, Floats, Ints
from samples.studio.skeleton import SIDES, Puppet, Stance, blend

BODY, EYE, HAIR = 0.0, 1.0, 2.0
_CLOTH_M, _HAIR_M = 0.008, 0.016
"""How far cloth and hair stand off the skin."""

_DROP_M = 0.035
"""How far the loosest cloth hangs away from the skin below it."""

_ARM = ("upperarm", "lowerarm", "wrist", "finger", "metacarpal")


class Figure:
    """The drawn mesh of one person.

    Args:
        puppet: The body that carries it.
        person: Colours and hair.
        clothes: What is worn.
        data: The body's data, for the masks of lips and ears.

    Attributes:
        triangles: (T, 3) corners.
        paint: (V, 3) places at rest, by which the surface is painted.
        material: (V, 4) kind; of a body's skin also lips, scalp and limb.
        eye_place: (3,) the left eye's front at rest.
        hairline: Height, depth at which it is measured, and slope.
        waist, hem, neckline: Heights in metres at rest.
    """

    def __init__(self, puppet: Puppet, person: Person, clothes: Clothes, data: Path) -> None:
        body = puppet.body
        self._puppet, self._clothes = puppet, clothes
        parts = np.concatenate([body.triangles[name] for name in ("body", "helper-l-eye", "helper-r-eye")])
        rows, corners = np.unique(parts, return_inverse=True)
        self.triangles = corners.reshape(parts.shape).astype(np.int32)
        self.paint = body.vertices[rows]
        self._weights = body.weights[rows]
        eyeball = body.vertices[body.part("helper-l-eye")]
        self.eye_place = np.array([eyeball[:, 0].mean(), eyeball[:, 1].mean(), eyeball[:, 2].max()])
        self.hairline = np.array([self.eye_place[1] - 0.075, -0.05, 0.76])
        hip = body.head("upperleg01.L")[1]
        self.waist, self.neckline = hip + 0.08, body.head("neck01")[1]
        self.hem = 0.06 + clothes.hem * hip * 0.9
        is_eye = np.isin(rows, np.r_[body.part("helper-l-eye"), body.part("helper-r-eye")])
        self.material = self._materials(body, rows, is_eye, data)
        self._neighbours = _averaging(self.triangles, len(rows))
        rest, self._loose = self._dress(is_eye)
        if person.cut != "short":
            rest = self._tie_hair(body, rest, person.cut)
        self._rest = rest
        self._sparse = sparse.csr_matrix(self._weights)
        self._facets = _facets(self.triangles, len(rest))
        breathing = body.share("spine02", "spine01", "breast.L", "breast.R")[rows]
        self._breathing = np.zeros(len(rest))
        self._breathing[: len(rows)] = np.where(self.material[: len(rows), 3] == 0.5, breathing, 0.0)

    def surface(self, stance: Stance, breath: float = 0.0) -> tuple[Floats, Floats]:
        """(V, 3) places and (V, 3) unit normals of a posed figure.

        Args:
            stance: The skeleton.
            breath: How full the chest is, -1..1.
        """
        rest = self._rest + (0.004 * breath * self._breathing)[:, None] * (0.3, 0.1, 1.0)
        places = blend(self._sparse, rest, self._puppet.transforms(stance))
        normals = self._normals(places)
        if self._clothes.looseness:
            hanging = np.clip(-normals[:, 1], 0.0, 1.0) * self._loose * _DROP_M
            floor = np.maximum(places[:, 1] - 0.004, 0.0)
            places[:, 1] -= np.minimum(hanging, floor)
            places += (self._loose * 0.012)[:, None] * normals * np.clip((places[:, 1:2] - 0.01) / 0.03, 0.0, 1.0)
            normals = self._normals(places)
        return places, normals

    def _normals(self, places: Floats) -> Floats:
        first, second, third = (places[self.triangles[:, k]] for k in range(3))
        normals = np.asarray(self._facets @ np.cross(second - first, third - first))
        result: Floats = normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12)
        return result

    def _materials(self, body: Body, rows: Ints, is_eye: Any, data: Path) -> Floats:
        material = np.zeros((len(rows), 4))
        material[is_eye, 0] = EYE
        material[:, 1] = np.where(is_eye, 0.0, _mask(data, "lips", body.uv[rows]))
        head = (
            body.share(*(b for b in body.bones if b in ("head", "neck03") or "tempor" in b or "oculi" in b))[rows] > 0.5
        )
        ears = _mask(data, "ears", body.uv[rows]) > 0.5
        material[:, 2] = head & ~ears
        for side in SIDES:
            shoulder, elbow = body.head(f"upperarm01.{side}"), body.head(f"lowerarm01.{side}")
            bone = elbow - shoulder
            names = [name for name in body.bones if name.endswith(f".{side}") and name.startswith(_ARM)]
            arm = body.share(*names)[rows] > 0.5
            along = (self.paint - shoulder) @ bone / (bone @ bone)
            material[arm, 3] = 1.0 + np.maximum(along[arm], 0.0)
        face = np.isin(rows, body.part("body")) & (
            body.share(*(b for b in body.bones if _of_head(body, b)))[rows] > 0.5
        )
        material[(material[:, 3] == 0) & ~face & ~is_eye, 3] = 0.5
        return material

    def _dress(self, is_eye: Any) -> tuple[Floats, Floats]:
        """The mesh at rest with cloth and hair standing off the skin, and how loose each vertex is."""
        rest, limb = self.paint.copy(), self.material[:, 3]
        height, across, depth = rest[:, 1], np.abs(rest[:, 0]), rest[:, 2]
        collar = self.neckline + 0.10 * np.maximum(across - 0.07, 0) - 0.35 * np.maximum(depth - 0.02, 0)
        is_arm, is_trunk = limb >= 1, limb == 0.5
        shirt = (is_arm & (limb - 1 < self._clothes.sleeve)) | (is_trunk & (height > self.waist) & (height < collar))
        trousers = is_trunk & (height <= self.waist) & (height > self.hem)
        grown = (self.material[:, 2] > 0.5) & (
            height > self.hairline[0] + (depth - self.hairline[1]) * self.hairline[2]
        )
        self._facets = _facets(self.triangles, len(rest))
        normals = self._normals(rest)
        cloth = self._spread((shirt | trousers).astype(float), 3, 1.2)
        rest = self._smoothed(rest, 0.6 * cloth, 12) + (_CLOTH_M * cloth)[:, None] * normals
        hair = self._spread(grown.astype(float), 2, 1.0)
        rest = self._smoothed(rest, 0.5 * hair, 6) + (_HAIR_M * hair)[:, None] * normals
        loose = self._clothes.looseness * self._spread(np.where(shirt, 1.0, 0.5 * trousers), 6, 1.0)
        return rest, loose

    def _spread(self, share: Floats, rounds: int, gain: float) -> Floats:
        """A share that rises from 0 at the edge of its region."""
        soft = share
        for _ in range(rounds):
            soft = self._neighbours @ soft
        return np.where(share > 0, np.minimum(soft * gain, 1.0), 0.0)

    def _smoothed(self, places: Floats, share: Floats, rounds: int) -> Floats:
        for _ in range(rounds):
            places = places + share[:, None] * (self._neighbours @ places - places)
        return places

    def _tie_hair(self, body: Body, rest: Floats, cut: str) -> Floats:
        """Adds a bun or a ponytail, carried by the head."""
        scalp = self.paint[self.material[:, 2] > 0.5]
        level = scalp[np.abs(scalp[:, 1] - self.eye_place[1] - 0.03) < 0.02]
        centre = np.array([0.0, self.eye_place[1] + 0.03, level[:, 2].min() - 0.03])
        radii = np.array([0.045, 0.045, 0.045])
        if cut == "ponytail":
            centre += (0.0, -0.055, 0.018)
            radii = np.array([0.030, 0.085, 0.032])
        places, triangles = _ball(centre, radii)
        count = len(rest)
        self.triangles = np.concatenate([self.triangles, triangles + count]).astype(np.int32)
        self.paint = np.concatenate([self.paint, places])
        self.material = np.concatenate([self.material, np.tile([HAIR, 0.0, 0.0, 0.0], (len(places), 1))])
        carried = np.zeros((len(places), self._weights.shape[1]), np.float32)
        carried[:, body.index["head"]] = 1.0
        self._weights = np.concatenate([self._weights, carried])
        self._loose = np.concatenate([self._loose, np.zeros(len(places))])
        return np.concatenate([rest, places])


def _of_head(body: Body, bone: str) -> bool:
    number = body.index[bone]
    while number >= 0:
        if body.bones[number] in ("head", "neck03"):
            return True
        number = int(body.parents[number])
    return False


def _mask(data: Path, name: str, uv: Floats) -> Floats:
    import cv2

    picture = cv2.imread(str(data / "textures" / f"mpfb_{name}.jpg"), cv2.IMREAD_GRAYSCALE)
    height, width = picture.shape
    column = np.clip((uv[:, 0] * width).astype(int), 0, width - 1)
    row = np.clip(((1 - uv[:, 1]) * height).astype(int), 0, height - 1)
    result: Floats = picture[row, column] / 255.0
    return result


def _averaging(triangles: Ints, count: int) -> Any:
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    links = sparse.coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), (count, count)).tocsr()
    links = ((links + links.T) > 0).astype(float)
    return sparse.diags(1.0 / np.maximum(np.asarray(links.sum(axis=1)).ravel(), 1.0)) @ links


def _facets(triangles: Ints, count: int) -> Any:
    """Adds up what belongs to the triangles around each vertex."""
    ones, column = np.ones(triangles.size), np.repeat(np.arange(len(triangles)), 3)
    return sparse.coo_matrix((ones, (triangles.ravel(), column)), (count, len(triangles))).tocsr()


def _ball(centre: Floats, radii: Floats) -> tuple[Floats, Ints]:
    rings, spokes = 13, 20
    polar, around = np.linspace(0, np.pi, rings), np.arange(spokes) * 2 * np.pi / spokes
    sine = np.sin(polar)[:, None]
    places = np.stack([sine * np.cos(around), np.cos(polar)[:, None] * np.ones(spokes), sine * np.sin(around)], axis=-1)
    ring, spoke = np.meshgrid(np.arange(rings - 1), np.arange(spokes), indexing="ij")
    a, b = ring * spokes + spoke, ring * spokes + (spoke + 1) % spokes
    quads = np.stack([a, b, b + spokes, a, b + spokes, a + spokes], axis=-1)
    return places.reshape(-1, 3) * radii + centre, quads.reshape(-1, 3)
