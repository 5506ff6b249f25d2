"""Draws the verdict on a clip or a picture: a second pass over it, now that all of it has been judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from posecheck.judging.judgement import Judgement
from posecheck.judging.still import StillJudgement
from posecheck.measures.measurer import Measures
from posecheck.pose.frames import Frame, Source, SourceInfo
from posecheck.pose.landmarks import Pose, Poses
from posecheck.presenters.drawing.canvas import Picture
from posecheck.presenters.drawing.clip_scenes import ClipScenes
from posecheck.presenters.drawing.face_blur import Heads, hide
from posecheck.presenters.drawing.overlay import Overlay
from posecheck.presenters.drawing.scene import still_scene
from posecheck.presenters.output.video import VideoWriter, write_picture
from posecheck.storage.recording import Recording

VIDEO, PICTURE = "annotated.mp4", "annotated.png"

MOST_SIDE_PX = 3840
"""The longer side of a video: 4K. Of 8K x264 alone takes 2.8 GB, and few players show it."""

SAME_S = 0.0005
"""Two times that differ by no more than this belong to the same frame."""


def annotate(
    source: Callable[[], Source],
    clip: Path,
    recording: Path,
    judged: Judgement | StillJudgement,
    measures: Measures,
    folder: Path,
    *,
    blur_face: bool,
    progress: Callable[[SourceInfo, float], None],
) -> None:
    """Writes `annotated.mp4`, of at most 4K, or `annotated.png` for a still.

    Args:
        source: Opens the input again, as it was opened for the analysis.
        clip: The input itself, for its sound.
        recording: The poses detected in it, read block by block.
        judged: The judgement of all of it.
        measures: The measures of all of it.
        folder: Where the file goes.
        blur_face: Whether the head is hidden under a mosaic.
        progress: Called after each frame with the source's info and the frame's time in seconds.

    Raises:
        InputError: If the input cannot be read again.
        OutputError: If the file cannot be written.
    """
    heads = Heads.of(Recording(recording)) if blur_face else None
    overlay = Overlay()
    is_still = isinstance(judged, StillJudgement)

    def pictures(frames: Source) -> Iterator[tuple[int, float, Pose, Picture]]:
        """Each frame that was judged: its index, time, pose and picture, the face hidden if asked."""
        for index, frame, pose in _paired(frames, Recording(recording)):
            picture = frame.rgb(None if is_still else MOST_SIDE_PX)
            region = None if heads is None else heads.at(index)
            if region is not None:
                height, width = picture.shape[:2]
                hide(picture, region, (width / pose.width_px, height / pose.height_px))
            yield index, frame.time_s, pose, picture
            progress(frames.info, frame.time_s)

    with source() as frames:
        if isinstance(judged, StillJudgement):
            for _, _, pose, picture in pictures(frames):
                overlay.draw(picture, still_scene(judged, measures, pose))
                write_picture(folder / PICTURE, picture)
        else:
            scenes = ClipScenes(judged)
            with VideoWriter(folder / VIDEO, clip=clip, start_s=float(measures.time_s[0])) as writer:
                for index, time_s, pose, picture in pictures(frames):
                    overlay.draw(picture, scenes.at(index, pose))
                    writer.write(picture, time_s)


def unhidden(measures: Measures) -> list[str]:
    """Warnings, as plain sentences, to read before sharing a video in which faces should be hidden."""
    seen = np.isfinite(measures.view.off_side_on_deg)
    frames = Heads.unknown_of(measures.time_s, seen)
    if not frames:
        return []
    return [
        f"{frames} of {len(seen)} frames have no face hidden, as nobody was found near them: look before you share."
    ]


def _paired(frames: Source, blocks: Iterable[Poses]) -> Iterator[tuple[int, Frame, Pose]]:
    """Frames with the index and the pose of the same time; a frame that was not judged is left out."""
    poses = enumerate(pose for block in blocks for pose in block.singly())
    index, pose = next(poses)
    for frame in frames:
        while pose.time_s < frame.time_s - SAME_S:
            following = next(poses, None)
            if following is None:
                return
            index, pose = following
        if abs(pose.time_s - frame.time_s) <= SAME_S:
            yield index, frame, pose
