"""The guises in which the evidence on frame rates shows a clip, and what counts as the same verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.evidence.sampling import Verdict, _at_rate, _furthest_s, _rolled

BRIDGE = Verdict(("bridge",), (1,), (None, None), (4.12, 2.44), {"hips-low": 2.88})


@pytest.mark.parametrize(
    ("rate", "shown"),
    [(5, [0, 2, 4]), (10, [0, 1, 2, 3, 4]), (20, [0, 0, 1, 1, 2, 2, 3, 3, 4])],
)
def test_another_rate_shows_the_frame_that_is_there_then(rate: int, shown: list[int]) -> None:
    frames = [(number / 10, np.full((2, 2, 3), number, np.uint8)) for number in range(5)]
    made = _at_rate(frames, rate)
    assert [int(rgb[0, 0, 0]) for _, rgb in made] == shown
    assert [time_s for time_s, _ in made] == pytest.approx([number / rate for number in range(len(shown))])


def test_nothing_of_a_rolled_picture_is_lost() -> None:
    picture = np.zeros((180, 320, 3), np.uint8)
    for y, x in ((4, 4), (4, 315), (175, 4), (175, 315)):
        picture[y - 3 : y + 3, x - 3 : x + 3] = 255
    rolled = _rolled(picture, 10.0)
    assert rolled.shape[0] > 180
    assert rolled.shape[1] > 320
    assert (rolled > 200).sum() >= 0.8 * (picture > 200).sum()


@pytest.mark.parametrize(
    "other",
    [{"stretches": ("sphinx",)}, {"counts": (2,)}, {"phases": (None,)}, {"faults": {}}],
)
def test_seconds_alone_make_no_other_verdict(other: dict[str, object]) -> None:
    later = replace(BRIDGE, holds_s=(4.07, 2.46), faults={"hips-low": 3.0})
    assert later.is_same(BRIDGE)
    assert _furthest_s(later, BRIDGE) == pytest.approx(-0.05)
    assert not replace(BRIDGE, **other).is_same(BRIDGE)
