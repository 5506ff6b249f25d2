"""Who can be filmed and what they wear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from samples.studio.errors import ScriptError

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Person:
    """A body and its colours (linear, 0..1).

    Attributes:
        targets: MakeHuman's macro targets and their weights.
        skin: Colour of the skin.
        lips: Colour of the lips.
        hair: Colour of the hair.
        cut: How the hair is worn.
        age: 0 young, 1 old: how deep the wrinkles are.
    """

    targets: tuple[tuple[str, float], ...]
    skin: Colour
    lips: Colour
    hair: Colour
    cut: Literal["short", "bun", "ponytail"]
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class Clothes:
    """A shirt and trousers.

    Attributes:
        shirt: Colour.
        trousers: Colour.
        sleeve: Share of the upper arm that is covered; beyond 1 the forearm.
        hem: Height in shares of the leg at which the trousers end: 0 ankle, 1 hip.
        looseness: 0 lies on the skin; 1 hangs away from it by some centimetres.
    """

    shirt: Colour
    trousers: Colour
    sleeve: float
    hem: float
    looseness: float


def _macro(race: str, sex: str, age: str, build: str, height: float = 0.0) -> tuple[tuple[str, float], ...]:
    tall = (f"macrodetails/height/{sex}-{age}-{build}-{'max' if height > 0 else 'min'}height", abs(height))
    shape = (f"macrodetails/universal-{sex}-{age}-{build}", 1.0)
    face = (f"macrodetails/{race}-{sex}-{age}", 1.0)
    return (shape, face, tall) if height else (shape, face)


def _mix(
    first: tuple[tuple[str, float], ...], second: tuple[tuple[str, float], ...], share: float
) -> tuple[tuple[str, float], ...]:
    return (
        *((name, weight * (1 - share)) for name, weight in first),
        *((name, weight * share) for name, weight in second),
    )


PEOPLE: dict[str, Person] = {
    "mina": Person(
        _macro("caucasian", "female", "young", "averagemuscle-averageweight"),
        (0.78, 0.53, 0.42), (0.55, 0.22, 0.20), (0.18, 0.09, 0.04), "bun",
    ),
    "jonas": Person(
        _macro("caucasian", "male", "young", "averagemuscle-averageweight"),
        (0.72, 0.47, 0.36), (0.50, 0.22, 0.19), (0.07, 0.045, 0.03), "short",
    ),
    "amara": Person(
        _macro("african", "female", "young", "maxmuscle-averageweight"),
        (0.20, 0.105, 0.065), (0.20, 0.08, 0.07), (0.02, 0.016, 0.014), "ponytail",
    ),
    "bruno": Person(
        _mix(
            _macro("caucasian", "male", "young", "averagemuscle-maxweight"),
            _macro("caucasian", "male", "old", "averagemuscle-maxweight"),
            0.35,
        ),
        (0.70, 0.45, 0.34), (0.50, 0.22, 0.19), (0.13, 0.08, 0.05), "short", 0.3,
    ),
    "helga": Person(
        _macro("caucasian", "female", "old", "averagemuscle-averageweight", -0.3),
        (0.76, 0.52, 0.43), (0.52, 0.25, 0.23), (0.52, 0.51, 0.50), "short", 1.0,
    ),
    "kenji": Person(
        _macro("asian", "male", "old", "averagemuscle-averageweight"),
        (0.62, 0.41, 0.29), (0.45, 0.21, 0.18), (0.30, 0.30, 0.30), "short", 0.8,
    ),
}  # fmt: skip
"""Two of the women and one of the men are of darker or lighter skin; bruno is heavy, helga and kenji are old."""

CLOTHES: dict[str, Clothes] = {
    "tight-wine": Clothes((0.45, 0.10, 0.19), (0.07, 0.07, 0.085), 0.5, 0.08, 0.0),
    "tight-teal": Clothes((0.06, 0.33, 0.36), (0.12, 0.10, 0.22), 1.6, 0.08, 0.0),
    "tight-mustard": Clothes((0.62, 0.46, 0.10), (0.15, 0.18, 0.42), 0.15, 0.45, 0.0),
    "loose-blue": Clothes((0.10, 0.23, 0.55), (0.16, 0.16, 0.18), 0.6, 0.08, 0.7),
    "loose-green": Clothes((0.22, 0.36, 0.22), (0.35, 0.30, 0.24), 0.7, 0.55, 0.8),
    "loose-grey": Clothes((0.55, 0.55, 0.56), (0.09, 0.10, 0.14), 0.6, 0.5, 1.0),
}


def person(name: str) -> Person:
    """Somebody by name.

    Raises:
        ScriptError: If nobody is called so.
    """
    if name not in PEOPLE:
        raise ScriptError(f"nobody is called {name}; there are {', '.join(PEOPLE)}")
    return PEOPLE[name]


def clothes(name: str) -> Clothes:
    """Clothes by name.

    Raises:
        ScriptError: If there are none.
    """
    if name not in CLOTHES:
        raise ScriptError(f"there are no clothes {name}; there are {', '.join(CLOTHES)}")
    return CLOTHES[name]
