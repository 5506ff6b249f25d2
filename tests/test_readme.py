from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
SECTIONS = [
    "Two lines",
    "Three uses",
    "As a library",
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


def test_the_walk_through_a_new_stretch_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = (ROOT / "docs" / "new-stretch.md").read_text()
    blocks = [dedent(block) for block in re.findall(r"^ *```sh\n(.+?)\n *```$", section, re.MULTILINE | re.DOTALL)]
    program = tmp_path / "posecheck"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m posecheck "$@"\n')
    program.chmod(0o755)
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    monkeypatch.chdir(tmp_path)
    for name, value in (
        ("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}"), ("PYTHONPATH", str(ROOT)), ("COLUMNS", "200"),
        ("XDG_CACHE_HOME", str(tmp_path)), ("XDG_CONFIG_HOME", str(tmp_path)), ("XDG_DATA_HOME", str(tmp_path)),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)

    def run(block: str) -> str:
        return subprocess.run(["sh", "-euc", block], capture_output=True, text=True, check=True).stdout

    label, draft, check, measures, tune, use = blocks
    run(label)
    assert "hips-high: from one clip alone; look whether" in run(draft)
    path = Path("try-it/my-bridge.toml")
    listed = run(check).splitlines()[1:]
    assert len(listed) > 8
    assert "thigh_pitch: slope of the thigh" in run(measures)
    (cue,) = re.findall(r'`(cue_high = ".+?")`', section)
    assert 'cue_high = "<What to do against hips-low.>"' in path.read_text()
    text = path.read_text().replace('cue_high = "<What to do against hips-low.>"', cue)
    path.write_text(re.sub(r"<[A-Z].*?\.>", "Well done.", text))
    assert "no value does clearly better" in run(tune)
    told = run(use)
    assert told.startswith(f"{path}: ok\n")
    assert cue.split('"')[1] in told
    assert re.search(r"hips-low, [23]\.\d s", told)
    assert len(re.findall(r"^ .*\d s +10 s +short", told, re.MULTILINE)) == 2


def test_the_architecture_has_every_room() -> None:
    table = (ROOT / "docs" / "architecture.md").read_text().split("## The rooms")[1].split("\n## ")[0]
    told = re.findall(r"`(\w+)`", "".join(re.findall(r"^\|(.+?)\|", table, re.MULTILINE)))
    rooms = {path.parent.name for path in (ROOT / "posecheck").glob("*/__init__.py")} | {"errors"}
    assert sorted(told) == sorted(rooms)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_nobody_is_sent_to_the_unrelated_package(page: Path) -> None:
    assert not re.search(r"install\b[^\n]* posecheck\b(?!-stretch)", page.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_belongs_to_an_entry_of_a_list_is_set_in_by_four(page: Path) -> None:
    """By fewer, a paragraph or a block of code would end the list on the site, and the next entry be number 1 again."""
    assert re.findall(r"^\n {1,3}\S.*", page.read_text(), re.MULTILINE) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target
