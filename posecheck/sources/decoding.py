"""A video file taken apart by PyAV: its frames in the order in which they are shown, with their stamps."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any, TypeVar, cast

import av
from av.container import InputContainer
from av.stream import Disposition

from posecheck.errors import InputError
from posecheck.sources.deinterlace import Stamped, deinterlaced
from posecheck.sources.losses import Loss

Item = TypeVar("Item")

CONTAINERS = "mov,matroska,avi,mpegts,mpeg,flv,ogg,asf,mxf,dv,gif,apng,webp_anim,mp3,wav,flac,aac"
"""FFmpeg's names of the formats that are opened: what cameras, phones, browsers and screen recorders write, and common
sound files (to say that they are such). Others would do harm: text is drawn as a film, playlists open other files."""

LENIENT: dict[str, Any] = {"metadata_errors": "replace"} if int(av.__version__.partition(".")[0]) < 19 else {}
"""Titles in an old encoding must not keep a clip from being read; since version 19 PyAV sees to that itself."""

SEEK_MARGIN_S = 1.0
"""Sought this much too early: MPEG-TS is sought by decoding times, which run ahead of the presentation times."""

MAX_THREADS = 4
"""Each decoding thread holds pictures of its own, 50 MB each at 8K; more than four are never waited for."""

ONE_FOR_ONE = ("h264", "hevc", "av1")
"""Codecs of which every packet shows one picture, so that one that does not is lost, even if the decoder says nothing:
hevc reported 6 errors where it left out 30 pictures. In others (VP8) some packets show nothing by design."""

SEES_THROUGH = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders that know transparency, where FFmpeg's own leave it out and show what lies hidden."""

EVEN_LENGTH, HEAD_BYTES = b"\x23\xe3\x83", 65536
"""Matroska's mark of a length that is that of each picture (`DefaultDuration`), and where in a file it stands: cameras'
clips have it, of a browser's recordings none."""

MOST_AHEAD = 256
"""Packets that are read before their picture is handed out, at most: many more than any decoder holds."""

STANDING = ("mov", "avi", "gif", "apng")
"""FFmpeg's names of the formats of which each picture is shown until the next one."""

GIF_END = b";"
"""The last byte of a gif, which does not say how long it is."""


class Decoder:
    """A container, and of it the stream that a player would show.

    Args:
        path: The file.
        lose: Called for each frame that cannot be handed out, with the reason and its stamp, if it has one.
        unreadable: Called with what is wrong when the file cannot be read on.

    Attributes:
        container: Open until `close`.
        stream: The pictures.
        tick_s: Seconds of a stamp's unit.
        end_s: Until when the pictures go that have been read so far, by the file, counted as stamps are.
        sound_end_s: Until when the sound goes that has come along with the pictures so far, counted as stamps are; 0
            without sound.
        is_avi: Whether it is an avi, whose header counts the frames, and which holds no presentation stamps.

    Raises:
        InputError: If the file is no video, or has sound only.
    """

    def __init__(self, path: Path, lose: Callable[[Loss, int | None], None], unreadable: Callable[[str], None]) -> None:
        self._path = path
        self._lose = lose
        self._unreadable = unreadable
        self.end_s = self.sound_end_s = 0.0
        self._lengths: dict[int, int] = {}
        self._open()

    def _open(self) -> None:
        self.container, self.stream = _opened(self._path)
        self._tick = self.stream.time_base or Fraction(1, av.time_base)
        self.tick_s = float(self._tick)
        self.is_avi = self.container.format.name == "avi"
        self._codec = self.stream.codec_context
        sees_through = SEES_THROUGH.get(self._codec.name)
        if sees_through and self.stream.metadata.get("alpha_mode") == "1":
            self._codec = cast("av.VideoCodecContext", av.CodecContext.create(sees_through, "r"))
            self._codec.extradata = self.stream.codec_context.extradata
        self._codec.thread_type = "AUTO"  # decodes ahead on other cores while the model runs
        self._codec.thread_count = min(os.cpu_count() or 1, MAX_THREADS)

    def close(self) -> None:
        """Close the file; pictures that were handed out remain."""
        self.container.close()

    def seek(self, stamp: int) -> Iterator[Stamped]:
        """Pictures from a keyframe at or before a stamp; where the file cannot be sought, all of them."""
        with suppress(av.FFmpegError):
            self.container.seek(stamp - round(SEEK_MARGIN_S / self.tick_s), stream=self.stream)
            self._codec.flush_buffers()
            pictures = self.pictures()
            head = next(pictures, None)
            if head is not None and head[0] <= stamp:
                return led_by([head], pictures)
        self.close()
        self._open()
        return self.pictures()

    def pictures(self) -> Iterator[Stamped]:
        """Pictures, none of them interlaced, with stamps that increase, from where the container stands."""
        return deinterlaced(self._decoded(), self._tick)

    def _decoded(self) -> Iterator[Stamped]:
        one_for_one = self.stream.codec.canonical_name in ONE_FOR_ONE and not self.is_avi
        awaited: set[int] = set()  # stamps of packets whose picture has not come
        last = -inf
        for packet in self._packets():
            self._note_length(packet)
            if one_for_one and packet.pts is not None and not packet.is_discard:
                awaited.add(packet.pts)
            if not packet.size and packet.dts is not None:
                continue  # a frame without data, which a decoder would take for the end
            try:
                pictures = self._codec.decode(packet)
            except av.FFmpegError:
                if not one_for_one:
                    self._lose(Loss.DAMAGED, packet.pts)
                continue
            for picture in pictures:
                # The decoding stamps of an avi, which FFmpeg hands on in the order shown, are right.
                stamp = picture.dts if self.is_avi else picture.pts
                if picture.is_corrupt:
                    if stamp not in awaited:
                        self._lose(Loss.DAMAGED, stamp)
                    continue
                if picture.interlaced_frame:
                    awaited.clear()  # a packet may hold half a picture
                awaited.discard(stamp)
                if stamp is None or stamp <= last:
                    self._lose(Loss.TIMELESS, stamp)
                    continue
                last = stamp
                awaited = self._without_overdue(awaited, last)
                yield stamp, picture
        self._without_overdue(awaited, inf)

    def _without_overdue(self, awaited: set[int], now: float) -> set[int]:
        """The stamps that may still come; those that a later picture has overtaken are lost."""
        overdue = sorted(stamp for stamp in awaited if stamp < now)
        for stamp in overdue:
            self._lose(Loss.DAMAGED, stamp)
        return awaited.difference(overdue) if overdue else awaited

    def _packets(self) -> Iterator[Any]:
        """Coded pictures, as far as the file can be read, and an end for the decoder to hand out what it holds."""
        try:
            sound = self.container.streams.audio[:1]
            for packet in self.container.demux(self.stream, *sound):
                if packet.stream is not self.stream:
                    self._hear(packet)
                elif packet.size or packet.dts is not None:  # what has neither is PyAV's word for the end
                    yield packet
        except (av.FFmpegError, IndexError) as error:  # IndexError: packets of a stream that the header did not name
            self._unreadable(getattr(error, "strerror", None) or str(error))
        if self.container.format.name == "gif" and not _ends_with(self._path, GIF_END):
            self._unreadable("the end is missing")
        yield av.Packet()

    def says_it_stands(self, stamp: int, until: int) -> bool:
        """Whether the file says that the picture of a stamp is shown until a later one.

        What goes over a line that loses packets (MPEG-TS, flv) says nothing of the kind. In Matroska and WebM, too, a
        picture is shown until the next one, unless it has a length of its own or all have the same.
        """
        kind = self.container.format.name
        if "matroska" not in kind:
            return kind.split(",")[0] in STANDING
        return not _begins_with(self._path, EVEN_LENGTH) or stamp + self._lengths.get(stamp, 0) >= until

    def _note_length(self, packet: Any) -> None:
        if packet.pts is not None and packet.duration:
            self._lengths[packet.pts] = packet.duration
            if len(self._lengths) > MOST_AHEAD:
                del self._lengths[next(iter(self._lengths))]
            self.end_s = max(self.end_s, _end_s(packet))

    def _hear(self, packet: Any) -> None:
        if packet.pts is not None:
            self.sound_end_s = max(self.sound_end_s, _end_s(packet))


