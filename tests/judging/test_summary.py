"""The summary: what is in it, and that it is what docs/summary.schema.json says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import posecheck
from posecheck.judging.holds import State
from posecheck.measures.table import MEASURES
from posecheck.pose.landmarks import Pose
from tests.support.poses import all_fours, bridge, clip, lying_bent_knees, nobody, prone, sphinx, standing, turned
from tests.support.recordings import VERSIONS, one_bridge
from tests.support.summaries import SCHEMA, assert_valid, summary_of


def cat_cow(rounds: int = 2) -> list[Pose]:
    """Level, then rounded and arched for 3 s each, a second between."""

    def back(start: float, end: float) -> Any:
        return lambda share: all_fours(spine_flexion=start + share * (end - start))

    parts: list[Any] = [(3.0, all_fours())]
    now = 0.0
    for goal in [90.0, -130.0] * rounds:
        parts += [(1.0, back(now, goal)), (3.0, back(goal, goal))]
        now = goal
    return clip(*parts, (1.0, back(now, 0.0)), fps=30)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "change", [{"schema": 2}, {"extra": 1}, {"segments": None}, {"still": {}}, {"states": {"x": 1}}]
)
def test_the_schema_is_strict(change: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        assert_valid(summary_of(one_bridge()) | change)


def test_the_schema_holds_for_an_error_and_an_array_too() -> None:
    error = {"source": {"name": "gone.mp4"}, "error": {"code": 3, "message": "gone.mp4: no such file"}}
    summary = summary_of([bridge()])
    assert_valid(error)
    assert_valid([summary, error, summary])
    for wrong in ([], [summary, {}], [[summary]], error | {"schema": 1}, summary | error):
        with pytest.raises(AssertionError):
            assert_valid(wrong)


def test_the_schema_knows_every_state() -> None:
    assert set(SCHEMA["$defs"]["summary"]["properties"]["states"]["properties"]) == {state.value for state in State}


def test_a_bridge() -> None:
    summary = summary_of(one_bridge(hold_s=7.0), "bridge")
    (segment,) = summary["segments"]
    assert (segment["stretch"], segment["repetitions"], segment["rounds"]) == ("bridge", 1, None)
    (hold,) = segment["holds"]
    assert hold["hold_s"] == pytest.approx(8.0, abs=0.6)  # some of the way up and down is good form too
    assert hold["completed"]
    assert hold["phase"] is None
    assert segment["faults"] == []
    assert summary["still"] is None
    assert summary["source"] == {
        "name": "drawn.mp4",
        "sha256": None,
        "kind": "video",
        "duration_s": 12.967,
        "frames": 390,
        "frames_skipped": 0,
        "width": 640,
        "height": 480,
    }
    assert summary["coverage"] == {"person": 1.0, "view": 1.0}
    assert summary["versions"] == {"posecheck": posecheck.__version__, **VERSIONS}
    assert summary["warnings"] == []


def test_rounds_of_cat_cow() -> None:
    (segment,) = summary_of(cat_cow(rounds=3))["segments"]
    assert (segment["stretch"], segment["rounds"], segment["repetitions"]) == ("cat-cow", 3, None)
    assert [hold["phase"] for hold in segment["holds"]] == ["cat", "cow"] * 3
    assert segment["tempo_s"] == pytest.approx(8.0, abs=0.5)
    assert segment["range_of_motion_deg"] > 100


def test_a_fault_with_its_words_and_times() -> None:
    poses = clip((2.0, lying_bent_knees()), (1.0, lambda share: bridge(lift=4 + 8 * share)), (5.0, bridge(lift=12)))
    (segment,) = summary_of([*poses, *clip((2.0, lying_bent_knees()), start_s=8.0)], "bridge")["segments"]
    fault = segment["faults"][0]
    assert (fault["rule"], fault["severity"]) == ("hips-low", "major")
    assert fault["cue"] == "Press your feet down and lift your hips a little higher."
    assert fault["seconds"] == pytest.approx(sum(end - start for start, end in fault["intervals"]), abs=0.002)
    assert fault["seconds"] == pytest.approx(5.0, abs=1.2)


def test_modifications_are_named_in_their_stretch_alone() -> None:
    applied = {"bridge": ["small-lift"], "cat-cow": []}
    (segment,) = summary_of(one_bridge(), "bridge", "cat-cow", modifications=applied)["segments"]
    assert segment["modifications"] == ["small-lift"]


@pytest.mark.parametrize("names", [("bridge",), ()], ids=["named", "recognised"])
@pytest.mark.parametrize("poses", [one_bridge(), [bridge()]], ids=["clip", "still"])
def test_whose_limits_hold_is_said_of_what_was_seen(poses: Sequence[Pose], names: tuple[str, ...]) -> None:
    def seen(profile: str | None, own_limits: Sequence[str]) -> tuple[object, list[str]]:
        summary = summary_of(poses, *names, profile=profile, own_limits=own_limits)
        (one,) = summary["segments"] or [summary["still"]]
        return one["profile"], [warning for warning in summary["warnings"] if "--profile" in warning]

    assert seen(None, ()) == (None, [])
    assert seen("ada", ("bridge", "sphinx")) == ("ada", [])
    told = ["--profile ada: changes no limit of bridge; the usual ones hold."]
    assert seen("ada", ("sphinx",)) == (None, told)


def test_a_profile_says_nothing_of_what_was_not_seen() -> None:
    assert not any("--profile" in warning for warning in summary_of(clip((3.0, standing())), profile="ada")["warnings"])


def test_the_states_fill_the_clip() -> None:
    poses = [*one_bridge(), *(replace(pose, time_s=10 + pose.time_s) for pose in clip((3.0, standing())))]
    states = summary_of(poses)["states"]
    assert sum(states.values()) == pytest.approx(poses[-1].time_s, abs=0.005)
    assert states["elsewhere"] == pytest.approx(3.0, abs=0.2)
    assert states["holding"] == pytest.approx(4.9, abs=0.4)


def test_a_gap_is_time_with_nobody() -> None:
    late = [replace(pose, time_s=20.0 + pose.time_s) for pose in one_bridge()]
    states = summary_of([*one_bridge(), *late])["states"]
    assert states["nobody"] == pytest.approx(10.0, abs=0.1)


def test_measures_are_those_of_the_segments() -> None:
    poses = [*one_bridge(), *(replace(pose, time_s=10 + pose.time_s) for pose in clip((3.0, standing())))]
    measures = summary_of(poses, "bridge")["measures"]
    assert set(measures) == set(MEASURES)
    knee = measures["knee_flexion"]
    assert 90 < knee["min"] <= knee["median"] <= knee["max"] < 120  # a straight leg, standing, is none of it
    assert knee["unit"] == "deg"
    assert knee["uncertainty"] > 0


@pytest.mark.parametrize(("off_deg", "share"), [(25.0, 1.0), (35.0, 0.0)])
def test_a_view_turned_by_more_than_thirty_degrees_is_none_to_judge_by(off_deg: float, share: float) -> None:
    summary = summary_of(clip((2.0, sphinx(off_side_on_deg=off_deg)), fps=10))
    assert summary["coverage"] == {"person": 1.0, "view": share}


def test_a_measure_that_is_never_known_is_null() -> None:
    measures = summary_of(clip((3.0, nobody()), fps=10))["measures"]
    assert measures["knee_flexion"] == {"min": None, "median": None, "max": None, "uncertainty": None, "unit": "deg"}


@pytest.mark.parametrize(
    ("pose", "verdict", "stretch", "phase"),
    [
        (sphinx(), "good", "sphinx", None),
        (bridge(), "good", "bridge", None),
        (bridge(lift=14), "fault", "bridge", None),
        (all_fours(spine_flexion=90), "good", "cat-cow", "cat"),
        (all_fours(), "ready", "cat-cow", "neutral"),
        (standing(), "other", None, None),
        (nobody(), "nobody", None, None),
        (sphinx(off_side_on_deg=70), "unjudgeable", None, None),
    ],
    ids=["sphinx", "bridge", "hips low", "cat", "all fours", "standing", "nobody", "from the front"],
)
def test_stills(pose: Pose, verdict: str, stretch: str | None, phase: str | None) -> None:
    summary = summary_of([pose])
    assert (summary["segments"], summary["states"]) == ([], {})
    still = summary["still"]
    assert (still["verdict"], still["stretch"], still["phase"]) == (verdict, stretch, phase)
    assert bool(still["faults"]) == (verdict == "fault")
    assert summary["source"]["duration_s"] == 0


def test_a_clip_of_one_frame_has_no_length() -> None:
    poses = clip((0.1, sphinx()), fps=20)[:2]
    summary = summary_of([*poses])
    assert summary["segments"] == []
    assert sum(summary["states"].values()) == pytest.approx(0.05)


class TestWarnings:
    def test_what_the_source_lost_comes_first(self) -> None:
        warnings = summary_of(clip((2.0, standing())), warnings=["2 frames could not be decoded."])["warnings"]
        assert warnings[0] == "2 frames could not be decoded."
        assert len(warnings) > 1

    @pytest.mark.parametrize(("roll_deg", "said"), [(3.0, False), (8.0, True), (-8.0, True)])
    def test_a_rolled_camera(self, roll_deg: float, said: bool) -> None:
        summary = summary_of([turned(pose, roll_deg) for pose in one_bridge()])
        told = [warning for warning in summary["warnings"] if "the floor falls" in warning]
        assert len(told) == said
        if said:
            assert ("to the right" if roll_deg > 0 else "to the left") in told[0]
        assert summary["segments"][0]["repetitions"] == 1

    def test_a_neutral_that_was_not_seen(self) -> None:
        told = "your own neutral position was not seen"
        assert not any(told in warning for warning in summary_of(cat_cow())["warnings"])
        only_a_cat = summary_of(clip((4.0, all_fours(spine_flexion=90))), "cat-cow")
        assert any(told in warning for warning in only_a_cat["warnings"])

    @pytest.mark.parametrize(
        ("lost", "said"),
        [(nobody(), "Nobody was found"), (sphinx(off_side_on_deg=70), "sees your front")],
        ids=["nobody", "from the front"],
    )
    def test_lost_time(self, lost: Pose, said: str) -> None:
        summary = summary_of(clip((4.0, lost), (6.0, sphinx())))
        (warning,) = summary["warnings"]
        assert said in warning
        assert warning.startswith("4.")
        few = summary_of(clip((0.8, lost), (9.2, sphinx())))
        assert few["warnings"] == []

    def test_no_stretch(self) -> None:
        (warning,) = summary_of(clip((3.0, standing())))["warnings"]
        assert warning.startswith("No stretch was seen: 3 s of another posture. --stretch NAME")

    def test_where_nobody_could_be_judged_naming_a_stretch_is_no_advice(self) -> None:
        advice, warning = summary_of(clip((9.0, sphinx(off_side_on_deg=70)), (1.0, standing())))["warnings"]
        assert "sees your front" in advice
        assert warning == "No stretch was seen: 9 s of a view too far from the side."

    PRONE = (
        "No sphinx was seen: 3 s of the starting posture. What was not seen: on your front, chest raised, resting on "
        "your forearms."
    )

    @pytest.mark.parametrize(
        ("poses", "name", "said"),
        [
            (
                clip((12.1, standing()), fps=10),
                "bridge",
                "No bridge was seen: 12 s of another posture.",
            ),
            (clip((3.1, prone()), (2.0, nobody())), "sphinx", PRONE),
            (clip((6.1, nobody())), "cat-cow", "No cat-cow was seen: 6 s of nobody in the picture."),
            (clip((0.1, standing()), fps=20)[:2], "bridge", "No bridge was seen."),
        ],
        ids=["standing", "prone", "nobody", "too short"],
    )
    def test_not_the_stretch_that_was_named(self, poses: list[Pose], name: str, said: str) -> None:
        assert summary_of(poses, name)["warnings"][-1] == said

    @pytest.mark.parametrize(
        ("poses", "told"),
        [
            (one_bridge(), ["--modification sore-wrists: belongs to cat-cow, which was not seen."]),
            ([bridge()], ["--modification sore-wrists: belongs to cat-cow, which was not seen."]),
            (
                clip((3.0, standing())),
                [
                    "--modification sore-neck: belongs to bridge and cat-cow, which were not seen.",
                    "--modification sore-wrists: belongs to cat-cow, which was not seen.",
                ],
            ),
            (cat_cow(), []),
        ],
        ids=["bridge", "still", "nothing", "cat-cow"],
    )
    def test_a_modification_without_effect(self, poses: list[Pose], told: list[str]) -> None:
        applied = {"bridge": ["sore-neck"], "cat-cow": ["sore-neck", "sore-wrists"], "sphinx": []}
        warnings = summary_of(poses, modifications=applied)["warnings"]
        assert [warning for warning in warnings if "--modification" in warning] == told
