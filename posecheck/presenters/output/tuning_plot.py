"""What tuning found, as pictures: one for each rule with labelled faults, and a timeline of each clip."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Floats
from posecheck.presenters.output.plot_files import save
from posecheck.presenters.terminal.tuning import value
from posecheck.rules.limits import rule_named, rule_names
from posecheck.rules.rule import Rule, SwingRule
from posecheck.rules.stretch import Stretch
from posecheck.tuning.dataset import LabelledDataset
from posecheck.tuning.joint_search import Together
from posecheck.tuning.labels import GOOD
from posecheck.tuning.movement_separability import DURATION, DURATION_ERROR_S
from posecheck.tuning.replay import Replay, RuleResult
from posecheck.tuning.scoring import ClipScorer, balanced, precision, recall
from posecheck.tuning.threshold_search import Proposal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GOOD_COLOUR, FAULTY_COLOUR, NOW_COLOUR, NEW_COLOUR = "#0072b2", "#d55e00", "#555555", "#009e73"
"""Told apart by colour-blind people too (Okabe and Ito, 2008); the lines' strokes differ as well."""

BESIDE: dict[str, Any] = {"frameon": False, "fontsize": 8, "loc": "center left", "bbox_to_anchor": (1.01, 0.5)}
"""Legends stand to the right of what they explain, where they hide nothing."""

BINS = 40
NOTE_LETTERS = 110
LEAST_ROWS = 4
"""A clip's timeline has the measures of the faults that are labelled or named in it and, where these are fewer than so
many, others in the rules' order. Which it leaves out, it says."""


def plot_all(folder: Path, dataset: LabelledDataset, proposals: Sequence[Proposal], chosen: Together) -> list[Path]:
    """Draws everything into a folder.

    Args:
        folder: Made if missing.
        dataset: The clips.
        proposals: Of each limit.
        chosen: What is proposed in the end.

    Raises:
        OutputError: If a picture cannot be written.
    """
    drawn = []
    faulty = {one.sweep.threshold.rule for one in proposals if one.sweep.faulty.any()}
    for name in dict.fromkeys(one.sweep.threshold.rule for one in proposals):
        if name in faulty:
            mine = [one for one in proposals if one.sweep.threshold.rule == name]
            drawn.append(_saved(folder / f"rule-{name}.png", _rule(dataset, name, mine, chosen)))
    names = _short_names([scorer.clip.name for scorer, _ in dataset.clips])
    for name, (scorer, replay) in zip(names, dataset.clips, strict=True):
        drawn.append(_saved(folder / f"clip-{name}.png", _clip(dataset.stretch, scorer, replay)))
    return drawn


def _short_names(clips: Sequence[str]) -> list[str]:
    """What each clip's picture is called: as its file without ending, or as its path where two are called alike."""
    stems = [Path(clip).stem for clip in clips]
    told = [stem if stems.count(stem) == 1 else clip for stem, clip in zip(stems, clips, strict=True)]
    return [re.sub(r"[^\w.-]+", "-", one).strip("-") for one in told]


def _saved(path: Path, figure: Figure) -> Path:
    save(figure, path, another="folder")
    return path


