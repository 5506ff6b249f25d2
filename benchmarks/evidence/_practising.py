"""Practice with a sample clip before the camera: on the clip's own clock, and as a process that plays it."""

from __future__ import annotations

import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from benchmarks.evidence import MaterialMissingError
from posecheck.coaching.lesson import Lesson
from posecheck.pose.landmarks import Poses
from posecheck.rules.routine import PlannedExercise
from posecheck.rules.stretch import Stretch
from posecheck.storage.history import read_sessions

MOST_S = 120.0
"""A clip of a quarter of a minute is played, and its ending said, by then."""

HISTORY, SPOKEN = "history.sqlite", "spoken"
COMMAND = (sys.executable, "-m", "posecheck", "practice")

_LINE = re.compile(r"(\d+):(\d\d\.\d)  (.+)")

# It does all that the engine does but sound: that takes as long here as on a loudspeaker. What it is told to say, and
# when, and how many bytes of sound that made, is noted.
_ENGINE = """#!/bin/sh
words=$(cat)
began=$(date +%s.%N)
bytes=$(printf %s "$words" | {engine} "$@" --stdout | wc -c)
printf '%s\\t%s\\t%s\\n' "$began" "$bytes" "$words" >> {log}
exec sleep "$(awk "BEGIN {{print $bytes / 44100}}")"
"""


@dataclass(frozen=True, slots=True)
class Said:
    """Something said.

    Attributes:
        time_s: Of the frame at which it was to be said.
        text: The words.
        voice_s: When the voice began with it, on the clip's clock; None where there was no voice or it was dropped.
    """

    time_s: float
    text: str
    voice_s: float | None = None


@dataclass(frozen=True, slots=True)
class Practised:
    """What came of practising with a clip.

    Attributes:
        said: In order.
        holds_s: Seconds on good form of each hold, in order.
        faults: The rules that were broken, judged with hindsight.
    """

    said: tuple[Said, ...]
    holds_s: tuple[float, ...]
    faults: frozenset[str]


def rehearse(blocks: Sequence[Poses], stretch: Stretch) -> Practised:
    """What a person would hear: the lesson of practice, given every frame at the time that stands on it."""
    lesson = Lesson([PlannedExercise(stretch, "", 0.0)])
    said = []
    for block in blocks:
        for pose in block.singly():
            if not lesson.over and (saying := lesson.update(pose).saying) is not None:
                said.append(Said(saying.time_s, saying.text))
    parts = lesson.finish()
    return Practised(
        tuple(said),
        tuple(hold.hold_s for part in parts for hold in part.holds),
        frozenset(fault.cue.rule for part in parts for fault in part.faults),
    )


def practise(clip: Path, stretch: str) -> Practised:
    """The command as a person starts it, with the clip at its own pace, by voice alone.

    Raises:
        MaterialMissingError: If espeak-ng is not installed.
        RuntimeError: If the command fails.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [*COMMAND, stretch, "--history", "--source", str(clip), "--no-window"]
        lines = _run(command, os.environ | an_engine(folder))
        (session,) = read_sessions(folder / HISTORY)
        spoken = spoken_lines(folder)
    return Practised(
        tuple(with_voice(lines, spoken)),
        tuple(hold.hold_s for hold in session.holds),
        frozenset(fault.rule for fault in session.faults),
    )


def an_engine(folder: Path) -> dict[str, str]:
    """The environment of a command whose voice and history are in a folder.

    Raises:
        MaterialMissingError: If espeak-ng is not installed.
    """
    engine = shutil.which("espeak-ng")
    if engine is None:
        raise MaterialMissingError("needs a voice: apt-get install espeak-ng")
    wrapper = folder / "espeak-ng"
    wrapper.write_text(_ENGINE.format(engine=engine, log=folder / SPOKEN))
    wrapper.chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return {"POSECHECK_HISTORY": str(folder / HISTORY), "PATH": path}


def spoken_lines(folder: Path) -> list[str]:
    """What the engine was told: seconds since 1970, bytes of sound, words, with tabs between."""
    log = folder / SPOKEN
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def _run(command: Sequence[str], environment: dict[str, str]) -> list[tuple[float, str]]:
    """The lines that a command prints, each with the time at which it came."""
    lines: queue.Queue[tuple[float, str]] = queue.Queue()
    with tempfile.TemporaryFile("w+") as complaints:
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=complaints, text=True
        )
        assert process.stdout is not None
        out = process.stdout
        reader = Thread(target=lambda: [lines.put((time.time(), line.rstrip())) for line in out], daemon=True)
        reader.start()
        try:
            code = process.wait(MOST_S)
        finally:
            process.kill()
            process.wait()
            reader.join()
            out.close()
        complaints.seek(0)
        if code:
            raise RuntimeError(f"{' '.join(command)} ended with {code}: {complaints.read()}")
    return list(lines.queue)


def with_voice(lines: Sequence[tuple[float, str]], spoken: Sequence[str]) -> Iterator[Said]:
    """The words printed, and when the voice began with them.

    The clip began at a moment that is not known from without: it is reckoned from the line that came the soonest, so
    that what every line is late by, `docs/evidence/live.md` has it, is not in these times.
    """
    words = [
        (at_s, 60.0 * int(match[1]) + float(match[2]), match[3])
        for at_s, line in lines
        if (match := _LINE.fullmatch(line)) is not None
    ]
    began_s = min((at_s - time_s for at_s, time_s, _ in words), default=0.0)
    voiced = [line.split("\t") for line in spoken]
    for at_s, time_s, text in words:
        # The engine is told within 3 s or not at all; the wait allows for a busy machine.
        voices = [float(begins) for begins, size, said in voiced if said == text and int(size) > 1000]
        voice_s = next((one - began_s for one in voices if at_s - 0.1 <= one <= at_s + 4.0), None)
        yield Said(time_s, text, voice_s)
