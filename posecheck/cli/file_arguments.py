"""Files whose names look like options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typer.core import TyperCommand

from posecheck.errors import UsageError


class FilesCommand(TyperCommand):
    """A command that takes files: one named ``--clip.mp4`` is told from a mistyped option, with the way to write it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As any command does.

        Raises:
            UsageError: If what looks like an option, and is none of this command's, is the name of a file.
        """
        known = {option for parameter in self.params for option in (*parameter.opts, *parameter.secondary_opts)}
        for text in args:
            if text == "--":
                break
            if text.startswith("-") and text not in known and Path(text).is_file():
                raise UsageError(f"{text}: this file's name looks like an option; write ./{text}")
        return super().parse_args(ctx, args)
