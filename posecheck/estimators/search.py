"""Finds everybody in a frame: first in the whole, then in parts at full resolution. A second cut confirms each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from posecheck.estimators.parts import GRIDS, LENGTHS, CroppedFrame, CropWindow, around, bordered, fills, tiles
from posecheck.estimators.people import are_same, body_of, difference, is_plausible, nearest, overlap
from posecheck.pose.frames import Frame
from posecheck.pose.landmarks import Floats, Pose
from posecheck.system.closing import Closable

SMALL = 0.42
"""Extent of a body over the frame's longer side, below which the body is searched in a window of its own: 270 px of
640. Of 87 bodies at each size, plain MediaPipe finds 86 at 260 px (4 of them wrong), 84 at 200 px (9 wrong) and 76 at
160 px (22 wrong; docs/evidence/small-bodies.md)."""

AGREE = 0.15
"""Two cuts agree if their joints differ by at most this (`people.difference`), which is the allowed error."""

CUTS: tuple[tuple[float, Literal[0, 1, 2]], ...] = (
    (LENGTHS, 0),
    (LENGTHS, 1),
    (1.4, 0),
    (2.6, 0),
    (LENGTHS, 2),
    (1.4, 1),
)
"""Width in body lengths and turn (`around`) of the cuts for a small body. Each is placed around the body that the last
successful cut showed. The widest is for bodies that a tile's edge has cut off the most."""

BORDERS = (0.25, 0.5)
"""Widths of the grey borders about a frame that cuts a body close, over the frame's own. The model looks at a square of
about twice the body, and sees nothing where that reaches beyond the picture. Of 37 photographs cut to the box
of the joints, 32 are found without a border and 4 of the other 5 with one; cut 4 % closer, 23 and 10 of the other 14.
Their joints lie a median 0.15 trunks from those of the whole photograph, those found without a border 0.07 and 0.12."""

VOTES = 3
"""Number of agreeing cuts that ends the search early. After all cuts two that agree are enough; one alone is not."""

SECOND_LENGTHS = 1.3
"""Width of the second cut of a large body, in body lengths. It differs from the first but holds the whole body."""


class MultiPoseEstimator(Closable, Protocol):
    """Finds people in single pictures, without tracking between them."""

    def everybody(self, frame: Frame) -> list[Pose]:
        """All people found, each with landmarks, in pixels of the frame."""


class Search(Closable):
    """Looks for everybody in one frame.

    Args:
        looker: Finds people in a picture; closed with the search.
    """

    def __init__(self, looker: MultiPoseEstimator) -> None:
        self._looker = looker

    def people(self, frame: Frame, last: Floats | None = None) -> list[Pose]:
        """Those that are confirmed by two cuts, in pixels of the frame, each once.

        Looks at the whole frame, about the place where the person was last, at its halves, and, while there is nobody,
        at its quarters. A large body in the whole frame is given as it is seen there, a small one as in its window.

        Args:
            frame: Where to look.
            last: The person followed, where they were seen last; None where nobody is followed.
        """
        search = _OneFrame(frame, self._looker)
        for pose in search.within(None):
            search.add(pose, whole=True)
        if last is not None:
            search.look_in([around(last, frame)])
            if any(are_same(body_of(pose), last) for pose in search.found):
                return search.found
        for grid in GRIDS:
            if grid == GRIDS[0] or not search.found:
                search.look_in(tiles(frame, grid))
        return search.found

    def in_tight_frame(self, frame: Frame) -> list[Pose]:
        """Those whom the frame cuts so close that they are found only with grey about it, in either of two widths.

        Args:
            frame: Where nobody was found otherwise.
        """
        search = _OneFrame(frame, self._looker)
        narrow, wide = (search.within(bordered(frame, share)) for share in BORDERS)
        return [pose for pose in wide if any(are_same(body_of(pose), body_of(other)) for other in narrow)]

    def close(self) -> None:
        """Closes the estimator."""
        self._looker.close()


class _OneFrame:
    """The search in one frame, whose full resolution is converted at most once.

    Attributes:
        found: The people confirmed so far.
    """

    def __init__(self, frame: Frame, looker: MultiPoseEstimator) -> None:
        self.found: list[Pose] = []
        self._frame = frame
        self._looker = looker
        self._picture: NDArray[np.uint8] | None = None

    def look_in(self, windows: Iterable[CropWindow]) -> None:
        """Add whoever these windows show; somebody within a body already found is taken for a part of it."""
        for window in windows:
            for pose in self.within(window):
                if not any(overlap(body_of(pose), body_of(other)) for other in self.found):
                    self.add(pose, whole=False)

    def within(self, window: CropWindow | None) -> list[Pose]:
        """The plausible people that one window shows, or the whole frame if it is None."""
        if window is None:
            people = self._looker.everybody(self._frame)
        else:
            if self._picture is None:
                self._picture = self._frame.rgb(None)
            part = CroppedFrame(self._picture, window, self._frame.time_s)
            people = [window.to_frame(pose, self._frame) for pose in self._looker.everybody(part)]
        return [pose for pose in people if is_plausible(pose)]

    def add(self, pose: Pose, *, whole: bool) -> None:
        """Add a body if a second cut confirms it and it has not been found before."""
        large = whole and fills(body_of(pose), self._frame) >= SMALL
        confirmed = self._seen_again(pose) if large else self._settled(pose)
        if confirmed is not None and not any(are_same(body_of(confirmed), body_of(other)) for other in self.found):
            self.found.append(confirmed)

    def _seen_again(self, pose: Pose) -> Pose | None:
        """The large body unchanged, if a closer cut shows it too. Else None."""
        body = body_of(pose)
        again = self.within(around(body, self._frame, SECOND_LENGTHS, turn=1))
        return pose if any(are_same(body, body_of(other)) for other in again) else None

    def _settled(self, pose: Pose) -> Pose | None:
        """The small body as most cuts about it show it. None if no two agree."""
        seen: list[Pose] = []
        for lengths, turn in CUTS:
            body = body_of(pose)
            again = nearest(self.within(around(body, self._frame, lengths, turn=turn)), body)
            if again is None:
                continue
            pose = again
            seen.append(again)
            votes = [sum(difference(body_of(one), body_of(other)) <= AGREE for other in seen) for one in seen]
            if max(votes) >= VOTES:
                break
        return seen[votes.index(max(votes))] if len(seen) > 1 and max(votes) > 1 else None
