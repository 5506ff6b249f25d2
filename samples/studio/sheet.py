"""Contact sheets: three moments of every rendered clip with its truth drawn over them, to be looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from posecheck.sources import open_source
from samples.studio.preview import draw_joints
from samples.studio.truth import Truth, read_truth

_CLIPS_A_SHEET = 7
_WIDTH_PX, _HEIGHT_PX = 480, 270


def write_sheets(folder: Path, target: Path) -> list[Path]:
    """Writes ``contact-1.png`` and so on, a clip in each row.

    Args:
        folder: With clips and their ``NAME.truth.json``.
        target: Where the pictures go.

    Returns:
        The pictures.
    """
    import cv2

    target.mkdir(parents=True, exist_ok=True)
    rows = [_row(folder, read_truth(path)) for path in sorted(folder.glob("*.truth.json"))]
    written = []
    for number, start in enumerate(range(0, len(rows), _CLIPS_A_SHEET), 1):
        written.append(target / f"contact-{number}.png")
        cv2.imwrite(str(written[-1]), np.vstack(rows[start : start + _CLIPS_A_SHEET])[:, :, ::-1])
    return written


def _row(folder: Path, truth: Truth) -> Any:
    import cv2

    wanted = [int(np.abs(truth.time_s - moment).argmin()) for moment in _moments(truth)]
    pictures = []
    with open_source(folder / truth.clip) as source:
        for number, frame in enumerate(source):
            if number not in wanted:
                continue
            picture = frame.rgb().copy()
            if truth.near[number] >= 0:
                draw_joints(picture, truth.joints_px[number])
            scale = min(_WIDTH_PX / picture.shape[1], _HEIGHT_PX / picture.shape[0])
            small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            page = np.zeros((_HEIGHT_PX, _WIDTH_PX, 3), np.uint8)
            page[: small.shape[0], : small.shape[1]] = small
            words = f"{truth.clip.removesuffix('.mp4')} {truth.time_s[number]:.1f} s"
            cv2.putText(page, words, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 40, 40), 1, cv2.LINE_AA)
            pictures.append(page)
    return np.hstack(pictures)


def _moments(truth: Truth) -> list[float]:
    """Three times: near the beginning, and in the middle of the first and of the last labels that differ."""
    end_s = float(truth.time_s[-1])
    middles = {mark.label + (mark.phase or "") + mark.stretch: (mark.start_s + mark.end_s) / 2 for mark in truth.marks}
    times = sorted({0.06 * end_s, *list(middles.values())[:1], *list(middles.values())[-1:]})
    return [*times, *(end_s * share for share in (0.5, 0.94))][:3]
