"""The scenes of a clip that was judged as a whole: what came of a moment is known in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from posecheck.judging.holds import ScoredHold, State, count_rounds
from posecheck.judging.judgement import STATES, Judgement, Segment
from posecheck.measures.measurer import Measures
from posecheck.pose.landmarks import Floats, Pose
from posecheck.presenters.drawing.scene import Asked, Scene, plain_scene, target_of

CUE_LEAST_S = 2.0
"""With hindsight a cue stays for at least this long, or it could not be read: reading ten words takes 2-3 s."""

LINGER_S = 1.5
"""With hindsight the time of a hold stays this long after its end, unless another one begins."""


class ClipScenes:
    """The scenes of a clip judged with hindsight.

    Args:
        judgement: Of the whole clip.
    """

    def __init__(self, judgement: Judgement) -> None:
        self._judgement = judgement
        self._parts = [_Part(segment, judgement.measures) for segment in judgement.segments]
        time_s = judgement.measures.time_s
        holding = (judgement.states == STATES.index(State.HOLDING))[:-1]
        # Seconds on good form up to each frame: what a hold has reached is a difference of two of them.
        self._good_s = np.concatenate([[0.0], np.cumsum(np.where(holding, np.diff(time_s), 0.0))])

    def at(self, index: int, pose: Pose) -> Scene:
        """The scene of one frame, with the pose that was seen in it."""
        judgement = self._judgement
        state = STATES[int(judgement.states[index])]
        part = next((one for one in self._parts if one.segment.span.start <= index < one.segment.span.stop), None)
        if part is None:
            return plain_scene(judgement.measures, index, pose, state)
        return part.scene(index, pose, state, int(judgement.phases[index]), self._good_s)


class _Part:
    """One segment of a clip."""

    def __init__(self, segment: Segment, measures: Measures) -> None:
        self.segment = segment
        self._measures = measures
        self._time_s = measures.time_s
        self._asked = Asked(segment.stretch, segment.references)

    def scene(self, index: int, pose: Pose, state: State, phase: int, good_s: Floats) -> Scene:
        stretch, now_s = self.segment.stretch, float(self._time_s[index])
        held = self._hold(now_s)
        hold_s = 0.0
        if held is not None:
            start, end = np.searchsorted(self._time_s, [held.start_s, min(now_s, held.end_s)])
            hold_s = float(good_s[end] - good_s[start])
        faults = {
            fault.cue.rule
            for fault in self.segment.faults
            if any(start <= now_s < end for start, end in fault.intervals)
        }
        finished = [hold for hold in self.segment.holds if hold.end_s <= now_s]
        rounds = count_rounds(finished, len(stretch.phases))[0] if stretch.phases else 0
        return replace(
            self._asked.scene(self._measures, index, pose, state, phase, self._outside(index), faults),
            cue=self._cue(now_s),
            hold_s=hold_s,
            target_s=target_of(stretch, phase) if held is None else held.target_s,
            done=rounds if stretch.phases else self._repetitions(now_s, finished),
            goal=stretch.hold.repetitions,
            counted="rounds" if stretch.phases else "repetitions",
        )

    def _repetitions(self, now_s: float, finished: Sequence[ScoredHold]) -> int:
        if self.segment.stretch.hold.aim == "repetitions":
            return sum(lift.counts and lift.end_s <= now_s for lift in self.segment.lifts)
        return max((hold.repetition for hold in finished), default=0)

    def _hold(self, now_s: float) -> ScoredHold | None:
        begun = [hold for hold in self.segment.holds if hold.start_s <= now_s]
        return begun[-1] if begun and now_s < begun[-1].end_s + LINGER_S else None

    def _outside(self, index: int) -> set[str]:
        row = self.segment.outside[index - self.segment.span.start]
        return {rule.name for rule, outside in zip(self.segment.stretch.rules, row, strict=True) if outside}

    def _cue(self, now_s: float) -> str | None:
        """The most urgent fault of now; else the last one, for as long as it takes to read it."""
        latest: tuple[float, str] | None = None
        for fault in self.segment.faults:
            for start_s, end_s in fault.intervals:
                if start_s <= now_s < end_s:
                    return fault.cue.text
                if end_s <= now_s < start_s + CUE_LEAST_S and (latest is None or start_s > latest[0]):
                    latest = (start_s, fault.cue.text)
        return None if latest is None else latest[1]
