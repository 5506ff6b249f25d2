"""The figures of a stretch's rules on labelled clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from posecheck.pose.landmarks import Floats
from posecheck.rules.limits import rule_named, rule_names
from posecheck.rules.rule import Rule
from posecheck.rules.stretch import Stretch
from posecheck.tuning.bootstrap import Estimate, figure, median
from posecheck.tuning.dataset import FEW, LabelledDataset
from posecheck.tuning.labels import GOOD
from posecheck.tuning.replay import Replay, RuleResult
from posecheck.tuning.scoring import (
    TOLERANCE_S,
    ClipScorer,
    Events,
    Holds,
    balanced,
    f1,
    faulty_s,
    precision,
    recall,
    share,
)


@dataclass(frozen=True, slots=True, eq=False)
class RuleFigures:
    """How well one rule agrees with the labels.

    Attributes:
        rule: Its name.
        by_group: (G, 4) `posecheck.tuning.scoring.Seconds` of each person (or clip).
        precision: Share of the seconds it detected that were at fault.
        recall: Share of the seconds at fault that it detected.
        f1: Their harmonic mean.
        balanced: The mean of recall and specificity (the share of good seconds in which it detects nothing).
        events: `posecheck.tuning.scoring.Events`, over all clips.
        event_precision: As above, by events.
        event_recall: As above.
        event_f1: As above.
        delay_s: Median time from a fault's onset until it could be reported, over the faults that were found.
        room_good: 5, 50 and 95 % of the distance of good seconds from the nearest limit, positive inside.
        room_faulty: The same for the faulty seconds.
    """

    rule: str
    by_group: Floats
    precision: Estimate
    recall: Estimate
    f1: Estimate
    balanced: Estimate
    events: Floats
    event_precision: Estimate
    event_recall: Estimate
    event_f1: Estimate
    delay_s: Estimate
    room_good: Floats
    room_faulty: Floats

    @property
    def seconds(self) -> Floats:
        """`posecheck.tuning.scoring.Seconds`, over all clips."""
        total: Floats = self.by_group.sum(axis=0)
        return total

    @property
    def groups(self) -> int:
        """People (or clips) that show the fault."""
        return int(np.count_nonzero(faulty_s(self.by_group)))


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """How well a stretch's rules agree with the labels.

    Attributes:
        stretch: What was judged by.
        rules: Those with labelled faults or seconds, in the file's order.
        confusion: As `ClipScorer.confusion`, over all clips.
        hold_error: Share of the seconds labelled good that no hold counts; less is better.
        hold_error_s: Seconds by which holds fall short, for each clip with good seconds.
        held_faulty_s: Seconds of faulty form that holds count, for each minute of it; a faulty movement is not part of
            it.
        false_holds_per_min: Holds in faulty form, for each minute of it.
        warnings: What cannot be said because there are too few clips.
    """

    stretch: Stretch
    rules: tuple[RuleFigures, ...]
    confusion: Floats
    hold_error: Estimate
    hold_error_s: Estimate
    held_faulty_s: Estimate
    false_holds_per_min: Estimate
    warnings: tuple[str, ...]


def evaluate(dataset: LabelledDataset, stretch: Stretch | None = None, tolerance_s: float = TOLERANCE_S) -> Evaluation:
    """The figures of a dataset's stretch, or of one that differs from it only in its rules' limits."""
    judged_by = stretch or dataset.stretch
    verdicts = dataset.verdicts(stretch)
    pairs = [(scorer, verdict) for (scorer, _), verdict in zip(dataset.clips, verdicts, strict=True)]
    rules = [_rule(dataset, judged_by, name, pairs, tolerance_s) for name in rule_names(judged_by)]
    holds = dataset.grouped(np.array([scorer.holds(verdict, tolerance_s) for scorer, verdict in pairs]))
    return Evaluation(
        stretch=judged_by,
        rules=tuple(rule for rule in rules if rule.seconds.sum() > 0 or rule.events.sum() > 0),
        confusion=np.sum([scorer.confusion(verdict) for scorer, verdict in pairs], axis=0),
        hold_error=figure(holds, lambda sums: share(_unheld_s(sums), sums[..., Holds.GOOD_S])),
        hold_error_s=figure(holds, lambda sums: share(_unheld_s(sums), sums[..., Holds.GOOD_CLIPS])),
        held_faulty_s=figure(holds, lambda sums: _per_faulty_min(sums, Holds.HELD_FAULTY_S)),
        false_holds_per_min=figure(holds, lambda sums: _per_faulty_min(sums, Holds.FALSE_HOLDS)),
        warnings=tuple(_warnings(dataset, rules)),
    )


def _rule(
    dataset: LabelledDataset,
    stretch: Stretch,
    name: str,
    pairs: Sequence[tuple[ClipScorer, RuleResult]],
    tolerance_s: float,
) -> RuleFigures:
    seconds = dataset.grouped(np.array([scorer.seconds(name, verdict) for scorer, verdict in pairs]))
    events = dataset.grouped(np.array([scorer.counts(name, verdict, tolerance_s) for scorer, verdict in pairs]))
    delays_s = [scorer.delays_s(name, verdict, tolerance_s) for scorer, verdict in pairs]
    return RuleFigures(
        rule=name,
        by_group=seconds,
        precision=figure(seconds, precision),
        recall=figure(seconds, recall),
        f1=figure(seconds, f1),
        balanced=figure(seconds, balanced),
        events=events.sum(axis=0),
        event_precision=figure(events, _event_precision),
        event_recall=figure(events, _event_recall),
        event_f1=figure(events, _event_f1),
        delay_s=median(np.concatenate(delays_s), np.repeat(dataset.group, list(map(len, delays_s))), dataset.groups),
        room_good=_room(stretch, name, dataset.values(name, GOOD)),
        room_faulty=_room(stretch, name, dataset.values(name, name)),
    )


def _unheld_s(sums: Floats) -> Floats:
    """Good seconds that no hold counts."""
    seconds: Floats = sums[..., Holds.GOOD_S] - sums[..., Holds.HELD_S]
    return seconds


def _per_faulty_min(sums: Floats, column: Holds) -> Floats:
    return 60.0 * share(sums[..., column], sums[..., Holds.FAULTY_S])


def _event_precision(sums: Floats) -> Floats:
    return share(sums[..., Events.RIGHT], sums[..., Events.NAMED])


def _event_recall(sums: Floats) -> Floats:
    return share(sums[..., Events.FOUND], sums[..., Events.LABELLED])


def _event_f1(sums: Floats) -> Floats:
    right, found = _event_precision(sums), _event_recall(sums)
    return np.where(right + found > 0, share(2.0 * right * found, right + found), right + found)


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


def _warnings(dataset: LabelledDataset, rules: Sequence[RuleFigures]) -> list[str]:
    people = {"person": "people", "clip": "clips"}[dataset.unit]
    told = []
    if dataset.groups < FEW:
        told.append(f"only {_count(dataset.groups, dataset.unit)}: the figures say little about anybody else")
    if dataset.person:
        told.append(
            f"all clips are of {dataset.person}: figures and limits hold for {dataset.person} alone; --personal "
            f"{dataset.person} fits limits to that good form, and leaves the rule file as it is"
        )
    elif dataset.unit == "clip" and dataset.groups > 1:
        told.append("the labels name no person for each clip: clips of one person are taken for different people")
    few = [f"{rule.rule} ({rule.groups})" for rule in rules if 0 < rule.groups < FEW]
    if few:
        personal = "" if dataset.person else "; --personal NAME fits limits to one person's good form, without faults"
        told.append(f"fewer than {FEW} {people} at fault: {', '.join(few)}; their limits cannot be tuned{personal}")
    none = [rule.rule for rule in rules if rule.groups == 0]
    if none:
        told.append(f"no faulty seconds are labelled for {', '.join(none)}")
    unseen = [scorer.clip.name for scorer, replay in dataset.clips if not _seen(scorer, replay)]
    if unseen:
        told.append(
            f"in the labelled seconds of {', '.join(unseen)} no measure of {dataset.stretch.name} is seen: is the "
            "whole body in the picture, from the side?"
        )
    if not any(scorer.weights(GOOD).any() for scorer, _ in dataset.clips):
        told.append("no good seconds are labelled: a rule that always speaks would look perfect")
    return told


def _seen(scorer: ClipScorer, replay: Replay) -> bool:
    """Whether any rule can be applied in any labelled second of a clip."""
    names = rule_names(scorer.stretch)
    labelled = np.max([scorer.weights(label) for label in (GOOD, *names)], axis=0) > 0
    return any(np.isfinite(replay.values(name)[labelled]).any() for name in names)


def _count(number: int, unit: str) -> str:
    return f"one {unit}" if number == 1 else f"{number} {({'person': 'people', 'clip': 'clips'})[unit]}"
