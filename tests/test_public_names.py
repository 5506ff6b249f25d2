"""What other programs see of posecheck."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

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
