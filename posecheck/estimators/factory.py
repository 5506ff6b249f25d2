"""Makes the estimator for what a source shows, and says what it is made of."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.pose.frames import Estimator, SourceKind

if TYPE_CHECKING:
    from posecheck.estimators.people import Who


def mediapipe_estimator(
    model: Callable[[], Path], kind: SourceKind, who: Who = "auto"
) -> tuple[Estimator, Mapping[str, str]]:
    """MediaPipe with a bundle, and the search for the person.

    Args:
        model: Gives the bundle.
        kind: What the source shows.
        who: The person to judge, of several.

    Raises:
        ModelError: If the bundle cannot be had or not be loaded.
    """
    from posecheck.estimators.finder import find_person

    bundle = model()
    versions = {"mediapipe": importlib.metadata.version("mediapipe"), "model": bundle.stem}
    return find_person(bundle, moving=kind is SourceKind.VIDEO, who=who), versions
