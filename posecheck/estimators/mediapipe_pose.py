"""MediaPipe's PoseLandmarker as an estimator; works with mediapipe 0.10.21 and 0.10.33."""

from __future__ import annotations

import importlib.metadata
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.errors import ModelError
from posecheck.estimators.picture import nobody_in
from posecheck.estimators.startup import starting_mediapipe
from posecheck.pose.frames import INFERENCE_SIDE_PX, Frame
from posecheck.pose.landmarks import OUTLINE_POINTS, Floats, Pose
from posecheck.system.closing import Closable

CONFIDENCE = 0.5
"""Least score for a detection and for "this is a body": MediaPipe's own default."""

BLANK = np.zeros((64, 64, 3), np.uint8)
"""A picture of nobody; its size does not matter, as the model looks at 224 x 224 of whatever it is given."""

BEFORE_START_S = -0.001
"""Time of the blank picture that sets the graph going: the millisecond before a clip's first frame."""

FORGET_S = 0.25
"""After a longer time without a picture the tracker begins anew: its smoothing would put the body between where it was
and where it is, and a bridge seen two seconds after lying read 14 degrees of trunk in place of 20."""

WIDTH_STEP_PX = 4
"""MediaPipe 0.10.33 ends the process (`Check failed: 1 == ChannelSize()`) when a mask is read whose rows do not fill
whole 16 bytes, as those of 4 float32 do."""

OUTLINE_STEPS = 4
"""Halvings in search of the finest outline that fits: more gain less than 0.02 px."""


class MediaPipeEstimator(Closable):
    """Finds one person in a frame, or everybody.

    Args:
        model: The bundle, from `posecheck.estimators.model.find_model`.
        moving: Frames follow one another and the person is tracked (VIDEO mode); otherwise each stands alone.
        people: Most people that `everybody` finds.

    Attributes:
        warnings: None: it does not know one person from another.

    Raises:
        ModelError: If MediaPipe cannot load the bundle.
    """

    def __init__(self, model: Path, *, moving: bool, people: int = 1) -> None:
        self.warnings: list[str] = []
        self._moving = moving
        self._last_ms = -1
        try:
            with starting_mediapipe() as chatter:
                _provoke_chatter(model)
                self._landmarker = _landmarker(model, moving=moving, people=people)
                # The graph starts in threads of its own: what they say is said when a picture has gone through.
                self._detect(BLANK, BEFORE_START_S)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            error.add_note(chatter.text)
            lines = str(error).strip().splitlines() or [chatter.last_line()]
            raise ModelError(
                f"{model}: MediaPipe could not load it ({lines[-1].strip()}); name another bundle by --model PATH, or "
                "delete this one if posecheck made it; POSECHECK_DEBUG=1 shows all that MediaPipe says"
            ) from error

    def estimate(self, frame: Frame) -> Pose:
        """The pose in pixels of the frame's full upright size; its landmarks are None where nobody is found.

        Args:
            frame: If moving, later than the frame before.

        Returns:
            x and y as the model gives them, which may lie outside the frame; z on the scale of x, 0 at the hips.
        """
        people, nobody = self._people(frame, 1)
        return people[0] if people else nobody

    def everybody(self, frame: Frame) -> list[Pose]:
        """All poses that are found, the surest first, each as from `estimate`; empty where nobody is found."""
        return self._people(frame, None)[0]

    def close(self) -> None:
        """Frees the model."""
        self._landmarker.close()

    def _people(self, frame: Frame, most: int | None) -> tuple[list[Pose], Pose]:
        """Those that are found, `most` of them at most, and the pose of nobody."""
        width, height = frame.width_px, frame.height_px
        rgb = frame.rgb(INFERENCE_SIDE_PX)
        widened = rgb if _has_masks_of_any_width() else _widened(rgb)
        share = widened.shape[1] / rgb.shape[1]
        found = self._detect(widened, frame.time_s)
        nobody = nobody_in(frame, rgb)
        people = []
        for index, normalised in enumerate(found.pose_landmarks[:most]):
            landmarks = np.array([(p.x, p.y, p.z, p.visibility, p.presence) for p in normalised], np.float32)
            landmarks[:, :3] *= (width * share, height, width * share)
            world = np.array([(p.x, p.y, p.z) for p in found.pose_world_landmarks[index]], np.float32)
            mask = found.segmentation_masks[index].numpy_view()
            mask = mask.reshape(mask.shape[:2])[:, : rgb.shape[1]]  # 0.10.33 adds an axis for its one channel
            people.append(replace(nobody, landmarks=landmarks, world=world, outline=outline(mask, width, height)))
        return people, nobody

    def _detect(self, rgb: NDArray[np.uint8], time_s: float) -> Any:
        """MediaPipe's result for one picture.

        VIDEO mode wants whole milliseconds that increase. Frames closer than that are told apart by a millisecond each,
        which only the model's smoothing sees.
        """
        if not self._moving:
            return self._landmarker.detect(_image(rgb))
        now_ms = round((time_s - BEFORE_START_S) * 1000)
        if now_ms - self._last_ms > FORGET_S * 1000 and self._last_ms > 0:
            self._landmarker.detect_for_video(_image(BLANK), now_ms - 1)
        self._last_ms = max(self._last_ms + 1, now_ms)
        return self._landmarker.detect_for_video(_image(rgb), self._last_ms)


