"""What other programs see of posecheck."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import posecheck

ROOT = Path(__file__).parents[1]
HEAVY = {"av", "cv2", "matplotlib", "mediapipe", "PIL"}
NAMES = [name for name in posecheck.__all__ if name != "__version__"]


def modules_after(program: str) -> set[str]:
    """The top modules that are loaded when a program has run in a process of its own, and posecheck's own."""
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    names = done.stdout.split()
    return {name if name.startswith("posecheck") else name.partition(".")[0] for name in names}


def test_importing_it_imports_nothing_else() -> None:
    before, after = modules_after(""), modules_after("import posecheck")
    assert after - before - sys.stdlib_module_names == {"posecheck"}


def test_no_name_loads_anything_heavy_until_it_is_used() -> None:
    after = modules_after("from posecheck import *")
    assert {"posecheck.judging.session", "posecheck.workflows.analyze", "numpy"} <= after
    assert after.isdisjoint(HEAVY)


def test_what_type_checkers_see_is_what_is_loaded() -> None:
    nodes = [node for node in ast.walk(ast.parse(inspect.getsource(posecheck))) if isinstance(node, ast.ImportFrom)]
    seen = {node.names[0].asname: node.module for node in nodes if node.module and node.module.startswith("posecheck.")}
    assert seen == posecheck._HOMES


def test_nothing_else_is_public() -> None:
    assert dir(posecheck) == sorted(posecheck.__all__)
    assert len(set(posecheck.__all__)) == len(posecheck.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'sessions'"):
        posecheck.sessions  # noqa: B018


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_there_and_explained(name: str) -> None:
    value = getattr(posecheck, name)
    assert value.__module__ == posecheck._HOMES[name], "loaded from where it is at home"
    assert value.__name__ == name
    assert inspect.getdoc(value)
    if not inspect.isclass(value):
        return
    members = [
        (member, found.fget if isinstance(found, property) else getattr(found, "__func__", found))
        for member, found in vars(value).items()
        if not member.startswith(("_", "model_"))
    ]
    bare = [member for member, found in members if inspect.isfunction(found) and not inspect.getdoc(found)]
    assert bare == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("Error")])
def test_all_errors_are_of_one_tree(name: str) -> None:
    assert issubclass(getattr(posecheck, name), posecheck.PoseCheckError)


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


def test_a_type_checker_knows_all_of_it(tmp_path: Path) -> None:
    """And finds what is wrong, so that it has not merely taken everything for Any."""
    program = tmp_path / "program.py"
    program.write_text(dedent(SNIPPET) + "".join(f"{line}\n" for line in WRONG))
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file=", str(program)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path, env=os.environ | {"MYPYPATH": str(ROOT)}
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("program.py") and ": error:" in line]
    assert [line.rpartition("[")[2].rstrip("]") for line in told] == list(WRONG.values()), done.stdout + done.stderr
