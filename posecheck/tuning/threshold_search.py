"""Better limits for a stretch's rules, where labelled clips show that there are any.

Each limit is tried at many values over all clips (`sweep`). A value is only as good as those around it, as far as the
measure's own error reaches, because the next person's measure may differ by as much (`Sweep.reached`). The proposed
value is the middle of those that are best by this score; the values around it that do as well on these clips are its
plateau. The present value stays where nothing does clearly better on these clips, or where the gain is lost when a
value is chosen on some people and tried on others. The proposals are then fitted together
(`posecheck.tuning.joint_search`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import NormalDist

import numpy as np

from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Bools, Floats, Ints
from posecheck.rules.limits import Threshold, rule_named, thresholds, unit_of
from posecheck.rules.rule import Rule
from posecheck.rules.stretch import Stretch
from posecheck.tuning.bootstrap import SEED, bounds, drawn
from posecheck.tuning.dataset import FEW, LabelledDataset
from posecheck.tuning.labels import GOOD
from posecheck.tuning.scoring import balanced, faulty_s, good_s, in_columns, seconds_of

STEP = {"deg": 0.5, "ratio": 0.005, "s": 0.05}
"""Step between the values that are tried: a tenth of the measures' own error."""

ROUND_TO = {"deg": 1.0, "ratio": 0.01, "s": 0.1}
"""Proposed values are rounded to this: more digits would feign an accuracy that no measure has."""

MOST_TRIED = 200
"""Values tried for a limit; where the labelled seconds spread further, the step is wider."""

PLATEAU_LOSS = 0.01
"""A value does about as well as the best if it loses no more than this of `balanced`: one second in fifty."""

SHUFFLES = 1000
MOST_CHANCE = 0.02
"""Shuffled labels may do as well as the true ones in at most this share of draws (a permutation test). With few people
a difference is soon the same for all of them by chance; four good times against four faulty ones are the least that can
pass."""

ERROR_S = 0.2
"""Error of a duration: both ends of a movement are known to about a tenth of a second."""

NODES = np.array([NormalDist().inv_cdf((node + 0.5) / 20.0) for node in range(20)])
"""Twenty equally probable errors, in standard deviations."""

LEAST_GAIN = 0.01
"""A smaller gain is not worth a changed rule."""


class Why(Enum):
    """What became of a limit."""

    PROPOSED = "proposed"
    NO_FAULTY = "no faulty seconds are labelled"
    NO_GOOD = "no good seconds are labelled"
    UNSEEN = "its measure is not seen in faulty seconds"
    FEW = "too few show the fault"
    ON_PLATEAU = "no value does clearly better"
    UNSURE = "the gain is not larger than its uncertainty"
    CHANCE = "shuffled labels would do as well by chance"
    GUESSING = "no value does better than guessing on others"


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """One limit, tried at many values.

    Attributes:
        threshold: The limit.
        now: Its present value.
        values: (C,) those tried, increasing; `now` is one of them.
        named_s: (C, E) seconds detected with each value, in each labelled time for or against the rule.
        lengths_s: (E,) length of each of these times.
        faulty: (E,) whether it is labelled with the rule's fault.
        seconds: (C, G, 4) `posecheck.tuning.scoring.Seconds` of the rule by value and group.
        error: Known error of what is compared with the limit.
    """

    threshold: Threshold
    now: float
    values: Floats
    named_s: Floats
    lengths_s: Floats
    faulty: Bools
    seconds: Floats
    error: float

    @property
    def reached(self) -> Ints:
        """(C, 20) indices of the values that each value becomes through the measure's error."""
        middles = (self.values[1:] + self.values[:-1]) / 2.0
        return np.searchsorted(middles, self.values[:, None] + self.error * NODES)

    @property
    def blurred(self) -> Floats:
        """(C, G, 4) `seconds` to be expected of each value, as far as the measure's error reaches."""
        result: Floats = self.seconds[self.reached].mean(axis=1)
        return result

    @property
    def score(self) -> Floats:
        """(C,) `balanced` over all groups."""
        return balanced(self.seconds.sum(axis=1))

    @property
    def at(self) -> int:
        """Index of the present value."""
        return int(np.argmin(np.abs(self.values - self.now)))

    def best(self, without: int | None = None) -> int:
        """Index of the value that does best as far as the measure's error reaches; of several, the middle one.

        Args:
            without: A group to be left out.
        """
        return middle(balanced(_summed(self.blurred, without)), self.at)

    def plateau(self, without: int | None = None) -> slice:
        """The values around the best that do about as well or better, one group left out if it is given."""
        scores = balanced(_summed(self.seconds, without))
        best = self.best(without)
        return _about(best, scores >= scores[best] - PLATEAU_LOSS) if np.isfinite(scores[best]) else slice(len(scores))


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """What is proposed for one limit, or why nothing is.

    Attributes:
        sweep: All that was tried.
        why: `Why.PROPOSED`, or why the present value stays.
        value: What to set; the present value if nothing is proposed.
        plateau: Least and greatest value that do about as well as the best; NaN where nothing could be tried.
        score_now: `balanced` at present.
        score: `balanced` with `value`.
        gain: Gain on groups that the value was not chosen on; NaN without cross-validation.
        gain_low: Lower bound of that, at 95 % for all limits together.
    """

    sweep: Sweep
    why: Why
    value: float
    plateau: tuple[float, float]
    score_now: float
    score: float
    gain: float
    gain_low: float


