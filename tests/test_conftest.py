from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).with_name("conftest.py")


def test_a_test_that_logs_an_error_fails(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text())
    (tmp_path / "test_logging.py").write_text(
        "import logging\n"
        "def test_error(): logging.getLogger('posecheck').error('lost it')\n"
        "def test_warning(): logging.getLogger('posecheck').warning('careful')\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", tmp_path],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert "2 passed, 1 error" in run.stdout
    assert "logged as errors: ['lost it']" in run.stdout
