"""Scripts: TOML files that say who does what, when and before which camera; `samples/README.md` explains them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from itertools import accumulate
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from samples.studio.errors import ScriptError
from samples.studio.looks import CLOTHES, PEOPLE
from samples.studio.plain import PLAIN
from samples.studio.postures import POSTURES
from samples.studio.rooms import ROOMS
from samples.studio.truth import Marked

GOOD = "good"
NOBODY = "nobody"


class Model(BaseModel):
    """Unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Key(Model):
    """A key pose: a posture, what is fixed in it and what is asked of it."""

    posture: str
    given: dict[str, float] = {}
    aims: dict[str, float] = {}

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.posture not in POSTURES:
            raise ValueError(f"posture {self.posture!r} is not one of {', '.join(POSTURES)}")
        posture = POSTURES[self.posture]
        for kind, names, known in (("dial", self.given, posture.start), ("aim", self.aims, posture.found_for)):
            for name in names:
                if name not in known:
                    raise ValueError(f"{self.posture} has no {kind} {name!r}; it has {', '.join(known)}")
        return self


class Fault(Model):
    """How a fault changes a key pose: a measure or a dial gets a value, or a dial a share of its own."""

    measure: str | None = None
    dial: str | None = None
    value: float | None = None
    share: float | None = None
    instead_of: tuple[str, ...] = ()
    given: dict[str, float] = {}


class Library(Model):
    """The key poses and faults of ``keys.toml``."""

    keys: dict[str, Key]
    faults: dict[str, Fault]


class Step(Model):
    """Get somewhere and stay there.

    Attributes:
        key: A key pose of ``keys.toml``, or a plain posture such as ``standing``.
        fault: A fault of ``keys.toml``; the key pose is changed by it.
        size: The fault's value, instead of the usual one.
        aims: Further measures asked for.
        given: Further dials fixed.
        move_s: Seconds to get there from the step before.
        stay_s: Seconds to stay.
        stretch: The stretch that this is part of; None for what belongs to none.
        phase: The phase reached.
        label: `good` or the fault's rule name, for the time there; None where nothing is held.
        ahead: Hands and feet lie already where the next step wants them.
        label_move: Whether the label holds for the move too.
        at_m: Where on the mat, along it, the hips' zero lies.
        turned_deg: The direction headed for: 0 away from where a supine head lies, 180 the other way.
    """

    key: str
    fault: str | None = None
    size: float | None = None
    aims: dict[str, float] = {}
    given: dict[str, float] = {}
    move_s: Annotated[float, Field(ge=0)] = 1.5
    stay_s: Annotated[float, Field(ge=0)] = 0.0
    stretch: str | None = None
    phase: str | None = None
    label: str | None = None
    ahead: bool = False
    label_move: bool = False
    at_m: float = 0.0
    turned_deg: float = 0.0

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        library = load_library()
        if self.key not in PLAIN and self.key not in library.keys:
            raise ValueError(f"key {self.key!r} is not one of {', '.join((*library.keys, *PLAIN))}")
        if self.fault is not None and self.fault not in library.faults:
            raise ValueError(f"fault {self.fault!r} is not one of {', '.join(library.faults)}")
        if self.key in PLAIN and (self.fault or self.aims or self.given):
            raise ValueError(f"{self.key} takes no fault, aims or given dials")
        if self.key not in PLAIN:
            self.resolved("L")
        return self

    def resolved(self, near: str) -> Key:
        """The key pose with fault, aims and given dials applied; `near` is the letter of the side by the camera."""
        library = load_library()
        key = library.keys[self.key]
        given, aims = dict(key.given), dict(key.aims)
        if self.fault is not None:
            fault = library.faults[self.fault]
            value = fault.value if self.size is None else self.size
            for name in fault.instead_of:
                given.pop(name, None)
                aims.pop(name, None)
            given |= fault.given
            if fault.measure is not None and value is not None:
                aims[fault.measure] = value
                given.pop(POSTURES[key.posture].found_for[fault.measure], None)
            elif fault.dial is not None:
                dial = fault.dial.replace("far", "R" if near == "L" else "L")
                share = fault.share if self.size is None else self.size
                given[dial] = (value or 0.0) if fault.share is None else given.get(dial, 0.0) * (share or 0.0)
        return Key(posture=key.posture, given=given | self.given, aims=aims | self.aims)


