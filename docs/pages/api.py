"""The public names as a page, which mkdocstrings fills from their docstrings."""

from __future__ import annotations

import posecheck


def page() -> str:
    """A section for each public name, in the order in which `posecheck` has them."""
    lines = ["# API", "", "::: posecheck", "    options:", "      members: false", "      show_root_heading: false", ""]
    for name in getattr(posecheck, "__all__", ()):
        thing = getattr(posecheck, name)
        if hasattr(thing, "__qualname__"):
            lines += [
                f"::: {thing.__module__}.{thing.__qualname__}",
                "    options:",
                f"      heading: posecheck.{name}",
                "",
            ]
    return "\n".join(lines) + "\n"
