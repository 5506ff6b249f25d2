"""People's own limits, kept in the user's folder: one TOML file per person, one table per rule."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import tomlkit
from platformdirs import user_config_path

from posecheck.errors import OutputError, RuleFileError
from posecheck.rules.limits import Threshold
from posecheck.system.atomic_files import elsewhere, replacing

MOST = 1e6
"""No limit is larger, in degrees, seconds or as a ratio; what is larger, endless or no number is damage."""

Profile = dict[str, dict[Threshold, float]]
"""Limits by the stretch's name."""


def profile_file(name: str) -> Path:
    """The file of a person's limits. It need not exist.

    Raises:
        RuleFileError: If the name is not valid for a file.
    """
    if not re.fullmatch(r"[\w-]+", name):
        raise RuleFileError([f"'{name}' is no name of a profile, allowed: letters, digits, '-' and '_'"])
    return user_config_path("posecheck") / "profiles" / f"{name}.toml"


def read_profile(name: str) -> Profile:
    """A person's limits.

    Raises:
        RuleFileError: If there is no file for this name, or with every problem of the file.
    """
    path = profile_file(name)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        known = [one.stem for one in path.parent.glob("*.toml")]
        there = f"there: {', '.join(sorted(known))}; or " if known else ""
        raise RuleFileError(
            [f"no profile '{name}' in {path.parent}, {there}make one with posecheck tune ... --personal {name}"]
        ) from error
    except OSError as error:
        raise RuleFileError([f"{path}: cannot be read ({error.strerror}); let yourself read it"]) from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise RuleFileError(
            [f"{path}: is no TOML ({error}); delete it, and write it anew by tune --personal"]
        ) from error
    profile: Profile = {}
    problems = []
    for stretch, rules in data.items():
        for rule, limits in rules.items() if isinstance(rules, dict) else [("", None)]:
            for limit, value in limits.items() if isinstance(limits, dict) else [("", None)]:
                is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MOST
                if limit in ("min", "max") and value is not None and is_number:
                    profile.setdefault(stretch, {})[Threshold(rule, limit)] = float(value)
                else:
                    place = ".".join(part for part in (stretch, rule, limit) if part)
                    problems.append(f"{path}: {place}: is no limit, allowed: [stretch.rule] with numbers min and max")
    if problems:
        raise RuleFileError(problems)
    return profile


def write_profile(name: str, stretch: str, limits: Mapping[Threshold, float], comment: str) -> Path:
    """Sets a person's limits for one stretch; an empty mapping removes them. Limits for other stretches stay.

    Raises:
        OutputError: If the file cannot be written.
        RuleFileError: If the present file is faulty.
    """
    path = profile_file(name)
    if path.exists():
        read_profile(name)  # raises if the file is faulty, as its content would be lost
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
    else:
        document = tomlkit.document()
        document.add(tomlkit.comment(f"Limits of {name}. A rule file's own safe limits hold whatever stands here."))
    rules = tomlkit.table(is_super_table=False)
    rules.comment(comment)
    for rule in dict.fromkeys(threshold.rule for threshold in limits):
        table = tomlkit.table()
        for threshold, value in limits.items():
            if threshold.rule == rule:
                table[threshold.limit] = value
        rules[rule] = table
    if limits:
        document[stretch] = rules
    else:
        document.pop(stretch, None)
    try:
        with replacing(path) as temporary:
            temporary.write_text(tomlkit.dumps(document), encoding="utf-8", newline="")
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error.strerror or error}); {elsewhere('XDG_CONFIG_HOME')}"
        ) from error
    return path
