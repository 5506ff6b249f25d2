"""The second pass: frames meet the poses that were seen in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from posecheck.judging.judgement import Judgement
from posecheck.judging.still import StillJudgement
from posecheck.judging.summary import Summary
from posecheck.measures.measurer import Measures
from posecheck.pose.frames import SourceInfo
from posecheck.pose.landmarks import Pose, Poses
from posecheck.presenters.drawing.face_blur import head_regions
from posecheck.presenters.output.video import VideoWriter
from posecheck.sources import open_source
from posecheck.storage.rule_files import load_stretch
from posecheck.workflows.analyze import Progress, Request
from posecheck.workflows.annotate import PICTURE, VIDEO, annotate, unhidden
from posecheck.workflows.write_analysis import write_analysis
from tests.support.clips import write_video
from tests.support.fakes import FakeEstimator
from tests.support.poses import bridge, nobody
from tests.support.recordings import one_bridge, write_recording
from tests.support.summaries import judged

FPS = 10
SIZE = (640, 480)


def run(
    folder: Path,
    clip: Path,
    poses: Sequence[Pose],
    judgement: Judgement | StillJudgement,
    measures: Measures,
    *,
    blur_face: bool = False,
    start_s: float | None = None,
) -> list[float]:
    recording = write_recording(folder / "recording.npz", poses)
    seen: list[float] = []
    annotate(
        lambda: open_source(clip, start_s=start_s),
        clip,
        recording,
        judgement,
        measures,
        folder,
        blur_face=blur_face,
        progress=lambda _, time_s: seen.append(time_s),
    )
    return seen


def decoded(path: Path) -> list[tuple[float, np.ndarray]]:
    with av.open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def poses() -> list[Pose]:
    return one_bridge(4.0, fps=FPS)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory, poses: list[Pose]) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip with 'quotes' é.mp4"
    return write_video(path, [pose.time_s for pose in poses], size=SIZE, sound=True)


def test_a_clip_becomes_a_video_of_the_same_times(tmp_path: Path, clip: Path, poses: list[Pose]) -> None:
    told_s = run(tmp_path, clip, poses, *judged(poses, "bridge"))
    frames = decoded(tmp_path / VIDEO)
    assert [time_s for time_s, _ in frames] == pytest.approx([pose.time_s for pose in poses], abs=0.001)
    assert told_s == pytest.approx([pose.time_s for pose in poses], abs=0.001)
    assert sorted(path.name for path in tmp_path.iterdir()) == [VIDEO, "recording.npz"]
    with av.open(str(tmp_path / VIDEO)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]


def test_a_part_begins_at_zero(tmp_path: Path, clip: Path, poses: list[Pose]) -> None:
    part = [pose for pose in poses if pose.time_s >= 2.0]
    run(tmp_path, clip, part, *judged(part, "bridge"), start_s=2.0)
    times_s = [time_s for time_s, _ in decoded(tmp_path / VIDEO)]
    assert times_s[0] == 0.0
    assert len(times_s) == len(part)


def test_frames_that_were_not_judged_are_left_out(tmp_path: Path, clip: Path, poses: list[Pose]) -> None:
    fewer = [pose for index, pose in enumerate(poses) if index % 7]
    run(tmp_path, clip, fewer, *judged(fewer, "bridge"))
    times_s = [time_s + fewer[0].time_s for time_s, _ in decoded(tmp_path / VIDEO)]
    assert times_s == pytest.approx([pose.time_s for pose in fewer], abs=0.001)


def test_a_blurred_face_is_blurred_in_every_frame(tmp_path: Path, clip: Path, poses: list[Pose]) -> None:
    lost = [pose if index % 10 else nobody(pose.time_s) for index, pose in enumerate(poses)]
    run(tmp_path, clip, lost, *judged(lost, "bridge"), blur_face=True)
    assert unhidden(judged(lost, "bridge")[1]) == []
    plain = [picture for _, picture in decoded(clip)]
    shown = decoded(tmp_path / VIDEO)
    middle = head_regions(Poses.stack(poses).landmarks)[:, :2]
    # The clip's four quarters meet in the head only for some poses; where they do, the edge between them moves.
    changed = [np.abs(picture.astype(int) - plain[index]).sum() for index, (_, picture) in enumerate(shown)]
    assert len(shown) == len(middle)
    assert min(changed) > 0


def test_an_8k_clip_becomes_a_video_of_4k_with_the_same_face_hidden(tmp_path: Path) -> None:
    poses = [
        bridge(at=(320.0 * 12, 240.0 * 12), scale=160.0 * 12, width_px=7680, height_px=4320, time_s=at)
        for at in (0.0, 0.1)
    ]
    noise = np.random.default_rng(1).integers(0, 256, (270, 480, 3)).astype(np.uint8).repeat(16, 0).repeat(16, 1)
    path = tmp_path / "8k.mp4"
    with VideoWriter(path, clip=None, start_s=0.0) as writer:
        for pose in poses:
            writer.write(noise, pose.time_s)
    run(tmp_path, path, poses, *judged(poses, "bridge"), blur_face=True)
    for index, (_, picture) in enumerate(decoded(tmp_path / VIDEO)):
        height, width = picture.shape[:2]
        assert (width, height) == (3840, 2160)
        x, y, radius = head_regions(poses[index].landmarks[None])[0] * width / 7680
        inside, below = (
            picture[round(middle - radius / 2) : round(middle + radius / 2), round(x - radius / 2) : round(x)]
            for middle in (y, y + 2.5 * radius)
        )
        edges = [np.abs(np.diff(part.astype(int), axis=1)).max(axis=2) > 20 for part in (inside, below)]
        assert edges[0].mean() < 0.2 * edges[1].mean()


def test_frames_without_anybody_near_are_said(poses: list[Pose]) -> None:
    gone = [nobody(pose.time_s) if pose.time_s > 3 else pose for pose in poses]
    (said,) = unhidden(judged(gone, "bridge")[1])
    assert "look before you share" in said


@pytest.mark.parametrize("blur_face", [False, True])
def test_a_still_becomes_a_picture(tmp_path: Path, blur_face: bool) -> None:
    from PIL import Image

    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3)).astype(np.uint8)
    path = tmp_path / "photo.png"
    Image.fromarray(noise).save(path)
    pose = bridge()
    run(tmp_path / "out", path, [pose], *judged([pose], "bridge"), blur_face=blur_face)
    with Image.open(tmp_path / "out" / PICTURE) as image:
        picture = np.array(image)
    assert picture.shape == noise.shape
    x, y, radius = head_regions(pose.landmarks[None])[0]
    box = np.s_[round(y - radius / 3) : round(y + radius / 3), round(x - radius / 3) : round(x + radius / 3)]
    same = (picture[box] == noise[box]).all(axis=2).mean()
    assert same < 0.02 if blur_face else same > 0.2


class TestAnalyze:
    """The same, as `posecheck analyze` asks for it."""

    REQUEST = Request(load_stretch("bridge"))

    def analyze(
        self, path: Path, poses: Sequence[Pose], out: Path, drawing: Progress, *, blur_face: bool = False
    ) -> Summary:
        make = lambda kind: (FakeEstimator(poses), {"mediapipe": "0", "model": "drawn"})  # noqa: E731
        silent = lambda info, time_s: None  # noqa: E731
        return write_analysis(path, self.REQUEST, make, out, silent, video=True, blur_face=blur_face, drawing=drawing)

    def test_the_video_is_drawn_when_all_else_is_done(self, tmp_path: Path, clip: Path, poses: list[Pose]) -> None:
        there: list[set[str]] = []

        def drawing(info: SourceInfo, time_s: float) -> None:
            there.append({path.name for path in tmp_path.iterdir() if path.suffix != ".part"})

        self.analyze(clip, poses, tmp_path, drawing)
        assert len(there) == len(poses)
        assert there[0] == {"summary.json", "frames.csv", "recording.npz"}
        assert (tmp_path / VIDEO).exists()

    def test_who_interrupts_it_keeps_the_verdict(self, tmp_path: Path, clip: Path, poses: list[Pose]) -> None:
        def interrupted(info: SourceInfo, time_s: float) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            self.analyze(clip, poses, tmp_path, interrupted)
        assert {path.name for path in tmp_path.iterdir()} == {"summary.json", "frames.csv", "recording.npz"}

    def test_a_recording_has_no_pictures_to_draw_on(self, tmp_path: Path, poses: list[Pose]) -> None:
        recording = write_recording(tmp_path / "recording.npz", poses)
        self.analyze(recording, [], tmp_path / "out", lambda info, time_s: None)
        assert {path.name for path in (tmp_path / "out").iterdir()} == {"summary.json", "frames.csv"}

    def test_a_face_that_could_not_be_hidden_is_a_warning(self, tmp_path: Path, clip: Path, poses: list[Pose]) -> None:
        gone = [pose if pose.time_s < 3 else None for pose in poses]
        summary = self.analyze(clip, gone, tmp_path, lambda info, time_s: None, blur_face=True)
        assert any("look before you share" in warning for warning in summary["warnings"])
