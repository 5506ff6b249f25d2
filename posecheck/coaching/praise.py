"""The faults that the coach has spoken of, and the praise once one of them is corrected.

Pure: driven by the times of the moments, never by a clock.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from posecheck.judging.holds import State
from posecheck.judging.session import UNDER_WAY, Moment
from posecheck.rules.stretch import Stretch

MENDED_S = 0.7
"""A fault that was spoken of is corrected once it has been gone this long."""

STALE_S = 4.0
"""Praise that is later than this is not said: nobody would know what it is for."""

STALE_MOVEMENT_S = 10.0
"""The same for a movement, which goes on: about a round."""


class CorrectionTracker:
    """Follows each fault that was spoken of until it is corrected or the stretch is left.

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
        """Notes that the coach has spoken of this rule's fault, which still stands."""
        self._gone_s[rule] = math.nan

    def praised(self) -> None:
        """Notes that praise was given, once for all of them."""
        self._gone_s.clear()

    def update(self, moment: Moment) -> None:
        """Notes when each fault that was spoken of ended; somebody who left the stretch has corrected nothing.

        A posture is corrected only where all is well, because nothing is a fault yet while a posture is taken. A
        movement from one end to the other goes through the posture in which the stretch begins.
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
        """The words for each fault that was corrected not long ago, in the order in which they were spoken of.

        None while anything is wrong.
        """
        if not moment.broken:
            for rule, gone_s in self._gone_s.items():
                stale_s = STALE_MOVEMENT_S if rule in self._of_movement else STALE_S
                if MENDED_S <= moment.time_s - gone_s <= stale_s:
                    yield self._praise[rule]
