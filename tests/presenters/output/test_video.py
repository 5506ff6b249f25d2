"""The annotated video: a file that plays everywhere, with the clip's own times and sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from posecheck.errors import OutputError
from posecheck.presenters.drawing.canvas import Picture
from posecheck.presenters.output.video import VideoWriter, write_picture
from tests.support.clips import RED, corners, quarters, write_video

VARIABLE = [0.0, 0.033, 0.067, 0.2, 0.233, 0.75, 0.783, 0.817, 1.9, 1.95]


def plain(width: int = 64, height: int = 48) -> Picture:
    return quarters(width, height)


def write(path: Path, times_s: list[float], *, clip: Path | None = None, size: tuple[int, int] = (64, 48)) -> Path:
    with VideoWriter(path, clip=clip, start_s=times_s[0]) as writer:
        for time_s in times_s:
            writer.write(plain(*size), time_s)
    return path


def pictures(path: Path) -> list[tuple[float, Picture]]:
    with av.open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def loud(path: Path, codec: str, beep_s: float, *, rate: int = 48_000, first_s: float = 0.0) -> Path:
    """Two seconds of quarters with a tone of a tenth of a second; all times shifted by `first_s`."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libvpx" if path.suffix == ".webm" else "libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream(codec, rate=rate)
        sound.codec_context.layout = "mono"
        for index in range(20):
            frame = av.VideoFrame.from_ndarray(plain(), format="rgb24")
            frame.pts, frame.time_base = index + round(first_s * 10), Fraction(1, 10)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        at_s = np.arange(2 * rate) / rate
        wave = np.where((at_s >= beep_s) & (at_s < beep_s + 0.1), np.sin(2 * np.pi * 1000 * at_s), 0.0)
        for start in range(0, len(wave), 960):
            kind, samples = ("fltp", wave) if codec != "pcm_s16le" else ("s16", (wave * 30_000).astype(np.int16))
            part = samples[None, start : start + 960].astype(np.float32 if kind == "fltp" else np.int16)
            frame = av.AudioFrame.from_ndarray(part, format=kind, layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = rate, start + round(first_s * rate), Fraction(1, rate)
            if codec == "libopus":
                frame = av.AudioResampler(format="flt", layout="mono", rate=rate).resample(frame)[0]
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return path


def onset_s(path: Path) -> float:
    """When the sound becomes loud."""
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            wave = np.abs(frame.to_ndarray()[0].astype(float))
            if (wave > 0.2).any():
                return float(frame.time + int(np.argmax(wave > 0.2)) / frame.sample_rate)
    return float("nan")


def codecs(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.codec_context.name for stream in container.streams]


@pytest.mark.parametrize("start_s", [0.0, 12.345])
def test_each_picture_has_the_time_that_it_has_in_the_clip(tmp_path: Path, start_s: float) -> None:
    path = write(tmp_path / "a.mp4", [start_s + time_s for time_s in VARIABLE])
    assert [time_s for time_s, _ in pictures(path)] == pytest.approx(VARIABLE, abs=0.001)


def test_it_is_what_browsers_play(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", VARIABLE)
    with av.open(str(path)) as container:
        (stream,) = container.streams
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert "mp4" in container.format.name
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # so that it starts before all of it is there


@pytest.mark.parametrize("size", [(64, 48), (65, 49), (853, 481), (48, 65), (2, 2), (1, 1)])
def test_any_size_is_kept_or_made_even(tmp_path: Path, size: tuple[int, int]) -> None:
    path = write(tmp_path / "a.mp4", [0.0, 0.1], size=size)
    width, height = size
    assert pictures(path)[0][1].shape == (height + height % 2, width + width % 2, 3)


def test_colours_and_orientation_are_kept(tmp_path: Path) -> None:
    picture = pictures(write(tmp_path / "a.mp4", [0.0, 0.1], size=(320, 240)))[-1][1]
    assert corners(picture) == corners(plain())
    assert np.abs(picture[60, 80].astype(int) - RED).max() < 12


def test_aac_is_copied_bit_for_bit(tmp_path: Path) -> None:
    clip = loud(tmp_path / "clip.mp4", "aac", 1.0)
    path = write(tmp_path / "a.mp4", [index / 10 for index in range(20)], clip=clip)
    assert codecs(path) == ["h264", "aac"]

    def packets(file: Path) -> list[bytes]:
        with av.open(str(file)) as container:
            return [bytes(packet) for packet in container.demux(audio=0) if packet.size]

    kept, original = packets(path), packets(clip)
    assert len(kept) > 80
    assert set(kept) <= set(original)


@pytest.mark.parametrize(
    ("name", "codec"), [("clip.webm", "libopus"), ("clip.avi", "pcm_s16le"), ("clip.mp4", "aac"), ("clip.ts", "aac")]
)
@pytest.mark.parametrize("start_s", [0.0, 0.5])
def test_sound_keeps_its_time_whatever_its_kind(tmp_path: Path, name: str, codec: str, start_s: float) -> None:
    clip = loud(tmp_path / name, codec, 1.0)
    path = write(tmp_path / "a.mp4", [index / 10 for index in range(round(start_s * 10), 20)], clip=clip)
    assert codecs(path) == ["h264", "aac"]
    assert onset_s(path) == pytest.approx(1.0 - start_s, abs=0.04)


def test_sound_of_a_clip_whose_times_do_not_begin_at_zero(tmp_path: Path) -> None:
    clip = loud(tmp_path / "clip.mkv", "aac", 1.0, first_s=5.0)
    path = write(tmp_path / "a.mp4", [index / 10 for index in range(20)], clip=clip)
    assert onset_s(path) == pytest.approx(1.0, abs=0.04)


def test_sound_ends_with_the_pictures(tmp_path: Path) -> None:
    clip = loud(tmp_path / "clip.mp4", "aac", 0.3)
    path = write(tmp_path / "a.mp4", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5], clip=clip)
    with av.open(str(path)) as container:
        assert container.duration / av.time_base == pytest.approx(0.6, abs=0.1)


def test_a_silent_clip_stays_silent(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mp4", [0.0, 0.1, 0.2])
    assert codecs(write(tmp_path / "a.mp4", [0.0, 0.1, 0.2], clip=clip)) == ["h264"]


def test_damaged_sound_leaves_the_pictures(tmp_path: Path) -> None:
    clip = loud(tmp_path / "clip.mp4", "aac", 1.0)
    clip.write_bytes(clip.read_bytes()[:-2000])
    assert len(pictures(write(tmp_path / "a.mp4", [0.0, 0.1], clip=clip))) == 2


@pytest.mark.parametrize("kind", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_nothing_behind(tmp_path: Path, kind: type[BaseException]) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"older")

    def interrupted() -> None:
        with VideoWriter(path, clip=None, start_s=0.0) as writer:
            writer.write(plain(), 0.0)
            raise kind

    with pytest.raises(kind):
        interrupted()
    assert [one.name for one in tmp_path.iterdir()] == ["a.mp4"]
    assert path.read_bytes() == b"older"


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / "taken" / "a.mp4", [0.0, 0.1])
    with pytest.raises(OutputError, match="cannot be written"):
        write_picture(tmp_path / "taken" / "a.png", plain())


def test_a_picture_is_written_as_it_is(tmp_path: Path) -> None:
    from PIL import Image

    write_picture(tmp_path / "a.png", plain(65, 49))
    with Image.open(tmp_path / "a.png") as image:
        assert image.format == "PNG"
        assert (np.array(image) == plain(65, 49)).all()


def test_a_picture_of_another_size_is_fitted_into_the_first_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with VideoWriter(path, clip=None, start_s=0.0) as writer:
        writer.write(plain(64, 48), 0.0)
        writer.write(plain(48, 64), 0.1)
    (_, first), (_, second) = pictures(path)
    assert first.shape == second.shape == (48, 64, 3)
    assert corners(first) == corners(plain())
    assert second[:, :12].max() < 40
    assert second[:, -12:].max() < 40
    assert corners(second[:, 14:-14]) == corners(plain())
