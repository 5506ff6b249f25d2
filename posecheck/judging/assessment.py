"""Judges measures against one stretch, frame by frame: where the person is, and which rules they break.

Holds are not known here: `posecheck.judging.holds` turns changes of these states into times. An assessor remembers
three things only: whether each value was inside its range (so that a value on the limit does not flicker), how fast a
measure changes, and, for a moment, what was last seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from posecheck.judging.situation import Situation, situations
from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.measurer import Measures
from posecheck.pose.landmarks import Bools, Floats, Ints
from posecheck.pose.pace import FEW_S
from posecheck.pose.smoothing import RateTracker
from posecheck.rules.rule import Range, Rule, Severity
from posecheck.rules.stretch import Neutral, Stretch

MOVING_DEG_PER_S = 2.5
"""A trunk whose slope changes faster than this is on its way up or down. Lifting or lowering even a small bridge of 20
degrees in a slow 6 s is 3.3 degrees a second; breathing and noise in a held one stayed below 2.2 in a real clip. Only
the trunk is used: in that clip the slopes of a held knee reached 20 from noise, and the slopes of the feet in a slow
lift were nearly 0. A trunk that sags faster than this is soon at rest; one that sags more slowly is at fault."""

RATE_WINDOW_S = 0.5
"""Time over which a rate is fitted: half a second is 15 frames at 30 fps and as many as are needed at 8."""


SLOW_WINDOW = 2.5
"""The same for a film of fewer than four pictures a second, in gaps between its pictures. The window holds three
pictures, of which one may be late. Before the third picture nobody is known to be at rest, so no fault is detected in a
posture that is still being taken."""

STANDS_S = 1.0
"""An observation stands for no longer than this. For this time a measure that cannot be trusted (NaN) keeps its last
value. It is longer than the flicker of a half hidden landmark and shorter than getting up. After getting up the line
through shoulder and heel is no longer the floor, and many measures are NaN because the posture is another. When the
time is over, such a measure meets no condition of a posture and breaks no rule. A frame, too, stands for no longer than
this until the next one comes."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The value from which a measure `relative_to = "neutral"` counts.

    Attributes:
        value: In the measure's unit.
        uncertainty: How far the person's true neutral may lie from it.
    """

    value: float
    uncertainty: float


def usual_references(stretch: Stretch) -> dict[str, Baseline]:
    """The usual neutral values of the rule file, for a person whose own are not known."""
    return {name: _reference(neutral) for name, neutral in stretch.neutral.items()}


def _reference(neutral: Neutral) -> Baseline:
    return Baseline(neutral.value, neutral.uncertainty)


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """The judgement of N frames against one stretch.

    Attributes:
        situation: (N,) `posecheck.judging.situation.Situation` as numbers.
        phase: (N,) index of the phase reached, -1 for none.
        outside: (N, R) whether the measure of each rule is outside its range; False where it could not be judged for
            the last `STANDS_S`.
        low: (N, R) whether it lies below the range rather than above.
        moving: (N, R) whether the trunk is moving and the rule waits until it is at rest: no fault is detected.
        after: (R, R) whether the rule of the row detects no fault while the rule of the column is outside its range.
        voids: (R,) whether a fault by each rule keeps the time from counting. A major fault does. A minor fault only
            lowers the score, unless the stretch is `HoldTarget.strict`.
        quality: (N,) 0..1, how well inside their ranges the measures lie; see `quality`.
    """

    situation: Ints
    phase: Ints
    outside: Bools
    low: Bools
    moving: Bools
    after: Bools
    voids: Bools
    quality: Floats

    @property
    def faulty(self) -> Bools:
        """(N, R) whether each rule is broken: outside its range, not `moving`, and no rule before it is outside."""
        return self.outside & ~self.moving & ~(self.outside @ self.after.T)

    @property
    def good(self) -> Bools:
        """(N,) whether the frame shows the stretch (and, where it has phases, one of them) with no fault that voids."""
        result: Bools = (self.situation == Situation.POSTURE) & ~(self.outside & self.voids).any(axis=1)
        return result


@dataclass(frozen=True, slots=True, eq=False)
class FrameEvidence:
    """What N frames are judged on: all that is known before a rule is applied. No limit of a rule changes it.

    Attributes:
        situation: (N,) `posecheck.judging.situation.Situation` as numbers.
        phase: (N,) index of the phase reached, -1 for none.
        on_the_way: (N,) whether the trunk is moving.
        lasting: (N,) values of each measure that the stretch needs; a NaN keeps the last value for `STANDS_S`.
    """

    situation: Ints
    phase: Ints
    on_the_way: Bools
    lasting: Mapping[str, Floats]


class Assessor:
    """Assesses one clip's measures in order.

    Args:
        stretch: What to judge against, modifications applied.
        references: Neutral values, for all measures that the stretch takes relative to neutral.
        gap_s: The usual time from one frame to the next, where it is known. The time over which the trunk's movement is
            measured depends on it.
    """

    def __init__(self, stretch: Stretch, references: Mapping[str, Baseline], gap_s: float = 0.0) -> None:
        self.stretch = stretch
        self._references = references
        self._latches: dict[tuple[str, str], bool] = {}
        self._last_seen: dict[str, tuple[float, float]] = {}
        few = gap_s > FEW_S
        self._rate = RateTracker(rate_window_s(gap_s))
        self._untold = 2 if few else 0

    def update(self, measures: Measures) -> Assessment:
        """The assessment of the next N frames."""
        return self.judged(self.evidence(measures))

    def evidence(self, measures: Measures) -> FrameEvidence:
        """What the next N frames are judged on."""
        stretch = self.stretch
        lasting = self._lasting(measures)
        ready = self._all_inside("ready", lasting, stretch.ready.where, strict=False)
        posture = self._all_inside("posture", lasting, stretch.posture.where, strict=True)
        phase = np.full(len(measures), -1)
        for index, one in enumerate(stretch.phases):
            phase[self._all_inside(f"phase {one.name}", lasting, one.where, strict=True)] = index
        in_phase = phase >= 0 if stretch.phases else np.ones(len(measures), bool)
        unknown = self._undecided(lasting)
        posture &= in_phase
        situation = situations(measures, stretch.camera, posture=posture, ready=ready, unknown=unknown)
        # Taken against the picture, because the floor line of somebody who is moving is not always known.
        on_the_way = self._on_the_way(measures.time_s, measures.get("trunk_pitch", FloorContacts.LEVEL))
        return FrameEvidence(situation, phase, on_the_way, lasting)

    def _on_the_way(self, time_s: Floats, pitch_deg: Floats) -> Bools:
        """(N,) whether the trunk moves; at a low frame rate also True while there are too few frames to tell."""
        moving: Bools = np.abs(self._rate.update(time_s, pitch_deg)) > MOVING_DEG_PER_S
        moving[: self._untold] = True
        self._untold = max(0, self._untold - len(time_s))
        return moving

    def judged(self, evidence: FrameEvidence) -> Assessment:
        """The stretch's rules, applied to the next N frames' evidence."""
        stretch, phase = self.stretch, evidence.phase
        shape = (len(phase), len(stretch.rules))
        outside, low = np.zeros(shape, bool), np.zeros(shape, bool)
        room = np.ones(shape)
        for column, rule in enumerate(stretch.rules):
            values = evidence.lasting[rule.measure] - self.offset(rule.measure, rule)
            lowest, highest = self.limits(rule.measure, rule, strict=False)
            inside = self._latched(("rule", rule.name), rule.margin, values, lowest, highest)
            judged = np.isfinite(values) & self.applies(rule, phase)
            outside[:, column] = ~inside & judged
            low[:, column] = values < lowest
            room[:, column] = np.where(judged, _room(values, lowest, highest, rule.margin, inside), 1.0)
        waits = np.array([not rule.while_moving for rule in stretch.rules], bool)
        moving = evidence.on_the_way[:, None] & waits
        after = [one.name in rule.after for rule in stretch.rules for one in stretch.rules]
        order = np.array(after, bool).reshape(2 * (len(stretch.rules),))
        voids = np.array([stretch.hold.strict or rule.severity is Severity.MAJOR for rule in stretch.rules], bool)
        return Assessment(evidence.situation, phase, outside, low, moving, order, voids, quality(room))

    def applies(self, rule: Rule, phase: Ints) -> Bools:
        """(N,) whether a rule applies in the phases reached."""
        named = [index for index, one in enumerate(self.stretch.phases) if one.name in rule.phases]
        return np.isin(phase, named) | (not rule.phases)

    def _undecided(self, lasting: Mapping[str, Floats]) -> Bools:
        """(N,) whether an unknown measure decides about the posture, because all other conditions are met."""
        met, unknown = [], []
        for name, limits in self.stretch.posture.where.items():
            lowest, highest = self.limits(name, limits, strict=True)
            values = lasting[name] - self.offset(name, limits)
            unknown.append(np.isnan(values))
            with np.errstate(invalid="ignore"):
                met.append((values >= lowest) & (values <= highest) | unknown[-1])
        result: Bools = np.all(met, axis=0) & np.any(unknown, axis=0)
        return result

    def _lasting(self, measures: Measures) -> dict[str, Floats]:
        """The (N,) values of each measure that the stretch needs; a NaN keeps the last value for `STANDS_S`."""
        stretch = self.stretch
        wheres = (stretch.ready.where, stretch.posture.where, *(phase.where for phase in stretch.phases))
        height = () if stretch.hold.height is None else (stretch.hold.height,)
        names = {rule.measure for rule in stretch.rules}.union(height, *wheres)
        return {name: self._lasting_values(name, measures) for name in names}

    def _lasting_values(self, name: str, measures: Measures) -> Floats:
        seen_s, seen = self._last_seen.get(name, (np.nan, np.nan))
        time_s = np.concatenate([[seen_s], measures.time_s])
        values = np.concatenate([[seen], measures.get(name, self.stretch.support)])
        last = np.maximum.accumulate(np.where(np.isfinite(values), np.arange(len(values)), 0))
        self._last_seen[name] = float(time_s[last[-1]]), float(values[last[-1]])
        return np.where(time_s - time_s[last] <= STANDS_S, values[last], np.nan)[1:]

    def offset(self, name: str, limits: Range) -> float:
        """The value from which a measure's limits count: the person's neutral, or 0."""
        return self._references[name].value if limits.relative_to == "neutral" else 0.0

    def uncertainty(self, measures: Measures, name: str, limits: Range) -> Floats:
        """(N,) standard uncertainty of what is compared with the limits: the measure, or the measure less neutral."""
        if limits.relative_to == "zero":
            return measures.uncertainty(name)
        return np.hypot(measures.uncertainty(name, of_difference=True), self._references[name].uncertainty)

    def limits(self, name: str, limits: Range, *, strict: bool) -> tuple[float, float]:
        """The range, narrowed (`strict`) or widened by the uncertainty of the person's neutral."""
        low = -np.inf if limits.min is None else limits.min
        high = np.inf if limits.max is None else limits.max
        if limits.relative_to == "zero":
            return low, high
        doubt = self._references[name].uncertainty * (1.0 if strict else -1.0)
        return low + doubt, high - doubt

    def _all_inside(
        self, part: str, lasting: Mapping[str, Floats], where: Mapping[str, Range], *, strict: bool
    ) -> Bools:
        result = np.ones(len(lasting[next(iter(where))]), bool)
        for name, limits in where.items():
            lowest, highest = self.limits(name, limits, strict=strict)
            values = lasting[name] - self.offset(name, limits)
            result &= self._latched((part, name), limits.margin, values, lowest, highest)
        return result

    def _latched(self, key: tuple[str, str], margin: float, values: Floats, lowest: float, highest: float) -> Bools:
        """Whether the value is inside, with the margin for leaving; NaN is not inside."""
        with np.errstate(invalid="ignore"):
            enters = (values >= lowest) & (values <= highest)
            leaves = ~((values >= lowest - margin) & (values <= highest + margin))
        before = self._latches.get(key, False)
        decided = np.maximum.accumulate(np.where(enters | leaves, np.arange(len(values)), -1))
        inside = np.where(decided >= 0, enters[decided], before)
        if len(inside):
            self._latches[key] = bool(inside[-1])
        return inside


