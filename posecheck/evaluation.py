"""The figures of a stretch's rules on labelled clips, each with how far it can be trusted.

Uncertainty comes from drawing the people (or clips, where labels name nobody) anew, with replacement: seconds of one
clip are alike and count as one experience, however many they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np

from posecheck.landmarks import Bools, Floats, Ints
from posecheck.replay import Replay, Verdict, rule_named, rule_names
from posecheck.rules import Rule
from posecheck.scoring import (
    GOOD,
    TOLERANCE_S,
    LabelledClip,
    Marked,
    balanced,
    f1,
    precision,
    recall,
    share,
)
from posecheck.stretches import Stretch

FEW = 3
"""With fewer people (or clips) that show a fault, nothing is proposed: two may be alike by chance."""

DRAWS = 1000
SEED = 20240607
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its 95 % interval, which is NaN where there is but one group to draw from."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class RuleFigures:
    """How well one rule agrees with the labels.

    Attributes:
        rule: Its name.
        by_group: (G, 4) `posecheck.scoring.SECONDS` of each person (or clip).
        precision: Of what it named, the share that was at fault, by seconds.
        recall: Of what was at fault, the share that it named.
        f1: Their harmonic mean.
        balanced: The mean of recall and of the share of good seconds left in peace.
        events: `posecheck.scoring.EVENTS`, over all clips.
        event_precision: As above, by events.
        event_recall: As above.
        event_f1: As above.
        delay_s: Median time from a fault's onset until it could be said, of those that were found.
        room_good: 5, 50 and 95 % of the distance of good seconds from the nearest limit, inside positive.
        room_faulty: The same of the faulty seconds.
    """

    rule: str
    by_group: Floats
    precision: Figure
    recall: Figure
    f1: Figure
    balanced: Figure
    events: Floats
    event_precision: Figure
    event_recall: Figure
    event_f1: Figure
    delay_s: Figure
    room_good: Floats
    room_faulty: Floats

    @property
    def seconds(self) -> Floats:
        """`posecheck.scoring.SECONDS`, over all clips."""
        total: Floats = self.by_group.sum(axis=0)
        return total

    @property
    def groups(self) -> int:
        """People (or clips) that show the fault."""
        return int(np.count_nonzero(self.by_group[:, 0] + self.by_group[:, 1]))


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """How well a stretch's rules agree with the labels.

    Attributes:
        stretch: What was judged by.
        rules: Those with labelled faults or seconds, in the file's order.
        confusion: As `Marked.confusion`, over all clips.
        hold_error: Share of the good seconds that no hold counts, of the seconds labelled good; less is better.
        hold_error_s: Seconds by which holds fall short, for each clip with good seconds.
        held_faulty_s: Seconds of faulty form that holds count, for each minute of it.
        false_holds_per_min: Holds in faulty form, for each minute of it.
        warnings: What the clips are too few to say.
    """

    stretch: Stretch
    rules: tuple[RuleFigures, ...]
    confusion: Floats
    hold_error: Figure
    hold_error_s: Figure
    held_faulty_s: Figure
    false_holds_per_min: Figure
    warnings: tuple[str, ...]


class Bench:
    """Labelled clips on which rules of one stretch are tried.

    Args:
        clips: At least one, each with labels of the stretch.
        stretch: What they are judged by at present.

    Attributes:
        clips: Each clip with its labels laid over it and its rules ready to be asked.
        unit: What is drawn and left out together: ``person`` if labels name several, and one for each clip; else
            ``clip``.
        group: (K,) the group of each clip.
    """

    def __init__(self, clips: Sequence[LabelledClip], stretch: Stretch) -> None:
        self.stretch = stretch
        replays = [Replay(clip.measures, stretch) for clip in clips]
        swings = [
            {rule.name: [interval for interval, _ in replay.swings(rule.name)] for rule in stretch.swing_rules}
            for replay in replays
        ]
        marked = [Marked(clip, stretch, each) for clip, each in zip(clips, swings, strict=True)]
        self._take(list(zip(marked, replays, strict=True)))

    def _take(self, clips: list[tuple[Marked, Replay]]) -> None:
        self.clips = clips
        people = [marked.clip.person for marked, _ in clips]
        by_person = all(people) and (len(set(people)) > 1 or len(clips) == 1)
        self.unit = "person" if by_person else "clip"
        names = people if by_person else [marked.clip.name for marked, _ in clips]
        order = list(dict.fromkeys(names))
        self.group: Ints = np.array([order.index(name) for name in names])

    def some(self, kept: Sequence[int]) -> Bench:
        """Some of the clips, by their places: what was found out about them is not sought again."""
        result = copy(self)
        result._take([self.clips[place] for place in kept])
        return result

    @property
    def groups(self) -> int:
        """How many there are."""
        return int(self.group.max()) + 1

    @property
    def person(self) -> str:
        """Who is to be seen in all clips; empty if that are several, or the labels do not tell."""
        (name, *others) = {marked.clip.person for marked, _ in self.clips}
        return "" if others else name

    def grouped(self, counts: Floats) -> Floats:
        """(..., K, C) counts of clips as (..., G, C) counts of groups."""
        member = np.arange(self.groups)[:, None] == self.group
        result: Floats = member.astype(float) @ counts
        return result

    def named_s(self, rule: str, verdicts: Sequence[Verdict]) -> Floats:
        """(E,) seconds in which a rule is named, of each labelled time of all clips (`spells`)."""
        found = [marked.named_s(rule, verdict) for (marked, _), verdict in zip(self.clips, verdicts, strict=True)]
        return np.concatenate(found)

    def spells(self, rule: str) -> tuple[Floats, Bools, Ints]:
        """(E,) seconds of each labelled time for or against a rule, whether it is its fault's, and its group."""
        each = [marked.spells(rule) for marked, _ in self.clips]
        group = np.repeat(self.group, [len(lengths) for lengths, _ in each])
        return np.concatenate([lengths for lengths, _ in each]), np.concatenate([faulty for _, faulty in each]), group

    def values(self, rule: str, label: str) -> Floats:
        """What a rule compares with its limits, at all frames with a label."""
        found = []
        for marked, replay in self.clips:
            values = replay.values(rule)[marked.weights(label, rule) > 0]
            found.append(values[np.isfinite(values)])
        joined: Floats = np.concatenate(found)
        return joined

    def verdicts(self, stretch: Stretch | None = None) -> list[Verdict]:
        """By the present rules, or by those of a stretch that differs in nothing but limits."""
        return [replay.verdict(stretch) for _, replay in self.clips]


