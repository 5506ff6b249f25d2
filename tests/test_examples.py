"""The examples, and the README's program, run where nothing but the wheel and what it needs is installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from textwrap import dedent

import av
import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
RECORDING = ROOT / "samples" / "recordings" / "bridge-hips-low-amara.npz"
LENGTH_S = 4.0
"""Of the clip: in a bridge from 2 s on."""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory, wheel_path: Path) -> Path:
    """Of an environment with the wheel; what it needs is taken from the environment of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    program = folder / "bin" / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        program,
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        wheel_path,
    ]
    subprocess.run(pip, check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    # A path on a line: the .pth files in it, such as that of an editable posecheck, are not followed.
    (site / "needed.pth").write_text(sysconfig.get_path("purelib"))
    return program


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The beginning of a sample, as the README's bridge.mp4."""
    path = tmp_path_factory.mktemp("clip") / "bridge.mp4"
    with av.open(str(ROOT / "samples" / "bridge-good-1.mp4")) as whole, av.open(str(path), "w") as part:
        stream = part.add_stream_from_template(whole.streams.video[0])
        for packet in whole.demux(video=0):
            if packet.dts is not None and packet.pts * packet.time_base < LENGTH_S:
                packet.stream = stream
                part.mux(packet)
    return path


def run(python: Path, folder: Path, *arguments: str | Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [python, *arguments], capture_output=True, text=True, check=False, cwd=folder, env=environment
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_it_is_the_wheel_that_is_tried(python: Path, tmp_path: Path) -> None:
    where = run(python, tmp_path, "-c", "import posecheck; print(posecheck.__file__)")
    assert Path(where).is_relative_to(python.parents[1])


def test_all_of_them_are_here() -> None:
    assert [path.stem for path in EXAMPLES] == ["landmarks_from_elsewhere", "live_loop", "measure_over_time"]


def test_the_live_loop(python: Path, clip: Path, tmp_path: Path) -> None:
    lines = run(python, tmp_path, ROOT / "examples" / "live_loop.py", "bridge", clip).splitlines()
    assert [line.split()[2] for line in lines[:-1]] == ["ready", "entering", "holding"]
    assert re.fullmatch(r"held 1\.\d s from 2\.\d s, form (9\d|100) of 100", lines[-1])


def test_a_measure_over_time(python: Path, tmp_path: Path) -> None:
    told = run(
        python, tmp_path, ROOT / "examples" / "measure_over_time.py", RECORDING, "trunk_pitch_deg", "picture.png"
    )
    assert re.search(r"^holding +median -3\d\.\d$", told, re.MULTILINE)
    assert re.search(r"^at-fault +median -1\d\.\d$", told, re.MULTILINE)
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")


def test_landmarks_from_elsewhere(python: Path, tmp_path: Path) -> None:
    example = ROOT / "examples" / "landmarks_from_elsewhere.py"
    run(python, tmp_path, example, "--from", RECORDING, "mine.npz")
    told = run(python, tmp_path, example, "mine.npz", "bridge")
    assert re.search(r"^  held \d\.\d s, form \d+ of 100$", told, re.MULTILINE)
    assert re.search(r"^  3\.\d s hips-low: Press your feet down", told, re.MULTILINE)


def test_the_program_of_the_readme(python: Path, clip: Path) -> None:
    section = (ROOT / "README.md").read_text().split("## As a library")[1].split("\n## ")[0]
    (program,) = re.findall(r"^```python\n(.+?)\n```$", section, re.MULTILINE | re.DOTALL)
    (hold,) = run(python, clip.parent, "-c", program).splitlines()
    start_s, hold_s, score = map(float, hold.split())
    assert (start_s, hold_s) == pytest.approx((2.2, LENGTH_S - 2.2), abs=0.2)
    assert score > 90
    assert list(clip.parent.iterdir()) == [clip]


SNIPPET = """
    import numpy as np
    import posecheck

    session = posecheck.Session(posecheck.load_stretch("bridge"))
    with posecheck.open_video("bridge.mp4", start_s=1.0) as video, posecheck.PoseEstimator(who=2) as estimator:
        for frame in video:
            moment: posecheck.Moment = session.update(estimator.estimate(frame))
            if moment.state is posecheck.State.HOLDING and moment.cue is not None:
                print(moment.cue.text)
    scores: list[float] = [hold.score for hold in session.judgement().holds]
    result: posecheck.AnalysisResult = posecheck.analyze("bridge.mp4", ["bridge", posecheck.load_stretch("sphinx")])
    held: bool = (result.frames["state"] == "holding").any()
    blocks: list[posecheck.Poses] = []
    posecheck.analyze(
        posecheck.poses_from_arrays([0.0], np.zeros((1, 33, 2)), 640, 480), "bridge", on_poses=blocks.append
    )
    titles: list[str] = [stretch.title for stretch in posecheck.stretches()]
    with posecheck.open_camera(0) as camera:
        print(camera.info.width_px, camera.trouble)
    try:
        posecheck.Recording("recording.npz")
    except posecheck.InputError as error:
        print(error.exit_code)
"""
WRONG = {
    "posecheck.sessions": "attr-defined",
    'posecheck.Session("bridge")': "arg-type",
    'posecheck.analyze("a.mp4", on_poses=3)': "arg-type",
}


def test_the_wheel_carries_its_types(python: Path, tmp_path: Path) -> None:
    """The examples are right by them, and what is wrong is found: they do not take everything for Any."""
    program = tmp_path / "program.py"
    program.write_text(dedent(SNIPPET) + "".join(f"{line}\n" for line in WRONG))
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--python-executable", python]
    done = subprocess.run([*mypy, *EXAMPLES, "program.py"], capture_output=True, text=True, check=False, cwd=tmp_path)
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [(line.split(":")[0], line.rpartition("[")[2].rstrip("]")) for line in errors] == [
        ("program.py", kind) for kind in WRONG.values()
    ], done.stdout + done.stderr
