"""Which cameras there are, why one cannot be opened, and a real one on the network."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import pytest

from posecheck.errors import InputError, UsageError
from posecheck.sources.devices import FoundCamera, Mode, find_cameras, mode_of, open_camera, shown
from tests.sources.test_camera import SHOWN, FakeDevice
from tests.support.clips import BLUE, GREEN, RED, WHITE, corners, quarters
from tests.support.patience import until

LAPTOP, STICK = FoundCamera(0, "Integrated Camera"), FoundCamera(2, "USB Webcam")


def listed(folder: Path, number: int, name: str | None, index: int | None) -> None:
    entry = folder / f"video{number}"
    entry.mkdir()
    if name is not None:
        (entry / "name").write_text(f"{name}\n")
    if index is not None:
        (entry / "index").write_text(f"{index}\n")


def never(address: int | str, size: tuple[int, int], fps: float) -> None:
    return None


class TestFinding:
    def test_linux_lists_them_and_what_only_tells_about_them_is_left_out(self, tmp_path: Path) -> None:
        listed(tmp_path, 10, "USB Webcam", 0)
        listed(tmp_path, 0, "Integrated Camera", 0)
        listed(tmp_path, 1, "Integrated Camera", 1)
        listed(tmp_path, 2, None, None)
        (tmp_path / "v4l-subdev0").mkdir()
        assert find_cameras(tmp_path) == [
            FoundCamera(0, "Integrated Camera"),
            FoundCamera(2, ""),
            FoundCamera(10, "USB Webcam"),
        ]

    def test_elsewhere_they_are_tried(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr("posecheck.sources.devices.SYSTEM", "darwin")

        def opener(address: int | str, size: tuple[int, int], fps: float) -> FakeDevice | None:
            return FakeDevice() if address in (0, 3) else None

        assert find_cameras(tmp_path / "none", opener) == [FoundCamera(0), FoundCamera(3)]

    def test_what_a_camera_gives(self) -> None:
        class Told(FakeDevice):
            def get(self, key: int) -> float:
                return {cv2.CAP_PROP_FRAME_WIDTH: 1280.0, cv2.CAP_PROP_FRAME_HEIGHT: 720.0, cv2.CAP_PROP_FPS: 30.0}[key]

        device = Told()
        assert mode_of(0, lambda *_: device) == Mode(1280, 720, 30.0)
        assert device.released
        assert mode_of(0, never) is None


class TestWhyNot:
    def told(self, address: str, *found: FoundCamera) -> str:
        with pytest.raises(InputError) as error:
            open_camera(address, opener=never, found=lambda: list(found))
        return str(error.value)

    def test_no_camera_at_all(self) -> None:
        told = self.told("0")
        assert told == "camera 0: is not there; no camera was found; plug one in, or play a clip with --source FILE"

    def test_another_one(self) -> None:
        told = self.told("7", LAPTOP, STICK)
        assert "is not there; there are 0 (Integrated Camera), 2 (USB Webcam), or play a clip" in told
        assert "is not there" in self.told("/dev/video77", LAPTOP)

    def test_used_by_another_program(self, tmp_path: Path) -> None:
        assert "another program (a browser, a meeting) uses it" in self.told("0", LAPTOP)

    def test_on_the_network(self) -> None:
        told = self.told("rtsp://me:secret@10.0.0.7/live", LAPTOP)
        assert told.startswith("camera rtsp://10.0.0.7/live: does not answer; check the address")

    def test_a_file_is_no_camera(self, tmp_path: Path) -> None:
        (tmp_path / "clip.mp4").touch()
        with pytest.raises(UsageError, match="play it with --source"):
            open_camera(str(tmp_path / "clip.mp4"), opener=never)


def test_a_password_is_never_shown() -> None:
    assert shown("rtsp://me:secret@host:554/x?user=1") == "rtsp://host:554/x?user=1"
    assert shown("0") == "0"


def test_what_is_asked_for_is_passed_on() -> None:
    asked: list[Any] = []

    def opener(*wanted: Any) -> FakeDevice:
        asked.append(wanted)
        return FakeDevice(SHOWN)

    for address in ("2", "/dev/video2"):
        with open_camera(address, size=(640, 480), fps=15.0, opener=opener) as source:
            assert source.info.name == f"camera {address}"
    assert asked == [(2, (640, 480), 15.0), ("/dev/video2", (640, 480), 15.0)]


class Stream(BaseHTTPRequestHandler):
    """A camera on the network: JPEG after JPEG, twenty a second, for as long as the server lets it."""

    plugged = threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        jpeg = cv2.imencode(".jpg", quarters(640, 480)[..., ::-1])[1].tobytes()
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
        try:
            while self.plugged.is_set():
                self.wfile.write(head + jpeg + b"\r\n")
                time.sleep(0.05)
        except OSError:
            pass

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Stream.plugged.set()
    with ThreadingHTTPServer(("127.0.0.1", 0), Stream) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/live"
        Stream.plugged.clear()
        server.shutdown()
        thread.join()


class TestOnTheNetwork:
    def test_a_stream_is_seen(self, url: str) -> None:
        with open_camera(url) as source:
            frames = [next(iter(source)) for _ in range(5)]
        assert corners(frames[0].rgb()) == [RED, GREEN, BLUE, WHITE]
        assert (source.info.width_px, source.info.height_px) == (640, 480)
        assert all(earlier.time_s < later.time_s for earlier, later in pairwise(frames))

    def test_a_stream_that_breaks_off_is_taken_up_again(self, url: str) -> None:
        with open_camera(url) as source:
            next(iter(source))
            Stream.plugged.clear()
            until(lambda: source.trouble == "The camera is gone: plug it in again.")
            Stream.plugged.set()
            assert next(iter(source)).time_s > 0
            while source.trouble is not None:
                next(iter(source))
            assert len(source.warnings) == 1

    def test_nobody_answers(self, capfd: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(InputError, match="does not answer"):
            open_camera("http://127.0.0.1:9/live")
        assert capfd.readouterr() == ("", ""), "it is told in our words alone"
