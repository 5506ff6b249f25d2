"""Draws a scene over a picture: the body as it was measured, what is asked of it, the hold and the cue.

Nothing is shown by colour alone. A joint that is as it should be has a blue disc, one that is outside an orange
diamond, one at fault a vermillion triangle with an exclamation mark; the arc is where the limb should be, the needle
where it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from posecheck.judging.holds import State
from posecheck.measures.drawn import BackOutline, Lean
from posecheck.pose.landmarks import SKELETON, Floats, Landmark
from posecheck.presenters.drawing.body_frame import Body
from posecheck.presenters.drawing.body_marks import JOINT, draw_arc, draw_back, draw_joints, draw_skeleton, one_a_joint
from posecheck.presenters.drawing.canvas import Box, Canvas, Picture, Point, arc_points
from posecheck.presenters.drawing.corner_panels import Corners, best_corners, crowded, draw_cue, draw_ring, draw_state
from posecheck.presenters.drawing.drawn_layout import ArcMark, DrawnLayout, DrawnText, JointMark, RingMark
from posecheck.presenters.drawing.measure_gauges import Angle, drawn_of, judged_joint
from posecheck.presenters.drawing.measure_labels import Labels
from posecheck.presenters.drawing.scene import Scene, Status

LEAST_SIDE_PX = 48
"""A picture smaller than this has no room for anything; nothing is drawn."""

REARRANGE_S = 2.0
"""Ring and cue change places no sooner than this, lest they jump about."""


class Overlay:
    """Draws one scene after the other; remembers only where things stand, so that they do not jump about."""

    def __init__(self) -> None:
        self._corners: Corners | None = None
        self._since_s = -math.inf
        self._labels = Labels()

    def draw(self, picture: Picture, scene: Scene) -> DrawnLayout:
        """Draws a scene over a picture, in place.

        Args:
            picture: (height, width, 3) RGB, writeable and contiguous; of any size, whatever size the pose refers to.
            scene: What to show.

        Returns:
            What was drawn and where.
        """
        canvas = Canvas(picture)
        if min(canvas.width, canvas.height) < LEAST_SIDE_PX:
            return DrawnLayout()
        body = _body(canvas, scene)
        shown: list[tuple[Angle, ArcMark]] = []
        joints: list[JointMark] = []
        back: tuple[Point, ...] = ()
        if body is not None:
            draw_skeleton(canvas, body, scene.gauges)
            back = draw_back(canvas, body, scene.gauges)
            shown = [(one, draw_arc(canvas, one)) for one in one_a_joint(scene.gauges, body)]
            joints = draw_joints(canvas, body, scene.gauges)
        corners = self._arranged(canvas, scene, body, joints, back)
        words = [draw_state(canvas, scene, corners)]
        ring: RingMark | None = None
        if scene.target_s is not None:
            ring, ring_words = draw_ring(canvas, scene, scene.target_s, corners)
            words.append(ring_words)
        if scene.cue:
            alert = scene.is_correction and scene.state is not State.ELSEWHERE
            words.append(draw_cue(canvas, scene.cue, corners, alert=alert))
        if body is not None:
            words += self._figures(canvas, scene, body, shown, joints, back, [one.box for one in words])
        return DrawnLayout(tuple(words), ring, tuple(arc for _, arc in shown), tuple(joints), back)

    def _arranged(
        self, canvas: Canvas, scene: Scene, body: Body | None, joints: Sequence[JointMark], back: Sequence[Point]
    ) -> Corners:
        now_s = scene.pose.time_s
        waited = not 0.0 <= now_s - self._since_s < REARRANGE_S
        if self._corners is not None and crowded(canvas, scene, self._corners):
            self._corners = None
        if body is not None and (self._corners is None or waited):
            outline = np.empty((0, 2)) if scene.pose.outline is None else body.scaled(scene.pose.outline)
            parts = [(_bones(body), 1.0), (outline, 0.6), (np.reshape(back, (-1, 2)), 8.0), (_face(body), 10.0)]
            parts += [(np.array([mark.centre]), 20.0 if mark.shape == "triangle" else 6.0) for mark in joints]
            points = np.concatenate([some for some, _ in parts])
            weights = np.concatenate([np.full(len(some), weight) for some, weight in parts])
            best = best_corners(canvas, scene, points, weights, self._corners)
            if best != self._corners:
                self._corners, self._since_s = best, now_s
        return self._corners or Corners()

    def _figures(
        self,
        canvas: Canvas,
        scene: Scene,
        body: Body,
        shown: Sequence[tuple[Angle, ArcMark]],
        joints: Sequence[JointMark],
        back: Sequence[Point],
        taken: list[Box],
    ) -> list[DrawnText]:
        """The measures in figures, those that matter most placed first."""
        busy = np.concatenate(
            [_bones(body), _face(body), *(_spread(arc) for _, arc in shown), np.reshape(back, (-1, 2))]
        )
        taken = [*taken, *(_around(mark.centre, 1.6 * JOINT * canvas.unit) for mark in joints)]
        # A lean's arc says enough where all is well, and what has no drawing is then no more than its joint's mark.
        to_write = [
            (one.gauge, arc.centre, arc.radius)
            for one, arc in shown
            if not isinstance(drawn_of(one.gauge), Lean) or one.gauge.status >= Status.OUTSIDE
        ]
        for gauge in scene.gauges:
            joint = judged_joint(gauge)
            if drawn_of(gauge) is None and gauge.status >= Status.OUTSIDE and joint in body.seen:
                x, y = body.picture(joint)
                to_write.append((gauge, (float(x), float(y)), 2.0 * canvas.unit))
        to_write.sort(key=lambda one: -one[0].status)
        if back:
            middle = back[len(back) // 2]
            outlines = [gauge for gauge in scene.gauges if isinstance(drawn_of(gauge), BackOutline)]
            to_write += [(gauge, middle, 2.0 * canvas.unit) for gauge in outlines]
        words = []
        for gauge, centre, radius in to_write:
            words.append(self._labels.draw(canvas, gauge, centre, radius, taken, busy))
            taken.append(words[-1].box)
        return words


def _body(canvas: Canvas, scene: Scene) -> Body | None:
    if scene.pose.landmarks is None or scene.near is None:
        return None
    return Body(scene, (canvas.width / scene.pose.width_px, canvas.height / scene.pose.height_px))


def _bones(body: Body) -> Floats:
    """(N, 2) points all along the near side's bones, in pixels."""
    share = np.linspace(0.0, 1.0, 8)[:, None]
    bones = [
        body.picture(start) * (1 - share) + body.picture(end) * share
        for start, end in SKELETON
        if {start, end} <= body.seen
    ]
    return np.concatenate([np.empty((0, 2)), *bones])


def _face(body: Body) -> Floats:
    """(N, 2) points of the face, which figures should not cover."""
    return np.repeat([body.landmark(one) for one in (Landmark.NOSE, Landmark.LEFT_EYE, Landmark.RIGHT_EYE)], 2, axis=0)


def _spread(arc: ArcMark) -> Floats:
    return arc_points(arc.centre, arc.radius, arc.low_deg, arc.high_deg)


def _around(centre: Point, radius: float) -> Box:
    x, y = centre
    return round(x - radius), round(y - radius), round(x + radius), round(y + radius)
