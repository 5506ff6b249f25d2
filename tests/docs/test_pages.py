"""The pages that are made from the program say all there is, and none of the site's pages loads from elsewhere."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
import typer

from docs.pages import ROOT, api, commands, measures, rule_files, summary
from docs.pages.foreign import foreign, loads
from docs.pages.linked import PAGES, relinked
from posecheck.cli import app
from posecheck.measures.table import MEASURES
from posecheck.rules.routine import Routine
from posecheck.rules.schema import schema_of
from posecheck.rules.stretch import Stretch


@pytest.mark.parametrize(
    ("page", "schema"),
    [
        (rule_files.stretch_page(), schema_of(Stretch)),
        (rule_files.routine_page(), schema_of(Routine)),
        (summary.page(), json.loads((ROOT / "docs" / "summary.schema.json").read_text())),
    ],
)
def test_every_key_of_a_schema_has_a_row(page: str, schema: dict[str, object]) -> None:
    def keys(value: object) -> set[str]:
        if not isinstance(value, dict):
            return {key for one in value for key in keys(one)} if isinstance(value, list) else set()
        inner = {key for one in value.values() for key in keys(one)}
        return inner | set(value["properties"]) if isinstance(value.get("properties"), dict) else inner

    rows = {name.rsplit(".", 1)[-1] for name in re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)}
    assert len(rows) > 10
    assert keys(schema) - rows == set()


@pytest.mark.parametrize("page", [rule_files.stretch_page(), rule_files.routine_page()])
def test_every_link_within_a_page_has_its_heading_and_every_example_is_toml(page: str) -> None:
    anchors = set(re.findall(r"^## .+ \{ #(\w+) \}$", page, re.MULTILINE))
    assert anchors
    assert set(re.findall(r"\(#(\w+)\)", page)) == anchors
    examples = re.findall(r"^```toml\n(.+?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(examples) >= 2
    for example in examples:
        assert tomllib.loads(example)


def test_every_measure_has_a_row() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", measures.page(), re.MULTILINE)
    assert rows == list(MEASURES)


def test_every_command_and_every_option_is_there() -> None:
    page = commands.page()

    def names(command: object, name: str) -> list[str]:
        inner = getattr(command, "commands", {})
        return [name, *(found for key, one in inner.items() for found in names(one, f"{name} {key}"))]

    headings = re.findall(r"^## (posecheck.*)$", page, re.MULTILINE)
    assert headings == names(typer.main.get_command(app), "posecheck")
    assert len(headings) > 10
    assert {"`--out DIR`", "`--evidence`", "`CLIP`"} <= set(re.findall(r"^\| (`.+?`) \|", page, re.MULTILINE))


def test_the_api_is_what_posecheck_exports() -> None:
    import posecheck

    sections = re.findall(r"^::: (\S+)$", api.page(), re.MULTILINE)
    assert {name.rsplit(".", 1)[-1] for name in sections} == set(posecheck.__all__) - {"__version__"}


@pytest.mark.parametrize(
    ("source", "text", "said"),
    [
        ("README.md", "[a](docs/tuning.md#labels)", "[a](tuning.md#labels)"),
        ("README.md", "![a](docs/pictures/x.jpg)", "![a](pictures/x.jpg)"),
        ("README.md", "[all](docs/evidence)", "[all](evidence/index.md)"),
        ("README.md", "[here](#limits) and [there](https://example.org)", "[here](#limits) and [there](https://example.org)"),
        ("docs/tuning.md", "[read](../README.md#limits)", "[read](index.md#limits)"),
        ("docs/evidence/live.md", "[how](../../CONTRIBUTING.md)", "[how](../contributing.md)"),
        ("docs/evidence/live.md", "![a](../pictures/x.jpg)", "![a](../pictures/x.jpg)"),
        ("docs/practice.md", "in [tests/sources](../tests/sources).", "in tests/sources."),
    ],
)  # fmt: skip
def test_a_link_leads_to_the_same_place_on_the_site(source: str, text: str, said: str) -> None:
    assert source in PAGES
    assert relinked(text, source) == said


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<script src="https://cdn.example.org/x.js"></script>', ["https://cdn.example.org/x.js"]),
        ('<link rel="stylesheet" href="//fonts.example.org/x.css">', ["//fonts.example.org/x.css"]),
        ('<img srcset="a.png 1x, HTTPS://example.org/b.png 2x">', ["a.png 1x, HTTPS://example.org/b.png 2x"]),
        ("<style>a { background: url('http://example.org/a.png') }</style>", ["http://example.org/a.png"]),
        ('<p style="background: url(//example.org/a.png)">', ["//example.org/a.png"]),
        ('<a href="https://example.org">clicked, not loaded</a><img src="pictures/a.png"><script src="s.js">', []),
    ],
)  # fmt: skip
def test_what_a_page_would_load_from_another_host(page: str, found: list[str]) -> None:
    assert loads(page) == found


def test_a_site_with_a_foreign_font_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>all here</p>")
    assert list(foreign(tmp_path)) == []
    style = tmp_path / "style.css"
    style.write_text('@import "https://fonts.example.org/roboto.css";')
    assert list(foreign(tmp_path)) == [f"{style}: would load https://fonts.example.org/roboto.css"]