@cache
def _has_masks_of_any_width() -> bool:
    """Whether this MediaPipe hands out the mask of any picture: 0.10.21 does."""
    return importlib.metadata.version("mediapipe") == "0.10.21"


def _widened(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with its last column repeated until its width is a multiple of `WIDTH_STEP_PX`."""
    return np.pad(rgb, ((0, 0), (0, -rgb.shape[1] % WIDTH_STEP_PX), (0, 0)), mode="edge")


def outline(mask: NDArray[np.float32], width_px: int, height_px: int) -> Floats | None:
    """The largest contour of a body mask, as fine as `OUTLINE_POINTS` points allow.

    Douglas and Peucker's simplification with the smallest tolerance that fits keeps points where the outline bends and
    spends none where it is straight. On the 128 pictures of the real footage (masks of 640 px, contours of 1231 px,
    median) no point of the contour was further off than 0.9 px (median of the pictures; 1.4 px at worst), where points
    at equal steps would lie 10 px apart. All of it takes 0.35 ms, the search 0.15 ms.

    Args:
        mask: (height, width) probabilities 0..1 that a pixel shows the body.
        width_px: Width of the full frame.
        height_px: Height of the full frame.

    Returns:
        (K, 2) float32 in pixels of the full frame, through the middles of the outermost body pixels; None where no
        area is above one half.
    """
    contours, _ = cv2.findContours((mask > 0.5).view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    contour = max(contours, key=cv2.contourArea, default=None)
    if contour is None or cv2.contourArea(contour) == 0:
        return None
    scale = np.array((width_px / mask.shape[1], height_px / mask.shape[0]), np.float32)
    # The middle of a pixel lies half a pixel from its corner, where the landmarks' coordinates begin.
    points: NDArray[np.float32] = (_simplified(contour)[:, 0].astype(np.float32) + np.float32(0.5)) * scale
    return points


def _simplified(contour: Any) -> Any:
    """At most `OUTLINE_POINTS` of a contour's (N, 1, 2) points: doubling finds a tolerance, halving refines it."""
    if len(contour) <= OUTLINE_POINTS:
        return contour
    too_fine_px, fits_px = 0.0, 0.5  # the contour itself, on whole pixels, is no finer than half of one
    while len(points := cv2.approxPolyDP(contour, fits_px, closed=True)) > OUTLINE_POINTS:
        too_fine_px, fits_px = fits_px, 2 * fits_px
    for _ in range(OUTLINE_STEPS):
        middle_px = (too_fine_px + fits_px) / 2
        finer = cv2.approxPolyDP(contour, middle_px, closed=True)
        if len(finer) <= OUTLINE_POINTS:
            points, fits_px = finer, middle_px
        else:
            too_fine_px = middle_px
    return points


@cache
def _provoke_chatter(model: Path) -> None:
    """Make MediaPipe say, while it is not heard, what it says once in a process when it first finds somebody.

    To a landmarker that believes anything, a blank picture shows a person.
    """
    with _landmarker(model, moving=False, confidence=0.0) as credulous:
        credulous.detect(_image(BLANK))


def _image(rgb: NDArray[np.uint8]) -> Any:
    import mediapipe

    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)


def _landmarker(model: Path, *, moving: bool, people: int = 1, confidence: float = CONFIDENCE) -> Any:
    """MediaPipe's task, with the mask of each body."""
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)),
        running_mode=vision.RunningMode.VIDEO if moving else vision.RunningMode.IMAGE,
        num_poses=people,
        min_pose_detection_confidence=confidence,
        min_pose_presence_confidence=confidence,
        output_segmentation_masks=True,
    )
    return vision.PoseLandmarker.create_from_options(options)