def led_by(head: list[Item], rest: Iterator[Item]) -> Iterator[Item]:
    """Items, and then the rest. They are let go as they are handed out: a picture of 8K takes 50 MB."""
    while head:
        yield head.pop(0)
    yield from rest


def _end_s(packet: Any) -> float:
    return float((packet.pts + (packet.duration or 0)) * packet.time_base)


def _opened(path: Path) -> tuple[InputContainer, av.VideoStream]:
    try:
        # The absolute path, so that a colon in a name is not taken for a protocol.
        options = {"format_whitelist": CONTAINERS}
        container = av.open(str(path.absolute()), options=options, **LENIENT)
    except av.FFmpegError as error:
        if _cut_before_its_index(path):
            raise InputError(
                f"{path}: was cut off before its index, which an mp4 or mov has at its end and without which no frame "
                "is found; copy it again, or let a repair tool such as untrunc make a new one"
            ) from error
        raise InputError(f"{path}: is no video or picture that can be read; try mp4, mov, webm, jpg or png") from error
    stream = container.streams.best("video")
    if not isinstance(stream, av.VideoStream) or stream.disposition & Disposition.attached_pic:
        container.close()
        raise InputError(f"{path}: has no moving picture, only sound; name a clip that shows the person")
    if cast("av.VideoCodecContext | None", stream.codec_context) is None:
        container.close()
        raise InputError(f"{path}: is coded in a way that cannot be decoded here; convert it to mp4 (H.264)")
    return container, stream


def _begins_with(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        return mark in file.read(HEAD_BYTES)


def _ends_with(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        file.seek(-len(mark), os.SEEK_END)
        return file.read() == mark


def _cut_before_its_index(path: Path) -> bool:
    """Whether an mp4 or mov ends (a broken copy, a camera that lost its power) before its index, the box `moov`."""
    with path.open("rb") as file:
        start, kind = 0, b"ftyp"
        while len(header := file.read(16)) >= 8:
            size, kind = struct.unpack(">I4s", header[:8])
            if size == 1 and len(header) == 16:
                size = int.from_bytes(header[8:], "big")
            if size == 0 and kind == b"mdat":
                return True  # up to the end of the file: how recorders write it until they know how long it is
            if kind == b"moov" or (start == 0 and kind != b"ftyp") or size < 8:
                return False
            start += size
            file.seek(start)
    return start > 0
