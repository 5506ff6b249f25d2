"""`posecheck cameras`: which cameras there are."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text


def cameras() -> None:
    """List the cameras, with the size and rate that practice gets from them."""
    from posecheck.sources.devices import find_cameras, mode_of

    found = find_cameras()
    if not found:
        typer.echo("No camera was found: plug one in, or practise with a clip: posecheck practice --source FILE")
        return
    table = Table("camera", "name", "size", "pictures a second", box=None, pad_edge=False, header_style="dim")
    for camera in found:
        mode = mode_of(camera.index)
        size = f"{mode.width_px}x{mode.height_px}" if mode else "used by another program, or not allowed"
        table.add_row(
            Text(str(camera.index)), Text(camera.name), Text(size), f"{mode.fps:g}" if mode and mode.fps else ""
        )
    Console(highlight=False).print(table)
    typer.echo("\nposecheck practice --camera NUMBER uses one.")
