"""Tables on the terminal, without the blanks that fill up their lines."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.text import Text


def print_lines(console: Console, part: RenderableType) -> None:
    """Prints a table or text as rich lays it out; no line ends in blanks, which a narrower screen would wrap."""
    for segments in console.render_lines(part, pad=False):
        line = Text.assemble(*((segment.text, segment.style or "") for segment in segments))
        line.rstrip()
        console.print(line, soft_wrap=True)
