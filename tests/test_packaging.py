from __future__ import annotations

import os
import re
import sys
import tomllib
import zipfile
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

import pytest

import posecheck

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(wheel_path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(wheel_path)


def file_of(wheel: zipfile.ZipFile, name: str) -> str:
    (path,) = (path for path in wheel.namelist() if path.endswith(f".dist-info/{name}"))
    return wheel.read(path).decode()


def metadata_of(wheel: zipfile.ZipFile) -> Message:
    return HeaderParser().parsestr(file_of(wheel, "METADATA"))


def test_the_rule_files_travel_inside_the_package(wheel: zipfile.ZipFile) -> None:
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / "reference_poses").rglob("*.toml")}
    assert {"reference_poses/sphinx.toml", "reference_poses/cat-cow.toml", "reference_poses/bridge.toml"} <= here
    assert {f"posecheck/{path}" for path in here} <= set(wheel.namelist())


def test_nothing_but_the_package_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"posecheck", f"posecheck_stretch-{posecheck.__version__}.dist-info"}
    kinds = {Path(name).suffix for name in wheel.namelist() if name.startswith("posecheck/")}
    assert kinds == {".py", ".toml", ".typed"}


def test_the_distribution_has_a_name_of_its_own(wheel: zipfile.ZipFile) -> None:
    metadata = metadata_of(wheel)
    assert metadata["Name"] == "posecheck-stretch"
    assert metadata["Version"] == posecheck.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"


def test_the_classifiers_are_true(wheel: zipfile.ZipFile) -> None:
    """They name the Pythons that the suite runs on, of which the oldest is the least required, and no other licence."""
    metadata = metadata_of(wheel)
    said = metadata.get_all("Classifier", [])
    pythons = [one for text in said for one in re.findall(r"^Programming Language :: Python :: (3\.\d+)$", text)]
    assert metadata["Requires-Python"] == f">={pythons[0]}"
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert settings["mypy"]["python_version"] == pythons[0]
    assert settings["ruff"]["target-version"] == f"py{pythons[0].replace('.', '')}"
    if "CI" in os.environ:
        assert [f"{sys.version_info.major}.{sys.version_info.minor}"] == pythons
        assert sys.platform == "linux"
    assert [text for text in said if text.startswith("Operating System")] == ["Operating System :: POSIX :: Linux"]
    assert [text for text in said if text.startswith("License")] == []  # an expression says it, and forbids them
    assert "Apache License" in file_of(wheel, "licenses/LICENSE").lstrip()[:40]
    assert ("Typing :: Typed" in said) == ("posecheck/py.typed" in wheel.namelist())


def test_both_opencv_wheels_are_held_to_one_version_for_each_python(wheel: zipfile.ZipFile) -> None:
    requirements = metadata_of(wheel).get_all("Requires-Dist", [])
    plain, contrib = (
        sorted(requirement.removeprefix(name) for requirement in requirements if requirement.startswith(f"{name}=="))
        for name in ("opencv-python", "opencv-contrib-python")
    )
    assert len(plain) == 2
    assert plain == contrib


def test_the_command_is_posecheck(wheel: zipfile.ZipFile) -> None:
    assert file_of(wheel, "entry_points.txt").split("\n")[:2] == ["[console_scripts]", "posecheck = posecheck.cli:main"]
