"""A single picture as a source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from posecheck.frames import SourceInfo, SourceKind

FORMATS = ("JPEG", "PNG", "WEBP")


def is_still(path: Path) -> bool:
    """Whether the file's content is a picture."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            return image.format in ("JPEG", "MPO") or not getattr(image, "is_animated", False)
    except UnidentifiedImageError:
        return False


class StillFrame:
    """The picture."""

    def __init__(self, image: Image.Image) -> None:
        self._image = image
        self.time_s = 0.0
        self.width_px, self.height_px = image.size

    def rgb(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        """The picture."""
        image = self._image
        if max_side_px is not None and max(image.size) > max_side_px:
            scale = max_side_px / max(image.size)
            size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
            image = image.resize(size, Image.Resampling.LANCZOS)
        return np.array(image)


class StillSource:
    """One picture."""

    def __init__(self, path: Path) -> None:
        with Image.open(path, formats=FORMATS) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
        self._frame = StillFrame(upright)
        self.info = SourceInfo(path.name, SourceKind.STILL, upright.width, upright.height, 0.0, 1)
        self.frames_skipped = 0
        self.warnings: list[str] = []

    def __iter__(self) -> Iterator[StillFrame]:
        yield self._frame

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass
