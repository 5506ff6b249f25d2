"""Routines: several stretches one after the other, each as long and as often as the routine says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import ValidationError

from posecheck.errors import RuleFileError
from posecheck.rules.consistency import Disagreement
from posecheck.rules.routine import Exercise, PlannedExercise, Routine
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import is_path, load_stretch, modified, plain_name, read_tables, shipped_folder
from posecheck.storage.rule_problems import Problem, did_you_mean, model_problems


def routines_folder() -> Path:
    """The folder of the shipped routines."""
    return shipped_folder() / "routines"


def load_routine(
    name_or_path: str | Path, suited: Callable[[Stretch], Stretch] = lambda stretch: stretch
) -> tuple[Routine, tuple[PlannedExercise, ...]]:
    """The routine of this name that came with posecheck, or the one in this file, and what it makes of its stretches.

    Args:
        name_or_path: As `posecheck.storage.rule_files.load_stretch` takes it.
        suited: Makes each stretch suit a person, before the routine's modifications.

    Raises:
        RuleFileError: If the name is unknown, or with all the problems of a faulty file.
    """
    routine, planned, problems = read_routine(_path_of(name_or_path), suited)
    if routine is None:
        raise RuleFileError([str(problem) for problem in problems])
    return routine, planned


def read_routine(
    path: Path, suited: Callable[[Stretch], Stretch] = lambda stretch: stretch
) -> tuple[Routine | None, tuple[PlannedExercise, ...], tuple[Problem, ...]]:
    """The routine in a file and its stretches; or None, no stretches, and every problem of the file.

    Args:
        path: The file.
        suited: As for `load_routine`.
    """
    file = str(path)
    tables = read_tables(path, "a routine; copy a shipped one to begin with")
    if isinstance(tables, Problem):
        return None, (), (tables,)
    data, lines = tables
    routine, error = None, None
    found: list[Disagreement] = []
    planned: list[PlannedExercise] = []
    try:
        routine = Routine.model_validate(data)
    except ValidationError as exc:
        error = exc
    for index, table in _tables(data.get("exercises")):
        exercise = _exercise(table) if routine is None else routine.exercises[index]
        if exercise is not None:
            wrong = list(_mismatches(exercise, path.parent))
            found += [(("exercises", index, *place), text) for place, text in wrong]
            planned += [] if wrong else _planned(exercise, path.parent, suited)
    problems = model_problems(file, data, lines, error, model=Routine, found=found)
    return (None, (), problems) if problems else (routine, tuple(planned), ())


def _path_of(name_or_path: str | Path) -> Path:
    if isinstance(name_or_path, Path) or is_path(name_or_path):
        return Path(name_or_path)
    known = {path.stem: path for path in sorted(routines_folder().glob("*.toml"))}
    wanted = plain_name(name_or_path)
    if wanted not in known:
        raise RuleFileError(
            [
                f"unknown routine '{name_or_path}', {did_you_mean(wanted, known)}"
                f"known: {', '.join(known)}; or give the path of a .toml file"
            ]
        )
    return known[wanted]


def _tables(value: object) -> Iterator[tuple[int, object]]:
    return enumerate(value) if isinstance(value, list) else iter(())


def _exercise(table: object) -> Exercise | None:
    """An exercise of a file with faulty ones. None if it is faulty itself."""
    try:
        return Exercise.model_validate(table)
    except ValidationError:
        return None


def _mismatches(exercise: Exercise, folder: Path) -> Iterator[Disagreement]:
    """Finds the places where an exercise names something that does not exist or names a side twice."""
    if len(set(exercise.sides)) < len(exercise.sides):
        yield ("sides",), f"'{exercise.sides[0]}' stands twice, allowed: left and right, once each"
    try:
        stretch = _stretch(exercise, folder)
    except RuleFileError as error:
        yield ("stretch",), error.problems[0]
        return
    for index, name in enumerate(exercise.modifications):
        try:
            modified(stretch, [name])
        except RuleFileError as error:
            yield ("modifications", index), error.problems[0]


def _stretch(exercise: Exercise, folder: Path) -> Stretch:
    return load_stretch(folder / exercise.stretch if is_path(exercise.stretch) else exercise.stretch)


def _planned(exercise: Exercise, folder: Path, suited: Callable[[Stretch], Stretch]) -> list[PlannedExercise]:
    stretch = modified(suited(_stretch(exercise, folder)), exercise.modifications)
    asked = {"target_s": exercise.hold_s, "repetitions": exercise.repetitions, "rest_s": exercise.rest_s}
    hold = stretch.hold.model_copy(update={key: value for key, value in asked.items() if value is not None})
    phases = stretch.phases
    if exercise.hold_s is not None:
        phases = tuple(phase.model_copy(update={"target_s": exercise.hold_s}) for phase in phases)
    stretch = stretch.model_copy(update={"hold": hold, "phases": phases})
    return [PlannedExercise(stretch, side, exercise.rest_before_s) for side in exercise.sides or ("",)]
