"""Bodies in a frame: whether one is plausible, whether two are the same, and which one the user chose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from posecheck.errors import UsageError
from posecheck.pose.landmarks import Floats, Joint, Landmark, Pose, Side

Who = Literal["auto", "left", "right", "largest"] | int
"""Which person to judge. An int counts from the picture's left, from 1."""

LEAST_PRESENCE = 0.5
"""Shoulder and hip of one side must be believed by this much: 0.99 or more on 29 photographs of lying and kneeling
people, 0.32 or less in 18 of 20 bodies found in backgrounds whose person had been painted out."""

UPRIGHT_DEG = 50.0
"""A trunk this far above the horizontal stands or sits: of the cats, cows, sphinxes, bridges and child's poses among 96
photographs none lay above 45 degrees (10th to 90th percentile of a bridge: 23 to 45)."""

SAME_DISTANCE = 0.25
"""Two bodies whose trunks' middles are nearer than this share of their extent are one."""

SAME_EXTENT = 0.5
"""Of two detections of one body, the smaller has at least this share of the larger's extent."""

OVERLAP = 0.5
"""A body of which this share lies in another's box is taken for a part of it, seen in a cut that shows no more."""

MOST_MOVED, MOST_MOVED_PER_S = 0.2, 0.5
"""How far one person's trunk may have moved, in body lengths: at most 0.015 from frame to frame of a bridge; a
passer-by who took a tracker over stood 0.25 away."""

MOST_TURNED_DEG, MOST_TURNED_DEG_PER_S = 45.0, 45.0
"""How far it may have turned: rolling up from lying takes a second or more; that passer-by stood at 107 degrees."""

GAP_S = 0.6
"""Longest gap for which the limits above grow. Beyond it they would accept anybody."""

_TRUNK = [joint.on(side) for joint in (Joint.SHOULDER, Joint.HIP) for side in Side]
_CHAIN = (Joint.EAR, Joint.SHOULDER, Joint.HIP, Joint.KNEE, Joint.ANKLE)
_JUDGED = [joint.on(side) for joint in (Joint.SHOULDER, Joint.HIP, Joint.KNEE, Joint.ANKLE) for side in Side]


def who(text: str) -> Who:
    """Parses the value of ``--person``.

    Raises:
        UsageError: If it is neither a known word nor a number from 1.
    """
    if text in ("auto", "left", "right", "largest"):
        return text  # type: ignore[return-value]  # mypy does not narrow str to Literal by `in`
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise UsageError(f"--person {text}: give left, right, largest, or a number counted from the left, such as 1")


def box(landmarks: Floats) -> Floats:
    """(4,) left, top, right and bottom of a body's landmarks, in pixels."""
    return np.concatenate([landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)])


def extent_px(landmarks: Floats) -> float:
    """The longer side of a body's box: its length in the picture, however it is bent."""
    return float(np.ptp(landmarks[:, :2], axis=0).max())


def body_px(landmarks: Floats) -> float:
    """A body's length along its bones, ear to ankle, on the side where it looks longer."""
    sides = [landmarks[[joint.on(side) for joint in _CHAIN], :2] for side in Side]
    return max(float(np.linalg.norm(np.diff(side, axis=0), axis=1).sum()) for side in sides)


def trunk(landmarks: Floats) -> Floats:
    """(2,) from the middle of the hips to the middle of the shoulders, in pixels, y downwards."""
    points = landmarks[:, :2]
    shoulders = points[Landmark.LEFT_SHOULDER] + points[Landmark.RIGHT_SHOULDER]
    along: Floats = (shoulders - points[Landmark.LEFT_HIP] - points[Landmark.RIGHT_HIP]) / 2.0
    return along


def is_upright(landmarks: Floats) -> bool:
    """Whether the trunk stands upright in the picture."""
    x, y = trunk(landmarks).tolist()
    return bool(-y > np.tan(np.radians(UPRIGHT_DEG)) * abs(x))


def is_plausible(pose: Pose) -> bool:
    """Whether the model gives a shoulder and the hip of the same side enough presence."""
    if pose.landmarks is None:
        return False
    presence = pose.landmarks[_TRUNK, 4].reshape(2, 2)
    return bool(presence.min(axis=0).max() >= LEAST_PRESENCE)


