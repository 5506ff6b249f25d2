"""Judges one clip, picture, recording or array of poses as a whole, and writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from posecheck.errors import InputError, UsageError
from posecheck.judging.frame_table import frame_table
from posecheck.judging.holds import ScoredHold
from posecheck.judging.judgement import Judgement
from posecheck.judging.session import Session
from posecheck.judging.still import StillJudgement
from posecheck.judging.summary import Summary, summarise
from posecheck.measures.measurer import Measures
from posecheck.pose.frames import Estimator, Header, Source, SourceInfo, SourceKind
from posecheck.pose.landmarks import Poses
from posecheck.rules.stretch import Stretch
from posecheck.storage.recording import is_recording
from posecheck.workflows.pose_reader import GivenPoses, MakeEstimator, PoseInput, PoseReader, RecordedPoses

if TYPE_CHECKING:
    from posecheck.estimators.people import Who

RECORDING, FRAMES, SUMMARY = "recording.npz", "frames.csv", "summary.json"
"""The files of a result."""

Progress = Callable[[SourceInfo, float], None]
"""Called with what is analysed and the time in seconds that has been reached."""

TakeBlock = Callable[[Poses], None]
"""Called with each block of poses that was read."""


@dataclass(frozen=True, slots=True)
class Request:
    """How to judge.

    Attributes:
        stretches: The stretches to judge by, with modifications applied. A single stretch if the user named it; a
            sequence if the one that is done is to be recognised.
        modifications: The names of the modifications applied, by stretch.
        profile: The person whose own limits hold; None for the usual ones.
        own_limits: The stretches of which that person has limits of their own.
        start_s: Where in the clip to begin; None for its start.
        end_s: Where to end; None for its end.
        level_deg: Degrees by which the floor falls to the right in the picture; None to read it from the body.
        rotate_deg: Turn the picture clockwise by this multiple of 90 first; the floor is level in the turned picture.
        mirrored: Swap left and right first, as the clip shows them like a mirror.
    """

    stretches: Stretch | Sequence[Stretch]
    modifications: Mapping[str, list[str]] = field(default_factory=dict)
    profile: str | None = None
    own_limits: Sequence[str] = ()
    start_s: float | None = None
    end_s: float | None = None
    level_deg: float | None = None
    rotate_deg: int = 0
    mirrored: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class AnalysisResult:
    """The result of an analysis.

    Attributes:
        header: What was read: the source, what was lost of it, and what made the poses.
        judged: The judgement: of a clip a `Judgement`, of a picture a `StillJudgement`.
        measures: All measures of all N frames.
        summary: What `posecheck analyze` writes as ``summary.json``: plain data, described by
            ``docs/summary.schema.json``.
    """

    header: Header
    judged: Judgement | StillJudgement
    measures: Measures
    summary: Summary

    @property
    def judgement(self) -> Judgement:
        """The judgement of a clip.

        Raises:
            ValueError: If the input was a picture. `still` has its judgement.
        """
        if isinstance(self.judged, Judgement):
            return self.judged
        raise ValueError(f"{self.header.source.name} is a single picture: read .still instead of .judgement")

    @property
    def still(self) -> StillJudgement:
        """The judgement of a picture.

        Raises:
            ValueError: If the input was a clip. `judgement` has its judgement.
        """
        if isinstance(self.judged, StillJudgement):
            return self.judged
        raise ValueError(f"{self.header.source.name} is a clip: read .judgement instead of .still")

    @property
    def holds(self) -> tuple[ScoredHold, ...]:
        """The holds of all segments of a clip, in order. Empty for a picture."""
        return self.judged.holds if isinstance(self.judged, Judgement) else ()

    @property
    def frames(self) -> dict[str, NDArray[Any]]:
        """The columns of ``frames.csv`` by name, unrounded: an array of N values each, put together anew on each use.

        ``time_s`` in seconds; ``state``, ``stretch``, ``phase`` and ``faults`` (rule names with spaces between them)
        as texts, empty where there is nothing to say; of each measure its value, such as ``knee_flexion_deg`` or, of
        a ratio, ``elbow_lead_ratio``, and its standard uncertainty in the same unit, such as
        ``knee_flexion_uncertainty``; and ``off_side_on_deg``, 0 for a pure side view. NaN where nothing is known.
        """
        return {column.name: column.values for column in frame_table(self.measures, self.judged)}


def analyze(
    source: str | Path | Poses,
    stretch: str | Path | Stretch | Sequence[str | Path | Stretch] | None = None,
    *,
    modifications: Sequence[str] = (),
    start_s: float | None = None,
    end_s: float | None = None,
    level_deg: float | None = None,
    rotate_deg: int = 0,
    mirrored: bool = False,
    who: Who = "auto",
    model: str | Path | None = None,
    progress: Progress = lambda info, time_s: None,
    on_poses: TakeBlock = lambda poses: None,
) -> AnalysisResult:
    """Judges a whole clip or picture. Writes nothing.

    A clip is read once. Of each frame its measures are kept, 0.6 kB, and no picture: an hour at 30 frames a second
    takes 62 MB.

    Args:
        source: A video, a picture or a recording, told apart by content; or poses (`poses_from_arrays`), of which one
            alone is judged as a picture.
        stretch: The stretch that is done: its name, the path of a rule file, or the stretch itself. Of a sequence the
            one that is done is recognised. None: of all that are known by name.
        modifications: Variants to judge by, such as ``sore-wrists``, each in every stretch that has it.
        start_s: Leave out what is before this second of the clip; it keeps its times. Ignored for a picture.
        end_s: Leave out what is from this second on.
        level_deg: Degrees by which the floor falls to the right in the picture; None to read it from the body.
        rotate_deg: Turn the picture clockwise by 90, 180 or 270 first.
        mirrored: Swap left and right first, as the clip shows them like a mirror.
        who: The person to judge, of several: ``"left"``, ``"right"``, ``"largest"`` or a number from the left,
            from 1.
        model: A pose landmarker bundle (``.task``); None for the default one.
        progress: Called after each frame with what is read and the time in seconds that has been reached.
        on_poses: Called with each block of poses once it has been read, such as ``RecordingWriter.write`` or
            ``list.append``: a minute at 30 frames a second has about 4 MB of them.

    Raises:
        InputError: If the source cannot be read, or has no frame in the time asked for.
        ModelError: If poses must be estimated and the model cannot be had.
        RuleFileError: If a stretch is unknown, or a rule file faulty: without it another stretch might be recognised.
        UsageError: If a modification belongs to none of the stretches, the range is empty, or an option does not fit
            the source.
    """
    from posecheck.sources.pipe import on_disk

    usual = _stretches(stretch)
    applied = applied_modifications(usual, modifications)
    varied = [one.modified(applied[one.name]) for one in usual]
    request = Request(
        varied[0] if isinstance(stretch, str | Path | Stretch) else varied,
        applied,
        start_s=start_s,
        end_s=end_s,
        level_deg=level_deg,
        rotate_deg=rotate_deg,
        mirrored=mirrored,
    )
    if isinstance(source, Poses):
        if rotate_deg or mirrored:
            raise UsageError("poses have no picture to turn; leave out rotate_deg and mirrored")
        with GivenPoses(source, start_s=start_s, end_s=end_s) as poses:
            return conclude(*read(poses, request, on_poses), request, None)
    with on_disk(Path(source)) as path:
        with open_poses(path, request, partial(_estimator, model, who), progress) as poses:
            session, header = read(poses, request, on_poses)
        return conclude(session, header, request, clip_sha256(path))


def _stretches(wanted: str | Path | Stretch | Sequence[str | Path | Stretch] | None) -> list[Stretch]:
    from posecheck.storage.rule_files import load_stretch, stretches

    if wanted is None:
        return stretches()
    several = [wanted] if isinstance(wanted, str | Path | Stretch) else wanted
    if not several:
        raise UsageError("no stretch to judge by; name one, or leave it out to recognise any")
    return [one if isinstance(one, Stretch) else load_stretch(one) for one in several]


def _estimator(model: str | Path | None, who: Who, kind: SourceKind) -> tuple[Estimator, Mapping[str, str]]:
    from posecheck.estimators.factory import PoseEstimator

    estimator = PoseEstimator(model, who=who, moving=kind is SourceKind.VIDEO)
    return estimator, estimator.versions


@contextmanager
def open_poses(path: Path, request: Request, make: MakeEstimator, progress: Progress) -> Iterator[PoseInput]:
    """The poses of a video, a still or a recording, told apart by content.

    Args:
        path: The file.
        request: What of it to read, and how it is turned.
        make: Makes the estimator, only where poses must be estimated.
        progress: Called as the work goes on.

    Raises:
        InputError: If the input cannot be read.
        ModelError: If the estimator cannot be had.
    """
    if path.is_file() and is_recording(path):
        if request.rotate_deg or request.mirrored:
            raise InputError(f"{path}: is a recording, without pictures to turn; leave out --rotate and --mirrored")
        with RecordedPoses(
            path,
            start_s=request.start_s,
            end_s=request.end_s,
            progress=lambda time_s: progress(recorded.header().source, time_s),
        ) as recorded:
            yield recorded
        return
    with (
        open_pictures(path, request) as source,
        PoseReader(source, make, lambda time_s: progress(source.info, time_s)) as reader,
    ):
        yield reader


def open_pictures(path: Path, request: Request) -> Source:
    """The frames of a video or a still, turned and limited in time as the request says."""
    from posecheck.sources import open_source

    return open_source(
        path,
        start_s=request.start_s,
        end_s=request.end_s,
        rotate_deg=request.rotate_deg,
        mirrored=request.mirrored,
    )


def read(poses: PoseInput, request: Request, on_poses: TakeBlock = lambda poses: None) -> tuple[Session, Header]:
    """Reads all poses into a session. Returns the session and the header of the input."""
    session = Session(request.stretches, level_deg=request.level_deg)
    for block in poses:
        session.extend(block)
        on_poses(block)
    return session, poses.header()


def conclude(session: Session, header: Header, request: Request, sha256: str | None) -> AnalysisResult:
    """Judges all poses that were read.

    Args:
        session: The session with all poses.
        header: What was read.
        request: How to judge.
        sha256: The hash of the input's content. None if it is not known.
    """
    is_still = header.source.kind is SourceKind.STILL
    judged: Judgement | StillJudgement = session.still() if is_still else session.judgement()
    measures = session.measures()
    summary = summarise(
        header,
        judged,
        measures,
        request.modifications,
        request.stretches if isinstance(request.stretches, Stretch) else None,
        sha256,
        request.profile,
        request.own_limits,
    )
    return AnalysisResult(header, judged, measures, summary)


def applied_modifications(stretches: Sequence[Stretch], wanted: Sequence[str]) -> dict[str, list[str]]:
    """The wanted modifications that each stretch has, by the stretch's name.

    Raises:
        UsageError: If one belongs to none of the stretches.
    """
    wanted = list(dict.fromkeys(wanted))
    known = {name for one in stretches for name in one.modifications}
    for name in wanted:
        if name not in known:
            raise UsageError(f"unknown modification '{name}', known: {', '.join(sorted(known)) or 'none'}")
    return {one.name: [name for name in wanted if name in one.modifications] for one in stretches}


def clip_sha256(path: Path) -> str | None:
    """The SHA-256 of an input's content, as hexadecimal digits. None if the input is not a readable file.

    A recording in a result folder has the hash of its clip, read from the summary beside it. Judged again, the
    recording still belongs to that clip.
    """
    if path.name == RECORDING:
        with suppress(OSError, ValueError, KeyError, TypeError):
            known = json.loads((path.parent / SUMMARY).read_text(encoding="utf-8"))["source"]["sha256"]
            if isinstance(known, str):
                return known
    if path.is_file():
        with suppress(OSError), path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return None
