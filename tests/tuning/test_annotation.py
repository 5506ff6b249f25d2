"""Labelling by keys, with a screen of paper."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from posecheck.cli.label import label, words_of
from posecheck.errors import InputError, OutputError, RuleFileError, UsageError
from posecheck.presenters.drawing.fonts import font
from posecheck.presenters.windows.label_window import CLOSED, LEAST_WIDTH_PX, MARGIN_PX, TEXT_PX, ClipBuffer, run
from posecheck.rules.limits import rule_names
from posecheck.storage.label_files import read_labels, write_labels
from posecheck.storage.rule_files import load_stretch
from posecheck.tuning.annotation import LabelChoices, Labelling, Open
from posecheck.tuning.labels import GOOD, Label
from tests.support.permissions import permissions_count

BRIDGE, CAT_COW = load_stretch("bridge"), load_stretch("cat-cow")
OTHER = Label("other.mp4", 1.0, 2.0, "bridge", "", GOOD)
LEFT, RIGHT, UP, DOWN = 65361, 65363, 65362, 65364


class Paper:
    """Keeps what is shown and presses the keys of a script, then q."""

    def __init__(self, *keys: int | str | None) -> None:
        self.keys = [ord(key) if isinstance(key, str) else key for key in keys]
        self.shown: list[np.ndarray] = []

    def show(self, picture: np.ndarray) -> None:
        self.shown.append(picture)

    def key(self, wait_s: float | None) -> int | None:
        return self.keys.pop(0) if self.keys else ord("q")


def film(seconds: float = 4.0, fps: float = 10.0) -> ClipBuffer:
    def frame(number: int) -> SimpleNamespace:
        picture = np.full((90, 160, 3), 2 * number, np.uint8)
        return SimpleNamespace(time_s=number / fps, rgb=lambda most: picture)

    return ClipBuffer(frame(number) for number in range(round(seconds * fps)))


def labelling(tmp_path: Path, stretch=BRIDGE, labels=(OTHER,), person: str = "") -> Labelling:
    path = tmp_path / "labels.csv"
    return Labelling("a.mp4", LabelChoices.of(stretch), labels, person, lambda every: write_labels(path, every))


def kept(tmp_path: Path) -> list[Label]:
    return [one for one in read_labels(tmp_path / "labels.csv", [BRIDGE, CAT_COW]) if one.clip == "a.mp4"]


def spans(labels) -> list[tuple[float, float, str]]:
    return [(one.start_s, one.end_s, one.label) for one in labels]


def test_keys_mark_start_and_end_and_every_change_is_saved(tmp_path: Path) -> None:
    made = labelling(tmp_path)
    screen = Paper(RIGHT, RIGHT, "g", UP, "g", RIGHT, "1", UP, "1")
    run(film(), made, screen)
    assert spans(made.labels) == [(0.2, 1.2, GOOD), (1.3, 2.3, "hips-low")]
    assert kept(tmp_path) == list(made.labels)
    assert read_labels(tmp_path / "labels.csv", None)[0] == OTHER


def test_another_kind_ends_one_and_begins_the_next(tmp_path: Path) -> None:
    made = labelling(tmp_path)
    run(film(), made, Paper("g", UP, "2", UP, "2"))
    assert spans(made.labels) == [(0.0, 1.0, GOOD), (1.0, 2.0, "hips-high")]


def test_backwards_is_as_good(tmp_path: Path) -> None:
    made = labelling(tmp_path)
    run(film(), made, Paper(UP, UP, "g", DOWN, LEFT, "g"))
    assert spans(made.labels) == [(0.9, 2.0, GOOD)]


def test_undo_and_delete(tmp_path: Path) -> None:
    made = labelling(tmp_path)
    run(film(), made, Paper("g", UP, "g", "1", "u", RIGHT, "1", UP, "1", "u"))
    assert spans(made.labels) == spans(kept(tmp_path)) == [(0.0, 1.0, GOOD)]
    made.delete(0.5)
    assert made.labels == ()
    made.undo()
    assert spans(kept(tmp_path)) == [(0.0, 1.0, GOOD)]
    made.undo()
    made.undo()
    assert made.said == "nothing to take back"
    made.delete(3.0)
    assert made.said == "no label here"


def test_what_contradicts_is_refused_and_two_faults_are_not(tmp_path: Path) -> None:
    made = labelling(tmp_path)
    run(film(), made, Paper("1", UP, UP, "1", DOWN, "2", UP, "2", DOWN, "g", RIGHT, "g"))
    assert spans(made.labels) == [(0.0, 2.0, "hips-low"), (1.0, 2.0, "hips-high")]
    assert "overlaps hips-low" in made.said
    made.mark("g", 3.0)
    made.mark("g", 3.0)
    assert made.said.startswith("too short")


def test_phases_and_person(tmp_path: Path) -> None:
    made = labelling(tmp_path, CAT_COW, person="ada")
    run(film(), made, Paper("p", "g", UP, "g", RIGHT, "p", "g", UP, "g", "p"))
    assert [(one.phase, one.person) for one in kept(tmp_path)] == [("cat", "ada"), ("cow", "ada")]
    assert made.phase == ""


def test_labels_there_are_stay_and_name_the_person(tmp_path: Path) -> None:
    old = Label("a.mp4", 3.0, 3.5, "bridge", "", GOOD, "ben")
    made = labelling(tmp_path, labels=(old, OTHER))
    run(film(), made, Paper("g", UP, "g"))
    assert spans(kept(tmp_path)) == [(0.0, 1.0, GOOD), (3.0, 3.5, GOOD)]
    assert {one.person for one in kept(tmp_path)} == {"ben"}


def test_labels_that_are_read_only_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    write_labels(path, [OTHER])
    path.chmod(0o444)
    with pytest.raises(OutputError, match="is read-only, and stays as it is"):
        label(tmp_path / "no-such-clip.mp4", "bridge", path)
    assert read_labels(path, None) == [OTHER]


def test_where_no_label_could_be_saved_none_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o555)
    with permissions_count(), pytest.raises(OutputError, match=r"labels.csv: cannot be written \(Permission denied\)"):
        label(tmp_path / "no-such-clip.mp4", "bridge", folder / "labels.csv")
    made = tmp_path / "new" / "labels.csv"
    with pytest.raises(InputError):
        label(tmp_path / "no-such-clip.mp4", "bridge", made)
    assert not made.parent.exists()


def test_a_mistyped_clip_is_told_also_where_there_is_no_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(InputError, match=r"no-such-clip\.mp4"):
        label(tmp_path / "no-such-clip.mp4", "bridge", tmp_path / "labels.csv")


@pytest.mark.parametrize("q", ["q", 27])
def test_a_label_without_an_end_is_asked_about_before_it_is_dropped(tmp_path: Path, q: int | str) -> None:
    made = labelling(tmp_path)
    screen = Paper("1", UP, " ", q, "1", q, q)
    run(film(), made, screen)
    assert spans(made.labels) == spans(kept(tmp_path)) == [(0.0, 1.0, "hips-low")]
    assert len(screen.keys) == 1  # with nothing open it is done at once
    screen = Paper("g", q, RIGHT, q, "g")
    run(film(), made, screen)
    assert made.said == "good has no end: its key ends it here, q again drops it"
    assert (screen.keys, made.open) == ([ord("g")], Open(GOOD, 0.0))
    assert spans(kept(tmp_path)) == [(0.0, 1.0, "hips-low")]
    screen = Paper(CLOSED, "g")
    run(film(), made, screen)
    assert screen.keys == [ord("g")]  # without a window nothing can be asked


def test_what_is_asked_fits_the_window(tmp_path: Path) -> None:
    longest = max(
        (name for known in ("bridge", "sphinx", "cat-cow") for name in rule_names(load_stretch(known))), key=len
    )
    made = Labelling("a.mp4", LabelChoices("any", (longest,)), [], "", lambda every: None)
    made.mark("1", 0.0)
    assert not made.leave()
    assert font(TEXT_PX).getlength(made.said) < LEAST_WIDTH_PX - 2 * MARGIN_PX
    assert made.leave()


@pytest.mark.parametrize("keys", [(" ", *[None] * 60), (RIGHT,) * 60])
def test_it_stops_at_the_end(tmp_path: Path, keys: tuple[int | str | None, ...]) -> None:
    made = labelling(tmp_path)
    screen = Paper("g", *keys, "g")
    run(film(), made, screen)
    assert spans(made.labels) == [(0.0, 3.9, GOOD)]
    assert len({picture.shape for picture in screen.shown}) == 1
    # The strip under the picture fills with what is open.
    first, last = screen.shown[1][90:124].mean(), screen.shown[-2][90:124].mean()
    assert last > first


class TestNewStretch:
    """A stretch that no rule file tells of yet."""

    def test_it_is_labelled_with_names_of_ones_own(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        words = words_of("plank", ["sagging", "head-down"], ["up", "down"], [OTHER])
        assert capsys.readouterr().err == "posecheck: plank has no rule file; its faults: sagging, head-down\n"
        path = tmp_path / "labels.csv"
        made = Labelling("a.mp4", words, [OTHER], "", lambda every: write_labels(path, every))
        run(film(), made, Paper("g", UP, "2", UP, "2", "p", "1", UP, "1"))
        assert [one for one in read_labels(path, None) if one != OTHER] == [
            Label("a.mp4", 0.0, 1.0, "plank", "", GOOD),
            Label("a.mp4", 1.0, 2.0, "plank", "", "head-down"),
            Label("a.mp4", 2.0, 3.0, "plank", "up", "sagging"),
        ]

    def test_what_is_labelled_already_need_not_be_named_again(self) -> None:
        labels = [Label("b.mp4", 0, 1, "plank", "up", "sagging"), Label("b.mp4", 1, 2, "plank", "", GOOD), OTHER]
        assert words_of("plank", [], [], labels) == LabelChoices("plank", ("sagging",), ("up",))
        assert words_of("plank", ["head-down"], [], labels) == LabelChoices("plank", ("head-down", "sagging"), ("up",))

    def test_a_mistyped_name_is_no_new_stretch(self) -> None:
        with pytest.raises(RuleFileError, match=r"'brigde', did you mean 'bridge'\?.*a new stretch.*--fault NAME"):
            words_of("brigde", [], [], [OTHER])

    @pytest.mark.parametrize(
        ("stretch", "faults", "phases", "words"),
        [
            ("bridge", ["sagging"], [], "bridge has a rule file"),
            ("glute bridge", [], ["up"], "leave out --fault and --phase"),
            ("my.toml", ["sagging"], [], "has a rule file"),
            ("Plank", ["sagging"], [], "'Plank' is no name"),
            ("plank", ["head down"], [], "'head down' is no name"),
            ("plank", ["sagging"], ["1st"], "'1st' is no name"),
            ("plank", ["good"], [], "0 faults are named, allowed: 1 to 15"),
            ("plank", [f"a{n}" for n in range(16)], [], "16 faults are named"),
        ],
    )
    def test_what_cannot_be(self, stretch: str, faults: list[str], phases: list[str], words: str) -> None:
        with pytest.raises(UsageError, match=words):
            words_of(stretch, faults, phases, [])

    def test_of_a_known_stretch_the_rule_file_names_them(self) -> None:
        assert words_of("cat-cow", [], [], []) == LabelChoices.of(CAT_COW)
