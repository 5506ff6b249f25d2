"""Stretches and measures explained on a console, as a teacher would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from posecheck.measures.table import MEASURES, MeasureSpec
from posecheck.rules.fields import DURATION
from posecheck.rules.rule import Range, Rule, SwingRule
from posecheck.rules.stretch import Phase, Stretch


def explain(console: Console, stretch: Stretch, *, evidence: bool = False) -> None:
    """Explains a stretch to somebody who is to do it.

    Args:
        console: Where to print.
        stretch: The stretch.
        evidence: Whether to add what it is judged by: limits, reasons and sources.
    """
    _Lesson(console, evidence).tell(stretch)


def explain_measures(console: Console) -> None:
    """Explains what rules can be made of: every measure, by its name in rule files."""
    _Lesson(console, True).tell_measures(MEASURES.values())


class _Lesson:
    """Prints lines on a console, wrapped to its width."""

    def __init__(self, console: Console, evidence: bool) -> None:
        self.console = console
        self.evidence = evidence

    def tell(self, stretch: Stretch) -> None:
        self.console.print(Text(stretch.title, "bold underline"))
        self._line(stretch.purpose)
        if stretch.other_names:
            self._line(f"Also called: {', '.join(stretch.other_names)}")
        self._section("Getting in", stretch.getting_in, numbered=True)
        self._section("Getting out", stretch.getting_out, numbered=True)
        self._section("Care", stretch.care)
        self._section("What to aim at", [*_aims(stretch), *([stretch.hold.why] if self.evidence else [])])
        self._section("Phases", [_phase(phase, self.evidence) for phase in stretch.phases])
        self._form(stretch)
        self._section("What a side view cannot show", stretch.not_visible)
        self._modifications(stretch)
        self._section("Camera", [stretch.camera.advice])
        if self.evidence:
            self._section("Sources", [f"{source.key}: {source.title}" for source in stretch.sources])

    def tell_measures(self, measures: Iterable[MeasureSpec]) -> None:
        for number, spec in enumerate(measures):
            if number:
                self.console.print()
            self._line(Text.assemble((spec.name, "bold"), f": {spec.meaning}"), indent=0)
            self._line(f"Zero is: {spec.zero}. Above zero: {spec.positive}.")
            self._line(_precision(spec))
        self.console.print()
        self._line("Rules on movement ([[swing_rules]]) may also judge duration_s: how long it takes.", indent=0)

    def _form(self, stretch: Stretch) -> None:
        self._heading("Good form, the most important first")
        rules: list[Rule | SwingRule] = [*stretch.rules, *stretch.swing_rules]
        for rule in sorted(rules, key=lambda rule: rule.priority):
            if self.evidence:
                self._line(Text.assemble((rule.name, "bold"), f" ({rule.severity.value})"))
                for detail in _explained(rule):
                    self._line(detail, indent=4)
            else:
                self._line(Text.assemble((rule.name, "bold"), f": {' Or: '.join(_cues(rule))}"))

    def _modifications(self, stretch: Stretch) -> None:
        if stretch.modifications:
            self._heading("Modifications")
        for name, modification in stretch.modifications.items():
            self._line(Text.assemble((name, "bold"), f": {modification.title}"))
            self._line(modification.advice, indent=4)
            left = {rule.name: rule for rule in stretch.modified([name]).rules}
            for changed in modification.rules if self.evidence else ():
                now = _good(left[changed]) if changed in left else "not judged"
                self._line(f"{changed}: {now}", indent=4)

    def _section(self, title: str, lines: Sequence[str], numbered: bool = False) -> None:
        if lines:
            self._heading(title)
        for number, line in enumerate(lines, 1):
            self._line(line, bullet=f"{number}. " if numbered else "- ")

    def _heading(self, title: str) -> None:
        self.console.print()
        self.console.print(Text(title, "bold"))

    def _line(self, line: str | Text, indent: int = 2, bullet: str = "") -> None:
        margin = indent + len(bullet)
        text = line if isinstance(line, Text) else Text(line)
        for number, part in enumerate(text.wrap(self.console, max(20, self.console.width - margin))):
            part.rstrip()
            self.console.print(
                Text(" " * indent + (bullet if number == 0 else " " * len(bullet))) + part, soft_wrap=True
            )


def _aims(stretch: Stretch) -> list[str]:
    hold = stretch.hold
    if stretch.phases:
        aim = f"{hold.repetitions} rounds of {' and '.join(phase.name for phase in stretch.phases)}"
    else:
        aim = f"Hold {hold.repetitions} times for {hold.target_s:g} seconds"
    rest = f", with {hold.rest_s:g} seconds of rest between" if hold.rest_s else ""
    return [f"{aim}{rest}.", f"Begin and rest here: {stretch.ready.description}"]


def _phase(phase: Phase, evidence: bool) -> str:
    told = f'{phase.name}, {phase.target_s:g} seconds: "{phase.announce}"'
    if not evidence:
        return told
    counts = " and ".join(f"{_subject(measure)}: {_range(measure, limits)}" for measure, limits in phase.where.items())
    return f"{told} ({counts})"


def _cues(rule: Rule | SwingRule) -> list[str]:
    """What a teacher says, whichever way the form is wrong."""
    cues = [rule.cue] if isinstance(rule, SwingRule) else [rule.cue_low, rule.cue_high]
    return [cue for cue in cues if cue]


def _explained(rule: Rule | SwingRule) -> Iterator[str]:
    """What good form is, what is said when it is not, what is said once it is corrected, and why."""
    if isinstance(rule, SwingRule):
        yield f"Good: {_good_swing(rule)}"
        yield f'Otherwise: "{rule.cue}"'
    else:
        spec = MEASURES[rule.measure]
        phases = f" (in {' and '.join(rule.phases)})" if rule.phases else ""
        yield f"Good: {_good(rule)}{phases}"
        yield f"Zero is: {spec.zero}. Above zero: {spec.positive}."
        if rule.cue_low:
            yield f'Below: "{rule.cue_low}"'
        if rule.cue_high:
            yield f'Above: "{rule.cue_high}"'
    yield f'Corrected: "{rule.praise}"'
    yield f"Why: {rule.why}"


def _precision(spec: MeasureSpec) -> str:
    """The unit in which rule files have a measure, how far it may be wrong, and what has to be seen for it."""
    unit = "Degrees" if spec.unit == "deg" else "A share, 1 is the whole length"
    change = "" if spec.difference_error is None else f" (of a change within one person: {spec.difference_error:g})"
    seen = ", ".join(joint.name.lower().replace("foot_index", "toes") for joint in spec.joints)
    return f"{unit}; known error {spec.error:g}{change}; seen must be: {seen}."


def _good(rule: Rule) -> str:
    return f"{_subject(rule.measure)}: {_range(rule.measure, rule)}"


def _good_swing(rule: SwingRule) -> str:
    moving = f"the {_subject(rule.swing_of)}"
    if rule.judge == DURATION:
        return f"each way of the movement ({moving}) takes {rule.min:g} s or more"
    if rule.judge == rule.swing_of:
        return f"each way, {moving} changes by {_amount(rule.judge, rule.min)} or more"
    return f"when {moving} changes, the {_subject(rule.judge)} changes by {_amount(rule.judge, rule.min)} or more"


def _subject(measure: str) -> str:
    return MEASURES[measure].meaning


def _amount(measure: str, value: float) -> str:
    """A value in the unit that people read: degrees, or per cent of the length that the measure names."""
    return f"{value:g}°" if MEASURES[measure].unit == "deg" else f"{100 * value:g}%"


def _range(measure: str, limits: Range) -> str:
    """`between 70° and 135°`, `38% or less`, `20° or more above your own neutral`."""
    if limits.relative_to == "neutral":
        return _from_neutral(measure, limits)
    low, high = (None if value is None else _amount(measure, value) for value in (limits.min, limits.max))
    if low and high:
        return f"between {low} and {high}"
    return f"{low} or more" if low else f"{high} or less"


def _from_neutral(measure: str, limits: Range) -> str:
    ends = []
    for value, outwards in ((limits.min, 1), (limits.max, -1)):
        if value is not None:
            amount = _amount(measure, abs(value))
            side = "above" if value >= 0 else "below"
            ends.append(f"{amount} or more {side}" if value * outwards >= 0 else f"no more than {amount} {side}")
    return f"{' and '.join(ends)} your own neutral"
