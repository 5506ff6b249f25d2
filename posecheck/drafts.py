"""A first rule file for a new stretch, from labelled clips: the numbers are proposed, the words are left to write."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from posecheck.errors import InputError
from posecheck.floor import Support
from posecheck.landmarks import Bools
from posecheck.measuretable import MEASURES
from posecheck.partings import (
    Footing,
    Parting,
    best_parting,
    during,
    ends,
    footing_of,
    phase_partings,
    rounded,
    values_of,
)
from posecheck.scoring import GOOD, LabelledClip


def draft(name: str, clips: Sequence[LabelledClip]) -> tuple[str, list[str]]:
    """The text of a rule file that can be used, and notes on what is still to do.

    Args:
        name: Of the stretch: small letters and digits, words joined by '-'.
        clips: With good seconds, and with seconds of each fault that is to have a rule.

    Raises:
        InputError: If there are no good or no faulty seconds, or no measure tells any fault.
    """
    faults = list(dict.fromkeys(one.label for clip in clips for one in clip.labels if one.label != GOOD))
    good = [during(clip, GOOD) for clip in clips]
    if not any(mask.any() for mask in good):
        raise InputError(f"no good seconds of {name} are labelled; label some: a rule is drawn between good and faulty")
    if not faults:
        raise InputError(f"no faults of {name} are labelled; label some seconds of one, by a name of your own")
    footing = footing_of(clips)
    support = footing.support
    partings: dict[str, Parting] = {}
    notes = [_footing_note(footing)]
    for fault in faults:
        shown = [during(clip, fault) for clip in clips]
        best = best_parting(clips, good, shown, support)
        if best is None:
            notes.append(
                f"{fault}: no measure tells it from good form in these clips; it has no rule (of pace and of range of "
                "a movement [[swing_rules]] tell, as in cat-cow)"
            )
            continue
        partings[fault] = best
        if sum(mask.any() for mask in shown) == 1:
            notes.append(f"{fault}: from one clip alone; look whether {best.measure} is what makes the fault")
    if not partings:
        raise InputError(
            f"no measure tells {', '.join(faults)} from good form; label other seconds, or film from the side"
        )
    phases = phase_partings(clips, support)
    if not phases and any(one.phase for clip in clips for one in clip.labels):
        notes.append("phases: no measure tells each from the others in good seconds; write them by hand, as in cat-cow")
    elif phases:
        measures = ", ".join(dict.fromkeys(one.measure for one in phases.values()))
        notes.append(f"phases: told by {measures}; look whether that is what makes them")
    where = _wheres(clips, support, apart=not phases)
    if where.alike:
        notes.append("[ready.where] and [posture.where] overlap: show the posture in which it begins, before a label")
    notes.append("write the words in <...>: what to do, what to say, what to take care of")
    return "\n".join(_lines(name, clips, footing, where, phases, partings)), notes


POSTURE_MEASURES = ("chest_pitch", "trunk_pitch", "hip_flexion", "knee_flexion")
"""What tells a posture of the whole body: where the chest faces, how trunk and legs lie to one another."""

REACH = 3.0
"""A posture reaches so many of a measure's errors beyond what was seen of it: other bodies are other."""


TOUCHING = {
    Support.SHOULDERS_HEELS: "shoulders and heels",
    Support.ELBOWS_TOES: "elbows and toes",
    Support.WRISTS_KNEES: "wrists and knees",
}
"""What touches the floor, and so gives the line that angles are measured from."""


def _footing_note(footing: Footing) -> str:
    others = ", ".join(one.value for one in Support if one is not footing.support)
    if footing.support is Support.LEVEL:
        return (
            "support: guessed level, as no two parts that may touch the floor lie level in good seconds; then the "
            f"camera must be level; look whether they touch it, else write {others}"
        )
    return (
        f"support: guessed {footing.support.value}; look whether {TOUCHING[footing.support]} touch the floor in it, "
        f"else write {others}"
    )


def _footing_lines(footing: Footing) -> Iterator[str]:
    tilts = [f"through {TOUCHING[one]} {tilt_deg:.1f}" for one, tilt_deg in footing.tilts_deg.items()]
    told = f"degrees from level of the line {', '.join(tilts)}" if tilts else "no line that may be the floor"
    yield f"# Guessed. M: in good seconds, {told}."
    yield "# Check what touches the floor: shoulders-heels, elbows-toes, wrists-knees, or level for none of these."
    yield f'support = "{footing.support.value}"'


@dataclass(frozen=True, slots=True)
class Wheres:
    """Ranges that tell the posture at rest and the stretch's own.

    Attributes:
        ready: Least, greatest and margin of each measure.
        posture: The same.
        alike: Whether nothing parts them though they are to be apart.
    """

    ready: dict[str, tuple[int, int, int]]
    posture: dict[str, tuple[int, int, int]]
    alike: bool


