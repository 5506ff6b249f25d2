"""Recordings: the scripts again with other people, rooms and cameras, kept as landmarks and outlines without a clip.

``samples/recordings.toml`` says who does which script where; what a clip of it would give `posecheck extract` is kept.
"""

from __future__ import annotations

import io
import os
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from posecheck.system.atomic_files import replacing
from samples.studio.assets import body_data
from samples.studio.clip import Studio, encode
from samples.studio.errors import ScriptError
from samples.studio.scene import build
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
                found[f"{script}-{person}"] = Script.model_validate(base | _sized(base, other) | {"person": person})
            except ValidationError as error:
                where = f"{path}: {script}.{person}"
                problems += (f"{where}.{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    if problems:
        raise ScriptError("\n".join(problems))
    return found


def make_recordings(scripts: Mapping[str, Script], folder: Path, *, processes: int) -> Iterator[Path]:
    """Renders scripts, looks for landmarks in each clip as `posecheck extract` does, and keeps them alone.

    Args:
        scripts: What is shown, by the recording's name.
        folder: Where ``NAME.npz`` go.
        processes: How many are made at a time; each is the same for any number.

    Yields:
        Each recording when it is done; the same bytes for the same script on the same machine.
    """
    with ProcessPoolExecutor(processes, get_context("spawn"), _set_up) as pool:
        for future in as_completed([pool.submit(_make, name, script, folder) for name, script in scripts.items()]):
            yield future.result()


def _set_up() -> None:
    # One thread for each process: the processes already share the cores. Read when the first context is made.
    os.environ["LP_NUM_THREADS"] = "0"


def _make(name: str, script: Script, folder: Path) -> Path:
    from posecheck.estimators.model import find_model
    from posecheck.workflows.extract import find_landmarks

    data = body_data()
    scene = build(script, data)
    studio = Studio(scene, data)
    frames = (studio.frame(number) for number in range(len(scene.times_s)))
    with tempfile.TemporaryDirectory() as temporary:
        clip, found = (Path(temporary) / f"{name}.{kind}" for kind in ("mp4", "npz"))
        encode(clip, scene, frames, progress=lambda done, of: None)
        studio.close()
        find_landmarks(find_model(None), clip, found)
        pack(found, folder / found.name)
    return folder / found.name


def pack(source: Path, target: Path) -> None:
    """Writes a recording anew, its numbers rounded to `GRAINS` and compressed as far as they will go."""
    with zipfile.ZipFile(source) as old, replacing(target) as unfinished, zipfile.ZipFile(unfinished, "w") as new:
        for entry in old.namelist():
            array = np.load(io.BytesIO(old.read(entry)), allow_pickle=False)
            grain = GRAINS.get(entry.split(".")[-2])
            buffer = io.BytesIO()
            np.save(buffer, array if grain is None else (np.round(array / grain) * grain).astype(array.dtype))
            new.writestr(zipfile.ZipInfo(entry, _EPOCH), buffer.getbuffer(), zipfile.ZIP_LZMA)


def _sized(base: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry says, its ``fault_size`` given to each step that has a fault."""
    said = dict(other)
    if (size := said.pop("fault_size", None)) is not None:
        said["steps"] = [step | {"size": size} if "fault" in step else step for step in base["steps"]]
    return said


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ScriptError(f"{path}: {error}") from error
