"""The mutator, on a module of two lines and its test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.evidence._mutants import Mutant, mutants, survives

ROOT = Path(__file__).parents[2]
SOURCE = '''"""A toy."""
LEAST = 2.0

def enough(value: float | None = None) -> bool:
    return not (value is None or value < LEAST)
'''
TEST = """
from toy.limits import enough

def test_it():
    assert enough(2.0)
    assert not enough(None)
    {more}
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__init__.py").touch()
    (tmp_path / "toy" / "limits.py").write_text(SOURCE)
    (tmp_path / "conftest.py").write_text("import sys; sys.path.insert(0, '.')")
    (tmp_path / "test_toy.py").write_text(TEST.format(more=""))
    return tmp_path


def test_each_change_of_what_runs_is_a_mutant(toy: Path) -> None:
    changed = [(one.line, one.after) for one in mutants("toy.limits", toy)]
    assert changed == [
        (2, "LEAST = 4.0"),
        (2, "LEAST = 1.0"),
        (5, "return not not (value is None or value < LEAST)"),
        (5, "return not (value is None and value < LEAST)"),
        (5, "return not (value is not None or value < LEAST)"),
        (5, "return not (value is None or value <= LEAST)"),
    ]


def test_a_mutant_survives_tests_that_do_not_notice_it_and_no_file_is_changed(toy: Path) -> None:
    half = next(one for one in mutants("toy.limits", toy) if one.after == "LEAST = 1.0")
    assert in_a_process(toy, None)
    assert in_a_process(toy, half)
    (toy / "test_toy.py").write_text(TEST.format(more="assert not enough(1.5)"))
    assert in_a_process(toy, None)
    assert not in_a_process(toy, half)
    assert (toy / "toy" / "limits.py").read_text() == SOURCE


def test_a_module_that_is_in_use_is_refused() -> None:
    with pytest.raises(RuntimeError, match="imported already"):
        survives(Mutant("benchmarks.evidence._mutants", 0, 1, "", ""), [], 1)


def in_a_process(root: Path, mutant: Mutant | None) -> bool:
    """Whether it survives, asked as evidence asks: not from within a run of pytest."""
    code = (
        "from pathlib import Path; from benchmarks.evidence._mutants import Mutant, survives; "
        f"print(survives({mutant!r}, ['test_toy.py'], 60, Path({str(root)!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip() == "True"
