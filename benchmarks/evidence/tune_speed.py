"""How fast limits are tried on labelled clips, against a plain loop of the code that judges."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

import numpy as np

from benchmarks.evidence import Evidence
from benchmarks.evidence._drawn import FPS, FRAMES, LIVE_FRAMES, NOISE_PX, parts, tiled
from benchmarks.evidence._samples import labelled
from benchmarks.timing import median_s, pose_by_pose
from posecheck.judging.judgement import judge
from posecheck.measures.measurer import Measurer, Measures
from posecheck.pose.landmarks import Pose
from posecheck.rules.limits import Threshold, thresholds, unit_of, with_limits
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import load_stretch
from posecheck.tuning.dataset import LabelledDataset
from posecheck.tuning.evaluation import evaluate
from posecheck.tuning.labels import GOOD, Label, LabelledClip

CLIPS = 20
SPELL_S = 2.5
CANDIDATES = 1000
LOOPED = 20
MOST_EVALUATE_S = 0.5
MOST_SWEEP_S = 10.0
RUNS = 3
SLICED = 10


def run(slice_only: bool) -> Evidence:
    """Ten minutes of each stretch: a drawn body in clips of half a minute, and the sample clips over and over."""
    runs = 1 if slice_only else RUNS
    rows = []
    for name, part in parts().items():
        for kind, clips in (("drawn", _drawn(name, part)), ("samples", _samples(name, slice_only))):
            rows.append((name, kind, *_timed(load_stretch(name), clips, part[:LIVE_FRAMES], runs)))
    evaluated, swept = (max(row[column] for row in rows) for column in (3, 4))
    return Evidence(
        title="Trying limits on labelled clips",
        claim=f"One rule file is scored on ten minutes of clips in at most {MOST_EVALUATE_S} s (slowest: "
        f"{evaluated:.2f}), and {CANDIDATES} values of limits in at most {MOST_SWEEP_S:.0f} s (slowest: {swept:.1f}).",
        columns=(
            "stretch",
            "clips",
            "frames",
            "one rule file, s",
            f"{CANDIDATES} values, s",
            "the same by judging each clip again, s",
            "the same pose by pose, s",
            "faster than judging again",
            "faster than pose by pose",
        ),
        rows=[
            (
                name,
                kind,
                frames,
                f"{once:.2f}",
                f"{many:.2f}",
                f"{again:.0f}",
                f"{live:.0f}",
                f"{again / many:.0f}",
                f"{live / many:.0f}",
            )
            for name, kind, frames, once, many, again, live in rows
        ],
        notes=(
            f"Drawn: {FRAMES} frames at {FPS:.0f} fps of a drawn body, its landmarks and outline off by {NOISE_PX:.0f} "
            f"px of noise, in {CLIPS} clips; labels change every {SPELL_S} s. Samples: the labelled sample clips of "
            "the stretch, repeated until they have as many frames. Measures are kept. The values are spread evenly "
            "over all limits of the stretch, as far as a sweep reaches.",
            "One rule file: spans, neutral and situations found, rules judged, all figures with their intervals. "
            "Values: `Replay.trial`, and the seconds named counted for each label.",
            f"Judging again is `judge` on the kept measures, timed over {LOOPED} values; pose by pose is "
            f"`Session.update`, timed over {LIVE_FRAMES} drawn frames; both are scaled up.",
            "Seconds are those of the processor, all threads together, so that other work on the machine counts "
            f"little; median of {RUNS} runs (a slice: 1).",
        ),
        holds=evaluated <= MOST_EVALUATE_S and swept <= MOST_SWEEP_S,
        timed=True,
    )


def _drawn(name: str, part: list[Pose]) -> list[LabelledClip]:
    stretch = load_stretch(name)
    measurer = Measurer()
    measures = Measures.concatenate([measurer.update(block) for block in tiled(part)])
    rules = [threshold.rule for threshold in thresholds(stretch)]
    return [_labelled(f"{number}", measures, number, stretch, rules) for number in range(CLIPS)]


def _samples(name: str, slice_only: bool) -> list[LabelledClip]:
    """Clips, which have 25 or 30 frames a second; a slice takes recordings, whose landmarks need not be found."""
    once = labelled(name, lambda path: path.suffix == (".npz" if slice_only else ".mp4"))
    clips: list[LabelledClip] = []
    for number, clip in enumerate(cycle(once)):
        clips.append(replace(clip, name=f"{number} {clip.name}"))
        if sum(len(one.measures) for one in clips) >= (FRAMES // SLICED if slice_only else FRAMES):
            break
    return clips


def _timed(
    stretch: Stretch, clips: list[LabelledClip], live: list[Pose], runs: int
) -> tuple[int, float, float, float, float]:
    """Frames; seconds to score one rule file, to try all values, and for that by judging again and pose by pose."""
    frames = sum(len(clip.measures) for clip in clips)
    once_s = median_s(lambda: evaluate(LabelledDataset(clips, stretch)), runs)
    values = _values(stretch)
    many_s = median_s(lambda: _sweep(LabelledDataset(clips, stretch), values), runs)
    few = values[:: len(values) // LOOPED][:LOOPED]
    again_s = median_s(lambda: _judge_each(clips, stretch, few), 1) * len(values) / len(few)
    live_s = median_s(lambda: pose_by_pose(stretch, live), 1) * len(values) * frames / len(live)
    return frames, once_s, many_s, again_s, live_s


def _labelled(name: str, whole: Measures, number: int, stretch: Stretch, rules: list[str]) -> LabelledClip:
    count = FRAMES // CLIPS
    measures = whole.slice(number * count, (number + 1) * count)
    start_s, length_s = float(measures.time_s[0]), count / FPS
    labels = [
        Label(name, start_s + spell * SPELL_S, start_s + (spell + 1) * SPELL_S, stretch.name, "", label)
        for spell in range(int(length_s / SPELL_S))
        for label in (GOOD if spell % 2 else rules[spell // 2 % len(rules)],)
    ]
    return LabelledClip(name, measures, tuple(labels))


def _values(stretch: Stretch) -> list[tuple[Threshold, float]]:
    limits = thresholds(stretch)
    reach = {"deg": 20.0, "ratio": 0.3, "s": 1.0}
    each = -(-CANDIDATES // len(limits))
    found = [
        (threshold, max(0.01, value) if unit_of(stretch, threshold.rule) == "s" else value)
        for threshold, now in limits.items()
        for value in np.linspace(
            now - reach[unit_of(stretch, threshold.rule)], now + reach[unit_of(stretch, threshold.rule)], each
        ).tolist()
    ]
    return found[:CANDIDATES]


def _sweep(dataset: LabelledDataset, values: list[tuple[Threshold, float]]) -> None:
    for threshold, value in values:
        dataset.named_s(threshold.rule, [replay.trial(threshold, value) for _, replay in dataset.clips])


def _judge_each(clips: list[LabelledClip], stretch: Stretch, values: list[tuple[Threshold, float]]) -> None:
    for threshold, value in values:
        changed = with_limits(stretch, {threshold: value})
        for clip in clips:
            judge(clip.measures, [changed], chosen=True)
