"""Reading and writing the labels file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.errors import InputError, OutputError
from posecheck.storage.label_files import read_labels, read_labels_of, write_labels
from posecheck.storage.rule_files import load_stretch
from posecheck.tuning.labels import GOOD, Label

KNOWN = [load_stretch(name) for name in ("bridge", "cat-cow")]
HEAD = "clip,start_s,end_s,stretch,phase,label"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "labels.csv"


def problems(path: Path, text: str | bytes) -> list[str]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as error:
        read_labels(path, KNOWN)
    return [line.removeprefix(str(path)) for line in str(error.value).splitlines()]


def test_a_row_is_a_label(path: Path) -> None:
    path.write_text(
        f"{HEAD}\na.mp4, 1.5 ,4,bridge,,good\n\na.mp4,4,6,bridge,,hips-low\nb.mp4,0,2,cat-cow,cat,arms-bent\n"
    )
    labels = read_labels(path, KNOWN)
    assert labels == [
        Label("a.mp4", 1.5, 4.0, "bridge", "", GOOD),
        Label("a.mp4", 4.0, 6.0, "bridge", "", "hips-low"),
        Label("b.mp4", 0.0, 2.0, "cat-cow", "cat", "arms-bent"),
    ]
    assert [label.line for label in labels] == [2, 4, 5]


def test_columns_may_stand_in_any_order_and_name_a_person(path: Path) -> None:
    path.write_text("person,label,phase,stretch,end_s,start_s,clip\nada,good,,bridge,2,1,a.mp4\n")
    assert read_labels(path, KNOWN) == [Label("a.mp4", 1.0, 2.0, "bridge", "", GOOD, "ada")]


def test_windows_saves_it_with_a_mark_and_its_own_line_ends(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + f'{HEAD}\r\n"a, b.mp4",1,2,bridge,,good\r\n'.encode())
    assert read_labels(path, KNOWN)[0].clip == "a, b.mp4"


def test_a_german_spreadsheet_writes_semicolons_and_decimal_commas(path: Path) -> None:
    path.write_bytes(
        b"\xef\xbb\xbf\r\n" + f'{HEAD.replace(",", ";")};person\r\n"a, b.mp4";1,5;2.25;bridge;;good;ada\r\n'.encode()
    )
    assert read_labels(path, KNOWN) == [Label("a, b.mp4", 1.5, 2.25, "bridge", "", GOOD, "ada")]


def test_cells_copied_out_of_a_spreadsheet_are_parted_by_tabs(path: Path) -> None:
    heading = HEAD.replace(",", "\t")
    path.write_text(f"{heading}\tperson\na, b.mp4\t1,5\t2.25\tbridge\t\tgood\tada\n")
    assert read_labels(path, KNOWN) == [Label("a, b.mp4", 1.5, 2.25, "bridge", "", GOOD, "ada")]
    assert problems(path, f'{heading}\na.mp4\t1\t2\tbridge\t\t"good\n')[0].startswith(":2: is no table of tabs")


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;;;;"])
def test_a_first_line_may_say_how_the_cells_are_parted(path: Path, first: str) -> None:
    path.write_text(f"{first}\r\n{HEAD.replace(',', ';')}\r\na.mp4;1;2;bridge;;good\r\n", newline="")
    assert read_labels(path, KNOWN) == [Label("a.mp4", 1.0, 2.0, "bridge", "", GOOD)]
    assert read_labels(path, KNOWN)[0].line == 3


def test_empty_columns_that_a_spreadsheet_adds_are_left_out(path: Path) -> None:
    path.write_text(f"{HEAD},,\na.mp4,1,2,bridge,,good,,\n,,,,,,,\nb.mp4,1,2,bridge,,good\n")
    assert [label.clip for label in read_labels(path, KNOWN)] == ["a.mp4", "b.mp4"]
    assert problems(path, f"{HEAD},,\na.mp4,1,2,bridge,,good,,who\n")[0].startswith(":2: has another number of cells")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("62.5", 62.5), ('"62,5"', 62.5), ("1:02.5", 62.5), ('"1:02,5"', 62.5), ("01:02", 62.0), ("1:00:02.5", 3602.5)],
)
def test_a_time_may_have_minutes_and_a_decimal_comma(path: Path, text: str, seconds: float) -> None:
    path.write_text(f"{HEAD.upper()}\na.mp4,{text},4000,bridge,,good\n")
    assert read_labels(path, KNOWN)[0].start_s == seconds


@pytest.mark.parametrize("text", ["1:60", "1:-2", ":30", "1:", "1.5:02", "-1:02", "1:2:3:4", "1:nan"])
def test_what_only_looks_like_minutes_is_no_time(path: Path, text: str) -> None:
    assert problems(path, f"{HEAD}\na.mp4,{text},4000,bridge,,good\n") == [
        f":2: start_s: '{text}' is no time, allowed: seconds from the clip's start, 0 or more"
    ]


def test_a_decimal_comma_that_is_not_quoted_parts_cells(path: Path) -> None:
    assert problems(path, f"{HEAD}\na.mp4,1,5,2,bridge,,good\n")[0].startswith(":2: has another number of cells")
    semicolons = HEAD.replace(",", ";")
    assert problems(path, f"{semicolons}\na.mp4;1,5,0;2;bridge;;good\n")[0].startswith(":2: start_s: '1,5,0' is no")
    assert problems(path, f'{semicolons}\na.mp4;1;2;bridge;;"good\n')[0].startswith(
        ":2: is no table of semicolons and quotes"
    )


def test_all_mistakes_are_told_at_once_with_their_lines(path: Path) -> None:
    rows = [
        "a.mp4,1,2,bridge,,good",
        "a.mp4,soon,2,bridge,,good",
        "a.mp4,-1,nan,bridge,,hip-low",
        "a.mp4,7,7,bridge,,good",
        ",3,4,,,",
        "a.mp4,8,9,brigde,,good",
        "a.mp4,9,10,bridge,cat,hip-low",
        "b.mp4,9,10,cat-cow,cot,good",
        "a.mp4,1,2",
        "a.mp4,1.5,3,bridge,,hips-low",
    ]
    said = problems(path, "\n".join([HEAD, *rows]))
    assert said == [
        ":3: start_s: 'soon' is no time, allowed: seconds from the clip's start, 0 or more",
        ":4: start_s: '-1' is no time, allowed: seconds from the clip's start, 0 or more",
        ":4: end_s: 'nan' is no time, allowed: seconds from the clip's start, 0 or more",
        ":4: label: unknown name 'hip-low', did you mean 'hips-low'? allowed: good, hips-low, hips-high, feet-too-far,"
        " feet-too-near, heels-lifted, one-leg-up",
        ":5: end_s: 7 is not after start_s, allowed: more than 7",
        ":6: clip: empty, allowed: the name of a clip's file",
        ":6: stretch: empty, allowed: the name of a stretch",
        ":6: label: empty, allowed: good, or the name of a rule",
        ":7: stretch: unknown name 'brigde', did you mean 'bridge'? allowed: bridge, cat-cow",
        ":8: phase: bridge has no phases, allowed: nothing",
        ":8: label: unknown name 'hip-low', did you mean 'hips-low'? allowed: good, hips-low, hips-high, feet-too-far,"
        " feet-too-near, heels-lifted, one-leg-up",
        ":9: phase: unknown name 'cot', allowed: cat, cow",
        ":10: has another number of cells than the first line, allowed: a cell for each column",
        ":11: start_s: this time overlaps 'good' of line 2, allowed: one of them",
    ]


def test_two_faults_at_once_are_allowed_and_nothing_else(path: Path) -> None:
    rows = ["a.mp4,1,5,bridge,,hips-low", "a.mp4,2,3,bridge,,heels-lifted", "a.mp4,5,6,bridge,,good"]
    path.write_text("\n".join([HEAD, *rows]))
    assert len(read_labels(path, KNOWN)) == 3
    again = [*rows, "a.mp4,4,5,bridge,,hips-low", "a.mp4,5.5,7,cat-cow,,good", "b.mp4,5.5,7,cat-cow,,good"]
    assert [line.split(":")[1] for line in problems(path, "\n".join([HEAD, *again]))] == ["5", "6"]


def test_a_clip_shows_one_person(path: Path) -> None:
    text = f"{HEAD},person\na.mp4,1,2,bridge,,good,ada\na.mp4,3,4,bridge,,good,ben\n"
    assert problems(path, text) == [":3: person: 'ben' is not 'ada' of line 2, allowed: one"]


def test_one_wrong_time_over_many_rows_is_one_mistake(path: Path) -> None:
    rows = [f"a.mp4,{number},{number}.5,bridge,,good" for number in range(1, 11)]
    assert problems(path, "\n".join([HEAD, "a.mp4,0.5,90,bridge,,hips-low", *rows])) == [
        ":2: start_s: this time overlaps 'good' of line 3 and 9 more (lines 4, 5, 6, ...), allowed: one of them"
    ]
    assert problems(path, "\n".join([HEAD, *rows, "a.mp4,1.2,3.2,bridge,,hips-low"])) == [
        ":12: start_s: this time overlaps 'good' of line 2 and 2 more (lines 3, 4), allowed: one of them"
    ]


def test_the_one_row_that_names_somebody_else_is_the_mistake(path: Path) -> None:
    rows = ["a.mp4,1,2,bridge,,good,ben", "a.mp4,3,4,bridge,,good,ada", "a.mp4,5,6,bridge,,good,ada"]
    assert problems(path, "\n".join([f"{HEAD},person", *rows])) == [
        ":2: person: 'ben' is not 'ada' of line 3, allowed: one"
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ": is empty"),
        (f"{HEAD}\n", ": holds no labels"),
        ("clip,start,end\n", ":1: the columns are 'clip,start,end', allowed: a first line 'clip,start_s"),
        (b"\xff\xfe\x00", ": is no text in UTF-8"),
        (f'{HEAD}\n"a,1\n', "is no table of commas and quotes"),
    ],
)
def test_what_is_no_labels_file(path: Path, text: str | bytes, words: str) -> None:
    (said,) = problems(path, text)
    assert words in said


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_labels(path, KNOWN)


def test_any_names_are_taken_for_a_stretch_that_is_to_be_made(path: Path) -> None:
    path.write_text(f"{HEAD}\na.mp4,1,2,tree,left,wobbles\n")
    assert read_labels(path, None)[0].label == "wobbles"


class TestOneStretchOfSeveral:
    """What `tune` and `stretches new` read: rows of other stretches stop nothing."""

    BRIDGE = (KNOWN[0],)
    NAMES = ("bridge", "cat-cow", "sphinx")

    def read(self, path: Path, *rows: str) -> tuple[list[Label], list[str]]:
        path.write_text("\n".join([HEAD, *rows]))
        found = read_labels_of(path, "bridge", self.BRIDGE, self.NAMES)
        assert found.problems == ()
        return list(found.labels), [note.removeprefix(str(path)) for note in found.notes]

    def mistakes(self, path: Path, *rows: str) -> list[str]:
        path.write_text("\n".join([HEAD, *rows]))
        found = read_labels_of(path, "bridge", self.BRIDGE, self.NAMES)
        assert found.notes == ()
        return [str(problem).removeprefix(str(path)) for problem in found.problems]

    def test_a_stretch_without_a_rule_file_may_be_there(self, path: Path) -> None:
        rows = ("a.mp4,1,2,bridge,,good", "b.mp4,1,2,side-plank,left,sagging", "c.mp4,1,2,cat-cow,cot,stiff")
        labels, notes = self.read(path, *rows)
        assert [label.stretch for label in labels] == ["bridge", "side-plank", "cat-cow"]
        assert notes == []

    def test_a_name_that_looks_misspelt_is_told_once(self, path: Path) -> None:
        rows = ("a.mp4,1,2,bridge,,good", "a.mp4,3,4,brigde,,good", "a.mp4,5,6,brigde,,good", "b.mp4,1,2,catcow,,good")
        assert self.read(path, *rows)[1] == [
            ":3: stretch: no rule file is of 'brigde', did you mean 'bridge'? Its rows are left out",
            ":5: stretch: no rule file is of 'catcow', did you mean 'cat-cow'? Its rows are left out",
        ]

    def test_what_is_wrong_with_others_is_told_and_stops_nothing(self, path: Path) -> None:
        rows = ("a.mp4,1,2,bridge,,good", "b.mp4,1,,side-plank,,good", "b.mp4,1,4,tree,,good", "b.mp4,2,3,tree,,bent")
        labels, notes = self.read(path, *rows)
        assert [label.stretch for label in labels] == ["bridge", "tree", "tree"]
        assert notes == [
            ":3: end_s: '' is no time, allowed: seconds from the clip's start, 0 or more",
            ":5: start_s: this time overlaps 'good' of line 4, allowed: one of them",
        ]

    def test_faults_that_no_rule_is_for_are_told_once_and_left_out(self, path: Path) -> None:
        rows = ("a.mp4,1,2,bridge,,good", "a.mp4,3,4,bridge,,knees-in", "b.mp4,1,2,bridge,,knees-in",
                "b.mp4,3,4,bridge,up,feet-too-wide")  # fmt: skip
        labels, notes = self.read(path, *rows)
        assert [label.label for label in labels] == ["good", "knees-in", "knees-in", "feet-too-wide"]
        assert notes == [
            ": bridge has no rule for knees-in (2 rows), feet-too-wide (1 row): these rows are left out and count "
            "neither for nor against any rule"
        ]

    @pytest.mark.parametrize("label", ["hip-low", "Hips-Low", "hips_low", "hipslow", "hiplow", "god", "hips-lw"])
    def test_a_misspelt_fault_is_a_mistake(self, path: Path, label: str) -> None:
        (said,) = self.mistakes(path, "a.mp4,1,2,bridge,,good", f"a.mp4,3,4,bridge,,{label}")
        assert re.match(f":3: label: unknown name '{label}', did you mean '(hips-low|good)'", said)

    def test_a_draft_that_tells_one_of_two_faults_of_like_names(self, path: Path) -> None:
        """The other one, by letters near it, is another fault and no misspelling."""
        bridge = self.BRIDGE[0]
        draft = bridge.model_copy(update={"rules": tuple(one for one in bridge.rules if one.name != "feet-too-near")})
        path.write_text("\n".join([HEAD, "a.mp4,1,2,bridge,,feet-too-near"]))
        assert len(read_labels_of(path, "bridge", [draft], self.NAMES).notes) == 1
        assert read_labels_of(path, "bridge", [draft, bridge], self.NAMES).notes == ()

    def test_one_mistake_of_its_own_tells_them_all(self, path: Path) -> None:
        rows = ("a.mp4,1,2,bridge,,god", "b.mp4,1,,side-plank,,good", "a.mp4,1,2", "b.mp4,1,2,brigde,,good")
        said = [line.split(": ")[:2] for line in self.mistakes(path, *rows)]
        assert said == [[":2", "label"], [":3", "end_s"], [":4", said[2][1]], [":5", "stretch"]]
        assert said[2][1].startswith("has another number of cells")

    def test_an_overlap_with_another_stretch_is_one_of_its_own(self, path: Path) -> None:
        (said,) = self.mistakes(path, "a.mp4,1,3,tree,,good", "a.mp4,2,4,bridge,,good")
        assert said.startswith(":3: start_s: this time overlaps 'good' of line 2")

    def test_every_clip_that_a_row_names_is_known(self, path: Path) -> None:
        path.write_text("\n".join([HEAD, "a.mp4,1,2,bridge,,god", "b.mp4,1,,tree,,good", "c.mp4,1"]))
        assert read_labels_of(path, "bridge", self.BRIDGE, self.NAMES).clips == ("a.mp4", "b.mp4", "")


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)


@settings(max_examples=30)
@given(st.lists(st.tuples(words, words, words | st.just("")), min_size=1, max_size=5), st.booleans())
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, names, with_person: bool) -> None:
    path = tmp_path_factory.mktemp("labels") / "labels.csv"
    labels = [
        Label(
            clip,
            3.0 * number + 0.125,
            round(3.0 * number + 2.001, 3),
            "bridge",
            phase,
            label,
            clip if with_person else "",
        )
        for number, (clip, label, phase) in enumerate(names)
    ]
    write_labels(path, labels)
    assert read_labels(path, None) == labels


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="name another file"):
        write_labels(tmp_path / "file" / "labels.csv", [])
