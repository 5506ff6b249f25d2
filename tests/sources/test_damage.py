"""What is left of a clip is read, and what is lost is said, with its place and what to do."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from posecheck.errors import InputError
from posecheck.pose.frames import SourceKind
from posecheck.sources import open_source
from posecheck.sources.pipe import on_disk
from tests.support.clips import cut, quarters, steady, write_stamped, write_video

ROOT = Path(__file__).parents[2]


def moving(count: int) -> list[NDArray[np.uint8]]:
    """Noise that shifts, so that every frame has its share of the file."""
    noise = np.random.default_rng(0).integers(0, 255, (96, 128, 3), np.uint8)
    return [np.roll(noise, 4 * index, axis=1) for index in range(count)]


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [
        (".mp4", "libx264"),
        (".mp4", "libx265"),
        (".mov", "mjpeg"),
        (".mkv", "libsvtav1"),
        (".webm", "libvpx-vp9"),
        (".avi", "mjpeg"),
    ],
)
def test_of_a_truncated_clip_the_rest_is_read_and_the_loss_said_in_seconds(
    tmp_path: Path, suffix: str, codec: str
) -> None:
    path = tmp_path / f"clip{suffix}"
    write_video(path, steady(60, 10), pictures=moving(60), codec=codec, index_first=suffix in (".mp4", ".mov"))
    with open_source(cut(path, 0.6)) as source:
        times_s = [frame.time_s for frame in source]
    assert times_s == pytest.approx(steady(len(times_s), 10), abs=1e-3)
    assert 25 < len(times_s) < 40
    said = source.warnings[-1]
    missing_s = float(said.split(" and ")[1].split(" s ")[0])
    assert said.startswith("cut off or damaged: 6.00 s long by its header, but the pictures end at ")
    assert missing_s == pytest.approx(6.0 - times_s[-1] - 0.1, abs=0.11)
    assert said.endswith(" s are missing; copy the clip again if the original is whole")


def test_a_recorder_that_was_killed_before_it_knew_how_long_the_clip_is(tmp_path: Path) -> None:
    """Its `mdat` has the size 0, which means up to the end of the file."""
    content = write_video(tmp_path / "clip.mp4", steady(10, 10)).read_bytes()
    data = content.index(b"mdat") - 4
    length = int.from_bytes(content[data : data + 4], "big")
    path = tmp_path / "killed.mp4"
    path.write_bytes(content[:data] + bytes(4) + content[data + 4 : data + length])
    with pytest.raises(
        InputError, match=r"killed.mp4: was cut off before its index, .*; copy it again, or let a repair"
    ):
        open_source(path)


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".mov"])
def test_sound_that_outlasts_the_picture_is_no_loss(tmp_path: Path, suffix: str) -> None:
    path = write_video(tmp_path / f"clip{suffix}", steady(4, 10), sound=True)
    with open_source(path) as source:
        assert len(list(source)) == 4
    assert source.warnings == []


def test_of_a_truncated_clip_with_sound_the_loss_is_said_too(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mkv", steady(60, 10), pictures=moving(60), sound=True)
    with open_source(cut(path, 0.6)) as source:
        assert len(list(source)) < 40
    assert source.warnings[-1].startswith("cut off or damaged: 6.00 s long by its header, but the pictures end at ")


def test_a_gif_which_does_not_say_how_long_it_is_still_tells_that_its_end_is_missing(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.gif", steady(20, 10), pictures=moving(20), codec="gif")
    with open_source(cut(path, 0.6)) as source:
        assert 8 < len(list(source)) < 16
    assert [warning[:35] for warning in source.warnings] == ["the file cannot be read beyond 1.10"]


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [(".mp4", "libx264"), (".mp4", "libx265"), (".mkv", "libsvtav1"), (".webm", "libvpx-vp9"), (".mkv", "mjpeg")],
)
def test_damage_in_the_middle_is_skipped_and_said_with_its_place(tmp_path: Path, suffix: str, codec: str) -> None:
    path = write_video(tmp_path / f"clip{suffix}", steady(60, 10), pictures=moving(60), codec=codec)
    content = bytearray(path.read_bytes())
    middle = slice(int(len(content) * 0.5), int(len(content) * 0.58))
    content[middle] = random.Random(0).randbytes(middle.stop - middle.start)
    path.write_bytes(content)
    with open_source(path) as source:
        times_s = [frame.time_s for frame in source]
    assert times_s[-1] == pytest.approx(5.9)
    assert 35 < len(times_s) < 57
    assert len(times_s) + source.frames_skipped == 60 or any(
        warning.startswith("no picture for ") for warning in source.warnings
    )
    assert source.warnings
    assert all("between 2." in warning or "between 3." in warning for warning in source.warnings)


def test_a_decoder_that_leaves_frames_out_without_a_word_is_seen_through(tmp_path: Path) -> None:
    """Of hevc, whatever needs a damaged key frame never comes, for all but some without an error."""
    path = tmp_path / "clip.mp4"
    write_video(path, steady(40, 10), pictures=moving(40), codec="libx265", damaged={12}, keyframe_every=12)
    with open_source(path) as source:
        count = len(list(source))
    assert count < 40
    assert source.frames_skipped == 40 - count
    assert source.warnings[0].startswith(f"{40 - count} frames were skipped between 1.20 and ")


def test_times_that_go_back_are_skipped_until_they_have_caught_up(tmp_path: Path) -> None:
    with open_source(write_stamped(tmp_path / "clip.mkv", [0, 100, 200, 300, 100, 250, 400, 500])) as source:
        assert [frame.time_s for frame in source] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])
    assert source.warnings == [
        "2 frames were skipped between 0.10 and 0.25 s: their time stamps repeat or go back; export the clip anew"
    ]


@pytest.mark.parametrize("stamps", [[0] * 6, [900] * 6, [400, 300, 200]])
def test_a_clip_without_times_is_an_error_with_its_remedy(tmp_path: Path, stamps: list[int]) -> None:
    path = write_stamped(tmp_path / "clip.mkv", stamps)
    with pytest.raises(InputError, match=r"clip.mkv: none of its frames is later than the first; export it anew"):
        open_source(path)


def test_a_hole_in_an_even_clip_is_said_but_not_the_pace_of_a_slow_one(tmp_path: Path) -> None:
    even = [*range(0, 1000, 100), *range(2000, 3000, 100)]
    with open_source(write_stamped(tmp_path / "even.mkv", even)) as source:
        assert len(list(source)) == 20
    assert source.warnings == [
        "no picture for 1.10 s in all between 0.90 and 2.00 s: damaged there, or the camera paused; compare with the "
        "original"
    ]
    with open_source(write_stamped(tmp_path / "slow.mkv", [*range(0, 12_000, 2000)])) as source:
        assert len(list(source)) == 6
    assert source.warnings == []


@pytest.mark.parametrize(
    "name",
    [
        'it\'s my "first" try; $HOME & co.mp4',
        "Übung – Brücke 橋 🧘.mp4",
        "--rotate.mp4",
        "100%.mp4",
        "a\nb.mp4",
        "http:x.mp4",
        "bridge",
    ],
)
def test_any_name_will_do(tmp_path: Path, name: str) -> None:
    path = write_video(tmp_path / "clip.mp4", steady(5, 10)).rename(tmp_path / name)
    with open_source(path) as source:
        assert len(list(source)) == 5
    assert source.info.name == name


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a name is text")
def test_a_name_that_is_no_text_is_shown_as_well_as_can_be(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", steady(5, 10))
    latin = path.rename(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xdcbung.mp4")))
    with open_source(latin) as source:
        assert len(list(source)) == 5
    assert source.info.name == "\N{REPLACEMENT CHARACTER}bung.mp4"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs the pipes of Unix")
class TestPipe:
    def test_a_clip_that_comes_through_a_pipe_is_read(self, tmp_path: Path) -> None:
        clip = write_video(tmp_path / "clip.mp4", steady(5, 10))
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        writer = threading.Thread(target=lambda: pipe.write_bytes(clip.read_bytes()))
        writer.start()
        with on_disk(pipe) as copy, open_source(copy) as source:
            assert len(list(source)) == 5
            assert source.info.name == "pipe"
        writer.join()
        assert not copy.parent.exists()

    def test_an_error_names_the_pipe_and_no_copy(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        writer = threading.Thread(target=lambda: pipe.write_bytes(b"no clip at all"))
        writer.start()
        with pytest.raises(InputError) as caught, on_disk(pipe) as copy:
            open_source(copy)
        writer.join()
        assert str(caught.value).startswith(f"{pipe}: is no video or picture")

    def test_a_file_stays_where_it_is(self, tmp_path: Path) -> None:
        with on_disk(tmp_path / "missing.mp4") as path:
            assert path == tmp_path / "missing.mp4"


def test_8k_takes_bounded_memory(tmp_path: Path) -> None:
    """A frame of 7680x4320 takes 50 MB as it is coded; the peak is that of a process of its own."""
    if sys.platform != "linux":
        pytest.skip("elsewhere a process does not know its own peak: getrusage tells that of its parent too")
    path = tmp_path / "clip.mp4"
    write_video(path, steady(6), pictures=[quarters(7680, 4320)] * 6, size=(7680, 4320))
    script = (
        "import sys; from pathlib import Path; from posecheck.sources import open_source\n"
        "with open_source(Path(sys.argv[1])) as source:\n"
        "    assert [frame.rgb(640).shape for frame in source] == [(360, 640, 3)] * 6\n"
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, cwd=ROOT, check=True)
    assert int(ran.stdout) < 600_000  # KiB; 350,000 were measured, as many with 45 frames as with 3


def test_an_8k_still_is_shrunk(tmp_path: Path) -> None:
    from PIL import Image

    Image.fromarray(quarters(7680, 4320)).save(tmp_path / "a.jpg")
    with open_source(tmp_path / "a.jpg") as source:
        assert source.info.kind is SourceKind.STILL
        assert next(iter(source)).rgb(640).shape == (360, 640, 3)
