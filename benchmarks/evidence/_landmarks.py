"""Recordings of a clip by the MediaPipe of whatever environment runs this: ``python -m ... CLIP FOLDER [END_S]``.

Three of them: ``alone.npz``, each frame by itself; ``tracked.npz``, as `posecheck analyze` has it; ``noisy.npz``,
tracked too, with each colour of each pixel a step of 255 up or down or as it was, by chance.
"""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.estimators.mediapipe_pose import MediaPipeEstimator
from posecheck.estimators.model import find_model
from posecheck.pose.frames import Frame, Header
from posecheck.pose.landmarks import Pose, in_blocks
from posecheck.sources import open_source
from posecheck.storage.recording import RecordingWriter


@dataclass(frozen=True)
class NoisyFrame:
    """A frame with the least of noise."""

    frame: Frame
    dice: np.random.Generator

    @property
    def time_s(self) -> float:
        """As the frame's."""
        return self.frame.time_s

    @property
    def width_px(self) -> int:
        """As the frame's."""
        return self.frame.width_px

    @property
    def height_px(self) -> int:
        """As the frame's."""
        return self.frame.height_px

    def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        """As the frame's, give or take 1."""
        plain = self.frame.rgb(max_side_px).astype(np.int16)
        return np.clip(plain + self.dice.integers(-1, 2, plain.shape), 0, 255).astype(np.uint8)


def record(clip: Path, target: Path, end_s: float | None, *, moving: bool, noisy: bool) -> None:
    """Write one recording."""
    versions = {
        "mediapipe": importlib.metadata.version("mediapipe"),
        "numpy": np.__version__,
        "OpenCV": cv2.__version__,
        "Python": ".".join(map(str, sys.version_info[:3])),
    }
    dice = np.random.default_rng(0)
    with (
        open_source(clip, end_s=end_s) as source,
        MediaPipeEstimator(find_model(None), moving=moving) as estimator,
        RecordingWriter(target) as writer,
    ):

        def poses() -> Iterator[Pose]:
            for frame in source:
                yield estimator.estimate(NoisyFrame(frame, dice) if noisy else frame)

        for block in in_blocks(poses()):
            writer.write(block)
        writer.finish(Header(source.info, source.frames_skipped, tuple(source.warnings), versions))


if __name__ == "__main__":
    clip, folder = Path(sys.argv[1]), Path(sys.argv[2])
    end_s = float(sys.argv[3]) if len(sys.argv) > 3 else None
    record(clip, folder / "alone.npz", end_s, moving=False, noisy=False)
    record(clip, folder / "tracked.npz", end_s, moving=True, noisy=False)
    record(clip, folder / "noisy.npz", end_s, moving=True, noisy=True)
