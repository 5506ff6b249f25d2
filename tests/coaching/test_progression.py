"""Start small and work your way up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.coaching.progression import GOOD_SCORE, LEAST_S, MOST_SHARE, HoldDone, SessionDone, next_target

NOW = datetime(2026, 5, 1, 18, 0, tzinfo=UTC)
USUAL_S = 20.0


def session(
    days_ago: float,
    held_s: list[float],
    *,
    target_s: float = 20.0,
    score: float | None = 90.0,
    pain: int | None = None,
    stretch: str = "sphinx",
) -> SessionDone:
    holds = tuple(HoldDone(stretch, None, 0.0, one, target_s, score) for one in held_s)
    return SessionDone(1, NOW - timedelta(days=days_ago), holds=holds, pain=pain)


def target_s(*past: SessionDone, usual_s: float = USUAL_S) -> float:
    return next_target("sphinx", usual_s, 2, past, NOW).hold_s


def test_a_first_time_is_half() -> None:
    assert target_s() == 10.0
    assert target_s(session(1, [30.0, 30.0], stretch="bridge")) == 10.0


def test_grows_by_a_tenth_when_all_was_done_well() -> None:
    assert target_s(session(1, [20.0, 21.5])) == 22.0
    assert target_s(session(1, [20.0, 21.5], pain=0)) == 22.0


def test_grows_by_a_second_at_least() -> None:
    assert target_s(session(1, [5.0, 5.0], target_s=5.0)) == 6.0


def test_a_few_sessions_lead_from_half_to_the_whole() -> None:
    past: list[SessionDone] = []
    reached = []
    for day in range(12):
        aim_s = next_target("sphinx", USUAL_S, 2, past, NOW + timedelta(days=2 * day)).hold_s
        reached.append(aim_s)
        past.append(session(-2 * day, [aim_s, aim_s], target_s=aim_s))
    assert reached == [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 18.0, 20.0, 22.0, 24.0, 26.0]


@pytest.mark.parametrize(
    "last",
    [
        session(1, [20.0]),
        session(1, [20.0, 12.0]),
        session(1, [20.0, 20.0], score=GOOD_SCORE - 1),
        session(1, [20.0, 20.0], score=None),
        session(1, [20.0, 20.0], pain=1),
        session(1, [20.0, 20.0], pain=3),
    ],
    ids=["one short", "one not long enough", "poor form", "form unknown", "some pain", "more pain"],
)
def test_stays(last: SessionDone) -> None:
    assert target_s(last) == 20.0
    assert target_s(session(3, [20.0, 20.0]), last) == 20.0


def test_shrinks_with_pain_whatever_was_reached() -> None:
    assert target_s(session(1, [25.0, 25.0], pain=4)) == 16.0


def test_shrinks_when_it_fell_short_twice_in_a_row() -> None:
    assert target_s(session(3, [9.0, 8.0]), session(1, [10.0, 7.0])) == 16.0
    assert target_s(session(1, [18.0, 7.0]), session(3, [9.0, 8.0])) == 18.0, "not below what was reached"


def test_shrinks_after_three_weeks() -> None:
    assert target_s(session(22, [20.0, 20.0])) == 16.0
    assert target_s(session(20, [20.0, 20.0])) == 22.0


def test_ends_at_three_times_the_usual() -> None:
    assert target_s(session(1, [60.0, 60.0], target_s=60.0)) == 60.0


def test_says_why() -> None:
    assert "start small" in next_target("sphinx", 20.0, 2, [], NOW).why
    assert "pain 6 of 10" in next_target("sphinx", 20.0, 2, [session(1, [20.0], pain=6)], NOW).why


some_session = st.builds(
    session,
    st.floats(0, 60),
    st.lists(st.floats(0.5, 100), min_size=1, max_size=4),
    target_s=st.floats(3, 60),
    score=st.none() | st.floats(0, 100),
    pain=st.none() | st.integers(0, 10),
)


@given(past=st.lists(some_session, max_size=5), usual_s=st.floats(5, 60))
def test_stays_within_bounds(past: list[SessionDone], usual_s: float) -> None:
    aim_s = target_s(*past, usual_s=usual_s)
    assert min(LEAST_S, usual_s) <= aim_s <= MOST_SHARE * usual_s + 0.5
    assert aim_s * 2 == int(aim_s * 2)


@given(past=st.lists(some_session, min_size=1, max_size=5, unique_by=lambda one: one.started))
def test_pain_never_makes_it_longer(past: list[SessionDone]) -> None:
    last = max(past, key=lambda one: one.started)
    assert next_target("sphinx", USUAL_S, 2, past, NOW).hold_s >= target_s(
        *(one for one in past if one is not last),
        SessionDone(1, last.started, holds=last.holds, pain=8),
    )
