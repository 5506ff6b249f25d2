"""Changes limits in the text of a rule file, and nothing else: comments, order and layout stay."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.items import AoT, InlineTable

from posecheck.errors import OutputError, RuleFileError
from posecheck.rules.limits import Threshold, rule_names, with_limits
from posecheck.rules.stretch import Stretch
from posecheck.system.atomic_files import replacing


def with_new_limits(text: str, values: Mapping[Threshold, float], comments: Mapping[Threshold, str]) -> str:
    """The text of a rule file with other limits, a comment behind each.

    Args:
        text: Valid TOML that is a valid stretch.
        values: New values; each limit must be in the file.
        comments: What to say behind each; without `#`.

    Raises:
        RuleFileError: If a limit is not in the file, or the new values make no stretch.
    """
    before = Stretch.model_validate(tomllib.loads(text))
    document = tomlkit.parse(text)
    for threshold, value in values.items():
        table = _table(document, before, threshold)
        old = table[threshold.limit]
        table[threshold.limit] = round(value) if value == round(value) else value
        if not isinstance(table, InlineTable):  # an inline table has no room for a comment
            earlier = old.trivia.comment.lstrip("# ")
            told = "; ".join(part for part in (comments.get(threshold), earlier) if part)
            if told:
                table[threshold.limit].comment(told)
                table[threshold.limit].trivia.comment_ws = "  "
    result = tomlkit.dumps(document)
    try:
        after = Stretch.model_validate(tomllib.loads(result))
    except ValidationError as error:
        raise RuleFileError(
            [f"the new limits make no stretch: {problem['msg']}" for problem in error.errors()]
        ) from error
    if after != with_limits(before, values):
        raise RuleFileError(["this rule file cannot be edited without changing more than its limits; edit it by hand"])
    return result


def write_text(path: Path, text: str) -> None:
    """Replaces a file with a text atomically.

    Raises:
        OutputError: If it cannot be written, or the file is marked as read-only.
    """
    try:
        refuse_read_only(path)
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); name another file") from error


def refuse_read_only(path: Path) -> None:
    """Raises OutputError if a file is marked as read-only, as its owner wants to keep it."""
    if path.exists() and not path.stat().st_mode & 0o222:
        raise OutputError(f"{path}: is read-only, and stays as it is; name another file")


def _table(document: Mapping[str, Any], stretch: Stretch, threshold: Threshold) -> Any:
    """The table that holds a limit."""
    for part in ("rules", "swing_rules"):
        found: AoT | list[Any] = document.get(part, [])
        for table in found:
            if table["name"] == threshold.rule and threshold.limit in table:
                return table
    names = ", ".join(rule_names(stretch))
    raise RuleFileError([f"{stretch.name} has no limit '{threshold}' in this file; its rules are {names}"])
