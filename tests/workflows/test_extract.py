"""Landmarks of clips are found once and kept: with stand-ins that write a made recording."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from posecheck.errors import InputError, ModelError, OutputError
from posecheck.pose.landmarks import Pose
from posecheck.storage.recording import is_recording
from posecheck.system.atomic_files import replacing
from posecheck.system.worker_pool import Tell
from posecheck.workflows.extract import Reached, recordings
from tests.support.clips import steady, write_video
from tests.support.permissions import permissions_count
from tests.support.recordings import one_bridge, write_recording

POSES: list[Pose] = one_bridge(fps=5.0)


class Search:
    """A search in this process, which keeps what is looked at and what is told."""

    def __init__(self, folder: Path) -> None:
        self.model = folder / "model.task"
        self.model.write_text("model")
        self.cache = folder / "cache"
        self.looked_at: list[Path] = []
        self.told: list[tuple[Reached, Path | None]] = []

    def find(self, model: Path, clip: Path, target: Path, tell: Tell) -> None:
        self.looked_at.append(clip)
        if "bad" in clip.name:
            raise InputError(f"{clip}: is no clip")
        if "full" in clip.name:
            with replacing(target):
                raise OSError(28, "No space left on device")
        if "stopped" in clip.name:
            with replacing(target) as temporary:
                temporary.write_text("half")
                raise KeyboardInterrupt
        tell(1.5)
        write_recording(target, POSES, name=clip.name)

    def run(self, clips: list[Path], *, keep: bool = True) -> list[Path]:
        self.looked_at.clear()
        return recordings(
            clips,
            lambda: self.model,
            folder=self.cache,
            keep=keep,
            progress=lambda reached, clip: self.told.append((reached, clip)),
            find=self.find,
            workers=1,
        )


@pytest.fixture
def search(tmp_path: Path) -> Search:
    return Search(tmp_path)


@pytest.fixture
def clips(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / name for name in ("a.mp4", "b.mp4", "same-as-a.mp4")]
    for path in paths:
        path.write_text("b" if path.stem == "b" else "a")
    return paths


def written(path: Path) -> Path:
    path.write_text(path.stem)
    return path


def test_what_a_killed_search_left_is_taken_away_after_a_week(search: Search, clips: list[Path]) -> None:
    old, young = search.cache / "unfinished-old", search.cache / "unfinished-young"
    for folder in (old, young):
        folder.mkdir(parents=True)
        (folder / "half.npz").write_text("half")
    eight_days_ago_s = time.time() - 8 * 24 * 3600
    os.utime(old, (eight_days_ago_s, eight_days_ago_s))
    search.run(clips[:1])
    assert not old.exists()
    assert (young / "half.npz").exists()


def test_each_content_is_looked_at_once(search: Search, clips: list[Path]) -> None:
    found = search.run(clips)
    assert len(search.looked_at) == 2
    assert found[0] == found[2] != found[1]
    assert all(is_recording(path) for path in found)
    assert hashlib.sha256(b"a").hexdigest()[:32] in found[0].name
    assert sorted(search.cache.iterdir()) == sorted(set(found))
    assert search.run(clips) == found
    assert search.looked_at == []
    clips[1].write_text("c")
    search.run(clips)
    assert search.looked_at == [clips[1]]
    search.run(clips[:1], keep=False)
    assert search.looked_at == clips[:1]


def test_a_recording_is_itself_and_needs_no_model(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "r.npz", POSES)

    def no_model() -> Path:
        raise ModelError("none")

    assert recordings([path], no_model, folder=tmp_path / "cache") == [path]
    assert not (tmp_path / "cache").exists()


def test_one_bad_clip_stops_no_other(search: Search, clips: list[Path], tmp_path: Path) -> None:
    bad = written(tmp_path / "bad.mp4")
    with pytest.raises(InputError) as error:
        search.run([bad, *clips, tmp_path / "none.mp4", tmp_path])
    assert [line.split(": ")[1] for line in str(error.value).splitlines()] == [
        "cannot be read (No such file or directory); name a video or a recording",
        "is a folder; name the clips in it",
        "is no clip",
    ]
    search.run(clips)
    assert search.looked_at == []


def test_how_far_it_is_counts_clips_and_their_seconds(search: Search, tmp_path: Path) -> None:
    long, short = (write_video(tmp_path / f"{name}.mp4", steady(30 * s)) for name, s in (("long", 3), ("short", 1)))
    bad = written(tmp_path / "bad.mp4")
    with pytest.raises(InputError, match="is no clip"):
        search.run([long, bad, short])
    assert [(told.kept, told.failed, round(told.reached_s, 1), clip) for told, clip in search.told] == [
        (0, 0, 0.0, None),
        (0, 0, 1.5, None),
        (1, 0, 3.0, long),
        (1, 1, 3.0, bad),
        (1, 1, 4.0, None),  # a clip is at most as long as it says
        (2, 1, 4.0, short),
    ]
    assert {(told.clips, round(told.total_s, 1)) for told, _ in search.told} == {(3, 4.0)}


def test_what_is_done_before_an_interruption_stays_and_nothing_else(search: Search, tmp_path: Path) -> None:
    clips = [written(tmp_path / f"{name}.mp4") for name in ("done", "stopped", "never")]
    with pytest.raises(KeyboardInterrupt):
        search.run(clips)
    assert search.looked_at == clips[:2]
    (kept,) = search.cache.iterdir()
    assert kept == search.run(clips[:1])[0]
    assert search.looked_at == []


class TestNowhereToKeepThem:
    REMEDY = "let yourself write there, or name another place by the environment variable XDG_CACHE_HOME"

    def test_a_folder_that_may_not_be_written(self, search: Search, clips: list[Path]) -> None:
        search.cache.mkdir(mode=0o555)
        with permissions_count(), pytest.raises(OutputError) as error:
            search.run(clips)
        assert str(error.value) == f"landmarks cannot be kept in {search.cache} (Permission denied); {self.REMEDY}"
        assert search.looked_at == []

    def test_a_full_disk_is_told_once(self, search: Search, clips: list[Path], tmp_path: Path) -> None:
        full = [written(tmp_path / f"full-{number}.mp4") for number in range(2)]
        with pytest.raises(OutputError) as error:
            search.run([*full, *clips])
        reason = f"landmarks cannot be kept in {search.cache} (No space left on device); {self.REMEDY}"
        assert str(error.value) == reason
        search.run(clips)
        assert search.looked_at == []