def drawn(groups: int) -> Floats:
    """(`DRAWS`, G) how often each group comes in each draw; always the same."""
    picks = np.random.default_rng(SEED).integers(groups, size=(DRAWS, groups))
    times: Floats = (picks[..., None] == np.arange(groups)).sum(axis=1).astype(float)
    return times


def bounds(values: Floats, level: float = LEVEL) -> tuple[float, float]:
    """The interval that holds a share of the values; NaN are passed over, and none gives NaN."""
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def figure(counts: Floats, of: Callable[[Floats], Floats]) -> Figure:
    """A figure of sums over groups, with its interval.

    Args:
        counts: (G, C).
        of: (..., C) sums to (...) figures.
    """
    drawn_from = [number for number, one in enumerate(counts) if np.isfinite(of(one))]
    low, high = bounds(of(drawn(len(counts)) @ counts)) if len(drawn_from) > 1 else (np.nan, np.nan)
    return Figure(float(of(counts.sum(axis=0))), low, high)


def evaluate(bench: Bench, stretch: Stretch | None = None, tolerance_s: float = TOLERANCE_S) -> Evaluation:
    """The figures of a bench's stretch, or of one that differs from it in nothing but its rules' limits."""
    judged_by = stretch or bench.stretch
    verdicts = bench.verdicts(stretch)
    pairs = [(marked, verdict) for (marked, _), verdict in zip(bench.clips, verdicts, strict=True)]
    rules = [_rule(bench, judged_by, name, pairs, tolerance_s) for name in rule_names(judged_by)]
    holds = bench.grouped(np.array([marked.holds(verdict, tolerance_s) for marked, verdict in pairs]))
    with_good = bench.grouped(np.array([[float(marked.weights(GOOD).sum() > 0)] for marked, _ in pairs]))
    counted = np.hstack([holds, with_good])
    return Evaluation(
        stretch=judged_by,
        rules=tuple(rule for rule in rules if rule.seconds.sum() > 0 or rule.events.sum() > 0),
        confusion=np.sum([marked.confusion(verdict) for marked, verdict in pairs], axis=0),
        hold_error=figure(counted, lambda sums: share(sums[..., 0] - sums[..., 1], sums[..., 0])),
        hold_error_s=figure(counted, lambda sums: share(sums[..., 0] - sums[..., 1], sums[..., 5])),
        held_faulty_s=figure(counted, lambda sums: 60.0 * share(sums[..., 3], sums[..., 2])),
        false_holds_per_min=figure(counted, lambda sums: 60.0 * share(sums[..., 4], sums[..., 2])),
        warnings=tuple(_warnings(bench, rules)),
    )


