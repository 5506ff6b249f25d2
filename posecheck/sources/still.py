"""A single picture (jpg, png, webp, heic, avif) as a source, through Pillow."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pi_heif
from numpy.typing import NDArray
from PIL import Image, ImageOps

from posecheck.errors import InputError
from posecheck.pose.frames import SourceInfo, SourceKind
from posecheck.sources import GREY, check_size, fitted_size, shown_name
from posecheck.system.closing import Closable

pi_heif.register_heif_opener()

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")
"""What is read. Pillow knows more, some of them through outside programs (EPS): those are kept out."""


@dataclass(frozen=True, slots=True)
class StillFrame:
    """The picture, upright and decoded.

    Attributes:
        image: In Pillow's RGB mode.
        time_s: 0 of a still.
    """

    image: Image.Image
    time_s: float = 0.0

    @property
    def width_px(self) -> int:
        """Width of the upright picture."""
        return self.image.width

    @property
    def height_px(self) -> int:
        """Height of the upright picture."""
        return self.image.height

    def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        """The picture as (height, width, 3) RGB, its longer side at most `max_side_px`."""
        size = fitted_size(self.width_px, self.height_px, max_side_px)
        # Pillow's bilinear filter widens with the shrink: it averages, and leaves no moiré for the model to see.
        shrunk = self.image if size == self.image.size else self.image.resize(size, Image.Resampling.BILINEAR)
        return np.array(shrunk)


class StillSource(Closable):
    """One frame at time 0.

    Args:
        path: A jpg, png, webp, heic or avif.
        rotate_deg: Turn the picture clockwise by this multiple of 90, when it has been turned as the file says.
        mirrored: Swap left and right of the turned picture.

    Raises:
        InputError: If the picture is damaged, cut off, too small, or too large to hold.
    """

    def __init__(self, path: Path, *, rotate_deg: int = 0, mirrored: bool = False) -> None:
        with opened(path) as image:
            self._frame = StillFrame(upright(image, rotate_deg=rotate_deg, mirrored=mirrored))
        check_size(path, *self._frame.image.size)
        self._frames = iter([self._frame])
        self.info = SourceInfo(shown_name(path), SourceKind.STILL, self._frame.width_px, self._frame.height_px, 0.0, 1)
        self.frames_skipped = 0
        self.warnings: list[str] = []

    def __iter__(self) -> Iterator[StillFrame]:
        return self._frames

    def close(self) -> None:
        """Nothing to close: the file was, when the picture had been read."""


def is_animated(path: Path) -> bool:
    """Whether a png or webp moves. A jpg never does: phones hide a second picture (a gain map) in theirs.

    Raises:
        InputError: If the picture is damaged.
    """
    with opened(path) as image:
        return image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False)


def upright(image: Image.Image, *, rotate_deg: int, mirrored: bool) -> Image.Image:
    """In RGB, turned as the file says and then clockwise by `rotate_deg`, then mirrored."""
    turned = _opaque(ImageOps.exif_transpose(image)).rotate(-rotate_deg, expand=True)
    return ImageOps.mirror(turned) if mirrored else turned


def _opaque(image: Image.Image) -> Image.Image:
    """In RGB, what is transparent laid over grey."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    grey = Image.new("RGBA", image.size, (GREY, GREY, GREY))
    return Image.alpha_composite(grey, image.convert("RGBA")).convert("RGB")


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """The picture, with what Pillow raises on opening or reading it turned into InputError."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of damaged EXIF, without which a picture can be read, and of 89 megapixels, of which phones
            # take 108. From 179 on it refuses, which is reported below.
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as image:
                yield image
    except Image.DecompressionBombError as error:
        raise InputError(f"{path}: is too large a picture; shrink it to less than 100 megapixels") from error
    except (OSError, ValueError, SyntaxError, struct.error) as error:  # all of which Pillow's readers let through
        raise InputError(f"{path}: is a damaged picture ({error}); copy it again") from error
