"""The command line: each command parses its options, calls one use, and turns errors into exit codes.

Exit codes: 0 done, 1 something to mend (`doctor`), 2 wrong usage, 3 an input could not be analysed or a result not
written, 4 no pose model, 5 a faulty rule file or an unknown stretch, 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from typing import Annotated

import typer

from posecheck import __version__
from posecheck.cli import analyze, cameras, doctor, extract, history, label, practice, stretches, tune
from posecheck.cli.file_arguments import FilesCommand
from posecheck.errors import PoseCheckError

app = typer.Typer(
    name="posecheck",
    help=(
        "Watches a person stretch and says whether the form is good and how long it was held.\n\n"
        "Begin with a clip filmed from the side: posecheck analyze CLIP. Nothing leaves this machine. "
        "posecheck is a form coach, no medical device: stop on pain, and ask a professional."
    ),
    epilog=(
        "Exit codes: 0 done, 1 something to mend (doctor), 2 usage, 3 input or output, 4 pose model, 5 rule file, "
        "130 interrupted."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain help: in Typer's boxes, texts of 80 columns break in the middle of a line.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(name="analyze", cls=FilesCommand)(analyze.analyze)
app.command(name="practice")(practice.practice)
app.add_typer(stretches.app, name="stretches")
app.command(name="tune", cls=FilesCommand)(tune.tune)
app.command(name="label", cls=FilesCommand)(label.label)
app.command(name="extract", cls=FilesCommand)(extract.extract)
app.command(name="history")(history.history)
app.command(name="cameras")(cameras.cameras)
app.command(name="doctor")(doctor.doctor)


@app.callback()
def posecheck(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error came from, and all that MediaPipe says.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=lambda wanted: _version(wanted), is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Options of every command."""
    if debug:
        os.environ["POSECHECK_DEBUG"] = "1"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Runs the command line; an error is one line on stderr and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a pipe that knows only ASCII gets a mark for a letter that it cannot show.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="posecheck")
    except PoseCheckError as error:
        if os.environ.get("POSECHECK_DEBUG"):
            traceback.print_exc()
        for line in str(error).splitlines():
            typer.echo(f"posecheck: {line}", err=True)
        sys.exit(error.exit_code)
