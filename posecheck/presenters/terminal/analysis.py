"""The result of an analysis in the terminal: what was done and what to mend, understood in ten seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from posecheck.judging.summary import Summary
from posecheck.measures.table import MEASURES
from posecheck.presenters.terminal.tables import print_lines

MOST_HOLDS = 8
"""Holds that are listed one by one; of more, each phase is summed up."""

CLOSE_SCORE = 75
"""Form below this is closer to a limit than half of its rule's margin (`posecheck.judging.assessment.quality`): it is
said, since some faults are often missed."""

MENTIONED_LOSS_S, MENTIONED_LOSS_SHARE = 1.0, 0.25
"""Where something was held, time that did not count is mentioned from so much on, and from this share of the held time:
on the way up and down a part of a second always passes."""

MOST_INTERVALS = 3
"""Times of a fault that are written out; more say less."""

VERDICT_STYLES = {"good": "green", "ready": "green", "fault": "red"}


def show(console: Console, summary: Summary) -> None:
    """Prints a summary (as `posecheck.judging.summary` makes it) for a person."""
    source = summary["source"]
    length = "" if source["kind"] == "still" else f"  {source['duration_s']:.1f} s"
    console.print(Text.assemble((source["name"], "bold"), length))
    if summary["still"] is not None:
        _show_still(console, summary["still"])
    for segment in summary["segments"]:
        console.print()
        for part in _segment(segment):
            print_lines(console, part)
    if summary["segments"]:
        console.print()
    if summary["warnings"]:
        print_lines(console, _labelled([(Text("note", "yellow"), warning) for warning in summary["warnings"]]))


def _show_still(console: Console, still: Summary) -> None:
    verdict = Text(still["verdict"], style=f"bold {VERDICT_STYLES.get(still['verdict'], '')}".strip())
    more = [fault["cue"] for fault in still["faults"]]
    if still["profile"] is not None:
        more.append(f"Judged by {still['profile']}'s own limits.")
    print_lines(console, _labelled([(verdict, still["reason"]), *((Text(), text) for text in more)]))


def _segment(segment: Summary) -> Iterator[RenderableType]:
    times = f"{_clock(segment['start_s'])} to {_clock(segment['end_s'])}"
    yield Text.assemble((segment["stretch"], "bold cyan"), f"  {times}  ", (_counts(segment), "bold"))
    for line in _course(segment):
        yield _indented(Text(line))
    if lost := _lost(segment):
        yield _indented(Text("What kept time from counting:", style="bold"))
        for one in lost:
            yield _indented(Text(f"{one['seconds']:.1f} s: {one['text']}", style="yellow"), 4)
    if segment["faults"]:
        yield _indented(Text("To mend, the most urgent first:", style="bold"))
        for fault in segment["faults"]:
            style = "red" if fault["severity"] == "major" else "yellow"
            yield _indented(Text(fault["cue"], style=style), 4)
            yield _indented(Text(f"{fault['rule']}, {_times(fault)}", style="dim"), 6)
    elif segment["holds"]:
        least = min(hold["score"] for hold in segment["holds"])
        close = f", but the form was close to a limit: {least} of 100" if least < CLOSE_SCORE else ""
        yield _indented(Text(f"No fault was seen{close}.", style="yellow" if close else "green"))
    if segment["holds"]:
        yield _indented(_holds(segment["holds"]))


def _counts(segment: Summary) -> str:
    counts = [
        f"{segment[what]} {what if segment[what] != 1 else what.removesuffix('s')}"
        for what in ("repetitions", "rounds")
        if segment[what] is not None
    ]
    missed = sum(not lift["counts"] for lift in segment["lifts"])
    if segment["aim"] == "repetitions" and missed:
        counts.append(f"{missed} more at fault")
    if not segment["holds"]:
        counts.append("no hold on good form")
    return ", ".join(counts)


def _lost(segment: Summary) -> list[Summary]:
    """What is worth saying of the time that did not count: all of it where nothing did, else what was long."""
    faults = {fault["rule"] for fault in segment["faults"]}
    held_s = sum(hold["hold_s"] for hold in segment["holds"])
    least_s = max(MENTIONED_LOSS_S, MENTIONED_LOSS_SHARE * held_s)
    return [one for one in segment["lost"] if not held_s or (one["seconds"] >= least_s and one["cause"] not in faults)]


def _course(segment: Summary) -> Iterator[str]:
    """What there is to say of the whole segment, beside its counts."""
    if segment["tempo_s"] is not None:
        yield f"A round takes {segment['tempo_s']:.1f} s."
    score = segment["score"]
    if score["movements"] and segment["holds"]:
        costs = ", ".join(f"less {points} for {_plain(rule)}" for rule, points in score["movements"].items())
        yield f"Form {score['value']} of 100: {score['holds']} for the holds, {costs}."
    if segment["range_of_motion_deg"]:
        moving = MEASURES[segment["range_of_motion_of"]]
        known = moving.error_of_difference
        yield f"The {moving.label} moves by {segment['range_of_motion_deg']:.0f}° ± {known:.0f}."
    if segment["modifications"]:
        yield f"Judged with {', '.join(segment['modifications'])}."
    if segment["profile"] is not None:
        yield f"Judged by {segment['profile']}'s own limits."


def _plain(name: str) -> str:
    """A rule's name as words."""
    return name.replace("-", " ")


