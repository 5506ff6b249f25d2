"""The verdict on a single picture, of made poses."""

from __future__ import annotations

from typing import Any

import pytest

from posecheck.judging.still import StillJudgement, StillVerdict, judge_still
from posecheck.measures.measurer import measure
from posecheck.pose.landmarks import Joint, Pose, Poses
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import load_stretch
from tests.support.films import lying, raised
from tests.support.poses import all_fours, nobody, prone, sphinx, standing

SPHINX, CAT_COW, BRIDGE = (load_stretch(name) for name in ("sphinx", "cat-cow", "bridge"))
ALL = (SPHINX, CAT_COW, BRIDGE)


def judged(pose: Pose, *stretches: Stretch) -> StillJudgement:
    """A single stretch is chosen, several are to be told apart."""
    return judge_still(measure(Poses.stack([pose])), stretches, chosen=len(stretches) == 1)


def told(judgement: StillJudgement) -> tuple[str | None, str | None, str, list[str]]:
    name = judgement.stretch.name if judgement.stretch else None
    return name, judgement.phase, judgement.verdict.value, [fault.rule for fault in judgement.faults]


@pytest.mark.parametrize(
    ("pose", "verdict"),
    [
        (all_fours(spine_flexion=15), ("cat-cow", "neutral", "ready", [])),
        (all_fours(spine_flexion=80), ("cat-cow", "cat", "good", [])),
        (all_fours(spine_flexion=-130), ("cat-cow", "cow", "good", [])),
        (all_fours(spine_flexion=80, elbow_flexion=50), ("cat-cow", "cat", "fault", ["arms-bent"])),
        (sphinx(), ("sphinx", None, "good", [])),
        (sphinx(upper_arm_lean=32), ("sphinx", None, "fault", ["elbows-ahead"])),
        (raised(), ("bridge", None, "good", [])),
        (raised(14), ("bridge", None, "fault", ["hips-low"])),
        (standing(), (None, None, "other", [])),
        (prone(), (None, None, "other", [])),
        (lying(), (None, None, "other", [])),
        (nobody(), (None, None, "nobody", [])),
        (raised(off_side_on_deg=55), (None, None, "unjudgeable", [])),
        (raised(at=(10, 240)), (None, None, "unjudgeable", [])),
    ],
)
def test_a_picture_of_anything(pose: Pose, verdict: tuple[Any, ...]) -> None:
    assert told(judged(pose, *ALL)) == verdict


@pytest.mark.parametrize(
    ("pose", "stretch", "verdict"),
    [
        (lying(), BRIDGE, ("bridge", None, "fault", ["hips-low"])),
        (prone(), SPHINX, ("sphinx", None, "other", [])),
        (all_fours(spine_flexion=15), CAT_COW, ("cat-cow", "neutral", "ready", [])),
        (nobody(), BRIDGE, ("bridge", None, "nobody", [])),
        (raised(off_side_on_deg=55), BRIDGE, ("bridge", None, "unjudgeable", [])),
        *((standing(), stretch, (stretch.name, None, "other", [])) for stretch in ALL),
        *((sphinx(), stretch, (stretch.name, None, "other", [])) for stretch in (CAT_COW, BRIDGE)),
        *((raised(), stretch, (stretch.name, None, "other", [])) for stretch in (CAT_COW, SPHINX)),
    ],
)
def test_a_picture_of_what_was_chosen(pose: Pose, stretch: Stretch, verdict: tuple[Any, ...]) -> None:
    assert told(judged(pose, stretch)) == verdict


def test_the_side_does_not_matter() -> None:
    for pose in (sphinx(facing="left"), all_fours(spine_flexion=80, facing="left"), raised(facing="left")):  # type: ignore[arg-type]
        assert judged(pose, *ALL).verdict is StillVerdict.GOOD


def test_lying_with_bent_knees_may_be_the_start_of_a_bridge() -> None:
    assert judged(lying(), *ALL).reason == (
        "No stretch is recognised. It could be the start of a bridge: name it with --stretch bridge."
    )


def test_lying_prone_or_a_forearm_plank_is_no_start_that_naming_it_would_judge() -> None:
    plank = sphinx(trunk_pitch=7, upper_arm_lean=-13)
    for pose in (prone(), plank):
        judgement = judged(pose, *ALL)
        assert judgement.verdict is StillVerdict.OTHER
        assert judgement.reason.startswith("No stretch that is known: ")


def test_the_reason_says_what_does_not_fit() -> None:
    assert judged(prone(), CAT_COW).reason == "Not a cat-cow: bring your hips above your knees."


def test_where_the_file_has_no_words_it_is_told_in_figures() -> None:
    where = {
        name: one.model_copy(update={"cue_low": None, "cue_high": None}) for name, one in CAT_COW.posture.where.items()
    }
    wordless = CAT_COW.model_copy(update={"posture": CAT_COW.posture.model_copy(update={"where": where})})
    reason = judged(prone(), wordless).reason
    assert reason.startswith("Not a cat-cow: slope of the thigh is ")
    assert "°" in reason


def test_good_form_close_to_a_limit_is_not_plainly_good() -> None:
    assert judged(sphinx(neck_flexion=-46), SPHINX).reason == "Sphinx in good form, but close to a fault: chin up."


def test_good_form_a_little_further_from_a_limit_is_plainly_good() -> None:
    assert judged(sphinx(neck_flexion=-44), SPHINX).reason == "Sphinx in good form."


def test_the_most_urgent_fault_comes_first() -> None:
    judgement = judged(sphinx(forearm_pitch=24, upper_arm_lean=28, neck_flexion=-75), SPHINX)
    assert [fault.rule for fault in judgement.faults] == ["pushed-up", "elbows-ahead", "chin-up"]
    assert judgement.reason == "Sphinx, at fault: pushed-up, elbows-ahead, chin-up."


def test_faults_as_urgent_as_each_other_come_in_the_files_order() -> None:
    """Their order is not told by their names or words, which a translation would change."""
    rules = [
        rule.model_copy(update={"priority": 1}) if rule.name in ("pushed-up", "elbows-ahead") else rule
        for rule in SPHINX.rules
    ]
    judgement = judged(sphinx(forearm_pitch=24, upper_arm_lean=28), SPHINX.model_copy(update={"rules": tuple(rules)}))
    names = [fault.rule for fault in judgement.faults]
    assert names == [rule.name for rule in rules if rule.name in ("pushed-up", "elbows-ahead")]


def test_a_modification_changes_the_verdict() -> None:
    assert judged(raised(14), BRIDGE.modified(["small-lift"])).verdict is StillVerdict.GOOD


def test_at_rest_there_is_no_fault_that_was_taken_out() -> None:
    modification = {"title": "T", "advice": "A", "rules": {"hips-low": {"off": True}}}
    stretch = Stretch.model_validate(
        BRIDGE.model_dump(by_alias=True, mode="json") | {"modifications": {"free": modification}}
    ).modified(["free"])
    assert told(judged(lying(), stretch)) == ("bridge", None, "ready", [])


def test_a_hidden_joint_leaves_what_can_be_judged() -> None:
    assert judged(raised(visibility={Joint.HEEL: 0.1}), BRIDGE).verdict is StillVerdict.GOOD
