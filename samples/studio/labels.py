"""``labels.csv``: who is to be seen doing what when, as people write it by hand for their own clips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path

from posecheck.scoring import Label
from samples.studio.recordings import load_recordings
from samples.studio.script import Script, load_script
from samples.studio.truth import Marked


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


def marks(script: Script) -> list[Marked]:
    """The labelled times of a script, in order; neighbours that are alike are one, and the rest are transitions."""
    found: list[Marked] = []
    ends_s = accumulate(step.move_s + step.stay_s for step in script.steps)
    for end_s, step in zip(ends_s, script.steps, strict=True):
        if step.label is None or step.stretch is None:
            continue
        start_s = end_s - step.stay_s - (step.move_s if step.label_move else 0.0)
        last = found[-1] if found else None
        alike = last and (last.stretch, last.phase, last.label) == (step.stretch, step.phase, step.label)
        if last and alike and start_s - last.end_s < 1e-6:
            start_s = found.pop().start_s
        found.append(Marked(round(start_s, 3), round(end_s, 3), step.stretch, step.phase, step.label))
    return found


def _labels(scripts: Mapping[str, Script]) -> Iterator[Label]:
    for name, script in sorted(scripts.items()):
        for mark in marks(script):
            phase = mark.phase or ""
            yield Label(name, mark.start_s, mark.end_s, mark.stretch, phase, mark.label, script.person)
