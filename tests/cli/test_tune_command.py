"""`posecheck tune` as a person sees it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from posecheck.cli import app
from posecheck.errors import InputError, OutputError, RuleFileError, UsageError
from posecheck.rules.limits import Threshold
from posecheck.storage.label_files import write_labels
from posecheck.storage.rule_edits import with_new_limits
from posecheck.storage.rule_files import check_file, file_of, load_stretch
from tests.support.labelled import BODIES, saved

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three bodies' recordings, their labels, and a bridge whose hips may hang."""
    folder = tmp_path_factory.mktemp("clips")
    _, labels = saved(folder, "hips-low", bodies=BODIES[:3])
    write_labels(folder / "labels.csv", labels)
    text = file_of("bridge").read_text(encoding="utf-8")
    spoiled = with_new_limits(text, {Threshold("hips-low", "max"): -3.0}, {})
    (folder / "spoiled.toml").write_text(spoiled, encoding="utf-8")
    return folder


ALLOWED = "good, hips-low, hips-high, feet-too-far, feet-too-near, heels-lifted, one-leg-up"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def on(folder: Path, stretch: str | Path, *options: str | Path) -> Result:
    clips = sorted(folder.glob("hips-low-*.npz"))
    return run("tune", stretch, *clips, "--labels", folder / "labels.csv", *options)


def test_it_says_what_is_wrong_and_what_would_be_better(folder: Path) -> None:
    result = on(folder, folder / "spoiled.toml")
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0] == "Bridge: 3 clips, 3 people"
    (limit,) = (line for line in lines if line.startswith("hips-low max"))
    assert limit.startswith("hips-low max -3° -2")
    assert limit.endswith("of seconds right")
    assert any(line.startswith("Together: 0.5") for line in lines)
    assert any(line.startswith("Chosen anew without each of the 3 people in turn, and tried on") for line in lines)
    assert any(
        line.startswith("hips-low: precision 1.00 (nothing was named before), recall 0.00 to 0.9") for line in lines
    )
    (lacking,) = (line for line in lines if "no faulty seconds" in line or line.startswith("hips-high"))
    assert lacking.startswith("! no faulty seconds are labelled for hips-high, feet-too-far")


