"""`posecheck tune --personal`: one person's own limits, and how much they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import typer

from posecheck.errors import InputError, UsageError

if TYPE_CHECKING:
    from posecheck.rules.stretch import Stretch
    from posecheck.tuning.labels import LabelledClip
    from posecheck.tuning.personal import Basis, Fitted


def fit_to(name: str, stretch: Stretch, clips: Sequence[LabelledClip]) -> None:
    """Fits a person's limits to the clips that labels say are theirs (all, if labels name nobody) and keeps them.

    Raises:
        InputError: If too little good form is seen.
        OutputError: If the profile cannot be written.
        RuleFileError: If its present file is faulty.
        UsageError: If the labels name others alone.
    """
    from posecheck.tuning.dataset import LabelledDataset
    from posecheck.tuning.personal import LEAST_S, fit

    people = sorted({clip.person for clip in clips if clip.person})
    mine = [clip for clip in clips if clip.person == name] if people else list(clips)
    if not mine:
        raise UsageError(f"--personal {name}: the labels name nobody so; they name {', '.join(people)}")
    fitted = fit(LabelledDataset(mine, stretch))
    if len(fitted.unseen) == len(stretch.rules):
        raise InputError(f"{name}: no rule is seen in {LEAST_S:g} good seconds; label more of {name}'s good form")
    typer.echo(f"{name}: {_told(fitted.basis)}")
    _keep(name, stretch, fitted)
    for note in _notes(name, fitted, people, clips):
        typer.echo(f"posecheck: {note}", err=True)


def _keep(name: str, stretch: Stretch, fitted: Fitted) -> None:
    """Writes and prints the limits. If none of them changes, the stretch is removed from the profile."""
    from posecheck.presenters.terminal.tuning import value
    from posecheck.rules.limits import thresholds
    from posecheck.storage.profiles import profile_file, read_profile, write_profile

    if fitted.limits:
        path = write_profile(name, stretch.name, fitted.limits, f"{date.today().isoformat()}: {_told(fitted.basis)}")
        now = thresholds(stretch)
        for threshold, new in fitted.limits.items():
            typer.echo(f"{threshold}: {value(stretch, threshold, now[threshold])} to {value(stretch, threshold, new)}")
        typer.echo(f"{path}: posecheck analyze --profile {name} judges by it")
        return
    typer.echo(f"{name}: no limit changes: the usual ones fit {name}'s good form")
    path = profile_file(name)
    if path.exists() and stretch.name in read_profile(name):
        write_profile(name, stretch.name, {}, "")
        typer.echo(f"{path}: the earlier limits of {stretch.name} are taken out")


def _told(basis: Basis) -> str:
    return f"from {_count(basis.clips, 'clip')}, {_count(basis.times, 'good time')} of {basis.good_s:.0f} s in all"


def _notes(name: str, fitted: Fitted, people: Sequence[str], clips: Sequence[LabelledClip]) -> Iterator[str]:
    """Notes on how much evidence the limits rest on."""
    from posecheck.tuning.dataset import FEW
    from posecheck.tuning.personal import LEAST_S

    nameless = sum(not clip.person for clip in clips)
    if not people:
        yield f"the labels name nobody: {_count(nameless, 'clip')} taken for {name}'s"
    elif nameless:
        yield f"{_count(nameless, 'clip')} left out: the labels do not say whose"
    basis = fitted.basis
    if basis.clips < FEW:
        yield (
            f"only {_count(basis.clips, 'clip')}: limits get stricter only where {FEW} agree; film {name} on other days"
        )
    if basis.one_place and fitted.limits:
        yield (
            f"all clips see {name} alike, as from one camera in one place: before another one the limits may name "
            "good form; add clips from another side or distance"
        )
    if fitted.unseen:
        yield f"{', '.join(fitted.unseen)}: not seen in {LEAST_S:g} good seconds; the usual limits stay"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
