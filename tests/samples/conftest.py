"""What the studio needs: its extra and the body's data."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import NoReturn

import pytest

REQUIRED = "POSECHECK_STUDIO"
"""Set to ``required`` where the studio must be there, as in CI; otherwise tests of it are skipped without it."""


def lacking(what: str) -> NoReturn:
    """Skips the test, or fails it where the studio is required."""
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def studio_extra() -> None:
    """The packages of the extra."""
    missing = [name for name in ("scipy", "moderngl") if importlib.util.find_spec(name) is None]
    if missing:
        lacking(f'{" and ".join(missing)} missing; install with: pip install -e ".[studio]"')


@pytest.fixture(scope="session")
def body_data(studio_extra: None) -> Path:
    """The folder of the body's data."""
    from samples.studio import assets
    from samples.studio.errors import MissingPartError

    try:
        return assets.body_data()
    except MissingPartError as error:
        lacking(str(error))
