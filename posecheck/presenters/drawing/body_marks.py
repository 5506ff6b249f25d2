"""The marks on the body: skeleton, judged joints, the arcs that are asked for, and the outline of the back."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from posecheck.measures.drawn import BackOutline, Lean, Split
from posecheck.pose.landmarks import SKELETON, Floats, Joint
from posecheck.presenters.drawing.body_frame import Body
from posecheck.presenters.drawing.canvas import (
    INK,
    ORANGE,
    SKY,
    VERMILLION,
    WHITE,
    Canvas,
    Colour,
    Point,
    arc_points,
    on_arc,
)
from posecheck.presenters.drawing.corner_panels import warning
from posecheck.presenters.drawing.drawn_layout import ArcMark, JointMark
from posecheck.presenters.drawing.measure_gauges import Angle, angle, drawn_of, judged_joint
from posecheck.presenters.drawing.scene import Gauge, Status

COLOURS: dict[Status, Colour] = {
    Status.UNJUDGED: WHITE,
    Status.GOOD: SKY,
    Status.OUTSIDE: ORANGE,
    Status.FAULT: VERMILLION,
}
SHAPES = {Status.UNJUDGED: "dot", Status.GOOD: "circle", Status.OUTSIDE: "diamond", Status.FAULT: "triangle"}

BONE, JOINT, ARC = 1.1, 1.5, 0.9
"""Widths and radii in units (`Canvas.unit`): a hundredth of the picture's height."""


def one_a_joint(gauges: Iterable[Gauge], body: Body) -> list[Angle]:
    """The angles to draw: of those with the same vertex the one that matters most."""
    best: dict[tuple[float, ...], Angle] = {}
    for gauge in sorted(gauges, key=lambda one: (-one.status, one.priority)):
        if isinstance(drawn_of(gauge), Split) and gauge.status < Status.OUTSIDE:
            continue  # two limbs side by side have no angle to be shown
        found = angle(gauge, body)
        if found is not None:
            best.setdefault(tuple(found.vertex.tolist()), found)
    return list(best.values())


def draw_skeleton(canvas: Canvas, body: Body, gauges: Iterable[Gauge]) -> None:
    """The near side's bones; a limb of the far side too, dashed, where it is that which is judged."""
    width = BONE * canvas.unit
    outside = (drawn_of(gauge) for gauge in gauges if gauge.status >= Status.OUTSIDE)
    for limb in dict.fromkeys(drawn.limb for drawn in outside if isinstance(drawn, Split)):
        for start, end in pairwise(body.picture(joint, body.far) for joint in limb):
            for part in _dashes(start, end, 2.2 * canvas.unit):
                canvas.cased(part, VERMILLION, 0.7 * width)
    bones = [(body.picture(start), body.picture(end)) for start, end in SKELETON if {start, end} <= body.seen]
    edge = max(1.0, 0.3 * width)
    for start, end in bones:
        canvas.line(np.stack([start, end]), INK, round(width) + 2 * round(edge))
    for start, end in bones:
        canvas.line(np.stack([start, end]), WHITE, width)


def draw_back(canvas: Canvas, body: Body, gauges: Iterable[Gauge]) -> tuple[Point, ...]:
    """The outline of the back, and dashed the curve that the phase asks for."""
    gauge = next((one for one in gauges if isinstance(drawn_of(one), BackOutline)), None)
    back = None if gauge is None else body.back()
    if gauge is None or back is None or len(back) < 3:
        return ()
    limit = gauge.low if math.isfinite(gauge.low) else gauge.high
    if math.isfinite(limit):
        asked = body.back_bent(back, limit)
        for start in range(0, len(asked) - 1, 3):
            canvas.cased(asked[start : start + 2], WHITE, 0.4 * canvas.unit)
    canvas.cased(_smooth(back), COLOURS[gauge.status], 1.3 * canvas.unit)
    return tuple((float(x), float(y)) for x, y in back)


