"""summary.json as a page, from its schema."""

from __future__ import annotations

import json

from docs.pages import ROOT
from docs.pages.tables import Tables


def page() -> str:
    """Every part of a summary, with its keys."""
    schema = json.loads((ROOT / "docs" / "summary.schema.json").read_text(encoding="utf-8"))
    tables = Tables(schema, {}, ("there", lambda _, required: "always" if required else "not always"))
    lines = ["# summary.json", "", schema["description"], ""]
    lines += ["[The JSON schema](../summary.schema.json) says the same to programs."]
    for name in filter(tables.has_section, schema["$defs"]):
        lines += tables.section(name)
    return "\n".join(lines) + "\n"
