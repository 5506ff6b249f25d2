"""What tuning found, as pictures: one for each rule with labelled faults, and a timeline of each clip."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.errors import OutputError
from posecheck.evaluation import Bench
from posecheck.files import replacing
from posecheck.joint import Together
from posecheck.landmarks import Floats
from posecheck.measuretable import MEASURES
from posecheck.proposals import Proposal
from posecheck.replay import Replay, rule_named
from posecheck.rules import Rule, SwingRule
from posecheck.scoring import GOOD, Marked, balanced, precision, recall
from posecheck.stretches import Stretch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GOOD_COLOUR, FAULTY_COLOUR, NOW_COLOUR, NEW_COLOUR = "#0072b2", "#d55e00", "#555555", "#009e73"
"""Told apart by colour-blind people too (Okabe and Ito, 2008); the lines' strokes differ as well."""

BINS = 40
MOST_ROWS = 4
"""Measures drawn in a clip's timeline at most: those of its labelled faults, then those in the rules' order."""


def plot_all(folder: Path, bench: Bench, proposals: Sequence[Proposal], chosen: Together) -> list[Path]:
    """Draws everything into a folder.

    Args:
        folder: Made if missing.
        bench: The clips.
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
            drawn.append(_saved(folder / f"rule-{name}.png", _rule(bench, name, mine, chosen)))
    for marked, replay in bench.clips:
        stem = re.sub(r"[^\w.-]+", "-", Path(marked.clip.name).stem)
        drawn.append(_saved(folder / f"clip-{stem}.png", _clip(bench.stretch, marked, replay)))
    return drawn


def _saved(path: Path, figure: Figure) -> Path:
    try:
        with replacing(path) as temporary, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of letters that its font lacks, which are drawn as boxes
            figure.savefig(temporary, format="png")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); name another folder") from error
    return path


def _rule(bench: Bench, name: str, proposals: Sequence[Proposal], chosen: Together) -> Figure:
    """Distributions above, precision, recall and the share judged right below, over the same values."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3 + 2.6 * len(proposals)), dpi=110, layout="constrained")
    axes = figure.subplots(1 + len(proposals), 1, sharex=True, squeeze=False)[:, 0]
    good, faulty = bench.values(name, GOOD), bench.values(name, name)
    both = np.concatenate([good, faulty])
    if len(both):
        edges = np.linspace(both.min(), both.max() + 1e-9, BINS + 1)
        for values, label, colour, hatch in (
            (good, "good", GOOD_COLOUR, ""),
            (faulty, "at fault", FAULTY_COLOUR, "//"),
        ):
            if len(values):
                shares = np.full(len(values), 1.0 / len(values))
                axes[0].hist(values, edges, weights=shares, color=colour, alpha=0.6, label=label, hatch=hatch)
    axes[0].set_ylabel("share of seconds")
    axes[0].set_title(f"{bench.stretch.title}: {name}", loc="left", fontsize=11)
    for one, below in zip(proposals, axes[1:], strict=True):
        _sweep(below, one)
        for each in (axes[0], below):
            _limit(each, one, chosen)
        below.set_title(f"as {one.sweep.threshold.limit} moves", loc="left", fontsize=9)
    axes[-1].set_xlabel(_axis(rule_named(bench.stretch, name)))
    for each in axes:
        each.spines[["top", "right"]].set_visible(False)
        each.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure


def _sweep(axes: Axes, one: Proposal) -> None:
    seconds = one.sweep.seconds.sum(axis=1)
    axes.plot(one.sweep.values, precision(seconds), color=GOOD_COLOUR, linestyle="--", label="precision")
    axes.plot(one.sweep.values, recall(seconds), color=FAULTY_COLOUR, linestyle=":", label="recall")
    axes.plot(one.sweep.values, balanced(seconds), color="black", linewidth=2, label="judged right")
    if np.isfinite(one.plateau).all():
        axes.axvspan(*one.plateau, color=NEW_COLOUR, alpha=0.12, label="does as well as the best")
    axes.set_ylim(0, 1.03)
    axes.grid(alpha=0.3)


