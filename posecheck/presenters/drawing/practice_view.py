"""The picture of live practice: the mirrored camera, the overlay, the target's silhouette, and what is above all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from posecheck.pose.landmarks import Floats
from posecheck.presenters.drawing.canvas import (
    GREY,
    INK,
    SKY,
    VERMILLION,
    WHITE,
    Box,
    Canvas,
    Line,
    Picture,
    Sprite,
    text_box,
    wrapped,
)
from posecheck.presenters.drawing.drawn_layout import DrawnLayout, DrawnText
from posecheck.presenters.drawing.face_blur import Region, hide
from posecheck.presenters.drawing.fonts import letter_height, size_for
from posecheck.presenters.drawing.overlay import Overlay
from posecheck.presenters.drawing.scene import Scene
from posecheck.presenters.drawing.target_figure import TargetFigure
from posecheck.rules.figure import Figure

BANNER_LETTERS, HELP_LETTERS, BADGE_LETTERS = 6.5, 3.4, 2.6
HEADING_LETTERS, ROW_LETTERS, DETAIL_LETTERS, ADVICE_LETTERS = 7.0, 4.2, 3.4, 100.0 / 18.0
MARGIN = 2.5
"""Sizes in units (`Canvas.unit`)."""

HELP = (
    "space   pause",
    "n   next stretch",
    "r   restart it",
    "m   mute",
    "s   snapshot",
    "f   full screen",
    "q   quit",
    "?   this help",
)
"""The keys, for those within reach."""


@dataclass(frozen=True, slots=True, eq=False)
class Show:
    """What is to be shown of one frame.

    Attributes:
        picture: (height, width, 3) RGB as the camera saw it; not changed.
        scene: What is known of it; None to show the picture alone.
        figure: The posture to take or hold, for its silhouette; None for no silhouette.
        mirrored: Whether to show it as a mirror does.
        face: Where the face is in the picture, to be hidden; None to hide nothing.
        recording: Whether it is being recorded.
        muted: Whether the voice is silent.
        banner: A few words above all else, such as that it is paused.
        note: Something to know, in small letters.
        keys: Whether to list the keys.
    """

    picture: Picture
    scene: Scene | None
    figure: Figure | None = None
    mirrored: bool = True
    face: Region | None = None
    recording: bool = False
    muted: bool = False
    banner: str | None = None
    note: str | None = None
    keys: bool = False


class PracticeView:
    """Draws one frame after the other; remembers only where things stand."""

    def __init__(self) -> None:
        self._overlay = Overlay()
        self._ghost = TargetFigure()

    def draw(self, show: Show, size: tuple[int, int]) -> tuple[Picture, DrawnLayout]:
        """A new picture.

        Args:
            show: What to show.
            size: Width and height of the room there is. The picture fills it as far as its shape allows; the bars that
                are left are drawn on too, so that letters are as large as the room allows.

        Returns:
            The picture, and what was drawn over it and where.
        """
        picture, inner = _fitted(seen(show), size)
        canvas = Canvas(picture)
        layout = DrawnLayout()
        if show.scene is not None:
            scene = _within(mirrored(show.scene) if show.mirrored else show.scene, inner, size)
            layout = self._overlay.draw(picture, scene)
        words = list(layout.words)
        words += _badges(canvas, show, words)
        if show.scene is not None and show.figure is not None and show.banner is None:
            words += self._silhouette(canvas, scene, show.figure, words)
        if show.keys:
            words.append(_panel(canvas, "help", HELP, HELP_LETTERS))
        elif show.banner:
            lines = wrapped(show.banner, BANNER_LETTERS * canvas.unit, 0.8 * canvas.width)
            words.append(_panel(canvas, "banner", lines, BANNER_LETTERS))
        return picture, replace(layout, words=tuple(words))

    def _silhouette(self, canvas: Canvas, scene: Scene, figure: Figure, taken: Sequence[DrawnText]) -> list[DrawnText]:
        box = self._ghost.draw(
            canvas,
            figure,
            facing_right=scene.facing > 0,
            taken=[one.box for one in taken],
            body=_body_points(scene, canvas),
        )
        return [] if box is None else [DrawnText("silhouette", (), box, 0)]


def plain(show: Show) -> Picture:
    """The picture alone, as the camera saw it, the face hidden if it is to be: what may be kept."""
    if show.face is None:
        return show.picture
    picture = show.picture.copy()
    hide(picture, show.face)
    return picture


def seen(show: Show) -> Picture:
    """The same as the person sees it on the screen: as a mirror does, if it is to be one."""
    picture = plain(show)
    return picture[:, ::-1] if show.mirrored else picture


def mirrored(scene: Scene) -> Scene:
    """The scene as a mirror shows it; left and right stay the person's."""
    pose = scene.pose
    landmarks, outline = pose.landmarks, pose.outline
    if landmarks is not None:
        landmarks = landmarks.copy()
        landmarks[:, 0] = pose.width_px - landmarks[:, 0]
    if outline is not None:
        outline = outline * np.array([-1.0, 1.0], np.float32) + np.array([pose.width_px, 0.0], np.float32)
    turned = replace(pose, landmarks=landmarks, outline=outline)
    return replace(scene, pose=turned, facing=-scene.facing, floor_deg=-scene.floor_deg)


