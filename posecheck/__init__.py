"""posecheck watches a person stretch and says whether the form is good and how long it was held.

A frame becomes a pose, a pose becomes measures, measures are judged against a stretch's rule file, and the judgements
become holds, faults and one cue. As a loop, live or over a clip::

    import posecheck

    session = posecheck.Session(posecheck.load_stretch("bridge"))
    with posecheck.open_video("bridge.mp4") as video, posecheck.PoseEstimator() as estimator:
        for frame in video:
            moment = session.update(estimator.estimate(frame))
    for hold in session.judgement().holds:
        print(hold.start_s, hold.hold_s, hold.score)

All at once::

    result = posecheck.analyze("bridge.mp4")

The names below are the public ones; everything else may change without notice. Times are seconds, angles degrees,
coordinates pixels of the upright picture with y downwards; left and right are the subject's. Every error raised on
purpose is a `PoseCheckError`; a wrong argument of a kind that no user's input can cause is a ``ValueError``.

Importing this module imports nothing else: a name is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from posecheck.errors import InputError as InputError
    from posecheck.errors import ModelError as ModelError
    from posecheck.errors import OutputError as OutputError
    from posecheck.errors import PoseCheckError as PoseCheckError
    from posecheck.errors import RuleFileError as RuleFileError
    from posecheck.errors import UsageError as UsageError
    from posecheck.estimators.factory import PoseEstimator as PoseEstimator
    from posecheck.judging.cues import Broken as Broken
    from posecheck.judging.cues import Cue as Cue
    from posecheck.judging.cues import Fault as Fault
    from posecheck.judging.holds import Hold as Hold
    from posecheck.judging.holds import ScoredHold as ScoredHold
    from posecheck.judging.holds import State as State
    from posecheck.judging.judgement import Judgement as Judgement
    from posecheck.judging.judgement import Segment as Segment
    from posecheck.judging.session import Moment as Moment
    from posecheck.judging.session import Session as Session
    from posecheck.judging.still import StillJudgement as StillJudgement
    from posecheck.judging.still import StillVerdict as StillVerdict
    from posecheck.measures.measurer import Measures as Measures
    from posecheck.pose.frames import Frame as Frame
    from posecheck.pose.frames import Header as Header
    from posecheck.pose.frames import Source as Source
    from posecheck.pose.frames import SourceInfo as SourceInfo
    from posecheck.pose.frames import SourceKind as SourceKind
    from posecheck.pose.from_arrays import poses_from_arrays as poses_from_arrays
    from posecheck.pose.landmarks import Landmark as Landmark
    from posecheck.pose.landmarks import Pose as Pose
    from posecheck.pose.landmarks import Poses as Poses
    from posecheck.rules.stretch import Stretch as Stretch
    from posecheck.sources.opening import open_camera as open_camera
    from posecheck.sources.opening import open_image as open_image
    from posecheck.sources.opening import open_video as open_video
    from posecheck.storage.recording import Recording as Recording
    from posecheck.storage.recording import RecordingWriter as RecordingWriter
    from posecheck.storage.rule_files import load_stretch as load_stretch
    from posecheck.storage.rule_files import stretches as stretches
    from posecheck.workflows.analyze import AnalysisResult as AnalysisResult
    from posecheck.workflows.analyze import analyze as analyze

__version__ = "0.1.0"

_NAMES = {
    "posecheck.workflows.analyze": "analyze AnalysisResult",
    "posecheck.judging.session": "Session Moment",
    "posecheck.rules.stretch": "Stretch",
    "posecheck.storage.rule_files": "load_stretch stretches",
    "posecheck.sources.opening": "open_video open_image open_camera",
    "posecheck.estimators.factory": "PoseEstimator",
    "posecheck.pose.from_arrays": "poses_from_arrays",
    "posecheck.pose.landmarks": "Pose Poses Landmark",
    "posecheck.storage.recording": "Recording RecordingWriter",
    "posecheck.judging.judgement": "Judgement Segment",
    "posecheck.judging.holds": "ScoredHold Hold State",
    "posecheck.judging.cues": "Cue Fault Broken",
    "posecheck.judging.still": "StillJudgement StillVerdict",
    "posecheck.measures.measurer": "Measures",
    "posecheck.pose.frames": "Frame Source SourceInfo SourceKind Header",
    "posecheck.errors": "PoseCheckError UsageError InputError OutputError ModelError RuleFileError",
}
"""Where the names above are loaded from, in the order in which to read of them; a test compares the two lists."""

_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = ["__version__", *_HOMES]


if not TYPE_CHECKING:  # or a type checker would believe in every name

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'posecheck' has no attribute '{name}'")
        from importlib import import_module

        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value  # so that it is looked for once
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
