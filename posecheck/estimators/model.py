"""The pose model's bundle: found, put together from MediaPipe's wheel, or downloaded."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

import platformdirs

from posecheck.errors import ModelError
from posecheck.estimators.quiet import quiet_stderr

PUBLISHED_URL = (
    "https://storage.googleapis.com/mediapipe-models/pose_landmarker/pose_landmarker_full/float16/1/"
    "pose_landmarker_full.task"
)
DETECTOR = "pose_detector.tflite"
LANDMARKER = "pose_landmarks_detector.tflite"


def find_model(explicit: Path | None, *, progress: Callable[[int, int | None], None] | None = None) -> Path:
    """The bundle to load."""
    if explicit is None and os.environ.get("POSECHECK_MODEL"):
        explicit = Path(os.environ["POSECHECK_MODEL"])
    if explicit is not None:
        if not _is_bundle(explicit):
            raise ModelError(f"{explicit}: no pose landmarker bundle")
        return explicit
    cache = Path(platformdirs.user_cache_dir("posecheck"))
    cache.mkdir(parents=True, exist_ok=True)
    spec = importlib.util.find_spec("mediapipe")
    modules = Path(spec.submodule_search_locations[0]) / "modules"
    detector = modules / "pose_detection" / "pose_detection.tflite"
    landmarker = modules / "pose_landmark" / "pose_landmark_full.tflite"
    assemble = detector.exists() and landmarker.exists()
    origin = f"mediapipe-{importlib.metadata.version('mediapipe')}" if assemble else "published-1"
    target = cache / f"pose_landmarker_full-{origin}.task"
    if _is_bundle(target):
        return target
    handle, name = tempfile.mkstemp(dir=cache, suffix=".part")
    os.close(handle)
    if assemble:
        with zipfile.ZipFile(name, "w", zipfile.ZIP_STORED) as bundle:
            bundle.writestr(DETECTOR, _with_normalisation(detector, 127.5, 127.5))
            bundle.writestr(LANDMARKER, _with_normalisation(landmarker, 0.0, 255.0))
    else:
        urllib.request.urlretrieve(PUBLISHED_URL, name)
    os.replace(name, target)
    return target


def _with_normalisation(tflite: Path, mean: float, std: float) -> bytes:
    with quiet_stderr():
        from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer

        writer = metadata_writer.MetadataWriter.create(bytearray(tflite.read_bytes()))
        writer.add_image_input([mean], [std])
        return bytes(writer.populate()[0])


def _is_bundle(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as bundle:
            return {DETECTOR, LANDMARKER} <= set(bundle.namelist())
    except (OSError, zipfile.BadZipFile):
        return False
