"""The public names as a page, which mkdocstrings fills from their docstrings."""

from __future__ import annotations

import inspect
from textwrap import indent

import posecheck
from docs.pages import ROOT


def page() -> str:
    """What `posecheck` says of itself, and a section for each of its public names; the errors come last."""
    things = {name: getattr(posecheck, name) for name in posecheck.__all__}
    lines = ["# API", "", inspect.cleandoc(posecheck.__doc__ or "").replace("::\n", ":\n"), ""]
    lines += ["## Programs to begin with", ""]
    for path in sorted((ROOT / "examples").glob("*.py")):
        lines += [
            f'??? example "{path.name}"',
            "",
            "    ```python",
            indent(path.read_text("utf-8"), "    "),
            "    ```",
            "",
        ]
    for name in sorted(things, key=lambda name: _is_error(things[name])):
        thing = things[name]
        if not isinstance(thing, str):
            lines += [f"::: {thing.__module__}.{thing.__qualname__}", "    options:", f"      heading: {name}", ""]
    return "\n".join(lines) + "\n"


def _is_error(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Exception)
