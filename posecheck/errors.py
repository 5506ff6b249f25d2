"""Everything that posecheck raises on purpose.

::

    PoseCheckError
    ├── UsageError        a combination of options that makes no sense           exit code 2
    ├── InputError        a clip, photograph or recording that cannot be read    exit code 3
    ├── OutputError       a result that cannot be written                        exit code 3
    ├── ModelError        no pose model to be had, or one that does not load     exit code 4
    └── RuleFileError     a stretch that is unknown or whose file is faulty      exit code 5

An error reads as one line, ``what is wrong, and where; what to do``. Where a program needs the two parts by
themselves, as `posecheck doctor` does, the error is raised with two arguments, the message and the remedy. Elsewhere
one argument holds the whole line. Nobody takes a line apart. A person missing from a frame is a fact, not an error.
"""

from __future__ import annotations

from collections.abc import Sequence


class PoseCheckError(Exception):
    """Base of every error raised on purpose.

    Args:
        message: What is wrong, and where. The whole line, if no remedy is given.
        remedy: What to do.

    Attributes:
        exit_code: What the command line exits with, and the ``code`` of an error object in JSON.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(*([message, remedy] if remedy else [message]))

    def __str__(self) -> str:
        return "; ".join(self.args)

    @property
    def message(self) -> str:
        """What is wrong, and where."""
        return str(self.args[0])

    @property
    def remedy(self) -> str:
        """What to do; empty if the message is the whole line."""
        return "".join(self.args[1:])


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
