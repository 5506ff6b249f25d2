"""The kinds of value in a rule file, each with what is allowed, and the base of all its parts."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Joint
from posecheck.rules.descriptions import described, described_keys

JOINTS = {joint.name.lower().replace("_", "-"): joint for joint in Joint}
"""Joints by their names in rule files."""

CUE_WORDS = 12
"""Most words of a cue: at a speaking rate of 150-180 words a minute they take about 4-5 s, less than the time
after which a cue may be said again."""

DURATION = "duration_s"
"""What a rule on movement may judge besides measures: how long the movement takes."""

_NAME = "[a-z][a-z0-9]*(-[a-z0-9]+)*"
_SOURCE_KEY = "[A-Z]"


def short_name(text: str) -> str:
    """The text, if it is a name that rule files allow; ValueError otherwise."""
    if not re.fullmatch(_NAME, text):
        raise ValueError(f"'{text}' is no name, allowed: small letters and digits, words joined by '-'")
    return text


def _source_key(text: str) -> str:
    if not re.fullmatch(_SOURCE_KEY, text):
        raise ValueError(f"'{text}' is no key of a source, allowed: one capital letter")
    return text


def known_measure(name: str) -> str:
    """The name, if it is one of the table of measures; ValueError for another."""
    if name not in MEASURES:
        raise ValueError(
            f"unknown measure '{name}', allowed: {', '.join(MEASURES)}; posecheck stretches measures explains them"
        )
    return name


def _judged(name: str) -> str:
    return name if name == DURATION else known_measure(name)


def _known_joint(name: str) -> str:
    if name not in JOINTS:
        raise ValueError(f"unknown joint '{name}', allowed: {', '.join(JOINTS)}")
    return name


def _known_schema(version: int) -> int:
    if version != 1:
        raise ValueError(f"schema {version} is not known to this version of posecheck, allowed: 1")
    return version


def _spoken(text: str) -> str:
    if len(text.split()) > CUE_WORDS:
        raise ValueError(f"{len(text.split())} words are too long to be said aloud, allowed: at most {CUE_WORDS}")
    return text


def _text(title: str, **limits: object) -> WithJsonSchema:
    """Adds to the JSON schema what the function beside it checks, because pydantic cannot read that from the code."""
    return WithJsonSchema({"title": title, "type": "string", **limits})


Name = Annotated[
    str,
    AfterValidator(short_name),
    _text("a name: small letters and digits, words joined by -", pattern=f"^{_NAME}$"),
]
MeasureName = Annotated[str, AfterValidator(known_measure), _text("a measure", enum=list(MEASURES))]
Judged = Annotated[str, AfterValidator(_judged), _text(f"{DURATION}, or a measure", enum=[DURATION, *MEASURES])]
JointName = Annotated[str, AfterValidator(_known_joint), _text("a joint", enum=list(JOINTS))]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Spoken = Annotated[
    Text,
    AfterValidator(_spoken),
    _text(f"a text of at most {CUE_WORDS} words", pattern=rf"^\s*\S+(\s+\S+){{0,{CUE_WORDS - 1}}}\s*$"),
]
SourceKey = Annotated[str, AfterValidator(_source_key), _text("one capital letter", pattern=f"^{_SOURCE_KEY}$")]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Priority = Annotated[int, Field(strict=True, ge=1, le=9)]
Flag = Annotated[bool, Field(strict=True)]
Schema = Annotated[
    int,
    AfterValidator(_known_schema),
    Field(alias="schema", strict=True),
    WithJsonSchema({"type": "integer", "const": 1}),
]


class Model(BaseModel):
    """Base of every part of a rule file: unknown keys are errors, values do not change once loaded.

    Its JSON schema explains the part and its keys by the words of the docstring.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        reference = handler(core_schema)
        schema = handler.resolve_ref_schema(reference)
        schema["description"] = described(cls)
        words = described_keys(cls)
        for name, field in cls.model_fields.items():
            schema["properties"][field.alias or name]["description"] = words[name]
        return reference
