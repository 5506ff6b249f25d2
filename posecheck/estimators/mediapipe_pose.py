"""MediaPipe's PoseLandmarker as an estimator."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from posecheck.estimators.quiet import quiet_stderr
from posecheck.frames import INFERENCE_SIDE_PX, Frame
from posecheck.landmarks import OUTLINE_POINTS, Floats, Pose


class MediaPipeEstimator:
    """Finds one person in a frame with MediaPipe's PoseLandmarker."""

    def __init__(self, model: Path, *, moving: bool) -> None:
        with quiet_stderr():
            import mediapipe
            from mediapipe.tasks.python import BaseOptions, vision

            mode = vision.RunningMode.VIDEO if moving else vision.RunningMode.IMAGE
            options = vision.PoseLandmarkerOptions(
                base_options=BaseOptions(model_asset_path=str(model)),
                running_mode=mode,
                num_poses=1,
                output_segmentation_masks=True,
            )
            self._landmarker = vision.PoseLandmarker.create_from_options(options)
        self._mediapipe: Any = mediapipe
        self._moving = moving
        self._last_ms = -1

    def estimate(self, frame: Frame) -> Pose:
        """The pose in one frame."""
        rgb = frame.rgb(INFERENCE_SIDE_PX)
        image = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=rgb)
        if self._moving:
            self._last_ms = max(self._last_ms + 1, round(frame.time_s * 1000))
            result = self._landmarker.detect_for_video(image, self._last_ms)
        else:
            result = self._landmarker.detect(image)
        width, height = frame.width_px, frame.height_px
        if not result.pose_landmarks:
            return Pose(frame.time_s, width, height)
        landmarks = np.array(
            [(p.x, p.y, p.z, p.visibility, p.presence) for p in result.pose_landmarks[0]], dtype=np.float32
        )
        landmarks[:, :3] *= (width, height, width)
        world = np.array([(p.x, p.y, p.z) for p in result.pose_world_landmarks[0]], dtype=np.float32)
        mask = result.segmentation_masks[0].numpy_view()
        mask = mask.reshape(mask.shape[:2])
        return Pose(frame.time_s, width, height, landmarks, world, outline(mask, width, height))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._landmarker.close()


def outline(mask: NDArray[np.float32], width_px: int, height_px: int) -> Floats | None:
    """The largest contour of a body mask, in pixels of the full frame."""
    import cv2

    contours, _ = cv2.findContours(
        cv2.compare(mask, 0.5, cv2.CMP_GT), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    epsilon = 0.5
    points = contour
    while len(points) > OUTLINE_POINTS:
        points = cv2.approxPolyDP(contour, epsilon, True)
        epsilon *= 1.2
    scale = (width_px / mask.shape[1], height_px / mask.shape[0])
    return ((points[:, 0] + 0.5) * scale).astype(np.float32)
