"""`posecheck stretches` as a person sees it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from posecheck.cli.stretches import app
from posecheck.errors import RuleFileError
from posecheck.measures.table import MEASURES
from posecheck.rules.fields import Model
from posecheck.rules.routine import Routine
from posecheck.rules.schema import schema_of
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import load_stretch, shipped_folder

ROOT = Path(__file__).parents[2]
SAMPLE = (ROOT / "tests" / "support" / "sample_stretch.toml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSECHECK_STRETCHES", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.mark.parametrize("arguments", [(), ("list",)])
def test_list_is_what_the_bare_command_does(arguments: tuple[str, ...], own: Path) -> None:
    result = run(*arguments)
    assert result.exit_code == 0
    assert re.search(r"^bridge +Bridge +glute-bridge.* shipped", result.stdout, re.MULTILINE)
    assert re.search(r"^sphinx ", result.stdout, re.MULTILINE)
    assert str(own) in result.stdout
    assert result.stderr == ""
    assert all(line == line.rstrip() for line in result.stdout.splitlines())


def test_list_tells_of_an_own_file_that_cannot_be_used(own: Path) -> None:
    mine = own / "mine.toml"
    mine.write_text("schema = 1\n")
    result = run()
    assert result.exit_code == 0
    assert re.search(r"^mine +cannot be used: see below +yours", result.stdout, re.MULTILINE)
    mistakes = len(run("check", mine).stdout.splitlines())
    assert mistakes > 1
    assert result.stderr == f"{mine}: {mistakes} mistakes; posecheck stretches check {mine} lists them\n"
    mine.write_text("schema = 1\nwhat [is] this\n")
    assert run().stderr == f"{mine}:2: column 6: no = after the key, allowed: key = value\n"


def test_check_says_ok_file_by_file() -> None:
    files = sorted(shipped_folder().glob("*.toml"))
    result = run("check", *files)
    assert (result.exit_code, result.stdout) == (0, "".join(f"{file}: ok\n" for file in files))


def test_check_tells_all_problems_of_all_files_and_fails(own: Path) -> None:
    first, second, missing = own / "a.toml", own / "b.toml", own / "c.toml"
    first.write_text(SAMPLE.replace("repetitions = 8", "repetitions = 0").replace('support = "', 'suport = "'))
    second.write_text(SAMPLE)
    result = run("check", first, second, missing)
    assert result.exit_code == 5
    lines = result.stdout.splitlines()
    number = {key: SAMPLE[: SAMPLE.index(key)].count("\n") + 1 for key in ("support = ", "repetitions = ")}
    assert lines[0].startswith(f"{first}:1: support: missing, allowed: shoulders-heels, elbows-toes, wrists-knees")
    assert lines[1].startswith(
        f"{first}:{number['support = ']}: suport: unknown key, did you mean 'support'? allowed: "
    )
    assert lines[2] == f"{first}:{number['repetitions = ']}: hold.repetitions: 0 is too little, allowed: 1 or more"
    assert lines[3] == f"{second}: ok"
    assert lines[4] == f"{missing}: there is no such file, allowed: the path of a TOML file"
    assert len(lines) == 5


SECTIONS = {
    "bridge": ("Good: slope of the trunk: -", "Above: \"Press your feet down", "single-leg: One foot stays planted",
               "one-leg-up: not judged", "seconds of rest between", "L: feet flat."),
    "sphinx": ("Good: elbow ahead of the shoulder, over upper-arm length: ", "sore-neck: A neck that tires",
               "Zero is: elbow under the shoulder. Above zero: elbow further towards the head."),
    "cat-cow": ("Phases", "above your own neutral)", "below your own neutral)", "rounds of cat and cow",
                "Otherwise: \"Slower: take half a breath for each way.\"", "sore-wrists: Wrists that do not"),
}  # fmt: skip


@pytest.mark.parametrize("name", SECTIONS)
def test_show_with_evidence_explains_all_there_is(name: str) -> None:
    result = run("show", name, "--evidence")
    assert result.exit_code == 0
    headings = ("Getting in\n  1. ", "Getting out\n", "Care\n  - Stop if", "What to aim at\n",
                "Good form, the most important first\n",
                "What a side view cannot show\n", "Modifications\n", "Camera\n", "Sources\n  - ")  # fmt: skip
    assert [heading for heading in headings if f"\n\n{heading}" not in result.stdout] == []
    flowing = " ".join(result.stdout.split())
    assert [words for words in SECTIONS[name] if words not in flowing] == []


@pytest.mark.parametrize("name", SECTIONS)
def test_show_speaks_as_a_teacher_would(name: str) -> None:
    """All words that a person needs, and every fault by its name; no limit, no reason and no source."""
    stretch = load_stretch(name)
    flowing = " ".join(run("show", name).stdout.split())
    rules = [*stretch.rules, *stretch.swing_rules]
    cues = [cue for rule in stretch.rules for cue in (rule.cue_low, rule.cue_high) if cue]
    variants = [words for one in stretch.modifications.values() for words in (one.title, one.advice)]
    said = [*stretch.getting_in, *stretch.getting_out, *stretch.care, *stretch.not_visible, *cues, *variants,
            *(rule.cue for rule in stretch.swing_rules), *(f"{rule.name}: " for rule in rules),
            stretch.ready.description, stretch.camera.advice]  # fmt: skip
    assert [words for words in said if " ".join(words.split()) not in flowing] == []
    unsaid = [*(rule.why for rule in rules), stretch.hold.why, *(source.title for source in stretch.sources),
              "Good: ", "Zero is", "Sources", "°", "%", "neutral)"]  # fmt: skip
    assert [words for words in unsaid if " ".join(words.split()) in flowing] == []


@pytest.mark.parametrize("columns", [40, 80])
def test_show_fits_the_width(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run("show", "cat-cow", "--evidence").stdout.splitlines()
    assert max(map(len, lines)) <= columns
    assert all(line == line.rstrip() for line in lines)


def test_show_takes_words_as_they_stand(own: Path) -> None:
    path = own / "mine.toml"
    path.write_text(SAMPLE.replace('"Sample"', '"[red]My[/red] [bridge]"'))
    assert run("show", path).stdout.startswith("[red]My[/red] [bridge]\n")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ("min = 20", "20° or more above your own neutral"),
        ("max = -20", "20° or more below your own neutral"),
        ("min = -20", "no more than 20° below your own neutral"),
        ("max = 20", "no more than 20° above your own neutral"),
        ("min = -5, max = 20", "no more than 5° below and no more than 20° above your own neutral"),
    ],
)
def test_show_says_what_relative_to_neutral_means(own: Path, limits: str, words: str) -> None:
    path = own / "mine.toml"
    assert "min = 20," in SAMPLE
    path.write_text(SAMPLE.replace("min = 20,", f"{limits},"))
    assert f": {words})" in " ".join(run("show", path, "--evidence").stdout.split())


def test_measures_explains_every_measure_as_rule_files_call_it() -> None:
    result = run("measures")
    assert result.exit_code == 0
    told = {block.split(":")[0]: " ".join(block.split()) for block in result.stdout.split("\n\n")[:-1]}
    assert list(told) == list(MEASURES)
    for name, spec in MEASURES.items():
        start = f"{name}: {spec.meaning} Zero is: {spec.zero}. Above zero: {spec.positive}."
        assert told[name].startswith(start)
        assert f"known error {spec.error:g}" in told[name]
    assert told["thigh_pitch"].endswith("Degrees; known error 3; seen must be: hip, knee.")
    assert "Degrees; known error 19 (of a change within one person: 6);" in told["spine_flexion"]
    assert (
        "A share, 1 is the whole length; known error 0.06; seen must be: knee, ankle, heel, toes."
        in (told["heel_height"])
    )
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize(("arguments", "model"), [((), Stretch), (("--routine",), Routine)])
def test_schema_prints_the_schema_for_editors(arguments: tuple[str, ...], model: type[Model]) -> None:
    result = run("schema", *arguments)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == schema_of(model)


def test_check_says_where_the_measures_are_explained(own: Path) -> None:
    path = own / "mine.toml"
    path.write_text(SAMPLE.replace("knee_flexion", "knee_flection"))
    result = run("check", path)
    assert result.exit_code == 5
    assert "unknown measure 'knee_flection', allowed: knee_flexion, " in result.stdout
    assert "; posecheck stretches measures explains them\n" in result.stdout


def test_an_unknown_stretch_is_left_to_the_command_line() -> None:
    assert isinstance(run("show", "brigde").exception, RuleFileError)


def test_loading_the_command_loads_nothing_heavy() -> None:
    code = "import sys, posecheck.cli.stretches; print({'numpy', 'pydantic', 'cv2', 'mediapipe'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
