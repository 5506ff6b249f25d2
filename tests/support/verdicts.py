"""What a test asks of a judgement, and clips sampled in several ways."""

from __future__ import annotations

import numpy as np

from posecheck.judging.holds import State
from posecheck.judging.judgement import STATES, Judgement, Segment
from posecheck.pose.landmarks import Floats
from posecheck.storage.rule_files import load_stretch

SPHINX, CAT_COW, BRIDGE = (load_stretch(name) for name in ("sphinx", "cat-cow", "bridge"))
ALL = (SPHINX, CAT_COW, BRIDGE)


def only(judgement: Judgement) -> Segment:
    (segment,) = judgement.segments
    return segment


def spans(judgement: Judgement) -> list[tuple[float, float]]:
    return [(held.start_s, held.end_s) for held in only(judgement).holds]


def held_s(judgement: Judgement) -> list[float]:
    return [held.hold_s for held in only(judgement).holds]


def states_between(judgement: Judgement, start_s: float, end_s: float) -> set[State]:
    time_s = judgement.measures.time_s
    return {STATES[number] for number in judgement.states[(time_s >= start_s) & (time_s < end_s)]}


def samplings(seconds: float) -> dict[str, Floats]:
    """The same seconds seen at several rates, evenly and not, whole and with every tenth frame lost."""
    even = {f"{fps} fps": np.arange(0.0, seconds, 1.0 / fps) for fps in (15, 30, 60)}
    steps = np.random.default_rng(5).uniform(0.012, 0.07, round(seconds / 0.012))
    time_s = np.cumsum(steps)
    whole = even["30 fps"]
    return even | {
        "variable": time_s[time_s < seconds],
        "every tenth lost": whole[np.arange(len(whole)) % 10 != 4],
    }


SAMPLINGS = list(samplings(1.0))
