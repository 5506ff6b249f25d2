"""Nobody meets a half-written file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from posecheck.system.atomic_files import replacing


def test_the_file_takes_its_name_only_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "summary.json"
    with replacing(target) as temporary:
        temporary.write_text("{}")
        assert temporary.parent == target.parent, "a rename is whole only within one file system"
        assert not target.exists()
    assert target.read_text() == "{}"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "summary.json"
    target.write_text("old")

    def fail() -> None:
        with replacing(target) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [None, ValueError])
def test_folders_made_for_nothing_vanish(tmp_path: Path, error: type[BaseException] | None) -> None:
    (tmp_path / "there").mkdir()
    target = tmp_path / "there" / "new" / "newer" / "summary.json"

    def write() -> None:
        with replacing(target):
            if error:
                raise error

    if error:
        with pytest.raises(error):
            write()
        assert list((tmp_path / "there").iterdir()) == []
    else:
        write()
        assert list(target.parent.iterdir()) == [target]


def test_two_writers_at_once_do_not_mix(tmp_path: Path) -> None:
    target = tmp_path / "summary.json"
    with replacing(target) as first, replacing(target) as second:
        assert first != second
        first.write_text("first")
        second.write_text("second")
    assert target.read_text() == "first", "the one that ends last"
    assert list(tmp_path.iterdir()) == [target]


def test_others_may_read_it_as_any_new_file(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    umask = os.umask(0o022)
    try:
        ordinary.touch()
        with replacing(tmp_path / "target") as temporary:
            temporary.write_text("x")
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "target").stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode) == 0o644
    again = os.umask(umask)
    assert again == umask, "the umask is left as it was"


def test_a_folder_in_the_way_is_an_error_and_stays(tmp_path: Path) -> None:
    target = tmp_path / "summary.json"
    (target / "inside").mkdir(parents=True)

    def write() -> None:
        with replacing(target) as temporary:
            temporary.write_text("x")

    with pytest.raises(OSError, match=r"summary\.json"):
        write()
    assert list(tmp_path.iterdir()) == [target]
    assert (target / "inside").is_dir()


def test_a_file_for_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    def write() -> None:
        with replacing(tmp_path / "file" / "summary.json"):
            pytest.fail("there is nowhere to write")

    with pytest.raises(OSError, match="file"):
        write()
