"""``labels.csv``: who is to be seen doing what when, as people write it by hand for their own clips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from posecheck.tuning.labels import Label
from samples.studio.recordings import load_recordings
from samples.studio.script import Script, load_script


def labels_of(folder: Path) -> list[Label]:
    """The labels of all clips and recordings of a folder, by their scripts; ordered by file and time.

    Raises:
        ScriptError: If a script or the list of recordings is wrong.
    """
    scripts = {f"{path.stem}.mp4": load_script(path) for path in (folder / "scripts").glob("*.toml")}
    shown = {name: script for name, script in scripts.items() if (folder / name).exists()}
    recorded = {f"{name}.npz": script for name, script in load_recordings(folder).items()}
    shown |= {name: script for name, script in recorded.items() if (folder / "recordings" / name).exists()}
    return list(_labels(shown))


def _labels(scripts: Mapping[str, Script]) -> Iterator[Label]:
    for name, script in sorted(scripts.items()):
        for mark in script.marks():
            phase = mark.phase or ""
            yield Label(name, mark.start_s, mark.end_s, mark.stretch, phase, mark.label, script.person)
