"""Real footage, which lies beside the repository and is no part of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REAL = Path(__file__).parents[3] / "shared" / "real"


def real_footage() -> Path:
    """The folder of real clips and photographs; without it a test is skipped, but fails in CI, where it must be."""
    if REAL.is_dir():
        return REAL
    if os.environ.get("CI"):
        pytest.fail(f"the real footage is missing: {REAL}")
    pytest.skip(f"needs the real footage in {REAL}")
