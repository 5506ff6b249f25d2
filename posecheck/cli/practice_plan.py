"""What is to be practised, and how long: the stretches, suited to the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from posecheck.errors import UsageError

if TYPE_CHECKING:
    from posecheck.cli.personal_limits import Suited
    from posecheck.coaching.progression import SessionDone
    from posecheck.rules.routine import PlannedExercise
    from posecheck.rules.stretch import Stretch

USUAL_ROUTINE = "quick-spine"
"""What is practised where nothing is named."""


def plan(
    names: Sequence[str],
    routine: str | None,
    modifications: Sequence[str],
    profile: str | None,
    past: Sequence[SessionDone] | None,
    *,
    strict: bool = False,
) -> list[PlannedExercise]:
    """What is to be done, one after the other.

    Args:
        names: Stretches; none for a routine.
        routine: Its name or file; None for the usual one.
        modifications: Each must belong to at least one stretch.
        profile: The person whose own limits are to hold; None for the rule files'.
        past: Sessions by which the next holds are aimed; None for the rule files' aims.
        strict: Whether time at a minor fault does not count either.

    Raises:
        UsageError: If both stretches and a routine are named, or a modification is unknown.
        RuleFileError: If a stretch, routine or profile is unknown or faulty.
    """
    from posecheck.cli.personal_limits import Suited
    from posecheck.rules.routine import USUAL_REST_S, PlannedExercise
    from posecheck.storage.routine_files import load_routine
    from posecheck.storage.rule_files import load_stretch

    if names and routine is not None:
        raise UsageError("--routine names the stretches; leave out the others")
    suited = Suited(profile, strict=strict)
    if names:
        planned = [PlannedExercise(suited(load_stretch(name)), "", USUAL_REST_S) for name in names]
    else:
        planned = list(load_routine(routine or USUAL_ROUTINE, suited)[1])
    if profile is not None:
        _tell_whose(profile, suited)
    known = {name for one in planned for name in one.stretch.modifications}
    for name in modifications:
        if name not in known:
            raise UsageError(f"unknown modification '{name}', known: {', '.join(sorted(known)) or 'none'}")
    return [replace(one, stretch=_aimed(_modified(one.stretch, modifications), past)) for one in planned]


def _tell_whose(profile: str, suited: Suited) -> None:
    """Prints whose limits hold."""
    if suited.own:
        typer.echo(f"{', '.join(suited.own)}: judged by {profile}'s own limits")
    if suited.usual:
        typer.echo(f"{', '.join(suited.usual)}: the profile {profile} changes no limit; the usual ones hold")


def _modified(stretch: Stretch, modifications: Sequence[str]) -> Stretch:
    return stretch.modified([name for name in modifications if name in stretch.modifications])


def _aimed(stretch: Stretch, past: Sequence[SessionDone] | None) -> Stretch:
    """The stretch with the next aim; one with phases is timed by the breath, which does not grow."""
    from posecheck.coaching.progression import next_target

    if stretch.phases or past is None:
        return stretch
    hold = stretch.hold
    target = next_target(stretch.name, hold.target_s, hold.repetitions, past, datetime.now().astimezone())
    typer.echo(f"{stretch.title}: {target.hold_s:g} s, {target.why}")
    return stretch.model_copy(update={"hold": hold.model_copy(update={"target_s": target.hold_s})})
