"""Which folder an input's results go to: never one that holds the result of another input."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ResultFolder:
    """Where the results of one input go.

    Attributes:
        folder: The folder.
        kept: A folder of the input's own name that holds another file's result, and keeps it; None for none.
    """

    folder: Path
    kept: Path | None = None


def places(inputs: Sequence[str], out: Path) -> Iterator[ResultFolder]:
    """A folder for each input, named after it; one that another input's result has or will have gets a number."""
    taken: set[str] = set()
    for text in inputs:
        path = Path(text)
        recording = path.name == "recording.npz" and bool(path.parent.name)
        stem = path.parent.name if recording else path.stem
        stem = stem if stem.strip(". ") else path.name
        name, number = stem, 2
        kept: Path | None = None
        while name.casefold() in taken or not _is_free(out / name, path, recording=recording):
            kept = kept or (None if name.casefold() in taken else out / name)
            name, number = f"{stem}-{number}", number + 1
        taken.add(name.casefold())
        yield ResultFolder(out / name, kept)


def _is_free(folder: Path, path: Path, *, recording: bool) -> bool:
    """Whether nothing of another input would be lost in a folder: its result, or the input itself.

    A file is recognised by its content, wherever it lies. Older results did not store that; there, its name decides.
    A recording is judged again in its own folder.
    """
    if _same(folder, path.parent):
        return recording
    try:
        source = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["source"]
    except (OSError, ValueError, KeyError, TypeError):
        return True
    if not isinstance(source, dict):
        return True
    from posecheck.workflows.analyze import clip_sha256

    if source.get("sha256") is None:
        return source.get("name") == path.name
    return bool(source["sha256"] == clip_sha256(path))


def _same(folder: Path, other: Path) -> bool:
    try:
        return folder.samefile(other)
    except OSError:
        return False
