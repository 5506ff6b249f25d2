"""The pose model's bundle: named by the user, kept from last time, put together from MediaPipe's wheel, or downloaded.

A bundle, which MediaPipe Tasks loads, is a zip of a detector (where is a person?) and a landmarker (where are the
joints?).
"""

from __future__ import annotations

import hashlib
import http.client
import importlib.metadata
import importlib.util
import logging
import os
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Collection
from pathlib import Path

import platformdirs

from posecheck.errors import ModelError
from posecheck.estimators.startup import starting_mediapipe
from posecheck.system.atomic_files import elsewhere, replacing

PUBLISHED_URL = (
    "https://storage.googleapis.com/mediapipe-models/pose_landmarker/pose_landmarker_full/float16/1/"
    "pose_landmarker_full.task"
)
"""Google's own bundle, its version 1 (not "latest", which could change under us); 9 MB."""

PUBLISHED_SHA256 = frozenset(
    {
        "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
        "5134a3aad27a58b93da0088d431f366da362b44e3ccfbe3462b3827a839011b1",
    }
)
"""What has stood at that address: Google has replaced its version 1 by another of the same 9,398,198 bytes. From public
projects that download it and pin its digest, nine of the one and nine of the other."""

DETECTOR = "pose_detector.tflite"
LANDMARKER = "pose_landmarks_detector.tflite"

RECIPE = 1
"""Part of the cached file's name: to be raised whenever what `find_model` makes or fetches changes."""

TIMEOUT_S = 30.0
"""Longest silence of a server: a slow line is waited for, a dead one not for ever."""

CHUNK_BYTES = 1 << 16
"""Read at a time: some 140 steps of progress for the whole bundle."""

NAMED = "name a bundle by --model PATH or the environment variable POSECHECK_MODEL"

REMEDIES = (
    f"connect to the internet once and run again, or {NAMED}, or install mediapipe 0.10.21 under Python 3.12 or "
    "earlier, which brings the model"
)

Progress = Callable[[int, int | None], None]
"""Called with the bytes that have come, and with all that are to come where the server says."""

_log = logging.getLogger(__name__)


def find_model(explicit: Path | None, *, progress: Progress | None = None) -> Path:
    """The bundle to load: the one named, else the one that POSECHECK_MODEL names, else the default.

    Args:
        explicit: What the user named (lite, full or heavy); None for the default.
        progress: Told of a download as it goes on.

    Returns:
        A file that has been seen to be a bundle.

    Raises:
        ModelError: If the named file is no bundle, or no default can be had.
    """
    if explicit is not None:
        return _checked(explicit, "--model")
    if named := os.environ.get("POSECHECK_MODEL"):
        return _checked(Path(named), "POSECHECK_MODEL")
    return default_model(platformdirs.user_cache_path("posecheck"), _wheel(), PUBLISHED_URL, progress)


def default_model(
    cache: Path,
    wheel: Path | None,
    url: str,
    progress: Progress | None = None,
    published: Collection[str] = PUBLISHED_SHA256,
) -> Path:
    """The full model from the cache, put there first if need be; two processes may do so at once.

    A kept one that has changed since is made anew, with a warning in the log: a few wrong bytes move every angle.

    Args:
        cache: Folder to keep it in; made if missing.
        wheel: Folder of the installed mediapipe; None if there is none. If the pose models lie in it, the bundle is
            put together from them.
        url: Where to download the bundle from otherwise.
        progress: Told of a download as it goes on.
        published: The SHA-256 digests that a downloaded bundle may have, in hexadecimal.

    Raises:
        ModelError: If the download fails, is of another bundle, or the cache cannot be written.
    """
    parts = None if wheel is None else _parts(wheel)
    origin = "published" if parts is None else f"mediapipe-{importlib.metadata.version('mediapipe')}"
    target = cache / f"pose_landmarker_full-{origin}-{RECIPE}.task"
    digest_file = target.with_name(f"{target.name}.sha256")
    try:
        if target.exists():
            if _sha256(target) in (published if parts is None else _noted(digest_file)):
                return target
            _log.warning("posecheck: the pose model in %s is not what was put there; it is made anew", target)
        with replacing(target) as temporary:
            if parts is not None:
                _assemble(*parts, temporary)
                with replacing(digest_file) as note:
                    note.write_text(f"{_sha256(temporary)}  {target.name}\n", encoding="ascii")
            else:
                _download(url, temporary, progress, published)
    except OSError as error:
        raise ModelError(
            f"the pose model cannot be kept in {cache} ({error.strerror or error})",
            f"{elsewhere('XDG_CACHE_HOME')}, or {NAMED}",
        ) from error
    return target


