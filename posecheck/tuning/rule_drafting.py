"""A first rule file for a new stretch, from labelled clips: the numbers are proposed, the words are left to write."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence

from posecheck.errors import InputError
from posecheck.measures.floor_line import FloorContacts
from posecheck.measures.table import MEASURES
from posecheck.rules.fields import short_name
from posecheck.rules.stretch import Stretch
from posecheck.tuning.labels import GOOD, LabelledClip
from posecheck.tuning.movement_separability import DURATION, SwingParting, swing_partings
from posecheck.tuning.separability import (
    FloorGuess,
    Parting,
    Postures,
    best_parting,
    during,
    finest_step,
    good_phases,
    guess_floor,
    phase_partings,
    posture_measures,
    postures,
)


def draft(name: str, clips: Sequence[LabelledClip]) -> tuple[str, list[str]]:
    """The text of a rule file that can be used, and notes on what is still to do.

    Args:
        name: Of the stretch: small letters and digits, words joined by '-'.
        clips: With good seconds, and with seconds of each fault that is to have a rule.

    Raises:
        InputError: If there are no good or no faulty seconds, no measure separates any fault from good form, or a name
            is not allowed.
    """
    _check_names(name, clips)
    faults = list(dict.fromkeys(one.label for clip in clips for one in clip.labels if one.label != GOOD))
    good = [during(clip, GOOD) for clip in clips]
    if not any(mask.any() for mask in good):
        raise InputError(f"no good seconds of {name} are labelled; label some: a rule is drawn between good and faulty")
    if not faults:
        raise InputError(f"no faults of {name} are labelled; label some seconds of one, by a name of your own")
    footing = guess_floor(clips)
    support = footing.support
    partings: dict[str, Parting] = {}
    notes = [_footing_note(footing)]
    for fault in faults:
        shown = [during(clip, fault) for clip in clips]
        best = best_parting(clips, good, shown, support)
        if best is not None:
            partings[fault] = best
    if not partings:
        raise InputError(
            f"no measure tells {', '.join(faults)} from good form in each moment, and a rule file needs a rule that "
            "does; label another fault, other seconds, or film from the side"
        )
    phases = phase_partings(clips, support)
    if not phases and any(one.phase for clip in clips for one in clip.labels):
        notes.append("phases: no measure tells each from the others in good seconds; write them by hand, as in cat-cow")
    elif phases:
        measures = ", ".join(dict.fromkeys(one.measure for one in phases.values()))
        notes.append(f"phases: told by {measures}; look whether that is what makes them")
    where = postures(clips, support, apart=not phases)
    if not where.posture:
        raise InputError(
            f"in no labelled second of {name} any of {', '.join(posture_measures())} is seen, which tell its posture; "
            "film the whole body from the side"
        )
    if where.alike:
        notes.append("[ready.where] and [posture.where] overlap: show the posture in which it begins, before a label")
    form = "\n".join(_lines(name, clips, footing, where, phases, partings))
    moving = swing_partings(clips, faults, Stretch.model_validate(tomllib.loads(form)))
    swings = {
        fault: one for fault, one in moving.items() if fault not in partings or one.tells_better_than(partings[fault])
    }
    if not partings.keys() - swings.keys():  # a rule file needs a rule on form
        swings = {fault: one for fault, one in swings.items() if fault not in partings}
    partings = {fault: one for fault, one in partings.items() if fault not in swings}
    lines = [*_lines(name, clips, footing, where, phases, partings), *_swing_lines(swings, len(partings))]
    text = "\n".join([*lines, ""])
    notes += _fault_notes(clips, faults, partings, swings)
    notes.append("posecheck stretches measures explains the measures, where another is to stand in a rule's place")
    notes.append("write the words in <...>: what to do, what to say, what to take care of")
    return text, notes


def _check_names(name: str, clips: Sequence[LabelledClip]) -> None:
    words = dict.fromkeys([name, *(word for clip in clips for one in clip.labels for word in (one.phase, one.label))])
    for word in words:
        try:
            short_name(word or GOOD)
        except ValueError as error:
            raise InputError(f"{error}; write it so in the labels, too") from error


def _fault_notes(
    clips: Sequence[LabelledClip],
    faults: Sequence[str],
    partings: Mapping[str, Parting],
    swings: Mapping[str, SwingParting],
) -> Iterator[str]:
    for fault in faults:
        once = sum(during(clip, fault).any() for clip in clips) == 1
        if fault in swings:
            one = swings[fault]
            what = "how long a swing takes" if one.judge == DURATION else f"how far {one.judge} swings"
            alone = ", and from one clip alone" if once else ""
            yield f"{fault}: told by {what}{alone}; look whether that is what makes the fault"
        elif fault not in partings:
            way = "" if good_phases(clips) else ", nor a movement where no phases are labelled"
            yield f"{fault}: no measure tells it from good form in these clips{way}; it has no rule"
        elif once:
            yield f"{fault}: from one clip alone; look whether {partings[fault].measure} is what makes the fault"


TOUCHING = {
    FloorContacts.SHOULDERS_HEELS: "shoulders and heels",
    FloorContacts.ELBOWS_TOES: "elbows and toes",
    FloorContacts.WRISTS_KNEES: "wrists and knees",
}
"""What touches the floor, and so gives the line that angles are measured from."""


def _footing_note(footing: FloorGuess) -> str:
    others = ", ".join(one.value for one in FloorContacts if one is not footing.support)
    if footing.support is FloorContacts.LEVEL:
        return (
            "support: guessed level, as no two parts that may touch the floor lie level in good seconds; then the "
            f"camera must be level; look whether they touch it, else write {others}"
        )
    return (
        f"support: guessed {footing.support.value}; look whether {TOUCHING[footing.support]} touch the floor in it, "
        f"else write {others}"
    )


def _footing_lines(footing: FloorGuess) -> Iterator[str]:
    tilts = [f"through {TOUCHING[one]} {tilt_deg:.1f}" for one, tilt_deg in footing.tilts_deg.items()]
    told = f"degrees from level of the line {', '.join(tilts)}" if tilts else "no line that may be the floor"
    yield f"# Guessed. M: in good seconds, {told}."
    yield "# Check what touches the floor: shoulders-heels, elbows-toes, wrists-knees, or level for none of these."
    yield f'support = "{footing.support.value}"'


def _told(ranges: dict[str, tuple[int, int, int]]) -> Iterator[str]:
    for name, (low, high, margin) in ranges.items():
        yield f"{name} = {{ min = {low}, max = {high}, margin = {margin} }}"


def _lines(
    name: str,
    clips: Sequence[LabelledClip],
    footing: FloorGuess,
    where: Postures,
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
        unit, half = MEASURES[one.measure].unit, MEASURES[one.measure].error / 2.0
        # Half-way from the middle to what was seen, because between both postures the body is in neither.
        edge = one.good[0] if one.limit == "min" else one.good[1]
        limit = finest_step((one.value + edge) / 2.0, unit)
        yield from (
            "",
            f"# M: good seconds of {phase} read {_span(one.good, unit)}, of the others {_span(one.faulty, unit)}.",
            "[[phases]]",
            f'name = "{phase}"',
            f'announce = "<What to do for {phase}.>"',
            "target_s = 2",
            f"where = {{ {one.measure} = {{ {one.limit} = {limit:g}, margin = {half:g} }} }}",
        )
    for priority, (fault, one) in enumerate(partings.items(), 1):
        side = "high" if one.limit == "max" else "low"
        unit, margin = MEASURES[one.measure].unit, MEASURES[one.measure].error / 2.0
        yield from (
            "",
            "[[rules]]",
            f'name = "{fault}"',
            f'measure = "{one.measure}"',
            f"{one.limit} = {one.value:g}",
            f"margin = {margin:g}",
            f"priority = {min(priority, 9)}",
            'severity = "major"',
            f'cue_{side} = "<What to do against {fault}.>"',
            'praise = "<What to say once it is mended.>"',
            f'why = "M: good seconds read {_span(one.good, unit)}, with the fault {_span(one.faulty, unit)}."',
        )


def _swing_lines(swings: Mapping[str, SwingParting], rules: int) -> Iterator[str]:
    for priority, (fault, one) in enumerate(swings.items(), rules + 1):
        read, unit, of_it = ("take", "s", " s") if one.judge == DURATION else ("read", MEASURES[one.judge].unit, "")
        yield from (
            "",
            "[[swing_rules]]",
            f'name = "{fault}"',
            f'swing_of = "{one.swing_of}"',
            f"swing_min = {one.swing_min:g}",
            f'judge = "{one.judge}"',
            f"min = {one.value:g}",
            f"priority = {min(priority, 9)}",
            'severity = "minor"',
            f'cue = "<What to do against {fault}.>"',
            'praise = "<What to say once it is mended.>"',
            f'why = "M: good swings {read} {_span(one.good, unit)}, with the fault {_span(one.faulty, unit)}{of_it}."',
        )


def _span(ends: tuple[float, float], unit: str) -> str:
    return f"{finest_step(ends[0], unit):g} to {finest_step(ends[1], unit):g}"
