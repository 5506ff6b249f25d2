"""The words and numbers of the shipped stretches."""

from __future__ import annotations

import re

import pytest

from posecheck.judging.assessment import assess
from posecheck.judging.situation import Situation
from posecheck.measures.table import MEASURES
from posecheck.rules.fields import CUE_WORDS
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import check_file, load_stretch, shipped_folder
from tests.support.fakes_measures import measures_of, seconds

FILES = sorted(shipped_folder().glob("*.toml"))
STRETCHES = [load_stretch(path) for path in FILES]
NAMES = [path.stem for path in FILES]

DIAGNOSES = re.compile(
    r"diagnos|disease|disorder|syndrom|patholog|sciatic|hernia|arthrit|arthros|scolios|stenos|kypho|lordos|impinge"
    r"|tendin|inflam|slipped|fracture|cure|\btherap|treat|patient|heal(?:s|ing)\b|symptom",
    re.IGNORECASE,
)

FAULTS = {
    "bridge": {"hips-low", "hips-high", "feet-too-far", "feet-too-near", "heels-lifted", "one-leg-up"},
    "cat-cow": {"arms-bent", "hips-rocking", "hands-ahead", "only-the-head", "too-fast", "too-little-range"},
    "sphinx": {"elbows-ahead", "pushed-up", "chest-sunk", "shoulders-at-ears", "chin-up", "legs-bent", "hips-lifted"},
}  # fmt: skip


def test_the_shipped_stretches() -> None:
    assert sorted(FAULTS) == NAMES


each_stretch = pytest.mark.parametrize("stretch", STRETCHES, ids=NAMES)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_file_has_no_problem(path) -> None:
    assert check_file(path) == ()
    assert load_stretch(path).name == path.stem


@each_stretch
def test_all_faults_have_a_rule(stretch: Stretch) -> None:
    assert {rule.name for rule in (*stretch.rules, *stretch.swing_rules)} == FAULTS[stretch.name]


@each_stretch
def test_cues_can_be_said(stretch: Stretch) -> None:
    cues = [cue for rule in stretch.rules for cue in (rule.cue_low, rule.cue_high, rule.praise) if cue]
    cues += [words for rule in stretch.swing_rules for words in (rule.cue, rule.praise)]
    cues += [phase.announce for phase in stretch.phases]
    for cue in cues:
        assert len(cue.split()) <= CUE_WORDS
        assert re.fullmatch(r"[A-Z][A-Za-z ,:']+\.", cue), cue
    assert len(set(cues)) == len(cues)


@each_stretch
def test_every_number_has_a_reason_that_names_a_source_or_admits_to_be_a_first_figure(stretch: Stretch) -> None:
    keys = {source.key for source in stretch.sources}
    whys = [rule.why for rule in (*stretch.rules, *stretch.swing_rules)]
    whys += [stretch.hold.why, *(neutral.why for neutral in stretch.neutral.values())]
    for why in whys:
        named = set(re.findall(r"\b([A-Z])\b(?=[:.;)])", why))
        assert named <= keys, why
        assert named or "First figure" in why, why


@each_stretch
def test_care_tells_to_stop_and_whom_to_ask(stretch: Stretch) -> None:
    assert re.match(r"Stop if .*(hurts|pain).* ask a physiotherapist or doctor", stretch.care[0])


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_nothing_is_diagnosed(path) -> None:
    assert DIAGNOSES.findall(path.read_text(encoding="utf-8")) == []


@each_stretch
def test_limits_lie_within_what_the_measure_can_be(stretch: Stretch) -> None:
    ranges = [pair for part in (stretch.ready, stretch.posture, *stretch.phases) for pair in part.where.items()]
    ranges += [(rule.measure, rule) for rule in stretch.rules]
    for measure, limits in ranges:
        low, high = MEASURES[measure].limits
        for value in (limits.min, limits.max):
            assert value is None or low <= value <= high, measure


def test_the_person_may_go_further_than_good_form_before_it_is_another_posture() -> None:
    for stretch in STRETCHES:
        for rule in stretch.rules:
            around = stretch.posture.where.get(rule.measure)
            if around and rule.min is not None and around.min is not None:
                assert around.min < rule.min, rule.name
            if around and rule.max is not None and around.max is not None:
                assert around.max > rule.max, rule.name


@pytest.mark.parametrize(
    ("fault", "measured"),
    [
        # As estimated on rendered bodies: the near leg raised, and low hips over feet that stand well.
        ("one-leg-up", {"chest_pitch": 59, "trunk_pitch": -31, "hip_flexion": 3, "thigh_pitch": 34, "knee_flexion": 15,
                        "shin_lean": -109, "knee_over_ankle": -0.94, "ankle_height": 1.0, "leg_split": 64}),
        ("hips-low", {"chest_pitch": 76, "trunk_pitch": -14, "hip_flexion": 40, "thigh_pitch": 50, "knee_flexion": 139,
                      "shin_lean": -2, "knee_over_ankle": -0.03}),
    ],
)  # fmt: skip
def test_a_fault_of_the_bridge_is_not_taken_for_that_of_the_feet(fault: str, measured: dict[str, float]) -> None:
    bridge = next(stretch for stretch in STRETCHES if stretch.name == "bridge")
    assessment = assess(measures_of(seconds(2.0), **measured), bridge)
    assert set(assessment.situation) == {Situation.POSTURE}
    named = assessment.faulty.any(axis=0)
    assert [rule.name for rule, one in zip(bridge.rules, named, strict=True) if one] == [fault]
