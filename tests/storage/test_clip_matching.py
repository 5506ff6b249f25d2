"""Which clip a labels file means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from posecheck.storage.clip_matching import match


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The labels file, in a folder of its own below the working directory."""
    monkeypatch.chdir(tmp_path)
    return Path("study/labels.csv")


def named(clips: Sequence[str], labelled: Sequence[str], file: Path) -> list[str]:
    """The one name of each clip."""
    found, problems = match([(Path(clip), Path(clip).name) for clip in clips], labelled, file)
    assert problems == []
    assert all(len(names) == 1 for names in found)
    return [names[0] for names in found]


def wrong(clips: Sequence[str], labelled: Sequence[str], file: Path) -> list[str]:
    return match([(Path(clip), Path(clip).name) for clip in clips], labelled, file)[1]


BOTH = ("ada/monday.mp4", "ben/monday.mp4")


@pytest.mark.parametrize("folder", ["", "study/", "/elsewhere/", "study/../other/"])
def test_clips_of_one_name_in_two_folders(folder: str, file: Path) -> None:
    assert named([f"{folder}{name}" for name in reversed(BOTH)], BOTH, file) == list(reversed(BOTH))


def test_a_path_is_one_from_the_labels_file_or_from_the_working_directory(file: Path) -> None:
    clips = ["study/monday.mp4", "monday.mp4"]
    assert named(["study/monday.mp4"], ["monday.mp4", "x/monday.mp4"], file) == ["monday.mp4"]
    assert named(clips, ["../monday.mp4", "study/monday.mp4"], file) == ["study/monday.mp4", "../monday.mp4"]
    absolute = str(Path("study/monday.mp4").resolve())
    assert named(["study/monday.mp4"], [absolute, "ben/monday.mp4"], file) == [absolute]


def test_one_path_in_two_spellings_is_one_clip(file: Path) -> None:
    found, problems = match([(Path("study/a.mp4"), "a.mp4")], ["a.mp4", "./a.mp4", "study/a.mp4"], file)
    assert (found, problems) == ([("a.mp4", "./a.mp4", "study/a.mp4")], [])


def test_windows_writes_other_slashes(file: Path) -> None:
    assert named(BOTH, [r"ada\monday.mp4", r"C:\films\ben\monday.mp4"], file) == [
        r"ada\monday.mp4",
        r"C:\films\ben\monday.mp4",
    ]


def test_the_name_alone_will_do_where_one_clip_can_be_meant(file: Path) -> None:
    assert named(["moved/monday.mp4", "b.mp4"], ["ada/monday.mp4", "b.mp4"], file) == ["ada/monday.mp4", "b.mp4"]
    assert named(BOTH, ["ben/monday.mp4", "monday.mp4"], file) == ["monday.mp4", "ben/monday.mp4"]


def test_a_recording_is_known_by_its_own_name_its_clips_and_either_without_an_ending(file: Path) -> None:
    for label in ("landmarks.npz", "monday.mp4", "landmarks.mov", "monday.mov"):
        assert match([(Path("ada/landmarks.npz"), "monday.mp4")], [label], file) == ([(label,)], [])
    both = [(Path(f"{folder}/landmarks.npz"), "monday.mp4") for folder in ("ada", "ben")]
    assert match(both, BOTH, file) == ([(name,) for name in BOTH], [])


def test_capitals_and_the_way_accents_are_composed_do_not_matter(file: Path) -> None:
    composed, apart = "br\u00fccke.mp4", "bru\u0308cke.mp4"
    assert named([apart], [composed], file) == [composed]
    assert named([composed], [apart], file) == [apart]
    assert named(["ada/monday.mp4", "ben/monday.mp4"], ["Ben/Monday.MP4", "ADA/MONDAY.mp4"], file) == [
        "ADA/MONDAY.mp4",
        "Ben/Monday.MP4",
    ]


def test_a_name_as_it_is_goes_before_one_in_other_letters(file: Path) -> None:
    assert named(["Monday.mp4", "monday.mp4"], ["monday.mp4", "Monday.mp4"], file) == ["Monday.mp4", "monday.mp4"]


def test_a_clip_that_may_be_two(file: Path) -> None:
    assert wrong(["monday.mp4"], BOTH, file) == [
        "monday.mp4: may be 'ada/monday.mp4' or 'ben/monday.mp4' of study/labels.csv; write its path from the labels "
        "file into the column clip"
    ]


def test_a_name_that_may_be_two_clips_is_one_mistake(file: Path) -> None:
    assert wrong([*BOTH, "b.mp4"], ["monday.mp4", "b.mp4"], file) == [
        "study/labels.csv: 'monday.mp4' may be 'ada/monday.mp4' or 'ben/monday.mp4'; write which into the column clip, "
        "with its folder, or leave the others out"
    ]


def test_a_clip_whose_labels_are_another_ones(file: Path) -> None:
    assert wrong(BOTH, ["ada/monday.mp4"], file) == [
        "ben/monday.mp4: has no labels in study/labels.csv, where 'ada/monday.mp4' is ada/monday.mp4; write some, or "
        "leave it out"
    ]


def test_a_clip_without_labels_and_one_named_twice(file: Path) -> None:
    labelled = [f"{letter}.mp4" for letter in "gfedcba"]
    assert wrong(["x.mp4", "a.mp4", "./a.mp4"], labelled, file) == [
        "x.mp4: has no labels in study/labels.csv; write some, or leave it out; labelled are a.mp4, b.mp4, c.mp4, "
        "d.mp4, e.mp4 and 2 more",
        "a.mp4: is named twice; name it once",
    ]
