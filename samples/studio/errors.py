"""What can go wrong in the studio; each message says what to do next."""

from __future__ import annotations


class StudioError(Exception):
    """Any failure that the person at the keyboard can mend."""


class ScriptError(StudioError):
    """A script asks for something that does not exist or cannot be done."""


class MissingPartError(StudioError):
    """A package, a system library or the body's data are not there."""
