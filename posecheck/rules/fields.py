"""The kinds of value in a rule file, each with what is allowed, and the base of all its parts."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from posecheck.measures.table import MEASURES

CUE_WORDS = 12
"""Most words of a cue: at a speaking rate of 150-180 words a minute they take about 4-5 s, less than the time
after which a cue may be said again."""


def short_name(text: str) -> str:
    """The text, if it is a name as rule files have it; ValueError for another."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text):
        raise ValueError(f"'{text}' is no name, allowed: small letters and digits, words joined by '-'")
    return text


def _source_key(text: str) -> str:
    if not re.fullmatch(r"[A-Z]", text):
        raise ValueError(f"'{text}' is no key of a source, allowed: one capital letter")
    return text


def known_measure(name: str) -> str:
    """The name, if it is one of the table of measures; ValueError for another."""
    if name not in MEASURES:
        raise ValueError(
            f"unknown measure '{name}', allowed: {', '.join(MEASURES)}; posecheck stretches measures explains them"
        )
    return name


def _known_schema(version: int) -> int:
    if version != 1:
        raise ValueError(f"schema {version} is not known to this version of posecheck, allowed: 1")
    return version


def _spoken(text: str) -> str:
    if len(text.split()) > CUE_WORDS:
        raise ValueError(f"{len(text.split())} words are too long to be said aloud, allowed: at most {CUE_WORDS}")
    return text


Name = Annotated[str, AfterValidator(short_name)]
MeasureName = Annotated[str, AfterValidator(known_measure)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Spoken = Annotated[Text, AfterValidator(_spoken)]
SourceKey = Annotated[str, AfterValidator(_source_key)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Priority = Annotated[int, Field(strict=True, ge=1, le=9)]
Flag = Annotated[bool, Field(strict=True)]
Schema = Annotated[int, AfterValidator(_known_schema), Field(alias="schema", strict=True)]


class Model(BaseModel):
    """Base of every part of a rule file: unknown keys are errors, values do not change once loaded."""

    model_config = ConfigDict(extra="forbid", frozen=True)
