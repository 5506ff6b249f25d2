"""The resting body of one person: mesh, skeleton and the weights that bind them.

Metres, y up, z the way the figure faces, x towards its left; the soles stand on y = 0.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samples.studio.centres import hip_centre, shoulder_centre

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

_METRES = 0.1
"""The base mesh is modelled in decimetres."""


@dataclass(frozen=True, eq=False)
class Body:
    """A person at rest.

    Attributes:
        vertices: (V, 3) metres.
        uv: (V, 2) texture coordinates.
        triangles: The (T, 3) corners of each part of the mesh, by the part's name.
        bones: Names of the B bones, parents before children.
        parents: (B,) index of each bone's parent, -1 for the root.
        heads: (B, 3) where each bone begins; hips and shoulders as `samples.studio.centres` finds them.
        tails: (B, 3) where the rig ends it.
        weights: (V, B) share that each bone has in each vertex; rows add up to 1.
    """

    vertices: Floats
    uv: Floats
    triangles: dict[str, Ints]
    bones: tuple[str, ...]
    parents: Ints
    heads: Floats
    tails: Floats
    weights: Floats

    @cached_property
    def index(self) -> dict[str, int]:
        """Bone name to its index."""
        return {name: number for number, name in enumerate(self.bones)}

    def head(self, bone: str) -> Floats:
        """(3,) where a bone begins at rest."""
        result: Floats = self.heads[self.index[bone]]
        return result

    def part(self, name: str) -> Ints:
        """Indices of a part's vertices, ascending."""
        return np.unique(self.triangles[name])

    def share(self, *bones: str) -> Floats:
        """(V,) share of the named bones together in each vertex."""
        result: Floats = self.weights[:, [self.index[bone] for bone in bones]].sum(axis=1)
        return result


def load_body(data: Path, targets: dict[str, float]) -> Body:
    """A person made from the base mesh and weighted targets.

    Args:
        data: The folder that `samples.studio.assets.body_data` gives.
        targets: Target file, as ``macrodetails/caucasian-male-young``, to its weight.
    """
    vertices, uv, triangles, corners = _load_obj(data / "3dobjs" / "base.obj")
    for name, weight in targets.items():
        vertices += weight * _load_target(data / "targets" / f"{name}.target.gz", len(vertices))
    vertices *= _METRES
    vertices[:, 1] -= vertices[np.unique(triangles["body"]), 1].min()
    rig = json.loads((data / "rigs/standard/rig.default.json").read_text())
    rig = rig.get("bones", rig)
    bones = _parents_first(rig)
    index = {name: number for number, name in enumerate(bones)}
    heads, tails = (np.array([_place(rig[name][end], vertices, corners) for name in bones]) for end in ("head", "tail"))
    skin = vertices[corners["body"]]
    for side in "LR":
        hip, shoulder = index[f"upperleg01.{side}"], index[f"upperarm01.{side}"]
        heads[hip], heads[shoulder] = hip_centre(skin, heads[hip]), shoulder_centre(skin, heads[shoulder])
    parents = np.array([index.get(rig[name].get("parent") or "", -1) for name in bones])
    listed = json.loads((data / "rigs/standard/weights.default.json").read_text())["weights"]
    weights = np.zeros((len(vertices), len(bones)), np.float32)
    for name, pairs in listed.items():
        if name in index and pairs:
            rows, values = np.array(pairs).T
            weights[rows.astype(int), index[name]] = values
    weights[weights.sum(axis=1) < 1e-6, index["root"]] = 1.0
    weights /= weights.sum(axis=1, keepdims=True)
    return Body(vertices, uv, triangles, tuple(bones), parents, heads, tails, weights)


def _load_obj(path: Path) -> tuple[Floats, Floats, dict[str, Ints], dict[str, Ints]]:
    """Vertices, their texture coordinates, triangles by group, and each group's vertices."""
    vertices: list[list[float]] = []
    coordinates: list[list[float]] = []
    faces: dict[str, list[list[list[int]]]] = {}
    group = ""
    for line in path.read_text().splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            vertices.append([float(value) for value in rest[:3]])
        elif kind == "vt":
            coordinates.append([float(value) for value in rest[:2]])
        elif kind == "g":
            group = rest[0]
        elif kind == "f":
            faces.setdefault(group, []).append([[int(part or 1) - 1 for part in corner.split("/")] for corner in rest])
    uv = np.zeros((len(vertices), 2))
    triangles, corners = {}, {}
    for name, polygons in faces.items():
        for polygon in polygons:
            for corner in polygon:
                if len(corner) > 1:
                    uv[corner[0]] = coordinates[corner[1]]
        fans = [
            (polygon[0][0], polygon[k][0], polygon[k + 1][0])
            for polygon in polygons
            for k in range(1, len(polygon) - 1)
        ]
        triangles[name] = np.array(fans)
        corners[name] = np.unique(triangles[name])
    return np.array(vertices), uv, triangles, corners


def _load_target(path: Path, count: int) -> Floats:
    shift = np.zeros((count, 3))
    with gzip.open(path, "rt") as file:
        for line in file:
            parts = line.split()
            if len(parts) == 4 and not line.startswith("#"):
                shift[int(parts[0])] = [float(value) for value in parts[1:]]
    return shift


def _parents_first(rig: dict[str, Any]) -> list[str]:
    order: list[str] = []

    def add(name: str) -> None:
        if name not in order:
            if rig[name].get("parent"):
                add(rig[name]["parent"])
            order.append(name)

    for name in rig:
        add(name)
    return order


def _place(end: dict[str, Any], vertices: Floats, corners: dict[str, Ints]) -> Floats:
    if end["strategy"] == "CUBE":
        middle: Floats = vertices[corners[end["cube_name"]]].mean(axis=0)
        return middle
    if end["strategy"] == "VERTEX":
        place: Floats = vertices[end["vertex_index"]]
        return place
    result: Floats = vertices[end["vertex_indices"]].mean(axis=0)
    return result
