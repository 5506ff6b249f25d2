"""Makes a face unrecognisable: where the head is in each frame, and the coarse mosaic laid over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posecheck.pose.landmarks import Floats, Joint, Landmark, Poses
from posecheck.presenters.drawing.canvas import Picture

FACE = slice(Landmark.NOSE, Landmark.MOUTH_RIGHT + 1)
"""Nose, eyes, ears and mouth, of both sides: a side that is not seen is guessed, and near enough."""

REACH = 1.9
"""Radius of the region over the furthest face landmark's distance from its middle. From the side that distance is about
8 cm, to the nose; the crown, the chin and the back of the head lie up to 14 cm away."""

TRUNK_SHARE = 0.34
"""The region's radius is at least this share of the trunk: 17 cm of 50, where a head seen from above or half out of the
frame draws the face landmarks together."""

CARRY_S = 1.0
"""Where nobody is found the region stays where it was for this long, before and after."""

BRIDGE_S = 5.0
"""Between two detections no further apart than this the region moves from one to the other."""

LOST_REACH = 1.3
"""How much wider the region is where it is only supposed."""

CELLS = 6
"""Squares across a head: eyes, nose and mouth fall together in two or three of them."""

Region = tuple[float, float, float]
"""Middle and radius in pixels of the frame that the pose refers to."""


def head_regions(landmarks: Floats) -> NDArray[np.float64]:
    """(N, 3) middle and radius of the head, in pixels, of (N, 33, 5) landmarks; NaN where nobody was found."""
    face = landmarks[:, FACE, :2].astype(np.float64)
    # Seen from the side the skull reaches as far behind the ear as the nose lies before it.
    ears = landmarks[:, list(Joint.EAR.value), :2].astype(np.float64).mean(axis=1)
    middle = ((face.min(axis=1) + face.max(axis=1)) / 2.0 + ears) / 2.0
    spread = np.hypot(*np.moveaxis(face - middle[:, None], -1, 0)).max(axis=1)
    shoulders, hips = (landmarks[:, list(joint.value), :2].astype(np.float64) for joint in (Joint.SHOULDER, Joint.HIP))
    trunk = np.hypot(*np.moveaxis(shoulders - hips, -1, 0)).max(axis=1)
    return np.column_stack([middle, np.maximum(REACH * spread, TRUNK_SHARE * trunk)])


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Where the head is throughout a clip, with hindsight.

    Attributes:
        regions: (N, 3) middle and radius, NaN where it is not known.
    """

    regions: NDArray[np.float64]

    @classmethod
    def of(cls, blocks: Iterable[Poses]) -> Heads:
        """From the poses of a clip, block by block."""
        times, regions = [], []
        for poses in blocks:
            times.append(np.asarray(poses.time_s, np.float64))
            regions.append(head_regions(poses.landmarks))
        return cls(carried(np.concatenate(times), np.concatenate(regions)))

    def at(self, index: int) -> Region | None:
        """The region in one frame; None where the head has not been seen for long."""
        x, y, radius = self.regions[index].tolist()
        return None if x != x else (x, y, radius)

    @staticmethod
    def unknown_of(time_s: Floats, seen: NDArray[np.bool_]) -> int:
        """Number of the N frames in which no face can be hidden; (N,) `seen` says where somebody was detected."""
        anywhere = np.where(seen[:, None], 1.0, np.nan) * np.ones(3)
        return int(np.isnan(carried(np.asarray(time_s, np.float64), anywhere)[:, 0]).sum())


def carried(time_s: NDArray[np.float64], regions: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 3) regions with the gaps filled: moved from one detection to the next, or left standing for a while."""
    result, index = regions.copy(), np.arange(len(regions))
    known = np.isfinite(regions).all(axis=1)
    if not known.any():
        return result
    before = np.maximum.accumulate(np.where(known, index, -1))
    after = np.minimum.accumulate(np.where(known, index, len(regions))[::-1])[::-1]
    since_s = np.where(before >= 0, time_s - time_s[before], np.inf)
    until_s = np.where(after < len(regions), time_s[np.minimum(after, len(regions) - 1)] - time_s, np.inf)
    between = ~known & (since_s + until_s <= BRIDGE_S)
    for column in range(3):
        result[between, column] = np.interp(time_s[between], time_s[known], regions[known, column])
    for source, gap_s in ((after, until_s), (before, since_s)):
        stays = ~known & ~between & (gap_s <= CARRY_S)
        result[stays] = regions[source[stays]]
    # In a gap the head may have gone another way: the region is wider there.
    result[~known, 2] *= LOST_REACH
    return result


class HeadFollower:
    """Where the head is, live: carried on for `CARRY_S` when the person is lost."""

    def __init__(self) -> None:
        self._last: tuple[float, Region] | None = None

    def update(self, time_s: float, landmarks: Floats | None) -> Region | None:
        """The region in the frame at `time_s`; None where the head has not been seen for long."""
        if landmarks is not None:
            x, y, radius = head_regions(landmarks[None])[0].tolist()
            self._last = (time_s, (x, y, radius))
            return x, y, radius
        if self._last is None or time_s - self._last[0] > CARRY_S:
            return None
        x, y, radius = self._last[1]
        return x, y, LOST_REACH * radius


def hide(picture: Picture, region: Region, scale: tuple[float, float] = (1.0, 1.0)) -> None:
    """Lays a mosaic of a few squares over a round region, in place; what lies outside the picture is left out.

    Args:
        picture: (height, width, 3) RGB.
        region: Middle and radius.
        scale: Pixels of the picture for each pixel that the region refers to, across and down.
    """
    import cv2

    height, width = picture.shape[:2]
    x, y = region[0] * scale[0], region[1] * scale[1]
    radius = max(region[2] * max(scale), 2.0)
    left, top = max(0, int(x - radius)), max(0, int(y - radius))
    right, bottom = min(width, int(x + radius) + 1), min(height, int(y + radius) + 1)
    if right <= left or bottom <= top:
        return
    part = picture[top:bottom, left:right]
    cell = 2.0 * radius / CELLS
    across, down = (max(1, round(length / cell)) for length in (right - left, bottom - top))
    coarse = cv2.resize(part, (across, down), interpolation=cv2.INTER_AREA)
    mosaic = cv2.resize(coarse, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    inside = np.zeros(part.shape[:2], np.uint8)
    cv2.circle(inside, (round(x) - left, round(y) - top), int(radius) + 1, (255,), -1)
    cv2.copyTo(mosaic, inside, part)
