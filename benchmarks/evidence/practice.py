"""Whether live practice says the right thing in time: the sample clips before the camera."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.accuracy.cases import SAMPLES, Eye
from benchmarks.evidence import Evidence, MaterialMissingError
from benchmarks.evidence._practising import Practised, Said, practise, rehearse
from posecheck.coaching.coach import FAULT_S, REPEAT_S, spoken_s
from posecheck.coaching.praise import MENDED_S
from posecheck.measures.measurer import Measurer, Measures
from posecheck.pose.intervals import Interval
from posecheck.rules.limits import rule_named
from posecheck.rules.rule import Rule, SwingRule
from posecheck.rules.stretch import Stretch
from posecheck.storage.recording import Recording
from posecheck.storage.rule_files import load_stretch
from posecheck.workflows.extract import cache_folder, recordings
from samples.studio.truth import Truth, read_truth, true_measures

CUE_S = 1.5
"""The right cue is to be spoken this long after the true onset of the fault."""

HOLD_S = 0.3
"""A hold seen live, where frames are dropped, against the same one analysed frame by frame."""

PRAISE_S = 0.5
"""Somebody who stays this much longer than praise has to wait for is owed it."""

SAME_S = 0.1
"""A hold that begins so little before a fault ends begins with its end."""

SLICE = ("bridge-hips-low",)
"""A clip with a fault that is mended: about 15 s on one core."""


WATCHED = "sphinx-good-1"
"""The clip that is practised with in a window too."""


@dataclass(frozen=True)
class Course:
    """A clip with a fault or without, of one stretch, and what practice made of it.

    Attributes:
        name: Of the clip.
        stretch: The stretch.
        fault: The rule that is broken midway; None in a clip of good form.
        ideal: What a perfect eye sees.
        analysed: Seconds of each hold, and the rules broken, as `posecheck analyze` has them.
        rehearsed: On the clip's own clock.
        live: Played; None where it was not.
    """

    name: str
    stretch: Stretch
    fault: str | None
    ideal: Eye
    analysed: tuple[tuple[float, ...], frozenset[str]]
    rehearsed: Practised
    live: Practised | None = None


@dataclass(frozen=True, slots=True)
class Cued:
    """When a fault was spoken of.

    Attributes:
        onset_s: When it truly set in.
        known_s: When it can first be known: a movement is judged when it turns back.
        cue_s: When the right cue came; None if never.
        owed: Whether praise was owed, as it was mended and the person stayed.
        praise_s: When it came; None if never.
    """

    onset_s: float
    known_s: float
    cue_s: float | None
    owed: bool
    praise_s: float | None

    @property
    def in_time(self) -> bool:
        """Whether the cue came in time, and praise where it was owed."""
        return self.cue_s is not None and self.cue_s - self.known_s <= CUE_S and (not self.owed or bool(self.praise_s))


def run(slice_only: bool) -> Evidence:
    """Every sample clip of one stretch, and the pictures; of the slice one clip, on its own clock alone."""
    clips = [path for path in sorted(SAMPLES.glob("*.mp4")) if not slice_only or path.stem in SLICE]
    courses = [course for course in _courses(clips, practise if not slice_only else None) if course is not None]
    if not courses:
        raise MaterialMissingError("needs samples/*.mp4 with their truth; render them")
    if slice_only:
        return judged(courses)
    from benchmarks.evidence._pictures import FOLDER, renew
    from benchmarks.evidence._watching import watch

    renew()
    seen = watch(SAMPLES / f"{WATCHED}.mp4", "sphinx", FOLDER / "practice-session.jpg")
    evidence = judged(courses)
    return replace(evidence, notes=(*evidence.notes, *seen))


def judged(courses: Sequence[Course]) -> Evidence:
    """The table, and whether what is claimed holds."""
    rows = []
    late: list[float] = []
    failed = 0
    for course in courses:
        cued = spoken_of(course, course.rehearsed.said) if course.fault else None
        live = spoken_of(course, course.live.said) if course.fault and course.live else None
        wrong = [*repeated(course.rehearsed.said), *unfounded(course), *_otherwise(course)]
        off = None if course.live is None else hold_difference(course)
        if cued is not None and cued.cue_s is not None:
            late.append(cued.cue_s - cued.known_s)
        met = (cued is None or cued.in_time) and (live is None or live.in_time) and not wrong
        met = met and (off is None or off <= HOLD_S)
        failed += not met
        rows.append(_row(course, cued, live, off, wrong, met=met))
    played = f", and the holds of the played clip those of analyze within {HOLD_S} s" if courses[0].live else ""
    faulty = sum(course.fault is not None for course in courses)
    return Evidence(
        title="Practice with the sample clips",
        claim=f"{len(courses) - failed} of {len(courses)} clips, {faulty} of them with a fault, pass: the right cue "
        f"at most {CUE_S} s after the true onset (the latest {max(late, default=math.nan):.2f} s), no word of "
        f"correction without a fault or again within {REPEAT_S:.0f} s, praise when it is mended{played}.",
        columns=(
            "clip",
            "fault sets in, s",
            "can be known",
            "cue",
            "after",
            "praise",
            "played: cue",
            "voice",
            "holds off by",
            "passes",
        ),
        rows=rows,
        notes=NOTES,
        holds=failed == 0,
    )


NOTES = (
    "The onset is that of the ideal judge (samples/README.md). A fault of movement can be known when the movement turns"
    " back, the others at once; the cue is counted from then, and nothing is said before it has lasted "
    f"{FAULT_S} s.",
    "On the clip's own clock: the lesson that practice runs, given the landmarks of every frame at the frame's time. No"
    " machine is too slow for it, and the same comes out every time.",
    "Played: `posecheck practice STRETCH --source CLIP --no-window` in a process of its own, at the clip's pace, with "
    "frames dropped where it must; the cue's time is the frame's. The voice is when espeak-ng was told to begin, on the"
    " same clock but for what the quickest words were late by, of which docs/evidence/live.md tells.",
    "Praise is owed where a hold on good form follows the fault, and still stands when the correction has been said to "
    f"its end and the fault has been gone for {MENDED_S} s; somebody who lies down instead has mended nothing.",
    "Holds: each one in the history of the played session against that of analyze on the same clip, the worst of them. "
    "The faults found must be the same too.",
    "all-three, which is three stretches one after another, and the clips without one are left out.",
)


def spoken_of(course: Course, said: Sequence[Said]) -> Cued | None:
    """The first cue that names the clip's fault, and the praise; None where the ideal judge sees no such fault."""
    assert course.fault is not None
    rule = rule_named(course.stretch, course.fault)
    times = course.ideal.verdict.faults[course.fault].intervals
    if not times:
        return None
    start_s, end_s = times[0]
    known_s = end_s if isinstance(rule, SwingRule) else start_s
    cue_s = next((one.time_s for one in said if one.text in cues(rule) and one.time_s >= start_s), None)
    if cue_s is None:
        return Cued(start_s, known_s, None, False, None)
    mended_s = max(interval[1] for interval in times)
    text = next(one.text for one in said if one.time_s == cue_s)
    ready_s = max(mended_s + MENDED_S, cue_s + spoken_s(text))
    praise_s = next((one.time_s for one in said if one.text == rule.praise), None)
    return Cued(start_s, known_s, cue_s, _stays(course, mended_s, ready_s + PRAISE_S), praise_s)


