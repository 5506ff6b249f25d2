"""All commands and options as a page, from the command line itself."""

from __future__ import annotations

import html
import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer

from docs.pages.tables import heading, row
from posecheck.cli import app


def page() -> str:
    """The commands, each with what it does, its arguments and its options."""
    command = typer.main.get_command(app)
    lines = ["# Commands", "", "`posecheck COMMAND --help` prints the same.", ""]
    return "\n".join([*lines, *_command(command, "posecheck", None)]) + "\n"


def _command(command: Any, name: str, parent: Any) -> Iterator[str]:
    context = command.make_context(name.rsplit(" ", 1)[-1], [], parent=parent, resilient_parsing=True)
    yield from (f"## {name}", "", "```text", command.get_usage(context).removeprefix("Usage: "), "```", "")
    yield from _paragraphs(command.help or "")
    asked = [one for one in command.get_params(context) if parent is None or one.name != "help"]
    records = [found for found in (one.get_help_record(context) for one in asked) if found]
    if records:
        yield from heading("argument or option", "meaning")
        yield from (row(f"`{re.sub(' <.*>$', '', left)}`", html.escape(right, quote=False)) for left, right in records)
        yield ""
    yield from _paragraphs(command.epilog or "")
    for inner, one in getattr(command, "commands", {}).items():
        yield from _command(one, f"{name} {inner}", context)


def _paragraphs(text: str) -> Iterator[str]:
    """A help text: what stands after a line of a backspace is kept line by line."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        kept = paragraph.removeprefix("\b\n")
        yield from ("```text", kept, "```", "") if kept != paragraph else (html.escape(kept, quote=False), "")
