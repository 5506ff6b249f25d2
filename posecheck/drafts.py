"""A first rule file for a new stretch, from labelled clips: the numbers are proposed, the words are left to write."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from posecheck.errors import InputError
from posecheck.floor import Support
from posecheck.landmarks import Bools, Floats
from posecheck.measuretable import MEASURES
from posecheck.scoring import GOOD, LabelledClip

POSTURE_MEASURES = ("chest_pitch", "trunk_pitch", "hip_flexion", "knee_flexion")
"""What tells a posture of the whole body: where the chest faces, how trunk and legs lie to one another."""

REACH = 3.0
"""A posture reaches so many of a measure's errors beyond what was seen of it: other bodies are other."""

LEAST_SCORE = 0.75
"""A measure tells a fault from good form if it judges so much of the seconds right; 0.5 is guessing."""

LEAST_KNOWN = 0.9
"""Share of the labelled seconds in which a measure, or the floor, must be known."""


@dataclass(frozen=True, slots=True)
class Parting:
    """How a measure parts a fault from good form.

    Attributes:
        measure: Its name.
        limit: `min` or `max` of what is good.
        value: The middle between both.
        score: Share of seconds judged right, good and faulty ones weighing the same.
        room: Distance between the middles of good and faulty seconds, in the measure's errors.
        good: 5 and 95 % of the good seconds.
        faulty: The same of the faulty ones.
    """

    measure: str
    limit: str
    value: float
    score: float
    room: float
    good: tuple[float, float]
    faulty: tuple[float, float]


def draft(name: str, clips: Sequence[LabelledClip]) -> tuple[str, list[str]]:
    """The text of a rule file that can be used, and notes on what is still to do.

    Args:
        name: Of the stretch: small letters and digits, words joined by '-'.
        clips: With good seconds, and with seconds of each fault that is to have a rule.

    Raises:
        InputError: If there are no good or no faulty seconds, or no measure tells any fault.
    """
    faults = list(dict.fromkeys(one.label for clip in clips for one in clip.labels if one.label != GOOD))
    good = [_during(clip, GOOD) for clip in clips]
    if not any(mask.any() for mask in good):
        raise InputError(f"no good seconds of {name} are labelled; label some: a rule is drawn between good and faulty")
    if not faults:
        raise InputError(f"no faults of {name} are labelled; label some seconds of one, by a name of your own")
    support = _support(clips)
    partings: dict[str, Parting] = {}
    notes = []
    for fault in faults:
        best = max(_partings(clips, fault, support), key=lambda one: (round(one.score, 2), one.room), default=None)
        if best is None or best.score < LEAST_SCORE:
            notes.append(f"{fault}: no measure tells it from good form in these clips; it has no rule")
        else:
            partings[fault] = best
    if not partings:
        raise InputError(
            f"no measure tells {', '.join(faults)} from good form; label other seconds, or film from the side"
        )
    if any(one.phase for clip in clips for one in clip.labels):
        notes.append("phases are labelled but not drafted: write them by hand, as in cat-cow")
    notes.append("write the words in <...>: what to do, what to say, what to take care of")
    return "\n".join(_lines(name, clips, support, partings)), notes


def _during(clip: LabelledClip, label: str | None) -> Bools:
    """(N,) whether a frame carries a label; any, for None."""
    time_s = clip.measures.time_s
    result = np.zeros(len(time_s), bool)
    for one in clip.labels:
        if label in (None, one.label):
            result |= (time_s >= one.start_s) & (time_s < one.end_s)
    return result


def _values(clips: Sequence[LabelledClip], masks: Sequence[Bools], measure: str, support: Support) -> Floats:
    found: Floats = np.concatenate(
        [clip.measures.get(measure, support)[mask] for clip, mask in zip(clips, masks, strict=True)]
    )
    return found


def _support(clips: Sequence[LabelledClip]) -> Support:
    """What touches the floor: the line that is a floor nearly always, and the most level one."""
    rolls = {}
    for support in Support:
        seen = np.concatenate([clip.measures.roll_deg[support][_during(clip, None)] for clip in clips])
        if support is not Support.LEVEL and np.isfinite(seen).mean() >= LEAST_KNOWN:
            rolls[support] = float(np.nanmedian(np.abs(seen)))
    return min(rolls, key=lambda support: rolls[support], default=Support.LEVEL)


def _partings(clips: Sequence[LabelledClip], fault: str, support: Support) -> Iterator[Parting]:
    """How each measure that is known well enough parts a fault from good form."""
    masks = [_during(clip, GOOD) for clip in clips], [_during(clip, fault) for clip in clips]
    for name, spec in MEASURES.items():
        good, faulty = (_values(clips, mask, name, support) for mask in masks)
        if min(np.isfinite(good).mean(), np.isfinite(faulty).mean()) < LEAST_KNOWN:
            continue
        good, faulty = good[np.isfinite(good)], faulty[np.isfinite(faulty)]
        sign = 1.0 if np.median(faulty) > np.median(good) else -1.0
        # The middle between the furthest good and the least faulty seconds, a few outliers let be.
        value = sign * (np.quantile(sign * good, 0.95) + np.quantile(sign * faulty, 0.05)) / 2.0
        score = 0.5 * (float(np.mean(sign * faulty > sign * value)) + float(np.mean(sign * good <= sign * value)))
        yield Parting(
            name,
            "max" if sign > 0 else "min",
            _rounded(value, spec.unit),
            score,
            abs(float(np.median(faulty) - np.median(good))) / spec.error,
            _ends(good),
            _ends(faulty),
        )


def _ends(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, [0.05, 0.95])
    return float(low), float(high)


def _rounded(value: float, unit: str) -> float:
    return round(float(value), 0 if unit == "deg" else 2)


def _where(clips: Sequence[LabelledClip], masks: Sequence[Bools], support: Support) -> Iterator[str]:
    """The ranges of a posture, a line each."""
    for name in POSTURE_MEASURES:
        values = _values(clips, masks, name, support)
        values = values[np.isfinite(values)]
        if len(values):
            spec = MEASURES[name]
            low, high = _ends(values)
            low, high = low - REACH * spec.error, high + REACH * spec.error
            yield f"{name} = {{ min = {math.floor(low)}, max = {math.ceil(high)}, margin = 5 }}"


def _ready(clips: Sequence[LabelledClip]) -> list[Bools]:
    """The frames before the first label of each clip: where people lie or stand before they begin."""
    return [clip.measures.time_s < min(one.start_s for one in clip.labels) - 1.0 for clip in clips]


def _lines(name: str, clips: Sequence[LabelledClip], support: Support, partings: dict[str, Parting]) -> Iterator[str]:
    title = name.replace("-", " ").capitalize()
    posture = list(_where(clips, [_during(clip, None) for clip in clips], support))
    ready = list(_where(clips, _ready(clips), support)) or posture
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
        f'support = "{support.value}"',
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
        "# M: what was seen until a second before the first label of each clip, and three errors more.",
        "[ready.where]",
        *ready,
        "",
        "[posture]",
        'description = "<The posture.>"',
        "",
        "# M: what was seen in labelled seconds, good and faulty, and three errors more.",
        "[posture.where]",
        *posture,
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
            f'why = "M: good seconds read {one.good[0]:.3g} to {one.good[1]:.3g}, '
            f'with the fault {one.faulty[0]:.3g} to {one.faulty[1]:.3g}."',
        )
    yield ""
