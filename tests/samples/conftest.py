"""What the studio needs: its extra and the body's data."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that need the studio; `pytest` leaves them out, and scripts/studio runs them."""
    for item in items:
        if "studio_extra" in getattr(item, "fixturenames", ()):
            item.add_marker("studio")


@pytest.fixture(scope="session")
def studio_extra() -> None:
    """The packages of the extra."""
    missing = [name for name in ("scipy", "moderngl") if importlib.util.find_spec(name) is None]
    if missing:
        pytest.fail(f'{" and ".join(missing)} missing; install with: pip install -e ".[studio]"')


@pytest.fixture(scope="session")
def body_data(studio_extra: None) -> Path:
    """The folder of the body's data; a MissingPartError, as from all of the studio, says what to install."""
    from samples.studio import assets

    return assets.body_data()
