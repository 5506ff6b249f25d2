"""A lesson as a script: who does what when, and what is said, shown and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from posecheck.coaching.coach import Importance
from posecheck.coaching.lesson import AWAY_S, LEAVE_S, LET_GO_S, Lesson, LessonStep, page_at
from posecheck.coaching.outcome import reached_words
from posecheck.judging.holds import ScoredHold, State
from posecheck.judging.tracking import MAX_GAP_S
from posecheck.pose.landmarks import Pose
from posecheck.presenters.terminal.session_summary import ending_rows
from posecheck.rules.routine import PlannedExercise
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import load_stretch
from tests.support.films import Part, bridges, flow, lying, raised, rounds
from tests.support.poses import clip, nobody, sphinx

FPS = 6.0


def aiming(name: str, target_s: float, repetitions: int) -> Stretch:
    stretch = load_stretch(name)
    aim = {"target_s": target_s, "repetitions": repetitions}
    return stretch.model_copy(update={"hold": stretch.hold.model_copy(update=aim)})


BRIDGE = PlannedExercise(aiming("bridge", 3.0, 1), "", 0.0)
SPHINX = PlannedExercise(aiming("sphinx", 3.0, 1), "", 5.0)


def film(*parts: Part, start_s: float = 0.0) -> list[Pose]:
    return [replace(pose, time_s=pose.time_s + start_s) for pose in clip(*parts, fps=FPS)]


def done(lesson: Lesson, poses: Sequence[Pose]) -> list[LessonStep]:
    """The beats until it is over."""
    beats = []
    for pose in poses:
        if lesson.over:
            break
        beats.append(lesson.update(pose))
    return beats


def said(beats: Sequence[LessonStep]) -> list[str]:
    return [beat.saying.text for beat in beats if beat.saying is not None]


def test_a_stretch_is_led_to_its_end_and_is_over() -> None:
    lesson = Lesson([BRIDGE])
    beats = done(lesson, film(*bridges(1), (30.0, lying())))
    assert lesson.over
    assert not lesson.left
    assert said(beats)[0] == "Bridge."
    last = next(beat.saying for beat in beats if beat.saying and "That was the last one" in beat.saying.text)
    assert beats[-1].moment.time_s >= last.time_s + LEAVE_S
    (part,) = lesson.finish()
    assert [round(hold.hold_s) for hold in part.holds] == [7]
    assert part.reached == 1


def test_holds_are_told_of_once_as_they_end() -> None:
    beats = done(Lesson([replace(BRIDGE, stretch=aiming("bridge", 3.0, 2))]), film(*bridges(2), (9.0, lying())))
    holds = [hold for beat in beats for hold in beat.holds]
    assert [(hold.stretch, hold.phase, hold.target_s, hold.score) for hold in holds] == [
        ("bridge", None, 3.0, None)
    ] * 2
    assert holds[0].start_s + holds[0].hold_s < holds[1].start_s


def test_the_next_stretch_comes_after_a_rest_that_is_announced() -> None:
    lesson = Lesson([BRIDGE, SPHINX])
    beats = done(lesson, film(*bridges(1), (14.0, lying()), (20.0, sphinx())))
    words = said(beats)
    rest = words.index("Rest. Sphinx is next.")
    assert "Sphinx." in words[rest:]
    rest_s, opening_s = (
        next(beat.moment.time_s for beat in beats if beat.saying and beat.saying.text == text)
        for text in ("Rest. Sphinx is next.", "Sphinx.")
    )
    assert opening_s - rest_s >= SPHINX.rest_s
    assert [part.stretch.name for part in lesson.finish()] == ["bridge", "sphinx"]


def test_somebody_who_does_not_come_to_rest_is_led_on_all_the_same() -> None:
    lesson = Lesson([replace(BRIDGE, stretch=load_stretch("cat-cow").modified([])), SPHINX])
    lesson._coach.finished = True
    beats = done(lesson, film((LET_GO_S + 6.0, raised())))
    assert lesson.progress == (2, 2)
    assert beats


def test_leaving_the_mat_for_ten_seconds_ends_it() -> None:
    lesson = Lesson([BRIDGE])
    gone = [replace(nobody(0.0), time_s=index / FPS) for index in range(90)]
    here = film((2.0, lying()), (1.0, lying()))
    away = [replace(pose, time_s=pose.time_s + 3.0) for pose in gone]
    beats = done(lesson, [*here, *away])
    assert lesson.left
    assert AWAY_S - 1.0 <= beats[-1].moment.time_s - 3.0 <= AWAY_S + 1.5


def test_before_anybody_came_it_waits() -> None:
    lesson = Lesson([BRIDGE])
    done(lesson, [nobody(index / FPS) for index in range(180)])
    assert not lesson.over
    assert lesson.finish()[0].holds == ()


def test_a_sleeping_machine_is_neither_a_hold_nor_an_absence() -> None:
    lesson = Lesson([BRIDGE])
    held = film((2.0, lying()), (3.0, raised()))
    later = [replace(pose, time_s=pose.time_s + 3600.0) for pose in film((3.0, nobody(0.0)), (1.0, lying()))]
    done(lesson, [*held, *later])
    assert not lesson.over
    (part,) = lesson.finish()
    assert sum(hold.hold_s for hold in part.holds) < 3.0 + MAX_GAP_S


def test_skipping_the_last_one_ends_it_and_restarting_keeps_what_was_held() -> None:
    lesson = Lesson([BRIDGE, SPHINX])
    done(lesson, film((1.0, lying()), (5.0, raised()), (0.5, lying())))
    lesson.restart()
    assert lesson.progress == (1, 2)
    lesson.skip()
    assert lesson.progress == (2, 2)
    lesson.skip()
    assert lesson.over
    (part,) = lesson.finish()
    assert len(part.holds) == 1


def test_a_restart_forgets_what_was_nothing() -> None:
    lesson = Lesson([BRIDGE])
    done(lesson, film((1.0, lying())))
    lesson.restart()
    assert lesson.finish() == ()


def test_the_screen_shows_a_fault_first_then_what_was_said_then_what_is_wrong_with_the_view() -> None:
    lesson = Lesson([BRIDGE])
    beats = done(lesson, film((4.0, lying()), (3.0, raised()), (4.0, raised(14.0)), (6.0, nobody(0.0))))
    first = beats[0]
    assert (first.text, first.is_correction) == ("Bridge.", False)
    fault = next(beat for beat in beats if beat.moment.state is State.AT_FAULT)
    assert fault.text == fault.moment.cue.text if fault.moment.cue else False
    assert fault.is_correction
    assert beats[-1].text is not None
    assert "Nobody was found" in beats[-1].text
    assert beats[-1].is_correction


def test_the_phase_shown_is_the_one_that_was_announced_or_is_reached() -> None:
    cat, cow = load_stretch("cat-cow").phases
    poses = film(*flow(rounds(1), first_s=3.0, end_s=6.0, way_s=2.0))
    beats = done(Lesson([PlannedExercise(load_stretch("cat-cow"), "", 0.0)]), poses)
    assert beats[0].phase is None
    told = next(number for number, beat in enumerate(beats) if beat.saying and beat.saying.text == cow.announce)
    assert beats[told - 1].phase == beats[told].moment.phase == cat.name
    again = next(number for number, beat in enumerate(beats) if beat.saying and beat.saying.text == cat.announce)
    assert {beat.phase for beat in beats[told:again]} == {cow.name}, "also on the way, where none is reached"
    assert None in {beat.moment.phase for beat in beats[told:again]}
    assert beats[again].phase == cat.name


def test_the_ending_is_said_as_short_as_can_be_heard() -> None:
    lesson = Lesson([BRIDGE])
    done(lesson, film(*bridges(1)))
    lesson.finish()
    ending = lesson.ending()
    assert ending.text == "Well done. One hold of 7 seconds, reached the aim of 3 seconds."
    assert ending.importance is Importance.GUIDE
    nothing = Lesson([BRIDGE])
    nothing.finish()
    assert nothing.ending().text == "That was all for today."


def test_the_ending_says_the_same_of_the_aims_in_words_and_in_letters() -> None:
    """Two holds of seven seconds count as two repetitions; neither reached the aim of eight."""
    lesson = Lesson([PlannedExercise(aiming("bridge", 8.0, 3), "", 0.0)])
    beats = done(lesson, film(*bridges(2)))
    parts = lesson.finish()
    assert beats[-1].moment.repetitions == 2
    assert "1 of 3, short: 7 of 8 seconds." in [beat.saying.text for beat in beats if beat.saying is not None]
    assert lesson.ending().text == "Well done. 2 holds, none reached the aim of 8 seconds, the longest 7 seconds."
    _, rows, _ = ending_rows(parts)
    assert rows[1].strip().startswith("none reached the aim of 8 seconds, form")


@pytest.mark.parametrize(
    ("holds", "words"),
    [
        ([(6.0, 6.0)], "reached the aim of 6 seconds"),
        ([(5.6, 6.0)], "short of the aim of 6 seconds"),
        ([(4.0, 6.0), (5.6, 6.0)], "none reached the aim of 6 seconds"),
        ([(4.0, 6.0), (6.1, 6.0), (2.0, 6.0)], "1 of 3 reached the aim of 6 seconds"),
        ([(7.0, 6.0), (8.0, 7.5)], "all reached the aim"),
    ],
)
def test_how_many_reached_the_aim(holds: list[tuple[float, float]], words: str) -> None:
    assert reached_words([ScoredHold(None, 0.0, held_s, held_s, 1, aim_s, 90.0) for held_s, aim_s in holds]) == words


def test_what_leads_in_is_gone_from_the_screen_once_it_is_held_and_a_correction_once_it_is_mended() -> None:
    beats = done(Lesson([BRIDGE]), film((1.0, lying()), (4.0, raised()), (4.0, raised(14.0)), (5.0, raised())))
    held = [beat for beat in beats if beat.moment.state is State.HOLDING]
    corrections = {beat.moment.cue.text for beat in beats if beat.moment.cue is not None}
    led_in = set(load_stretch("bridge").getting_in)
    assert corrections
    assert not {beat.text for beat in held} & (corrections | led_in)


@pytest.mark.parametrize("name", ["sphinx", "cat-cow", "bridge"])
def test_a_long_text_is_shown_clause_by_clause_as_it_is_said(name: str) -> None:
    stretch = load_stretch(name)
    for text in (stretch.camera.advice, *stretch.getting_in, *stretch.getting_out):
        pages = list(dict.fromkeys(page_at(text, share / 100.0) for share in range(121)))
        assert " ".join(pages) == " ".join(text.split())
        assert all(len(page.split()) <= 20 for page in pages)