def draw_ending(
    picture: Picture, heading: str, rows: Sequence[str], advice: str, size: tuple[int, int]
) -> tuple[Picture, DrawnLayout]:
    """The summary at the end, over the last picture in the dark.

    Args:
        picture: (height, width, 3) RGB as it was `seen`.
        heading: Two or three words.
        rows: What was done; those that begin with a blank belong to the one before.
        advice: What to work on; empty for nothing.
        size: As for `PracticeView.draw`.
    """
    picture = np.asarray(_fitted(picture, size)[0] // 6, np.uint8)
    canvas = Canvas(picture)
    share = 1.0
    while True:
        sprites = _ending(heading, rows, advice, share * canvas.unit, canvas.width)
        gap = 3.0 * share * canvas.unit
        height = sum(sprite.height for sprite, _ in sprites) + gap * (len(sprites) - 1)
        if height <= 0.96 * canvas.height or share < 0.3:
            break
        share *= 0.92
    left = (canvas.width - max(sprite.width for sprite, _ in sprites)) / 2.0
    top = (canvas.height - height) / 2.0
    words = []
    for sprite, lines in sprites:
        box = canvas.blit(sprite, left, top)
        words.append(DrawnText("ending", tuple(line.text for line in lines), box, round(lines[0].letter_px)))
        top += sprite.height + gap
    rule = words[0].box[3] + gap / 2.0
    canvas.line([(left, rule), (canvas.width - left, rule)], SKY, 0.6 * share * canvas.unit)
    return picture, DrawnLayout(tuple(words))


def _ending(
    heading: str, rows: Sequence[str], advice: str, unit: float, width: int
) -> list[tuple[Sprite, tuple[Line, ...]]]:
    """Heading, rows and advice, each as a sprite with its lines."""
    blocks: list[tuple[Line, ...]] = [(Line(heading, HEADING_LETTERS * unit),)]
    body = [
        Line(line, letters * unit, GREY if row.startswith(" ") else WHITE)
        for row in rows
        for letters in (DETAIL_LETTERS if row.startswith(" ") else ROW_LETTERS,)
        for line in wrapped(row, letters * unit, 0.86 * width)
    ]
    blocks.append(tuple(body))
    if advice:
        blocks.append(
            tuple(
                Line(line, ADVICE_LETTERS * unit, SKY) for line in wrapped(advice, ADVICE_LETTERS * unit, 0.86 * width)
            )
        )
    return [(text_box(lines, pad=max(1, round(0.5 * unit)), opacity=0.0), lines) for lines in blocks if lines]


def resized(picture: Picture, size: tuple[int, int]) -> Picture:
    """A picture of another size (width, height), for drawing on."""
    import cv2

    height, width = picture.shape[:2]
    if size == (width, height):
        return np.array(picture, order="C")
    way = cv2.INTER_AREA if size[0] < width else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(picture), size, interpolation=way), np.uint8)


