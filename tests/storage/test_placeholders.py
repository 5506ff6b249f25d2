"""What a drafted rule file leaves to be written."""

from __future__ import annotations

from pathlib import Path

from posecheck.storage.placeholders import unwritten

SAMPLE = (Path(__file__).parents[1] / "support" / "sample_stretch.toml").read_text(encoding="utf-8")


def test_each_text_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    lines = SAMPLE.splitlines()
    praise = lines.index('praise = "Good height."')
    lines[praise] = 'praise = "<What to say once it is mended.>"'
    steps = lines.index("getting_in = [")
    lines[steps + 1] = '"Kneel.",\n"Then <How to get into it.>",'
    path.write_text("\n".join(lines), encoding="utf-8")
    assert [str(one) for one in unwritten(path)] == [
        f"{path}:{steps + 3}: getting_in[2]: to be written: <How to get into it.>",
        f"{path}:{praise + 2}: rules[low].praise: to be written: <What to say once it is mended.>",
    ]


def test_what_only_looks_alike_is_written(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SAMPLE.replace('title = "Sample"', 'title = "Sample <90 and >20, <b>bold</b>, a < B. > c"'))
    assert "<b>" in path.read_text()
    assert unwritten(path) == ()


def test_of_what_is_no_table_nothing_is_said(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("<What it is.>")
    assert unwritten(path) == ()
    assert unwritten(tmp_path / "no-such-file.toml") == ()
