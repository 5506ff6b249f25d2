"""From coded colours to the RGB that a screen shows: any depth, HDR, transparency."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorTrc, Interpolation, VideoReformatter
from numpy.typing import NDArray

from posecheck.errors import InputError
from posecheck.sources import GREY

HDR = (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)
"""PQ (HDR10, Dolby Vision) and HLG (what phones record): their numbers taken for a screen's own look washed out."""


class Colours:
    """Turns decoded pictures into RGB of a size, in one step.

    FFmpeg's scaler does all of it: 1.2 ms from 1080p to 640 px. For HDR it fits the range and the gamut to a screen's
    by tables whose making takes 1.3 s; a scaler is therefore kept for each size that is asked for. A picture at 640 px
    then takes 4 ms.
    """

    def __init__(self) -> None:
        self._scalers: defaultdict[tuple[int, int], VideoReformatter] = defaultdict(VideoReformatter)

    def rgb(self, picture: av.VideoFrame, size: tuple[int, int]) -> NDArray[np.uint8]:
        """The picture at (width, height) as (height, width, 3) RGB; what is transparent shows `GREY`.

        Raises:
            InputError: If its colours are of no kind that can be converted.
        """
        to_screen: dict[str, Any] = {}
        if picture.color_trc in HDR:
            to_screen = {"dst_color_trc": ColorTrc.IEC61966_2_1, "dst_color_primaries": ColorPrimaries.BT709}
        transparent = any(component.is_alpha for component in picture.format.components)
        try:
            # AREA averages what it shrinks, and leaves no moiré for the model to see.
            small = self._scalers[size].reformat(
                picture, *size, "rgba" if transparent else "rgb24", interpolation=Interpolation.AREA, **to_screen
            )
        except (av.FFmpegError, ValueError) as error:
            raise InputError(
                f"a picture's colours ({picture.format.name}) cannot be shown; convert the clip to mp4 (H.264)"
            ) from error
        pixels = np.asarray(small.to_ndarray(), np.uint8)
        return over_grey(pixels) if transparent else pixels


def over_grey(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(height, width, 4) pixels, colours not multiplied by their opacity, laid over `GREY`: (height, width, 3)."""
    opacity = rgba[..., 3:].astype(np.uint16)
    return ((rgba[..., :3] * opacity + GREY * (255 - opacity) + 127) // 255).astype(np.uint8)
