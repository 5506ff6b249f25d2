"""Refuses a built page that would load anything from another host: what posecheck promises, its pages keep, too."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

LOADED = {("script", "src"), ("link", "href"), ("img", "src"), ("img", "srcset"), ("source", "src"), ("iframe", "src"),
          ("source", "srcset"), ("video", "src"), ("audio", "src"), ("object", "data"), ("embed", "src"),
          ("use", "href"), ("image", "href")}  # fmt: skip
"""Attributes whose address a browser loads by itself; a link that is clicked is another matter."""

_FOREIGN = re.compile(r"(?:^|,)\s*(?:https?:)?//", re.IGNORECASE)
_IN_STYLE = re.compile(r"(?:@import\s+|url\()\s*[\"']?((?:https?:)?//[^\"')\s]+)", re.IGNORECASE)


class _Loads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_canonical = ("rel", "canonical") in attrs
        for name, value in attrs:
            if (tag, name) in LOADED and value and _FOREIGN.search(value) and not is_canonical:
                self.found.append(value)
            elif name == "style" and value:
                self.found += _IN_STYLE.findall(value)


def loads(text: str, *, style: bool = False) -> list[str]:
    """The addresses on other hosts that a page, or a style sheet, makes a browser load."""
    if style:
        return _IN_STYLE.findall(text)
    parser = _Loads()
    parser.feed(text)
    inline = re.findall(r"<style[^>]*>(.*?)</style>", text, re.DOTALL)
    return [*parser.found, *(found for one in inline for found in _IN_STYLE.findall(one))]


def foreign(site: Path) -> Iterator[str]:
    """A line for each address in any page or style sheet of a site."""
    for path in sorted(site.rglob("*")):
        if path.suffix in (".html", ".css"):
            for address in loads(path.read_text(encoding="utf-8"), style=path.suffix == ".css"):
                yield f"{path}: would load {address}"


if __name__ == "__main__":
    problems = list(foreign(Path(sys.argv[1])))
    pages = len(list(Path(sys.argv[1]).rglob("*.html")))
    sys.exit("\n".join(problems) if problems or not pages else None)
