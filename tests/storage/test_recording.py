"""Recordings: what was written is read back exactly, and never half of it."""

from __future__ import annotations

import io
import json
import pickle
import resource
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posecheck.errors import InputError, OutputError
from posecheck.pose.frames import Header, SourceInfo, SourceKind
from posecheck.pose.landmarks import OUTLINE_POINTS, Pose, Poses, in_blocks
from posecheck.storage.recording import FORMAT, MOST_BYTES, VERSION, Recording, RecordingWriter, is_recording
from tests.support.poses import all_fours, clip, nobody, sphinx, standing

HEADER = Header(
    SourceInfo("bridging é.mp4", SourceKind.VIDEO, 640, 480, 3.5, None),
    frames_skipped=2,
    warnings=("2 frames could not be decoded.",),
    versions={"mediapipe": "0.10.21", "model": "full"},
)
ARRAYS = ("time_s", "landmarks", "world", "outline", "brightness", "sharpness", "midtone", "shot")


def save(path: Path, blocks: Iterable[Poses], header: Header = HEADER) -> Path:
    with RecordingWriter(path) as writer:
        for block in blocks:
            writer.write(block)
        writer.finish(header)
    return path


def assert_same(read: Poses, written: Poses) -> None:
    assert (read.width_px, read.height_px) == (written.width_px, written.height_px)
    for name in ARRAYS:
        first, second = getattr(read, name), getattr(written, name)
        np.testing.assert_array_equal(first, second, err_msg=name)
        assert first.dtype == second.dtype, name


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return save(tmp_path / "recording.npz", in_blocks([*clip((0.3, sphinx())), nobody(0.4)]))


class TestRoundTrip:
    def test_every_number_comes_back(self, tmp_path: Path) -> None:
        poses = [
            *clip((0.2, all_fours(spine_flexion=30))),
            nobody(0.3),
            standing(time_s=1 / 3, outline=False),
            standing(time_s=0.5, at=(-900.0, 1e6)),
        ]
        written = Poses.stack(poses)
        (read,) = Recording(save(tmp_path / "recording.npz", [written]))
        assert_same(read, written)

    def test_the_header_comes_back(self, recording: Path) -> None:
        assert Recording(recording).header == HEADER

    def test_a_still_without_a_duration(self, tmp_path: Path) -> None:
        header = Header(SourceInfo("a.jpg", SourceKind.STILL, 3, 4, None, 1), 0, (), {})
        path = save(tmp_path / "recording.npz", [Poses.stack([nobody()])], header)
        assert Recording(path).header == header

    def test_blocks_stay_as_they_were_with_a_size_of_their_own(self, tmp_path: Path) -> None:
        blocks = list(in_blocks([*clip((10.0, standing())), standing(time_s=11.0, width_px=480, height_px=640)]))
        assert len(blocks) == 3
        read = list(Recording(save(tmp_path / "recording.npz", blocks)))
        assert len(read) == 3
        for one, other in zip(read, blocks, strict=True):
            assert_same(one, other)

    @given(lengths=st.lists(st.integers(0, OUTLINE_POINTS), min_size=1, max_size=5), closed=st.booleans())
    def test_outlines_of_any_length(self, tmp_path_factory: pytest.TempPathFactory, lengths: list[int], closed: bool):
        rng = np.random.default_rng(sum(lengths))
        poses = []
        for row, length in enumerate(lengths):
            points = rng.integers(0, 640, (length, 2)).astype(np.float32)
            if closed and length > 1:
                points[-1] = points[0]
            poses.append(Pose(float(row), 640, 480, outline=points))
        written = Poses.stack(poses)
        (read,) = Recording(save(tmp_path_factory.mktemp("outlines") / "recording.npz", [written]))
        assert_same(read, written)

    def test_without_a_frame(self, tmp_path: Path) -> None:
        assert list(Recording(save(tmp_path / "recording.npz", []))) == []

    def test_read_twice(self, recording: Path) -> None:
        one = Recording(recording)
        assert_same(next(iter(one)), next(iter(one)))

    def test_numpy_alone_can_open_it(self, recording: Path) -> None:
        with np.load(recording, allow_pickle=False) as arrays:
            assert arrays["000000.landmarks"].shape == (10, 33, 5)
            assert json.loads(arrays["header"].tobytes())["format"] == FORMAT


