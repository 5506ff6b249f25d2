"""The model of a rule file: what it takes, what it refuses, and what a modification makes of it."""

from __future__ import annotations

import copy

import pytest
from pydantic import ValidationError

from posecheck.rules.stretch import Stretch

RULE = {
    "name": "hips-low",
    "measure": "trunk_pitch",
    "max": -18,
    "priority": 1,
    "severity": "major",
    "cue_high": "Lift.",
    "praise": "Good.",
    "why": "Measured.",
}
SWING = {
    "name": "too-fast",
    "swing_of": "spine_flexion",
    "swing_min": 20,
    "judge": "duration_s",
    "min": 1.5,
    "priority": 1,
    "severity": "minor",
    "cue": "Slower.",
    "praise": "Good.",
    "why": "A breath.",
}
PHASES = [
    {"name": name, "announce": "Go.", "target_s": 2, "where": {"spine_flexion": {"min": 20}}} for name in ("cat", "cow")
]
SMALLEST = {
    "schema": 1,
    "name": "bridge",
    "title": "Bridge",
    "purpose": "Strong hips.",
    "getting_in": ["Lie down."],
    "getting_out": ["Get up."],
    "care": ["Stop on pain."],
    "sources": [{"key": "L", "title": "A leaflet"}],
    "support": "shoulders-heels",
    "camera": {"advice": "From the side."},
    "hold": {"target_s": 5, "repetitions": 8, "why": "L"},
    "ready": {"description": "Lie.", "where": {"knee_flexion": {"min": 50}}},
    "posture": {"description": "Up.", "where": {"trunk_pitch": {"max": -5}}},
    "rules": [RULE],
}


def changed(**parts: object) -> dict[str, object]:
    return copy.deepcopy(SMALLEST) | parts


def said(data: dict[str, object]) -> dict[str, str]:
    """What the model says, by place."""
    with pytest.raises(ValidationError) as caught:
        Stretch.model_validate(data)
    return {".".join(map(str, error["loc"])): error["msg"] for error in caught.value.errors()}


def test_the_smallest_stretch_gets_the_defaults() -> None:
    stretch = Stretch.model_validate(SMALLEST)
    assert (stretch.rules[0].margin, stretch.rules[0].relative_to, stretch.rules[0].phases) == (0, "zero", ())
    assert (stretch.timing.debounce_s, stretch.timing.grace_s) == (0.3, 0.7)
    assert stretch.camera.max_off_side_on_deg == 30
    assert stretch.ready.still == "ready"


