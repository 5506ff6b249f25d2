"""The result on the screen, read as a person does."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from posecheck.judging.summary import Summary
from posecheck.presenters.terminal.analysis import MOST_HOLDS, show
from tests.support.poses import all_fours, bridge, nobody
from tests.support.recordings import one_bridge
from tests.support.summaries import summary_of


def shown(summary: Summary, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    show(console, summary)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    lines = text.splitlines()
    assert all(line == line.rstrip() for line in lines)
    assert all(len(line) <= width for line in lines)
    return "\n".join(lines)


def hold(start_s: float, hold_s: float, target_s: float, phase: str | None = None, score: int = 90) -> dict[str, Any]:
    end_s, completed = start_s + hold_s, hold_s >= target_s
    return {"phase": phase, "start_s": start_s, "end_s": end_s, "hold_s": hold_s, "target_s": target_s} | {
        "completed": completed,
        "score": score,
    }


def summary(**segment: Any) -> Summary:
    """That of a bridge, with what is given in its segment."""
    made = summary_of(one_bridge(), "bridge")
    made["segments"][0] |= segment
    return made


def test_a_bridge() -> None:
    holds = [hold(2.6, 6.25, 6.0, score=98), hold(12.0, 4.0, 6.0, score=76)]
    text = shown(summary(holds=holds, repetitions=2, end_s=75.0))
    assert text == (
        "drawn.mp4  10.0 s\n"
        "\n"
        "bridge  0:00.0 to 1:15.0  2 repetitions\n"
        "  No fault was seen.\n"
        "    from    held   aim                  form\n"
        "  0:02.6   6.2 s   6 s   reached   98 of 100\n"
        "  0:12.0   4.0 s   6 s     short   76 of 100\n"
    )


def test_where_nothing_was_held_its_causes_are_told() -> None:
    lost = [
        {"cause": "hips-low", "text": "Lift your hips.", "seconds": 5.64},
        {"cause": "cut-off", "text": "Move the camera back.", "seconds": 0.2},
    ]
    lifts = [{"start_s": 1.0, "end_s": 2.0, "height": 12.0, "top_s": 0.5, "counts": False, "faults": ["hips-low"]}] * 5
    assert shown(summary(holds=[], repetitions=0, lost=lost, lifts=lifts)).splitlines()[2:] == [
        "bridge  0:00.0 to 0:10.0  0 repetitions, 5 more at fault, no hold on good form",
        "  What kept time from counting:",
        "    5.6 s: Lift your hips.",
        "    0.2 s: Move the camera back.",
    ]


def test_the_form_says_what_movement_cost() -> None:
    score = {"value": 78, "holds": 100, "movements": {"too-fast": 22}}
    assert "  Form 78 of 100: 100 for the holds, less 22 for too fast." in shown(summary(score=score)).splitlines()


def test_faults_are_words_to_mend_them_with_their_first_times() -> None:
    times = [[1.0, 2.5], [3.0, 4.0], [5.0, 6.0], [67.0, 68.0], [70.0, 71.0]]
    faults = [
        {"rule": "hips-low", "cue": "Lift your hips.", "severity": "major", "seconds": 5.5, "intervals": times},
        {"rule": "feet", "cue": "Feet closer.", "severity": "minor", "seconds": 1.0, "intervals": times[:1]},
    ]
    assert shown(summary(holds=[], lost=[], repetitions=0, faults=faults), width=100).splitlines()[2:] == [
        "bridge  0:00.0 to 0:10.0  0 repetitions, no hold on good form",
        "  To mend, the most urgent first:",
        "    Lift your hips.",
        "      hips-low, 5.5 s: 0:01.0 to 0:02.5, 0:03.0 to 0:04.0, 0:05.0 to 0:06.0 and 2 times more",
        "    Feet closer.",
        "      feet, 1.0 s: 0:01.0 to 0:02.5",
    ]


def test_rounds_with_tempo_range_and_modifications() -> None:
    made = summary(
        stretch="cat-cow",
        repetitions=None,
        rounds=1,
        tempo_s=7.25,
        range_of_motion_of="spine_flexion",
        range_of_motion_deg=142.4,
        modifications=["sore-wrists", "sore-knees"],
        profile="ada",
        holds=[hold(3.0, 2.0, 2.0, "cat"), hold(6.0, 1.0, 2.0, "cow")],
    )
    lines = shown(made).splitlines()[2:]
    assert lines == [
        "cat-cow  0:00.0 to 0:10.0  1 round",
        "  A round takes 7.2 s.",
        "  The back moves by 142° ± 6.",
        "  Judged with sore-wrists, sore-knees.",
        "  Judged by ada's own limits.",
        "  No fault was seen.",
        "    from    held   aim                  form   phase",
        "  0:03.0   2.0 s   2 s   reached   90 of 100   cat",
        "  0:06.0   1.0 s   2 s     short   90 of 100   cow",
    ]


def test_what_to_mend_stands_before_the_holds() -> None:
    fault = {"rule": "hips-low", "cue": "Lift.", "severity": "major", "seconds": 1.0, "intervals": [[1.0, 2.0]]}
    lines = shown(summary(holds=[hold(3.0, 7.0, 6.0)], faults=[fault])).splitlines()[3:]
    assert lines == [
        "  To mend, the most urgent first:",
        "    Lift.",
        "      hips-low, 1.0 s: 0:01.0 to 0:02.0",
        "    from    held   aim                  form",
        "  0:03.0   7.0 s   6 s   reached   90 of 100",
    ]


def test_form_close_to_a_limit_is_no_plain_all_clear() -> None:
    holds = [hold(1.0, 7.0, 6.0), hold(9.0, 7.0, 6.0) | {"score": 56}]
    text = shown(summary(holds=holds))
    assert "No fault was seen, but the form was close to a limit: 56 of 100." in text


def test_many_holds_are_summed_up() -> None:
    holds = [
        hold(8 * index, 2.4 - index / 2, 2.0, phase) for index in range(MOST_HOLDS // 2 + 1) for phase in ("cat", "cow")
    ]
    text = shown(summary(holds=holds))
    assert "  5 cat   0.4 to 2.4 s   2 s    1 of 5   90 of 100\n" in text
    assert "  5 cow " in text
    single = shown(summary(holds=[hold(8 * index, 7.0, 6.0) for index in range(MOST_HOLDS + 1)]))
    assert "      9   7.0 s   6 s    9 of 9   90 of 100\n" in single


def test_notes_wrap_beside_their_label() -> None:
    made = summary() | {"warnings": ["first " * 20, "second"]}
    lines = shown(made).splitlines()
    assert lines[-3:] == ["note  " + ("first " * 12).strip(), "      " + ("first " * 8).strip(), "note  second"]


@pytest.mark.parametrize(
    ("pose", "lines"),
    [
        (
            all_fours(spine_flexion=90, elbow_flexion=60),
            ["drawn.mp4", "fault  Cat-cow, at fault: ", "       Lengthen your arms"],
        ),
        (nobody(), ["drawn.mp4", "nobody  Nobody was found in the picture."]),
    ],
    ids=["fault", "nobody"],
)
def test_a_still(pose: Any, lines: list[str]) -> None:
    made = shown(summary_of([pose])).splitlines()
    assert len(made) >= len(lines)
    assert all(line.startswith(start) for line, start in zip(made, lines, strict=False))


def test_whose_limits_judged_a_still() -> None:
    made = summary_of([bridge(lift=14)], profile="ada", own_limits=["bridge"])
    assert shown(made).splitlines()[-1] == f"{'':7}Judged by ada's own limits."


def test_a_name_is_no_markup() -> None:
    made = summary(stretch="[red]mine[/red]", modifications=["[b]x"]) | {"warnings": ["[/] in a file's name"]}
    made["source"]["name"] = "[bold]a[/] [b.mp4"
    text = shown(made)
    assert "[bold]a[/] [b.mp4" in text
    assert "[red]mine[/red]" in text
    assert "Judged with [b]x." in text
    assert "note  [/] in a file's name" in text