def _rule(
    bench: Bench, stretch: Stretch, name: str, pairs: Sequence[tuple[Marked, Verdict]], tolerance_s: float
) -> RuleFigures:
    seconds = bench.grouped(np.array([marked.seconds(name, verdict) for marked, verdict in pairs]))
    events = bench.grouped(np.array([marked.counts(name, verdict, tolerance_s) for marked, verdict in pairs]))
    delays_s = [marked.delays_s(name, verdict, tolerance_s) for marked, verdict in pairs]
    return RuleFigures(
        rule=name,
        by_group=seconds,
        precision=figure(seconds, precision),
        recall=figure(seconds, recall),
        f1=figure(seconds, f1),
        balanced=figure(seconds, balanced),
        events=events.sum(axis=0),
        event_precision=figure(events, lambda sums: share(sums[..., 3], sums[..., 2])),
        event_recall=figure(events, lambda sums: share(sums[..., 1], sums[..., 0])),
        event_f1=figure(events, _event_f1),
        delay_s=_median(np.concatenate(delays_s), np.repeat(bench.group, list(map(len, delays_s))), bench.groups),
        room_good=_room(stretch, name, bench.values(name, GOOD)),
        room_faulty=_room(stretch, name, bench.values(name, name)),
    )


def _event_f1(sums: Floats) -> Floats:
    right, found = share(sums[..., 3], sums[..., 2]), share(sums[..., 1], sums[..., 0])
    return np.where(right + found > 0, share(2.0 * right * found, right + found), right + found)


def _median(values: Floats, group: Ints, groups: int) -> Figure:
    """The median of values that belong to groups; NaN of none."""
    if len(values) == 0:
        return Figure(np.nan, np.nan, np.nan)
    order = np.argsort(values)
    times = drawn(groups)[:, group[order]].cumsum(axis=1)
    middles = np.where(times[:, -1] > 0, values[order][(2 * times >= times[:, -1:]).argmax(axis=1)], np.nan)
    low, high = bounds(middles) if len(set(group.tolist())) > 1 else (np.nan, np.nan)
    return Figure(float(np.median(values)), low, high)


def _room(stretch: Stretch, name: str, values: Floats) -> Floats:
    """5, 50 and 95 % of the distance inwards from the nearest limit."""
    if len(values) == 0:
        return np.full(3, np.nan)
    rule = rule_named(stretch, name)
    room = np.full(len(values), np.inf) if rule.min is None else values - rule.min
    if isinstance(rule, Rule) and rule.max is not None:
        room = np.minimum(room, rule.max - values)
    result: Floats = np.quantile(room, [0.05, 0.5, 0.95])
    return result


def _warnings(bench: Bench, rules: Sequence[RuleFigures]) -> list[str]:
    people = {"person": "people", "clip": "clips"}[bench.unit]
    told = []
    if bench.groups < FEW:
        told.append(f"only {_count(bench.groups, bench.unit)}: the figures say little about anybody else")
    if bench.unit == "clip" and bench.person:
        told.append(
            f"all clips are of {bench.person}: figures and limits hold for {bench.person} alone; --personal "
            f"{bench.person} keeps limits without changing the rules"
        )
    elif bench.unit == "clip" and bench.groups > 1:
        told.append("the labels name no person for each clip: clips of one person are taken for different people")
    few = [f"{rule.rule} ({rule.groups})" for rule in rules if 0 < rule.groups < FEW]
    if few:
        told.append(f"fewer than {FEW} {people} at fault: {', '.join(few)}; their limits cannot be tuned")
    none = [rule.rule for rule in rules if rule.groups == 0]
    if none:
        told.append(f"no faulty seconds are labelled for {', '.join(none)}")
    unseen = [marked.clip.name for marked, replay in bench.clips if not _seen(marked, replay)]
    if unseen:
        told.append(
            f"in the labelled seconds of {', '.join(unseen)} no measure of {bench.stretch.name} is seen: is the whole "
            "body in the picture, from the side?"
        )
    if not any(marked.weights(GOOD).any() for marked, _ in bench.clips):
        told.append("no good seconds are labelled: a rule that always speaks would look perfect")
    return told


def _seen(marked: Marked, replay: Replay) -> bool:
    """Whether any rule can be asked in any labelled second of a clip."""
    names = rule_names(marked.stretch)
    labelled = np.max([marked.weights(label) for label in (GOOD, *names)], axis=0) > 0
    return any(np.isfinite(replay.values(name)[labelled]).any() for name in names)


def _count(number: int, unit: str) -> str:
    return f"one {unit}" if number == 1 else f"{number} {({'person': 'people', 'clip': 'clips'})[unit]}"
