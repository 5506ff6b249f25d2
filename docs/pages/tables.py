"""A JSON schema as tables: what each key of each part means, and which values it takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

Presence = Callable[[Schema, bool], str]
"""What a table says of a key that may be left out, or may not: given its schema and whether it must be there."""


def row(*cells: str) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"


def heading(*names: str) -> list[str]:
    """The first two lines of a Markdown table."""
    return [row(*names), row(*("---" for _ in names))]


def reference(value: Schema) -> str | None:
    """The definition that a schema refers to; None for one that says itself what it is."""
    return value["$ref"].rsplit("/", 1)[1] if "$ref" in value else None


class Tables:
    """The parts of a schema that have keys, as sections with a table each.

    Args:
        schema: A JSON schema with definitions.
        titles: What a part is called in headings and links; others by the name of their definition.
        presence: The heading of the column that says whether a key must be there, and what stands in it.
    """

    def __init__(self, schema: Schema, titles: Mapping[str, str], presence: tuple[str, Presence]) -> None:
        self._parts: Mapping[str, Schema] = schema["$defs"]
        self._titles = titles
        self._column, self._presence = presence

    def section(self, name: str) -> list[str]:
        """A part's heading, meaning and keys."""
        part = self._parts[name]
        title = f"## {self._title(name)} {{ #{name.lower()} }}"
        return ["", title, "", part.get("description", ""), "", *self.keys(part)]

    def keys(self, part: Schema) -> list[str]:
        """The table of a part's keys; those of tables within it that have no section follow, with their path."""
        return [*heading("key", "value", self._column, "meaning"), *self._rows(part, "")]

    def has_section(self, name: str) -> bool:
        """Whether a definition has keys of its own."""
        return "properties" in self._parts[name]

    def _rows(self, part: Schema, path: str) -> Iterator[str]:
        for key, value in part["properties"].items():
            there = self._presence(value, key in part.get("required", ()))
            yield row(f"`{path}{key}`", self._kind(value), there, self._meaning(value))
            if "properties" in value:
                yield from self._rows(value, f"{path}{key}.")
            for inner, sign in ((value.get("additionalProperties"), ".*"), (value.get("items"), "[]")):
                if isinstance(inner, Mapping) and "properties" in inner:
                    yield from self._rows(inner, f"{path}{key}{sign}.")

    def _title(self, name: str) -> str:
        return self._titles.get(name, name)

    def _meaning(self, value: Schema) -> str:
        name = reference(value)
        return str(value.get("description", "" if name is None else self._parts[name].get("description", "")))

    def _kind(self, value: Schema) -> str:
        """What may stand there, in words; a link for a part that has a section of its own."""
        if (name := reference(value)) is not None:
            return (
                f"[{self._title(name)}](#{name.lower()})" if self.has_section(name) else self._kind(self._parts[name])
            )
        if "type" not in value and (several := value.get("oneOf", value.get("anyOf"))):
            return " or ".join(map(self._kind, several))
        if "const" in value:
            return f"`{json.dumps(value['const'])}`"
        if value.get("type") == "string" and "title" in value:
            return str(value["title"])
        if "enum" in value:
            return "one of " + ", ".join(f"`{json.dumps(one)}`" for one in value["enum"])
        if isinstance(types := value.get("type", "anything"), list):
            return " or ".join(self._kind({**value, "type": one}) for one in types)
        match types:
            case "array":
                return self._list(value)
            case "object":
                return self._table(value)
            case "integer":
                return f"whole number{_bounds(value)}"
            case "number":
                return f"number{_bounds(value)}"
            case "string":
                return f"text like `{value['pattern']}`" if "pattern" in value else "text"
            case "boolean":
                return "`true` or `false`"
            case _:
                return str(types)

    def _list(self, value: Schema) -> str:
        if "prefixItems" in value:
            return f"[{'; '.join(map(self._kind, value['prefixItems']))}]"
        least = f", {value['minItems']} or more" if value.get("minItems") else ""
        return f"list of {self._kind(value['items'])}{least}"

    def _table(self, value: Schema) -> str:
        inner = list(value.get("patternProperties", {}).values())
        if isinstance(value.get("additionalProperties"), Mapping):
            inner.append(value["additionalProperties"])
        names = "measures" if "propertyNames" in value else "names"
        return f"table of {names}, each with {self._kind(inner[0])}" if inner else "table"


def _bounds(value: Schema) -> str:
    if "minimum" in value and "maximum" in value:
        return f" from {value['minimum']:g} to {value['maximum']:g}"
    told = [
        words.format(value[key])
        for key, words in (
            ("minimum", "{:g} or more"),
            ("exclusiveMinimum", "more than {:g}"),
            ("maximum", "{:g} or less"),
        )
        if key in value
    ]
    return "".join(f", {one}" for one in told)