def sweep(dataset: LabelledDataset, threshold: Threshold) -> Sweep:
    """Tries one limit at all values that change the verdict on labelled seconds, the other limits as they are."""
    now = thresholds(dataset.stretch)[threshold]
    values = _candidates(dataset, threshold, now)
    named_s = np.array(
        [
            dataset.named_s(threshold.rule, [replay.trial(threshold, value) for _, replay in dataset.clips])
            for value in values.tolist()
        ]
    )
    lengths_s, faulty, group = dataset.spells(threshold.rule)
    member = (np.arange(dataset.groups)[:, None] == group).astype(float)
    seconds = member @ in_columns(lengths_s, named_s, faulty)
    rule = rule_named(dataset.stretch, threshold.rule)
    measure = rule.measure if isinstance(rule, Rule) else rule.judge
    error = ERROR_S if measure == "duration_s" else MEASURES[measure].error
    return Sweep(threshold, now, values, named_s, lengths_s, faulty, seconds, error)


def propose(dataset: LabelledDataset) -> list[Proposal]:
    """What is proposed for each limit by itself."""
    limits = thresholds(dataset.stretch)
    # With so many limits examined, one would seem better by chance.
    level = 1.0 - 0.05 / max(1, len(limits))
    return [_proposal(sweep(dataset, threshold), dataset.stretch, level) for threshold in limits]


def _candidates(dataset: LabelledDataset, threshold: Threshold, now: float) -> Floats:
    """The values worth trying, with the present one among them."""
    rule, unit = rule_named(dataset.stretch, threshold.rule), unit_of(dataset.stretch, threshold.rule)
    step = STEP[unit]
    faulty = dataset.values(rule.name, rule.name)
    if len(faulty) == 0:
        return np.array([now])
    seen = np.concatenate([dataset.values(rule.name, GOOD), faulty, [now]])
    low, high = float(seen.min()) - 2 * step, float(seen.max()) + 2 * step
    if isinstance(rule, Rule):
        least, most = MEASURES[rule.measure].limits if rule.relative_to == "zero" else (-np.inf, np.inf)
        if threshold.limit == "max" and rule.min is not None:
            least = max(least, rule.min + step)
        if threshold.limit == "min" and rule.max is not None:
            most = min(most, rule.max - step)
        low, high = max(low, least), min(high, most)
    else:
        low = max(low, step)
    step *= max(1, int(np.ceil((high - low) / step / MOST_TRIED)))
    grid = step * np.arange(np.ceil(low / step), np.floor(high / step) + 1)
    values: Floats = np.unique(np.append(np.round(grid, 6), now))
    return values


