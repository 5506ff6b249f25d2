"""The model, got once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.estimators.model import find_model


@pytest.fixture(scope="session")
def model() -> Path:
    return find_model(None)
