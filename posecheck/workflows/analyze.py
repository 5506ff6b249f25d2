"""Analyses one clip, picture or recording: wires a source, the estimator, a session and the files together."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from posecheck.errors import InputError, OutputError
from posecheck.judging.judgement import Judgement
from posecheck.judging.session import Session
from posecheck.judging.still import StillJudgement
from posecheck.judging.summary import Summary, summarise
from posecheck.pose.frames import Header, Source, SourceInfo, SourceKind
from posecheck.pose.landmarks import Poses
from posecheck.presenters.output.data_files import write_frames, write_summary
from posecheck.rules.stretch import Stretch
from posecheck.storage.recording import Recording, RecordingWriter, is_recording
from posecheck.workflows.pose_reader import MakeEstimator, PoseReader

RECORDING, FRAMES, SUMMARY = "recording.npz", "frames.csv", "summary.json"

Progress = Callable[[SourceInfo, float], None]
"""Called with what is analysed and the time in seconds that has been reached."""


@dataclass(frozen=True, slots=True)
class Request:
    """How to judge.

    Attributes:
        stretches: What the person does, modifications applied: a stretch alone where the user named it, a sequence
            where the one that is done is to be recognised.
        modifications: The names of those applied, by stretch.
        profile: The person whose own limits hold; None for the usual ones.
        own_limits: The stretches of which that person has limits of their own.
        start_s: Where in the clip to begin; None for its start.
        end_s: Where to end; None for its end.
        level_deg: Degrees by which the floor falls to the right in the picture; None to read it from the body.
        rotate_deg: Turn the picture clockwise by this multiple of 90 first; the floor is level in the turned picture.
        mirrored: Swap left and right first, as the clip shows them like a mirror.
        video: Draw the verdict on the clip or the picture; a recording has none to draw on.
        blur_face: Hide the face wherever a picture is shown.
    """

    stretches: Stretch | Sequence[Stretch]
    modifications: dict[str, list[str]]
    profile: str | None = None
    own_limits: Sequence[str] = ()
    start_s: float | None = None
    end_s: float | None = None
    level_deg: float | None = None
    rotate_deg: int = 0
    mirrored: bool = False
    video: bool = False
    blur_face: bool = False


def analyze(
    path: Path,
    request: Request,
    estimator: MakeEstimator,
    folder: Path,
    progress: Progress,
    drawing: Progress | None = None,
) -> Summary:
    """Analyses one input and writes its summary, its frames and, unless it is one, its recording and video.

    Args:
        path: A video, a still or a recording; told apart by content.
        request: How to judge.
        estimator: Used only where poses must be estimated.
        folder: Where the files go; made if missing. They appear, or take the place of older ones, when all is done;
            an older video or picture, which shows another verdict, is kept under `before` where no new one is drawn.
        progress: Told as the work goes on.
        drawing: Told as the video is drawn, when all the rest is done; None to tell nobody.

    Raises:
        InputError: If the input cannot be read, or shows no frame in the time asked for.
        ModelError: If the estimator cannot be had.
        OutputError: If a file cannot be written.
    """
    from posecheck.sources.pipe import on_disk
    from posecheck.workflows.annotate import PICTURE, VIDEO, annotate, unhidden

    session = Session(request.stretches, level_deg=request.level_deg)
    with on_disk(path) as path:
        with_pictures = not (path.is_file() and is_recording(path))
        with ExitStack() as unfinished:
            if with_pictures:
                header = _from_source(path, request, session, estimator, folder, progress, unfinished)
            else:
                header = _from_recording(path, request, session, progress)
            measures = session.measures()
            is_still = header.source.kind is SourceKind.STILL
            judged: Judgement | StillJudgement = session.still() if is_still else session.judgement()
            chosen = request.stretches if isinstance(request.stretches, Stretch) else None
            summary = summarise(
                header,
                judged,
                measures,
                request.modifications,
                chosen,
                clip_sha256(path),
                request.profile,
                request.own_limits,
            )
            if request.video and request.blur_face and with_pictures:
                summary["warnings"] += unhidden(measures)
            older = (folder / SUMMARY).exists()
            write_frames(folder / FRAMES, measures, judged)
            write_summary(folder / SUMMARY, summary)
        drawn = request.video and with_pictures
        if older:
            for name in (VIDEO, PICTURE):
                _set_aside(folder / name, keep=not drawn)
        if drawn:
            annotate(
                lambda: _opened(path, request),
                path,
                folder / RECORDING,
                judged,
                measures,
                folder,
                blur_face=request.blur_face,
                progress=drawing or (lambda info, time_s: None),
            )
    return summary


def clip_sha256(path: Path) -> str | None:
    """The SHA-256 of an input's content, as hexadecimal digits; None for what is no file that can be read.

    Of a recording in the folder of a result it is that of the clip, as the summary beside it says: judged again it
    is still that clip's.
    """
    if path.name == RECORDING:
        with suppress(OSError, ValueError, KeyError, TypeError):
            known = json.loads((path.parent / SUMMARY).read_text(encoding="utf-8"))["source"]["sha256"]
            if isinstance(known, str):
                return known
    if path.is_file():
        with suppress(OSError), path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return None


def before(path: Path) -> Path:
    """What a video or picture is called that shows an earlier verdict than the summary beside it."""
    return path.with_stem(f"{path.stem}-before")


def _set_aside(path: Path, *, keep: bool) -> None:
    """Takes an older video or picture away: to be drawn anew, or kept since that took long and is not done again."""
    try:
        if keep and path.exists():
            path.replace(before(path))
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path}: shows an older verdict and cannot be moved ({error.strerror}); move it, or name another "
            "folder with --out"
        ) from error


def _from_recording(path: Path, request: Request, session: Session, progress: Progress) -> Header:
    if request.rotate_deg or request.mirrored:
        raise InputError(f"{path}: is a recording, without pictures to turn; leave out --rotate and --mirrored")
    recording = Recording(path)
    seen = 0
    moving = recording.header.source.kind is SourceKind.VIDEO
    for poses in recording:
        part = _within(poses, request) if moving else poses
        if len(part):
            session.extend(part)
            seen += len(part)
            progress(recording.header.source, float(part.time_s[-1]))
    if not seen:
        raise InputError(f"{path}: no frame between --start and --end; leave them out to see how long it is")
    return recording.header


def _within(poses: Poses, request: Request) -> Poses:
    """The poses in [start, end), as a source gives them."""
    start_s = -math.inf if request.start_s is None else request.start_s
    end_s = math.inf if request.end_s is None else request.end_s
    return poses.where((poses.time_s >= start_s) & (poses.time_s < end_s))


def _from_source(
    path: Path,
    request: Request,
    session: Session,
    make: MakeEstimator,
    folder: Path,
    progress: Progress,
    unfinished: ExitStack,
) -> Header:
    """Estimates the poses; their recording takes its place when `unfinished` ends."""
    with _opened(path, request) as source:
        with PoseReader(source, make, lambda time_s: progress(source.info, time_s)) as reader:
            writer = unfinished.enter_context(RecordingWriter(folder / RECORDING))
            for block in reader:
                session.extend(block)
                writer.write(block)
        header = reader.header()
    writer.finish(header)
    return header


def _opened(path: Path, request: Request) -> Source:
    from posecheck.sources import open_source

    return open_source(
        path,
        start_s=request.start_s,
        end_s=request.end_s,
        rotate_deg=request.rotate_deg,
        mirrored=request.mirrored,
    )