@pytest.mark.parametrize(
    ("parts", "place", "words"),
    [
        ({"schema": 2}, "schema", "allowed: 1"),
        ({"schema": True}, "schema", "integer"),
        ({"name": "Bridge Pose"}, "name", "small letters"),
        ({"title": "  "}, "title", "at least 1"),
        ({"extra": 1}, "extra", "not permitted"),
        ({"care": []}, "care", "at least 1"),
        ({"sources": [{"key": "LL", "title": "x"}]}, "sources.0.key", "one capital letter"),
        ({"support": "head"}, "support", "shoulders-heels"),
        ({"hold": {"target_s": "5", "repetitions": 8, "why": "L"}}, "hold.target_s", "valid number"),
        ({"hold": {"target_s": 0, "repetitions": 8, "why": "L"}}, "hold.target_s", "greater than 0"),
        ({"hold": {"target_s": float("inf"), "repetitions": 8, "why": "L"}}, "hold.target_s", "finite"),
        ({"hold": {"target_s": 5, "repetitions": True, "why": "L"}}, "hold.repetitions", "integer"),
        ({"camera": {"advice": "x", "max_off_side_on_deg": 61}}, "camera.max_off_side_on_deg", "60"),
        ({"posture": {"description": "x", "where": {}}}, "posture.where", "at least 1"),
        ({"posture": {"description": "x", "where": {"nose": {"min": 1}}}}, "posture.where.nose.[key]", "unknown"),
        ({"posture": {"description": "x", "where": {"hip_flexion": {}}}}, "posture.where.hip_flexion.max", "no limit"),
        ({"neutral": {"nose": {"value": 1, "uncertainty": 1, "why": "x"}}}, "neutral.nose.[key]", "unknown measure"),
        ({"phases": PHASES[:1]}, "phases", "no round"),
        ({"rules": []}, "rules", "at least 1"),
        ({"rules": [RULE | {"measure": "nose"}]}, "rules.0.measure", "unknown measure"),
        ({"rules": [RULE | {"min": -18, "cue_low": "x"}]}, "rules.0.max", "more than -18"),
        ({"rules": [RULE | {"min": -40}]}, "rules.0.cue_low", "min is given without cue_low"),
        ({"rules": [RULE | {"cue_low": "x"}]}, "rules.0.cue_low", "cue_low is given without min"),
        ({"rules": [RULE | {"margin": -1}]}, "rules.0.margin", "greater than or equal to 0"),
        ({"rules": [RULE | {"priority": 0}]}, "rules.0.priority", "greater than or equal to 1"),
        ({"rules": [RULE | {"cue_high": "go " * 13}]}, "rules.0.cue_high", "at most 12"),
        ({"rules": [RULE | {"while_moving": 1}]}, "rules.0.while_moving", "boolean"),
        ({"rules": [RULE | {"relative_to": "me"}]}, "rules.0.relative_to", "'neutral'"),
        ({"swing_rules": [SWING | {"judge": "speed"}]}, "swing_rules.0.judge", "unknown measure"),
        ({"swing_rules": [SWING | {"swing_of": "duration_s"}]}, "swing_rules.0.swing_of", "unknown measure"),
        ({"swing_rules": [SWING | {"cue": "go " * 13}]}, "swing_rules.0.cue", "at most 12"),
        ({"phases": [PHASES[0] | {"announce": "go " * 13}, PHASES[1]]}, "phases.0.announce", "at most 12"),
        ({"modifications": {"Sore": {"title": "x", "advice": "x"}}}, "modifications.Sore.[key]", "small letters"),
        # What must agree between the parts:
        ({"rules": [RULE, RULE]}, "", "'hips-low' stands 2 times"),
        ({"swing_rules": [SWING | {"name": "hips-low"}]}, "", "'hips-low' stands 2 times"),
        ({"phases": [PHASES[0], PHASES[0]]}, "", "'cat' stands 2 times"),
        ({"rules": [RULE | {"phases": ["cat"]}]}, "", "'cat' is no phase of this stretch, allowed: none"),
        ({"phases": PHASES, "rules": [RULE | {"phases": ["cut"]}]}, "", "allowed: cat, cow"),
        ({"rules": [RULE | {"after": ["hips-low"]}]}, "", "'hips-low' is no other rule on form, allowed: none"),
        ({"rules": [RULE | {"relative_to": "neutral"}]}, "", "'trunk_pitch' has no neutral value"),
        ({"ready": SMALLEST["ready"] | {"still": "hips-high"}}, "", "allowed: ready, other, hips-low"),
    ],
)  # fmt: skip
def test_each_fault_is_told_at_its_place(parts: dict[str, object], place: str, words: str) -> None:
    problems = said(changed(**parts))
    # Of a list whose only entry is faulty pydantic says also that it is too short.
    assert problems.keys() - {"rules", "sources"} == {place} - {"rules", "sources"}
    assert words in problems[place]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hips-lo": {"off": True}}, "'hips-lo' is no rule of this stretch, allowed: hips-low"),
        ({"hips-low": {"min": -40}}, "the rule has no min and no cue_low"),
    ],
)
def test_a_modification_fits_its_rule(change: dict[str, object], words: str) -> None:
    problems = said(changed(modifications={"small": {"title": "x", "advice": "x", "rules": change}}))
    assert words in problems[""]


def test_a_modification_may_not_turn_limits_around() -> None:
    both = RULE | {"min": -50, "cue_low": "Lower."}
    modification = {"title": "x", "advice": "x", "rules": {"hips-low": {"max": -50}}}
    assert "nothing between" in said(changed(rules=[both], modifications={"m": modification}))[""]


def modifiable() -> Stretch:
    return Stretch.model_validate(
        changed(
            rules=[RULE, RULE | {"name": "other"}],
            modifications={
                "small": {"title": "x", "advice": "x", "rules": {"hips-low": {"max": -10}}},
                "smaller": {"title": "x", "advice": "x", "rules": {"hips-low": {"max": -5, "margin": 1}}},
                "free": {"title": "x", "advice": "x", "rules": {"hips-low": {"off": True}}},
            },
        )
    )


@pytest.mark.parametrize(
    ("names", "limits"),
    [
        ([], {"hips-low": (-18, 0), "other": (-18, 0)}),
        (["small"], {"hips-low": (-10, 0), "other": (-18, 0)}),
        (["small", "smaller"], {"hips-low": (-5, 1), "other": (-18, 0)}),
        (["smaller", "small"], {"hips-low": (-10, 1), "other": (-18, 0)}),
        (["free", "small"], {"other": (-18, 0)}),
    ],
)
def test_modifications_apply_in_order(names: list[str], limits: dict[str, tuple[float, float]]) -> None:
    stretch = modifiable()
    assert {rule.name: (rule.max, rule.margin) for rule in stretch.modified(names).rules} == limits
    assert stretch == modifiable()


def test_a_cue_for_each_side() -> None:
    rule = Stretch.model_validate(SMALLEST).rules[0]
    assert (rule.cue(low=False), rule.cue(low=True)) == ("Lift.", "")
