"""A scalable font, found on whatever machine this is; none travels with posecheck."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

SHIPPED = (("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf"), ("cv2", "qt/fonts/DejaVuSans.ttf"))
"""Fonts inside packages: both generations of MediaPipe require matplotlib, OpenCV's wheel for Linux has one too."""

INSTALLED = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "segoeui.ttf",
    "Arial.ttf",
    "arial.ttf",
)
"""Looked for by name in the system's font folders, where Pillow knows to look: Linux, Windows, macOS."""

Font = ImageFont.FreeTypeFont


@lru_cache(maxsize=1)
def font_path() -> str | None:
    """Where a font with Latin, Greek and Cyrillic letters lies; None for Pillow's own, which knows Latin alone."""
    for candidate in _candidates():
        try:
            return str(ImageFont.truetype(candidate, 16).path)
        except OSError:
            continue
    return None


@lru_cache(maxsize=64)
def font(size_px: int) -> Font:
    """The font at a size in pixels an em."""
    path = font_path()
    if path is not None:
        return ImageFont.truetype(path, size_px)
    built_in = ImageFont.load_default(size_px)
    if not isinstance(built_in, Font):  # a Pillow without FreeType: no wheel of it is
        raise OSError("Pillow was built without FreeType; install its wheel: pip install --force-reinstall pillow")
    return built_in


@lru_cache(maxsize=64)
def size_for(letter_px: float) -> int:
    """The font size at which a capital letter is at least `letter_px` high."""
    size = max(4, round(letter_px))
    while letter_height(size) < letter_px:
        size += 1
    return size


@lru_cache(maxsize=256)
def letter_height(size_px: int) -> int:
    """The height in pixels of a capital letter at a font size."""
    _, top, _, bottom = font(size_px).getbbox("H")
    return round(bottom - top)


def _candidates() -> Iterator[str]:
    for package, inside in SHIPPED:
        spec = importlib.util.find_spec(package)  # finds the package without importing it
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            if (path := Path(folder) / inside).is_file():
                yield str(path)
    yield from INSTALLED
