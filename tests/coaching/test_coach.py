"""The words that lead through a stretch and their seconds, as a script."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.coaching.coach import (
    AGAIN,
    BEGIN,
    COUNT_FROM_S,
    LAST,
    REPEAT_ADVICE_S,
    REPEAT_S,
    Coach,
    Importance,
    Saying,
    spoken_s,
)
from posecheck.judging.holds import Hold, State
from posecheck.judging.session import Session
from posecheck.measures.framing import ADVICE, Framing
from posecheck.pose.landmarks import Pose
from tests.support.coached import CHEST, Body, holding
from tests.support.films import bridges, lift, lying, raised
from tests.support.poses import clip, nobody
from tests.support.verdicts import BRIDGE, CAT_COW, SPHINX


class TestAHold:
    def test_counts_its_last_five_seconds_and_leads_out(self) -> None:
        body = Body()
        assert body.is_(State.HOLDING, 24.0) == [
            *("Sphinx.", "Five", "Four", "Three", "Two", "One"),
            f"Done. {SPHINX.getting_out[0]}",
        ]
        times = [saying.time_s for saying in body.heard[1:]]
        assert times == pytest.approx([15.0, 16.0, 17.0, 18.0, 19.0, 20.0], abs=0.11)

    def test_that_is_paused_goes_on_counting_where_it_was(self) -> None:
        body = holding(15.0)
        assert body.is_(State.HOLDING, 2.5) == ["Five", "Four", "Three"]
        assert body.is_(State.GRACE, 3.0) == []
        assert body.is_(State.HOLDING, 1.0) == ["Two"]

    def test_that_is_too_short_to_be_counted_is_not(self) -> None:
        short = SPHINX.model_copy(update={"hold": SPHINX.hold.model_copy(update={"target_s": COUNT_FROM_S - 1.0})})
        assert Body(short).is_(State.HOLDING, 9.5) == ["Sphinx.", f"Done. {SPHINX.getting_out[0]}"]

    def test_a_correction_takes_the_place_of_the_count(self) -> None:
        body = holding(15.0)
        body.is_(State.HOLDING, 0.5)
        assert body.is_(State.GRACE, 1.0, "chest-sunk") == [CHEST.cue_low]
        assert body.is_(State.HOLDING, 1.5) == [], "it is still being said"

    def test_that_is_short_counts_and_is_called_short(self) -> None:
        body = Body()
        body.is_(State.HOLDING, 4.0)
        assert body.rests(3.0) == ["1 of 2, short: 4 of 20 seconds."]
        body.is_(State.HOLDING, 19.8)
        assert body.rests(20.0) == [LAST], "nobody is stuck"
        assert body.coach.finished

    def test_that_just_missed_the_aim_is_not_said_to_have_reached_it(self) -> None:
        body = Body()
        body.is_(State.HOLDING, 19.6)
        assert body.rests(9.0)[-1] == "1 of 2, short: 19 of 20 seconds."

    def test_a_repetition_of_two_holds_is_told_by_the_longer_one(self) -> None:
        body = Body()
        body.is_(State.HOLDING, 4.0)
        body.repetitions, body.hold_s = 1, 0.0
        body.holds = (Hold(-1, 0.0, 4.0, 4.0, 1),)
        body.is_(State.AT_FAULT, 1.0)
        body.is_(State.HOLDING, 21.0)
        body.holds += (Hold(-1, 5.0, 26.0, 21.0, 1),)
        body.hold_s = 0.0
        assert body.rests(9.0) == ["1 of 2: 21 seconds."]

    def test_repetitions_are_counted_and_the_last_one_ends_it(self) -> None:
        body = Body()
        body.is_(State.HOLDING, 26.0)
        assert body.rests(9.0) == ["1 of 2: 26 seconds."]
        assert body.rests(3.0) == [AGAIN], "after the rest"
        body.is_(State.HOLDING, 26.0)
        assert not body.coach.finished
        assert body.rests(20.0) == [LAST]
        assert body.coach.finished


class TestSettingUp:
    def test_comes_first_and_advice_on_the_view_after_it(self) -> None:
        body = Body()
        nobody = ADVICE[Framing.NOBODY]
        assert body.is_(State.NOBODY, 35.0, advice=nobody) == ["Sphinx.", SPHINX.camera.advice, nobody, nobody]
        times = [saying.time_s for saying in body.heard]
        assert times[3] - times[2] == pytest.approx(REPEAT_ADVICE_S)

    def test_advice_waits_for_somebody_who_walks_past(self) -> None:
        body = Body()
        body.is_(State.READY, 30.0)
        assert body.is_(State.NOBODY, 1.4, advice="Turn.") == []
        body.is_(State.READY, 1.0)
        assert body.is_(State.VIEW_WRONG, 3.0, advice="Turn.") == ["Turn."]

    def test_who_is_in_place_is_told_nothing_of_the_camera(self) -> None:
        body = Body()
        heard = body.is_(State.READY, 40.0)
        assert heard == ["Sphinx.", *SPHINX.getting_in, BEGIN]
        times = [saying.time_s for saying in body.heard]
        for (earlier, later), text in zip(pairwise(times[1:-1]), SPHINX.getting_in, strict=False):
            assert later - earlier > spoken_s(text) + 1.9, "time to do it"

    def test_who_begins_is_told_no_more_of_how_to_begin(self) -> None:
        body = Body()
        body.is_(State.READY, 3.0)
        assert body.is_(State.HOLDING, 8.0) == []
        assert body.rests(2.0) == ["1 of 2, short: 8 of 20 seconds."]

    def test_the_side_is_announced(self) -> None:
        assert Body(side="left").is_(State.READY, 1.0) == ["Sphinx, left side."]


class TestPhases:
    CAT, COW = (phase.announce for phase in CAT_COW.phases)

    def test_are_announced_when_the_one_before_has_been_held(self) -> None:
        body = Body(CAT_COW)
        assert body.changes_to("cat", 4.0) == ["Cat-cow.", self.COW]
        assert body.heard[-1].time_s == pytest.approx(2.0)
        assert body.changes_to("cow", 4.0) == [self.CAT]

    def test_make_rounds_that_are_counted(self) -> None:
        body = Body(CAT_COW)
        heard = []
        for _ in range(5):
            heard.append([*body.changes_to("cat", 5.0), *body.changes_to("cow", 5.0)])
        assert heard[0] == ["Cat-cow.", self.COW, self.CAT]
        assert [one[0] for one in heard[1:]] == ["1 of 5.", "2 of 5.", "3 of 5.", "4 of 5."]
        assert heard[4] == ["4 of 5.", self.COW, f"{LAST} {CAT_COW.getting_out[0]}"]
        assert body.coach.finished
        assert body.rests(10.0) == [], "it has been said"

    def test_that_are_seen_otherwise_with_hindsight_are_not_counted_again(self) -> None:
        body = Body(CAT_COW)
        for phase in ("cat", "cow", "cat"):
            body.changes_to(phase, 5.0)
        assert body.heard[-2].text == "1 of 5."
        body.repetitions = 0
        body.is_(State.READY, 5.0)
        body.repetitions = 1
        assert "1 of 5." not in body.is_(State.READY, 5.0)

    def test_first_one_is_announced_to_who_waits(self) -> None:
        heard = Body(CAT_COW).is_(State.READY, 60.0)
        assert heard == ["Cat-cow.", *CAT_COW.getting_in, self.CAT]


class TestBeforeTheCamera:
    """With a real session and a body that is seen."""

    def spoken(self, poses: Sequence[Pose]) -> list[Saying]:
        session, coach = Session(BRIDGE), Coach(BRIDGE)
        return [saying for pose in poses if (saying := coach.update(session.update(pose)))]

    @pytest.mark.parametrize("fps", [8.0, 25.0])
    def test_a_good_bridge_is_led_through(self, fps: float) -> None:
        heard = self.spoken(clip(*bridges(1, hold_s=BRIDGE.hold.target_s + 1.0), fps=fps))
        texts = [saying.text for saying in heard]
        assert texts[:2] == [f"{BRIDGE.title}.", BRIDGE.getting_in[0]]
        assert texts[-2:] == [f"Done. {BRIDGE.getting_out[0]}", f"1 of {BRIDGE.hold.repetitions}: 9 seconds."]

    def test_an_empty_room_is_told_where_the_camera_belongs_and_then_that_nobody_is_there(self) -> None:
        heard = self.spoken([nobody(index / 5) for index in range(150)])
        assert [saying.text for saying in heard[1:3]] == [BRIDGE.camera.advice, ADVICE[Framing.NOBODY]]

    @pytest.mark.parametrize("fps", [8.0, 25.0])
    def test_a_low_bridge_is_corrected_in_time_and_praised_when_mended(self, fps: float) -> None:
        parts = [
            (2, lying()),
            (1.5, lift(4, 33)),
            (3, raised()),
            (0.5, lift(33, 14)),
            (4, raised(14)),
            (0.5, lift(14, 33)),
            (5, raised()),
        ]
        heard = self.spoken(clip(*parts, fps=fps))
        (rule,) = (rule for rule in BRIDGE.rules if rule.name == "hips-low")
        corrections = [saying for saying in heard if saying.text == rule.cue_high]
        assert len(corrections) == 1
        assert 7.0 <= corrections[0].time_s <= 7.0 + 1.5
        praise = [saying.time_s for saying in heard if saying.text == rule.praise]
        assert len(praise) == 1
        assert 11.5 < praise[0] < 13.5
        assert not any(saying.text.startswith("1 of") for saying in heard), "still in it"


states = st.sampled_from(list(State))
faults = st.lists(st.sampled_from(sorted(rule.name for rule in SPHINX.rules)), max_size=3, unique=True)


@given(script=st.lists(st.tuples(states, st.floats(0.1, 9.0), faults, st.none() | st.just("Turn.")), max_size=8))
def test_whatever_happens_one_thing_is_said_at_a_time(
    script: list[tuple[State, float, list[str], str | None]],
) -> None:
    body = Body()
    for state, seconds, broken, advice in script:
        body.hold_s = body.hold_s if state in (State.HOLDING, State.GRACE) else 0.0
        body.is_(state, seconds, *(broken if state in (State.GRACE, State.AT_FAULT) else ()), advice=advice)
    said: dict[str, float] = {}
    for before, now in pairwise(body.heard):
        over = now.time_s >= before.time_s + spoken_s(before.text) - 1e-9
        assert over or now.importance > before.importance
        assert not (now.importance is Importance.PRAISE and before.importance >= Importance.MINOR and not over)
    for saying in body.heard:
        if saying.importance >= Importance.MINOR:
            assert saying.time_s - said.get(saying.text, -10.0) >= REPEAT_S - 1e-9
            said[saying.text] = saying.time_s