def _proposal(swept: Sweep, stretch: Stretch, level: float) -> Proposal:
    total, at = swept.seconds.sum(axis=1), swept.at
    scores = swept.score
    shown = int(np.count_nonzero(faulty_s(swept.seconds[0])))

    def kept(why: Why, plateau: tuple[float, float], gain: float = np.nan, low: float = np.nan) -> Proposal:
        score_now = float(scores[at])
        return Proposal(swept, why, swept.now, plateau, score_now, score_now, gain, low)

    nowhere = (np.nan, np.nan)
    if shown == 0:
        return kept(Why.NO_FAULTY, nowhere)
    if good_s(total[0]) == 0:
        return kept(Why.NO_GOOD, nowhere)
    if len(swept.values) == 1:
        return kept(Why.UNSEEN, nowhere)
    there = swept.plateau()
    plateau = float(swept.values[there][0]), float(swept.values[there][-1])
    if shown < FEW:
        return kept(Why.FEW, plateau)
    if scores.max() - scores[at] < LEAST_GAIN or there.start <= at < there.stop:
        return kept(Why.ON_PLATEAU, plateau)
    chosen = [swept.best(without=group) for group in range(swept.seconds.shape[1])]
    gain, low, score_low = _validated(swept.blurred, chosen, at, level)
    if score_low <= 0.5:
        return kept(Why.GUESSING, plateau, gain, low)
    if low <= 0.0 or gain < LEAST_GAIN:
        return kept(Why.UNSURE, plateau, gain, low)
    if _chance(swept) > MOST_CHANCE:
        return kept(Why.CHANCE, plateau, gain, low)
    best = swept.best()
    value = rounded_within(float(swept.values[best]), plateau, unit_of(stretch, swept.threshold.rule))
    return Proposal(swept, Why.PROPOSED, value, plateau, float(scores[at]), float(scores[best]), gain, low)


def _summed(seconds: Floats, without: int | None) -> Floats:
    """(C, 4) of (C, G, 4), over all groups but one."""
    total: Floats = seconds.sum(axis=1)
    return total if without is None else total - seconds[:, without]


def _about(index: int, well: Bools) -> slice:
    """The values around one of them that do well, with none between that does not."""
    poor = np.flatnonzero(~well)
    return slice(int(poor[poor < index].max(initial=-1)) + 1, int(poor[poor > index].min(initial=len(well))))


def within(scores: Floats, plateau: slice) -> Floats:
    """The scores, with no chance for what does not lie on a plateau."""
    result = np.full_like(scores, -np.inf)
    result[plateau] = scores[plateau]
    return result


def middle(scores: Floats, at: int) -> int:
    """Index of the middle of what does about as well as the best (of several, the nearest to `at`); `at` for NaN."""
    if not np.isfinite(scores).any():
        return at
    best = np.flatnonzero(scores >= np.nanmax(scores) - 1e-9)
    top = int(best[np.argmin(np.abs(best - at))])
    there = _about(top, scores >= scores[top] - PLATEAU_LOSS)
    return int(there.start + there.stop - 1) // 2


def _validated(seconds: Floats, chosen: Sequence[int], at: int, level: float) -> tuple[float, float, float]:
    """Values chosen without each group and tried on it: their gain, its lower bound, the score's lower bound."""
    groups = np.arange(seconds.shape[1])
    others, now = seconds[list(chosen), groups], seconds[at]
    draws = drawn(len(groups))
    after, before = balanced(draws @ others), balanced(draws @ now)
    gain = float(balanced(others.sum(axis=0)) - balanced(now.sum(axis=0)))
    return gain, bounds(after - before, level)[0], bounds(after, level)[0]


def _chance(swept: Sweep) -> float:
    """How often the best value for shuffled labels does as well as the best one for the true labels."""
    shuffled = np.random.default_rng(SEED).permuted(np.tile(swept.faulty, (SHUFFLES, 1)), axis=1)
    at_fault_s, named_s = shuffled @ swept.lengths_s, swept.named_s @ shuffled.T
    false_s = swept.named_s.sum(axis=1)[:, None] - named_s
    quiet_s = swept.lengths_s.sum() - at_fault_s - false_s
    by_chance = balanced(seconds_of(named_s, at_fault_s - named_s, false_s, quiet_s)).max(axis=0)
    return float((1 + np.count_nonzero(by_chance >= swept.score.max() - 1e-9)) / (1 + SHUFFLES))


def rounded_within(value: float, plateau: tuple[float, float], unit: str) -> float:
    """The value as round as it can be without leaving the plateau."""
    whole = round(value / ROUND_TO[unit]) * ROUND_TO[unit]
    return round(whole if plateau[0] <= whole <= plateau[1] else value, 6)
