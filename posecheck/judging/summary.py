"""The summary of an analysis as plain data: what `summary.json` and ``--json`` hold, schema 1.

Seconds are rounded to milliseconds and angles to tenths of a degree: finer than they are known.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

import posecheck
from posecheck.judging.holds import State
from posecheck.judging.judgement import STATES, Judgement, Segment
from posecheck.judging.playback_speed import playback_notes
from posecheck.judging.still import StillJudgement
from posecheck.judging.tracking import standing_s
from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.framing import ADVICE, Framing, framing
from posecheck.measures.measurer import Measures
from posecheck.measures.table import MEASURES
from posecheck.pose.frames import Header
from posecheck.pose.landmarks import Floats
from posecheck.pose.pace import FEW_S, TOO_FEW_S, usual_gap_s
from posecheck.rules.stretch import Stretch

SCHEMA = 1

MENTIONED_ROLL_DEG = 5.0
"""A camera tilted by more than this is mentioned: it does not change the verdict, but a level one is seen better."""

MENTIONED_SHARE = 0.1
"""Time lost to a bad view or an absent person is mentioned from this share of the clip on."""

Summary = dict[str, Any]


def summarise(
    header: Header,
    judged: Judgement | StillJudgement,
    measures: Measures,
    modifications: Mapping[str, list[str]],
    chosen: Stretch | None = None,
    sha256: str | None = None,
    profile: str | None = None,
    own_limits: Collection[str] = (),
) -> Summary:
    """The summary of one input.

    Args:
        header: What was read.
        judged: Its judgement, of a clip or a still.
        measures: Its measures.
        modifications: The modifications that were applied, by the stretch's name.
        chosen: The stretch that the user chose; None where it was to be recognised.
        sha256: Of the input's content; a later run recognises its result by it. None where it is not known.
        profile: The person whose own limits were to be applied; None for the usual ones.
        own_limits: The names of the stretches for which that person has limits of their own.
    """
    clip = judged if isinstance(judged, Judgement) else None
    still = judged if isinstance(judged, StillJudgement) else None
    states = _state_seconds(clip) if clip is not None else {}
    source = header.source
    whose = dict.fromkeys(own_limits, profile)
    length_s = float(measures.time_s[-1] - measures.time_s[0])
    return {
        "schema": SCHEMA,
        "source": {
            "name": source.name,
            "sha256": sha256,
            "kind": source.kind.value,
            "duration_s": round(length_s if source.duration_s is None else source.duration_s, 3),
            "frames": len(measures),
            "frames_skipped": header.frames_skipped,
            "width": source.width_px,
            "height": source.height_px,
        },
        "segments": [_segment(one, modifications, whose) for one in clip.segments] if clip is not None else [],
        "still": None if still is None else _still(still, whose),
        "states": states,
        "measures": _measure_figures(measures, clip, still),
        "coverage": _coverage(measures),
        "warnings": [
            *header.warnings,
            *(_warnings(clip) if clip is not None else ()),
            *(_without_effect(judged, modifications) if chosen is None else ()),
            *(() if profile is None else _usual_limits(judged, chosen, profile, own_limits)),
        ],
        "versions": {"posecheck": posecheck.__version__, **header.versions},
    }


def _segment(segment: Segment, modifications: Mapping[str, list[str]], whose: Mapping[str, str | None]) -> Summary:
    return {
        "stretch": segment.stretch.name,
        "start_s": round(segment.start_s, 3),
        "end_s": round(segment.end_s, 3),
        "modifications": modifications.get(segment.stretch.name, []),
        "profile": whose.get(segment.stretch.name),
        "repetitions": segment.repetitions,
        "rounds": segment.rounds,
        "tempo_s": None if segment.tempo_s is None else round(segment.tempo_s, 3),
        "range_of_motion_of": segment.stretch.turning_measure,
        "range_of_motion_deg": None if segment.range_of_motion_deg is None else round(segment.range_of_motion_deg, 1),
        "holds": [
            {
                "phase": hold.phase,
                "start_s": round(hold.start_s, 3),
                "end_s": round(hold.end_s, 3),
                "hold_s": round(hold.hold_s, 3),
                "target_s": hold.target_s,
                "completed": hold.completed,
                "score": round(hold.score),
            }
            for hold in segment.holds
        ],
        "aim": segment.stretch.hold.aim,
        "lifts": [
            {
                "start_s": round(lift.start_s, 3),
                "end_s": round(lift.end_s, 3),
                "height": None if lift.height is None else round(lift.height, 1),
                "top_s": round(lift.top_s, 3),
                "counts": lift.counts,
                "faults": [fault.rule for fault in lift.faults],
            }
            for lift in segment.lifts
        ],
        "score": {
            "value": round(segment.score.value),
            "holds": round(segment.score.holds),
            "movements": {rule: round(points) for rule, points in segment.score.movements.items()},
        },
        "lost": [{"cause": one.cause, "text": one.text, "seconds": round(one.seconds, 3)} for one in segment.lost],
        "faults": [
            {
                "rule": fault.cue.rule,
                "cue": fault.cue.text,
                "severity": fault.cue.severity.value,
                "seconds": round(fault.seconds, 3),
                "intervals": [[round(start, 3), round(end, 3)] for start, end in fault.intervals],
            }
            for fault in segment.faults
        ],
    }


def _still(still: StillJudgement, whose: Mapping[str, str | None]) -> Summary:
    return {
        "stretch": None if still.stretch is None else still.stretch.name,
        "profile": None if still.stretch is None else whose.get(still.stretch.name),
        "phase": still.phase,
        "verdict": still.verdict.value,
        "reason": still.reason,
        "faults": [{"rule": fault.rule, "cue": fault.text} for fault in still.faults],
    }


def _state_seconds(clip: Judgement) -> dict[str, float]:
    """Seconds in each state: a frame's state lasts until the next frame; a gap that is too long counts as nobody."""
    gaps_s = np.diff(clip.measures.time_s)
    lasted_s = standing_s(clip.measures.time_s)[:-1]
    seconds = {state.value: float(lasted_s[clip.states[:-1] == number].sum()) for number, state in enumerate(STATES)}
    seconds[State.NOBODY.value] += float((gaps_s - lasted_s).sum())
    return {name: round(value, 3) for name, value in seconds.items()}


