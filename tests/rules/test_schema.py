"""The JSON schema for editors: it accepts what the model accepts, refuses what it can tell, and explains every key."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from posecheck.rules.descriptions import described, described_keys
from posecheck.rules.fields import Model
from posecheck.rules.routine import Routine
from posecheck.rules.schema import schema_of
from posecheck.rules.stretch import Stretch
from posecheck.storage.routine_files import routines_folder
from posecheck.storage.rule_files import shipped_folder

SAMPLE = Path(__file__).parents[1] / "support" / "sample_stretch.toml"
STRETCHES = [*sorted(shipped_folder().glob("*.toml")), SAMPLE]
ROUTINES = sorted(routines_folder().glob("*.toml"))
MODELS = (Stretch, Routine)


def refused(data: object, model: type[Model]) -> list[str]:
    """The places that the schema refuses."""
    validator = Draft202012Validator(schema_of(model))
    return [".".join(map(str, error.absolute_path)) for error in validator.iter_errors(data)]


@pytest.mark.parametrize("model", MODELS)
def test_it_is_a_schema(model: type[Model]) -> None:
    Draft202012Validator.check_schema(schema_of(model))


@pytest.mark.parametrize("path", [*STRETCHES, *ROUTINES], ids=lambda path: path.name)
def test_it_accepts_every_file_that_the_model_accepts(path: Path) -> None:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    model = Routine if path in ROUTINES else Stretch
    model.model_validate(data)
    assert refused(data, model) == []


def parts(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield schema["title"], schema
    yield from schema["$defs"].items()


@pytest.mark.parametrize("model", MODELS)
def test_it_explains_every_part_and_every_key(model: type[Model]) -> None:
    keys = [
        (f"{name}.{key}", value.get("description", ""))
        for name, part in parts(schema_of(model))
        for key, value in [("", part), *part.get("properties", {}).items()]
    ]
    assert len(keys) > 8
    assert [key for key, words in keys if not words.endswith(".")] == []


def test_words_come_from_the_docstring_of_a_part_and_of_what_it_inherits() -> None:
    class Base:
        """A base.

        Attributes:
            first: One,
                on two lines.
            second: Two: it has a colon.
        """

    class Part(Base):
        """A part of two

        paragraphs.

        Attributes:
            second: Another.
        """

    class Bare(Base): ...

    assert described(Part) == "A part of two\n\nparagraphs."
    assert described_keys(Part) == {"first": "One, on two lines.", "second": "Another."}
    assert described_keys(Bare) == {"first": "One, on two lines.", "second": "Two: it has a colon."}


Change = Callable[[dict[str, Any]], None]


def put(*place: str | int, value: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        at: Any = data
        for part in place[:-1]:
            at = at[part]
        at[place[-1]] = value

    return change


def leave_out(*place: str | int) -> Change:
    def change(data: dict[str, Any]) -> None:
        at: Any = data
        for part in place[:-1]:
            at = at[part]
        del at[place[-1]]

    return change


SWING = {
    "name": "too-fast", "swing_of": "spine_flexion", "swing_min": 20, "judge": "duration_s", "min": 1.5, "priority": 1,
    "severity": "minor", "cue": "Slower.", "praise": "Good.", "why": "A",
}  # fmt: skip
MISTAKES = {
    "an unknown key": put("suport", value="level"),
    "an unknown key of a rule": put("rules", 0, "cue_lwo", value="Lift."),
    "a key that is missing": leave_out("support"),
    "a key of a rule that is missing": leave_out("rules", 0, "why"),
    "a number in quotes": put("hold", "target_s", value="5"),
    "yes for true": put("ready", "distinctive", value="yes"),
    "a fraction for a count": put("hold", "repetitions", value=1.5),
    "nought repetitions": put("hold", "repetitions", value=0),
    "a priority beyond the scale": put("rules", 0, "priority", value=10),
    "an unknown measure": put("rules", 0, "measure", value="knee_flection"),
    "an unknown measure of a range": put("posture", "where", "knee_flection", value={"min": 1}),
    "an unknown measure to judge": put("swing_rules", 0, "judge", value="duration"),
    "an unknown severity": put("rules", 0, "severity", value="grave"),
    "an unknown floor": put("support", value="floor"),
    "a name with a capital": put("rules", 0, "name", value="Hips-Low"),
    "a modification with a space in its name": put("modifications", "sore neck", value={"title": "A", "advice": "B"}),
    "a cue that is too long": put("rules", 0, "praise", value="word " * 13),
    "an empty text": put("title", value=""),
    "no steps": put("getting_in", value=[]),
    "a range without a limit": put("ready", "where", "knee_flexion", value={"margin": 2}),
    "a cue without its limit": put("rules", 0, "cue_high", value="Lower."),
    "a limit without its cue": leave_out("rules", 0, "cue_low"),
    "a safe limit without a limit": put("rules", 0, "safe_max", value=90),
    "one phase alone": lambda data: data["phases"].pop(),
    "a camera that may look from the front": put("camera", "max_off_side_on_deg", value=90),
    "a schema to come": put("schema", value=2),
    "a source key of two letters": put("sources", 0, "key", value="AB"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_it_refuses_a_mistake_as_the_model_does(mistake: str) -> None:
    data = tomllib.loads(SAMPLE.read_text(encoding="utf-8"))
    data["swing_rules"] = [SWING]
    Stretch.model_validate(data)
    assert refused(data, Stretch) == []
    wrong = copy.deepcopy(data)
    MISTAKES[mistake](wrong)
    with pytest.raises(ValidationError):
        Stretch.model_validate(wrong)
    assert refused(wrong, Stretch) != []


@pytest.mark.parametrize(
    "change",
    [put("exercises", 0, "sides", value=["both"]), put("exercises", 0, "hold_s", value=0), leave_out("exercises")],
)
def test_it_refuses_a_mistake_in_a_routine_as_the_model_does(change: Change) -> None:
    data = tomllib.loads(ROUTINES[0].read_text(encoding="utf-8"))
    change(data)
    with pytest.raises(ValidationError):
        Routine.model_validate(data)
    assert refused(data, Routine) != []
