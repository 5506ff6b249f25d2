"""`posecheck stretches`: which stretches there are, what one asks for, and what is wrong with a rule file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from posecheck.errors import RuleFileError, UsageError

if TYPE_CHECKING:
    from posecheck.rules import Range, Rule, SwingRule
    from posecheck.stretches import Phase, Stretch

app = typer.Typer(help="List, explain and check the stretches that posecheck knows.")


@app.callback(invoke_without_command=True)
def stretches(context: typer.Context) -> None:
    """List, explain and check the stretches that posecheck knows."""
    if context.invoked_subcommand is None:
        list_all()


@app.command("list")
def list_all() -> None:
    """List the stretches, the shipped ones and your own."""
    from posecheck.presenters.lines import print_lines
    from posecheck.rulefiles import list_stretches, own_folder

    entries = list_stretches()
    table = Table("name", "stretch", "also called", "from", box=None, pad_edge=False)
    for entry in entries:
        if entry.stretch:
            row = (entry.stretch.title, ", ".join(entry.stretch.other_names))
        else:
            row = ("cannot be used: see below", "")
        table.add_row(*(Text(cell) for cell in (entry.name, *row, entry.origin.value)))
    print_lines(_console(), table)
    typer.echo(f"\nposecheck stretches show NAME explains one. Your own rule files go into {own_folder()}")
    for entry in entries:
        count = len(entry.problems)
        many = f"{entry.path}: {count} mistakes; posecheck stretches check {entry.path} tells them"
        for line in entry.problems if count < 2 else [many]:
            typer.echo(line, err=True)


@app.command()
def check(files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Rule files.")]) -> None:
    """Say everything that is wrong with rule files: `file:line: key: what is wrong, what is allowed`."""
    from posecheck.rulefiles import check_file

    faulty = False
    for file in files:
        problems = check_file(file)
        faulty = faulty or bool(problems)
        for line in problems or (f"{file}: ok",):
            typer.echo(line)
    if faulty:
        raise typer.Exit(RuleFileError.exit_code)


@app.command()
def show(name: Annotated[str, typer.Argument(metavar="NAME|PATH", help="A stretch or a rule file.")]) -> None:
    """Explain a stretch as a teacher would."""
    from posecheck.rulefiles import load_stretch

    _Lesson(_console()).tell(load_stretch(name))


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the stretch is to be called.")],
    clips: Annotated[
        list[Path], typer.Option("--from", metavar="CLIP", help="A clip or recording; may be given again.")
    ],
    labels: Annotated[Path, typer.Option(metavar="FILE.csv", help="What is seen in the clips, and when.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Where to write it.", show_default="NAME.toml")
    ] = None,
) -> None:
    """Draft the rule file of a new stretch from labelled clips; the words in it are left to write.

    Label good seconds and, by names of your own, seconds of the faults that are to be told. The measures that part
    them best become rules. What is written passes `check`; tune makes it better, with more people.
    """
    from posecheck.cli.tune import labelled_clips
    from posecheck.drafts import draft
    from posecheck.rulefields import short_name
    from posecheck.rulefiles import check_file
    from posecheck.tomledit import write_text

    try:
        short_name(name)
    except ValueError as error:
        raise UsageError(str(error)) from error
    path = Path(f"{name}.toml") if out is None else out
    if path.suffix != ".toml":
        raise UsageError(f"--out {path}: a rule file's name ends in .toml")
    if path.exists():
        raise UsageError(f"{path}: is there already; name another file by --out, or delete it first")
    text, notes = draft(name, labelled_clips(name, None, clips, labels))
    write_text(path, text)
    problems = check_file(path)
    if problems:
        path.unlink()
        raise RuleFileError([str(problem) for problem in problems])
    typer.echo(f"{path}: a draft; posecheck stretches check {path} finds no mistake in it")
    for note in notes:
        typer.echo(f"  {note}")


def _console() -> Console:
    return Console(highlight=False)


class _Lesson:
    """A stretch told from top to bottom on a console."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def tell(self, stretch: Stretch) -> None:
        self.console.print(Text(stretch.title, "bold underline"))
        self._line(stretch.purpose)
        if stretch.other_names:
            self._line(f"Also called: {', '.join(stretch.other_names)}")
        self._section("Getting in", stretch.getting_in, numbered=True)
        self._section("Getting out", stretch.getting_out, numbered=True)
        self._section("Care", stretch.care)
        self._section("What to aim at", _aims(stretch))
        self._section("Phases", [_phase(phase) for phase in stretch.phases])
        self._form(stretch)
        self._section("What a side view cannot show", stretch.not_visible)
        self._modifications(stretch)
        self._section("Camera", [stretch.camera.advice])
        self._section("Sources", [f"{source.key}: {source.title}" for source in stretch.sources])

    def _form(self, stretch: Stretch) -> None:
        self._heading("Good form")
        rules: list[Rule | SwingRule] = [*stretch.rules, *stretch.swing_rules]
        for rule in sorted(rules, key=lambda rule: rule.priority):
            self._line(Text.assemble((rule.name, "bold"), f" ({rule.severity.value})"))
            for detail in _explained(rule):
                self._line(detail, indent=4)

    def _modifications(self, stretch: Stretch) -> None:
        if stretch.modifications:
            self._heading("Modifications")
        for name, modification in stretch.modifications.items():
            self._line(Text.assemble((name, "bold"), f": {modification.title}"))
            self._line(modification.advice, indent=4)
            left = {rule.name: rule for rule in stretch.modified([name]).rules}
            for changed in modification.rules:
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
        aim = f"{hold.repetitions} times {hold.target_s:g} s"
    rest = f", with {hold.rest_s:g} s of rest between" if hold.rest_s else ""
    return [f"{aim}{rest}. {hold.why}", f"It begins and rests here: {stretch.ready.description}"]


def _phase(phase: Phase) -> str:
    counts = " and ".join(f"{_subject(measure)}: {_range(measure, limits)}" for measure, limits in phase.where.items())
    return f'{phase.name}, {phase.target_s:g} s: "{phase.announce}" ({counts})'


def _explained(rule: Rule | SwingRule) -> Iterator[str]:
    """What good form is, what is said when it is not, what is said when it is mended, and why."""
    from posecheck.measuretable import MEASURES
    from posecheck.rules import SwingRule

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
    yield f'Mended: "{rule.praise}"'
    yield f"Why: {rule.why}"


def _good(rule: Rule) -> str:
    return f"{_subject(rule.measure)}: {_range(rule.measure, rule)}"


def _good_swing(rule: SwingRule) -> str:
    moving = f"the {_subject(rule.swing_of)}"
    if rule.judge == "duration_s":
        return f"each way of the movement ({moving}) takes {rule.min:g} s or more"
    if rule.judge == rule.swing_of:
        return f"each way, {moving} changes by {_amount(rule.judge, rule.min)} or more"
    return f"when {moving} changes, the {_subject(rule.judge)} changes by {_amount(rule.judge, rule.min)} or more"


def _subject(measure: str) -> str:
    from posecheck.measuretable import MEASURES

    return MEASURES[measure].meaning


def _amount(measure: str, value: float) -> str:
    """A value in the unit that people read: degrees, or per cent of the length that the measure names."""
    from posecheck.measuretable import MEASURES

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