def _measure_figures(measures: Measures, clip: Judgement | None, still: StillJudgement | None) -> Summary:
    """Least, median and greatest value of each measure over the segments (over everything where there is none)."""
    parts: list[tuple[Measures, FloorContacts]] = []
    if clip is not None:
        parts = [(measures.slice(one.span.start, one.span.stop), one.stretch.support) for one in clip.segments]
    elif still is not None and still.stretch is not None:
        parts = [(measures, still.stretch.support)]
    parts = parts or [(measures, FloorContacts.LEVEL)]
    figures = {}
    for name, spec in MEASURES.items():
        values = np.concatenate([part.get(name, support) for part, support in parts])
        doubt = np.concatenate([part.uncertainty(name) for part, _ in parts])
        digits = 1 if spec.unit == "deg" else 3
        known = np.isfinite(values)
        figures[name] = {
            "min": _figure(values[known], np.min, digits),
            "median": _figure(values[known], np.median, digits),
            "max": _figure(values[known], np.max, digits),
            "uncertainty": _figure(doubt[known], np.median, digits),
            "unit": spec.unit,
        }
    return figures


def _figure(values: Floats, choose: Any, digits: int) -> float | None:
    return round(float(choose(values)), digits) + 0.0 if len(values) else None  # + 0.0: -0.0 is 0.0


def _coverage(measures: Measures) -> Summary:
    """Share of the frames with a person, and with a person seen well enough from the side to be judged."""
    off_deg = measures.view.off_side_on_deg
    person = np.isfinite(off_deg)
    with np.errstate(invalid="ignore"):
        view = person & (off_deg <= GOOD_VIEW_DEG)
    return {"person": round(float(person.mean()), 3), "view": round(float(view.mean()), 3)}


