"""Where frames come from: video files and stills."""

from __future__ import annotations

from pathlib import Path

from posecheck.frames import Source


def open_source(path: Path, *, start_s: float | None = None, end_s: float | None = None) -> Source:
    """A clip or a still, told apart by its content."""
    from posecheck.sources.still import StillSource, is_still
    from posecheck.sources.video import VideoSource

    if is_still(path):
        return StillSource(path)
    return VideoSource(path, start_s=start_s, end_s=end_s)
