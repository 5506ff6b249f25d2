"""Live use without a hurry: a clip whose clock moves on only while its next frame is waited for, and looked at.

So a slow machine looks at the same frames as a quick one. `python -m tests.support.unhurried SECONDS practice ...` is
the command `posecheck practice ...` with clips played like that, which come to a stand at so many seconds.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from functools import partial

from posecheck.cli import main
from posecheck.pose.frames import Frame, Source
from posecheck.sources import paced


class UnhurriedSource(paced.PacedSource):
    """A clip on a clock of its own.

    Args:
        source: The clip.
        looks_s: How long each frame is looked at on that clock; those that come meanwhile are missed.
        stands_s: From here on the next frame does not come until a `stop`.
    """

    def __init__(self, source: Source, *, looks_s: float = 0.15, stands_s: float = math.inf) -> None:
        self._clock_s = 0.0
        self._looks_s, self._stands_s = looks_s, stands_s
        super().__init__(source, clock=lambda: self._clock_s, sleep=self._wait)

    def _wait(self, seconds: float) -> None:
        self._clock_s += seconds

    def _when_due(self, frame: Frame) -> Iterator[Frame]:
        if frame.time_s >= self._stands_s:
            self._stopped.wait()
        yield from super()._when_due(frame)
        self._clock_s += self._looks_s


if __name__ == "__main__":
    paced.PacedSource = partial(UnhurriedSource, stands_s=float(sys.argv.pop(1)))  # type: ignore[assignment, misc]
    main()
