"""The pages that lie in the repository, and how their links become links of the site."""

from __future__ import annotations

import posixpath
import re

from docs.pages import ROOT

PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "docs/evidence/README.md": "evidence/index.md",
    **{
        path.relative_to(ROOT).as_posix(): path.relative_to(ROOT / "docs").as_posix()
        for path in sorted((ROOT / "docs").rglob("*.md"))
        if path.name != "README.md"
    },
}
"""Each page's place in the repository, and on the site."""

_PLACES = {
    **PAGES,
    "docs/evidence": "evidence/index.md",
    "examples": "api.md",
    "docs/summary.schema.json": "summary.schema.json",
    "reference_poses": "reference/rule-files.md",
}

_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)#\s]*)(#[^)\s]*)?\)")


def relinked(text: str, source: str) -> str:
    """A page's text with links that lead to the same places on the site.

    Files of the repository that are not on the site are named, and not linked.

    Args:
        text: The page, in Markdown.
        source: Its place in the repository.
    """

    def link(found: re.Match[str]) -> str:
        mark, words, target, anchor = found.groups(default="")
        if not target or re.match("[a-z]+:", target):
            return found[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        place = _PLACES.get(path)
        if place is None and path.startswith("docs/pictures/"):
            place = path.removeprefix("docs/")
        if place is None:
            return words
        here = posixpath.dirname(PAGES[source]) or "."
        return f"{mark}[{words}]({posixpath.relpath(place, here)}{anchor})"

    return _LINK.sub(link, text)
