"""A person's own limits as they are read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.cli.personal_limits import Suited
from posecheck.errors import RuleFileError
from posecheck.rules.limits import Threshold
from posecheck.storage.profiles import profile_file, read_profile, write_profile
from posecheck.storage.rule_files import load_stretch


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_what_was_written_is_read() -> None:
    limits = {Threshold("hips-low", "min"): 12.5}
    write_profile("anna", "bridge", limits, "of 3 clips")
    assert read_profile("anna") == {"bridge": limits}


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e300", "1" + "0" * 400, "true", "'12'", "[1]"])
def test_a_limit_that_is_no_number_of_use_is_refused_with_its_place(value: str) -> None:
    file = profile_file("anna")
    file.parent.mkdir(parents=True)
    file.write_text(f"[bridge.hips-low]\nmin = {value}\n")
    with pytest.raises(RuleFileError, match=r"anna\.toml: bridge\.hips-low\.min: is no limit, allowed:"):
        read_profile("anna")


def test_a_limit_that_the_stretch_does_not_have_is_told() -> None:
    write_profile("anna", "bridge", {Threshold("hips-purple", "min"): 12.5}, "by hand")
    with pytest.raises(RuleFileError, match=r"bridge: there is no limit hips-purple min; take it out"):
        Suited("anna")(load_stretch("bridge"))
