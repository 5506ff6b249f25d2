"""Figures of a whole picture: bright, sharp, and dark before a light."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.estimators.picture import nobody_in
from posecheck.measures.framing import Framing, framing
from posecheck.measures.measurer import measure
from posecheck.pose.landmarks import Poses
from tests.support.fakes import PictureFrame


@pytest.mark.parametrize(
    ("window", "expected"), [(0.1, Framing.BACKLIT), (0.45, Framing.BACKLIT), (0.6, Framing.NOBODY)]
)
def test_a_dark_room_before_a_window(window: float, expected: Framing) -> None:
    """The window is bright and in focus; whoever is in the dark part is not found."""
    picture = np.random.default_rng(0).integers(0, 4, (480, 640, 3), np.uint8)
    bright = picture[:, : round(640 * window)]
    bright[...] = 120
    bright[::10, ::10] = 250
    pose = nobody_in(PictureFrame(picture), picture)
    assert pose.midtone == pytest.approx(0.0 if window < 0.5 else 120 / 255, abs=0.02)
    assert framing(measure(Poses.stack([pose])).view, 30.0, ()).tolist() == [expected]
