"""The sound of a clip, on its way into another file: copied where it can be, else encoded anew as AAC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av
    from av.container import InputContainer, OutputContainer

COPIED = ("aac", "mp3")
"""Codecs that an mp4 holds and every browser plays."""

RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000)
"""Samples a second that AAC knows; others become the last but two."""


class Sound:
    """The sound of one clip, handed out in step with the picture.

    Args:
        clip: The file, whatever it holds.
        start_s: Where in the clip the picture begins, counted from its first frame.
    """

    def __init__(self, clip: Path, start_s: float) -> None:
        self._clip = clip
        self._start_s = start_s
        self._container: InputContainer | None = None
        self._packets: Iterator[tuple[float, av.Packet[Any]]] = iter(())
        self._waiting: tuple[float, av.Packet[Any]] | None = None

    def attach(self, output: OutputContainer) -> None:
        """Adds a stream to the output, if the clip has sound that can be read; before anything is written to it."""
        import av

        try:
            container = av.open(str(self._clip.absolute()))
        except (av.FFmpegError, OSError):
            return
        self._container = container
        source = container.streams.best("audio")
        if not isinstance(source, av.AudioStream):
            return
        try:
            origin_s = _origin_s(container) + self._start_s
            # The mp4 needs the description of an AAC stream, which MPEG-TS has only in each packet.
            if source.codec_context.name in COPIED and (
                source.codec_context.extradata or source.codec_context.name == "mp3"
            ):
                copy = output.add_stream_from_template(source)
                self._packets = self._copied(container, source, copy, origin_s)
            else:
                rate = source.codec_context.sample_rate
                rate = rate if rate in RATES else 48_000
                encoder = output.add_stream("aac", rate=rate)
                assert isinstance(encoder, av.AudioStream)
                encoder.codec_context.layout = "mono" if source.codec_context.channels == 1 else "stereo"
                self._packets = self._encoded(container, source, encoder, origin_s)
        except (av.FFmpegError, ValueError):
            self._packets = iter(())

    def write(self, output: OutputContainer, until_s: float) -> None:
        """Writes the sound up to a time of the output."""
        while True:
            if self._waiting is None:
                self._waiting = next(self._packets, None)
            if self._waiting is None or self._waiting[0] >= until_s:
                return
            output.mux(self._waiting[1])
            self._waiting = None

    def close(self) -> None:
        """Closes the clip."""
        self._packets = iter(())
        if self._container is not None:
            self._container.close()

    def _copied(
        self, container: InputContainer, source: av.AudioStream, copy: av.AudioStream, origin_s: float
    ) -> Iterator[tuple[float, av.Packet[Any]]]:
        last = -1
        for packet in _demuxed(container, source):
            if packet.pts is None or packet.time_base is None:
                continue
            tick = packet.time_base
            stamp = packet.pts - round(origin_s / tick)
            if stamp < 0 or stamp <= last:
                continue
            last = packet.pts = packet.dts = stamp
            packet.stream = copy
            yield float(stamp * tick), packet

    def _encoded(
        self, container: InputContainer, source: av.AudioStream, encoder: av.AudioStream, origin_s: float
    ) -> Iterator[tuple[float, av.Packet[Any]]]:
        import av

        context = encoder.codec_context
        resampler = av.AudioResampler(format="fltp", layout=context.layout, rate=context.sample_rate)
        tick = Fraction(1, context.sample_rate)

        def encoded(frame: av.AudioFrame | None) -> Iterator[tuple[float, av.Packet[Any]]]:
            for packet in encoder.encode(frame):
                yield float((packet.pts or 0) * (packet.time_base or tick)), packet

        stamp = -1
        for packet in _demuxed(container, source):
            frames: list[Any] = []
            with suppress(av.FFmpegError):  # a packet that does not decode is a moment of silence
                frames = list(packet.decode())
            for frame in frames:
                if frame.time is None or frame.time < origin_s:
                    continue
                if stamp < 0 or frame.time - origin_s - float(stamp * tick) > 0.1:
                    stamp = round((frame.time - origin_s) / tick)
                frame.pts = None
                for part in resampler.resample(frame):
                    part.pts, part.time_base = stamp, tick
                    stamp += part.samples
                    yield from encoded(part)
        yield from encoded(None)


def _demuxed(container: InputContainer, stream: av.AudioStream) -> Iterator[av.Packet[Any]]:
    """The stream's packets, as far as the file can be read."""
    import av

    with suppress(av.FFmpegError, IndexError):
        yield from container.demux(stream)


def _origin_s(container: InputContainer) -> float:
    """Time of the clip's first picture, from which all times are counted; the container then stands at its start."""
    import av

    origin_s = 0.0
    with suppress(av.FFmpegError, StopIteration):
        first = next(container.decode(video=0))
        # AVI holds no presentation stamps, and what FFmpeg makes up for them runs late; its streams begin together.
        if container.format.name != "avi":
            origin_s = first.time or 0.0
    container.seek(0)
    return origin_s
