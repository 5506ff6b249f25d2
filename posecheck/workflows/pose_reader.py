"""Reads the frames of a source into poses: the one way in for every use that estimates poses from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from posecheck.pose.frames import Estimator, Header, Source, SourceKind
from posecheck.pose.landmarks import Pose, Poses, in_blocks
from posecheck.system.closing import Closable

MakeEstimator = Callable[[SourceKind], tuple[Estimator, Mapping[str, str]]]
"""Makes the estimator for what a source shows, and says what it is made of, as `Header.versions` wants it."""


class PoseReader(Closable):
    """Estimates the poses of a source; use as a context manager. Iterating yields them in blocks, in order.

    Args:
        source: An open source. It stays open; closing it is the caller's.
        make: Makes the estimator, which closes with the reader.
        progress: Called after each frame with its time in seconds.

    Raises:
        ModelError: If the estimator cannot be had.
    """

    def __init__(
        self, source: Source, make: MakeEstimator, progress: Callable[[float], None] = lambda time_s: None
    ) -> None:
        self._source, self._progress = source, progress
        self._estimator, self._versions = make(source.info.kind)

    def __iter__(self) -> Iterator[Poses]:
        return in_blocks(self._poses())

    def _poses(self) -> Iterator[Pose]:
        for frame in self._source:
            yield self._estimator.estimate(frame)
            self._progress(frame.time_s)

    def header(self) -> Header:
        """What is known of the source once all its poses have been read."""
        warnings = (*self._source.warnings, *self._estimator.warnings)
        return Header(self._source.info, self._source.frames_skipped, warnings, self._versions)

    def close(self) -> None:
        """Closes the estimator."""
        self._estimator.close()
