"""Recordings written for a test: inputs that need no video and no MediaPipe."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from posecheck.pose.frames import Header, SourceInfo, SourceKind
from posecheck.pose.landmarks import Pose, in_blocks
from posecheck.storage.recording import RecordingWriter
from tests.support.poses import bridge, clip, lying_bent_knees

VERSIONS = {"mediapipe": "0.0.0", "model": "drawn"}


def header(poses: Sequence[Pose], *, name: str = "drawn.mp4", warnings: Sequence[str] = ()) -> Header:
    """Of a clip, or of a still if there is one pose."""
    kind = SourceKind.VIDEO if len(poses) > 1 else SourceKind.STILL
    size = (poses[0].width_px, poses[0].height_px)
    info = SourceInfo(name, kind, *size, poses[-1].time_s if len(poses) > 1 else 0.0, len(poses))
    return Header(info, 0, tuple(warnings), VERSIONS)


def write_recording(
    path: Path, poses: Sequence[Pose], *, name: str = "drawn.mp4", warnings: Sequence[str] = ()
) -> Path:
    """Writes what `header` describes; makes the folder."""
    with RecordingWriter(path) as writer:
        for block in in_blocks(poses):
            writer.write(block)
        writer.finish(header(poses, name=name, warnings=warnings))
    return path


def one_bridge(hold_s: float = 4.0, *, fps: float = 30.0) -> list[Pose]:
    """Ready for 2 s, up in 1 s, held, down in 1 s, ready for 2 s."""
    return clip(
        (2.0, lying_bent_knees()),
        (1.0, lambda share: bridge(lift=4.0 + 29.0 * share)),
        (hold_s, bridge()),
        (1.0, lambda share: bridge(lift=33.0 - 29.0 * share)),
        (2.0, lying_bent_knees()),
        fps=fps,
    )
