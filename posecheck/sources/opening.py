"""Opens videos, pictures and cameras for other programs, each under a name of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import InputError
from posecheck.pose.frames import Source, SourceKind
from posecheck.sources import open_source

if TYPE_CHECKING:
    from posecheck.sources.camera import CameraSource


def open_video(
    path: str | Path,
    *,
    start_s: float | None = None,
    end_s: float | None = None,
    rotate_deg: int = 0,
    mirrored: bool = False,
) -> Source:
    """Opens a video file; use as a context manager and iterate over it, once, for its frames.

    Frames are upright and keep their presentation times on the whole clip, in seconds, strictly increasing.

    Args:
        path: A video (mp4, mov, webm, mkv, avi, gif, ...), whatever its name.
        start_s: Leave out frames before this time.
        end_s: Leave out frames from this time on.
        rotate_deg: Turn the picture clockwise by 90, 180 or 270 more than the file says.
        mirrored: The clip shows left and right swapped, as a mirror does: swap them back.

    Raises:
        InputError: If the file cannot be read, is no video, or holds no frame in the range.
        UsageError: If the range is negative or empty, or the picture is to be turned by no multiple of 90.
    """
    source = open_source(Path(path), start_s=start_s, end_s=end_s, rotate_deg=rotate_deg, mirrored=mirrored)
    return _of_kind(SourceKind.VIDEO, source, f"{path}: is a picture; open it with open_image")


def open_image(path: str | Path, *, rotate_deg: int = 0, mirrored: bool = False) -> Source:
    """Opens a picture: as `open_video`, with a single frame at 0 s.

    Args:
        path: A picture (jpg, png, webp, heic, avif), whatever its name.
        rotate_deg: As for `open_video`.
        mirrored: As for `open_video`.

    Raises:
        InputError: If the file cannot be read, or is no picture.
        UsageError: If the picture is to be turned by no multiple of 90.
    """
    source = open_source(Path(path), rotate_deg=rotate_deg, mirrored=mirrored)
    return _of_kind(SourceKind.STILL, source, f"{path}: moves; open it with open_video")


def open_camera(
    camera: int | str = 0, *, size: tuple[int, int] | None = None, fps: float | None = None
) -> CameraSource:
    """Opens a camera; use as a context manager. Iterating waits for each next picture, and gives the newest.

    Frames are dropped and never queued while the program is busy. Their times are seconds on a monotonic clock, 0 at
    the first frame. A camera that is lost is sought for five minutes; then, or after ``stop()``, the iteration ends.

    Args:
        camera: An index, from 0; a device (``/dev/video2``); or a URL (``rtsp://...``, ``http://...``).
        size: Width and height to ask for; None for 1280 x 720. A camera without gives the nearest that it has.
        fps: Pictures a second to ask for; None for 30.

    Raises:
        InputError: If there is no such camera, or it is used by another program or may not be used.
        UsageError: If the address is a file.
    """
    from posecheck.sources import devices

    return devices.open_camera(
        str(camera),
        size=devices.USUAL_SIZE if size is None else size,
        fps=devices.USUAL_FPS if fps is None else fps,
    )


def _of_kind(kind: SourceKind, source: Source, otherwise: str) -> Source:
    if source.info.kind is kind:
        return source
    source.close()
    raise InputError(otherwise)