class CameraSetup(Model):
    """Where the camera stands; see `samples.studio.camera.framed`."""

    side: Literal["left", "right"] = "left"
    off_side_on_deg: Annotated[float, Field(ge=-90, le=90)] = 8.0
    height_m: Annotated[float, Field(gt=0, le=2)] = 0.6
    distance_m: Annotated[float, Field(ge=1.5, le=8)] = 3.0
    fill: Annotated[float, Field(gt=0.1, le=1.5)] = 0.9
    roll_deg: Annotated[float, Field(ge=-20, le=20)] = 0.0
    shift: tuple[float, float] = (0.0, 0.0)


class Script(Model):
    """One clip.

    Attributes:
        shows: One sentence: what is to be seen.
        person: Who; `nobody` for an empty room.
        clothes: What they wear.
        room: Where.
        fps: Frames a second; `variable` for a phone's uneven pace around 25.
        size: Width and height of the upright picture.
        turned_deg: The picture is stored turned, and a player is told to turn it back by this, counter-clockwise.
        seed: Of sway, noise and patterns.
        camera: Where it stands.
        steps: What is done.
        length_s: Of a clip of nobody.
    """

    shows: str
    person: str
    clothes: str = "tight-wine"
    room: str = "bright"
    fps: Annotated[float, Field(gt=0, le=60)] | Literal["variable"] = 25.0
    size: tuple[int, int] = (640, 360)
    turned_deg: Literal[0, 90, 180, 270] = 0
    seed: int
    camera: CameraSetup = CameraSetup()
    steps: tuple[Step, ...] = ()
    length_s: float = 0.0

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for kind, name, known in (
            ("person", self.person, (*PEOPLE, NOBODY)),
            ("clothes", self.clothes, CLOTHES),
            ("room", self.room, ROOMS),
        ):
            if name not in known:
                raise ValueError(f"{kind} {name!r} is not one of {', '.join(known)}")
        if (self.person == NOBODY) == bool(self.steps):
            raise ValueError("steps are for somebody, length_s for nobody")
        return self

    @property
    def duration_s(self) -> float:
        """Length of the clip."""
        return self.length_s + sum(step.move_s + step.stay_s for step in self.steps)

    def marks(self) -> list[Marked]:
        """The labelled times, in order; neighbours that are alike are one, and the rest are transitions."""
        marks: list[Marked] = []
        ends_s = accumulate(step.move_s + step.stay_s for step in self.steps)
        for end_s, step in zip(ends_s, self.steps, strict=True):
            if step.label is None or step.stretch is None:
                continue
            start_s = end_s - step.stay_s - (step.move_s if step.label_move else 0.0)
            last = marks[-1] if marks else None
            alike = last and (last.stretch, last.phase, last.label) == (step.stretch, step.phase, step.label)
            if last and alike and start_s - last.end_s < 1e-6:
                start_s = marks.pop().start_s
            marks.append(Marked(round(start_s, 3), round(end_s, 3), step.stretch, step.phase, step.label))
        return marks


@cache
def load_library() -> Library:
    """The key poses and faults."""
    return Library.model_validate(tomllib.loads((resources.files("samples.studio") / "keys.toml").read_text()))


def load_script(path: Path) -> Script:
    """A script.

    Raises:
        ScriptError: If it cannot be read or asks for what there is not; every problem is named.
    """
    try:
        return Script.model_validate(tomllib.loads(path.read_text()))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ScriptError(f"{path}: {error}") from error
    except ValidationError as error:
        problems = (f"{path}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ScriptError("\n".join(problems)) from error
