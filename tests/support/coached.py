"""Somebody who is led through a stretch by the coach, and does as a script says."""

from __future__ import annotations

from dataclasses import dataclass

from posecheck.coaching.coach import Coach, Saying
from posecheck.judging.cues import Broken, cue
from posecheck.judging.holds import Hold, State
from posecheck.judging.session import Moment
from posecheck.rules.stretch import Stretch
from tests.support.verdicts import CAT_COW, SPHINX

RULES = {rule.name: rule for stretch in (SPHINX, CAT_COW) for rule in stretch.rules}
CHEST, LEGS = RULES["chest-sunk"], RULES["legs-bent"]
FPS = 10


@dataclass
class Body:
    """Somebody who does as the script says, filmed ten times a second.

    Attributes:
        stretch: What they do.
        heard: What was said to them.
    """

    stretch: Stretch = SPHINX
    side: str = ""

    def __post_init__(self) -> None:
        self.coach = Coach(self.stretch, self.side)
        self.heard: list[Saying] = []
        self.frame = 0
        self.hold_s = 0.0
        self.holds: tuple[Hold, ...] = ()
        self.repetitions = 0
        self.since: dict[str, float] = {}

    @property
    def time_s(self) -> float:
        return self.frame / FPS

    def is_(
        self, state: State, seconds: float, *faults: str, phase: str | None = None, advice: str | None = None
    ) -> list[str]:
        """Stays so for some seconds, and gives what is said in that time."""
        before = len(self.heard)
        self.since = {rule: self.since.get(rule, self.time_s) for rule in faults}
        phases = {one.name: one.target_s for one in self.stretch.phases}
        for _ in range(round(seconds * FPS)):
            broken = tuple(Broken(cue(RULES[rule], low=bool(RULES[rule].cue_low)), self.since[rule]) for rule in faults)
            moment = Moment(
                time_s=self.time_s,
                stretch=self.stretch,
                state=state,
                phase=phase,
                hold_s=self.hold_s,
                repetitions=self.repetitions,
                cue=broken[0].cue if broken else None,
                target_s=phases.get(phase or "", self.stretch.hold.target_s),
                broken=broken,
                holds=self.holds,
                advice=advice,
            )
            saying = self.coach.update(moment)
            if saying is not None:
                assert saying.time_s == self.time_s
                self.heard.append(saying)
            self.frame += 1
            if state is State.HOLDING:
                self.hold_s = round(self.hold_s + 1 / FPS, 6)
        return [saying.text for saying in self.heard[before:]]

    def rests(self, seconds: float) -> list[str]:
        """Ends the hold, if there was one, as a repetition."""
        if self.hold_s:
            self.repetitions += 1
            self.holds += (Hold(-1, self.time_s - self.hold_s, self.time_s, self.hold_s, self.repetitions),)
        self.hold_s = 0.0
        return self.is_(State.READY, seconds)

    def changes_to(self, phase: str, seconds: float) -> list[str]:
        """Ends the hold of one phase and holds the next one."""
        names = [one.name for one in self.stretch.phases]
        if self.hold_s:
            before = names[(names.index(phase) - 1) % len(names)]
            self.holds += (Hold(names.index(before), self.time_s - self.hold_s, self.time_s, self.hold_s, 1),)
            self.repetitions = len(self.holds) // len(names)
        self.hold_s = 0.0
        return self.is_(State.HOLDING, seconds, phase=phase)


def holding(seconds: float = 3.0) -> Body:
    """Somebody in the middle of a hold, to whom the opening has been said."""
    body = Body()
    assert body.is_(State.HOLDING, seconds) == ["Sphinx."]
    return body
