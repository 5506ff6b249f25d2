"""What separates a fault of movement from good form in labelled clips: how far swings go, how long they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from posecheck.judging.movements import Judged
from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.table import MEASURES, Drafts
from posecheck.pose.intervals import Interval
from posecheck.rules.rule import Severity, SwingRule
from posecheck.rules.stretch import Stretch
from posecheck.tuning.labels import GOOD, LabelledClip
from posecheck.tuning.replay import Replay
from posecheck.tuning.separability import (
    LEAST_KNOWN,
    LEAST_ROOM,
    LEAST_SCORE,
    Parting,
    able_partings,
    during,
    ends,
    finest_step,
    good_phases,
    round_limit,
)

DURATION = "duration_s"
"""What rule files call the time that a swing takes."""

LEAST_SWINGS = 2
"""At least this many swings must be good, and as many must show the fault: one alone shows nothing."""

PURE = 0.9
"""A swing is good, or at fault, if this share of its labelled time is; one that leads from one to the other is
neither."""

SWING_SHARES = (0.25, 0.125)
"""What is tried for the least movement that is a swing: shares of the way from one phase to another. The shipped
cat-cow has a quarter of its way, and an eighth for movements that are too small."""

DURATION_ERROR_S = 0.65
"""Spread of how long good swings take, one standard deviation: 54 of six rendered people."""

AS_GOOD = 0.02
"""Ways of judging whose scores differ by less count as equal: then the one with the most room is taken."""


@dataclass(frozen=True, slots=True)
class SwingParting:
    """How movement to and fro separates a fault from good form: swings with the fault are smaller, or faster.

    Attributes:
        swing_of: The measure whose movement makes the swings.
        swing_min: The least movement that is one.
        judge: `duration_s`, or the measure whose range in a swing is judged.
        value: The middle between both, the least that is good.
        score: Share of swings judged right, good and faulty ones weighing the same, less what no swing covers.
        room: Distance between the middles of good and faulty swings, in the errors of what is judged.
        good: 5 and 95 % of the good swings.
        faulty: The same of the faulty ones.
    """

    swing_of: str
    swing_min: float
    judge: str
    value: float
    score: float
    room: float
    good: tuple[float, float]
    faulty: tuple[float, float]

    def tells_better_than(self, form: Parting) -> bool:
        """Whether it judges as well as a measure of form, with more room: form may differ only as a side effect."""
        return self.score > form.score - AS_GOOD and self.room > form.room


def swing_partings(clips: Sequence[LabelledClip], faults: Sequence[str], stretch: Stretch) -> dict[str, SwingParting]:
    """How movement separates faults, where it does; nothing without labelled phases, between which it goes.

    Args:
        clips: With labels of the stretch.
        faults: The faults to separate from good form.
        stretch: Determines where the stretch is done; its own swing rules are not used.
    """
    ways = _ways(clips, stretch.support)
    judges = {name: MEASURES[name].error_of_difference for name in ways} | {DURATION: DURATION_ERROR_S}
    tried = [
        SwingRule(
            name=f"swing-{measure.replace('_', '-')}-{number}-{judge.replace('_', '-')}",
            swing_of=measure, swing_min=least, judge=judge, min=1.0,
            priority=1, severity=Severity.MINOR, cue="?", praise="?", why="?",
        )
        for measure, way in ways.items()
        for number, least in enumerate(_leasts(measure, way))
        for judge in judges
    ]  # fmt: skip
    if not (tried and faults):
        return {}
    replays = [Replay(clip.measures, stretch.model_copy(update={"swing_rules": tuple(tried)})) for clip in clips]
    found = {}
    for fault in faults:
        able = [
            one
            for rule in tried
            if (one := _swing_parting(clips, [replay.swings(rule.name) for replay in replays], fault, rule, judges))
            and one.score >= LEAST_SCORE
            and one.room >= LEAST_ROOM
        ]
        if able:
            found[fault] = _best(able)
    return found


def _best(able: Sequence[SwingParting]) -> SwingParting:
    """The one with the most room of those that judge best; of about as much, one on what swings itself or on pace."""
    best = max(one.score for one in able)
    alike = [one for one in able if one.score > best - AS_GOOD]
    most = max(one.room for one in alike)
    roomy = [one for one in alike if one.room > most - LEAST_ROOM]
    return max(roomy, key=lambda one: (one.judge in (one.swing_of, DURATION), one.room))


def _ways(clips: Sequence[LabelledClip], support: FloorContacts) -> dict[str, float]:
    """The measures that separate each phase from the others in good seconds, and how far they go between phases."""
    ways: dict[str, float] = {}
    phases = good_phases(clips)
    for number, phase in enumerate(phases):
        others = [other for other in phases if other != phase]
        if not others:
            return {}
        mine, theirs = ([during(clip, GOOD, wanted) for clip in clips] for wanted in ([phase], others))
        able = {
            one.measure: one.room * MEASURES[one.measure].error
            for one in able_partings(clips, mine, theirs, support)
            if Drafts.SWINGS in MEASURES[one.measure].drafts
        }
        ways = {name: way for name, way in able.items() if number == 0 or name in ways}
    return ways


def _leasts(measure: str, way: float) -> list[float]:
    """What may be the least movement of a swing: more than two errors, and less than half of the way."""
    spec = MEASURES[measure]
    errors = 2.0 * spec.error_of_difference
    values = dict.fromkeys(finest_step(max(share * way, errors), spec.unit) for share in SWING_SHARES)
    return [value for value in values if value < way / 2.0]


def _swing_parting(
    clips: Sequence[LabelledClip],
    swings: Sequence[Sequence[Judged]],
    fault: str,
    rule: SwingRule,
    errors: Mapping[str, float],
) -> SwingParting | None:
    """How one way of judging separates swings with a fault from good ones; None if there are too few to tell."""
    good, faulty, covered_s, faulty_s = [], [], 0.0, 0.0
    for clip, judged in zip(clips, swings, strict=True):
        for interval, value in judged:
            good_s, fault_s = (_overlap_s(clip, interval, label) for label in (GOOD, fault))
            covered_s += fault_s
            if fault_s and fault_s >= PURE * (good_s + fault_s):
                faulty.append(value)
            elif good_s and good_s >= PURE * _overlap_s(clip, interval, None):
                good.append(value)
        faulty_s += sum(one.end_s - one.start_s for one in clip.labels if one.label == fault)
    known = min(1.0, covered_s / faulty_s)
    if min(len(good), len(faulty)) < LEAST_SWINGS or known < LEAST_KNOWN:
        return None
    seen, shown = np.array(good), np.array(faulty)
    unit = "s" if rule.judge == DURATION else MEASURES[rule.judge].unit
    middle = (np.quantile(seen, 0.05) + np.quantile(shown, 0.95)) / 2.0
    value = round_limit(middle, unit, errors[rule.judge], ends(seen), ends(shown))
    score = 0.5 * (known * float(np.mean(shown < value)) + float(np.mean(seen >= value)))
    room = float(np.median(seen) - np.median(shown)) / errors[rule.judge]
    return SwingParting(rule.swing_of, rule.swing_min, rule.judge, value, score, room, ends(seen), ends(shown))


def _overlap_s(clip: LabelledClip, interval: Interval, label: str | None) -> float:
    """Seconds of an interval that carry a label, or any."""
    return sum(
        max(0.0, min(one.end_s, interval[1]) - max(one.start_s, interval[0]))
        for one in clip.labels
        if label in (None, one.label)
    )
