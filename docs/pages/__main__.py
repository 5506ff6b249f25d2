"""Writes all pages and the site's configuration into ``build/``, from nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from docs.pages import ROOT, api, commands, measures, rule_files, summary
from docs.pages.linked import PAGES, relinked

BUILD = ROOT / "build"
GENERATED = {
    "reference/rule-files.md": rule_files.stretch_page,
    "reference/routines.md": rule_files.routine_page,
    "reference/measures.md": measures.page,
    "reference/commands.md": commands.page,
    "reference/summary.md": summary.page,
    "api.md": api.page,
}


def main() -> None:
    """Writes the pages; raises ValueError for a page that the navigation forgets."""
    folder = BUILD / "docs"
    shutil.rmtree(BUILD / "docs", ignore_errors=True)
    for source, page in PAGES.items():
        _write(folder / page, relinked((ROOT / source).read_text(encoding="utf-8"), source))
    with (folder / "evidence" / "index.md").open("a", encoding="utf-8") as index:
        index.writelines(f"\n- [{title}]({page})" for page, title in sorted(_evidence(folder)))
    for page, text in GENERATED.items():
        _write(folder / page, text())
    shutil.copytree(ROOT / "docs" / "pictures", folder / "pictures")
    shutil.copy(ROOT / "docs" / "summary.schema.json", folder)
    shutil.copy(ROOT / "docs" / "pages" / "extra.css", folder)
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    config["nav"] = _with_evidence(config["nav"])
    forgotten = {*PAGES.values(), *GENERATED} - set(_pages(config["nav"]))
    if forgotten:
        raise ValueError(f"mkdocs.yml: nav lacks {', '.join(sorted(forgotten))}; add them")
    _write(BUILD / "mkdocs.yml", yaml.safe_dump(config, sort_keys=False))


def _with_evidence(nav: list[Any]) -> list[Any]:
    """The navigation, with every page of evidence under the entry that is their index."""
    pages = [page for page in PAGES.values() if page.startswith("evidence/") and page != "evidence/index.md"]
    return [{name: [entry, *sorted(pages)] if entry == "evidence/index.md" else entry for name, entry in one.items()}
            for one in nav]  # fmt: skip


def _evidence(folder: Path) -> Iterator[tuple[str, str]]:
    """The pages of evidence, each with its title."""
    for path in (folder / "evidence").glob("*.md"):
        if path.name != "index.md":
            yield path.name, path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")


def _pages(entry: Any) -> list[str]:
    """All pages of a part of the navigation."""
    if isinstance(entry, str):
        return [entry]
    parts = entry.values() if isinstance(entry, dict) else entry
    return [page for part in parts for page in _pages(part)]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
