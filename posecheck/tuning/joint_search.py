"""Several limits chosen together: what is best for one rule alone can spoil good seconds, or silence another rule.

The search is a coordinate descent. It starts from the value that is best for each limit alone, and goes along the
plateau of each limit in turn until nothing gets better. A limit leaves its starting value only where another value is
clearly better for all limits together. A limit that gains nothing beside the others, on people whom it was not chosen
on, then keeps its present value. Rules interact in two ways: one of them detects a fault in seconds that the others
leave alone, or one that comes first (`Rule.after`) is too strict and silences those after it. What every value detects
lies in memory, so each step is always the same. One effect is left to the full judgement at the end: a rule silences
others from its first frame outside the range, not from the frame in which its fault is detected. A random search
(SciPy's differential evolution, Optuna's) would be one more thing to install and to seed, for a few limits that hardly
interact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from posecheck.pose.landmarks import Floats
from posecheck.rules.limits import Threshold, rule_named, rule_names, thresholds, unit_of, with_limits
from posecheck.rules.rule import Rule
from posecheck.tuning.bootstrap import bounds, drawn
from posecheck.tuning.dataset import LabelledDataset
from posecheck.tuning.labels import GOOD
from posecheck.tuning.replay import RuleResult
from posecheck.tuning.scoring import share
from posecheck.tuning.threshold_search import LEAST_GAIN, PLATEAU_LOSS, Proposal, Why, middle, rounded_within, within

ROUNDS = 10
"""The search goes over all limits at most this many times; it has always settled after two or three."""

SILENT = 0.5
"""Share of seconds judged right by rules that never speak: all good ones and no faulty ones."""


class Share(IntEnum):
    """Columns of the seconds of each kind: good, and each fault."""

    LABELLED = 0
    """Seconds of that kind."""
    RIGHT = 1
    """Those of them that are judged right."""


GOOD_KIND = 0
"""Place of the good seconds among the kinds; the faults that count follow."""


@dataclass(frozen=True, slots=True)
class Together:
    """What is proposed in the end.

    Attributes:
        values: The limits to change; empty if nothing is proposed.
        score_now: Share of seconds judged right at present, 0..1. It counts the seconds labelled good, and those
            labelled with a fault whose limit was to change or whose rule comes after such a rule. Each kind weighs the
            same. NaN where none was to change.
        score: The same with the new values, by a full judgement.
        gain: Gain on people (or clips) that the values were not chosen on; NaN where none was chosen.
        gain_low: Lower bound of that, at 95 %.
    """

    values: dict[Threshold, float]
    score_now: float
    score: float
    gain: float
    gain_low: float


def together(dataset: LabelledDataset, proposals: Sequence[Proposal]) -> Together:
    """The joint choice of the limits for which something is proposed, and then of those that another rule waits for.

    A limit that needs no change by itself moves for another rule only where a full judgement shows that it helps.
    """
    moved = [one for one in proposals if one.why is Why.PROPOSED]
    values = _chosen(_JointTrials(dataset, moved), moved)
    waited_for = {name for rule in dataset.stretch.rules for name in rule.after}
    for one in proposals:
        if one.why is Why.ON_PLATEAU and one.sweep.threshold.rule in waited_for:
            changed = LabelledDataset(
                [scorer.clip for scorer, _ in dataset.clips], with_limits(dataset.stretch, values)
            )
            trials = _JointTrials(changed, [one])
            change = _chosen(trials, [one])
            if change and trials.judged(change) - trials.judged({}) >= LEAST_GAIN:
                values |= change
    moved = [one for one in proposals if one.sweep.threshold in values]
    trials = _JointTrials(dataset, moved)
    gain, gain_low = trials.gain(range(len(moved)))
    now, then = trials.judged({}), trials.judged(values)
    if not (moved and gain_low > 0 and then > SILENT):
        return Together({}, np.nan, np.nan, np.nan, np.nan)
    return Together(values, now, then, gain, gain_low)


def _chosen(trials: _JointTrials, moved: Sequence[Proposal]) -> dict[Threshold, float]:
    """The best values of limits together, without those that gain nothing beside the others."""
    free = list(range(len(moved)))
    while (idle := trials.idle(free)) is not None:
        free.remove(idle)
    choice = trials.best(free)
    return {moved[place].sweep.threshold: trials.value(place, choice[place]) for place in free}


def _right(sums: Floats) -> Floats:
    """(...,) share of seconds judged right of (..., T, 2) sums `Share`: the mean over the T kinds."""
    parts = share(sums[..., Share.RIGHT], sums[..., Share.LABELLED])
    known = np.isfinite(parts)
    # A kind that no draw shows counts for nothing in it.
    return share(np.where(known, parts, 0.0).sum(axis=-1), known.sum(axis=-1))


class _JointTrials:
    """All labelled frames of a dataset in a row, with the faults that each tried value detects in them.

    Args:
        dataset: The clips.
        moved: The limits that may change.
    """

    def __init__(self, dataset: LabelledDataset, moved: Sequence[Proposal]) -> None:
        self._dataset = dataset
        self._moved = moved
        self._rules = rule_names(dataset.stretch)
        self._before = [
            [self._rules.index(one) for one in rule.after] if isinstance(rule, Rule) else []
            for rule in (rule_named(dataset.stretch, name) for name in self._rules)
        ]
        rows = {self._rules.index(one.sweep.threshold.rule) for one in moved}
        waiting = {row for row, before in enumerate(self._before) if rows & set(before)}
        self._kinds = [GOOD_KIND, *(1 + row for row in sorted(rows | waiting))]
        labelled = [
            [scorer.weights(GOOD), *(scorer.weights(name, name) for name in self._rules)] for scorer, _ in dataset.clips
        ]
        self._frames = [np.any(np.array(weights) > 0, axis=0) for weights in labelled]
        pairs = zip(labelled, self._frames, strict=True)
        self._weights = np.hstack([np.array(weights)[:, frames] for weights, frames in pairs])
        self._group = np.repeat(dataset.group, [int(frames.sum()) for frames in self._frames])
        self._fixed = self._alone(dataset.verdicts())
        self._columns = [self._column(one, moved)[one.sweep.reached].mean(axis=1) for one in moved]
        for one in moved:
            self._fixed[self._rules.index(one.sweep.threshold.rule)] = 0.0

    def value(self, place: int, index: int) -> float:
        """A value of the limit at a place, as round as it can be."""
        one = self._moved[place]
        unit = unit_of(self._dataset.stretch, one.sweep.threshold.rule)
        return rounded_within(float(one.sweep.values[index]), one.plateau, unit)

    def _row(self, place: int) -> int:
        return self._rules.index(self._moved[place].sweep.threshold.rule)

    def _kind(self, row: int) -> int:
        """The place of a rule's fault among the kinds that count."""
        return self._kinds.index(1 + row)

    def _column(self, one: Proposal, moved: Sequence[Proposal]) -> Floats:
        """(C, F) what the rule detects with each value; where both its limits move, with the other one open."""
        threshold = one.sweep.threshold
        alone = sum(other.sweep.threshold.rule == threshold.rule for other in moved) > 1
        row = self._rules.index(threshold.rule)
        return np.array(
            [
                self._named([replay.trial(threshold, value, alone=alone) for _, replay in self._dataset.clips])[row]
                for value in one.sweep.values.tolist()
            ]
        )

    def _named(self, verdicts: Sequence[RuleResult]) -> Floats:
        """(R, F) whether each rule's fault is detected, 0 or 1."""
        parts = []
        for (scorer, _), frames, verdict in zip(self._dataset.clips, self._frames, verdicts, strict=True):
            named = np.array([scorer.named(rule, verdict) for rule in self._rules])
            parts.append(named[:, frames])
        return np.hstack(parts).astype(np.float32)

    def _alone(self, verdicts: Sequence[RuleResult]) -> Floats:
        """(R, F) whether each rule's fault is detected at present, 0 or 1, if no rule comes first."""
        named = self._named(verdicts)
        for threshold, now in thresholds(self._dataset.stretch).items():
            row = self._rules.index(threshold.rule)
            if self._before[row]:
                named[row] = self._named([replay.trial(threshold, now) for _, replay in self._dataset.clips])[row]
        return named

    def judged(self, values: Mapping[Threshold, float]) -> float:
        """How many seconds are judged right with some limits changed, by a full judgement."""
        verdicts = self._dataset.verdicts(with_limits(self._dataset.stretch, values))
        return float(_right(self._counted(self._named(verdicts)).sum(axis=0)))

    def idle(self, free: Sequence[int]) -> int | None:
        """The place, of those that may move, that surely gains least beside the others; None if all surely gain."""
        with_it = self._held_out(free)
        gains = {}
        for place in free:
            now = self._moved[place].sweep.at
            without = [[*one[:place], now, *one[place + 1 :]] for one in with_it]
            # As for one limit alone: draws of people who do not show the fault say nothing.
            gains[place] = self._surely(with_it, without, [self._kind(self._row(place))])
        least = min(gains, key=lambda place: gains[place], default=None)
        return least if least is not None and gains[least] <= 0 else None

    def gain(self, free: Sequence[int]) -> tuple[float, float]:
        """The gain on groups that the values of some places were not chosen on, and its lower bound."""
        chosen, now = self._held_out(free), self._held_out(())
        gain = _right(self._each(chosen).sum(axis=0)) - _right(self._each(now).sum(axis=0))
        return float(gain), self._surely(chosen, now, range(GOOD_KIND + 1, len(self._kinds)))

    def _held_out(self, free: Sequence[int]) -> list[list[int]]:
        """For each group the choice of all others."""
        return [self.best(free, group) for group in range(self._dataset.groups)]

    def _surely(self, choices: Sequence[Sequence[int]], others: Sequence[Sequence[int]], shown: Sequence[int]) -> float:
        """Lower bound of what one choice for each group gains against another, in draws with seconds of some kinds."""
        draws = drawn(self._dataset.groups)
        after, before = (np.tensordot(draws, self._each(each), 1) for each in (choices, others))
        seen_s = after[:, shown, Share.LABELLED].sum(axis=1)
        return bounds((_right(after) - _right(before))[seen_s > 0])[0]

    def _each(self, choices: Sequence[Sequence[int]]) -> Floats:
        """(G, T, 2) `Share` of each kind, each group judged by a choice of its own."""
        groups = enumerate(choices)
        return np.array([self._sums(self._chances(one, range(len(one))))[group] for group, one in groups])

    def _chances(self, choice: Sequence[int], places: Iterable[int]) -> Floats:
        """(R, F) probability that each rule detects its fault if none comes first, by fixed and by chosen limits."""
        alone = self._fixed.copy()
        for place in places:
            rule = self._row(place)
            alone[rule] = _either(alone[rule], self._columns[place][choice[place]])
        return alone

    def _in_order(self, alone: Floats) -> Floats:
        """(R, F) probability that each rule detects its fault, where a rule silences those that wait for it."""
        return np.array([named * self._unsilenced(row, alone) for row, named in enumerate(alone)])

    def _unsilenced(self, row: int, alone: Floats, but: int = -1) -> Floats:
        """(F,) probability that no rule before a given one silences it, one of them left out."""
        quiet: Floats = np.prod(1.0 - alone[[one for one in self._before[row] if one != but]], axis=0)
        return quiet

    def _sums(self, alone: Floats) -> Floats:
        return self._counted(self._in_order(alone))

    def _counted(self, named: Floats) -> Floats:
        """(G, T, 2) `Share` of each kind by group, of (R, F) probabilities that each rule's fault is detected."""
        right = np.vstack([np.prod(1.0 - named, axis=0), named]) * self._weights
        by_group = np.arange(self._dataset.groups)[:, None] == self._group
        columns = {Share.LABELLED: self._weights, Share.RIGHT: right}
        both = np.stack([columns[column][self._kinds] for column in Share], axis=1)
        result: Floats = np.tensordot(by_group.astype(float), both, (1, 2))
        return result

    def best(self, free: Sequence[int], without: int | None = None) -> list[int]:
        """The best choice, for all groups or with one left out; places that may not move stay at present values."""
        sweeps = [one.sweep for one in self._moved]
        groups = [group for group in range(self._dataset.groups) if group != without]
        choice = [sweep.best(without) if place in free else sweep.at for place, sweep in enumerate(sweeps)]
        for _ in range(ROUNDS):
            before = list(choice)
            for place in free:
                scores = within(self._along(choice, place, groups), sweeps[place].plateau(without))
                if scores[choice[place]] < np.max(scores) - PLATEAU_LOSS:
                    choice[place] = middle(scores, choice[place])
            if choice == before:
                break
        return choice

    def _along(self, choice: Sequence[int], place: int, groups: Sequence[int]) -> Floats:
        """(C,) how good each value of one limit is, the others as chosen."""
        rule = self._row(place)
        frames = np.isin(self._group, groups)
        others = self._chances(choice, [other for other in range(len(choice)) if other != place])
        sums = np.tile(self._sums(others)[list(groups)].sum(axis=0), (len(self._columns[place]), 1, 1))
        alone, weights = others[:, frames], self._weights[:, frames]
        mine = _either(self._columns[place][:, frames], alone[rule])
        waiting = [row for row, before in enumerate(self._before) if rule in before]
        touched = {rule: mine * self._unsilenced(rule, alone)}
        touched |= {row: alone[row] * self._unsilenced(row, alone, rule) * (1.0 - mine) for row in waiting}
        quiet = np.prod(1.0 - np.delete(self._in_order(alone), list(touched), axis=0), axis=0)
        for row, named in touched.items():
            quiet = quiet * (1.0 - named)
            sums[:, self._kind(row), Share.RIGHT] = named @ weights[1 + row]
        sums[:, GOOD_KIND, Share.RIGHT] = quiet @ weights[GOOD_KIND]
        return _right(sums)


def _either(one: Floats, other: Floats) -> Floats:
    """Probability of one or the other, taken as independent."""
    return 1.0 - (1.0 - one) * (1.0 - other)
