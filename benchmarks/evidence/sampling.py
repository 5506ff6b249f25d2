"""A faulty sample clip of each stretch at other frame rates, and before a camera that is not level."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.evidence import Evidence
from benchmarks.evidence._material import Picture, pictures, write_clip

SAMPLES = Path(__file__).parents[2] / "samples"

CLIPS = ("bridge-heels-lifted", "sphinx-hips-lifted", "cat-cow-hands-ahead")
"""Of 30 frames a second, so that the other rates show frames at their own times; of 25, each would be late by up to 40
ms, which is no matter of how it is judged."""

FPS = 30
RATES = (15, 60)
ROLL_DEG = 10.0

COLUMNS = ("clip", "guise", "stretch", "done", "holds, s", "furthest, s", "allowed, s", "faults, s", "the same")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `posecheck analyze` says of a clip.

    Attributes:
        stretches: Which were done.
        counts: Repetitions or rounds of each.
        phases: Of each hold, None where the stretch has none.
        holds_s: Seconds of each hold.
        faults: Seconds of each fault, by its rule.
    """

    stretches: tuple[str, ...]
    counts: tuple[int, ...]
    phases: tuple[str | None, ...]
    holds_s: tuple[float, ...]
    faults: dict[str, float]

    def is_same(self, other: Verdict) -> bool:
        """Whether all but the seconds is the same."""
        mine, others = ((one.stretches, one.counts, one.phases, sorted(one.faults)) for one in (self, other))
        return mine == others


def run(slice_only: bool) -> Evidence:
    """Each clip as it is, then in its guises."""
    rows: list[Sequence[object]] = []
    holds = True
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [
            (name, guise, step_s, pool.submit(_judged, SAMPLES / f"{name}.mp4", made, Path(folder) / f"{name} {guise}"))
            for name in CLIPS[: 1 if slice_only else None]
            for guise, made, step_s in _guises()[: 2 if slice_only else None]
        ]
        for name, guise, step_s, future in found:
            verdict = future.result()
            first = next(one.result() for clip, _, _, one in found if clip == name)
            is_same = verdict.is_same(first)
            furthest_s = _furthest_s(verdict, first) if is_same else np.inf
            good = is_same and (step_s is None or abs(furthest_s) <= step_s + 1e-3) and bool(verdict.faults)
            holds &= good
            rows.append(_row(name, guise, verdict, furthest_s, step_s, good=good))
    return Evidence(
        "Frame rates and rolled cameras",
        "Of a faulty sample clip of each stretch `posecheck analyze` says the same (stretch, repetitions or rounds, "
        f"holds, faults) whether it has {RATES[0]}, {FPS} or {RATES[1]} frames a second, its "
        "holds within one frame interval; and the same with the camera rolled by "
        f"{ROLL_DEG:g}° to either side.",
        COLUMNS,
        rows,
        (
            "Every clip is encoded again. Another rate shows at each of its times the frame that the clip shows then, "
            "as `ffmpeg -r` does. A rolled picture is larger, its edge drawn out into the corners.",
            "Furthest: by how much the hold that differs most from the first line's does. Allowed is one frame "
            "interval, that of the slower clip. Rolled, the floor line is another measurement, and its noise moves a "
            "hold's ends: it is shown, and only the verdict must be the same.",
        ),
        holds,
    )


def _judged(clip: Path, made: Callable[[Sequence[Picture]], Sequence[Picture]], folder: Path) -> Verdict:
    folder.mkdir()
    return _analyze(write_clip(folder / "guise.mp4", made(list(pictures(clip)))), folder)


Guise = tuple[str, Callable[[Sequence[Picture]], Sequence[Picture]], float | None]
"""Its name, what makes it, and by how much holds may differ; None: only the verdict counts."""


def _guises() -> list[Guise]:
    guises: list[Guise] = [(f"as it is, {FPS} fps", lambda frames: frames, 1.0 / FPS)]
    for rate in RATES:
        guises.append((f"{rate} fps", lambda frames, rate=rate: _at_rate(frames, rate), 1.0 / min(rate, FPS)))  # type: ignore[misc]
    for side, angle_deg in (("right", ROLL_DEG), ("left", -ROLL_DEG)):
        guises.append(
            (
                f"floor falls {ROLL_DEG:.0f}° to the {side}",
                lambda frames, angle_deg=angle_deg: [(time_s, _rolled(rgb, angle_deg)) for time_s, rgb in frames],  # type: ignore[misc]
                None,
            )
        )
    return guises


def _at_rate(frames: Sequence[Picture], rate: float) -> list[Picture]:
    """At each of the new times the last frame that has begun."""
    begins = np.array([time_s for time_s, _ in frames])
    times = np.arange(int(begins[-1] * rate + 1e-6) + 1) / rate
    shown = np.searchsorted(begins, times + 1e-6, side="right") - 1
    return [(float(time_s), frames[index][1]) for time_s, index in zip(times, shown, strict=True)]


def _rolled(rgb: Any, angle_deg: float) -> Any:
    """The picture turned clockwise, made larger so that nothing of it is lost."""
    height, width = rgb.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -angle_deg, 1.0)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    wide, high = (2 * int((a * cos + b * sin) / 2) for a, b in ((width, height), (height, width)))
    turn[:, 2] += ((wide - width) / 2, (high - height) / 2)
    return cv2.warpAffine(rgb, turn, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _analyze(clip: Path, out: Path) -> Verdict:
    """By the command, in a process of its own, which finds out itself which stretch it is."""
    command = [sys.executable, "-m", "posecheck", "analyze", str(clip), "--out", str(out), "--no-video", "--json"]
    segments = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["segments"]
    held = [hold for segment in segments for hold in segment["holds"]]
    return Verdict(
        tuple(segment["stretch"] for segment in segments),
        tuple(segment["repetitions"] or segment["rounds"] or 0 for segment in segments),
        tuple(hold["phase"] for hold in held),
        tuple(hold["hold_s"] for hold in held),
        {fault["rule"]: fault["seconds"] for segment in segments for fault in segment["faults"]},
    )


def _furthest_s(verdict: Verdict, first: Verdict) -> float:
    differences = np.subtract(verdict.holds_s, first.holds_s)
    return float(differences[np.argmax(np.abs(differences))]) if len(differences) else 0.0


def _row(
    name: str, guise: str, verdict: Verdict, furthest_s: float, step_s: float | None, *, good: bool
) -> Sequence[object]:
    return (
        name,
        guise,
        ", ".join(verdict.stretches) or "none",
        ", ".join(map(str, verdict.counts)),
        ", ".join(f"{hold_s:.2f}" for hold_s in verdict.holds_s) or "none",
        f"{furthest_s:+.3f}" if np.isfinite(furthest_s) else "",
        "" if step_s is None else f"{step_s:.3f}",
        ", ".join(f"{rule} {seconds:.2f}" for rule, seconds in verdict.faults.items()) or "none",
        "yes" if good else "no",
    )
