"""Matches the clip names of a labels file to clips.

People label `monday.mp4` or, if each patient has a folder, `ada/monday.mp4` and `ben/monday.mp4`; and they move
folders. So a name first matches the file at that path, relative to the labels file or to the working directory. Else
it matches the clip whose path shares the most trailing folders with it. A name that differs only in capitals, or in
how its accents are composed (a Mac decomposes them), matches if none matches exactly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import Path, PurePath

MOST_NAMED = 5
"""Largest number of clips that a message lists."""

Rank = tuple[bool, int, int, int]
"""How well a name matches a clip: whether it is the clip's path; the kind of match (`_kind`); and, if it is not the
path, the number of parent folders that agree and minus the number that do not."""


def match(
    clips: Sequence[tuple[Path, str]], labelled: Iterable[str], file: Path
) -> tuple[list[tuple[str, ...]], list[str]]:
    """Finds the names under which each clip is labelled. A clip with a problem gets none.

    Args:
        clips: As the user named them, each with the name of the file that was recorded, if it is a recording.
        labelled: The names in the labels.
        file: The labels file.

    Returns:
        The names of each clip, several only if they are paths of the same file; and the problems, one line each.
    """
    names = list(dict.fromkeys(labelled))
    places = {name: _places(name, file) for name in names}
    found: list[tuple[str, ...]] = []
    ranks: list[Rank | None] = []
    problems: list[str] = []
    for path, recorded in clips:
        mine = {name: rank for name in names if (rank := _rank(path, recorded, name, places[name]))}
        best = max(mine.values(), default=None)
        fitting = tuple(name for name, rank in mine.items() if rank == best)
        if best is not None and len(fitting) > 1 and not best[0]:
            problems.append(
                f"{path}: may be {_either(fitting)} of {file}; write its path from the labels file into the column clip"
            )
            fitting, best = (), None
        elif best is None:
            problems.append(f"{path}: {_unlabelled(file, names)}")
        found.append(fitting)
        ranks.append(best)
    return _parted(clips, found, ranks, file, problems)


def _parted(
    clips: Sequence[tuple[Path, str]],
    found: list[tuple[str, ...]],
    ranks: Sequence[Rank | None],
    file: Path,
    problems: list[str],
) -> tuple[list[tuple[str, ...]], list[str]]:
    """If a name matches several clips, only the clip that it matches best keeps it."""
    for names in dict.fromkeys(one for one in found if one):
        rivals = [place for place, one in enumerate(found) if one == names]
        best = max(rank for place in rivals if (rank := ranks[place]) is not None)
        first, *others = (place for place in rivals if ranks[place] == best)
        mine = clips[first][0]
        twice = [place for place in others if _resolved(clips[place][0]) == _resolved(mine)]
        problems += [f"{clips[place][0]}: is named twice; name it once" for place in twice]
        if len(twice) < len(others):
            paths = [str(clips[place][0]) for place in (first, *others) if place not in twice]
            problems.append(
                f"{file}: '{names[0]}' may be {_either(paths)}; write which into the column clip, with its folder, or "
                "leave the others out"
            )
            found[first] = ()
        worse = [place for place in rivals if ranks[place] != best]
        problems += [
            f"{clips[place][0]}: has no labels in {file}, where '{names[0]}' is {mine}; write some, or leave it out"
            for place in worse
        ]
        for place in (*others, *worse):
            found[place] = ()
    return found, problems


def _unlabelled(file: Path, names: Sequence[str]) -> str:
    known = sorted(names)
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    told = ", ".join(known[:MOST_NAMED])
    return f"has no labels in {file}; write some, or leave it out; labelled are {told}{more}"


def _either(names: Sequence[str]) -> str:
    *others, last = (f"'{name}'" for name in names[:MOST_NAMED])
    return f"{', '.join(others)} or {last}"


def _rank(path: Path, recorded: str, name: str, places: set[Path]) -> Rank | None:
    """How well a name matches a clip. None if it does not match."""
    *folders, last = _parts(name) or [""]
    kind = _kind(path, recorded, last)
    if kind == 0:
        return None
    if _resolved(path) in places:
        return True, kind, 0, 0
    pairs = zip(reversed(folders), reversed(path.absolute().parent.parts), strict=False)
    agreeing = len(list(takewhile(lambda pair: _plain(pair[0]) == _plain(pair[1]), pairs)))
    return False, kind, agreeing, agreeing - len(folders)


def _kind(path: Path, recorded: str, last: str) -> int:
    """8 to 1, 0 for none: the clip's file, the file recorded, both without endings, then these in other letters."""
    pairs = [(last, path.name), (last, recorded)]
    pairs += [(PurePath(one).stem, PurePath(other).stem) for one, other in pairs]
    fits = [one == other for one, other in pairs] + [_plain(one) == _plain(other) for one, other in pairs]
    return next((8 - number for number, one in enumerate(fits) if one), 0)


def _plain(name: str) -> str:
    """A name without differences of capitals or of how accents are composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _parts(name: str) -> list[str]:
    """A path's parts, split at the separators of any system."""
    return [part for part in re.split(r"[\\/]", name) if part not in ("", ".")]


def _places(name: str, file: Path) -> set[Path]:
    """The files at this path, relative to the labels file and to the working directory."""
    path = Path(name.replace("\\", "/"))
    return {_resolved(file.parent / path), _resolved(path)}


def _resolved(path: Path) -> Path:
    return path.resolve()
