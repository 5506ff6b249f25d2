"""The result of an analysis in the terminal: what was done and what to mend, understood in ten seconds."""

from __future__ import annotations

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from posecheck.summary import Summary

MOST_INTERVALS = 4
"""Times of a fault that are written out; more say less."""


def show(console: Console, summary: Summary) -> None:
    """Prints a summary (as `posecheck.summary` makes it) for a person."""
    source = summary["source"]
    length = "still" if source["kind"] == "still" else f"{source['duration_s']:.1f} s"
    console.print(Text.assemble((source["name"], "bold"), f"  {length}, {source['width']}x{source['height']}"))
    if summary["still"] is not None:
        _show_still(console, summary["still"])
    for segment in summary["segments"]:
        console.print(_segment(segment))
    for warning in summary["warnings"]:
        console.print(Text.assemble(("note  ", "yellow"), warning))


def _show_still(console: Console, still: Summary) -> None:
    console.print(Text.assemble((still["verdict"], "bold"), f"  {still['reason']}"))
    for fault in still["faults"]:
        console.print(Text(f"  {fault['rule']}: {fault['cue']}"))


def _segment(segment: Summary) -> Group:
    counts = [
        f"{segment[what]} {what if segment[what] != 1 else what.removesuffix('s')}"
        for what in ("repetitions", "rounds")
        if segment[what] is not None
    ]
    if segment["tempo_s"] is not None:
        counts.append(f"{segment['tempo_s']:.1f} s a round")
    if segment["range_of_motion_deg"] is not None:
        counts.append(f"spine moves by {segment['range_of_motion_deg']:.0f}°")
    if segment["modifications"]:
        counts.append(f"with {', '.join(segment['modifications'])}")
    title = Text.assemble(
        ("\n" + segment["stretch"], "bold cyan"),
        f"  {_clock(segment['start_s'])} to {_clock(segment['end_s'])}: {', '.join(counts)}",
    )
    parts: list[Text | Table] = [title]
    if segment["holds"]:
        parts.append(_holds(segment["holds"]))
    else:
        parts.append(Text("  no hold on good form"))
    if segment["faults"]:
        parts.append(_faults(segment["faults"]))
    elif segment["holds"]:
        parts.append(Text("  no faults seen", style="green"))
    return Group(*parts)


def _holds(holds: list[Summary]) -> Table:
    table = Table(box=None, pad_edge=True, title_justify="left")
    for heading in ("held", "target", "from", "to", "score"):
        table.add_column(heading, justify="right")
    phases = any(hold["phase"] for hold in holds)
    if phases:
        table.add_column("phase")
    for hold in holds:
        row = [
            f"{hold['hold_s']:.1f} s",
            f"{hold['target_s']:.0f} s {'✓' if hold['completed'] else ' '}",
            _clock(hold["start_s"]),
            _clock(hold["end_s"]),
            f"{hold['score']}",
        ]
        table.add_row(*row, *([hold["phase"]] if phases else []))
    return table


def _faults(faults: list[Summary]) -> Table:
    table = Table(box=None, pad_edge=True)
    table.add_column("to mend")
    table.add_column("seconds", justify="right")
    table.add_column("when")
    table.add_column("say")
    for fault in faults:
        times = [f"{_clock(start)} to {_clock(end)}" for start, end in fault["intervals"]]
        more = f", {len(times) - MOST_INTERVALS} more" if len(times) > MOST_INTERVALS else ""
        style = "red" if fault["severity"] == "major" else "yellow"
        table.add_row(
            Text(fault["rule"], style=style),
            f"{fault['seconds']:.1f}",
            ", ".join(times[:MOST_INTERVALS]) + more,
            fault["cue"],
        )
    return table


def _clock(time_s: float) -> str:
    minutes, seconds = divmod(time_s, 60.0)
    return f"{int(minutes)}:{seconds:04.1f}"
