"""Whether a frame can be judged at all, and if not, what the person is to change."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum

import numpy as np

from posecheck.measures.view import View
from posecheck.pose.landmarks import Ints, Joint

LEAST_BRIGHTNESS = 0.14
"""Bright end of the picture below which joints are invented: on 16 photographs darkened step by step the error of
the joints passed 0.15 of the trunk (9th decile) at 0.14, and at 0.12 people were no longer found."""

LEAST_SHARPNESS = 0.08
"""The same for blur: passed with a Gaussian of 5 px or a movement of 31 px at 640 px width."""

LEAST_MIDTONE = 0.08
"""Median luma of the picture below which nobody is found: a bright window behind leaves a body black. In a film of a
person dark before a window it read 0.00; in 37 photographs of people who were found it read 0.13 to 0.62."""

ALONG_VIEW = 0.5
"""Sine of the angle, 30 degrees, by which the body may point at the camera or away from it; beyond, that is the
obstacle. Photographs taken head-on read -0.57 to -0.77, from the feet 0.57, side views -0.2 to 0.2."""

TURNED_DEG = 50.0
"""Off side-on by less than this the body is turned a little; by more the camera sees its front or back."""


class Framing(IntEnum):
    """What a frame shows of the person, the worst obstacle first."""

    TOO_DARK = 0
    BACKLIT = 1
    BLURRED = 2
    NOBODY = 3
    CUT_OFF = 4
    HEAD_ON = 5
    FEET_ON = 6
    FRONT_ON = 7
    BACK_ON = 8
    TURNED = 9
    GOOD = 10


ADVICE = {
    Framing.TOO_DARK: "It is too dark: switch on a light in front of you.",
    Framing.BACKLIT: "It is dark in front of a light: switch on a light before you, or close the curtains behind you.",
    Framing.BLURRED: "The picture is blurred: clean the lens, and keep the camera still.",
    Framing.NOBODY: "Nobody was found: bring your whole body into the picture.",
    Framing.CUT_OFF: "Part of your body is out of the picture: move the camera back.",
    Framing.HEAD_ON: "Your head points at the camera: turn, so that it sees you from the side.",
    Framing.FEET_ON: "Your feet point at the camera: turn, so that it sees you from the side.",
    Framing.FRONT_ON: "The camera sees your front: turn, so that it sees you from the side.",
    Framing.BACK_ON: "The camera sees your back: turn, so that it sees you from the side.",
    Framing.TURNED: "You lie turned to the camera: turn a little, so that it sees you from the side.",
}
"""What to change, said aloud or shown, for all but a good view."""


def framing(view: View, most_off_deg: float, joints: Collection[Joint]) -> Ints:
    """(N,) the `Framing` of each frame, as numbers.

    Args:
        view: The view of N poses.
        most_off_deg: How far off side-on the view may be.
        joints: Those that must lie in the frame.
    """
    needed = [joint in joints for joint in Joint]
    with np.errstate(invalid="ignore"):
        turned = view.off_side_on_deg > most_off_deg
        along, front = view.points_at_camera, view.front_to_camera
        tests = (
            (Framing.TOO_DARK, view.brightness < LEAST_BRIGHTNESS),
            (Framing.BACKLIT, np.isnan(view.off_side_on_deg) & (view.midtone < LEAST_MIDTONE)),
            (Framing.BLURRED, view.sharpness < LEAST_SHARPNESS),
            (Framing.NOBODY, np.isnan(view.off_side_on_deg)),
            (Framing.CUT_OFF, ~view.inside[:, needed].all(axis=1)),
            (Framing.HEAD_ON, turned & (along > ALONG_VIEW)),
            (Framing.FEET_ON, turned & (along < -ALONG_VIEW)),
            (Framing.TURNED, turned & (view.off_side_on_deg < TURNED_DEG)),
            (Framing.FRONT_ON, turned & (front > 0)),
            (Framing.BACK_ON, turned),
        )
    return np.select([test for _, test in tests], [int(kind) for kind, _ in tests], int(Framing.GOOD))
