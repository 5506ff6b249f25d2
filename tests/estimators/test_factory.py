"""The estimator as other programs have it; what it sees is in the contract suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.errors import ModelError, UsageError
from posecheck.estimators.factory import PoseEstimator
from posecheck.estimators.model import find_model
from tests.support.fakes import FakeFrame


def test_it_says_what_it_is_made_of() -> None:
    model = find_model(None)
    with PoseEstimator(str(model), who="left", moving=False) as estimator:
        assert estimator.versions["model"] == model.stem
        assert estimator.versions["mediapipe"]
        assert estimator.estimate(FakeFrame(time_s=0.5)).landmarks is None
        assert estimator.warnings == []


def test_what_it_cannot_be_made_of(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.task"):
        PoseEstimator(tmp_path / "none.task")
    for who in (0, -1, "middle"):
        with pytest.raises(UsageError, match="give left, right, largest, or a number"):
            PoseEstimator(who=who)  # type: ignore[arg-type]
