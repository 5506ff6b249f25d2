"""Routines: the shipped ones, what they make of their stretches, and every problem of a faulty file with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.errors import RuleFileError
from posecheck.rules.routine import USUAL_REST_S, PlannedExercise
from posecheck.rules.stretch import Stretch
from posecheck.storage.routine_files import load_routine, read_routine, routines_folder
from posecheck.storage.rule_files import load_stretch

SAMPLE = (Path(__file__).parents[1] / "support" / "sample_stretch.toml").read_text(encoding="utf-8")

HEAD = 'schema = 1\nname = "mine"\ntitle = "Mine"\npurpose = "To try it."\n'


def exercise(*lines: str, stretch: str = "sphinx") -> str:
    return "\n".join(["[[exercises]]", f'stretch = "{stretch}"', *lines, ""])


def planned(folder: Path, *exercises: str) -> tuple[PlannedExercise, ...]:
    path = folder / "mine.toml"
    path.write_text(HEAD + "".join(exercises))
    return load_routine(path)[1]


def problems(folder: Path, text: str) -> list[str]:
    """The problems of a file, without its name."""
    path = folder / "mine.toml"
    path.write_text(text)
    routine, done, found = read_routine(path)
    assert (routine, done) == (None, ())
    return [str(problem).removeprefix(f"{path}:") for problem in found]


@pytest.mark.parametrize(
    ("name", "stretches"),
    [("gentle-back", ["cat-cow", "bridge", "sphinx", "cat-cow"]), ("Quick Spine", ["cat-cow", "sphinx"])],
)
def test_the_shipped_routines(name: str, stretches: list[str]) -> None:
    routine, done = load_routine(name)
    assert [one.stretch.name for one in done] == stretches
    assert routine.name == name.lower().replace(" ", "-")
    assert len(routine.purpose) > 50


def test_every_shipped_file_is_named_as_its_routine() -> None:
    files = sorted(routines_folder().glob("*.toml"))
    assert (
        [load_routine(path)[0].name for path in files]
        == [path.stem for path in files]
        == ["gentle-back", "quick-spine"]
    )


class TestWhatItMakesOfAStretch:
    def test_what_is_not_given_is_the_stretchs_own(self, tmp_path: Path) -> None:
        assert planned(tmp_path, exercise()) == (PlannedExercise(load_stretch("sphinx"), "", USUAL_REST_S),)

    def test_what_is_given_is_aimed_at(self, tmp_path: Path) -> None:
        (one,) = planned(tmp_path, exercise("hold_s = 12.5", "repetitions = 4", "rest_s = 0", "rest_before_s = 3"))
        hold = one.stretch.hold
        assert (hold.target_s, hold.repetitions, hold.rest_s, one.rest_s) == (12.5, 4, 0.0, 3.0)
        assert one.stretch.rules == load_stretch("sphinx").rules

    def test_a_hold_of_a_stretch_with_phases_is_each_phases(self, tmp_path: Path) -> None:
        (one,) = planned(tmp_path, exercise("hold_s = 4", stretch="cat-cow"))
        assert [phase.target_s for phase in one.stretch.phases] == [4.0, 4.0]

    def test_each_side_has_its_turn(self, tmp_path: Path) -> None:
        done = planned(tmp_path, exercise('sides = ["right", "left"]', "rest_before_s = 5"))
        assert [(one.side, one.rest_s) for one in done] == [("right", 5.0), ("left", 5.0)]

    def test_modifications_are_applied(self, tmp_path: Path) -> None:
        (one,) = planned(tmp_path, exercise('modifications = ["sore-back"]'))
        assert one.stretch.rules == load_stretch("sphinx").modified(["sore-back"]).rules

    def test_a_rule_file_of_ones_own_is_named_from_where_the_routine_is(self, tmp_path: Path) -> None:
        (tmp_path / "own.toml").write_text(SAMPLE)
        (one,) = planned(tmp_path, exercise(stretch="./own.toml"))
        assert isinstance(one.stretch, Stretch)
        assert one.stretch.name == load_stretch(tmp_path / "own.toml").name


class TestProblems:
    def test_are_told_all_at_once_in_the_order_of_their_lines(self, tmp_path: Path) -> None:
        text = (
            HEAD.replace('"mine"', '"My own"') + exercise("hold_s = -1", "repetition = 3") + exercise(stretch="sfinx")
        )
        assert problems(tmp_path, text) == [
            "2: name: 'My own' is no name, allowed: small letters and digits, words joined by '-'",
            "7: exercises[1].hold_s: -1 is too little, allowed: more than 0",
            "8: exercises[1].repetition: unknown key, did you mean 'repetitions'? allowed: stretch, sides, hold_s, "
            "repetitions, rest_s, rest_before_s, modifications",
            "10: exercises[2].stretch: unknown stretch 'sfinx', did you mean 'sphinx'? known: bridge, cat-cow, sphinx; "
            "or give the path of a .toml file",
        ]

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            (
                'sides = ["left", "left"]',
                "7: exercises[1].sides: 'left' stands twice, allowed: left and right, once each",
            ),
            ('sides = ["top"]', "7: exercises[1].sides[1]: 'top' is unknown, allowed: left, right"),
            ("repetitions = 0", "7: exercises[1].repetitions: 0 is too little, allowed: 1 or more"),
            (
                "repetitions = 2.5",
                "7: exercises[1].repetitions: 2.5 is a number, allowed: a whole number, without quotes",
            ),
            ('hold_s = "long"', "7: exercises[1].hold_s: 'long' is a text, allowed: a number, without quotes"),
            ("rest_s = nan", "7: exercises[1].rest_s: nan is out of range, allowed: a finite number"),
            (
                'modifications = ["sore-neck", "sore-nek"]',
                "7: exercises[1].modifications[2]: sphinx has no modification 'sore-nek', did you mean 'sore-neck'? "
                "allowed: sore-back, sore-neck, sore-shoulders",
            ),
        ],
    )
    def test_of_an_exercise(self, tmp_path: Path, line: str, told: str) -> None:
        assert problems(tmp_path, HEAD + exercise(line)) == [told]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (HEAD, "1: exercises: missing, allowed: a list with at least one entry"),
            (f"{HEAD}exercises = []\n", "5: exercises: empty, allowed: a list with at least one entry"),
            (f"{HEAD}exercises = 3\n", "5: exercises: 3 is a number, allowed: a list in [brackets]"),
            (f"{HEAD}exercises = [1]\n", "5: exercises[1]: 1 is a number, allowed: a table"),
            ("", " empty, allowed: a routine; copy a shipped one to begin with"),
            ("what is this", "1: column 6: no = after the key, allowed: key = value"),
            (
                HEAD.replace("schema = 1", "schema = 2") + exercise(),
                "1: schema: schema 2 is not known to this version of posecheck, allowed: 1",
            ),
        ],
    )
    def test_of_a_file(self, tmp_path: Path, text: str, told: str) -> None:
        assert problems(tmp_path, text) == [told]

    def test_of_a_stretch_that_is_faulty_itself(self, tmp_path: Path) -> None:
        (tmp_path / "own.toml").write_text("schema = 1\n")
        (told,) = problems(tmp_path, HEAD + exercise(stretch="own.toml"))
        assert told.startswith(f"6: exercises[1].stretch: {tmp_path / 'own.toml'}:1: ")

    def test_of_a_name(self) -> None:
        with pytest.raises(RuleFileError) as error:
            load_routine("gentel-back")
        assert str(error.value) == (
            "unknown routine 'gentel-back', did you mean 'gentle-back'? known: gentle-back, quick-spine; "
            "or give the path of a .toml file"
        )

    def test_of_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(RuleFileError, match="there is no such file"):
            load_routine(str(tmp_path / "none.toml"))
