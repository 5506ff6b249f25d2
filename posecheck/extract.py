"""Landmarks of clips, found once and kept: what tuning and judging again begin with.

A recording lies in the cache under the clip's content and what found its landmarks, so that a clip that is renamed is
not looked at again and one that has changed is.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from platformdirs import user_cache_path

from posecheck.analyze import mediapipe_estimator
from posecheck.errors import InputError, OutputError, PoseCheckError
from posecheck.frames import Header
from posecheck.landmarks import in_blocks
from posecheck.recording import VERSION, RecordingWriter, is_recording

Find = Callable[[Path, Path], None]
"""Finds the landmarks of a clip and writes them to a recording."""

Progress = Callable[[Path, int, int], None]
"""Called with a clip that is done, how many are, and how many there are to do."""


def cache_folder() -> Path:
    """Where recordings are kept; need not exist."""
    return user_cache_path("posecheck") / "landmarks"


def find_landmarks(model: Path, clip: Path, target: Path) -> None:
    """Writes the recording of a clip.

    Raises:
        InputError: If the clip cannot be read.
        ModelError: If the model cannot be loaded.
        OutputError: If the recording cannot be written.
    """
    from posecheck.sources import open_source

    with open_source(clip) as source:
        made, versions = mediapipe_estimator(lambda: model, source.info.kind)
        with made as estimator, RecordingWriter(target) as writer:
            for block in in_blocks(estimator.estimate(frame) for frame in source):
                writer.write(block)
            told = (*source.warnings, *estimator.warnings)
            writer.finish(Header(source.info, source.frames_skipped, told, versions))


def recordings(
    clips: Sequence[Path],
    model: Callable[[], Path],
    *,
    folder: Path,
    keep: bool = True,
    progress: Progress = lambda clip, done, total: None,
    find: Callable[[Path, Path, Path], None] = find_landmarks,
    workers: int | None = None,
) -> list[Path]:
    """The recording of each clip; one that is a recording is its own.

    Args:
        clips: Videos and recordings, in any order; the same one may come twice.
        model: Gives the pose model; asked only if there is a clip to look at.
        folder: Where recordings are looked for and put.
        keep: Whether those that are there already may be used.
        progress: Told of each clip that had to be looked at.
        find: Finds the landmarks with a model; must be importable, as it runs in other processes.
        workers: Processes at a time; None for as many as there are processors. With 1 it runs in this process.

    Raises:
        InputError: With each clip that cannot be read, a line each; all others are done and kept.
        ModelError: If the pose model cannot be had.
        OutputError: If a recording cannot be written.
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
        problems += _find_all(todo, partial(find, bundle), progress, workers or os.cpu_count() or 1)
    if problems:
        kind = next((type(error) for error in problems if not isinstance(error, InputError)), InputError)
        raise kind("\n".join(map(str, problems)))
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


def _find_all(todo: dict[Path, Path], find: Find, progress: Progress, workers: int) -> list[PoseCheckError]:
    """Looks at clips, several at a time; what goes wrong with one stops no other."""
    problems: list[PoseCheckError] = []

    def tell(clip: Path, done: int, outcome: Callable[[], None]) -> None:
        try:
            outcome()
        except PoseCheckError as error:
            problems.append(error)
        except OSError as error:
            problems.append(OutputError(f"{clip}: its landmarks cannot be kept ({error.strerror or error})"))
        progress(clip, done, len(todo))

    if min(workers, len(todo)) <= 1:
        for done, (target, clip) in enumerate(todo.items(), 1):
            tell(clip, done, partial(find, clip, target))
        return problems
    # A forked process would share the threads of whatever is loaded here; a spawned one is clean.
    context = multiprocessing.get_context("spawn")
    others = multiprocessing.active_children()
    with ProcessPoolExecutor(min(workers, len(todo)), mp_context=context, initializer=_let_be_stopped) as pool:
        try:
            with _interrupts_held():
                futures = {pool.submit(_find_one, find, clip, target): clip for target, clip in todo.items()}
            for done, future in enumerate(as_completed(futures), 1):
                tell(futures[future], done, partial(_result, future))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                if process not in others:
                    process.terminate()
            raise
    return problems


def _result(future: Future[None]) -> None:
    future.result()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits, and never reaches a process that is started meanwhile: this one alone ends the others."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _let_be_stopped() -> None:
    """In a process of the pool: being ended lets a recording under way vanish first."""

    def stop(number: int, frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise SystemExit

    signal.signal(signal.SIGTERM, stop)


def _find_one(find: Find, clip: Path, target: Path) -> None:
    try:
        find(clip, target)
    except SystemExit:
        os._exit(1)  # else the pool would hand out the next clip
