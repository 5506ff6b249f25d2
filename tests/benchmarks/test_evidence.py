"""The runner of evidence, on a small piece of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import evidence
from benchmarks.evidence.__main__ import main

FAKE = """
from benchmarks.evidence import Evidence, MaterialMissingError

def run(slice_only):
    if {missing}:
        raise MaterialMissingError("no clips in material/")
    rows = [("a|b", 1)] if slice_only else [("a|b", 1), ("c", "2.50")]
    return Evidence("Counting", "Counts to two.", ("what", "count"), rows, ("By hand.",), holds={holds}, timed={timed})
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with claims that hold, that do not, of speed, and one whose clips are missing."""
    folder = tmp_path / "claims"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "__main__.py").touch()
    (folder / "counts_up.py").write_text(FAKE.format(missing=False, holds=True, timed=False))
    (folder / "false.py").write_text(FAKE.format(missing=False, holds=False, timed=False))
    (folder / "slow.py").write_text(FAKE.format(missing=False, holds=False, timed=True))
    (folder / "lost.py").write_text(FAKE.format(missing=True, holds=True, timed=False))
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "claims"]:
        monkeypatch.delitem(sys.modules, name)
    return "claims"


def test_lists_names_as_they_are_typed(package: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"], package=package, pages=tmp_path) == 0
    assert capsys.readouterr().out.split() == ["counts-up", "false", "lost", "slow"]


def test_a_full_run_writes_the_page(package: str, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    assert main(["counts-up"], package=package, pages=pages) == 0
    (path,) = pages.iterdir()
    page = path.read_text()
    assert path.name == "counts-up.md"
    assert page.startswith("# Counting\n\n**Holds:** Counts to two.\n\n| what | count |\n| --- | --- |\n| a\\|b | 1 |")
    assert "| c | 2.50 |\n\n- By hand.\n\n" in page
    assert "`scripts/evidence counts-up`" in page
    assert " cores " in page
    assert "MediaPipe" in page


def test_a_claim_that_fails_is_written_and_said(package: str, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    assert main(["false"], package=package, pages=pages) == 1
    assert "**Does not hold:**" in (pages / "false.md").read_text()


def test_a_slice_writes_nothing(package: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = tmp_path / "pages"
    assert main(["counts-up", "--slice"], package=package, pages=pages) == 0
    assert "2.50" not in capsys.readouterr().out
    assert main(["false", "--slice"], package=package, pages=pages) == 1
    assert not pages.exists()


def test_how_fast_a_machine_is_refuses_no_slice(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evidence, "SLICE_LIMIT_S", -1.0)
    assert main(["counts-up", "--slice"], package=package, pages=tmp_path) == 0
    assert "make it smaller" in capsys.readouterr().out
    assert main(["slow", "--slice"], package=package, pages=tmp_path) == 0
    assert "judged by a full run" in capsys.readouterr().out
    assert main(["slow"], package=package, pages=tmp_path) == 1


def test_missing_material_fails_only_a_full_run(
    package: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = tmp_path / "pages"
    assert main(["lost", "--slice"], package=package, pages=pages) == 0
    assert "lost: not run: no clips in material/" in capsys.readouterr().out
    assert main(["lost"], package=package, pages=pages) == 1
    assert not pages.exists()


def test_an_unknown_name_is_a_usage_error(package: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["nothing"], package=package, pages=tmp_path)


def test_a_short_row_is_refused() -> None:
    with pytest.raises(ValueError, match="needs 2 cells"):
        evidence.table(evidence.Evidence("Counting", "", ("what", "count"), [("a",)], (), holds=True))
