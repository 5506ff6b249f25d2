"""What the evidence of practice refuses, on a drawn clip: no video, no MediaPipe, no process."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from benchmarks.accuracy.cases import Eye
from benchmarks.evidence._practising import Practised, Said, rehearse, with_voice
from benchmarks.evidence.practice import Course, cues, hold_difference, judged, spoken_of
from posecheck.measures.measurer import measure
from posecheck.pose.landmarks import Pose, Poses
from posecheck.storage.rule_files import load_stretch
from tests.support.poses import bridge, clip, lying_bent_knees

BRIDGE = load_stretch("bridge")
(HIPS_LOW,) = (rule for rule in BRIDGE.rules if rule.name == "hips-low")
(CUE,), PRAISE = cues(HIPS_LOW), HIPS_LOW.praise
SINKS_S, ONSET_S, MENDED_S = 5.0, 5.5, 9.5
"""While the hips sink, which the eye takes half a second to be sure of, nothing is a fault yet."""


@cache
def mended_bridge() -> Poses:
    poses: list[Pose] = clip(
        (2.0, lying_bent_knees()),
        (SINKS_S - 2.0, bridge()),
        (MENDED_S - SINKS_S, bridge(lift=14.0)),
        (6.0, bridge()),
        (2.0, lying_bent_knees()),
    )
    return Poses.stack(poses)


def course(
    *said: Said, live: Sequence[Said] = (), live_holds_s: Sequence[float] = (), fault: str | None = "hips-low"
) -> Course:
    eye = Eye.of(measure(mended_bridge()), BRIDGE)
    holds_s = tuple(hold.hold_s for hold in eye.holds)
    played = Practised(tuple(live), tuple(live_holds_s), frozenset({"hips-low"}))
    return Course(
        "made",
        BRIDGE,
        fault,
        eye,
        (holds_s, frozenset({"hips-low"})),
        Practised(said, holds_s, frozenset({"hips-low"})),
        played if live else None,
    )


IN_TIME = (Said(ONSET_S + 1.0, CUE), Said(MENDED_S + 1.0, PRAISE))


def test_who_says_the_right_thing_in_time_passes() -> None:
    cued = spoken_of(course(*IN_TIME), IN_TIME)
    assert cued is not None
    assert cued.onset_s == pytest.approx(ONSET_S, abs=0.05)
    assert (cued.cue_s, cued.owed, cued.praise_s) == (ONSET_S + 1.0, True, MENDED_S + 1.0)
    assert judged([course(*IN_TIME)]).holds


def test_what_practice_says_of_a_drawn_bridge_passes() -> None:
    practised = rehearse([mended_bridge()], BRIDGE)
    assert {CUE, PRAISE} <= {one.text for one in practised.said}
    assert "hips-low" in practised.faults
    assert judged([course(*practised.said)]).holds


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ((), ""),
        ((Said(ONSET_S + 2.0, CUE), IN_TIME[1]), ""),
        (IN_TIME[:1], ""),
        ((*IN_TIME[:1], Said(ONSET_S + 3.9, CUE), IN_TIME[1]), "again after 2.9 s"),
        ((Said(2.5, CUE), *IN_TIME), "hips-low at 2.5 s, which is not so"),
        ((*IN_TIME[:1], Said(MENDED_S - 1.0, PRAISE)), "praise for hips-low at 8.5 s, which still stands"),
    ],
    ids=["never", "late", "no praise", "again too soon", "without a fault", "praise too soon"],
)
def test_a_voice_that_errs_fails(said: Sequence[Said], words: str) -> None:
    evidence = judged([course(*said)])
    assert not evidence.holds
    assert "**no**" in str(evidence.rows[0][-1])
    assert words in str(evidence.rows[0][-1])


def test_no_praise_is_owed_to_somebody_who_lies_down() -> None:
    made = course(*IN_TIME[:1])
    poses = mended_bridge()
    assert not judged([made]).holds
    down = replace(made, ideal=Eye.of(measure(poses.where(poses.time_s < MENDED_S)), BRIDGE))
    assert judged([down]).holds


def test_the_played_clip_must_say_it_in_time_too() -> None:
    holds_s = course().analysed[0]
    assert judged([course(*IN_TIME, live=IN_TIME, live_holds_s=holds_s)]).holds
    late = [Said(ONSET_S + 2.0, CUE), IN_TIME[1]]
    assert not judged([course(*IN_TIME, live=late, live_holds_s=holds_s)]).holds


def test_the_played_clip_must_have_the_holds_of_analyze() -> None:
    first_s, *others = course().analysed[0]
    near = course(*IN_TIME, live=IN_TIME, live_holds_s=[first_s - 0.25, *others])
    far = course(*IN_TIME, live=IN_TIME, live_holds_s=[first_s - 0.35, *others])
    fewer = course(*IN_TIME, live=IN_TIME, live_holds_s=others)
    assert hold_difference(near) == pytest.approx(0.25)
    assert judged([near]).holds
    assert not judged([far]).holds
    assert math.isinf(hold_difference(fewer))
    assert not judged([fewer]).holds


def test_the_played_clip_must_have_the_faults_of_analyze() -> None:
    made = course(*IN_TIME, live=IN_TIME, live_holds_s=course().analysed[0])
    assert made.live is not None
    others = replace(made, live=replace(made.live, faults=frozenset()))
    assert not judged([others]).holds


def test_printed_words_are_given_the_time_at_which_the_voice_began() -> None:
    lines = [
        (100.5, "0:00.4  Bridge."),
        (107.7, f"0:07.4  {CUE}"),
        (112.0, "Bridge  1 hold, best 4.1 s"),
        (113.0, "0:12.9  Bye."),
    ]
    spoken = ["100.6\t40000\tBridge.", f"107.8\t90000\t{CUE}", "113.1\t44\tBye."]
    bridge_, cue, silent = with_voice(lines, spoken)
    assert (bridge_.time_s, bridge_.text) == (0.4, "Bridge.")
    assert bridge_.voice_s == pytest.approx(0.5)
    assert cue.voice_s == pytest.approx(7.7)
    assert silent.voice_s is None, "44 bytes are no sound"
