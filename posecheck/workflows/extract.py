"""Landmarks of clips, estimated once and cached, for tuning and for judging again.

A recording's name in the cache is made of the clip's content and of what estimated its landmarks. A renamed clip is
therefore not processed again, and a changed one is.
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
"""Unfinished recordings that have not changed for this long are abandoned."""

Find = Callable[[Path, Path, Path, Tell], None]
"""Estimates a clip's landmarks with a model, writes a recording, and reports the time reached in seconds."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Progress of the landmark estimation.

    Attributes:
        clips: Number of clips to process.
        kept: Number of clips that are done and whose landmarks are saved.
        failed: Number of clips that failed.
        reached_s: Seconds processed, over all clips.
        total_s: Total duration in seconds of the clips that state one.
    """

    clips: int
    kept: int
    failed: int
    reached_s: float
    total_s: float


Progress = Callable[[Reached, Path | None], None]
"""Called with the progress, and with the clip that has just been saved or has failed (None between clips)."""


def cache_folder() -> Path:
    """The folder of the cached recordings. It need not exist."""
    return user_cache_path("posecheck") / "landmarks"


def find_landmarks(model: Path, clip: Path, target: Path, tell: Tell = lambda time_s: None) -> None:
    """Writes the recording of a clip.

    Args:
        model: The pose landmarker bundle.
        clip: The clip.
        target: The recording to write.
        tell: Called after each frame with the time reached in the clip, in seconds.

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
    """The recording of each clip. A clip that is a recording itself is returned as it is.

    Args:
        clips: Videos and recordings, in any order; the same one may come twice.
        model: Returns the pose model. Called only if at least one input is not a recording.
        folder: The folder where recordings are searched for and saved.
        keep: Whether existing recordings may be used.
        progress: Called with the progress over the clips that must be processed.
        find: Estimates the landmarks. Must be importable, because it runs in other processes.
        workers: Number of processes. None for one per processor. With 1, the work runs in this process.

    Raises:
        InputError: If clips cannot be read, with a line for each. All others are processed and saved.
        ModelError: If the pose model cannot be had.
        OutputError: If a recording cannot be written.
        KeyboardInterrupt: On Ctrl-C while landmarks are estimated. Only finished recordings are kept.
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
        # Clips with the same content are processed once.
        todo = {targets[clip]: clip for clip in missing if not (keep and is_recording(targets[clip]))}
        if todo:
            problems += _find_all(todo, partial(_look, find, bundle), folder, progress, workers or os.cpu_count() or 1)
    if problems:
        kind = next((type(error) for error in problems if not isinstance(error, InputError)), InputError)
        raise kind("\n".join(dict.fromkeys(map(str, problems))))
    return [targets[clip] for clip in clips]


def _content(clip: Path) -> str:
    """The first part of a recording's name: a hash of the clip's content."""
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
    """Processes clips, several at a time. A failure of one does not stop the others. Returns the failures.

    Args:
        todo: The clip for each recording.
        look: Processes one clip.
        folder: Where the recordings are saved.
        progress: Called with the progress.
        processes: Number of processes.
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
    """Processes one clip. May run in any process."""
    clip, target = job
    try:
        find(model, clip, target, tell)
    except OutputError as error:
        raise _unkept(target.parent.parent, error.__cause__ or error) from error
    except OSError as error:
        raise _unkept(target.parent.parent, error) from error


def _keep(clip: Path, found: Path, folder: Path, problem: Exception | None) -> None:
    """Moves a clip's recording to its final place, or raises the problem that occurred."""
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
    """A temporary folder for unfinished recordings. It is removed on exit, even if a writer was stopped midway.

    A later run removes the folder of a run that was killed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{UNFINISHED}*"):
            with suppress(OSError):  # another run may be removing it, too
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
    """The duration that a clip states, in seconds. 0 if it states none or cannot be opened, which is reported later."""
    from posecheck.sources import open_source

    try:
        with open_source(clip) as source:
            return source.info.duration_s or 0.0
    except PoseCheckError:
        return 0.0
