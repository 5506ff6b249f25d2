"""Descriptions from the docstrings of a rule file's parts: the text for schema and reference is written there only."""

from __future__ import annotations

import inspect
import re
from textwrap import dedent

_SECTION = re.compile(r"^(Args|Attributes|Raises|Returns):$\n", re.MULTILINE)
_ENTRY = re.compile(r"^(\w+): ", re.MULTILINE)


def described(part: type) -> str:
    """What a class is, by the part of its docstring that stands before the first section; empty for none."""
    return _flowing(_SECTION.split(inspect.cleandoc(part.__doc__ or ""))[0])


def described_keys(part: type) -> dict[str, str]:
    """What each attribute is, by the section "Attributes:" of the class and of those that it inherits from."""
    found: dict[str, str] = {}
    for base in reversed(part.__mro__):
        _, *sections = _SECTION.split(inspect.cleandoc(base.__dict__.get("__doc__") or ""))
        text = dict(zip(sections[::2], sections[1::2], strict=True)).get("Attributes", "")
        _, *entries = _ENTRY.split(dedent(text))
        found |= {name: _flowing(entry) for name, entry in zip(entries[::2], entries[1::2], strict=True)}
    return found


def _flowing(text: str) -> str:
    """The text without its line breaks; paragraphs stay."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text.strip()))
