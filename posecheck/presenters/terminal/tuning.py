"""What tuning found, on the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from posecheck.presenters.terminal.tables import WIDEST, print_lines
from posecheck.rules.limits import Threshold, rule_names, unit_of
from posecheck.rules.stretch import Stretch
from posecheck.tuning.bootstrap import Estimate
from posecheck.tuning.dataset import LabelledDataset
from posecheck.tuning.evaluation import Evaluation, RuleFigures
from posecheck.tuning.joint_search import Together
from posecheck.tuning.labels import GOOD
from posecheck.tuning.scoring import Confusion, Events, faulty_s
from posecheck.tuning.threshold_search import Proposal, Why

UNITS = {"deg": "°", "ratio": "", "s": " s"}
DIGITS = {"deg": 1, "ratio": 3, "s": 2}
"""After the point: more of them than a limit is ever written with say nothing."""

WHY = "why"
"""The heading of reasons, which may be broken over lines."""

NOTHING = "nothing on these clips"


def show(
    console: Console,
    dataset: LabelledDataset,
    now: Evaluation,
    then: Evaluation | None,
    proposals: Iterable[Proposal],
    chosen: Together,
) -> None:
    """The figures of the rules, what is proposed and what it would change, and the warnings."""
    clips = len(dataset.clips)
    people = f", {dataset.groups} people" if dataset.unit == "person" else ""
    people = f" of {dataset.person}" if dataset.person else people
    console.print(Text(f"{now.stretch.title}: {clips} clip{'s' * (clips != 1)}{people}", "bold"))
    console.print()
    unit = "people" if dataset.unit == "person" else "clips"
    _figures(console, now, unit)
    _limits(console, now.stretch, proposals, chosen)
    if then is not None:
        _effect(console, now, then, chosen, f"{dataset.groups} {unit}")
    _confusion(console, now)
    for warning in now.warnings:
        console.print(Text(f"! {warning}", "yellow"), soft_wrap=True)


def show_comparison(console: Console, names: tuple[str, str], both: tuple[Evaluation, Evaluation]) -> None:
    """Two rule files on the same clips, side by side."""
    table = _table("rule", "by", *names)
    figures = [{rule.rule: rule for rule in one.rules} for one in both]
    for name in dict.fromkeys([*figures[0], *figures[1]]):
        rules = [one.get(name) for one in figures]
        if not any(rule is not None and rule.groups for rule in rules):
            continue
        for title, of in (("F1", "f1"), ("precision", "precision"), ("recall", "recall"), ("events F1", "event_f1")):
            cells = ["no such rule" if rule is None else interval(getattr(rule, of)) for rule in rules]
            table.add_row(name if title == "F1" else "", title, *cells)
    for title, of, scale in (
        ("hold time missed", "hold_error", 1.0),
        ("faulty s held a minute", "held_faulty_s", 1.0),
        ("false holds a minute", "false_holds_per_min", 1.0),
    ):
        cells = [interval(getattr(one, of), percent=of == "hold_error", scale=scale) for one in both]
        table.add_row("holds", title, *cells)
    _print(console, table)
    for warning in both[0].warnings:
        console.print(Text(f"! {warning}", "yellow"), soft_wrap=True)


def value(stretch: Stretch, threshold: Threshold, number: float) -> str:
    """A limit with its unit."""
    unit = unit_of(stretch, threshold.rule)
    return f"{_rounded(number, unit)}{UNITS[unit]}"


def _rounded(number: float, unit: str) -> str:
    return f"{round(number, DIGITS[unit]):g}"


def interval(figure: Estimate, *, percent: bool = True, scale: float = 1.0) -> str:
    """A figure with its 95 % interval, `0.93 (0.88-0.97)`; `-` where it is not known."""
    if math.isnan(figure.value):
        return "-"
    digits = 2 if percent else 1
    told = f"{scale * figure.value:.{digits}f}"
    if math.isnan(figure.low):
        return told
    return f"{told} ({scale * figure.low:.{digits}f}–{scale * figure.high:.{digits}f})"


def effect(before: RuleFigures, after: RuleFigures) -> str:
    """What new limits change for a rule."""
    parts = [
        told
        for title, one, other in (
            ("precision", before.precision, after.precision),
            ("recall", before.recall, after.recall),
        )
        if (told := _change(title, one.value, other.value))
    ]
    return ", ".join(parts) or NOTHING


def _change(title: str, before: float, after: float) -> str:
    """A share before and after; it is not known where nothing is named. Empty if it stays."""
    if f"{before:.2f}" == f"{after:.2f}":
        return ""
    if math.isnan(before):
        return f"{title} {after:.2f} (nothing was named before)"
    if math.isnan(after):
        return f"{title} {before:.2f} before (nothing is named any more)"
    return f"{title} {before:.2f} to {after:.2f}"


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _print(console: Console, table: Table) -> None:
    """Prints a table whose figures are not broken over lines; reasons are, and headings that are longer than all below.

    On a narrow screen the columns move together; on one that is too narrow even so, it breaks the lines itself.
    """
    for column in table.columns:
        if column.header != WHY:
            column.min_width = max((cell_len(str(cell)) for cell in column.cells), default=0)
            column.no_wrap = cell_len(str(column.header)) <= column.min_width
    wide = console.options.update(width=WIDEST)
    table.collapse_padding = Measurement.get(console, wide, table).minimum > console.width
    print_lines(console, table)


def _figures(console: Console, now: Evaluation, people: str) -> None:
    shares = _table("rule", "at fault", "precision", "recall", "F1")
    events = _table("rule", "found", "precision", "recall", "F1")
    more = _table("rule", "said after, s", "room good", "room faulty")
    for rule in now.rules:
        if not rule.groups:
            continue
        unit = unit_of(now.stretch, rule.rule)
        seconds = f"{faulty_s(rule.seconds):.0f} s, {rule.groups}"
        shares.add_row(rule.rule, seconds, *map(interval, (rule.precision, rule.recall, rule.f1)))
        by_event = rule.event_precision, rule.event_recall, rule.event_f1
        events.add_row(
            rule.rule,
            f"{rule.events[Events.FOUND]:.0f} of {rule.events[Events.LABELLED]:.0f}",
            *map(interval, by_event),
        )
        rooms = (_room(room, unit) for room in (rule.room_good, rule.room_faulty))
        more.add_row(rule.rule, interval(rule.delay_s, percent=False), *rooms)
    if shares.row_count:
        notes = (
            (shares, f"By seconds. At fault: how long, and how many {people}. In brackets: 95 % interval, of several."),
            (events, "By events: each time that a fault was labelled, or named, is one."),
            (more, "Said after: the onset. Room: 5 to 95 % of the distance from the limit, good is positive."),
        )
        for table, note in notes:
            _print(console, table)
            console.print(Text(note, "dim"), soft_wrap=True)
            console.print()
    holds = (
        f"Holds: {interval(now.hold_error_s, percent=False)} s of good form a clip are not counted. Of a minute of "
        f"faulty form {interval(now.held_faulty_s, percent=False)} s are counted, in "
        f"{interval(now.false_holds_per_min, percent=False)} holds."
    )
    console.print(Text(holds), soft_wrap=True)
    if now.stretch.swing_rules:
        names = ", ".join(rule.name for rule in now.stretch.swing_rules)
        note = f"Faults of movement ({names}) are told when it is over; they end no hold, and are left out here."
        console.print(Text(note, "dim"), soft_wrap=True)
    console.print()


def _room(room: Iterable[float], unit: str) -> str:
    low, _, high = room
    return "-" if math.isnan(low) else f"{_rounded(low, unit)} to {_rounded(high, unit)}{UNITS[unit]}"


def _limits(console: Console, stretch: Stretch, proposals: Iterable[Proposal], chosen: Together) -> None:
    """Prints the limits whose fault the labels show. A warning reports the others."""
    table = _table("limit", "now", "proposed", "does as well", WHY)
    for one in proposals:
        if one.why is Why.NO_FAULTY:
            continue
        threshold = one.sweep.threshold
        new = chosen.values.get(threshold)
        why = one.why.value
        if new is not None:
            why = f"{one.score_now:.2f} to {one.score:.2f} of seconds right"
        elif one.why is Why.PROPOSED:
            why = "with the other limits the gain is not larger than its uncertainty"
        least, most = (_rounded(number, unit_of(stretch, threshold.rule)) for number in one.plateau)
        plateau = "" if math.isnan(one.plateau[0]) else f"{least} to {most}"
        table.add_row(
            str(threshold),
            value(stretch, threshold, one.sweep.now),
            Text("keep", "dim") if new is None else Text(value(stretch, threshold, new), "bold green"),
            plateau,
            why,
        )
    if table.row_count:
        _print(console, table)
        console.print()


def _effect(console: Console, now: Evaluation, then: Evaluation, chosen: Together, groups: str) -> None:
    after = {rule.rule: rule for rule in then.rules}
    told = f"Together: {chosen.score_now:.2f} of labelled seconds judged right now, {chosen.score:.2f} as proposed."
    console.print(Text(told, "bold"), soft_wrap=True)
    console.print(
        Text(
            f"  Chosen anew without each of the {groups} in turn, and tried on what was left out: "
            f"{chosen.gain:.2f} more judged right, very likely {chosen.gain_low:.2f} at least."
        ),
        soft_wrap=True,
    )
    moved = {threshold.rule for threshold in chosen.values}
    for rule in sorted(now.rules, key=lambda rule: rule.rule not in moved):
        told = effect(rule, after[rule.rule])
        if rule.rule in moved or told != NOTHING:
            console.print(Text(f"  {rule.rule}: {told}"), soft_wrap=True)
    console.print(
        Text(
            f"  holds: {_seconds(now.hold_error_s)} to {_seconds(then.hold_error_s)} s of good form a clip not "
            f"counted, {_seconds(now.held_faulty_s)} to {_seconds(then.held_faulty_s)} s of a minute of faulty form "
            "counted"
        ),
        soft_wrap=True,
    )
    console.print()


def _seconds(figure: Estimate) -> str:
    return "-" if math.isnan(figure.value) else f"{figure.value:.1f}"


def _confusion(console: Console, now: Evaluation) -> None:
    """Prints, for each label, the faults detected in its seconds that are not labelled, if there are any."""
    names = rule_names(now.stretch)
    lines = []
    for label, row in zip((GOOD, *names), now.confusion, strict=True):
        labelled_s = row[Confusion.LABELLED]
        others = [
            f"{name} {100 * seconds / labelled_s:.0f} %"
            for name, seconds in zip(names, row[Confusion.FIRST_RULE :], strict=True)
            if name != label and labelled_s and seconds / labelled_s > 0.005
        ]
        if others:
            lines.append(f"  in {label}: {', '.join(others)}")
    if lines:
        console.print(Text("Also named, share of the seconds labelled", "bold"))
        for line in lines:
            console.print(Text(line), soft_wrap=True)
        console.print()
