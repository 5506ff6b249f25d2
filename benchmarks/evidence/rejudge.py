"""How fast a saved clip is judged again: what tuning a rule file needs, trying hundreds of limits on one recording."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.evidence import Evidence
from benchmarks.evidence._drawn import FPS, FRAMES, LIVE_FRAMES, NOISE_PX, parts, tiled
from benchmarks.timing import median_s, pose_by_pose
from posecheck.judging.session import Session
from posecheck.pose.frames import Header, SourceInfo, SourceKind
from posecheck.pose.landmarks import Pose, Poses
from posecheck.rules.stretch import Stretch
from posecheck.storage.recording import Recording, RecordingWriter
from posecheck.storage.rule_files import load_stretch

LEAST_PER_S = 20_000
RUNS = 5


def run(slice_only: bool) -> Evidence:
    """Judges ten minutes of each stretch at once, and 10 s of it pose by pose."""
    rows = [_row(name, part, 3 if slice_only else RUNS) for name, part in parts().items()]
    slowest = min(judged for _, _, judged, _, _ in rows)
    return Evidence(
        title="Judging a saved recording again",
        claim=f"{LEAST_PER_S} frames a second or more are measured and judged: the slowest stretch, {slowest:.0f}.",
        columns=("stretch", "reading, frames/s", "measuring and judging, frames/s", "pose by pose, frames/s", "ratio"),
        rows=[
            (name, f"{read:.0f}", f"{judged:.0f}", f"{live:.0f}", f"{ratio:.0f}")
            for name, read, judged, live, ratio in rows
        ],
        notes=(
            f"{FRAMES} frames at {FPS:.0f} fps of a drawn body that does the stretch again and again, its landmarks "
            f"and outline off by {NOISE_PX:.0f} px of noise; the stretch is chosen.",
            "Reading is the recording from disk, block by block; measuring and judging is Session.extend with each "
            f"block and Session.judgement; pose by pose is Session.update, over {LIVE_FRAMES} frames.",
            "Seconds are those of the processor, all threads together, so that other work on the machine counts "
            f"little; median of {RUNS} runs (a slice: 3).",
        ),
        holds=slowest >= LEAST_PER_S,
        timed=True,
    )


def _row(name: str, part: list[Pose], runs: int) -> tuple[str, float, float, float, float]:
    stretch = load_stretch(name)
    with tempfile.TemporaryDirectory() as folder:
        path = _saved(Path(folder) / "recording.npz", tiled(part))
        blocks = list(Recording(path))
        read_s = median_s(lambda: list(Recording(path)), runs)
    judged_s = median_s(lambda: _judge(stretch, blocks), runs)
    singles = part[:LIVE_FRAMES]
    live_s = median_s(lambda: pose_by_pose(stretch, singles), runs)
    judged, live = FRAMES / judged_s, len(singles) / live_s
    return name, FRAMES / read_s, judged, live, judged / live


def _saved(path: Path, blocks: Iterable[Poses]) -> Path:
    info = SourceInfo("drawn.mp4", SourceKind.VIDEO, 640, 480, FRAMES / FPS, FRAMES)
    with RecordingWriter(path) as writer:
        for block in blocks:
            writer.write(block)
        writer.finish(Header(info, 0, (), {}))
    return path


def _judge(stretch: Stretch, blocks: Sequence[Poses]) -> None:
    session = Session(stretch)
    for block in blocks:
        session.extend(block)
    if not session.judgement().segments:
        raise ValueError(f"{stretch.name} was not recognised: this times nothing of use")