def _limit(axes: Axes, one: Proposal, chosen: Together) -> None:
    limit = one.sweep.threshold.limit
    axes.axvline(one.sweep.now, color=NOW_COLOUR, label=f"{limit} now {one.sweep.now:g}")
    new = chosen.values.get(one.sweep.threshold)
    if new is not None:
        axes.axvline(new, color=NEW_COLOUR, linestyle="-.", linewidth=2, label=f"{limit} proposed {new:g}")


def _axis(rule: Rule | SwingRule) -> str:
    if isinstance(rule, SwingRule) and rule.judge == "duration_s":
        return "seconds of a movement"
    name = rule.measure if isinstance(rule, Rule) else rule.judge
    spec = MEASURES[name]
    relative = ", from the person's own neutral" if isinstance(rule, Rule) and rule.relative_to == "neutral" else ""
    return f"{spec.meaning}{', °' if spec.unit == 'deg' else ''}{relative}"


def _clip(stretch: Stretch, marked: Marked, replay: Replay) -> Figure:
    """The measures of a clip with their limits, and below what is labelled, what is named and what is held."""
    from matplotlib.figure import Figure

    labelled = dict.fromkeys(label.label for label in marked.clip.labels if label.label != GOOD)
    names = [*labelled, *(rule.name for rule in stretch.rules if rule.name not in labelled)][:MOST_ROWS]
    figure = Figure(figsize=(10, 1.4 * len(names) + 2.4), dpi=110, layout="constrained")
    axes = figure.subplots(len(names) + 1, 1, sharex=True, squeeze=False, height_ratios=[*[1.0] * len(names), 1.2])[
        :, 0
    ]
    time_s = marked.clip.measures.time_s
    for name, each in zip(names, axes[:-1], strict=True):
        _measure(each, stretch, name, time_s, replay.values(name))
    _bars(axes[-1], marked, replay)
    axes[0].set_title(f"{marked.clip.name}: {stretch.title}", loc="left", fontsize=11)
    axes[-1].set_xlabel("seconds")
    for each in axes:
        each.spines[["top", "right"]].set_visible(False)
    return figure


def _measure(axes: Axes, stretch: Stretch, name: str, time_s: Floats, values: Floats) -> None:
    rule = rule_named(stretch, name)
    axes.plot(time_s, values, color="black", linewidth=1)
    known = values[np.isfinite(values)]
    low, high = rule.min, rule.max if isinstance(rule, Rule) else None
    limits = [limit for limit in (low, high) if limit is not None]
    span = np.concatenate([known, limits])
    reach = 0.1 * max(float(np.ptp(span)), 1e-6)
    bottom, top = float(span.min()) - reach, float(span.max()) + reach
    axes.axhspan(bottom if low is None else low, top if high is None else high, color=GOOD_COLOUR, alpha=0.12)
    for limit in limits:
        axes.axhline(limit, color=NOW_COLOUR, linewidth=1)
    axes.set_ylim(bottom, top)
    axes.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=8)


def _bars(axes: Axes, marked: Marked, replay: Replay) -> None:
    verdict = replay.verdict()
    rows: list[tuple[str, list[tuple[float, float, str, str]]]] = [("labelled", []), ("named", []), ("held", [])]
    for label in marked.clip.labels:
        rows[0][1].append((label.start_s, label.end_s, label.label, _colour(label.label)))
    for name, named in verdict.faults.items():
        rows[1][1].extend((start_s, end_s, name, FAULTY_COLOUR) for start_s, end_s in named.intervals)
    for hold in verdict.holds:
        rows[2][1].append((hold.start_s, hold.end_s, f"{hold.hold_s:.1f} s", GOOD_COLOUR))
    for height, (_, bars) in enumerate(rows):
        for start_s, end_s, text, colour in bars:
            axes.barh(-height, end_s - start_s, left=start_s, height=0.7, color=colour, alpha=0.5)
            middle: Any = (start_s + end_s) / 2
            axes.text(middle, -height, text, ha="center", va="center", fontsize=7, clip_on=True)
    axes.set_yticks([0, -1, -2], [title for title, _ in rows])
    axes.set_ylim(-2.6, 0.6)
    axes.set_xlim(float(marked.clip.measures.time_s[0]), float(marked.clip.measures.time_s[-1]))


def _colour(label: str) -> str:
    return GOOD_COLOUR if label == GOOD else FAULTY_COLOUR
