"""Makes the estimator for what a source shows, and says what it is made of; the same for other programs."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.pose.frames import Estimator, Frame, SourceKind
from posecheck.pose.landmarks import Pose
from posecheck.system.closing import Closable

if TYPE_CHECKING:
    from posecheck.estimators.people import Who


def mediapipe_estimator(
    model: Callable[[], Path], kind: SourceKind, who: Who = "auto", *, edited: bool = True
) -> tuple[Estimator, Mapping[str, str]]:
    """MediaPipe with a bundle, and the search for the person.

    Args:
        model: Gives the bundle.
        kind: What the source shows.
        who: The person to judge, of several.
        edited: Whether it may have been cut: a file, not a camera.

    Raises:
        ModelError: If the bundle cannot be had or not be loaded.
    """
    from posecheck.estimators.finder import find_person

    bundle = model()
    versions = {"mediapipe": importlib.metadata.version("mediapipe"), "model": bundle.stem}
    return find_person(bundle, moving=kind is SourceKind.VIDEO, who=who, edited=edited), versions


class PoseEstimator(Closable):
    """Finds one person in frames, with MediaPipe; use as a context manager.

    Args:
        model: A pose landmarker bundle (``.task``: lite, full or heavy); None for the one that the environment
            variable POSECHECK_MODEL names, else the default one. MediaPipe 0.10.21 brings that; a later one makes
            posecheck download it once, 9 MB, into the user's cache.
        who: The person to follow, of several: ``"left"``, ``"right"``, ``"largest"`` or a number from the picture's
            left, from 1. ``"auto"`` prefers whoever lies or kneels.
        moving: Whether the frames are those of one clip or camera, in order of time: the person is then followed from
            frame to frame. An estimator for another clip is another estimator. False for single pictures.

    Attributes:
        versions: What makes the poses: ``mediapipe`` and ``model``.

    Raises:
        ModelError: If the bundle cannot be had or not be loaded.
        UsageError: If `who` is none of these.
    """

    def __init__(self, model: str | Path | None = None, *, who: Who = "auto", moving: bool = True) -> None:
        from posecheck.estimators.model import find_model
        from posecheck.estimators.people import who as checked

        explicit = None if model is None else Path(model)
        kind = SourceKind.VIDEO if moving else SourceKind.STILL
        self._estimator, self.versions = mediapipe_estimator(lambda: find_model(explicit), kind, checked(str(who)))

    @property
    def warnings(self) -> list[str]:
        """Plain sentences so far about who was chosen as the person."""
        return self._estimator.warnings

    def estimate(self, frame: Frame) -> Pose:
        """The pose in pixels of the frame's full upright size; its landmarks are None if nobody is found.

        Args:
            frame: Of a source, or anything with ``time_s``, ``width_px``, ``height_px`` and ``rgb()`` as `Frame` has
                them; of a clip later than the frame before.
        """
        return self._estimator.estimate(frame)

    def close(self) -> None:
        """Frees the model."""
        self._estimator.close()