def draw_arc(canvas: Canvas, one: Angle) -> ArcMark:
    """The arc that is asked for, the needle, its uncertainty, and if outside the way to go."""
    unit, gauge = canvas.unit, one.gauge
    strong = gauge.status >= Status.OUTSIDE
    small = isinstance(drawn_of(gauge), Lean) and not strong
    radius = min(max(0.45 * one.reach, 4.0 * unit), (5.5 if small else 11.0) * unit)
    centre = (float(one.vertex[0]), float(one.vertex[1]))
    low, high, needle = one.low_deg, one.high_deg, _near(one.needle_deg, one.low_deg, one.high_deg)
    if one.floor:
        end = on_arc(centre, 1.35 * radius, one.base_deg)
        for part in _dashes(centre, end, 1.4 * unit):
            canvas.cased(part, WHITE, 0.35 * unit)
    canvas.cased(arc_points(centre, radius, low, high), SKY, (1.1 if strong else 0.5 if small else 0.75) * ARC * unit)
    for limit in (low, high):
        inner, outer = (on_arc(centre, radius * share, limit) for share in (0.9, 1.1))
        finite = gauge.low if limit == low else gauge.high
        if math.isfinite(finite) and not small:
            canvas.cased([inner, outer], SKY, 0.45 * unit)
    colour = COLOURS[gauge.status]
    if strong:
        goal = low if abs(needle - low) < abs(needle - high) else high
        way = arc_points(centre, radius, needle, goal)
        canvas.cased(way, colour, 0.5 * unit)
        _arrow_head(canvas, centre, radius, needle, goal, colour)
    error = min(one.error_deg, 40.0)
    if not small:
        canvas.cased(arc_points(centre, 1.17 * radius, needle - error, needle + error), WHITE, 0.3 * unit)
    tip = on_arc(centre, 1.17 * radius, needle)
    canvas.cased([centre, tip], colour, 0.45 * unit)
    return ArcMark(gauge.rule, centre, radius, low, high, needle, gauge.status)


def _arrow_head(canvas: Canvas, centre: Point, radius: float, start: float, goal: float, colour: Colour) -> None:
    size = 1.5 * canvas.unit
    back_deg = math.copysign(math.degrees(1.7 * size / radius), start - goal)
    tip = on_arc(centre, radius, goal)
    inner = on_arc(centre, radius - 0.8 * size, goal + back_deg)
    outer = on_arc(centre, radius + 0.8 * size, goal + back_deg)
    canvas.polygon([tip, inner, outer], colour, INK, max(1.0, 0.15 * canvas.unit))


def draw_joints(canvas: Canvas, body: Body, gauges: Iterable[Gauge]) -> list[JointMark]:
    """Draws every joint of the near side. The mark of a judged joint shows its status by its shape."""
    status: dict[Joint, Status] = {}
    for gauge in gauges:
        if not isinstance(drawn_of(gauge), BackOutline):
            joint = judged_joint(gauge)
            status[joint] = max(status.get(joint, Status.UNJUDGED), gauge.status)
    marks = []
    size, edge = JOINT * canvas.unit, max(1.0, 0.3 * canvas.unit)
    seen = [joint for joint in Joint if joint in body.seen and any(joint in bone for bone in SKELETON)]
    drawn = sorted(seen, key=lambda one: status.get(one, 0))
    for joint in drawn:
        x, y = (float(number) for number in body.picture(joint))
        one = status.get(joint, Status.UNJUDGED)
        if one is Status.UNJUDGED:
            canvas.circle((x, y), 0.55 * size, WHITE, INK, edge)
        elif one is Status.GOOD:
            canvas.circle((x, y), size + edge, WHITE, INK, edge)
            canvas.circle((x, y), size, SKY, SKY, 0.0)
        elif one is Status.OUTSIDE:
            reach = 1.5 * size
            canvas.polygon([(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)], ORANGE, WHITE, edge)
        else:
            warning(canvas, (x, y), 1.9 * size)
        if joint in status:
            marks.append(JointMark(joint.name.lower(), (x, y), SHAPES[one]))
    return marks


def _smooth(points: Floats) -> Floats:
    """A line through few points, rounded by cutting its corners twice (Chaikin)."""
    for _ in range(2):
        cut = np.empty((2 * len(points) - 2, 2))
        cut[0::2] = 0.75 * points[:-1] + 0.25 * points[1:]
        cut[1::2] = 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.concatenate([points[:1], cut, points[-1:]])
    return points


def _near(direction: float, low: float, high: float) -> float:
    """The same direction, by full turns the nearest to an arc."""
    middle = (low + high) / 2.0
    return middle + (direction - middle + 180.0) % 360.0 - 180.0


def _dashes(start: Point | Floats, end: Point | Floats, step: float) -> list[list[Point]]:
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    count = max(1, min(60, round(length / step)))
    parts = []
    for number in range(0, count, 2):
        ends = (number / count, min(1.0, (number + 1) / count))
        parts.append([(start[0] + (end[0] - start[0]) * at, start[1] + (end[1] - start[1]) * at) for at in ends])
    return parts
