"""Tables on the terminal, without the blanks that fill up their lines."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.text import Text

WIDEST = 1000
"""Columns of a screen that is wide enough for anything."""


def print_lines(console: Console, part: RenderableType) -> None:
    """Prints a table or text as rich lays it out; no line ends in blanks, which a narrower screen would wrap.

    What does not fit into the screen's width, such as columns that may not be narrower, is not cut off.
    """
    least = Measurement.get(console, console.options.update(width=WIDEST), part).minimum
    options = console.options.update(width=max(console.width, least))
    for segments in console.render_lines(part, options, pad=False):
        line = Text.assemble(*((segment.text, segment.style or "") for segment in segments))
        line.rstrip()
        console.print(line, soft_wrap=True)
