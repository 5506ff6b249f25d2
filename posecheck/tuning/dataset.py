"""Labelled clips on which the rules of one stretch are tried."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import numpy as np

from posecheck.pose.landmarks import Bools, Floats, Ints
from posecheck.rules.stretch import Stretch
from posecheck.tuning.labels import LabelledClip
from posecheck.tuning.replay import Replay, RuleResult
from posecheck.tuning.scoring import ClipScorer

FEW = 3
"""With fewer people (or clips) that show a fault, nothing is proposed: two may be alike by chance."""


class LabelledDataset:
    """Labelled clips on which rules of one stretch are tried.

    Args:
        clips: At least one, each with labels of the stretch.
        stretch: What they are judged by at present.

    Attributes:
        clips: Each clip with its labels laid over it, ready for its rules to be applied.
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
        scorer = [ClipScorer(clip, stretch, each) for clip, each in zip(clips, swings, strict=True)]
        self._take(list(zip(scorer, replays, strict=True)))

    def _take(self, clips: list[tuple[ClipScorer, Replay]]) -> None:
        self.clips = clips
        people = [scorer.clip.person for scorer, _ in clips]
        by_person = all(people) and (len(set(people)) > 1 or len(clips) == 1)
        self.unit = "person" if by_person else "clip"
        names = people if by_person else [scorer.clip.name for scorer, _ in clips]
        order = list(dict.fromkeys(names))
        self.group: Ints = np.array([order.index(name) for name in names])

    def some(self, kept: Sequence[int]) -> LabelledDataset:
        """Some of the clips, by their indices; what was computed for them is not computed again."""
        result = copy(self)
        result._take([self.clips[place] for place in kept])
        return result

    @property
    def groups(self) -> int:
        """How many there are."""
        return int(self.group.max()) + 1

    @property
    def person(self) -> str:
        """The person seen in all clips; empty if there are several, or the labels do not say."""
        (name, *others) = {scorer.clip.person for scorer, _ in self.clips}
        return "" if others else name

    def grouped(self, counts: Floats) -> Floats:
        """(..., K, C) counts of clips as (..., G, C) counts of groups."""
        member = np.arange(self.groups)[:, None] == self.group
        result: Floats = member.astype(float) @ counts
        return result

    def named_s(self, rule: str, verdicts: Sequence[RuleResult]) -> Floats:
        """(E,) seconds in which a rule's fault is detected, for each labelled time of all clips (`spells`)."""
        found = [scorer.named_s(rule, verdict) for (scorer, _), verdict in zip(self.clips, verdicts, strict=True)]
        return np.concatenate(found)

    def spells(self, rule: str) -> tuple[Floats, Bools, Ints]:
        """(E,) seconds of each labelled time for or against a rule, whether the label is its fault, and the group."""
        each = [scorer.spells(rule) for scorer, _ in self.clips]
        group = np.repeat(self.group, [len(lengths) for lengths, _ in each])
        return np.concatenate([lengths for lengths, _ in each]), np.concatenate([faulty for _, faulty in each]), group

    def values(self, rule: str, label: str) -> Floats:
        """What a rule compares with its limits, at all frames with a label."""
        found = []
        for scorer, replay in self.clips:
            values = replay.values(rule)[scorer.weights(label, rule) > 0]
            found.append(values[np.isfinite(values)])
        joined: Floats = np.concatenate(found)
        return joined

    def verdicts(self, stretch: Stretch | None = None) -> list[RuleResult]:
        """The results of the present rules, or of those of a stretch that differs only in its limits."""
        return [replay.verdict(stretch) for _, replay in self.clips]