@pytest.mark.parametrize("width", [60, 80])
def test_figures_are_not_broken_over_lines(folder: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    wide = [on(folder, folder / "spoiled.toml"), on(folder, "bridge", "--compare", folder / "spoiled.toml")]
    monkeypatch.setenv("COLUMNS", str(width))
    narrow = [on(folder, folder / "spoiled.toml"), on(folder, "bridge", "--compare", folder / "spoiled.toml")]
    for one, other in zip(wide, narrow, strict=True):
        figures = re.findall(r"\S+ \(\S+–\S+\)", one.stdout)
        assert len(figures) >= 6
        assert re.findall(r"\S+ \(\S+–\S+\)", other.stdout) == figures
    assert re.search(r"hips-low max +-3° +-2\S+ +-\S+ to -\S+ ", narrow[0].stdout)


def test_one_person_who_shows_no_fault(folder: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    rows = (folder / "labels.csv").read_text(encoding="utf-8").splitlines()
    labels.write_text("\n".join([rows[0], *(row for row in rows if row.endswith(",ada") and ",good," in row)]))
    result = run("tune", "bridge", folder / "hips-low-ada.npz", "--labels", labels)
    lines = result.stdout.splitlines()
    assert lines[0] == "Bridge: 1 clip of ada"
    (told,) = (line for line in lines if "hips-low" in line)
    assert told.startswith("! no faulty seconds are labelled for hips-low, hips-high, feet-too-far, ")
    assert any(line.startswith("! all clips are of ada:") and "; --personal ada fits" in line for line in lines)


def test_the_shipped_stretch_stays(folder: Path) -> None:
    result = on(folder, "bridge")
    assert "no value does clearly better" in result.stdout
    assert "Together" not in result.stdout


def test_the_proposal_is_written_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "better.toml"
    result = on(folder, folder / "spoiled.toml", "--write", path)
    assert f"{path}: 1 limit written" in result.stdout
    before = (folder / "spoiled.toml").read_text(encoding="utf-8").splitlines()
    after = path.read_text(encoding="utf-8").splitlines()
    ((old, new),) = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert float(old.removeprefix("max =")) == -3
    assert new.startswith("max = -2")
    assert "was -3°; 3 clips: precision 1.00 (nothing was named before)" in new
    assert check_file(path) == ()
    again = on(folder, path, "--write", path)
    assert f"no limit is to change: {path} stays as it is" in again.stdout
    assert path.read_text(encoding="utf-8").splitlines() == after


def test_a_rule_file_is_edited_in_its_place(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("# mine\n" + (folder / "spoiled.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert on(folder, path, "--write", path).exit_code == 0
    assert path.read_text(encoding="utf-8").startswith("# mine\n")
    assert load_stretch(path) != load_stretch(folder / "spoiled.toml")


def test_a_rule_file_that_need_not_change_is_not_written(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "same.toml"
    assert f"no limit is to change: {path} is not written" in on(folder, "bridge", "--write", path).stdout
    assert not path.exists()


def test_a_file_with_other_limits_than_the_tuned_one_is_refused(folder: Path, tmp_path: Path) -> None:
    """What would be written beside its limits was not measured with them."""
    path = tmp_path / "mine.toml"
    text = (folder / "spoiled.toml").read_text(encoding="utf-8")
    path.write_text(with_new_limits(text, {Threshold("hips-low", "max"): -40.0}, {}), encoding="utf-8")
    before = path.read_bytes()
    result = on(folder, folder / "spoiled.toml", "--write", path)
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith(f"--write {path}: its limits are not those of {folder / 'spoiled.toml'}")
    assert "(hips-low max: -40, not -3)" in str(result.exception)
    assert path.read_bytes() == before


def test_a_file_with_the_same_limits_and_other_words_is_edited(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = (folder / "spoiled.toml").read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title ="))
    path.write_text("# mine\n" + text.replace(title, 'title = "My own"'), encoding="utf-8")
    assert f"{path}: 1 limit written" in on(folder, folder / "spoiled.toml", "--write", path).stdout
    assert path.read_text(encoding="utf-8").startswith("# mine\n")
    assert load_stretch(path).title == "My own"


def test_a_read_only_file_is_refused_before_any_work(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes((folder / "spoiled.toml").read_bytes())
    path.chmod(0o444)
    result = on(folder, path, "--write", path)
    assert isinstance(result.exception, OutputError)
    assert "is read-only, and stays as it is" in str(result.exception)
    assert result.stdout == ""
    assert path.read_bytes() == (folder / "spoiled.toml").read_bytes()


def test_pictures(folder: Path, tmp_path: Path) -> None:
    result = on(folder, folder / "spoiled.toml", "--plot", tmp_path / "pictures")
    assert "4 pictures" in result.stdout
    names = {path.name for path in (tmp_path / "pictures").iterdir()}
    assert names == {"rule-hips-low.png", *(f"clip-hips-low-{body.name}.png" for body in BODIES[:3])}
    for path in (tmp_path / "pictures").iterdir():
        with Image.open(path) as picture:
            assert picture.width > 800
            assert len(picture.convert("L").getcolors()) > 10


def test_two_rule_files_side_by_side(folder: Path) -> None:
    result = on(folder, "bridge", "--compare", folder / "spoiled.toml")
    rows = [" ".join(line.split()) for line in result.stdout.splitlines()]
    (recall,) = (row for row in rows if row.startswith("recall"))
    assert recall.startswith("recall 0.9")
    assert recall.endswith("0.00 (0.00–0.00)")


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("nothing",), RuleFileError, "unknown stretch 'nothing'"),
        (("bridge", "--write", "mine.txt"), UsageError, "ends in .toml"),
        (("bridge", "--write", "SPHINX"), UsageError, "is the rule file of sphinx, not of bridge"),
        (("bridge", "--compare", "sphinx"), UsageError, "compare two files of one stretch"),
        (("bridge", "--compare", "bridge", "--plot", "d"), UsageError, "leave out --write and --plot"),
        (("sphinx",), InputError, "has labels of sphinx"),
        (("bridge", "CLIP"), InputError, "is named twice"),
    ],
)
def test_bad_wishes(folder: Path, arguments: tuple[str, ...], error: type[Exception], words: str) -> None:
    stands_for = {"SPHINX": str(file_of("sphinx")), "CLIP": str(folder / "hips-low-ada.npz")}
    result = on(folder, *(stands_for.get(one, one) for one in arguments))
    assert isinstance(result.exception, error), result.output
    assert words in str(result.exception)


def test_bad_labels_are_told_before_any_work(folder: Path, tmp_path: Path) -> None:
    labels = tmp_path / "l.csv"
    labels.write_text("clip,start_s,end_s,stretch,phase,label\na.mp4,1,0,bridge,,god\n")
    result = run("tune", "bridge", tmp_path / "a.mp4", "--labels", labels)
    assert isinstance(result.exception, InputError)
    assert str(result.exception).splitlines() == [
        f"{labels}:2: end_s: 0 is not after start_s, allowed: more than 1",
        f"{labels}:2: label: unknown name 'god', did you mean 'good'? allowed: {ALLOWED}",
        f"{tmp_path / 'a.mp4'}: no such file; check the path",
    ]


def test_labels_after_a_clips_end_are_told_with_all_other_mistakes(folder: Path, tmp_path: Path) -> None:
    labels = tmp_path / "l.csv"
    rows = [
        "hips-low-ada.mp4,1,2,bridge,,good",
        "hips-low-ada.mp4,30,60,bridge,,good",
        "hips-low-ben.mp4,1,0,bridge,,good",
    ]
    rows += ["small.mp4,1,2,bridge,,good", "small.mp4,3,99,bridge,,hips-low"]
    labels.write_text("\n".join(["clip,start_s,end_s,stretch,phase,label", *rows]), encoding="utf-8")
    clips = [folder / f"hips-low-{name}.npz" for name in ("ada", "ben", "cleo")]
    result = run("tune", "bridge", *clips, ROOT / "samples" / "small.mp4", "--labels", labels)
    assert isinstance(result.exception, InputError)
    late, empty, late_too, unlabelled = str(result.exception).splitlines()
    assert late.startswith(f"{labels}:3: end_s: 60 is after the end of hips-low-ada.mp4, allowed: up to ")
    assert empty.startswith(f"{labels}:4: end_s: 0 is not after start_s")
    assert late_too.startswith(f"{labels}:6: end_s: 99 is after the end of small.mp4, allowed: up to ")
    assert unlabelled.startswith(f"{clips[2]}: has no labels in {labels}")


def test_rows_of_a_stretch_that_is_still_to_be_made_stop_nothing(folder: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    rows = "lift.mp4,1,2,side-plank,,sagging,ada\nlift.mp4,3,4,brigde,,good,ada\n"
    labels.write_text((folder / "labels.csv").read_text(encoding="utf-8") + rows, encoding="utf-8")
    result = on(folder, "bridge", "--labels", labels)
    assert result.exit_code == 0, result.output
    assert result.stderr.count("\n") == 1
    assert "stretch: no rule file is of 'brigde', did you mean 'bridge'? Its rows are left out" in result.stderr
    assert result.stdout == on(folder, "bridge").stdout


def test_a_rule_file_that_knows_fewer_faults_is_tuned_and_compared(folder: Path, tmp_path: Path) -> None:
    """As a draft does that leaves out a fault which nothing tells."""
    labels = tmp_path / "labels.csv"
    rows = "hips-low-ada.mp4,19.5,20,bridge,,knees-in,ada\n"
    labels.write_text((folder / "labels.csv").read_text(encoding="utf-8") + rows, encoding="utf-8")
    for more in ((), ("--compare", folder / "spoiled.toml")):
        result = on(folder, "bridge", "--labels", labels, *more)
        assert result.exit_code == 0, result.output
        assert result.stderr.count("\n") == 1
        assert "bridge has no rule for knees-in (1 row): these rows are left out" in result.stderr
        assert result.stdout == on(folder, "bridge", *more).stdout


def test_loading_the_command_loads_nothing_heavy() -> None:
    code = "import sys, posecheck.cli.tune; print({'numpy', 'pydantic', 'cv2', 'mediapipe'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
