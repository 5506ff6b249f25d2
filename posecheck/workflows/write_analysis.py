"""Analyses one input and writes the result into a folder: summary, table of frames, recording and drawn video."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from posecheck.errors import OutputError
from posecheck.judging.summary import Summary
from posecheck.presenters.output.data_files import write_frames, write_summary
from posecheck.storage.recording import RecordingWriter, is_recording
from posecheck.workflows.analyze import (
    FRAMES,
    RECORDING,
    SUMMARY,
    Progress,
    Request,
    clip_sha256,
    conclude,
    open_pictures,
    open_poses,
    read,
)
from posecheck.workflows.pose_reader import MakeEstimator


def write_analysis(
    path: Path,
    request: Request,
    estimator: MakeEstimator,
    folder: Path,
    progress: Progress,
    *,
    video: bool = False,
    blur_face: bool = False,
    drawing: Progress = lambda info, time_s: None,
) -> Summary:
    """Analyses one input and writes its summary, its frames and, unless it is one, its recording and video.

    Args:
        path: A video, a still or a recording; told apart by content.
        request: How to judge.
        estimator: Used only where poses must be estimated.
        folder: Where the files go; made if missing. They appear, or take the place of older ones, when all is done;
            an older video or picture, which shows another verdict, is kept under `before` where no new one is drawn.
        progress: Called as the work goes on.
        video: Draw the verdict on the clip or the picture; a recording has none to draw on.
        blur_face: Hide the face wherever a picture is shown.
        drawing: Called as the video is drawn, when all the rest is done.

    Raises:
        InputError: If the input cannot be read, or shows no frame in the time asked for.
        ModelError: If the estimator cannot be had.
        OutputError: If a file cannot be written.
    """
    from posecheck.sources.pipe import on_disk
    from posecheck.workflows.annotate import PICTURE, VIDEO, annotate, unhidden

    with on_disk(path) as path:
        with_pictures = not (path.is_file() and is_recording(path))
        with ExitStack() as unfinished:
            with open_poses(path, request, estimator, progress) as poses:
                if with_pictures:  # opened only now: a bad input leaves no folder
                    writer = unfinished.enter_context(RecordingWriter(folder / RECORDING))
                    session, header = read(poses, request, writer.write)
                    writer.finish(header)
                else:
                    session, header = read(poses, request)
            result = conclude(session, header, request, clip_sha256(path))
            if video and blur_face and with_pictures:
                result.summary["warnings"] += unhidden(result.measures)
            older = (folder / SUMMARY).exists()
            write_frames(folder / FRAMES, result.measures, result.judged)
            write_summary(folder / SUMMARY, result.summary)
        drawn = video and with_pictures
        if older:
            for name in (VIDEO, PICTURE):
                _set_aside(folder / name, keep=not drawn)
        if drawn:
            annotate(
                lambda: open_pictures(path, request),
                path,
                folder / RECORDING,
                result.judged,
                result.measures,
                folder,
                blur_face=blur_face,
                progress=drawing,
            )
    return result.summary


def before(path: Path) -> Path:
    """The name of a video or picture whose verdict is older than the summary beside it."""
    return path.with_stem(f"{path.stem}-before")


def _set_aside(path: Path, *, keep: bool) -> None:
    """Removes an older video or picture if a new one will be drawn. Otherwise renames it, as drawing it took long."""
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
