"""Stretches as a person wants them judged: with their own limits, for `--profile`, and strictly, for `--strict`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.errors import RuleFileError

if TYPE_CHECKING:
    from posecheck.rules.stretch import Stretch
    from posecheck.storage.profiles import Profile


class Suited:
    """Makes stretches suit a person; a modification still goes before their own limits.

    Args:
        profile: The person's name; None for the rule files' own limits.
        strict: Whether time at a minor fault does not count either.

    Attributes:
        own: The stretches asked for of which a limit changed, by name.
        usual: Those of which none did.

    Raises:
        RuleFileError: If the profile is unknown or faulty.
    """

    def __init__(self, profile: str | None, *, strict: bool = False) -> None:
        self._strict = strict
        self._limits: Profile = {}
        if profile is not None:
            from posecheck.storage.profiles import read_profile

            self._limits = read_profile(profile)
        self.own: list[str] = []
        self.usual: list[str] = []

    def __call__(self, stretch: Stretch) -> Stretch:
        """The stretch for this person."""
        from posecheck.rules.limits import thresholds
        from posecheck.tuning.personal import personal

        limits = self._limits.get(stretch.name, {})
        if unknown := [str(one) for one in limits if one not in thresholds(stretch)]:
            remedy = "take it out of the profile, or fit it anew by tune --personal"
            raise RuleFileError([f"the profile's {stretch.name}: there is no limit {one}; {remedy}" for one in unknown])
        theirs = personal(stretch, limits) if limits else stretch
        names = self.usual if theirs.rules == stretch.rules else self.own
        if stretch.name not in names:
            names.append(stretch.name)
        return theirs.strictly() if self._strict else theirs
