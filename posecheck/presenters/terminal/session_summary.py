"""What a session of practice came to, in the terminal and on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from posecheck.coaching.outcome import StretchOutcome, reached_words
from posecheck.measures.table import MEASURES


def ending_rows(parts: Sequence[StretchOutcome]) -> tuple[str, list[str], str]:
    """For the screen: a heading, a row or two for each stretch, and what to work on."""
    rows: list[str] = []
    for part in parts:
        rows.append(f"{part.title}: {_held(part)}")
        rows += [f"   {line}" for line in _details(part)[:1]]
    faulty = [part for part in parts if part.faults] or list(parts[-1:])
    worst = max(faulty, key=lambda part: part.faults[0].seconds if part.faults else 0.0, default=None)
    heading = "Well done" if any(part.holds for part in parts) else "That was all"
    return heading, rows or ["Nothing was held this time."], "" if worst is None else worst.work_on


def show_ending(console: Console, parts: Sequence[StretchOutcome]) -> None:
    """Prints holds, best, form, the most frequent fault, the range of motion, and what to work on."""
    console.print()
    if not parts:
        console.print("Nothing was seen to be judged.")
    for part in parts:
        console.print(Text.assemble((part.title, "bold cyan"), "  ", (_held(part), "bold")))
        for line in _details(part):
            console.print(Padding(Text(line), (0, 0, 0, 2)))
        if part.faults:
            fault = max(part.faults, key=lambda one: (one.times, one.seconds))
            times = "once" if fault.times == 1 else f"{fault.times} times"
            line = f"most frequent fault: {fault.cue.rule}, {times}, {fault.seconds:.1f} s"
            console.print(Padding(Text(line, "yellow"), (0, 0, 0, 2)))
        console.print(Padding(Text.assemble("work on: ", (part.work_on, "bold")), (0, 0, 0, 2)))


def _held(part: StretchOutcome) -> str:
    if not part.holds:
        return "no hold on good form"
    count = len(part.holds)
    return f"{count} {'hold' if count == 1 else 'holds'}, best {part.best_s:.1f} s"


def _details(part: StretchOutcome) -> list[str]:
    """How good the holds were, and how far the body moved between the phases."""
    lines = []
    if part.holds:
        lines.append(f"{reached_words(part.holds)}, form {part.score or 0.0:.0f} of 100")
    moving = part.stretch.turning_measure
    if moving is not None and part.range_of_motion_deg is not None:
        lines.append(f"the {MEASURES[moving].label} moved by {part.range_of_motion_deg:.0f}°")
    return lines
