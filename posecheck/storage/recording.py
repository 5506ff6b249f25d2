"""A recording: the raw landmarks and outlines of a clip, saved as it is analysed and judged again later.

A file is a zip of numpy arrays (``.npz``): ``header``, the JSON of a `Header` as bytes, and for each block of poses
its arrays, so that neither writing nor reading holds a long clip in memory. Measures and verdicts are not kept: they
are computed anew, by the rules of the day.
"""

from __future__ import annotations

import io
import json
import lzma
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from pydantic import TypeAdapter, ValidationError

from posecheck.errors import InputError, OutputError
from posecheck.pose.frames import Header, SourceInfo
from posecheck.pose.landmarks import OUTLINE_POINTS, Floats, Landmark, Poses
from posecheck.system.atomic_files import replacing

FORMAT = "posecheck-recording"
VERSION = 2
"""Version 1 knew neither shots nor the middle tone."""

COMPRESSION = 1
"""zlib's quickest level: half the size for 0.1 ms a frame; higher levels gain a few hundredths."""

_HEADER = "header.npy"
_SHAPES = {
    "time_s": (),
    "landmarks": (len(Landmark), 5),
    "world": (len(Landmark), 3),
    "brightness": (),
    "sharpness": (),
    "midtone": (),
    "shot": (),
}
_KINDS = {"shot": "i"}
"""numpy's letter for the numbers of the arrays that hold no fractions."""

MOST_BYTES = 1 << 26
"""Of one array, unpacked; the largest of a block of 256 poses, the points of its outlines, has 262 kB."""

_DAMAGE = (
    lzma.LZMAError,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    OverflowError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    tokenize.TokenError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the readers of zips and arrays raise when a file is damaged."""


class RecordingWriter:
    """Writes a recording block by block; the file appears under its name only when it is complete.

    Use as a context manager, and call `finish` last: without it, or on an error, nothing remains.

    Raises:
        OutputError: If the file cannot be written.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._blocks = 0
        self._finished = False

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            try:
                temporary = stack.enter_context(replacing(self._path))
                file = stack.enter_context(temporary.open("wb"))
                self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION)
                stack.push(self._end_zip)
            except OSError as error:
                raise OutputError(_unwritable(self._path, error)) from error
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and not self._finished:
            kind, error = _UnfinishedError, _UnfinishedError()
        try:
            self._stack.__exit__(kind, error, trace)
        except OSError as failure:
            raise OutputError(_unwritable(self._path, failure)) from failure

    def _end_zip(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._zip.close()
        else:
            self._zip.fp = None  # let go of: where a write was broken off half-way, closing would fail

    def write(self, poses: Poses) -> None:
        """Adds a block of poses."""
        drawn = np.isfinite(poses.outline[:, 0, 0])
        # The points that only fill a row repeat the first one: they are left out and put back on reading.
        counts = np.where(drawn, OUTLINE_POINTS - _padding(poses.outline), 0).astype(np.int32)
        points = poses.outline[np.arange(OUTLINE_POINTS) < counts[:, None]]
        size = np.array([poses.width_px, poses.height_px], np.int32)
        arrays: dict[str, Any] = {name: getattr(poses, name) for name in _SHAPES}
        arrays |= {"outline_counts": counts, "outline_points": points, "size": size}
        for name, array in arrays.items():
            self._add(f"{self._blocks:06d}.{name}.npy", array)
        self._blocks += 1

    def finish(self, header: Header) -> None:
        """Writes the header, which is known only at the end."""
        kind = {"kind": header.source.kind.value}
        content = asdict(header) | {"source": asdict(header.source) | kind, "format": FORMAT, "version": VERSION}
        content["blocks"] = self._blocks
        self._add(_HEADER, np.frombuffer(json.dumps(content).encode(), np.uint8))
        self._finished = True

    def _add(self, name: str, array: Any) -> None:
        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=False)
        try:
            self._zip.writestr(name, buffer.getbuffer())
        except OSError as error:
            raise OutputError(_unwritable(self._path, error)) from error


class _UnfinishedError(Exception):
    """What tells the context managers of a writer that was left without `finish` to give up; reaches nobody."""


