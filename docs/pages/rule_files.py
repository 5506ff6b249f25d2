"""The keys of rule files and routines as pages: from the models' JSON schema, with examples from the shipped files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from docs.pages.tables import Schema, Tables, reference
from posecheck.rules.fields import Model
from posecheck.rules.routine import Routine
from posecheck.rules.schema import schema_of
from posecheck.rules.stretch import Stretch
from posecheck.storage.routine_files import routines_folder
from posecheck.storage.rule_files import shipped_folder

INTRODUCTION = """\
A rule file is a TOML file of numbers and words. `posecheck stretches check FILE` finds every mistake in one, with its
line and what is allowed. For an editor that completes and explains keys, such as VS Code with Even Better TOML,
`posecheck stretches schema > stretch.schema.json` writes a JSON schema; the first line of the rule file beside it is
then `#:schema ./stretch.schema.json`. Limits are in the unit of their [measure](measures.md).
"""

INNER = {"Range": "Ranges of measures", "Change": "Changes of a rule", "Figure": "Silhouettes"}
"""The titles of parts that stand inside others, and under no heading of their own."""

ROUTINES = """\
A routine is a TOML file of stretches that are done one after the other: `posecheck practice --routine FILE`. The schema
for editors is printed by `posecheck stretches schema --routine`.
"""


def stretch_page() -> str:
    """The reference of rule files."""
    return _page("Rule files", INTRODUCTION, Stretch, shipped_folder())


def routine_page() -> str:
    """The reference of routines."""
    return _page("Routines", ROUTINES, Routine, routines_folder())


def _page(title: str, introduction: str, model: type[Model], folder: Path) -> str:
    schema = schema_of(model)
    places = _places(schema["properties"])
    titles = INNER | {name: f"`{place}`" for name, place in places.items()}
    tables = Tables(schema, titles, ("default", _default))
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml"))}
    lines = [f"# {title}", "", introduction, "## The top of the file", "", schema["description"], ""]
    lines += [*tables.keys(schema), *_example(r"schema = (.*\n)+?(?=\n(#.*\n)*\[)", files)]
    for name in filter(tables.has_section, [*places, *(one for one in schema["$defs"] if one not in places)]):
        lines += tables.section(name)
        if name in places:
            lines += _example(_block(places[name]), files)
    lines += ["", "## Whole files", ""]
    for name, text in files.items():
        lines += [f'??? example "{name}"', "", *_indented("```toml", *text.rstrip().splitlines(), "```"), ""]
    return "\n".join(lines) + "\n"


def _default(value: Schema, required: bool) -> str:
    if required:
        return "required"
    default = value.get("default")
    return "none" if default is None else "see there" if isinstance(default, dict) else f"`{json.dumps(default)}`"


def _places(properties: Mapping[str, Schema]) -> dict[str, str]:
    """The heading under which each part stands in a file, in the order of the file's keys."""
    found = {}
    for key, value in properties.items():
        inner = [*value.get("patternProperties", {}).values(), value.get("items"), value.get("additionalProperties")]
        if (name := reference(value)) is not None:
            found[name] = f"[{key}]"
        for one in inner:
            if isinstance(one, dict) and (name := reference(one)) is not None:
                found[name] = f"[[{key}]]" if value["type"] == "array" else f"[{key}.NAME]"
    return found


def _example(block: str, files: Mapping[str, str]) -> list[str]:
    """The first place in a file that a pattern fits; nothing if none does."""
    for name, text in files.items():
        if found := re.search(f"^{block}", text, re.MULTILINE):
            return ["", f"From `{name}`:", "", "```toml", found[0].strip(), "```"]
    return []


def _block(place: str) -> str:
    """A heading with all up to the next blank line, and the tables within it, such as `[ready.where]`."""
    heading = re.escape(place).replace("NAME", ".+")
    inner = re.escape(place[:-1]) + r"\.\w+\]"
    lines = r"\n(?:.+\n)+"
    return rf"{heading}{lines}(?:\n(?:#.*\n)*{inner}{lines})*"


def _indented(*lines: str) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]
