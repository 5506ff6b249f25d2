"""Which clip a labels file means: by the path in it as far as that is given, by the name alone where one can be meant.

People label `monday.mp4`, or, where each patient has a folder, `ada/monday.mp4` and `ben/monday.mp4`; and they move
folders. So a name in the labels means the file that it is the path of, seen from the labels file or from the working
directory; else the one whose path ends most as it does. A name that differs in capitals alone, or whose accents are
composed otherwise (a Mac takes them apart), fits where none fits as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import Path, PurePath

MOST_NAMED = 5
"""So many clips are named in a message, and no more."""

Rank = tuple[bool, int, int, int]
"""How well a name fits a clip: whether it is its path; by what it is known (`_kind`); and, if it is not its path, how
many of the folders above agree, and how many do not, negative."""


def match(
    clips: Sequence[tuple[Path, str]], labelled: Iterable[str], file: Path
) -> tuple[list[tuple[str, ...]], list[str]]:
    """The names under which each clip is labelled; none where that is a problem.

    Args:
        clips: As the user named them, each with the name of the file that was recorded, if it is a recording.
        labelled: The names in the labels.
        file: The labels file.

    Returns:
        Of each clip its names, several only where they are paths of the same file; and what is wrong, a line each.
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
    """Of clips that are labelled under the same name, the one that it fits best keeps it."""
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
    """How well a name fits a clip; None if it does not at all."""
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
    """A name whatever its capitals and however its accents are composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _parts(name: str) -> list[str]:
    """A path's parts, whichever system wrote it."""
    return [part for part in re.split(r"[\\/]", name) if part not in ("", ".")]


def _places(name: str, file: Path) -> set[Path]:
    """The files whose path it is, from the labels file and from the working directory."""
    path = Path(name.replace("\\", "/"))
    return {_resolved(file.parent / path), _resolved(path)}


def _resolved(path: Path) -> Path:
    return path.resolve()