def rate_window_s(gap_s: float) -> float:
    """Time over which a rate is fitted; it depends on the usual time from one picture to the next."""
    return SLOW_WINDOW * gap_s if gap_s > FEW_S else RATE_WINDOW_S


def assess(measures: Measures, stretch: Stretch, references: Mapping[str, Baseline] | None = None) -> Assessment:
    """The assessment of a whole clip, or of one pose.

    Args:
        measures: Of N poses in order.
        stretch: What to judge against.
        references: Neutral values; None for people's usual ones.
    """
    return Assessor(stretch, usual_references(stretch) if references is None else references).update(measures)


def quality(room: Floats) -> Floats:
    """(N,) how good the form is: 1 where every measure lies at least a margin inside its range, 0.5 on a limit.

    Outside the range it falls, to 0.25 a margin beyond the limit. The measure with the least room decides: the others
    do not make up for one joint on its limit. Without a rule the quality is 1.

    Args:
        room: (N, R) distance from the nearest limit inwards, over the rule's margin, -1..1.
    """
    least: Floats = room.min(axis=1, initial=1.0)
    return 0.5 + np.where(least < 0, 0.25, 0.5) * least


def _room(values: Floats, lowest: float, highest: float, margin: float, inside: Bools) -> Floats:
    """How far inside (or outside) its range each value lies; within the margin for leaving it is on the limit."""
    distance = np.minimum(values - lowest, highest - values)
    share = np.clip(distance / margin, -1.0, 1.0) if margin > 0 else np.where(distance >= 0, 1.0, -1.0)
    return np.where(inside, np.maximum(share, 0.0), np.minimum(share, 0.0))
