"""Swing rules drafted from clips in which faults of movement are labelled."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from posecheck.measures.measurer import measure
from posecheck.pose.landmarks import Poses
from posecheck.rules.rule import SwingRule
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import check_file
from posecheck.tuning.dataset import LabelledDataset
from posecheck.tuning.evaluation import evaluate
from posecheck.tuning.labels import GOOD, Label, LabelledClip
from posecheck.tuning.movement_separability import swing_partings
from posecheck.tuning.rule_drafting import draft
from posecheck.tuning.scoring import Events
from tests.support.films import Part, way
from tests.support.poses import all_fours, clip

REST_S = 2.0
ROUNDS = 3


@dataclass(frozen=True)
class Moving:
    """How far back and neck go either way, how long a way and a stay take, and how the elbows are bent."""

    spine: float
    neck: float
    way_s: float = 1.5
    stay_s: float = 1.0
    elbow: float = 0.0


WELL = Moving(50.0, 35.0)
FAULTS = {
    "too-fast": Moving(50.0, 35.0, 0.5, 0.2),
    "only-the-head": Moving(4.0, 35.0),
    "too-little": Moving(13.0, 11.0),
}


def flowing(fault: str, name: str = "a.mp4", faulty: Moving | None = None) -> LabelledClip:
    """Rounds done well, labelled at their ends, rounds with a fault, and then all fours on bent arms."""
    here = all_fours()
    parts: list[Part] = [(REST_S, here)]
    labels, now_s = [], REST_S
    for label, moving in ((GOOD, WELL), (fault, faulty or FAULTS[fault])):
        for phase, sign in (("cat", 1.0), ("cow", -1.0)) * ROUNDS:
            ends = {"spine_flexion": sign * moving.spine, "neck_flexion": sign * moving.neck}
            there = all_fours(**ends, elbow_flexion=moving.elbow)
            parts += [(moving.way_s, way(here, there)), (moving.stay_s, there)]
            begun_s = now_s + moving.way_s if label == GOOD else now_s
            here, now_s = there, now_s + moving.way_s + moving.stay_s
            labels.append(Label(name, round(begun_s, 3), round(now_s, 3), "flow", phase, label))
    bent = all_fours(elbow_flexion=45.0)
    parts += [(1.5, way(here, bent)), (3.0, bent)]
    labels.append(Label(name, round(now_s + 2.0, 3), round(now_s + 4.4, 3), "flow", "", "arms-bent"))
    return LabelledClip(name, measure(Poses.stack(clip(*parts, fps=15.0))), tuple(labels))


@pytest.fixture(scope="module")
def clips() -> list[LabelledClip]:
    return [flowing(fault, f"{fault}.mp4") for fault in FAULTS]


@pytest.fixture(scope="module")
def drafted(clips: list[LabelledClip]) -> tuple[str, list[str]]:
    return draft("flow", clips)


def rules_of(text: str) -> dict[str, SwingRule]:
    return {rule.name: rule for rule in Stretch.model_validate(tomllib.loads(text)).swing_rules}


def test_each_fault_of_movement_gets_a_rule_that_tells_it(
    drafted: tuple[str, list[str]], clips: list[LabelledClip], tmp_path: Path
) -> None:
    text, notes = drafted
    path = tmp_path / "flow.toml"
    path.write_text(text, encoding="utf-8")
    assert check_file(path) == ()
    rules = rules_of(text)
    assert list(rules) == list(FAULTS)
    assert rules["too-fast"].judge == "duration_s"
    assert 0.7 < rules["too-fast"].min < 2.5
    assert (rules["only-the-head"].swing_of, rules["only-the-head"].judge) == ("neck_flexion", "spine_flexion")
    assert 8.0 < rules["only-the-head"].min < 100.0
    assert rules["too-little"].judge == rules["too-little"].swing_of
    assert any(note.startswith("too-fast: told by how long a swing takes, and from one clip alone") for note in notes)
    assert any(note.startswith("only-the-head: told by how far spine_flexion swings") for note in notes)
    figures = {
        one.rule: one for one in evaluate(LabelledDataset(clips, Stretch.model_validate(tomllib.loads(text)))).rules
    }
    for fault in FAULTS:
        assert figures[fault].balanced.value > 0.85
        assert figures[fault].events[Events.LABELLED] == figures[fault].events[Events.FOUND]


def test_the_movement_comes_before_what_differs_by_the_way() -> None:
    """Who hurries bends the elbows a little, too: two and a half errors of that measure."""
    hurried = flowing("too-fast", faulty=replace(FAULTS["too-fast"], elbow=13.0))
    text, _ = draft("flow", [hurried])
    assert rules_of(text)["too-fast"].judge == "duration_s"
    plain = replace(hurried, labels=tuple(replace(label, phase="") for label in hurried.labels))
    forms = Stretch.model_validate(tomllib.loads(draft("flow", [plain])[0])).rules
    assert {rule.name: rule.measure for rule in forms}["too-fast"] == "elbow_flexion"


def test_without_phases_there_are_no_swings(clips: list[LabelledClip]) -> None:
    plain = [replace(one, labels=tuple(replace(label, phase="") for label in one.labels)) for one in clips]
    text, notes = draft("flow", plain)
    assert rules_of(text) == {}
    assert any(
        note.startswith("too-fast: no measure tells it from good form in these clips, nor a movement where no phases")
        for note in notes
    )


def test_what_swings_like_good_form_gets_no_rule(drafted: tuple[str, list[str]], clips: list[LabelledClip]) -> None:
    """Good rounds, every other one called at fault."""
    stretch = Stretch.model_validate(tomllib.loads(drafted[0]))
    good = [label for label in clips[0].labels if label.label == GOOD]
    dealt = [replace(label, label="odd" if number % 4 > 1 else GOOD) for number, label in enumerate(good)]
    assert swing_partings([replace(clips[0], labels=tuple(dealt))], ["odd"], stretch) == {}


def test_one_swing_shows_nothing(drafted: tuple[str, list[str]], clips: list[LabelledClip]) -> None:
    stretch = Stretch.model_validate(tomllib.loads(drafted[0]))
    fast = clips[0]
    first = next(label for label in fast.labels if label.label == "too-fast")
    kept = tuple(label for label in fast.labels if label.label == GOOD or label == first)
    assert swing_partings([replace(fast, labels=kept)], ["too-fast"], stretch) == {}


def test_a_fault_that_few_seconds_show_lies_in_the_posture(clips: list[LabelledClip]) -> None:
    """Hips far behind the knees, in less than a twentieth of all labelled seconds."""
    back = all_fours(thigh_lean=-60.0)
    poses = clip((REST_S, all_fours()), (1.0, way(all_fours(), back)), (2.0, back), fps=15.0)
    labels = (Label("b.mp4", 0.2, 1.8, "flow", "", GOOD), Label("b.mp4", 3.5, 4.8, "flow", "", "hips-back"))
    rocked = LabelledClip("b.mp4", measure(Poses.stack(poses)), labels)
    stretch = Stretch.model_validate(tomllib.loads(draft("flow", [*clips, rocked])[0]))
    hip = stretch.posture.where["hip_flexion"]
    seen = rocked.measures.get("hip_flexion", stretch.support)[-10:]
    assert hip.max is not None
    assert seen.max() < hip.max
