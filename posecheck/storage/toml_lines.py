"""On which line each key of a TOML text stands.

The standard library's parser gives values without places, and no kept library gives places without reaching into
its insides; so this walks over a text that `tomllib` has already accepted. It need not judge the text, only find
keys in it, and the tests hold it against `tomllib`: the same keys, no more and no fewer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

KeyPath = tuple[str | int, ...]
"""The path to a value: keys and, in lists, indices."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_SCALAR = re.compile(r"[^,\]}#\n]+")


def lines_of(text: str) -> dict[KeyPath, int]:
    """The line, counted from 1, on which each key and each entry of a list begins.

    Args:
        text: Valid TOML, as `tomllib.loads` accepts it.

    Returns:
        The place of every key and list entry. A table that is only implied, such as `a` by `[a.b]`, stands where it
        is first implied. The file as a whole, `()`, stands on line 1.
    """
    return _Walk(text).lines


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {(): 1}
        self._counted_to = 0
        self._line = 1
        self._lengths: dict[KeyPath, int] = {}
        table: KeyPath = ()
        self._skip(_BLANK)
        while self.at < len(text):
            if text.startswith("[", self.at):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        found = match.group() if match else ""
        self.at += len(found)
        return found

    def _line_here(self) -> int:
        self._line += self.text.count("\n", self._counted_to, self.at)
        self._counted_to = self.at
        return self._line

    def _header(self) -> KeyPath:
        line = self._line_here()
        of_list = self.text.startswith("[[", self.at)
        self.at += 2 if of_list else 1
        keys = list(self._keys())
        self.at += 2 if of_list else 1
        place: KeyPath = ()
        for key in keys[:-1]:
            place = self._newest((*place, key))
            self.lines.setdefault(place, line)
        place = (*place, keys[-1])
        if of_list:
            self.lines.setdefault(place, line)
            self._lengths[place] = self._lengths.get(place, 0) + 1
            place = self._newest(place)
        self.lines[place] = line
        return place

    def _newest(self, place: KeyPath) -> KeyPath:
        """The place itself or, of a list of tables, its newest entry."""
        return (*place, self._lengths[place] - 1) if place in self._lengths else place

    def _keys(self) -> Iterator[str]:
        self._skip(_BLANK)
        while part := self._skip(_KEY_PART):
            yield next(iter(tomllib.loads(f"{part} = 0"))) if part[0] in "\"'" else part
            self._skip(_DOT)
        self._skip(_BLANK)

    def _pair(self, table: KeyPath) -> None:
        line = self._line_here()
        place = table
        for key in self._keys():
            place = (*place, key)
            self.lines.setdefault(place, line)
        self.at += len("=")
        self._value(place)

    def _value(self, place: KeyPath) -> None:
        self._skip(_BLANK)
        opening = self.text[self.at]
        if opening in "[{":
            self.at += 1
            self._skip(_BLANK)
            count = 0
            while self.text[self.at] not in "]}":
                if opening == "{":
                    self._pair(place)
                else:
                    self.lines[*place, count] = self._line_here()
                    self._value((*place, count))
                count += 1
                self._skip(_BLANK)
                if self.text[self.at] == ",":
                    self.at += 1
                    self._skip(_BLANK)
            self.at += 1
        elif opening in "\"'":
            self._skip(_STRING)
        else:
            self._skip(_SCALAR)
