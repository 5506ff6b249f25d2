"""No path ends in nothing without its reason: random streams of poses, judged by every stretch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.judging.holds import State
from posecheck.judging.judgement import STATES, Judgement, Segment
from posecheck.judging.session import Session
from posecheck.judging.tracking import standing_s
from posecheck.pose.landmarks import Pose, Poses
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import load_stretch
from tests.support.poses import all_fours, bridge, clip, lying_bent_knees, nobody, prone, sphinx, standing, turned

STRETCHES = [load_stretch(name) for name in ("bridge", "cat-cow", "sphinx")]


@dataclass(frozen=True)
class Shown:
    """What somebody shows for some seconds: a posture, well or badly, turned or partly out of the picture."""

    seconds: float
    posture: str
    bend: float
    other: float
    turned_deg: float
    at: tuple[int, int]

    def part(self) -> tuple[float, Pose]:
        made = {
            "bridge": lambda: bridge(lift=5 + 35 * self.bend, knee_flexion=90 + 40 * self.other, at=self.at),
            "all fours": lambda: all_fours(
                spine_flexion=120 * self.bend - 60, elbow_flexion=80 * self.other, at=self.at
            ),
            "sphinx": lambda: sphinx(neck_flexion=120 * self.bend - 60, knee_flexion=60 * self.other, at=self.at),
            "standing": standing,
            "prone": prone,
            "lying": lying_bent_knees,
            "nobody": nobody,
        }[self.posture]()
        return self.seconds, made if self.posture == "nobody" else turned(made, self.turned_deg)


SHARES = st.integers(0, 8).map(lambda eighths: eighths / 8.0)
STREAMS = st.lists(
    st.builds(
        Shown,
        seconds=st.sampled_from([0.2, 0.4, 0.8, 1.6, 4.0]),
        posture=st.sampled_from(["bridge", "all fours", "sphinx", "standing", "prone", "lying", "nobody"]),
        bend=SHARES,
        other=SHARES,
        turned_deg=st.sampled_from([0.0, 0.0, 0.0, 20.0, 40.0, 80.0]),
        at=st.sampled_from([(320, 240), (320, 240), (320, 240), (20, 240), (640, 100)]),
    ),
    min_size=1,
    max_size=8,
)


def judged(stream: list[Shown], stretches: Stretch | list[Stretch]) -> Judgement:
    session = Session(stretches)
    session.extend(Poses.stack(clip(*(one.part() for one in stream), fps=10)))
    return session.judgement()


def accounted_s(judgement: Judgement, segment: Segment) -> tuple[float, float]:
    """Seconds in the posture or not judged, and of them those that are held or have a cause."""
    span = slice(segment.span.start, segment.span.stop)
    lasts_s = standing_s(judgement.measures.time_s[span])
    resting = np.isin(judgement.states[span], [STATES.index(State.READY), STATES.index(State.ELSEWHERE)])
    held = judgement.states[span] == STATES.index(State.HOLDING)
    causes = {one.cause for one in segment.lost} - {phase.name for phase in segment.stretch.phases}
    lost_s = sum(one.seconds for one in segment.lost if one.cause in causes and one.cause != "starting-posture")
    return float(lasts_s[~resting].sum()), float(lasts_s[held].sum()) + lost_s


@pytest.mark.parametrize("asked", [STRETCHES, *STRETCHES], ids=["recognised", *(one.name for one in STRETCHES)])
@given(stream=STREAMS)
@settings(max_examples=40)
def test_every_second_that_does_not_count_has_its_cause(asked: Stretch | list[Stretch], stream: list[Shown]) -> None:
    judgement = judged(stream, asked)
    assert (judgement.nothing is None) == bool(judgement.segments)
    if judgement.nothing is not None:
        assert judgement.nothing.startswith("No ")
    for segment in judgement.segments:
        assert segment.lost or segment.holds
        assert all(one.text and one.seconds >= 0 for one in segment.lost)
        whole_s, told_s = accounted_s(judgement, segment)
        assert told_s == pytest.approx(whole_s, abs=1e-6)
        if segment.rounds == 0:
            assert any(one.cause in {phase.name for phase in segment.stretch.phases} for one in segment.lost)
