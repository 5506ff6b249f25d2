"""What is no clip and no picture is told so in one line that names the file and the remedy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from posecheck.errors import InputError
from posecheck.sources import open_source
from tests.support.clips import cut, quarters, steady, write_video
from tests.support.permissions import permissions_count


def missing(path: Path) -> None:
    """Nothing is written."""


def folder(path: Path) -> None:
    path.mkdir()


def empty(path: Path) -> None:
    path.touch()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def text(path: Path) -> None:
    path.write_text("The quick brown fox jumps over the lazy dog.\n" * 50)


def noise(path: Path) -> None:
    path.write_bytes(os.urandom(5000))


def playlist(path: Path) -> None:
    """Which FFmpeg would follow to other files, or into the network."""
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")


def concatenation(path: Path) -> None:
    write_video(path.with_name("other.mp4"), steady(3))
    path.write_text("ffconcat version 1.0\nfile other.mp4\n")


def bitmap(path: Path) -> None:
    Image.fromarray(quarters()).save(path, format="BMP")


def headless(path: Path) -> None:
    """An mp4 that was cut off before its index, which stands at the end."""
    write_video(path.with_suffix(".mp4"), steady(30)).rename(path)
    cut(path, 0.5)


def tiny_clip(path: Path) -> None:
    write_video(path.with_suffix(".mkv"), steady(3), size=(2, 2), codec="ffv1").rename(path)


def tiny_picture(path: Path) -> None:
    Image.new("RGB", (2, 2)).save(path, format="PNG")


CASES: list[tuple[Callable[[Path], None], str]] = [
    (missing, "no such file; check the path"),
    (folder, "is a folder; name a video or picture in it"),
    (empty, "is empty; copy or record it again"),
    (pipe, "is not a file on a disk; save the clip to one first"),
    (text, "is no video or picture that can be read; try mp4, mov, webm, jpg or png"),
    (noise, "is no video or picture that can be read; try mp4, mov, webm, jpg or png"),
    (playlist, "is no video or picture that can be read; try mp4, mov, webm, jpg or png"),
    (concatenation, "is no video or picture that can be read; try mp4, mov, webm, jpg or png"),
    (bitmap, "is no video or picture that can be read; try mp4, mov, webm, jpg or png"),
    (
        headless,
        "was cut off before its index, which an mp4 or mov has at its end and without which no frame is found; copy it "
        "again, or let a repair tool such as untrunc make a new one",
    ),
    (tiny_clip, "has 2x2 pixels, too few to show a person; export it larger"),
    (tiny_picture, "has 2x2 pixels, too few to show a person; export it larger"),
]


@pytest.mark.parametrize(("write", "message"), CASES, ids=[write.__name__ for write, _ in CASES])
@pytest.mark.parametrize("name", ["input.mp4", "input.txt", "a:b.mp4"])
def test_bad_input_is_named_with_its_remedy(
    tmp_path: Path, write: Callable[[Path], None], message: str, name: str
) -> None:
    path = tmp_path / name
    write(path)
    with pytest.raises(InputError) as caught:
        open_source(path)
    assert str(caught.value) == f"{path}: {message}"


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.mp4"
    path.write_bytes(b"content")
    path.chmod(0)
    with permissions_count(), pytest.raises(InputError, match=r"may not be read; allow it with: chmod u\+r"):
        open_source(path)


def test_heavy_modules_load_only_for_what_needs_them(tmp_path: Path) -> None:
    Image.fromarray(quarters()).save(tmp_path / "a.png")
    script = (
        "import sys; from pathlib import Path; from posecheck.sources import open_source\n"
        "print('av' in sys.modules, 'PIL' in sys.modules)\n"
        f"open_source(Path({str(tmp_path / 'a.png')!r}))\n"
        "print('av' in sys.modules, 'PIL' in sys.modules)\n"
    )
    root = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=root, check=True)
    assert ran.stdout.split() == ["False", "False", "False", "True"]
