"""`posecheck history` as a person sees it."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import typer
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image
from typer.testing import CliRunner, Result

from posecheck.cli.history import history
from posecheck.coaching.progression import FaultDone, HoldDone, SessionDone
from posecheck.errors import OutputError, UsageError
from posecheck.presenters.output.history_plot import drawn
from posecheck.presenters.terminal.history import LEGEND
from posecheck.storage.history import History

FIRST = datetime(2026, 3, 2, 7, 30, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSECHECK_HISTORY", str(tmp_path / "history.sqlite"))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "history.sqlite"


@pytest.fixture
def kept(path: Path) -> Path:
    """Three weeks: bridge and cat-cow, bridge, and a session that was cut short."""
    with History(path) as opened:
        for week in range(3):
            started = FIRST + timedelta(weeks=week)
            number = opened.begin(started)
            bridge = HoldDone("bridge", None, 4.0, 10.0 + week, 10.0, 80.0)
            done = SessionDone(number, started, started + timedelta(minutes=6), (bridge, replace(bridge, hold_s=7.0)))
            if week == 0:
                cat = HoldDone("cat-cow", "cat", 60.0, 2.5, 2.0, 90.0)
                faults = (FaultDone("bridge", "hips-low", 3.2, 2), FaultDone("bridge", "feet-too-far", 9.0, 1))
                moved = {"cat-cow": 71.4}
                done = replace(done, holds=(*done.holds, cat), faults=faults, range_of_motion_deg=moved)
            if week < 2:
                opened.finish(done)
            else:
                opened.add(number, done.holds)
    return path


app = typer.Typer()
app.command()(history)


def run(*arguments: str | Path, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), input=answer)


def test_without_a_session_it_says_how_to_begin(path: Path) -> None:
    result = run()
    assert (result.exit_code, result.stdout) == (0, "No session yet: `posecheck practice` begins one.\n")
    assert not path.exists()


def test_shows_a_row_for_each_stretch_and_a_bar_for_each_week(kept: Path) -> None:
    lines = run().stdout.splitlines()
    assert re.split(" {2,}", lines[0].strip()) == [
        *("no", "when", "stretch", "holds", "best", "aim", "form", "range", "pain", "to mend")
    ]
    assert lines[1].rstrip() == " 1  02 Mar 26    bridge     1/2  10.0 s  10 s    80               feet-too-far"
    assert lines[2].rstrip() == "                 cat-cow    1/1   2.5 s   2 s    90    71°"
    assert lines[4].startswith(" 3  16 Mar 26 *  bridge ")
    assert tuple(lines[5:7]) == LEGEND
    assert all(heading in " ".join(LEGEND) for heading in ("holds:", "best:", "form:", "range:", "pain:"))
    assert lines[7] == "* cut short"
    bars = lines[lines.index("Held on good form, by week") + 1 :][:3]
    assert [line.split()[:3] for line in bars] == [["02", "Mar", "0:20"], ["09", "Mar", "0:18"], ["16", "Mar", "0:19"]]
    lengths = [len(line) - len(line.rstrip("█#")) for line in bars]
    assert lengths == [30, 28, 29]
    assert str(kept) in lines[-1]


def test_fits_into_80_columns_without_losing_a_word(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run().stdout.splitlines()
    assert all(len(line) <= 80 for line in lines[:-1])
    assert "…" not in "".join(lines)


def test_is_read_while_somebody_practises(kept: Path) -> None:
    with History(kept):
        assert "bridge" in run().stdout


def test_exports_every_hold_as_csv(kept: Path, tmp_path: Path) -> None:
    assert run("--export", tmp_path / "all.csv").exit_code == 0
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7
    assert rows[2] == {
        "session": "1",
        "started": rows[0]["started"],
        "pain": "",
        "stretch": "cat-cow",
        "phase": "cat",
        "start_s": "60.0",
        "hold_s": "2.5",
        "target_s": "2.0",
        "score": "90",
        "completed": "True",
    }
    assert datetime.fromisoformat(rows[0]["started"]) == FIRST


def test_exports_all_as_json(kept: Path, tmp_path: Path) -> None:
    run("--pain", "2", "--session", "1")
    assert run("--export", tmp_path / "all.JSON").exit_code == 0
    content = json.loads((tmp_path / "all.JSON").read_text(encoding="utf-8"))
    assert content["schema"] == 1
    first, _, last = content["sessions"]
    assert (first["pain"], first["range_of_motion_deg"], len(first["faults"])) == (2, {"cat-cow": 71.4}, 2)
    assert (last["ended"], last["faults"]) == (None, [])


def test_plots(kept: Path, tmp_path: Path) -> None:
    result = run("--plot", tmp_path / "weeks.png")
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path / 'weeks.png'}: 3 sessions\n")
    with Image.open(tmp_path / "weeks.png") as image:
        assert image.format == "PNG"
        colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 20) or ()}
    assert {(0, 114, 178), (213, 94, 0)} <= colours, "a line for each stretch"


def test_the_legend_lies_beside_the_data_and_no_value_touches_an_edge() -> None:
    """Values that would lie under a legend in a corner: the first session is the best."""
    sessions = [
        SessionDone(number, at, at, (HoldDone("bridge", None, 0.0, hold_s, 6.0, 90.0),), (), {"bridge": 10.0 * hold_s})
        for number, (at, hold_s) in enumerate([(FIRST, 12.0), (FIRST + timedelta(days=7), 4.0)])
    ]
    figure = drawn(sessions)
    FigureCanvasAgg(figure).draw()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["bridge"]
    length, form, range_ = figure.axes
    for axes in (length, form, range_):
        assert axes.get_legend() is None
        assert not legend.get_window_extent().overlaps(axes.get_window_extent())
    for axes, most in ((length, 12.0), (form, 90.0), (range_, 120.0)):
        assert axes.get_ylim()[0] == 0.0
        assert axes.get_ylim()[1] > 1.02 * most


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--export", "all.txt"], "FILE.csv or FILE.json"),
        (["--plot", "weeks.jpg"], "FILE.png"),
        (["--session", "1"], "give --pain too"),
        (["--delete", "--pain", "3"], "--delete goes alone"),
        (["--pain", "11"], "0 for none"),
        (["--pain", "3", "--session", "9"], "no session 9"),
    ],
)
def test_what_makes_no_sense_is_told(kept: Path, arguments: list[str], words: str) -> None:
    error = run(*arguments).exception
    assert isinstance(error, UsageError)
    assert words in str(error)


@pytest.mark.parametrize("arguments", [["--pain", "3"], ["--plot", "weeks.png"]])
def test_nothing_can_be_done_with_no_session(path: Path, arguments: list[str]) -> None:
    error = run(*arguments).exception
    assert isinstance(error, UsageError)
    assert "practise first" in str(error)


def test_what_cannot_be_written_is_told(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for option, name in (("--export", "all.csv"), ("--plot", "weeks.png")):
        error = run(option, tmp_path / "file" / name).exception
        assert isinstance(error, OutputError)
        assert "name another file" in str(error)


def test_pain_is_kept_for_the_last_session(kept: Path) -> None:
    assert run("--pain", "3").stdout == "Session 3: pain 3 of 10.\n"
    (row,) = (line.split() for line in run().stdout.splitlines() if line.startswith(" 3 "))
    assert row[-1] == "3"


def test_delete_asks(kept: Path) -> None:
    assert "Nothing was deleted." in run("--delete", answer="n\n").stdout
    assert kept.exists()
    result = run("--delete", answer="y\n")
    assert f"Delete 3 sessions in {kept} for good?" in result.stdout
    assert result.stdout.endswith("Deleted 3 sessions.\n")
    assert not kept.exists()
    assert run("--delete", "--yes").stdout == "There is no history to delete.\n"


def test_delete_does_not_ask_with_yes(kept: Path) -> None:
    assert run("--delete", "--yes").stdout == "Deleted 3 sessions.\n"


def test_a_damaged_history_is_told_and_left_to_the_next_practice(kept: Path) -> None:
    content = bytearray(kept.read_bytes())
    content[100:4096] = b"x" * 3996
    kept.write_bytes(content)
    result = run()
    assert isinstance(result.exception, OutputError)
    assert "is damaged" in str(result.exception)
    assert "the next practice sets it aside" in str(result.exception)
    assert kept.read_bytes() == content


def test_rows_that_make_no_sense_are_left_out_and_said(kept: Path) -> None:
    with closing(sqlite3.connect(kept)) as db, db:
        db.execute("UPDATE sessions SET started = 'yesterday' WHERE number = 2")
    result = run()
    assert "posecheck: the history: 1 row makes no sense and is left out (sessions: 2, 'yesterday'" in result.stderr
    assert [line.split()[0] for line in result.stdout.splitlines() if line[:2].strip().isdigit()][:2] == ["1", "3"]


def test_restore_puts_another_one_in_its_place(kept: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(kept.read_bytes())
    assert run("--delete", "--yes").exit_code == 0
    assert run("--restore", copy).stdout == f"Restored 3 sessions from {copy}.\n"
    assert "What was there before is now" in run("--restore", copy).stdout
