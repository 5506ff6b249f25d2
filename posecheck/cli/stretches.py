"""`posecheck stretches`: which stretches there are, what one asks for, and what is wrong with a rule file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from posecheck.errors import RuleFileError, UsageError

app = typer.Typer(help="List, explain and check the stretches that posecheck knows.")


@app.callback(invoke_without_command=True)
def stretches(context: typer.Context) -> None:
    """List, explain and check the stretches that posecheck knows."""
    if context.invoked_subcommand is None:
        list_all()


@app.command("list")
def list_all() -> None:
    """List the stretches, the shipped ones and your own."""
    from posecheck.presenters.terminal.tables import print_lines
    from posecheck.storage.rule_files import list_stretches, own_folder

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
        many = f"{entry.path}: {count} mistakes; posecheck stretches check {entry.path} lists them"
        for line in entry.problems if count < 2 else [many]:
            typer.echo(line, err=True)


@app.command()
def check(files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Rule files.")]) -> None:
    """Report every mistake in rule files: `file:line: key: what is wrong, what is allowed`.

    The texts that a draft leaves to be written, in <...>, are listed, too. They are no mistakes: the file can be used.
    """
    from posecheck.storage.placeholders import unwritten
    from posecheck.storage.rule_files import check_file

    faulty = False
    for file in files:
        problems = check_file(file)
        faulty = faulty or bool(problems)
        left = unwritten(file)
        if not problems:
            typer.echo(f"{file}: ok{f', but {_texts(len(left))} to be written' if left else ''}")
        for line in (*problems, *left):
            typer.echo(line)
    if faulty:
        raise typer.Exit(RuleFileError.exit_code)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME|PATH", help="A stretch or a rule file.")],
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Add what it is judged by: limits, reasons and sources.")
    ] = False,
) -> None:
    """Explain a stretch as a teacher would."""
    from posecheck.presenters.terminal.stretch_help import explain
    from posecheck.storage.rule_files import load_stretch

    explain(_console(), load_stretch(name), evidence=evidence)


@app.command()
def measures() -> None:
    """Explain the measures that rules are made of.

    Each has its name, its zero and sign, its unit in rule files, its known error, and what must be seen for it.
    """
    from posecheck.presenters.terminal.stretch_help import explain_measures

    explain_measures(_console())


@app.command()
def schema(
    routine: Annotated[bool, typer.Option("--routine", help="The schema of routines instead.")] = False,
) -> None:
    """Print the JSON schema of rule files, by which editors complete and explain keys and mark mistakes.

    \b
    For an editor that reads `#:schema` in TOML files (Even Better TOML, taplo):
      posecheck stretches schema > stretch.schema.json
    and, as the first line of the rule file beside it:
      #:schema ./stretch.schema.json
    """  # noqa: D301 - \b, a character, keeps the lines that follow as they are
    import json

    from posecheck.rules.routine import Routine
    from posecheck.rules.schema import schema_of
    from posecheck.rules.stretch import Stretch

    typer.echo(json.dumps(schema_of(Routine if routine else Stretch), indent=2, ensure_ascii=False))


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of the stretch.")],
    clips: Annotated[
        list[Path], typer.Option("--from", metavar="CLIP", help="A clip or recording; may be given again.")
    ],
    labels: Annotated[Path, typer.Option(metavar="FILE.csv", help="What the clips show, and when.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Where to write it.", show_default="NAME.toml")
    ] = None,
) -> None:
    """Draft the rule file of a new stretch from labelled clips; you write the words in it.

    Label good seconds, and seconds of each fault by a name of your own. The measures that separate them best become
    rules. The draft passes `check`; `tune` improves its limits with clips of more people.
    """
    from posecheck.cli.tune import labelled_clips
    from posecheck.rules.fields import short_name
    from posecheck.storage.rule_edits import write_text
    from posecheck.storage.rule_files import check_file
    from posecheck.tuning.rule_drafting import draft

    try:
        short_name(name)
    except ValueError as error:
        raise UsageError(str(error)) from error
    path = Path(f"{name}.toml") if out is None else out
    if path.suffix.casefold() != ".toml":
        raise UsageError(f"--out {path}: a rule file's name ends in .toml")
    if path.exists():
        raise UsageError(f"{path}: exists already; name another file by --out, or delete it first")
    text, notes = draft(name, labelled_clips(name, None, clips, labels))
    write_text(path, text)
    problems = check_file(path)
    if problems:
        path.unlink()
        raise RuleFileError([str(problem) for problem in problems])
    typer.echo(f"{path}: a draft that can be used; posecheck stretches check {path} lists what is to be written")
    for note in notes:
        typer.echo(f"  {note}")


def _texts(count: int) -> str:
    return f"{count} texts are" if count != 1 else "1 text is"


def _console() -> Console:
    return Console(highlight=False)
