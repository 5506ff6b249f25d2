"""A HEIC picture as a phone writes it: a grid of tiles, the last ones cut to size, to be turned when it is shown."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tests.support.clips import steady, write_video

TILE_PX = 64


def write_heic(path: Path, picture: NDArray[np.uint8], *, quarter_turns: int = 0) -> Path:
    """Write a (height, width, 3) picture; a viewer is told to turn it counter-clockwise by quarters."""
    height, width = picture.shape[:2]
    rows, columns = -(-height // TILE_PX), -(-width // TILE_PX)
    padded = np.pad(picture, ((0, rows * TILE_PX - height), (0, columns * TILE_PX - width), (0, 0)), mode="edge")
    tiles = [
        np.ascontiguousarray(padded[y : y + TILE_PX, x : x + TILE_PX])
        for y in range(0, rows * TILE_PX, TILE_PX)
        for x in range(0, columns * TILE_PX, TILE_PX)
    ]
    settings, coded = _coded(path.with_suffix(".mp4"), tiles)
    grid = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)
    items = [*coded, grid]
    last = len(items)

    names = b"".join(_full(b"infe", 2, struct.pack(">HH4s", n, 0, b"hvc1") + b"\0", flags=1) for n in range(1, last))
    names += _full(b"infe", 2, struct.pack(">HH4s", last, 0, b"grid") + b"\0")
    parts = struct.pack(f">HH{len(coded)}H", last, len(coded), *range(1, last))
    properties = [
        settings,
        _full(b"ispe", 0, struct.pack(">II", TILE_PX, TILE_PX)),
        _full(b"ispe", 0, struct.pack(">II", width, height)),
        _box(b"irot", bytes([quarter_turns])),
    ]
    # 0x80: a viewer that does not know the property must not show the picture.
    owners = b"".join(struct.pack(">HBBB", n, 2, 0x81, 2) for n in range(1, last))
    owners += struct.pack(">HBBB", last, 2, 3, 0x84)

    def meta(first_byte: int) -> bytes:
        places, start = b"", first_byte
        for number, item in enumerate(items, 1):
            places += struct.pack(">HHHII", number, 0, 1, start, len(item))
            start += len(item)
        content = _full(b"hdlr", 0, struct.pack(">I4s12x", 0, b"pict") + b"\0")
        content += _full(b"pitm", 0, struct.pack(">H", last))
        content += _full(b"iinf", 0, struct.pack(">H", last) + names)
        content += _full(b"iref", 0, _box(b"dimg", parts))
        content += _box(
            b"iprp", _box(b"ipco", b"".join(properties)) + _full(b"ipma", 0, struct.pack(">I", last) + owners)
        )
        content += _full(b"iloc", 0, struct.pack(">BBH", 0x44, 0, last) + places)
        return _full(b"meta", 0, content)

    head = _box(b"ftyp", b"heic\0\0\0\0mif1heic")
    first_byte = len(head) + len(meta(0)) + 8
    path.write_bytes(head + meta(first_byte) + _box(b"mdat", b"".join(items)))
    return path


def _coded(path: Path, tiles: list[NDArray[np.uint8]]) -> tuple[bytes, list[bytes]]:
    """The decoder's settings and the coded tiles, taken from a clip of them."""
    write_video(path, steady(len(tiles)), pictures=tiles, codec="libx265", keyframe_every=1)
    content = path.read_bytes()
    start = content.index(b"hvcC") - 4
    (size,) = struct.unpack(">I", content[start : start + 4])
    with av.open(path) as container:
        coded = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    path.unlink()
    return content[start : start + size], coded


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _full(kind: bytes, version: int, content: bytes, *, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags) + content)