def are_same(one: Floats, other: Floats) -> bool:
    """Whether two detections at one time are the same body."""
    large, small = sorted((extent_px(one), extent_px(other)), reverse=True)
    return _apart_px(one, other) <= SAME_DISTANCE * large and small >= SAME_EXTENT * large


def overlap(part: Floats, whole: Floats) -> bool:
    """Whether a body lies mostly within another's box."""
    first, second = box(part), box(whole)
    sides = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    shared = float(np.prod(np.maximum(sides, 0.0)))
    return shared >= OVERLAP * float(np.prod(first[2:] - first[:2]))


def difference(one: Floats, other: Floats) -> float:
    """Median distance of shoulders, hips, knees and ankles, divided by the length of the trunk."""
    distance = np.linalg.norm(one[_JUDGED, :2] - other[_JUDGED, :2], axis=1)
    return float(np.median(distance) / max(float(np.linalg.norm(trunk(one))), 1.0))


def continues(before: Floats, after: Floats, gap_s: float) -> bool:
    """Whether a body may be the one that was seen `gap_s` before: near it, of its size, and turned no further."""
    gap_s = min(gap_s, GAP_S)
    large, small = sorted((body_px(before), body_px(after)), reverse=True)
    moved = _apart_px(before, after) <= (MOST_MOVED + MOST_MOVED_PER_S * gap_s) * large
    return (
        moved
        and small >= SAME_EXTENT * large
        and _turned_deg(before, after) <= (MOST_TURNED_DEG + MOST_TURNED_DEG_PER_S * gap_s)
    )


def body_of(pose: Pose) -> Floats:
    """The landmarks of a detected person.

    Raises:
        ValueError: If the pose has no landmarks.
    """
    if pose.landmarks is None:
        raise ValueError("a pose without landmarks is nobody: leave it out before")
    return pose.landmarks


def nearest(people: Sequence[Pose], to: Floats) -> Pose | None:
    """The person whose trunk is nearest to that of a body. None if there are no people."""
    return min(people, key=lambda pose: _apart_px(body_of(pose), to), default=None)


def choose(people: Sequence[Pose], wanted: Who) -> int:
    """Which of several people, who must have landmarks, is meant.

    Returns:
        Its index. By default, and where a number is too high, the largest that lies or kneels, else the largest.
    """
    bodies = [body_of(pose) for pose in people]
    from_left = sorted(range(len(bodies)), key=lambda index: _middle_x(bodies[index]))
    if wanted == "left":
        return from_left[0]
    if wanted == "right":
        return from_left[-1]
    if isinstance(wanted, int) and wanted <= len(bodies):
        return from_left[wanted - 1]
    size = [body_px(body) for body in bodies]
    if wanted == "largest":
        return int(np.argmax(size))
    return max(range(len(bodies)), key=lambda index: (not is_upright(bodies[index]), size[index]))


def ambiguity(people: Sequence[Pose], chosen: int, wanted: Who, time_s: float) -> str | None:
    """The warning if the choice of person is uncertain. None if it is certain."""
    count = len(people)
    if isinstance(wanted, int) and wanted > count:
        seen = "only one person is" if count == 1 else f"only {count} people are"
        return f"--person {wanted}: {seen} in view at {time_s:.1f} s; {_described(people, chosen)} is judged"
    if count == 1 or wanted != "auto":
        return None
    return (
        f"{count} people are in view at {time_s:.1f} s: {_described(people, chosen)} is judged; "
        "--person left, right, largest or a number from the left chooses another"
    )


def _described(people: Sequence[Pose], chosen: int) -> str:
    body = body_of(people[chosen])
    place = 1 + sum(_middle_x(body_of(other)) < _middle_x(body) for other in people)
    return f"number {place} from the left, the largest {'upright' if is_upright(body) else 'lying or kneeling'},"


def _middle_x(body: Floats) -> float:
    return float(box(body)[[0, 2]].sum())


def _apart_px(one: Floats, other: Floats) -> float:
    return float(np.linalg.norm(one[_TRUNK, :2].mean(axis=0) - other[_TRUNK, :2].mean(axis=0)))


def _turned_deg(one: Floats, other: Floats) -> float:
    (x, y), (u, v) = trunk(one).tolist(), trunk(other).tolist()
    return float(abs(np.degrees(np.arctan2(x * v - y * u, x * u + y * v))))
