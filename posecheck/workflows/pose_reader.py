"""Reads an input into poses, block by block: a source through an estimator, a recording, or poses from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np

from posecheck.errors import InputError
from posecheck.measures.table import MEASURES
from posecheck.pose.frames import Estimator, Header, Source, SourceInfo, SourceKind
from posecheck.pose.landmarks import Joint, Pose, Poses, Side, in_blocks
from posecheck.storage.recording import Recording
from posecheck.system.closing import Closable

MakeEstimator = Callable[[SourceKind], tuple[Estimator, Mapping[str, str]]]
"""Makes the estimator for a kind of source, and returns its versions for `Header.versions`."""


NO_FRAME = "no frame between --start and --end; leave them out to see how long it is"


class PoseInput(Closable, Protocol):
    """A source of poses. Iterating yields them in blocks, in order, once."""

    def __iter__(self) -> Iterator[Poses]: ...

    def header(self) -> Header:
        """What is known of the input once all its poses have been read."""


class PoseReader(PoseInput):
    """Estimates the poses of a source; use as a context manager.

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


class RecordedPoses(PoseInput):
    """The poses of a recording.

    Args:
        path: The recording.
        start_s: Leave out poses before this time, as a source does with frames; ignored for a recorded still.
        end_s: Leave out poses from this time on, likewise.
        progress: Called after each block with the time reached.

    Raises:
        InputError: If the recording cannot be read or, while iterating, if it has no pose in the range.
    """

    def __init__(
        self,
        path: Path,
        *,
        start_s: float | None = None,
        end_s: float | None = None,
        progress: Callable[[float], None] = lambda time_s: None,
    ) -> None:
        self._path, self._progress = path, progress
        self._recording = Recording(path)
        self._start_s, self._end_s = start_s, end_s

    def __iter__(self) -> Iterator[Poses]:
        moving = self._recording.header.source.kind is SourceKind.VIDEO
        seen = 0
        for poses in self._recording:
            part = _within(poses, self._start_s, self._end_s) if moving else poses
            if len(part):
                yield part
                seen += len(part)
                self._progress(float(part.time_s[-1]))
        if not seen:
            raise InputError(f"{self._path}: {NO_FRAME}")

    def header(self) -> Header:
        """The header of the recording."""
        return self._recording.header

    def close(self) -> None:
        """Does nothing: there is nothing to close."""


class GivenPoses(PoseInput):
    """Poses that the caller already has. Several are a clip; a single one is a still.

    Args:
        poses: N poses, in one block.
        start_s: Leave out those of a clip before this time; ignored for a still.
        end_s: Leave out those from this time on, likewise.

    Raises:
        InputError: If there is no pose in the range.
    """

    def __init__(self, poses: Poses, *, start_s: float | None = None, end_s: float | None = None) -> None:
        self._poses = _within(poses, start_s, end_s) if len(poses) > 1 else poses
        self._kind = SourceKind.VIDEO if len(poses) > 1 else SourceKind.STILL
        if not len(self._poses):
            raise InputError(f"poses: {NO_FRAME}")

    def __iter__(self) -> Iterator[Poses]:
        yield self._poses

    def header(self) -> Header:
        """The header, with warnings if the poses lack the outline of the body, or do not show which side is near."""
        poses = self._poses
        info = SourceInfo("poses", self._kind, poses.width_px, poses.height_px, None, len(poses))
        warnings = []
        if not np.isfinite(poses.outline).any():
            lost = " and ".join(f"the {spec.meaning} ({name})" for name, spec in MEASURES.items() if spec.outline)
            warnings.append(
                f"The poses have no outline of the body, so {lost} is not known, and no phase or fault that rests on "
                "it is seen."
            )
        left, right = (poses.landmarks[:, [joint.on(side) for joint in Joint], 3] for side in Side)
        if np.array_equal(left, right, equal_nan=True):
            warnings.append(
                "The poses have the same visibility on both sides throughout, so the right side is taken for the near "
                "one, which alone is judged."
            )
        return Header(info, 0, tuple(warnings), {})

    def close(self) -> None:
        """Does nothing: there is nothing to close."""


def _within(poses: Poses, start_s: float | None, end_s: float | None) -> Poses:
    """The poses in [start, end), as a source gives frames."""
    start_s, end_s = -math.inf if start_s is None else start_s, math.inf if end_s is None else end_s
    return poses.where((poses.time_s >= start_s) & (poses.time_s < end_s))