GOOD_VIEW_DEG = 30.0
"""In a view turned further than this off side-on, angles are wrong by more than 8 degrees."""


def _warnings(clip: Judgement) -> list[str]:
    warnings = []
    for segment in clip.segments:
        if not math.isnan(segment.roll_deg) and abs(segment.roll_deg) > MENTIONED_ROLL_DEG:
            side = "right" if segment.roll_deg > 0 else "left"
            warnings.append(
                f"{segment.stretch.title}: the floor falls to the {side} by about {abs(segment.roll_deg):.0f}°; angles "
                "are measured against it, but a level camera sees better."
            )
        if segment.neutral_is_usual:
            warnings.append(
                f"{segment.stretch.title}: your own neutral position was not seen, so people's usual one was taken; "
                "hold the starting position for two seconds before you begin."
            )
    warnings.extend(_few_pictures(clip))
    for segment in clip.segments:
        warnings.extend(playback_notes(segment, clip.measures))
    warnings.extend(_losses(clip))
    if clip.nothing is not None:
        warnings.append(clip.nothing)
    return warnings


def _few_pictures(clip: Judgement) -> Iterator[str]:
    """What cannot be known at a low frame rate."""
    gap_s = usual_gap_s(clip.measures.time_s)
    if gap_s > FEW_S:
        more = ", and movements to and fro are not judged" if gap_s > TOO_FEW_S else ""
        yield f"There is only one picture in {gap_s:.1f} s: times are known no better than that{more}."


def _without_effect(judged: Judgement | StillJudgement, modifications: Mapping[str, list[str]]) -> list[str]:
    """The modifications that belong to none of the stretches that were seen."""
    seen = _seen(judged)
    warnings = []
    for name in dict.fromkeys(name for names in modifications.values() for name in names):
        owners = [stretch for stretch, names in modifications.items() if name in names]
        if not set(seen) & set(owners):
            was = "was" if len(owners) == 1 else "were"
            warnings.append(f"--modification {name}: belongs to {' and '.join(owners)}, which {was} not seen.")
    return warnings


def _usual_limits(
    judged: Judgement | StillJudgement, chosen: Stretch | None, profile: str, own_limits: Collection[str]
) -> list[str]:
    """Notes that a profile has no limits for the stretches that were chosen or seen."""
    asked = _seen(judged) if chosen is None else [chosen.name]
    usual = [name for name in asked if name not in own_limits]
    return [f"--profile {profile}: changes no limit of {' and '.join(usual)}; the usual ones hold."] if usual else []


def _seen(judged: Judgement | StillJudgement) -> list[str]:
    """The stretches that were seen."""
    if isinstance(judged, Judgement):
        return list(dict.fromkeys(segment.stretch.name for segment in judged.segments))
    return [] if judged.stretch is None else [judged.stretch.name]


UNJUDGED_STATES = (State.NOBODY, State.TOO_DARK, State.BLURRED, State.CUT_OFF, State.VIEW_WRONG)


def _losses(clip: Judgement) -> list[str]:
    """What could not be judged for long, and what to change."""
    gaps_s = np.diff(clip.measures.time_s)
    unjudged = np.isin(clip.states, [STATES.index(state) for state in UNJUDGED_STATES])[:-1]
    frame = framing(clip.measures.view, GOOD_VIEW_DEG, ())[:-1]
    frame[clip.states[:-1] == STATES.index(State.CUT_OFF)] = Framing.CUT_OFF
    losses = []
    for kind, advice in ADVICE.items():
        lost_s = float(gaps_s[unjudged & (frame == kind)].sum())
        if lost_s > MENTIONED_SHARE * gaps_s.sum():
            losses.append(f"{lost_s:.1f} of {gaps_s.sum():.1f} s could not be judged. {advice}")
    return losses
