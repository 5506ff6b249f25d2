"""What the whole analysis costs beyond finding the body."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import mediapipe
from mediapipe.tasks.python import BaseOptions, vision

from benchmarks.evidence import Evidence
from benchmarks.evidence._material import looped, real
from posecheck.estimators.factory import mediapipe_estimator
from posecheck.estimators.model import find_model
from posecheck.estimators.startup import starting_mediapipe
from posecheck.pose.frames import SourceKind
from posecheck.storage.rule_files import stretches
from posecheck.workflows.analyze import Request
from posecheck.workflows.write_analysis import write_analysis

MOST = 1.15
RUNS = 5
LENGTH_S = 60.0
SLICE_LENGTH_S = 6.0

Cost = tuple[float, float]
"""Milliseconds a frame, of the clock on the wall and of the processor."""


def run(slice_only: bool) -> Evidence:
    """Five runs of each in turn, so that what else the machine does meets all alike."""
    clip = real("bridging.mp4")
    model = find_model(None)
    bare: list[Cost] = []
    whole: list[Cost] = []
    without_masks: list[Cost] = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        long = looped(clip, work / "looped.mp4", SLICE_LENGTH_S if slice_only else LENGTH_S)
        _whole(clip, model, work)  # what is loaded once in a process is loaded now
        for _ in range(2 if slice_only else RUNS):
            bare.append(_bare(long, model, masks=True))
            whole.append(_whole(long, model, work))
            without_masks.append(_bare(long, model, masks=False))
    ratios = [(w[0] / b[0], w[1] / b[1]) for w, b in zip(whole, bare, strict=True)]
    ratios_without = [(w[0] / b[0], w[1] / b[1]) for w, b in zip(whole, without_masks, strict=True)]
    wall, processor = (statistics.median(ratio[kind] for ratio in ratios) for kind in (0, 1))
    return Evidence(
        "What the analysis costs beyond finding the body",
        f"The whole analysis takes at most {MOST} times the time of a bare loop that decodes and detects with masks: "
        f"{wall:.2f} times by the clock, {processor:.2f} times by the processor.",
        ("loop", "ms a frame, clock", "ms a frame, processor", "analysis is, clock", "analysis is, processor"),
        (
            ("decode, detect with masks", *_medians(bare), *_medians(ratios)),
            ("decode, detect without masks", *_medians(without_masks), *_medians(ratios_without)),
            ("posecheck.workflows.write_analysis", *_medians(whole), "", ""),
        ),
        (
            f"The bridge clip (640x480, 30 fps) looped to {LENGTH_S:.0f} s; medians of {RUNS} runs of each in turn, "
            "least and greatest in brackets; each ratio is of neighbouring runs. A slice: "
            f"{SLICE_LENGTH_S:.0f} s, 2 runs.",
            "The bare loop is PyAV's decoding on as many threads as it likes, to RGB at 640 px on the long side, and "
            "`detect_for_video`; the analysis does the same and finds outlines, measures, judges all three stretches "
            "and writes recording.npz, frames.csv and summary.json. Loading the model is left out of both, and so is "
            "drawing the video (`--no-video`).",
        ),
        holds=max(wall, processor) <= MOST,
        timed=True,
    )


def _medians(costs: list[Cost]) -> tuple[str, str]:
    """`17.10 (16.90-17.40)` for the clock and for the processor."""
    clock, processor = (sorted(cost[kind] for cost in costs) for kind in (0, 1))
    told = (f"{statistics.median(one):.2f} ({one[0]:.2f}-{one[-1]:.2f})" for one in (clock, processor))
    return next(told), next(told)


@contextmanager
def _timed(cost: list[float], frames: Callable[[], int]) -> Iterator[None]:
    """Adds the cost of a block, a frame, when it has ended."""
    clock, processor = time.perf_counter(), time.process_time()
    yield
    cost += [1e3 * (time.perf_counter() - clock) / frames(), 1e3 * (time.process_time() - processor) / frames()]


def _bare(clip: Path, model: Path, *, masks: bool) -> Cost:
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)),
        running_mode=vision.RunningMode.VIDEO,
        output_segmentation_masks=masks,
    )
    with starting_mediapipe():
        landmarker = vision.PoseLandmarker.create_from_options(options)
    cost: list[float] = []
    count = 0
    with landmarker, av.open(str(clip)) as container, _timed(cost, lambda: count):
        container.streams.video[0].thread_type = "AUTO"
        for frame in container.decode(video=0):
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=frame.to_ndarray(format="rgb24"))
            landmarker.detect_for_video(image, round(frame.time * 1000))
            count += 1
    return cost[0], cost[1]


def _whole(clip: Path, model: Path, out: Path) -> Cost:
    request = Request(stretches())
    made = mediapipe_estimator(lambda: model, SourceKind.VIDEO)
    cost: list[float] = []
    count = 0

    def progress(*_: object) -> None:
        nonlocal count
        count += 1

    with _timed(cost, lambda: count):
        write_analysis(clip, request, lambda kind: made, out / "out", progress)
    return cost[0], cost[1]