def cues(rule: Rule | SwingRule) -> set[str]:
    """What is said of a broken rule."""
    return {rule.cue} if isinstance(rule, SwingRule) else {text for text in (rule.cue_low, rule.cue_high) if text}


def _stays(course: Course, start_s: float, end_s: float) -> bool:
    """Whether a perfect eye sees a hold from a moment on, and until another."""
    return any(start_s - SAME_S <= hold.start_s and hold.end_s >= end_s for hold in course.ideal.holds)


def repeated(said: Sequence[Said]) -> Iterator[str]:
    """The same words again too soon."""
    for number, one in enumerate(said):
        again = next((other for other in said[number + 1 :] if other.text == one.text), None)
        if again is not None and again.time_s - one.time_s < REPEAT_S:
            yield f"“{one.text}” again after {again.time_s - one.time_s:.1f} s"


def unfounded(course: Course) -> Iterator[str]:
    """Corrections of what a perfect eye does not see, and praise while the fault still stands."""
    faults = course.ideal.verdict.faults
    rules: list[Rule | SwingRule] = [*course.stretch.rules, *course.stretch.swing_rules]
    for one in course.rehearsed.said:
        for rule in rules:
            times = faults[rule.name].intervals
            if one.text in cues(rule) and not _within(one.time_s, times, CUE_S):
                yield f"{rule.name} at {one.time_s:.1f} s, which is not so"
            if one.text == rule.praise and _within(one.time_s, times, 0.0):
                yield f"praise for {rule.name} at {one.time_s:.1f} s, which still stands"


