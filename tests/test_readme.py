from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
SECTIONS = [
    "Two lines",
    "Three uses",
    "How it judges, and how far to trust it",
    "Placing the camera",
    "Privacy",
    "Limits",
    "Not a medical device",
]


def words_of_the_program() -> str:
    """All text constants of the program; of a text that is put together its parts."""
    trees = [ast.parse(path.read_text()) for path in sorted((ROOT / "posecheck").rglob("*.py"))]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return "\n".join(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_what_practice_is_said_to_say_is_what_it_says() -> None:
    quoted = re.findall(r"“(.+?)”", (ROOT / "docs" / "practice.md").read_text())
    assert len(quoted) > 10
    known = words_of_the_program()
    assert [text for text in quoted if text not in known] == []


def test_the_sections_come_in_the_order_in_which_people_ask() -> None:
    headings = re.findall(r"^## (.+)$", README, re.MULTILINE)
    assert headings[: len(SECTIONS)] == SECTIONS


def test_ci_runs_the_second_of_the_two_lines_from_the_readme() -> None:
    section = README.split("## Two lines")[1].split("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.+?)\n```$", section, re.MULTILINE | re.DOTALL)
    assert [block.count("\n") for block in blocks] == [0, 0]
    script = (ROOT / ".ci" / "run").read_text()
    (extraction,) = re.findall(r"^line=.+$", script, re.MULTILINE)
    run = subprocess.run(
        ["bash", "-c", f'{extraction}\nprintf %s "$line"'], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout == blocks[1]
    assert 'bash -euo pipefail -c "$line"' in script


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_nobody_is_sent_to_the_unrelated_package(page: Path) -> None:
    assert not re.search(r"install\b[^\n]* posecheck\b(?!-stretch)", page.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target
