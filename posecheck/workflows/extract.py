"""Landmarks of clips, found once and kept: what tuning and judging again begin with.

A recording lies in the cache under the clip's content and what found its landmarks, so that a clip that is renamed is
not looked at again and one that has changed is.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from platformdirs import user_cache_path

from posecheck.errors import InputError, OutputError, PoseCheckError
from posecheck.estimators.factory import mediapipe_estimator
from posecheck.storage.recording import VERSION, RecordingWriter, is_recording
from posecheck.system.atomic_files import elsewhere
from posecheck.system.worker_pool import Job, Tell, Work, interrupts_noted, run
from posecheck.workflows.pose_reader import PoseReader

UNFINISHED = "unfinished-"

FORSAKEN_S = 7 * 24 * 3600.0
"""Nobody works any more on what has not changed for so long."""

Find = Callable[[Path, Path, Path, Tell], None]
"""Finds, with a model, the landmarks of a clip, writes them to a recording, and tells the time in seconds reached."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the search for landmarks has come.

    Attributes:
        clips: How many there are to look at.
        kept: How many of them are done, and their landmarks kept.
        failed: How many of them are done, and cannot be read.
        reached_s: Seconds of all the clips' time that have been looked at.
        total_s: All the clips' time, of those that say how long they are.
    """

    clips: int
    kept: int
    failed: int
    reached_s: float
    total_s: float


Progress = Callable[[Reached, Path | None], None]
"""Called as the search goes on, with a clip that has just been done; its landmarks are kept, or it has failed."""


def cache_folder() -> Path:
    """Where recordings are kept; need not exist."""
    return user_cache_path("posecheck") / "landmarks"


def find_landmarks(model: Path, clip: Path, target: Path, tell: Tell = lambda time_s: None) -> None:
    """Writes the recording of a clip.

    Args:
        model: The bundle.
        clip: The clip.
        target: The recording.
        tell: Told the time in the clip that is reached, frame by frame.

    Raises:
        InputError: If the clip cannot be read.
        ModelError: If the model cannot be loaded.
        OutputError: If the recording cannot be written.
    """
    from posecheck.sources import open_source

    with open_source(clip) as source:
        make = partial(mediapipe_estimator, lambda: model)
        with PoseReader(source, make, tell) as reader, RecordingWriter(target) as writer:
            for block in reader:
                writer.write(block)
            writer.finish(reader.header())


def recordings(
    clips: Sequence[Path],
    model: Callable[[], Path],
    *,
    folder: Path,
    keep: bool = True,
    progress: Progress = lambda reached, clip: None,
    find: Find = find_landmarks,
    workers: int | None = None,
) -> list[Path]:
    """The recording of each clip; one that is a recording is its own.

    Args:
        clips: Videos and recordings, in any order; the same one may come twice.
        model: Gives the pose model; asked only if there is a clip to look at.
        folder: Where recordings are looked for and put.
        keep: Whether those that are there already may be used.
        progress: Told how far the search is in the clips that had to be looked at.
        find: Finds the landmarks with a model; must be importable, as it runs in other processes.
        workers: Processes at a time; None for as many as there are processors. With 1 it runs in this process.

    Raises:
        InputError: With each clip that cannot be read, a line each; all others are done and kept.
        ModelError: If the pose model cannot be had.
        OutputError: If a recording cannot be written.
        KeyboardInterrupt: On Ctrl-C while landmarks are searched for; what is done is kept, of the rest nothing.
    """
    problems: list[PoseCheckError] = []
    targets: dict[Path, Path] = {}
    for clip in dict.fromkeys(clips):
        try:
            targets[clip] = clip if is_recording(clip) else folder / _content(clip)
        except InputError as error:
            problems.append(error)
    missing = [clip for clip, target in targets.items() if target != clip]
    if missing:
        bundle = model()
        made_by = f"{importlib.metadata.version('mediapipe')}-{_hash(bundle)[:8]}-{VERSION}"
        targets |= {clip: folder / f"{targets[clip].name}-{made_by}.npz" for clip in missing}
        # Two clips of the same content are one.
        todo = {targets[clip]: clip for clip in missing if not (keep and is_recording(targets[clip]))}
        if todo:
            problems += _find_all(todo, partial(_look, find, bundle), folder, progress, workers or os.cpu_count() or 1)
    if problems:
        kind = next((type(error) for error in problems if not isinstance(error, InputError)), InputError)
        raise kind("\n".join(dict.fromkeys(map(str, problems))))
    return [targets[clip] for clip in clips]


def _content(clip: Path) -> str:
    """The beginning of a name for what a clip holds."""
    if clip.is_dir():
        raise InputError(f"{clip}: is a folder; name the clips in it")
    try:
        return _hash(clip)[:32]
    except OSError as error:
        raise InputError(f"{clip}: cannot be read ({error.strerror}); name a video or a recording") from error


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _find_all(
    todo: Mapping[Path, Path], look: Work, folder: Path, progress: Progress, processes: int
) -> list[PoseCheckError]:
    """Looks at clips, several at a time; what goes wrong with one stops no other.

    Args:
        todo: The clip for each recording.
        look: Looks at one.
        folder: Where the recordings are to be.
        progress: Told how far it is.
        processes: How many at a time.
    """
    problems: list[PoseCheckError] = []
    lengths_s = {clip: _length_s(clip) for clip in todo.values()}
    times_s = dict.fromkeys(lengths_s, 0.0)
    now = Reached(len(todo), 0, 0, 0.0, sum(lengths_s.values()))

    def reached(job: Job, time_s: float) -> None:
        nonlocal now
        clip, _ = job
        times_s[clip] = min(time_s, lengths_s[clip])
        now = replace(now, reached_s=sum(times_s.values()))
        progress(now, None)

    def ended(job: Job, problem: Exception | None) -> None:
        nonlocal now
        clip, found = job
        try:
            _keep(clip, found, folder, problem)
            now = replace(now, kept=now.kept + 1)
        except PoseCheckError as error:
            problems.append(error)
            now = replace(now, failed=now.failed + 1)
        times_s[clip] = lengths_s[clip]
        now = replace(now, reached_s=sum(times_s.values()))
        progress(now, clip)

    progress(now, None)
    with interrupts_noted() as stop, _unfinished(folder) as unfinished:
        run([(clip, unfinished / target.name) for target, clip in todo.items()], look, processes, reached, ended, stop)
    return problems


def _look(find: Find, model: Path, job: Job, tell: Tell) -> None:
    """Looks at one clip, in whatever process."""
    clip, target = job
    try:
        find(model, clip, target, tell)
    except OutputError as error:
        raise _unkept(target.parent.parent, error.__cause__ or error) from error
    except OSError as error:
        raise _unkept(target.parent.parent, error) from error


def _keep(clip: Path, found: Path, folder: Path, problem: Exception | None) -> None:
    """Gives a clip's recording its place, unless something went wrong with it."""
    if isinstance(problem, PoseCheckError):
        raise problem
    if problem is not None:
        raise InputError(f"{clip}: the search for landmarks broke down ({problem}); run again, with less else at work")
    try:
        found.replace(folder / found.name)
    except OSError as error:
        raise _unkept(folder, error) from error


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A folder for recordings under way; whoever writes them may be ended at any time, and nothing remains of them.

    What a search left behind that was killed is taken away by a later one.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{UNFINISHED}*"):
            with suppress(OSError):  # another search may be at it, too
                if left.stat().st_mtime < time.time() - FORSAKEN_S:
                    shutil.rmtree(left, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    except OSError as error:
        raise _unkept(folder, error) from error
    try:
        yield unfinished
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _unkept(folder: Path, error: BaseException) -> OutputError:
    reason = getattr(error, "strerror", None) or error
    return OutputError(f"landmarks cannot be kept in {folder} ({reason}); {elsewhere('XDG_CACHE_HOME')}")


def _length_s(clip: Path) -> float:
    """How long a clip says it is; 0 where it does not, and for what is none: that is told when it is looked at."""
    from posecheck.sources import open_source

    try:
        with open_source(clip) as source:
            return source.info.duration_s or 0.0
    except PoseCheckError:
        return 0.0