def _within(time_s: float, times: Sequence[Interval], late_s: float) -> bool:
    return any(start_s <= time_s <= end_s + late_s for start_s, end_s in times)


def hold_difference(course: Course) -> float:
    """How far the holds of the played clip are from analyze's, the worst of them; infinite where there are others."""
    assert course.live is not None
    live, analysed = course.live.holds_s, course.analysed[0]
    if len(live) != len(analysed):
        return math.inf
    return max((abs(one - other) for one, other in zip(live, analysed, strict=True)), default=0.0)


def _otherwise(course: Course) -> Iterator[str]:
    if course.live is not None and course.live.faults != course.analysed[1]:
        live, analysed = (", ".join(sorted(one)) or "none" for one in (course.live.faults, course.analysed[1]))
        yield f"played its faults are {live}, analysed {analysed}"


def _row(
    course: Course, cued: Cued | None, live: Cued | None, off: float | None, wrong: Sequence[str], *, met: bool
) -> tuple[object, ...]:
    verdict = "yes" if met else "**no**" + "".join(f"; {one}" for one in wrong)
    if course.fault and cued is None:
        return course.name, "never", "–", "–", "–", "–", "–", "–", _seconds(off), verdict
    if cued is None:
        return course.name, "none", "–", "–", "–", "–", "–", "–", _seconds(off), verdict
    swing = cued.known_s > cued.onset_s
    after = "–" if cued.cue_s is None else _seconds(cued.cue_s - cued.known_s)
    if swing and cued.cue_s is not None:
        after += f" ({cued.cue_s - cued.onset_s:.2f} from its onset)"
    voice = None if course.live is None or live is None or live.cue_s is None else _voice(course.live.said, live.cue_s)
    return (
        course.name,
        f"{cued.onset_s:.2f}",
        f"{cued.known_s:.2f}" if swing else "at once",
        _seconds(cued.cue_s, "never"),
        after,
        _seconds(cued.praise_s, "**none**" if cued.owed else "not owed"),
        "–" if live is None else _seconds(live.cue_s, "never"),
        _seconds(voice),
        _seconds(off),
        verdict,
    )


def _voice(said: Sequence[Said], cue_s: float) -> float | None:
    return next((one.voice_s for one in said if one.time_s == cue_s), None)


def _seconds(value: float | None, none: str = "–") -> str:
    return none if value is None else "other holds" if math.isinf(value) else f"{value:.2f}"


def _courses(clips: Sequence[Path], play: Callable[[Path, str], Practised] | None) -> Iterator[Course | None]:
    from posecheck.estimators.model import find_model

    model = find_model(None)
    truths = {clip: read_truth(clip.with_suffix(".truth.json")) for clip in clips}
    clips = [clip for clip in clips if len({mark.stretch for mark in truths[clip].marks}) == 1]
    saved = recordings(clips, lambda: model, folder=cache_folder())
    for clip, path in zip(clips, saved, strict=True):
        truth = truths[clip]
        stretch = load_stretch(truth.marks[0].stretch)
        blocks = list(Recording(path))
        measurer = Measurer()
        seen = Eye.of(Measures.concatenate([measurer.update(block) for block in blocks]), stretch)
        yield Course(
            clip.stem,
            stretch,
            _fault(truth),
            Eye.of(true_measures(truth), stretch),
            _analysed(seen),
            rehearse(blocks, stretch),
            None if play is None else play(clip, stretch.name),
        )


def _fault(truth: Truth) -> str | None:
    return next((mark.label for mark in truth.marks if mark.label != "good"), None)


def _analysed(seen: Eye) -> tuple[tuple[float, ...], frozenset[str]]:
    faults = frozenset(fault.cue.rule for segment in seen.judgement.segments for fault in segment.faults)
    return tuple(hold.hold_s for hold in seen.holds), faults