def _holds(holds: Sequence[Summary]) -> Table:
    """Hold by hold, or phase by phase where there are many."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    if len(holds) > MOST_HOLDS:
        for heading in ("holds", "held", "aim", "reached", "form"):
            table.add_column(heading, justify="right")
        for (phase, target_s), count in Counter((hold["phase"], hold["target_s"]) for hold in holds).items():
            same = [hold for hold in holds if (hold["phase"], hold["target_s"]) == (phase, target_s)]
            lengths = sorted(hold["hold_s"] for hold in same)
            scores = sorted(hold["score"] for hold in same)
            table.add_row(
                Text(f"{count} {phase or ''}".rstrip()),
                f"{_span(f'{lengths[0]:.1f}', f'{lengths[-1]:.1f}')} s",
                f"{target_s:g} s",
                f"{sum(hold['completed'] for hold in same)} of {count}",
                f"{_span(f'{scores[0]}', f'{scores[-1]}')} of 100",
            )
        return table
    for heading in ("from", "held", "aim", "", "form"):
        table.add_column(heading, justify="right")
    if any(hold["phase"] for hold in holds):
        table.add_column("phase")
    for hold in holds:
        reached = Text("reached", "green") if hold["completed"] else Text("short", "yellow")
        table.add_row(
            _clock(hold["start_s"]),
            f"{hold['hold_s']:.1f} s",
            f"{hold['target_s']:g} s",
            reached,
            f"{hold['score']} of 100",
            *([Text(hold["phase"])] if hold["phase"] else []),
        )
    return table


def _times(fault: Summary) -> str:
    """How long a fault lasted, and when."""
    times = [f"{_clock(start)} to {_clock(end)}" for start, end in fault["intervals"]]
    more = f" and {len(times) - MOST_INTERVALS} times more" if len(times) > MOST_INTERVALS else ""
    return f"{fault['seconds']:.1f} s: {', '.join(times[:MOST_INTERVALS])}{more}"


def _indented(part: RenderableType, by: int = 2) -> RenderableType:
    return Padding(part, (0, 0, 0, by), expand=False)


def _labelled(rows: Sequence[tuple[Text, str]]) -> Table:
    """Labels and their texts, whose further lines stay right of the labels."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    for label, text in rows:
        table.add_row(label, Text(text))
    return table


def _span(least: str, most: str) -> str:
    return least if least == most else f"{least} to {most}"


def _clock(time_s: float) -> str:
    minutes, tenths = divmod(round(10 * time_s), 600)
    return f"{minutes}:{tenths // 10:02d}.{tenths % 10}"
