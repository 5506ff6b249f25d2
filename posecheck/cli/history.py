"""`posecheck history`: what was done, for reading, plotting, exporting, adding pain and deleting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from posecheck.errors import OutputError, UsageError

if TYPE_CHECKING:
    from posecheck.coaching.progression import SessionDone


def history(
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw hold time, form and range of motion over the weeks.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE.csv|json", help="Write all of it: csv by hold, json in full.")
    ] = None,
    pain: Annotated[
        int | None, typer.Option(metavar="0-10", help="Keep the pain you felt in the last session, or in --session.")
    ] = None,
    session: Annotated[int | None, typer.Option(metavar="NO", help="The session that --pain is for.")] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the whole history, after asking.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    restore: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Put a history that was set aside, or a copy, in this one's place."),
    ] = None,
) -> None:
    """Show what you have practised. It is kept on this machine and nowhere else."""
    if session is not None and pain is None:
        raise UsageError("--session says whose pain it was; give --pain too")
    if ((delete or restore) and (plot, export, pain) != (None, None, None)) or (delete and restore):
        raise UsageError(f"{'--delete' if delete else '--restore'} goes alone")
    from posecheck.storage.history import history_path

    path = history_path()
    if restore is not None:
        _restore(path, restore)
        return
    if delete:
        _delete(path, asked=not yes)
        return
    if pain is not None:
        _keep_pain(path, pain, session)
    if pain is None or plot or export:
        _present(_sessions(path), path, plot, export)


def _keep_pain(path: Path, pain: int, session: int | None) -> None:
    from posecheck.storage.history import History

    if not path.exists():
        raise UsageError("there is no session yet; practise first")
    with History(path) as opened:
        for note in opened.notes:
            _say(note)
        typer.echo(f"Session {opened.set_pain(pain, session)}: pain {pain} of 10.")


def _sessions(path: Path) -> list[SessionDone]:
    """Reads all sessions. Never changes the file, whatever it is."""
    from posecheck.storage.history import read_sessions

    return read_sessions(path, _say)


def _present(sessions: list[SessionDone], path: Path, plot: Path | None, export: Path | None) -> None:
    if export is not None:
        from posecheck.presenters.terminal import history as shown

        shown.export(export, sessions)
        typer.echo(f"{export}: {_counted(sessions)}")
    if plot is not None:
        from posecheck.presenters.output.history_plot import plot as draw

        draw(plot, sessions)
        typer.echo(f"{plot}: {_counted(sessions)}")
    if export is None and plot is None:
        from posecheck.presenters.terminal import history as shown

        shown.show(Console(highlight=False), sessions)
        if sessions:
            typer.echo(f"\nKept in {path} and nowhere else; --delete deletes it.")


def _delete(path: Path, *, asked: bool) -> None:
    from posecheck.storage.history import delete, read_sessions

    if not path.parent.exists():
        typer.echo("There is no history to delete.")
        return
    try:
        held = _counted(read_sessions(path))
    except OutputError as error:
        _say(str(error))
        held = "a damaged history"
    if asked and not typer.confirm(f"Delete {held} in {path} for good?"):
        typer.echo("Nothing was deleted.")
        return
    gone = delete(path)
    typer.echo(f"Deleted {held}." if gone else "There is no history to delete.")


def _restore(path: Path, kept: Path) -> None:
    from posecheck.storage.history import read_sessions, restore

    aside = restore(path, kept)
    typer.echo(f"Restored {_counted(read_sessions(path, _say))} from {kept}.")
    if aside is not None:
        typer.echo(f"What was there before is now {aside}.")


def _counted(sessions: list[SessionDone]) -> str:
    return "1 session" if len(sessions) == 1 else f"{len(sessions)} sessions"


def _say(note: str) -> None:
    typer.echo(f"posecheck: {note}", err=True)
