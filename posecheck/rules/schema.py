"""The JSON schema of rule files and routines, by which editors complete keys, explain them and mark mistakes.

It refuses what a schema can detect. `posecheck stretches check` detects where the parts of a file disagree, such as a
`min` that is not below `max` or a modification of a rule that does not exist.
"""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from posecheck.rules.fields import Model


def schema_of(model: type[Model]) -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of the TOML file that a model describes."""
    schema = model.model_json_schema(schema_generator=_TomlSchema)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}


class _TomlSchema(GenerateJsonSchema):
    """As pydantic's, but TOML has no null: a key that may be None may be left out."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A value that may be None: a key with no value is left out."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A value with a default, which is stated unless it is None."""
        if schema.get("default") is None and "default_factory" not in schema:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """One of several words, without the name of the class."""
        told = super().enum_schema(schema)
        told.pop("title", None)
        return told

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """A table whose keys the user chooses: a key of another pattern is refused."""
        told = super().dict_schema(schema)
        return told | {"additionalProperties": False} if "patternProperties" in told else told

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Whether a key repeats its own name as a title: never."""
        return False