def _rule(dataset: LabelledDataset, name: str, proposals: Sequence[Proposal], chosen: Together) -> Figure:
    """Distributions above, precision, recall and the share judged right below, over the same values."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3 + 2.6 * len(proposals)), dpi=110, layout="constrained")
    axes = figure.subplots(1 + len(proposals), 1, sharex=True, squeeze=False)[:, 0]
    kinds = [
        (*_seconds(dataset, name, GOOD), "good", GOOD_COLOUR, ""),
        (*_seconds(dataset, name, name), "at fault", FAULTY_COLOUR, "//"),
    ]
    both = np.concatenate([values for values, *_ in kinds])
    if len(both):
        edges = np.linspace(both.min(), both.max() + 1e-9, BINS + 1)
        for values, seconds, kind, colour, hatch in kinds:
            if len(values):
                shares, label = seconds / seconds.sum(), f"{kind}, {seconds.sum():.1f} s"
                axes[0].hist(values, edges, weights=shares, color=colour, alpha=0.6, label=label, hatch=hatch)
    axes[0].set_ylabel("share of its seconds")
    axes[0].set_title(f"{dataset.stretch.title}: {name}", loc="left", fontsize=11)
    axes[0].set_title("the bars of each colour add up to 1", loc="right", fontsize=8)
    for one, below in zip(proposals, axes[1:], strict=True):
        _sweep(below, one)
        for each in (axes[0], below):
            _limit(each, dataset.stretch, one, chosen)
        beyond = "above" if one.sweep.threshold.limit == "max" else "below"
        told = f"how well {name} would be told if the limit lay at each value, and all {beyond} were named"
        below.set_title(told, loc="left", fontsize=9)
        below.set_ylabel("share")
    axes[-1].set_xlabel(_axis(rule_named(dataset.stretch, name)))
    for each in axes:
        each.spines[["top", "right"]].set_visible(False)
        each.legend(**BESIDE)
    return figure


def _seconds(dataset: LabelledDataset, name: str, label: str) -> tuple[Floats, Floats]:
    """What a rule compares with its limits in the frames with a label, and the seconds of each frame: clips differ."""
    values = np.concatenate([replay.values(name) for _, replay in dataset.clips])
    seconds = np.concatenate([scorer.weights(label, name) for scorer, _ in dataset.clips])
    there = np.isfinite(values) & (seconds > 0)
    return values[there], seconds[there]


def _sweep(axes: Axes, one: Proposal) -> None:
    seconds = one.sweep.seconds.sum(axis=1)
    axes.plot(one.sweep.values, precision(seconds), color=GOOD_COLOUR, linestyle="--", label="precision")
    axes.plot(one.sweep.values, recall(seconds), color=FAULTY_COLOUR, linestyle=":", label="recall")
    axes.plot(one.sweep.values, balanced(seconds), color="black", linewidth=2, label="seconds judged right")
    if np.isfinite(one.plateau).all():
        axes.axvspan(*one.plateau, color=NEW_COLOUR, alpha=0.15, linewidth=0, label="does as well")
    axes.set_ylim(0, 1.03)
    axes.grid(alpha=0.3)


def _limit(axes: Axes, stretch: Stretch, one: Proposal, chosen: Together) -> None:
    threshold = one.sweep.threshold
    good = "at most" if threshold.limit == "max" else "at least"
    now = f"now good: {good} {value(stretch, threshold, one.sweep.now)}"
    axes.axvline(one.sweep.now, color=NOW_COLOUR, linewidth=2, label=now)
    new = chosen.values.get(threshold)
    if new is not None:
        told = f"proposed: {good} {value(stretch, threshold, new)}"
        axes.axvline(new, color=NEW_COLOUR, linestyle="-.", linewidth=2, label=told)


def _axis(rule: Rule | SwingRule) -> str:
    if isinstance(rule, SwingRule) and rule.judge == DURATION:
        return "seconds of a movement"
    name = rule.measure if isinstance(rule, Rule) else rule.judge
    spec = MEASURES[name]
    relative = ", from the person's own neutral" if isinstance(rule, Rule) and rule.relative_to == "neutral" else ""
    return f"{spec.meaning}{relative}{', °' if spec.unit == 'deg' else ''}"


def _error(rule: Rule | SwingRule) -> float:
    """Known error of what a rule judges: less than that is not worth enlarging."""
    name = rule.measure if isinstance(rule, Rule) else rule.judge
    return DURATION_ERROR_S if name == DURATION else MEASURES[name].error


def _clip(stretch: Stretch, scorer: ClipScorer, replay: Replay) -> Figure:
    """The measures of a clip with their limits, and below them the labels, the detected faults and the holds."""
    from matplotlib.figure import Figure

    verdict = replay.verdict()
    labelled = dict.fromkeys(label.label for label in scorer.clip.labels if label.label != GOOD)
    told = [*labelled, *(name for name, named in verdict.faults.items() if named.intervals and name not in labelled)]
    others = [name for name in rule_names(stretch) if name not in told]
    room = max(0, LEAST_ROWS - len(told))
    names, left_out = [*told, *others[:room]], others[room:]
    heights = [*[1.5] * len(names), 0.55 * (2 + len(told))]
    figure = Figure(figsize=(10, 1.2 + sum(heights)), dpi=110, layout="constrained")
    axes = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    measures = scorer.clip.measures
    seen = any(np.isfinite(values).any() for values in measures.values.values())
    for name, each in zip(names, axes[:-1], strict=True):
        _measure(each, stretch, name, measures.time_s, replay.values(name))
        if not np.isfinite(replay.values(name)).any():
            empty = "not judged in this clip" if seen else "not seen: nobody was found in this clip"
            each.text(0.5, 0.7, empty, transform=each.transAxes, ha="center", va="center", color=NOW_COLOUR)
    _bars(axes[-1], scorer, verdict, told)
    figure.suptitle(f"{scorer.clip.name}: {stretch.title}", x=0.01, ha="left", fontsize=11)
    axes[0].legend(**BESIDE)
    axes[-1].legend(**BESIDE)
    note = f"not drawn, as they are neither labelled nor named in this clip: {', '.join(left_out)}"
    axes[-1].set_xlabel("\n".join(["seconds", *(textwrap.wrap(note, NOTE_LETTERS) if left_out else ())]), fontsize=9)
    for each in axes:
        each.spines[["top", "right"]].set_visible(False)
    return figure


def _measure(axes: Axes, stretch: Stretch, name: str, time_s: Floats, values: Floats) -> None:
    rule = rule_named(stretch, name)
    axes.plot(time_s, values, color="black", linewidth=1.2, label="measured")
    known = values[np.isfinite(values)]
    low, high = rule.min, rule.max if isinstance(rule, Rule) else None
    limits = [limit for limit in (low, high) if limit is not None]
    span = np.concatenate([known, limits])
    reach = max(0.1 * float(np.ptp(span)), _error(rule))
    bottom, top = float(span.min()) - reach, float(span.max()) + reach
    inside = (bottom if low is None else low, top if high is None else high)
    axes.axhspan(*inside, color=GOOD_COLOUR, alpha=0.12, linewidth=0, label="within the limits")
    for limit in limits:
        axes.axhline(limit, color=NOW_COLOUR, linewidth=1)
    axes.set_ylim(bottom, top)
    axes.set_title(f"{name}: {_axis(rule)}", loc="left", fontsize=8.5)
    axes.tick_params(labelsize=8)


def _bars(axes: Axes, scorer: ClipScorer, verdict: RuleResult, told: Sequence[str]) -> None:
    """Draws a row for good form, a row for each fault (labels above, detections below), and a row for the holds."""
    rows = [GOOD, *told, "held"]
    for height, name in enumerate(told, 1):
        named = verdict.faults[name].intervals
        _row(axes, -height, 0.0, scorer.events(name), FAULTY_COLOUR, "labelled with a fault", "")
        _row(axes, -height, -0.4, named, FAULTY_COLOUR, "fault named", "////")
    _row(axes, 0, -0.2, scorer.events(GOOD), GOOD_COLOUR, "labelled good", "")
    held = [(hold.start_s, hold.end_s) for hold in verdict.holds]
    _row(axes, 1 - len(rows), -0.2, held, NEW_COLOUR, "held", "..")
    axes.set_yticks([-float(row) for row in range(len(rows))], rows, fontsize=8)
    axes.set_ylim(0.5 - len(rows), 0.5)
    axes.set_xlim(float(scorer.clip.measures.time_s[0]), float(scorer.clip.measures.time_s[-1]))


def _row(
    axes: Axes, row: int, down: float, spans: Sequence[tuple[float, float]], colour: str, label: str, hatch: str
) -> None:
    """Draws times as bars of one kind. Each kind has one entry in the legend."""
    known = {text.get_label() for text in axes.containers}
    bars = [(start_s, end_s - start_s) for start_s, end_s in spans]
    axes.barh(
        [row + 0.2 + down] * len(bars), [length for _, length in bars], left=[start_s for start_s, _ in bars],
        height=0.36, color=colour, alpha=0.6, hatch=hatch, edgecolor="white",
        label=f"_{label}" if label in known or not bars else label,
    )  # fmt: skip
