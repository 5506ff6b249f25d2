"""Recordings: the scripts again with other people, rooms and cameras, kept as landmarks and outlines without a clip.

``samples/recordings.toml`` says who does which script where; what a clip of it would give `posecheck extract` is kept.
"""

from __future__ import annotations

import io
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit
from pydantic import ValidationError

from posecheck.files import replacing
from samples.studio.clip import Progress, render
from samples.studio.errors import ScriptError
from samples.studio.script import Script

LIST = "recordings.toml"
"""File of a samples folder that lists its recordings."""

GRAINS: Mapping[str, tuple[float, ...]] = {
    "landmarks": (1 / 16, 1 / 16, 1 / 16, 1 / 256, 1 / 256),
    "world": (1 / 1024, 1 / 1024, 1 / 1024),
}
"""What the numbers of a recording's arrays are rounded to: a sixteenth of a pixel, a 256th of certainty, a millimetre.
With that a frame takes 350 bytes instead of 1350."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


def load_recordings(folder: Path) -> dict[str, Script]:
    """The script of each recording of a samples folder by the recording's name, ``SCRIPT-PERSON``.

    Raises:
        ScriptError: If the list cannot be read or asks for what there is not; every problem is named.
    """
    path = folder / LIST
    found: dict[str, Script] = {}
    problems: list[str] = []
    for script, people in _read(path).items():
        base = _read(folder / "scripts" / f"{script}.toml")
        for person, other in people.items():
            if person == base["person"]:
                problems.append(f"{path}: {script}.{person}: is the person of the script, allowed: another")
            try:
                found[f"{script}-{person}"] = Script.model_validate(base | other | {"person": person})
            except ValidationError as error:
                where = f"{path}: {script}.{person}"
                problems += (f"{where}.{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    if problems:
        raise ScriptError("\n".join(problems))
    return found


def make_recording(name: str, script: Script, folder: Path, *, processes: int, progress: Progress) -> Path:
    """Renders a script, looks for landmarks in the clip as `posecheck extract` does, and keeps them alone.

    Args:
        name: The recording's name.
        script: What is shown.
        folder: Where ``NAME.npz`` goes.
        processes: How many draw at a time.
        progress: Told as frames are drawn.

    Returns:
        The recording; the same bytes for the same script on the same machine.
    """
    from posecheck.estimators.model import find_model
    from posecheck.extract import find_landmarks

    with tempfile.TemporaryDirectory() as temporary:
        written = Path(temporary) / f"{name}.toml"
        written.write_text(tomlkit.dumps(script.model_dump(exclude_none=True)), encoding="utf-8")
        clip, _ = render(written, Path(temporary), processes=processes, progress=progress)
        found = Path(temporary) / f"{name}.npz"
        find_landmarks(find_model(None), clip, found)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / found.name
        pack(found, target)
    return target


def pack(source: Path, target: Path) -> None:
    """Writes a recording anew, its numbers rounded to `GRAINS` and compressed as far as they will go."""
    with zipfile.ZipFile(source) as old, replacing(target) as unfinished, zipfile.ZipFile(unfinished, "w") as new:
        for entry in old.namelist():
            array = np.load(io.BytesIO(old.read(entry)), allow_pickle=False)
            grain = GRAINS.get(entry.split(".")[-2])
            buffer = io.BytesIO()
            np.save(buffer, array if grain is None else (np.round(array / grain) * grain).astype(array.dtype))
            new.writestr(zipfile.ZipInfo(entry, _EPOCH), buffer.getbuffer(), zipfile.ZIP_LZMA)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ScriptError(f"{path}: {error}") from error