class Recording:
    """A recording on disk. Iterating gives its poses in the blocks in which they were written.

    Args:
        path: The file.

    Attributes:
        header: What it tells of its clip.

    Raises:
        InputError: If the file is no recording, is damaged, or is of a later version. Also raised while iterating.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        content = self._content()
        if content.get("format") != FORMAT:
            raise InputError(f"{path}: is no recording of posecheck; name a recording.npz that analyze has written")
        self._version = content.get("version")
        if self._version not in range(1, VERSION + 1):
            raise InputError(
                f"{path}: is a recording of version {content.get('version')}, this program reads {VERSION}; "
                "update posecheck, or analyse the clip again"
            )
        try:
            # A file's name need be no text: what cannot be shown of it stands as a question mark.
            shown = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
            self.header = TypeAdapter(Header).validate_json(shown, strict=True)
            self._blocks = TypeAdapter(int).validate_python(content.get("blocks"), strict=True)
            _check_source(self.header.source)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"])) or "blocks"
            raise InputError(self._damaged(ValueError(f"{where}: {first['msg']}"))) from error
        except ValueError as error:
            raise InputError(self._damaged(error)) from error

    def __iter__(self) -> Iterator[Poses]:
        try:
            with zipfile.ZipFile(self._path) as file:
                kept = sum(name.endswith(".time_s.npy") for name in file.namelist())
                if kept != self._blocks:
                    raise ValueError(f"it has {kept} blocks of {self._blocks}")
                before_s = -np.inf
                for block in range(self._blocks):
                    poses = self._block(file, block)
                    times_s = np.concatenate(([before_s], poses.time_s))
                    if not np.all(np.isfinite(poses.time_s)) or np.any(times_s[1:] < times_s[:-1]):
                        raise ValueError("its times are not in order")
                    before_s = times_s[-1]
                    yield poses
        except _DAMAGE as error:
            raise InputError(self._damaged(error)) from error

    def _content(self) -> dict[str, Any]:
        try:
            with zipfile.ZipFile(self._path) as file:
                content = json.loads(_array(file, _HEADER).tobytes())
        except KeyError as error:
            raise InputError(f"{self._path}: is no recording of posecheck; it has no header") from error
        except _DAMAGE as error:
            raise InputError(self._damaged(error)) from error
        return content if isinstance(content, dict) else {}

    def _block(self, file: zipfile.ZipFile, block: int) -> Poses:
        names = (*_SHAPES, "outline_counts", "outline_points", "size")
        new = () if self._version != 1 else ("midtone", "shot")
        arrays = {name: _array(file, f"{block:06d}.{name}.npy") for name in names if name not in new}
        arrays.setdefault("midtone", np.full(arrays["time_s"].size, np.nan, np.float32))
        arrays.setdefault("shot", np.zeros(arrays["time_s"].size, np.int32))
        count, points = arrays["time_s"].size, arrays["outline_points"]
        for name, shape in _SHAPES.items():
            _check(name, arrays[name], (count, *shape), _KINDS.get(name, "f"))
        counts = arrays["outline_counts"]
        _check("outline_counts", counts, (count,), "i")
        _check("outline_points", points, (counts.sum(), 2), "f")
        _check("size", arrays["size"], (2,), "i")
        if np.any(np.diff(arrays["shot"]) < 0):
            raise ValueError("the shots go back")
        if np.any((counts < 0) | (counts > OUTLINE_POINTS)):
            raise ValueError("the outlines do not fit")
        outline = np.full((count, OUTLINE_POINTS, 2), np.nan, np.float32)
        starts = np.cumsum(counts) - counts
        drawn = counts > 0
        outline[drawn] = points[starts[drawn], None]
        outline[np.arange(OUTLINE_POINTS) < counts[:, None]] = points
        width_px, height_px = arrays["size"].tolist()
        if min(width_px, height_px) <= 0:
            raise ValueError(f"its pictures are {width_px}x{height_px}")
        per_frame = {name: arrays[name] for name in _SHAPES}
        return Poses(width_px=width_px, height_px=height_px, outline=outline, **per_frame)

    def _damaged(self, error: Exception) -> str:
        reason = " ".join(str(error).split())
        return f"{self._path}: this recording cannot be read ({reason}); analyse the clip again"


def is_recording(path: Path) -> bool:
    """Whether a file is a zip with a recording's header; told from the content, not the name."""
    try:
        with zipfile.ZipFile(path) as file:
            return _HEADER in file.namelist()
    except _DAMAGE:
        return False


def _array(file: zipfile.ZipFile, name: str) -> Any:
    if (size := file.getinfo(name).file_size) > MOST_BYTES:
        raise ValueError(f"{name} unpacks to {size} bytes")
    array = np.load(io.BytesIO(file.read(name)), allow_pickle=False)
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{name} is no array")
    return array


def _check_source(source: SourceInfo) -> None:
    """Refuses a clip that cannot be."""
    if min(source.width_px, source.height_px) <= 0:
        raise ValueError(f"its pictures are {source.width_px}x{source.height_px}")
    if source.duration_s is not None and not 0 <= source.duration_s < np.inf:
        raise ValueError(f"it lasts {source.duration_s} s")


def _check(name: str, array: Any, shape: tuple[int, ...], kind: str) -> None:
    """Refuses an array of another shape, or of another kind of numbers (numpy's letter)."""
    if array.shape != shape or array.dtype.kind != kind:
        raise ValueError(f"{name} has shape {array.shape} and type {array.dtype}")


def _padding(outline: Floats) -> Any:
    """(N,) how many points at the end of each row only repeat its first."""
    repeats = np.all(outline[:, ::-1] == outline[:, :1], axis=-1)
    return np.where(repeats.all(axis=1), OUTLINE_POINTS - 1, np.argmin(repeats, axis=1))


def _unwritable(path: Path, error: OSError) -> str:
    return f"{path}: cannot be written ({error.strerror or error}); name another folder with --out"
