"""The fragments from which a release writes its part of CHANGELOG.md."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
KINDS = [kind["directory"] for kind in SETTINGS["type"]]
FRAGMENTS = sorted(path for path in (ROOT / "changes").iterdir() if path.name != "README.md")


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.name)
def test_a_fragment_has_a_kind_and_is_one_paragraph_of_sentences(path: Path) -> None:
    assert re.fullmatch(rf"\+[a-z0-9]+(-[a-z0-9]+)*\.({'|'.join(KINDS)})\.md", path.name)
    text = path.read_text(encoding="utf-8")
    assert re.fullmatch(r"[A-Za-z0-9`][^\n]*(\n[^\n]+)*\.\n", text)
    assert max(map(len, text.splitlines())) <= 120


def test_a_release_would_have_them_all() -> None:
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "99.0"]
    draft = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "## 99.0 (" in draft
    said = " ".join(draft.split())
    assert [path.name for path in FRAGMENTS if " ".join(path.read_text().split()) not in said] == []


def test_the_changelog_holds_versions_and_nothing_that_is_on_its_way() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    before, after = text.split(SETTINGS["start_string"])
    assert "\n- " not in before
    assert "Unreleased" not in text
    assert re.match(r"\n## \d+\.\d+\.\d+", after)
