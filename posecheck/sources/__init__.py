"""Where frames come from: video files (`video`), stills (`still`), moving webp (`animated`), told by their content."""

from __future__ import annotations

import os
from pathlib import Path

from posecheck.errors import InputError, UsageError
from posecheck.pose.frames import Source

HEADER_BYTES = 12
"""Enough to tell every kind of picture named below: a RIFF header is 4 bytes of tag, 4 of length, 4 of kind."""

MIN_SIDE_PX = 32
"""A picture below shows nobody: the model's own view has 224 px, and a body of 60 px is not found in it."""

GREY = 128
"""What lies behind a transparent picture: of no colour, and of a brightness that no body is lost against."""

STILL_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2", b"avif")
"""Kinds of single pictures (HEIC, AVIF) among the files that begin as an mp4 does."""


def open_source(
    path: Path,
    *,
    start_s: float | None = None,
    end_s: float | None = None,
    rotate_deg: int = 0,
    mirrored: bool = False,
) -> Source:
    """Open a clip or a still; every source that opens yields at least one frame.

    The upright picture, whose pixels all coordinates count, is the stored one turned as the file says, then turned
    by `rotate_deg`, then, if `mirrored`, with its left and right swapped. It is what the camera saw: what is found in
    it as the left arm is the person's left arm, and whatever is drawn on a frame's own picture fits. Of a mirrored
    clip that picture is the other way round than the file looks in a player; x there is width - x here.

    Args:
        path: A video (mp4, mov, webm, mkv, avi, gif, ...) or a picture (jpg, png, webp, heic, avif), whatever its name.
        start_s: Leave out frames before this time, in seconds on the clip; ignored for a still.
        end_s: Leave out frames from this time on; ignored for a still.
        rotate_deg: Turn the picture clockwise by 90, 180 or 270 more than the file says.
        mirrored: The clip comes from an app that swaps left and right, as a mirror does: swap them back.

    Returns:
        A source that can be read through once. Frames keep their times on the whole clip.

    Raises:
        InputError: If the file is missing, unreadable, empty, of no known kind, or holds no frame in the range.
        UsageError: If the range is negative or empty, or the picture is to be turned by no multiple of 90.
    """
    if rotate_deg % 90:
        raise UsageError(f"a picture cannot be turned by {rotate_deg} degrees; give 90, 180 or 270")
    if (start_s is not None and start_s < 0) or (end_s is not None and end_s <= (start_s or 0.0)):
        raise UsageError(f"the range {start_s or 0:g}-{end_s} s is empty; give a start from 0 and an end after it")
    if _is_picture(_header(path)):
        from posecheck.sources.still import StillSource, is_animated

        if not is_animated(path):
            return StillSource(path, rotate_deg=rotate_deg, mirrored=mirrored)
        if _is_webp(_header(path)):  # which FFmpeg opens, in some builds, without its movement
            from posecheck.sources.animated import AnimatedSource

            return AnimatedSource(path, start_s=start_s or 0.0, end_s=end_s, rotate_deg=rotate_deg, mirrored=mirrored)
    from posecheck.sources.video import VideoSource

    return VideoSource(path, start_s=start_s or 0.0, end_s=end_s, rotate_deg=rotate_deg, mirrored=mirrored)


def check_size(path: Path, width_px: int, height_px: int) -> None:
    """Refuses a picture too small to show a person.

    Raises:
        InputError: If its shorter side is below `MIN_SIDE_PX`.
    """
    if min(width_px, height_px) < MIN_SIDE_PX:
        raise InputError(f"{path}: has {width_px}x{height_px} pixels, too few to show a person; export it larger")


def fitted_size(width_px: int, height_px: int, max_side_px: int | None) -> tuple[int, int]:
    """The (width, height) of a picture shrunk so that its longer side is at most `max_side_px`, if that is given."""
    shrink = 1.0 if max_side_px is None else min(1.0, max_side_px / max(width_px, height_px))
    return max(1, round(width_px * shrink)), max(1, round(height_px * shrink))


def shown_name(path: Path) -> str:
    """A file's name as text that any file or screen takes; names on Linux may hold bytes that are no text."""
    return os.fsencode(path.name).decode(errors="replace")


def _header(path: Path) -> bytes:
    """The file's first bytes; InputError if it is no file that can be read."""
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a folder; name a video or picture in it")
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: is not a file on a disk; save the clip to one first")
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; check the path") from error
    except PermissionError as error:
        raise InputError(f"{path}: may not be read; allow it with: chmod u+r") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the disk or copy the file again") from error
    if not header:
        raise InputError(f"{path}: is empty; copy or record it again")
    return header


def _is_picture(header: bytes) -> bool:
    """Whether a file that begins so is a jpg, png, webp, heic or avif."""
    if header[4:8] == b"ftyp":
        return header[8:] in STILL_BRANDS
    return header.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or _is_webp(header)


def _is_webp(header: bytes) -> bool:
    return (header[:4], header[8:]) == (b"RIFF", b"WEBP")