def _fitted(picture: Picture, size: tuple[int, int]) -> tuple[Picture, Box]:
    """A picture as large as the room for it allows, with bars where its shape leaves some, and where in it it lies."""
    height, width = picture.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    if inner == size:
        return resized(picture, size), (0, 0, *size)
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    whole = np.empty((size[1], size[0], 3), np.uint8)
    whole[:] = INK
    whole[top : top + inner[1], left : left + inner[0]] = resized(picture, inner)
    return whole, (left, top, left + inner[0], top + inner[1])


def _within(scene: Scene, inner: Box, size: tuple[int, int]) -> Scene:
    """The scene of a picture that is a part of a larger one; what lies outside it is not seen."""
    if inner == (0, 0, *size):
        return scene
    pose = scene.pose
    scale = pose.width_px / (inner[2] - inner[0])
    shift = np.array([inner[0], inner[1]], np.float32) * scale
    landmarks, outline = pose.landmarks, pose.outline
    if landmarks is not None:
        landmarks = landmarks.copy()
        outside = (landmarks[:, :2] < 0) | (landmarks[:, :2] > (pose.width_px, pose.height_px))
        landmarks[outside.any(axis=1), 3] = 0.0
        landmarks[:, :2] += shift
    if outline is not None:
        outline = outline + shift
    width_px, height_px = (round(side * scale) for side in size)
    moved = replace(pose, width_px=width_px, height_px=height_px, landmarks=landmarks, outline=outline)
    return replace(scene, pose=moved)


def _badges(canvas: Canvas, show: Show, taken: Sequence[DrawnText]) -> list[DrawnText]:
    """What is always to be known, in small letters at the middle of the upper edge, or of the lower one."""
    lines: tuple[Line, ...] = (Line("●  REC", BADGE_LETTERS * canvas.unit, VERMILLION),) if show.recording else ()
    for text in ("Muted" if show.muted else None, show.note):
        if text:
            fitting = wrapped(text, BADGE_LETTERS * canvas.unit, 0.36 * canvas.width)
            lines += tuple(Line(line, BADGE_LETTERS * canvas.unit, WHITE) for line in fitting)
    if not lines:
        return []
    sprite = text_box(lines, pad=max(2, round(canvas.unit)), centred=True)
    margin = round(MARGIN * canvas.unit)
    places = [
        (x, y, x + sprite.width, y + sprite.height)
        for y in (margin, canvas.height - sprite.height - margin, (canvas.height - sprite.height) // 2)
        for x in ((canvas.width - sprite.width) // 2, margin, canvas.width - sprite.width - margin)
    ]
    free = (place for place in places if not any(_meet(place, one.box) for one in taken))
    box = canvas.blit(sprite, *next(free, places[-1])[:2])
    return [DrawnText("badge", tuple(line.text for line in lines), box, letter_height(size_for(lines[0].letter_px)))]


def _panel(canvas: Canvas, kind: str, texts: Sequence[str], letters: float) -> DrawnText:
    """Lines in the middle of the picture."""
    letter_px = letters * canvas.unit
    lines = tuple(Line(text, letter_px) for text in texts)
    sprite = text_box(lines, pad=round(0.9 * letter_px), centred=kind == "banner", fill=INK, opacity=0.86)
    box = canvas.blit(sprite, (canvas.width - sprite.width) / 2.0, (canvas.height - sprite.height) / 2.0)
    return DrawnText(kind, tuple(texts), box, letter_height(size_for(letter_px)))


def _body_points(scene: Scene, canvas: Canvas) -> Floats:
    pose = scene.pose
    parts = [part[:, :2] for part in (pose.landmarks, pose.outline) if part is not None]
    points = np.concatenate([np.empty((0, 2)), *parts])
    return np.asarray(points * (canvas.width / pose.width_px), np.float64)


def _meet(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