class TestWholeOrNotAtAll:
    def test_nothing_has_the_name_before_the_end(self, tmp_path: Path) -> None:
        path = tmp_path / "recording.npz"
        with RecordingWriter(path) as writer:
            writer.write(Poses.stack([standing()]))
            writer.finish(HEADER)
            assert not path.exists()
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
    def test_an_error_leaves_what_was_there(self, tmp_path: Path, error: type[BaseException]) -> None:
        path = tmp_path / "recording.npz"
        path.write_bytes(b"an older one")

        def interrupted() -> Iterator[Poses]:
            yield Poses.stack([standing()])
            raise error("in between")

        with pytest.raises(error, match="in between"):
            save(path, interrupted())
        assert path.read_bytes() == b"an older one"
        assert list(tmp_path.iterdir()) == [path]

    def test_broken_off_while_it_writes(self, tmp_path: Path) -> None:
        """As Ctrl-C does it, at a moment that a test cannot hit."""

        def interrupted(writer: RecordingWriter) -> None:
            writer._zip._writing = True  # type: ignore[attr-defined]
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt), RecordingWriter(tmp_path / "r.npz") as writer:
            interrupted(writer)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("older", [True, False])
    def test_without_finish_there_is_no_file(self, tmp_path: Path, older: bool) -> None:
        path = tmp_path / "recording.npz"
        if older:
            path.write_bytes(b"an older one")
        with RecordingWriter(path) as writer:
            writer.write(Poses.stack([standing()]))
        assert list(tmp_path.iterdir()) == ([path] if older else [])
        assert not older or path.read_bytes() == b"an older one"

    def test_a_full_disk_is_told_in_one_line(self, tmp_path: Path) -> None:
        path = tmp_path / "recording.npz"
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
        noise = np.random.default_rng(0).random((256, 33, 5)).astype(np.float32)
        poses = Poses.stack([Pose(float(row), 640, 480, landmarks=noise[row]) for row in range(256)])
        try:
            with pytest.raises(OutputError, match="cannot be written") as caught:
                save(path, [poses] * 5)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert "\n" not in str(caught.value)
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(OutputError, match="--out"):
            save(tmp_path / "file" / "recording.npz", [])


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A recording whose zip is put together anew after a change of its members."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def as_npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def with_header(path: Path, **changes: Any) -> Path:
    def change(members: dict[str, bytes]) -> None:
        content = json.loads(np.load(io.BytesIO(members["header.npy"])).tobytes())
        content = {key: value for key, value in (content | changes).items() if value is not ...}
        members["header.npy"] = as_npy(np.frombuffer(json.dumps(content).encode(), np.uint8))

    return rewritten(path, change)


def read_all(path: Path) -> list[Poses]:
    return list(Recording(path))


