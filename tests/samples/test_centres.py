"""Hips and shoulders lie where anatomy has them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest


@pytest.mark.parametrize("name", ["mina", "jonas", "amara", "bruno", "helga", "kenji"])
def test_hips_lie_in_the_front_half_of_every_body_and_shoulders_under_the_acromion(name: str, body_data: Path) -> None:
    from samples.studio.looks import person
    from samples.studio.mesh import load_body

    body = load_body(body_data, dict(person(name).targets))
    skin = body.vertices[body.part("body")]
    for side in "LR":
        hip, shoulder = body.head(f"upperleg01.{side}"), body.head(f"upperarm01.{side}")
        depths = skin[(np.abs(skin[:, 1] - hip[1]) < 0.012) & (np.abs(skin[:, 0]) < 0.2), 2]
        assert 0.33 < (depths.max() - hip[2]) / np.ptp(depths) < 0.47
        above = skin[np.hypot(skin[:, 0] - shoulder[0], skin[:, 2] - shoulder[2]) < 0.012, 1].max()
        assert 0.03 < above - shoulder[1] < 0.05
    left, right = body.head("upperleg01.L"), body.head("upperleg01.R")
    assert right == pytest.approx(left * (-1, 1, 1), abs=0.002)
