"""The faults that a person was told of, and what to praise once one of them is mended.

Pure: driven by the times of the moments, never by a clock.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from posecheck.judging.holds import State
from posecheck.judging.session import UNDER_WAY, Moment
from posecheck.rules.stretch import Stretch

MENDED_S = 0.7
"""A fault that was spoken of is mended once it has been gone this long."""

STALE_S = 4.0
"""Praise that could not be said by then is not said: nobody would know for what."""

STALE_MOVEMENT_S = 10.0
"""The same for a movement, in which one goes on: about a round."""


class CorrectionTracker:
    """Follows the faults that were spoken of until they are mended, or left behind with the stretch.

    Args:
        stretch: Whose rules have words of praise.
    """

    def __init__(self, stretch: Stretch) -> None:
        of_movement = {rule.name: rule.praise for rule in stretch.swing_rules}
        self._praise = {rule.name: rule.praise for rule in stretch.rules} | of_movement
        self._of_movement = frozenset(of_movement)
        self._has_phases = bool(stretch.phases)
        # Since when each fault that was spoken of is gone, NaN while it stands.
        self._gone_s: dict[str, float] = {}

    def spoke_of(self, rule: str) -> None:
        """The person has been told of the fault of this rule, which stands."""
        self._gone_s[rule] = math.nan

    def praised(self) -> None:
        """Praise has been given, once for all of them."""
        self._gone_s.clear()

    def update(self, moment: Moment) -> None:
        """Keeps when each fault that was spoken of went; somebody who left the stretch has mended nothing.

        A posture is mended where all is well: while it is taken nothing is a fault yet. From one end of a movement to
        the other it goes through the posture in which the stretch begins.
        """
        if moment.state not in UNDER_WAY:
            kept = {rule: gone_s for rule, gone_s in self._gone_s.items() if rule in self._of_movement}
            between = moment.state is State.READY
            self._gone_s = (self._gone_s if self._has_phases else kept) if between else {}
        standing = {broken.cue.rule for broken in moment.broken}
        for rule, gone_s in self._gone_s.items():
            good = moment.state is State.HOLDING or rule in self._of_movement
            if rule in standing or not good:
                self._gone_s[rule] = math.nan
            elif math.isnan(gone_s):
                self._gone_s[rule] = moment.time_s

    def praises(self, moment: Moment) -> Iterator[str]:
        """The words for each fault that is mended and not long ago, in the order they were spoken of.

        None while anything is wrong.
        """
        if not moment.broken:
            for rule, gone_s in self._gone_s.items():
                stale_s = STALE_MOVEMENT_S if rule in self._of_movement else STALE_S
                if MENDED_S <= moment.time_s - gone_s <= stale_s:
                    yield self._praise[rule]