def refusal(path: Path) -> str:
    """The error of reading a file to its end: of one line, with its name."""
    with pytest.raises(InputError) as caught:
        read_all(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message


def test_a_recording_of_the_first_version_is_one_shot(tmp_path: Path) -> None:
    poses = [replace(pose, shot=shot) for shot, pose in enumerate(clip((0.2, sphinx()), fps=10))]
    path = save(tmp_path / "recording.npz", in_blocks(poses))
    assert [block.shot.tolist() for block in read_all(path)] == [[0, 1]]

    def without_shots(members: dict[str, bytes]) -> None:
        del members["000000.shot.npy"], members["000000.midtone.npy"]

    old = rewritten(with_header(path, version=1), without_shots)
    assert [block.shot.tolist() for block in read_all(old)] == [[0, 0]]


def test_shots_do_not_go_back(tmp_path: Path) -> None:
    poses = [replace(pose, shot=1 - shot) for shot, pose in enumerate(clip((0.2, sphinx()), fps=10))]
    assert "the shots go back" in refusal(save(tmp_path / "recording.npz", in_blocks(poses)))


SOURCE = asdict(HEADER.source) | {"kind": HEADER.source.kind.value}


class TestRefused:
    @pytest.mark.parametrize(
        "times_s",
        [lambda t: t[::-1], lambda t: t * np.nan, lambda t: np.where(t > 0.1, np.inf, t)],
        ids=["reversed", "no numbers", "endless"],
    )
    def test_times_that_are_not_in_order(self, recording: Path, times_s: Callable[[Any], Any]) -> None:
        def change(members: dict[str, bytes]) -> None:
            times = np.load(io.BytesIO(members["000000.time_s.npy"]))
            members["000000.time_s.npy"] = as_npy(times_s(times).astype(times.dtype))

        assert "its times are not in order" in refusal(rewritten(recording, change))

    def test_blocks_go_on_where_the_one_before_ended(self, tmp_path: Path) -> None:
        first, second = (list(in_blocks(clip((0.2, sphinx())))) for _ in range(2))
        assert "its times are not in order" in refusal(save(tmp_path / "twice.npz", [*first, *second]))

    def test_pictures_of_no_size(self, recording: Path) -> None:
        def change(members: dict[str, bytes]) -> None:
            members["000000.size.npy"] = as_npy(np.array([0, 48], np.int32))

        assert "0x48" in refusal(rewritten(recording, change))

    def test_what_unpacks_to_more_than_any_recording(self, recording: Path) -> None:
        with zipfile.ZipFile(recording, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("header.npy", bytes(MOST_BYTES + 1))
        assert f"unpacks to {MOST_BYTES + 1} bytes" in refusal(recording)

    def test_damage_to_what_lzma_packed(self, recording: Path) -> None:
        with zipfile.ZipFile(recording) as file:
            members = {name: file.read(name) for name in file.namelist()}
        with zipfile.ZipFile(recording, "w", zipfile.ZIP_LZMA) as file:
            for name, content in members.items():
                file.writestr(name, content)
            info = file.getinfo("000000.landmarks.npy")
        content = bytearray(recording.read_bytes())
        start = info.header_offset + 30 + len(info.filename) + 9
        content[start : start + 40] = b"\xff" * 40
        recording.write_bytes(content)
        assert "cannot be read" in refusal(recording)

    def test_a_later_version(self, recording: Path) -> None:
        assert f"version {VERSION + 1}" in refusal(with_header(recording, version=VERSION + 1))
        assert "update posecheck" in refusal(recording)

    def test_another_programs_file(self, recording: Path) -> None:
        assert "no recording of posecheck" in refusal(with_header(recording, format="other"))

    @pytest.mark.parametrize(
        "changes",
        [
            {"source": ...},
            {"source": "a.mp4"},
            {"source": {"name": "a", "kind": "hologram"}},
            {"source": {"kind": "video"}},
            {"blocks": ...},
            {"blocks": "many"},
            {"blocks": 7},
            {"versions": 3},
            {"warnings": None},
            {"warnings": [3]},
            {"frames_skipped": "none"},
            {"blocks": 0},
            {"blocks": 1.0},
            *(
                {"source": SOURCE | change}
                for change in (
                    {"name": 7},
                    {"width_px": -1},
                    {"height_px": "tall"},
                    {"duration_s": float("nan")},
                    {"duration_s": -1.0},
                    {"frame_count": [1]},
                )
            ),
        ],
        ids=str,
    )
    def test_a_header_that_says_nonsense(self, recording: Path, changes: dict[str, Any]) -> None:
        assert "analyse the clip again" in refusal(with_header(recording, **changes))

    @pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 cut off"])
    def test_no_zip(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "recording.npz"
        path.write_bytes(content)
        assert not is_recording(path)
        refusal(path)

    def test_no_file(self, tmp_path: Path) -> None:
        assert not is_recording(tmp_path / "recording.npz")
        refusal(tmp_path / "recording.npz")
        assert not is_recording(tmp_path)
        refusal(tmp_path)

    def test_somebody_elses_npz(self, tmp_path: Path) -> None:
        path = tmp_path / "other.npz"
        np.savez(path, a=np.zeros(3))
        assert not is_recording(path)
        assert "no header" in refusal(path)

    @pytest.mark.parametrize("content", [b"[1, 2]", b"3", b"{", b"\xff", b"[" * 100_000], ids=repr)
    def test_a_header_of_another_kind(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "other.npz"
        np.savez(path, header=np.frombuffer(content, np.uint8))
        assert is_recording(path)
        refusal(path)

    @pytest.mark.parametrize(
        ("name", "array"),
        [
            ("landmarks", np.zeros((10, 32, 5), np.float32)),
            ("landmarks", np.zeros((9, 33, 5), np.float32)),
            ("landmarks", np.full((10, 33, 5), "x")),
            ("time_s", np.float64(3)),
            ("world", np.zeros((10, 33, 3), int)),
            ("outline_counts", np.full(10, 129, np.int32)),
            ("outline_counts", np.array([-128, 256, *[128] * 8], np.int32)),
            ("outline_counts", np.zeros(10, np.int32)),
            ("outline_counts", np.full(10, 12.8, np.float32)),
            ("outline_points", np.zeros((3, 2), np.float32)),
            ("size", np.array([640, 480, 3])),
            ("size", np.array(640)),
        ],
    )
    def test_arrays_that_do_not_fit(self, recording: Path, name: str, array: Any) -> None:
        assert "cannot be read" in refusal(
            rewritten(recording, lambda members: members.update({f"000000.{name}.npy": as_npy(array)}))
        )

    @pytest.mark.parametrize("name", ["000000.landmarks", "header"])
    def test_pickles_are_never_opened(self, recording: Path, name: str) -> None:
        trap = as_npy(np.array([Trap()], dtype=object))
        refusal(rewritten(recording, lambda members: members.update({f"{name}.npy": trap})))
        refusal(rewritten(recording, lambda members: members.update({f"{name}.npy": pickle.dumps(Trap())})))
        assert not Trap.sprung

    def test_an_array_that_claims_to_be_huge(self, recording: Path) -> None:
        buffer = io.BytesIO()
        content = {"descr": "<f4", "fortran_order": False, "shape": (10**15, 33, 5)}
        np.lib.format.write_array_header_1_0(buffer, content)
        refusal(rewritten(recording, lambda members: members.update({"000000.landmarks.npy": buffer.getvalue()})))

    @pytest.mark.parametrize("header", [b"{'descr': '<f4", b"{'descr': (", b" x\n  y\n z", b"\xff"], ids=repr)
    def test_an_array_whose_header_is_garbled(self, recording: Path, header: bytes) -> None:
        garbled = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
        refusal(rewritten(recording, lambda members: members.update({"000000.landmarks.npy": garbled})))

    @given(where=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), cut=st.booleans())
    @settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_damage_anywhere_is_told_or_does_not_matter(
        self, recording: Path, where: float, value: int, cut: bool
    ) -> None:
        content = bytearray(recording.read_bytes())
        place = int(where * len(content))
        if cut:
            del content[place:]
        else:
            content[place] = value
        damaged = recording.with_name("damaged.npz")
        damaged.write_bytes(content)
        is_recording(damaged)
        try:
            read = read_all(damaged)
        except InputError:
            refusal(damaged)
            return
        assert not cut
        assert_same(Poses.concatenate(read), Poses.concatenate(read_all(recording)))

    @pytest.mark.parametrize("value", [0, 64, 255])
    def test_damage_to_the_list_of_members(self, tmp_path: Path, value: int) -> None:
        """The part of a zip that no checksum covers, byte by byte."""
        path = save(tmp_path / "recording.npz", [Poses.stack([nobody()])])
        content = path.read_bytes()
        damaged = tmp_path / "damaged.npz"
        refused = 0
        for place in range(content.index(b"PK\x01\x02"), len(content)):
            damaged.write_bytes(content[:place] + bytes([value]) + content[place + 1 :])
            is_recording(damaged)
            try:
                read_all(damaged)
            except InputError:
                refused += 1
        assert refused > 100


class Trap:
    """Remembers whether it was unpickled."""

    sprung = False

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return spring, ()


def spring() -> None:
    Trap.sprung = True


def test_a_long_clip_is_read_one_block_at_a_time(tmp_path: Path) -> None:
    pose = standing()
    block = Poses.stack([pose] * 256)
    path = save(tmp_path / "recording.npz", (block for _ in range(30)))
    recording = Recording(path)
    for _ in recording:  # what numpy and zipfile load once
        break
    tracemalloc.start()
    try:
        frames = sum(len(one) for one in recording)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    in_memory = sum(getattr(block, name).nbytes for name in ARRAYS)
    assert frames == 30 * 256
    assert most < 5 * in_memory


def test_it_is_told_from_the_content_not_the_name(recording: Path, tmp_path: Path) -> None:
    other = tmp_path / "clip.mp4"
    other.write_bytes(recording.read_bytes())
    assert is_recording(other)
    assert Recording(other).header == HEADER
