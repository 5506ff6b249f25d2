"""The lines that are found hold the keys, and all keys that tomllib knows are found."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.storage.toml_lines import KeyPath, lines_of


def places(value, at: KeyPath = ()):
    yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*at, index))


def assert_lines_hold(text: str) -> dict[KeyPath, int]:
    lines = lines_of(text)
    assert set(lines) == set(places(tomllib.loads(text)))
    rows = text.split("\n")
    for place, line in lines.items():
        keys = [part for part in place if isinstance(part, str)]
        if place and isinstance(place[-1], str):
            assert re.search(rf"(?<![A-Za-z0-9]){re.escape(keys[-1])}(?![A-Za-z0-9])", rows[line - 1]), (place, line)
    return lines


HARD = '''# first
a = 1
b.c . d = 2
"e f" = 3  # [no.table]
text = """
fake = 1
[fake]
\\""" still """""
raw = \'\'\'
x = 2\'\'\'\'
list = [ # ]
    1,
    {inner = 1, deep = {er = "}"}},

    [ "]",
      \'#\' ],
]
empty = {}
[table]
key = [[], []]
[[many.rules]]
name = "x"
[many.rules.sub]
k = 1
[[many.rules.parts]]
p = 1
[[many.rules.parts]]
p = 2
[[many.rules]]
name = "y"
[later.below]
z = 1
[later]
y = 2
'''


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_kind_of_key_has_its_line(newline: str) -> None:
    lines = assert_lines_hold(HARD.replace("\n", newline))
    assert lines["b", "c", "d"] == 3
    assert lines["raw",] == 9
    assert lines["list", 1, "deep", "er"] == 13
    assert lines["list", 2, 1] == 16
    assert lines["table", "key"] == 20
    assert lines["many", "rules", 0] == 21
    assert lines["many", "rules", 0, "parts", 1, "p"] == 28
    assert lines["many", "rules", 1, "name"] == 30
    assert lines["later",] == 33
    assert lines["later", "below"] == 31


KEYS = st.sampled_from(["alpha", "beta", "gamma", "delta", "one-two", "3"])
SCALARS = st.sampled_from(
    ["1", "-2.5e3", "nan", "true", "1979-05-27 07:32:00", '"a # b"', "'c = d'", '"""\nalpha = 1\n"""', "'''\n[x]\n'''",
     r'"q\"u"', '""""x"""""', "0x1F"]
)  # fmt: skip
GAPS = st.sampled_from(["", " ", "\n", "  # ],} = note\n", "\n\n\t"])


def values(depth: int = 2):
    if depth == 0:
        return SCALARS
    inner = values(depth - 1)
    lists = st.lists(st.tuples(GAPS, inner, GAPS), max_size=3).map(
        lambda items: "[" + ",".join(f"{before}{item}{after}" for before, item, after in items) + "]"
    )
    tables = st.dictionaries(KEYS, inner, max_size=3).map(
        lambda pairs: "{" + ", ".join(f"{key} = {value}" for key, value in pairs.items()) + "}"
    )
    return SCALARS | lists | tables


PAIRS = st.dictionaries(KEYS, st.tuples(values(), GAPS), max_size=4).map(
    lambda pairs: "".join(f"{key} = {value}{gap if gap.strip(' ') else ''}\n" for key, (value, gap) in pairs.items())
)
HEADS = st.lists(st.tuples(st.sampled_from(["[{}]", "[[{}]]"]), st.lists(KEYS, min_size=1, max_size=3)), max_size=5)


@given(st.data(), HEADS, st.booleans())
def test_the_same_keys_as_tomllib(data, heads, crlf) -> None:
    text = data.draw(PAIRS)
    for form, keys in heads:
        grown = text + form.format(".".join(f"h-{key}" for key in keys)) + "\n" + data.draw(PAIRS)
        try:
            tomllib.loads(grown)
        except tomllib.TOMLDecodeError:  # this header clashes with one before
            continue
        text = grown
    assert_lines_hold(text.replace("\n", "\r\n") if crlf else text)
