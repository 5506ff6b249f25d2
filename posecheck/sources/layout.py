"""How a picture is stored and how it is to be seen: turned by quarters, mirrored, with pixels that are not square."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import av
    from av.sidedata.sidedata import SideDataContainer


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """How coded pictures are to be shown.

    Attributes:
        width_px: Width of the upright picture.
        height_px: Height of the upright picture.
        transposed: Whether rows become columns, before the flips.
        flip_x: Whether left and right are swapped.
        flip_y: Whether top and bottom are swapped.
    """

    width_px: int
    height_px: int
    transposed: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @classmethod
    def of(cls, frame: av.VideoFrame, pixel_aspect: float) -> PixelLayout:
        """From a frame's display matrix (the nearest of its right angles) and the aspect of the coded pixels."""
        width, height = max(1, round(frame.width * pixel_aspect)), frame.height
        side_data = cast("SideDataContainer", frame.side_data)  # PyAV's stub takes it for a dict of something else
        if "DISPLAYMATRIX" not in side_data:
            return cls(width, height)
        # FFmpeg's display matrix is 9 int32, [a b u; c d v; x y w]: shown x = a x + c y, shown y = b x + d y.
        a, b, _, c, d = np.frombuffer(bytes(side_data["DISPLAYMATRIX"]), np.int32)[:5].tolist()
        if abs(b) > abs(a):
            return cls(height, width, True, c < 0, b < 0)
        return cls(width, height, False, a < 0, d < 0)

    def turned(self, clockwise_deg: int) -> PixelLayout:
        """The layout with the shown picture turned further, by a multiple of 90."""
        result = self
        for _ in range(clockwise_deg // 90 % 4):
            # A quarter clockwise swaps rows and columns and then left and right; swapping changes the flips' roles.
            result = PixelLayout(
                result.height_px, result.width_px, not result.transposed, not result.flip_y, result.flip_x
            )
        return result

    def mirrored(self) -> PixelLayout:
        """The layout with left and right of the shown picture swapped."""
        return replace(self, flip_x=not self.flip_x)

    def coded(self, size: tuple[int, int]) -> tuple[int, int]:
        """The (width, height) as stored of a picture that is shown with this one."""
        return size[::-1] if self.transposed else size

    def upright(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A stored (height, width, channels) picture as it is shown, C-contiguous."""
        if self.transposed:
            pixels = pixels.transpose(1, 0, 2)
        return np.ascontiguousarray(pixels[:: -1 if self.flip_y else 1, :: -1 if self.flip_x else 1], np.uint8)