def _wheres(clips: Sequence[LabelledClip], support: Support, *, apart: bool) -> Wheres:
    """What was seen before and during the labels, and further as far as people differ.

    If they are to be `apart`, which they need not in a stretch with phases, then only up to the middle between both
    in the measure that parts them best.
    """
    posture = _ranges(clips, [during(clip, None) for clip in clips], support)
    ready = _ranges(clips, _ready(clips), support) or posture
    ranges = [{name: _widened(name, *seen) for name, seen in each.items()} for each in (ready, posture)]
    gaps = {
        name: max(ready[name][0] - posture[name][1], posture[name][0] - ready[name][1]) / MEASURES[name].error
        for name in ready.keys() & posture.keys()
    }
    best = max(sorted(gaps), key=lambda name: gaps[name], default=None)
    alike = best is None or gaps[best] <= 0.0
    if apart and best is not None and not alike:
        upper = ready[best][0] > posture[best][0]
        middle = round((posture[best][upper] + ready[best][1 - upper]) / 2.0)
        margin = max(1, min(5, int(gaps[best] * MEASURES[best].error / 4.0)))
        for each, above in zip(ranges, (upper, not upper), strict=True):
            low, high, _ = each[best]
            each[best] = (max(low, middle), high, margin) if above else (low, min(high, middle), margin)
    return Wheres(ranges[0], ranges[1], alike=apart and alike)


def _ranges(clips: Sequence[LabelledClip], masks: Sequence[Bools], support: Support) -> dict[str, tuple[float, float]]:
    """5 and 95 % of each measure of a posture that is seen in some frames."""
    seen = {name: values_of(clips, masks, name, support) for name in POSTURE_MEASURES}
    return {name: ends(values[np.isfinite(values)]) for name, values in seen.items() if np.isfinite(values).any()}


def _widened(name: str, low: float, high: float) -> tuple[int, int, int]:
    reach = REACH * MEASURES[name].error
    return math.floor(low - reach), math.ceil(high + reach), 5


def _told(ranges: dict[str, tuple[int, int, int]]) -> Iterator[str]:
    for name, (low, high, margin) in ranges.items():
        yield f"{name} = {{ min = {low}, max = {high}, margin = {margin} }}"


def _ready(clips: Sequence[LabelledClip]) -> list[Bools]:
    """The frames before the first label of each clip: where people lie or stand before they begin."""
    return [clip.measures.time_s < min(one.start_s for one in clip.labels) - 1.0 for clip in clips]


def _lines(
    name: str,
    clips: Sequence[LabelledClip],
    footing: Footing,
    where: Wheres,
    phases: dict[str, Parting],
    partings: dict[str, Parting],
) -> Iterator[str]:
    title = name.replace("-", " ").capitalize()
    count = f"{len(clips)} clip{'s' * (len(clips) != 1)}"
    yield from (
        f"# {title}. Drafted from {count}; words in <...> are to be written.",
        "# Angles are degrees, lengths are shares of a limb; `posecheck stretches show bridge` shows a finished one.",
        "schema = 1",
        f'name = "{name}"',
        f'title = "{title}"',
        'purpose = "<What it is good for.>"',
        'getting_in = ["<How to get into it.>"]',
        'getting_out = ["<How to get out of it.>"]',
        'care = ["Stop if it hurts, tingles or goes numb, and ask a physiotherapist or doctor before going on."]',
        "",
        *_footing_lines(footing),
        "",
        "[[sources]]",
        'key = "M"',
        f'title = "Own measurements: {count}, labelled by hand"',
        "",
        "[camera]",
        'advice = "Put the camera beside you, so that your whole body is in the picture from the side."',
        "",
        "[hold]",
        "target_s = 10",
        "repetitions = 3",
        "rest_s = 5",
        'why = "First figure."',
        "",
        "[ready]",
        'description = "<The posture in which it begins.>"',
        'still = "other"',
        "",
        "# M: seen until a second before the first label, and three errors more, up to the middle between.",
        "[ready.where]",
        *_told(where.ready),
        "",
        "[posture]",
        'description = "<The posture.>"',
        "",
        "# M: seen in labelled seconds, good and faulty, and three errors more, up to the middle between.",
        "[posture.where]",
        *_told(where.posture),
    )
    for phase, one in phases.items():
        half = MEASURES[one.measure].error / 2.0
        # Half-way from the middle to what was seen: on the way from one to the other it is neither.
        edge = one.good[0] if one.limit == "min" else one.good[1]
        limit = rounded((one.value + edge) / 2.0, MEASURES[one.measure].unit)
        yield from (
            "",
            f"# M: good seconds of {phase} read {_span(one.good)}, of the others {_span(one.faulty)}.",
            "[[phases]]",
            f'name = "{phase}"',
            f'announce = "<What to do for {phase}.>"',
            "target_s = 2",
            f"where = {{ {one.measure} = {{ {one.limit} = {limit:g}, margin = {half:g} }} }}",
        )
    for priority, (fault, one) in enumerate(partings.items(), 1):
        side = "high" if one.limit == "max" else "low"
        margin = MEASURES[one.measure].error / 2.0
        yield from (
            "",
            "[[rules]]",
            f'name = "{fault}"',
            f'measure = "{one.measure}"',
            f"{one.limit} = {one.value:g}",
            f"margin = {margin:g}",
            f"priority = {min(priority, 9)}",
            'severity = "minor"',
            f'cue_{side} = "<What to do against {fault}.>"',
            'praise = "<What to say once it is mended.>"',
            f'why = "M: good seconds read {_span(one.good)}, with the fault {_span(one.faulty)}."',
        )
    yield ""


def _span(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.3g} to {ends[1]:.3g}"
