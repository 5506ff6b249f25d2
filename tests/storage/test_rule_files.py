"""Finding, loading and checking rule files; every problem at once, each with its line."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.errors import RuleFileError
from posecheck.storage.rule_files import Origin, check_file, list_stretches, load_stretch, modified, shipped_folder

SAMPLE = (Path(__file__).parents[1] / "support" / "sample_stretch.toml").read_text(encoding="utf-8")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setenv("POSECHECK_STRETCHES", str(folder))
    return folder


def written(folder: Path, text: str | bytes, name: str = "x.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def problems(folder: Path, text: str | bytes) -> list[str]:
    """The problems of a file, without its name."""
    path = written(folder, text)
    return [str(problem).removeprefix(f"{path}:").strip() for problem in check_file(path)]


def line_of(text: str, needle: str) -> int:
    return text[: text.index(needle)].count("\n") + 1


def test_the_shipped_stretches_are_listed(own: Path) -> None:
    entries = list_stretches()
    assert [entry.name for entry in entries] == ["bridge", "cat-cow", "sphinx"]
    assert all(entry.stretch and entry.origin is Origin.SHIPPED for entry in entries)


def test_the_own_folder_need_not_exist_unless_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSECHECK_STRETCHES", raising=False)
    for variable in ("HOME", "XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    assert len(list_stretches()) == 3
    monkeypatch.setenv("POSECHECK_STRETCHES", str(tmp_path / "nowhere"))
    with pytest.raises(RuleFileError, match=r"nowhere.*make it or unset POSECHECK_STRETCHES"):
        list_stretches()


def test_an_own_file_replaces_the_shipped_one_of_its_name(own: Path) -> None:
    path = written(own, SAMPLE.replace('name = "sample"', 'name = "bridge"'), "mine.toml")
    (entry,) = (entry for entry in list_stretches() if entry.name == "bridge")
    assert (entry.path, entry.origin) == (path, Origin.OWN)
    assert load_stretch("bridge").title == "Sample"


def test_a_faulty_own_file_is_listed_and_does_not_give_way(own: Path) -> None:
    written(own, "schema = 1\nbad", "bridge.toml")
    (entry,) = (entry for entry in list_stretches() if entry.name == "bridge")
    assert entry.stretch is None
    assert "no = after the key" in str(entry.problems[0])
    assert load_stretch("sphinx").name == "sphinx"
    with pytest.raises(RuleFileError, match="no = after the key"):
        load_stretch("bridge")


def test_two_own_files_of_one_name(own: Path) -> None:
    for name in ("a.toml", "b.toml"):
        written(own, SAMPLE.replace('name = "sample"', 'name = "mine"'), name)
    first, second = (entry for entry in list_stretches() if entry.name == "mine")
    assert first.stretch
    assert str(second.problems[0]).endswith("b.toml: 'mine' is also the name in a.toml, allowed: a new name")


@pytest.mark.parametrize("name", ["cat-cow", "Cat Cow", "CAT_COW", "cat-camel", "Cat and cow"])
def test_a_name_or_another_name(own: Path, name: str) -> None:
    assert load_stretch(name).name == "cat-cow"


def test_a_path(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(own.parent, SAMPLE.replace('name = "sample"', 'name = "mine"'), "mine.toml")
    shutil.copy(path, own.parent / "mine.txt")
    monkeypatch.chdir(own.parent)
    for given_path in (path, str(path), "mine.toml", f".{os.sep}mine.txt", Path("mine.txt")):
        assert load_stretch(given_path).name == "mine"


def test_the_ending_of_a_path_may_have_capitals(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(own, SAMPLE.replace('name = "sample"', 'name = "mine"'), "MINE.TOML")
    monkeypatch.chdir(own)
    assert load_stretch("MINE.TOML") == load_stretch("mine")


def test_an_unknown_name_is_answered_with_the_known_ones(own: Path) -> None:
    with pytest.raises(RuleFileError) as caught:
        load_stretch("brigde")
    assert caught.value.exit_code == 5
    assert str(caught.value) == (
        "unknown stretch 'brigde', did you mean 'bridge'? known: bridge, cat-cow, sphinx; "
        "or give the path of a .toml file"
    )


def test_an_unknown_modification_is_answered_with_the_allowed_ones(own: Path) -> None:
    sample = load_stretch(written(own, SAMPLE))
    assert [(rule.name, rule.min) for rule in modified(sample, ["sore"]).rules] == [("low", 5)]
    with pytest.raises(RuleFileError) as caught:
        modified(sample, ["soar", "other"])
    assert caught.value.problems == (
        "sample has no modification 'soar', did you mean 'sore'? allowed: sore",
        "sample has no modification 'other', allowed: sore",
    )
    with pytest.raises(RuleFileError, match="allowed: none"):
        modified(sample.model_copy(update={"modifications": {}}), ["sore"])


def test_every_problem_of_a_file_at_once(own: Path) -> None:
    text = SAMPLE
    for old, new in (
        ('purpose = """', 'purpse = """'),
        ("repetitions = 8", 'repetitions = "8"'),
        ('still = "low"', 'still = "lo"'),
        ("knee_flexion = { min = 50, margin = 5 }", "knee_flection = { min = 50, margn = 5 }"),
        ("where.trunk_pitch = { max = 30 }", "where.trunk_pitch = {}"),
        ("value = -30", "value = inf"),
        ("min = 20, relative_to", "min = 20, max = 10, relative_to"),
        ("cue_low =", "cue_lo ="),
        ("max = 25\nmargin = 4", "max = 25\nmargin = -4"),
        ('severity = "minor"', 'severity = "minr"'),
        ('phases = ["up"]', 'phases = [\n    "up",\n    "upp",\n]'),
        ('praise = "Good legs."\n', ""),
        ("bent = { off", "bend = { off"),
        ("low = { min = 5 }", "low = { max = 50 }"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    expected = [
        ("# A small whole", "purpose: missing, allowed: a text"),
        ("purpse =", "purpse: unknown key, did you mean 'purpose'? allowed: schema, name, "),
        ("repetitions =", "hold.repetitions: '8' is a text, allowed: a whole number, without quotes"),
        ("value =", "neutral.spine_flexion.value: inf is out of range, allowed: a finite number"),
        ("still =", "ready.still: 'lo' is unknown, allowed: ready, other, low, bent"),
        ("knee_flection", "ready.where.knee_flection: unknown measure 'knee_flection', allowed: knee_flexion, "),
        ("knee_flection", "ready.where.knee_flection.margn: unknown key, did you mean 'margin'? allowed: min, max, "),
        ("where.trunk_pitch", "posture.where.trunk_pitch.max: no limit is given, allowed: min, max or both"),
        ("max = 10", "phases[up].where.spine_flexion.max: 10 is not above min, allowed: more than 20"),
        ('[[rules]]\nname = "low"', "rules[low].cue_low: min is given without cue_low, allowed: both or neither"),
        ("cue_lo =", "rules[low].cue_lo: unknown key, did you mean 'cue_low'? allowed: min, max, "),
        ('[[rules]]\nname = "bent"', "rules[bent].praise: missing, allowed: a text"),
        ("margin = -4", "rules[bent].margin: -4 is too little, allowed: 0 or more"),
        ('"minr"', "rules[bent].severity: 'minr' is unknown, did you mean 'minor'? allowed: major, minor"),
        ('"upp"', "rules[bent].phases[2]: 'upp' is no phase of this stretch, allowed: up, down"),
        ("bend = {", "modifications.sore.rules.bend: 'bend' is no rule of this stretch, allowed: low, bent"),
        ("low = { max", "modifications.sore.rules.low.max: the rule has no max and no cue_high, allowed: only"),
    ]
    found = problems(own, text)
    for needle, start in expected:
        assert any(problem.startswith(f"{line_of(text, needle)}: {start}") for problem in found), (start, found)
    assert len(found) == len(expected)
    assert [int(problem.partition(":")[0]) for problem in found] == sorted(
        line_of(text, place) for place, _ in expected
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "empty, allowed: a stretch"),
        (b" \n\t\n", "empty, allowed: a stretch"),
        (b"a = 1\nb = '\xe9'", "2: encoding: the byte 0xe9 is no UTF-8, allowed: a text saved as UTF-8"),
        (SAMPLE.encode("utf-16"), "1: encoding: the byte 0xff is no UTF-8"),
        (b"#" * 1_000_001, "too large for a rule file, allowed: at most 1 MB"),
        (b"a = 1\nb 2", "2: column 3: no = after the key, allowed: key = value"),
        (b"a = 1\na = 2", "2: TOML: this key or table stands twice, allowed: once"),
        (b"[a]\nb = 1\n[a]", "3: column 3: this key or table stands twice, allowed: once"),
        (b'a = "b\nc = 1', "1: column 7: the text is not closed in its line"),
        (b"a = yes", "1: column 5: no TOML value"),
        (b"a = [\n1,\n", "TOML"),
        (b"a = '''\n\n", "1: TOML: expected \"'''\", allowed: TOML"),
        (b"a = " + b"[" * 3000 + b"]" * 3000, "lists or tables lie too deep"),
        (b"a = " + b"9" * 5000, "1: TOML: "),
        (b"a = \x00", "1: column 5: no TOML value"),
    ],
)  # fmt: skip
def test_what_is_no_toml_has_one_line(own: Path, text: bytes, said: str) -> None:
    (problem,) = problems(own, text)
    assert said in problem
    assert "\n" not in problem


@pytest.mark.parametrize("text", [SAMPLE.replace("\n", "\r\n"), "\ufeff" + SAMPLE], ids=["CRLF", "byte order mark"])
def test_what_editors_on_windows_write(own: Path, text: str) -> None:
    assert problems(own, text) == []


def test_files_that_cannot_be_read(own: Path) -> None:
    (on_folder,) = check_file(own)
    assert str(on_folder) == f"{own}: a folder, allowed: a file"
    (missing,) = check_file(own / "none.toml")
    assert str(missing) == f"{own / 'none.toml'}: there is no such file, allowed: the path of a TOML file"
    for path in (own / ("x" * 300), Path("a\0b.toml")):
        (problem,) = check_file(path)
        assert "cannot be read (" in str(problem)
        with pytest.raises(RuleFileError, match="cannot be read"):
            load_stretch(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(own: Path) -> None:
    os.mkfifo(own / "pipe.toml")
    (problem,) = check_file(own / "pipe.toml")
    assert str(problem).endswith("no ordinary file, allowed: a TOML file")


NONSENSE = [
    "", "=", "'", '"', "[", "]]", "{", "nan", "-inf", "true", "[[1], {}]", "{a = 1}", "0x" + "f" * 99, "1979-05-27",
    "07:32:00", '""', '"""\n"""', "[[rules]]", "margin", "#", ",", "\x00", "é",
]  # fmt: skip


@given(
    st.sampled_from(sorted(shipped_folder().glob("*.toml"))),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(["value", "insert", "delete", "again"]),
                       st.sampled_from(NONSENSE)), min_size=1, max_size=4),
)  # fmt: skip
def test_no_file_is_too_broken(tmp_path_factory: pytest.TempPathFactory, shipped: Path, edits) -> None:
    lines = shipped.read_text(encoding="utf-8").split("\n")
    for where, kind, nonsense in edits:
        at = int(where * (len(lines) - 1))
        if kind == "value":
            lines[at] = re.sub("=.*", f"= {nonsense}", lines[at], count=1)
        elif kind == "insert":
            lines.insert(at, nonsense)
        elif kind == "delete":
            del lines[at]
        else:
            lines.insert(at, lines[len(lines) // 2])
    path = tmp_path_factory.getbasetemp() / "broken.toml"
    path.write_bytes("\n".join(lines).encode())
    rows = "\n".join(lines).split("\n")
    for problem in check_file(path):
        assert "\n" not in str(problem)
        assert "allowed: " in str(problem)
        assert problem.line is None or 1 <= problem.line <= len(rows)


@given(st.sampled_from([m.start() for m in re.finditer(r"(?m)^[a-z_]+ = ", SAMPLE)]))
def test_a_key_that_is_misspelt_is_told_on_its_own_line(tmp_path_factory: pytest.TempPathFactory, at: int) -> None:
    path = tmp_path_factory.getbasetemp() / "misspelt.toml"
    path.write_text(SAMPLE[:at] + "zz" + SAMPLE[at:], encoding="utf-8")
    line = SAMPLE[:at].count("\n") + 1
    told = [problem for problem in check_file(path) if problem.line == line]
    assert any(problem.key.rpartition(".")[2].startswith("zz") for problem in told)
