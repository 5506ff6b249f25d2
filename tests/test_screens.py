"""The screens that window tests are shown on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[1]
SCRIPT = """
import sys
from pathlib import Path
from tests.support.screens import a_display

with a_display(Path(sys.argv[1])) as display:
    print(display.name, flush=True)
    sys.stdin.read()  # the others start beside it
    picture = display.picture()
print(picture.shape)
"""


def test_servers_that_start_at_one_moment_have_numbers_of_their_own(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in "abcd"]
    for folder in folders:
        folder.mkdir()
    command = [sys.executable, "-c", SCRIPT]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    processes = [subprocess.Popen([*command, str(folder)], **pipes) for folder in folders]
    try:
        names = [process.stdout.readline().strip() for process in processes]
        assert len(set(names)) == len(folders), names
        assert all(name.startswith(":") for name in names), names
        for process in processes:
            shown, _ = process.communicate(timeout=PATIENCE_S)
            assert (process.returncode, shown) == (0, "(960, 1280, 3)\n")
    finally:
        for process in processes:
            process.kill()
