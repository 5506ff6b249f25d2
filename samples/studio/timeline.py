"""What the body does at each moment of a script: key poses solved once, and the way from one to the next."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

import numpy as np

from posecheck.pose.landmarks import Side
from samples.studio.mesh import Floats
from samples.studio.plain import PLAIN, mixed
from samples.studio.postures import POSTURES, Posture, key_dials, settled, settling
from samples.studio.script import Key, Script, Step, load_library
from samples.studio.skeleton import SIDES, Puppet, Stance
from samples.studio.solver import Dials, in_metres

BREATH_HZ = 0.24
_BREATH_DEG = 0.5
_SWAY_DEG = 0.3
"""How far angles drift while somebody holds still."""

_LIFT_M = 0.004
"""Soles and backs lie this far above the mat's own floor, so that they are seen to rest on it."""


class Timeline:
    """The course of a script for one body.

    Args:
        script: With steps.
        puppet: The body.
    """

    def __init__(self, script: Script, puppet: Puppet) -> None:
        self._steps, self._puppet = script.steps, puppet
        self.near = Side.LEFT if script.camera.side == "left" else Side.RIGHT
        self._ends_s = list(accumulate(step.move_s + step.stay_s for step in script.steps))
        generator = np.random.default_rng(script.seed)
        self._sway = generator.uniform((0.11, 0.0), (0.37, 2 * np.pi), (3, 2))
        self._breath_phase = float(generator.uniform(0, 2 * np.pi))
        self._slopes: dict[int, Floats] = {}

    @cached_property
    def dials(self) -> list[Dials | None]:
        """Of each step; None for plain postures. Hands and feet stay planted from step to step of one posture."""
        found: list[Dials | None] = [None] * len(self._steps)
        for run in self._runs():
            anchor = next((number for number in run if self._plants(number)), run[0])
            planted: Dials = {}
            for number in [anchor, *(n for n in run if n > anchor)]:
                if self._steps[number].ahead:
                    coming = self._solved(number + 1, planted)
                    planted = self._planted(number, coming)
                found[number] = self._solved(number, planted)
                planted = self._planted(number, found[number])
            planted = self._planted(anchor, found[anchor])
            for number in (n for n in run if n < anchor):
                found[number] = self._solved(number, planted)
        return found

    @property
    def duration_s(self) -> float:
        """Length of the course."""
        return self._ends_s[-1]

    def stance(self, time_s: float) -> Stance:
        """Where every bone is at a time of the clip."""
        number, share = self._where(time_s)
        step, before = self._steps[number], self._steps[max(number - 1, 0)]
        if share >= 1.0 or number == 0:
            return self._on_mat(self._at(number, number, 1.0, time_s), step)
        if self._same_run(number - 1, number):
            return self._on_mat(self._at(number - 1, number, share, time_s), step)
        first = self._on_mat(self._at(number - 1, number - 1, 1.0, time_s), before)
        second = self._on_mat(self._at(number, number, 1.0, time_s), step)
        return mixed(self._puppet, first, second, share).moved(y=_LIFT_M)

    def breath(self, time_s: float) -> float:
        """How full the chest is, -1..1."""
        return float(np.sin(2 * np.pi * BREATH_HZ * time_s + self._breath_phase))

    def heading_deg(self, time_s: float) -> float:
        """Where a figure standing upright there would face."""
        number, share = self._where(time_s)
        return self._steps[number if share > 0.5 else max(number - 1, 0)].turned_deg

    def extent(self) -> Floats:
        """(N, 3) points of the skin in every step: what the camera has to show."""
        rows = self._puppet.body.part("body")[::25]
        stances = (self._on_mat(self._at(n, n, 1.0, 0.0), step) for n, step in enumerate(self._steps))
        return np.concatenate([self._puppet.skin(stance, rows) for stance in stances])

    def _where(self, time_s: float) -> tuple[int, float]:
        """The step under way and how far the move into it has come, eased, 0..1."""
        number = min(bisect_right(self._ends_s, time_s), len(self._steps) - 1)
        step = self._steps[number]
        begun_s = self._ends_s[number] - step.move_s - step.stay_s
        done = 1.0 if step.move_s == 0 else min(max((time_s - begun_s) / step.move_s, 0.0), 1.0)
        return number, done**3 * (10 - 15 * done + 6 * done**2)

    def _at(self, first: int, second: int, share: float, time_s: float) -> Stance:
        start, end = self.dials[first], self.dials[second]
        if start is None or end is None:
            return PLAIN[self._steps[second].key].stance(self._puppet)
        posture = self._posture(second)
        blended = {name: (1 - share) * start[name] + share * end[name] for name in end}
        free = [name for name in blended if not in_metres(name) and name not in posture.settles]
        for number, name in enumerate(free):
            if not name.startswith(("raise", "breath", "heel", "elbow")):
                blended[name] += _SWAY_DEG * self._swaying(time_s, number)
        blended["breath"] = _BREATH_DEG * self.breath(time_s)
        if second not in self._slopes:
            self._slopes[second] = settling(posture, self._puppet, end)
        return posture.stance(self._puppet, settled(posture, self._puppet, blended, self._slopes[second]))

    def _swaying(self, time_s: float, number: int) -> float:
        rates, phases = self._sway.T
        return float(np.sin(2 * np.pi * rates * time_s + phases * (number + 1)).mean())

    @staticmethod
    def _on_mat(stance: Stance, step: Step) -> Stance:
        return stance.moved(y=_LIFT_M, z=step.at_m, heading_deg=step.turned_deg)

    def _posture(self, number: int) -> Posture:
        return POSTURES[load_library().keys[self._steps[number].key].posture]

    def _same_run(self, first: int, second: int) -> bool:
        one, other = self._steps[first], self._steps[second]
        if one.key in PLAIN or other.key in PLAIN or (one.at_m, one.turned_deg) != (other.at_m, other.turned_deg):
            return False
        return self._posture(first) is self._posture(second)

    def _runs(self) -> list[list[int]]:
        """Steps that follow one another in one posture."""
        runs: list[list[int]] = []
        for number, step in enumerate(self._steps):
            if step.key in PLAIN:
                continue
            if runs and runs[-1][-1] == number - 1 and self._same_run(number - 1, number):
                runs[-1].append(number)
            else:
                runs.append([number])
        return runs

    def _planted(self, number: int, dials: Dials | None) -> Dials:
        """Where hands and feet stand."""
        return {name: dials[name] for name in self._posture(number).planted} if dials else {}

    def _plants(self, number: int) -> bool:
        """Whether a step itself says where hands or feet go."""
        key, posture = self._key(number), self._posture(number)
        return any(posture.found_for[aim] in posture.planted for aim in key.aims)

    def _moves_planted(self, number: int) -> bool:
        """Whether a step's own fault or aims, not only its key pose, do."""
        step, posture = self._steps[number], self._posture(number)
        fault = load_library().faults[step.fault] if step.fault else None
        asked = [*step.aims, *([fault.measure] if fault and fault.measure else [])]
        return any(posture.found_for[aim] in posture.planted for aim in asked)

    def _key(self, number: int) -> Key:
        return self._steps[number].resolved(SIDES[self.near])

    def _solved(self, number: int, planted: Dials) -> Dials:
        key = self._key(number)
        given = dict(key.given) if self._moves_planted(number) else planted | key.given
        return key_dials(self._posture(number), self._puppet, given, key.aims, self.near)
