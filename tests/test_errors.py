"""The errors' one line, and its two parts."""

from __future__ import annotations

import pickle

import pytest

from posecheck.errors import InputError, ModelError, PoseCheckError, RuleFileError


@pytest.mark.parametrize(
    ("error", "line", "remedy"),
    [
        (InputError("a.mp4: no such file; name a clip"), "a.mp4: no such file; name a clip", ""),
        (ModelError("m.task: no; such file", "name a bundle"), "m.task: no; such file; name a bundle", "name a bundle"),
        (RuleFileError(["a:1: x", "a:2: y"]), "a:1: x\na:2: y", ""),
    ],
)
def test_an_error_is_one_line_of_what_is_wrong_and_what_to_do(error: PoseCheckError, line: str, remedy: str) -> None:
    assert str(error) == line
    assert error.remedy == remedy
    assert error.message == (line.removesuffix(f"; {remedy}") if remedy else line)


def test_an_error_from_a_worker_process_is_the_same() -> None:
    sent = ModelError("no pose model", "connect once")
    received = pickle.loads(pickle.dumps(sent))
    assert (type(received), received.message, received.remedy) == (ModelError, "no pose model", "connect once")
