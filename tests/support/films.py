"""Made clips: what a person does, as parts in time that can be filmed at any frame rate.

A part is a number of seconds and a pose, or a function from 0..1 (the share of those seconds) to one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from posecheck.judging.judgement import STATES, Judgement
from posecheck.judging.session import Session
from posecheck.pose.landmarks import Floats, Joint, Pose, Poses
from posecheck.rules.stretch import Stretch
from tests.support.poses import all_fours, blend, bridge, clip, sphinx

Part = tuple[float, Pose | Callable[[float], Pose]]


def ease(share: float) -> float:
    """Gently away and gently there."""
    return share * share * (3.0 - 2.0 * share)


def share_at(value: float, start: float, end: float) -> float:
    """The share of an eased way from `start` to `end` after which `value` is reached."""
    done = (value - start) / (end - start)
    return 0.5 - math.sin(math.asin(1.0 - 2.0 * done) / 3.0)


def way(start: Pose, end: Pose) -> Callable[[float], Pose]:
    return lambda share: blend(start, end, ease(share))


KNEES = 120.0
"""Bend of the knees in `raised`: enough that of the shipped rules only the height of the hips decides."""


def raised(lift: float = 33.0, **others: float | Mapping[Joint, float]) -> Pose:
    """A bridge of some height."""
    return bridge(**({"lift": lift, "knee_flexion": KNEES} | others))


def lying() -> Pose:
    """At rest before and after it."""
    return raised(4.0)


def lift(start: float, end: float) -> Callable[[float], Pose]:
    """A bridge going up or down."""
    return lambda share: raised(start + (end - start) * ease(share))


def press_up(start: tuple[float, float, float], end: tuple[float, float, float]) -> Callable[[float], Pose]:
    """A sphinx changing its trunk pitch, lean of the upper arm and pitch of the forearm."""

    def at(share: float) -> Pose:
        pitch, lean, forearm = (a + (b - a) * ease(share) for a, b in zip(start, end, strict=True))
        return sphinx(trunk_pitch=pitch, upper_arm_lean=lean, forearm_pitch=forearm)

    return at


def bridges(count: int = 2, *, top: float = 33.0, hold_s: float = 5.0, way_s: float = 1.5) -> list[Part]:
    """Lying ready, and so many bridges with a rest after each."""
    parts: list[Part] = [(2.0, lying())]
    for _ in range(count):
        parts += [(way_s, lift(4.0, top)), (hold_s, raised(top)), (way_s, lift(top, 4.0)), (3.0, lying())]
    return parts


def flow(
    ends: Sequence[float],
    *,
    neutral: float = 0.0,
    first_s: float = 2.0,
    end_s: float = 2.0,
    way_s: float = 1.5,
    last_s: float = 1.0,
    nod: float = 35.0,
    **others: float,
) -> list[Part]:
    """All fours: neutral, then the spine goes from one end to the next, each less the neutral, and back to it.

    The head nods along, chin to the chest where the back is round.
    """

    def at(spine: float) -> dict[str, float]:
        return {"spine_flexion": neutral + spine, "neck_flexion": nod * float(np.sign(spine)), **others}

    def go(start: float, end: float) -> Callable[[float], Pose]:
        first, last = at(start), at(end)
        return lambda share: all_fours(**{name: a + (last[name] - a) * ease(share) for name, a in first.items()})

    parts: list[Part] = []
    here = 0.0 if first_s > 0 else ends[0]
    if first_s > 0:
        parts.append((first_s, all_fours(**at(0.0))))
    for end in ends:
        if end != here:
            parts.append((way_s, go(here, end)))
        parts.append((end_s, all_fours(**at(end))))
        here = end
    return [*parts, (way_s, go(here, 0.0)), (last_s, all_fours(**at(0.0)))]


def rounds(count: int, amplitude: float = 50.0) -> list[float]:
    """Ends of so many rounds, cat first."""
    return [amplitude, -amplitude] * count


def length_s(parts: Sequence[Part]) -> float:
    return sum(seconds for seconds, _ in parts)


def film_at(time_s: Floats, parts: Sequence[Part]) -> list[Pose]:
    """The poses at any times, sorted, from 0 to less than the parts' length."""
    starts = np.cumsum([0.0, *(seconds for seconds, _ in parts)])
    poses = []
    for time in time_s.tolist():
        number = int(np.searchsorted(starts, time, side="right")) - 1
        seconds, pose = parts[number]
        now = pose((time - starts[number]) / seconds) if callable(pose) else pose
        poses.append(replace(now, time_s=time))
    return poses


def judged(poses: Sequence[Pose], *stretches: Stretch) -> Judgement:
    """The judgement of a clip; a single stretch is chosen."""
    session = Session(stretches[0] if len(stretches) == 1 else stretches)
    session.extend(Poses.stack(poses))
    return session.judgement()


def filmed(parts: Sequence[Part], *stretches: Stretch, fps: float = 30.0) -> Judgement:
    return judged(clip(*parts, fps=fps), *stretches)


def told(judgement: Judgement) -> list[object]:
    """All that a judgement says, to be compared exactly."""
    segments = [
        (
            segment.stretch.name,
            segment.start_s,
            segment.end_s,
            segment.repetitions,
            segment.rounds,
            segment.tempo_s,
            segment.range_of_motion_deg,
            segment.holds,
            segment.faults,
            dict(segment.references),
        )
        for segment in judgement.segments
    ]
    return [*segments, [STATES[number] for number in judgement.states], judgement.phases.tolist()]


def faults_of(judgement: Judgement) -> dict[str, list[tuple[float, float]]]:
    """Fault intervals of all segments, by rule."""
    found: dict[str, list[tuple[float, float]]] = {}
    for segment in judgement.segments:
        for fault in segment.faults:
            found.setdefault(fault.cue.rule, []).extend(fault.intervals)
    return found