def is_bundle(path: Path) -> bool:
    """Whether a file is a zip that holds both models, each byte of them as its checksums say."""
    try:
        with zipfile.ZipFile(path) as bundle:
            return {DETECTOR, LANDMARKER} <= set(bundle.namelist()) and bundle.testzip() is None
    except (OSError, ValueError, RuntimeError, NotImplementedError, zlib.error, zipfile.BadZipFile):
        return False  # zipfile raises all of these for one or another damage


def _sha256(path: Path) -> str:
    """The digest of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _noted(digest_file: Path) -> Collection[str]:
    """The digest that was kept beside a bundle put together here, as `sha256sum` writes it; empty if there is none."""
    try:
        return digest_file.read_text(encoding="ascii").split()[:1]
    except (OSError, UnicodeDecodeError):
        return ()


def _checked(path: Path, named_by: str) -> Path:
    """A bundle that the user named."""
    if not path.is_file():
        raise ModelError(f"{named_by} {path}: no such file", "name a pose landmarker bundle (.task)")
    if not is_bundle(path):
        raise ModelError(
            f"{named_by} {path}: is no pose landmarker bundle", f"name a .task with {DETECTOR} and {LANDMARKER}"
        )
    return path


def _wheel() -> Path | None:
    """Folder of the installed mediapipe, found without importing it."""
    spec = importlib.util.find_spec("mediapipe")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


def _parts(wheel: Path) -> tuple[Path, Path] | None:
    """The detector and the full landmarker, in wheels up to mediapipe 0.10.21."""
    detector = wheel / "modules" / "pose_detection" / "pose_detection.tflite"
    landmarker = wheel / "modules" / "pose_landmark" / "pose_landmark_full.tflite"
    return (detector, landmarker) if detector.is_file() and landmarker.is_file() else None


def _assemble(detector: Path, landmarker: Path, target: Path) -> None:
    """Write the bundle that Google would have published, from the wheel's models.

    Uncompressed, as MediaPipe maps it into memory. The wheel's models lack the metadata by which Tasks knows how to
    scale the colours 0..255: the detector wants -1..1, the landmarker 0..1.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as bundle:
        for name, part, mean, deviation in ((DETECTOR, detector, 127.5, 127.5), (LANDMARKER, landmarker, 0.0, 255.0)):
            # A date of its own would make each bundle another file.
            bundle.writestr(zipfile.ZipInfo(name), _with_normalisation(part.read_bytes(), mean, deviation))


def _with_normalisation(model: bytes, mean: float, deviation: float) -> bytes:
    """A TFLite model with the metadata that its input is (colour - mean) / deviation."""
    with starting_mediapipe():
        from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer

        writer = metadata_writer.MetadataWriter.create(bytearray(model))
        writer.add_image_input([mean], [deviation])
        content, _description = writer.populate()
    return bytes(content)


def _download(url: str, target: Path, progress: Progress | None, published: Collection[str]) -> None:
    """Fetch the bundle and see that it is one that Google has published."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
            length = answer.headers.get("Content-Length")
            total = int(length) if length else None
            done = 0
            with target.open("wb") as file:
                while chunk := answer.read(CHUNK_BYTES):
                    file.write(chunk)
                    done += len(chunk)
                    if progress is not None:
                        progress(done, total)
    except (OSError, http.client.HTTPException) as error:  # URLError and time-outs are OSErrors
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it is an answer too, on an open connection
        raise ModelError(f"the pose model could not be downloaded from {url} ({error})", REMEDIES) from error
    if total is not None and done < total:
        raise ModelError(f"the download of the pose model broke off at {done} of {total} bytes", REMEDIES)
    if not is_bundle(target):
        raise ModelError(f"what {url} sent is no pose model (a log-in page of the network?)", REMEDIES)
    if (digest := _sha256(target)) not in published:
        raise ModelError(
            f"what {url} sent is another pose model than the one that posecheck was tested with (SHA-256 {digest})",
            f"update posecheck (pip install -U posecheck-stretch), or {NAMED}",
        )
