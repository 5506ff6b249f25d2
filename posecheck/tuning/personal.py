"""Limits for one person, from their own good seconds: a body's usual form, and room for other days and cameras.

A limit gets looser only where the person's good form lies beyond it, and only as far as the rule file says that this is
safe (`safe_min`, `safe_max`); where the file says nothing, its own limit is the end. A limit gets stricter only where
several clips agree, and never if other rules wait for its rule (`Rule.after`): they are silent while that rule is
outside its range, and the file's limit was chosen so that it leaves their faults alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Bools, Floats
from posecheck.rules.limits import Threshold, rule_named, thresholds, unit_of, with_limits
from posecheck.rules.rule import Rule
from posecheck.rules.stretch import Stretch
from posecheck.tuning.dataset import FEW, LabelledDataset
from posecheck.tuning.labels import GOOD
from posecheck.tuning.replay import Replay
from posecheck.tuning.scoring import TOLERANCE_S, ClipScorer

LEAST_S = 5.0
"""Fewer good seconds show one moment and not a person's form."""

LEAST_OF_CLIP_S = 2.0 * TOLERANCE_S
"""What a clip shows for less than this may all be the way there and back: labels set by eye are off by this much."""

QUANTILE = 0.05
"""This share of a clip's good seconds on either side is ignored: moments of settling in."""

ROOM = 2.5
"""Errors of the measure between a person's good form and their limit, for other days and cameras: with normally
distributed errors, one reading in a hundred lies further off than 2.3. Measured on limits from three sample clips of a
person, applied to another clip: with room for 2 errors they detect faults in more of its good seconds than the shipped
limits do, with 2.5 in no more (`docs/evidence/personal.md`)."""

SAME_SIZE, SAME_TURN_DEG = 0.1, 5.0
"""Clips that see one side of a body, its sizes within this share and the views within this angle, may come from one
camera that was never moved. Few pairs of sample clips of a person, filmed from different places, are so near
(`docs/evidence/personal.md`); how near clips of one place are to each other is an assumption."""


@dataclass(frozen=True, slots=True)
class Basis:
    """How much limits rest on.

    Attributes:
        clips: Number of clips in which any rule's measure is seen in good seconds.
        times: Good times in them, as labelled.
        good_s: Their seconds.
        one_place: Whether the camera seems to have stood in one place in all of several.
    """

    clips: int
    times: int
    good_s: float
    one_place: bool


@dataclass(frozen=True, slots=True)
class Fitted:
    """What one person's good seconds give.

    Attributes:
        limits: Those that differ from the rule file's.
        unseen: The rules on form whose measure is seen in too few good seconds.
        basis: How much it rests on.
    """

    limits: dict[Threshold, float]
    unseen: tuple[str, ...]
    basis: Basis


def fit(dataset: LabelledDataset, room: float = ROOM) -> Fitted:
    """Personal limits for the rules on form whose measure is seen in enough good seconds.

    Args:
        dataset: Clips of one person.
        room: Errors of the measure between their good form and a limit.
    """
    stretch = dataset.stretch
    now = thresholds(stretch)
    unseen = tuple(rule.name for rule in stretch.rules if _good_s(dataset, rule) < LEAST_S)
    waited_for = {name for rule in stretch.rules for name in rule.after}
    fitted = {}
    for threshold, limit in now.items():
        rule = rule_named(stretch, threshold.rule)
        if not isinstance(rule, Rule) or rule.name in unseen:
            continue
        inwards = 1.0 if threshold.limit == "min" else -1.0
        ends = [inwards * end for end in _ends(dataset, rule, QUANTILE if inwards > 0 else 1.0 - QUANTILE)]
        value = min(ends) - room * MEASURES[rule.measure].error
        looser = min(ends) < inwards * limit
        stricter = value > inwards * limit and len(ends) >= FEW and rule.name not in waited_for
        if looser or stricter:
            fitted[threshold] = round(inwards * value, 0 if unit_of(stretch, rule.name) == "deg" else 2)
    safe = within_safe(stretch, fitted)
    limits = {threshold: value for threshold, value in safe.items() if value != now[threshold]}
    return Fitted(limits, unseen, _basis(dataset))


def _ends(dataset: LabelledDataset, rule: Rule, quantile: float) -> list[float]:
    """How far a person's good form goes in each clip in which a rule's measure is seen for long enough."""
    found = []
    for scorer, replay in dataset.clips:
        seen = _seen(scorer, replay, rule)
        if scorer.lengths_s[seen].sum() >= LEAST_OF_CLIP_S:
            found.append(float(np.quantile(replay.values(rule.name)[seen], quantile)))
    return found


def _seen(scorer: ClipScorer, replay: Replay, rule: Rule) -> Bools:
    """(N,) the good frames in which a rule's measure is seen."""
    seen: Bools = (scorer.weights(GOOD, rule.name) > 0) & np.isfinite(replay.values(rule.name))
    return seen


def _basis(dataset: LabelledDataset) -> Basis:
    times, good_s = 0, 0.0
    views = []
    for scorer, replay in dataset.clips:
        seen = np.any([_seen(scorer, replay, rule) for rule in dataset.stretch.rules], axis=0)
        if scorer.lengths_s[seen].sum() < LEAST_OF_CLIP_S:
            continue
        times += len(scorer.events(GOOD))
        good_s += float(scorer.lengths_s[seen].sum())
        view = scorer.clip.measures.view
        views.append([np.median(one[seen]) for one in (view.near, view.off_side_on_deg, np.log(view.body_px))])
    return Basis(len(views), times, good_s, len(views) > 1 and _alike(np.array(views)))


def _alike(views: Floats) -> bool:
    """Whether (K, 3) near side, degrees off side-on and logarithm of the size are as of one camera."""
    spread = np.ptp(views, axis=0)
    return bool((spread <= [0.0, SAME_TURN_DEG, np.log1p(SAME_SIZE)]).all())


def _good_s(dataset: LabelledDataset, rule: Rule) -> float:
    """The good seconds in which a rule's measure is seen."""
    return float(sum(scorer.lengths_s[_seen(scorer, replay, rule)].sum() for scorer, replay in dataset.clips))


def within_safe(stretch: Stretch, values: Mapping[Threshold, float]) -> dict[Threshold, float]:
    """The values, none looser than the file allows; limits that are not the stretch's are left out."""
    now = thresholds(stretch)
    result = {}
    for threshold, value in values.items():
        rule = rule_named(stretch, threshold.rule) if threshold in now else None
        if not isinstance(rule, Rule):
            continue
        if threshold.limit == "min":
            result[threshold] = max(value, now[threshold] if rule.safe_min is None else rule.safe_min)
        else:
            result[threshold] = min(value, now[threshold] if rule.safe_max is None else rule.safe_max)
    return result


def personal(stretch: Stretch, values: Mapping[Threshold, float]) -> Stretch:
    """The stretch with a person's limits, none looser than safe; a pair that leaves nothing between is left out."""
    safe = within_safe(stretch, values)
    changed = with_limits(stretch, safe)
    crossed = {
        rule.name for rule in changed.rules if rule.min is not None and rule.max is not None and rule.min >= rule.max
    }
    return with_limits(stretch, {one: value for one, value in safe.items() if one.rule not in crossed})
