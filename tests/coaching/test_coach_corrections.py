"""Faults named, and praise when they are mended: the words and their seconds, as a script."""

from __future__ import annotations

from itertools import pairwise

import pytest

from posecheck.coaching.coach import FAULT_S, REPEAT_S, spoken_s
from posecheck.coaching.praise import MENDED_S
from posecheck.judging.holds import State
from tests.support.coached import CHEST, LEGS, RULES, Body, holding
from tests.support.verdicts import CAT_COW, SPHINX


class TestCorrections:
    def test_wait_until_a_fault_has_lasted(self) -> None:
        body = holding()
        assert body.is_(State.GRACE, 0.6, "chest-sunk") == []
        assert body.is_(State.HOLDING, 1.0) == []
        start_s = body.time_s
        assert body.is_(State.AT_FAULT, 1.5, "chest-sunk") == [CHEST.cue_low]
        assert body.heard[-1].time_s - start_s == pytest.approx(FAULT_S)

    def test_count_from_the_true_onset_of_a_fault(self) -> None:
        body = holding()
        body.since = {"chest-sunk": body.time_s - 5.0}
        assert body.is_(State.AT_FAULT, 0.1, "chest-sunk") == [CHEST.cue_low]

    def test_are_repeated_no_sooner_than_after_six_seconds(self) -> None:
        body = holding()
        body.is_(State.AT_FAULT, 20.0, "chest-sunk")
        times = [saying.time_s for saying in body.heard if saying.text == CHEST.cue_low]
        assert len(times) == 4
        assert [later - earlier for earlier, later in pairwise(times)] == pytest.approx([REPEAT_S] * 3, abs=0.11)

    def test_that_come_and_go_are_not_repeated_sooner(self) -> None:
        body = holding()
        for _ in range(6):
            body.is_(State.AT_FAULT, 1.0, "chest-sunk")
            body.is_(State.HOLDING, 0.3)
        assert [saying.text for saying in body.heard].count(CHEST.cue_low or "") == 2

    def test_speak_of_the_most_important_fault_alone(self) -> None:
        body = holding()
        assert set(body.is_(State.AT_FAULT, 15.0, "chest-sunk", "legs-bent")) == {CHEST.cue_low}

    def test_speak_of_the_next_fault_when_the_first_is_mended(self) -> None:
        body = holding()
        body.is_(State.AT_FAULT, 2.0, "chest-sunk", "legs-bent")
        assert body.is_(State.AT_FAULT, 5.0, "legs-bent") == [LEGS.cue_high]

    def test_of_major_faults_cut_minor_ones_short(self) -> None:
        body = holding()
        assert body.is_(State.AT_FAULT, 0.8, "legs-bent") == [LEGS.cue_high]
        assert body.is_(State.AT_FAULT, 0.8, "chest-sunk", "legs-bent") == [CHEST.cue_low]

    def test_of_minor_faults_wait_for_what_is_being_said(self) -> None:
        body = holding()
        body.is_(State.AT_FAULT, 1.0, "chest-sunk")
        start_s = body.heard[-1].time_s
        body.is_(State.AT_FAULT, 5.0, "legs-bent")
        assert body.heard[-1].text == LEGS.cue_high
        assert body.heard[-1].time_s == pytest.approx(start_s + spoken_s(CHEST.cue_low or ""), abs=0.11)

    def test_cut_everything_else_short(self) -> None:
        body = Body()
        body.is_(State.NOBODY, 4.0)
        assert body.heard[-1].text == SPHINX.camera.advice
        assert body.is_(State.AT_FAULT, 1.0, "chest-sunk") == [CHEST.cue_low]


class TestPraise:
    def test_follows_when_a_fault_that_was_spoken_of_is_mended(self) -> None:
        body = holding()
        body.is_(State.AT_FAULT, 5.0, "chest-sunk")
        assert body.is_(State.HOLDING, 4.0) == [CHEST.praise]

    def test_waits_until_the_correction_has_been_said(self) -> None:
        body = holding()
        body.is_(State.AT_FAULT, 0.9, "chest-sunk")
        spoken = body.heard[-1]
        assert body.is_(State.HOLDING, 4.0) == [CHEST.praise]
        assert body.heard[-1].time_s >= spoken.time_s + spoken_s(spoken.text)

    def test_is_not_given_for_what_nobody_spoke_of(self) -> None:
        body = holding()
        body.is_(State.GRACE, 0.6, "chest-sunk")
        assert body.is_(State.HOLDING, 3.0) == []

    def test_is_not_given_while_something_else_is_wrong(self) -> None:
        body = holding()
        body.is_(State.AT_FAULT, 5.0, "chest-sunk")
        assert CHEST.praise not in body.is_(State.AT_FAULT, 10.0, "legs-bent")

    def test_is_not_given_to_somebody_who_gave_up(self) -> None:
        body = holding()
        body.is_(State.AT_FAULT, 5.0, "chest-sunk")
        assert CHEST.praise not in body.rests(5.0)

    def test_is_not_given_to_somebody_who_is_not_there_yet(self) -> None:
        body = holding()
        body.is_(State.AT_FAULT, 5.0, "chest-sunk")
        assert body.is_(State.ENTERING, 3.0) == [], "nothing is a fault yet, nor is it mended"
        assert body.is_(State.HOLDING, 2.0) == [CHEST.praise]

    def test_is_given_when_the_next_phase_is_good(self) -> None:
        rocking = RULES["hips-rocking"]
        body = Body(CAT_COW)
        body.is_(State.HOLDING, 3.0, phase="cat")
        body.is_(State.AT_FAULT, 5.0, "hips-rocking", phase="cat")
        assert rocking.praise not in body.is_(State.READY, 2.0), "nobody can tell yet"
        heard_from_s = body.time_s
        assert rocking.praise in body.is_(State.HOLDING, 2.0, phase="cow")
        assert body.heard[-1].time_s == pytest.approx(heard_from_s + MENDED_S, abs=0.11)

    def test_is_given_once(self) -> None:
        body = holding()
        body.is_(State.AT_FAULT, 5.0, "chest-sunk")
        assert body.is_(State.HOLDING, 8.0).count(CHEST.praise) == 1
