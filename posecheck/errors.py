"""Everything that posecheck raises on purpose.

::

    PoseCheckError
    ├── UsageError        a combination of options that makes no sense           exit code 2
    ├── InputError        a clip, photograph or recording that cannot be read    exit code 3
    ├── OutputError       a result that cannot be written                        exit code 3
    ├── ModelError        no pose model to be had, or one that does not load     exit code 4
    └── RuleFileError     a stretch that is unknown or whose file is faulty      exit code 5

A message is one line and says what to do next. A person missing from a frame is a fact, not an error.
"""

from __future__ import annotations

from collections.abc import Sequence


class PoseCheckError(Exception):
    """Base of every error raised on purpose.

    Attributes:
        exit_code: What the command line exits with, and the ``code`` of an error object in JSON.
    """

    exit_code = 1


class UsageError(PoseCheckError):
    """The caller asked for a combination that makes no sense."""

    exit_code = 2


class InputError(PoseCheckError):
    """A clip, photograph or recording cannot be read or analysed."""

    exit_code = 3


class OutputError(PoseCheckError):
    """A result cannot be written where it was asked for."""

    exit_code = 3


class ModelError(PoseCheckError):
    """The pose model cannot be found, assembled, downloaded or loaded."""

    exit_code = 4


class RuleFileError(PoseCheckError):
    """A stretch is unknown or its rule file is faulty.

    Args:
        problems: One line for each problem, ``file:line: key: what is wrong, what is allowed``.
    """

    exit_code = 5

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
