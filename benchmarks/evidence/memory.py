"""How much memory a long clip takes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.evidence import Evidence
from benchmarks.evidence._material import looped, real
from posecheck.pose.frames import Header, SourceInfo, SourceKind
from posecheck.pose.landmarks import Pose, in_blocks
from posecheck.storage.recording import RecordingWriter
from tests.support.recordings import one_bridge

FPS = 30.0
MOST_KB_A_FRAME = 5.0
"""Ten minutes of video then take no more than 90 MB beyond what MediaPipe takes for the first second."""


def run(slice_only: bool) -> Evidence:
    """The command on short and long inputs, each in a process of its own."""
    rows = []
    growth = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        recordings = [_recording(work / f"{minutes}", minutes) for minutes in ((1, 10) if slice_only else (1, 10, 60))]
        clips = []
        if not slice_only:
            source = real("bridging.mp4")
            clips = [looped(source, work / f"{seconds}.mp4", seconds) for seconds in (9, 60, 600)]
        for kind, inputs in (("recording", recordings), ("video through MediaPipe", clips)):
            if not inputs:
                continue
            peaks = [_peak(path, work / "out") for path in inputs]
            first_frames, first_mb = peaks[0]
            for frames, peak_mb in peaks:
                more_kb = 1000 * (peak_mb - first_mb) / (frames - first_frames) if frames > first_frames else 0.0
                growth.append(more_kb)
                rows.append((kind, f"{frames / FPS:.0f}", frames, f"{peak_mb:.0f}", f"{more_kb:.1f}"))
    return Evidence(
        "Memory over long clips",
        f"The peak of memory grows with the length of a clip by at most {MOST_KB_A_FRAME:g} kB a frame, of which a "
        f"picture of 640x480 has 921: at worst {max(growth):.1f} kB.",
        ("input", "length, s", "frames", "peak, MB", "more than the first, kB a frame"),
        rows,
        (
            "Peak resident memory of the command with `--no-video`. Frames, landmarks and outlines are let go block by "
            "block; what stays is the measures of every frame, from which the whole is judged at the end.",
            "The video is the bridge clip looped; the recordings are of a drawn body that does bridges.",
        ),
        max(growth) <= MOST_KB_A_FRAME,
    )


def _peak(path: Path, out: Path) -> tuple[int, float]:
    """Frames and peak resident memory in MB of an analysis."""
    command = [sys.executable, "-m", "posecheck", "analyze", str(path), "--out", str(out), "--no-video", "--quiet"]
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{path}: exit code {os.waitstatus_to_exitcode(status)}")
    name = path.parent.name if path.name == "recording.npz" else path.stem
    with (out / name / "frames.csv").open() as file:
        frames = sum(1 for _ in file) - 1
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    return frames, usage.ru_maxrss / unit


def _recording(folder: Path, minutes: int) -> Path:
    part = one_bridge(hold_s=6.0, fps=FPS)
    count = round(minutes * 60 * FPS)

    def poses() -> Iterator[Pose]:
        for index in range(count):
            yield replace(part[index % len(part)], time_s=index / FPS)

    path = folder / "recording.npz"
    info = SourceInfo("drawn.mp4", SourceKind.VIDEO, 640, 480, count / FPS, count)
    with RecordingWriter(path) as writer:
        for block in in_blocks(poses()):
            writer.write(block)
        writer.finish(Header(info, 0, (), {}))
    return path
