"""The model's bundle: which one is taken, and that none is ever half there."""

from __future__ import annotations

import hashlib
import http.server
import io
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from posecheck.errors import ModelError
from posecheck.estimators import model as subject
from posecheck.estimators.model import DETECTOR, LANDMARKER, default_model, find_model, is_bundle
from tests.support.patience import PATIENCE_S, until
from tests.support.permissions import permissions_count

ROOT = Path(__file__).parents[2]
NO_WHEEL = None
UNUSED = "http://127.0.0.1:9/unused"
REMEDIES = ("--model PATH", "POSECHECK_MODEL", "mediapipe 0.10.21", "connect to the internet once")


def bundle(*names: str) -> bytes:
    """A zip of some size whose members have these names."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name in names:
            file.writestr(name, b"model" * 50_000)
    return content.getvalue()


def zeroed(content: bytes) -> bytes:
    """With 4 kB of zeros in the middle, which every structure around it survives."""
    middle = len(content) // 2
    return content[:middle] + bytes(4096) + content[middle + 4096 :]


BUNDLE = bundle(DETECTOR, LANDMARKER)
DIGESTS = (hashlib.sha256(BUNDLE).hexdigest(),)


def fetched(cache: Path, url: str, progress: subject.Progress | None = None) -> Path:
    """The default model as on a machine whose mediapipe brings none, where BUNDLE is what Google publishes."""
    return default_model(cache, NO_WHEEL, url, progress, DIGESTS)


class Server(http.server.ThreadingHTTPServer):
    """Answers by path: /whole, /cut, /page, /zip, /stall, and 404 for the rest."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.release = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        bodies = {"/page": b"<html>Log in", "/zip": bundle("other.tflite")}
        if self.path not in ("/whole", "/cut", "/stall", "/no-length", *bodies):
            self.send_error(404)
            return
        body = bodies.get(self.path, BUNDLE)
        self.send_response(200)
        if self.path != "/no-length":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        sent = body[: len(body) // 2] if self.path in ("/cut", "/stall") else body
        self.wfile.write(sent)
        if self.path == "/stall":
            self.server.release.wait(PATIENCE_S)

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.release.set()
        running.shutdown()
        thread.join()


@contextmanager
def fails(cache: Path) -> Iterator[pytest.ExceptionInfo[ModelError]]:
    """A ModelError of one line with the three remedies, which leaves nothing behind."""
    with pytest.raises(ModelError) as caught:
        yield caught
    message = str(caught.value)
    assert "\n" not in message
    assert all(remedy in message for remedy in REMEDIES)
    assert not list(cache.iterdir())


NO_BUNDLES = (b"", b"text", bundle("other.tflite"), bundle(DETECTOR), BUNDLE[:-100], zeroed(BUNDLE))


class TestNamed:
    def test_the_named_bundle_wins_over_the_environments(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "lite.task").write_bytes(BUNDLE)
        monkeypatch.setenv("POSECHECK_MODEL", str(tmp_path / "missing.task"))
        assert find_model(tmp_path / "lite.task") == tmp_path / "lite.task"

    def test_the_environments_bundle_wins_over_the_default(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "heavy.task").write_bytes(BUNDLE)
        monkeypatch.setenv("POSECHECK_MODEL", str(tmp_path / "heavy.task"))
        assert find_model(None) == tmp_path / "heavy.task"

    @pytest.mark.usefixtures("wheel")
    def test_an_empty_variable_names_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("POSECHECK_MODEL", "")
        assert find_model(None).name.startswith("pose_landmarker_full-")

    def test_a_missing_file_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(ModelError, match=r"^--model .*gone.task: no such file"):
            find_model(tmp_path / "gone.task")
        monkeypatch.setenv("POSECHECK_MODEL", str(tmp_path / "gone.task"))
        with pytest.raises(ModelError, match=r"^POSECHECK_MODEL .*gone.task: no such file"):
            find_model(None)

    @pytest.mark.parametrize(
        "content", [b"", b"text", bundle("other.tflite"), bundle(DETECTOR), BUNDLE[:-100], zeroed(BUNDLE)]
    )
    def test_a_file_that_is_no_bundle_is_named(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.task").write_bytes(content)
        with pytest.raises(ModelError, match=r"a.task: is no pose landmarker bundle"):
            find_model(tmp_path / "a.task")


class TestDownload:
    def test_a_complete_one_is_kept(self, tmp_path: Path, server: Server) -> None:
        cache = tmp_path / "new" / "cache"
        told: list[tuple[int, int | None]] = []
        path = fetched(cache, server.url("whole"), lambda done, total: told.append((done, total)))
        assert path.read_bytes() == BUNDLE
        assert list(cache.iterdir()) == [path]
        assert told == sorted(told)
        assert told[-1] == (len(BUNDLE), len(BUNDLE))

    def test_it_is_fetched_once(self, tmp_path: Path, server: Server) -> None:
        first, second = (fetched(tmp_path, server.url("whole")) for _ in range(2))
        assert first == second
        assert server.asked == ["/whole"]

    def test_a_server_may_keep_its_length_to_itself(self, tmp_path: Path, server: Server) -> None:
        told: list[tuple[int, int | None]] = []
        path = fetched(tmp_path, server.url("no-length"), lambda *news: told.append(news))
        assert is_bundle(path)
        assert told[-1] == (len(BUNDLE), None)

    def test_one_that_is_cut_off_is_not_kept(self, tmp_path: Path, server: Server) -> None:
        with fails(tmp_path) as caught:
            fetched(tmp_path, server.url("cut"))
        assert "broke off" in str(caught.value)

    @pytest.mark.parametrize("wrong", ["page", "zip"])
    def test_another_file_is_not_kept(self, tmp_path: Path, server: Server, wrong: str) -> None:
        with fails(tmp_path) as caught:
            fetched(tmp_path, server.url(wrong))
        assert "is no pose model" in str(caught.value)

    def test_another_model_is_not_kept_and_its_digest_is_told(self, tmp_path: Path, server: Server) -> None:
        with pytest.raises(ModelError, match=rf"another pose model .*SHA-256 {DIGESTS[0]}.*--model PATH"):
            default_model(tmp_path, NO_WHEEL, server.url("whole"))
        assert not list(tmp_path.iterdir())

    def test_a_file_that_is_not_there(self, tmp_path: Path, server: Server) -> None:
        with fails(tmp_path) as caught:
            fetched(tmp_path, server.url("gone"))
        assert "404" in str(caught.value)

    def test_no_route(self, tmp_path: Path) -> None:
        with socket.socket() as taken:  # bound but not listening: whoever calls is refused
            taken.bind(("127.0.0.1", 0))
            with fails(tmp_path):
                fetched(tmp_path, f"http://127.0.0.1:{taken.getsockname()[1]}/whole")

    def test_a_name_that_nobody_knows(self, tmp_path: Path) -> None:
        with fails(tmp_path):
            fetched(tmp_path, "http://nowhere.invalid/whole")

    def test_a_server_that_falls_silent(self, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(subject, "TIMEOUT_S", 0.2)
        with fails(tmp_path):
            fetched(tmp_path, server.url("stall"))

    def test_a_process_that_is_killed_half_way_leaves_no_model(self, tmp_path: Path, server: Server) -> None:
        script = (
            "from pathlib import Path; from posecheck.estimators.model import default_model; "
            f"default_model(Path({str(tmp_path)!r}), None, {server.url('stall')!r}, None, {DIGESTS!r})"
        )
        process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
        until(lambda: any(path.stat().st_size for path in tmp_path.iterdir()))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not list(tmp_path.glob("*.task"))
        assert fetched(tmp_path, server.url("whole")).read_bytes() == BUNDLE


class TestCache:
    @pytest.mark.parametrize("damage", [lambda whole: whole[:1000], zeroed], ids=["cut", "zeroed"])
    def test_a_damaged_bundle_is_replaced_and_said(
        self, tmp_path: Path, server: Server, caplog: pytest.LogCaptureFixture, damage: Callable[[bytes], bytes]
    ) -> None:
        path = fetched(tmp_path, server.url("whole"))
        path.write_bytes(damage(BUNDLE))
        assert fetched(tmp_path, server.url("whole")).read_bytes() == BUNDLE
        assert [record.getMessage() for record in caplog.records] == [
            f"posecheck: the pose model in {path} is not what was put there; it is made anew"
        ]

    def test_another_recipe_is_not_taken_for_this_one(
        self, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = fetched(tmp_path, server.url("whole"))
        monkeypatch.setattr(subject, "RECIPE", subject.RECIPE + 1)
        assert fetched(tmp_path, server.url("whole")) != old

    def test_a_cache_that_cannot_be_written_is_named_with_another_place(self, tmp_path: Path, server: Server) -> None:
        (tmp_path / "file").touch()
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o555)
        places = {tmp_path / "file" / "cache": "Not a directory", closed: "Permission denied"}
        for cache, reason in places.items():
            with permissions_count(), pytest.raises(ModelError) as caught:
                fetched(cache, server.url("whole"))
            assert str(caught.value) == (
                f"the pose model cannot be kept in {cache} ({reason}); let yourself write there, or name another place "
                "by the environment variable XDG_CACHE_HOME, or name a bundle by --model PATH or the environment "
                "variable POSECHECK_MODEL"
            )


@pytest.fixture
def wheel() -> Path:
    folder = subject._wheel()
    if folder is None or subject._parts(folder) is None:
        pytest.skip("this mediapipe brings no pose models")
    return folder


def digest_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


class TestAssembly:
    def test_needs_no_network(self, tmp_path: Path, wheel: Path) -> None:
        path = default_model(tmp_path, wheel, UNUSED)
        assert is_bundle(path)
        assert set(tmp_path.iterdir()) == {path, digest_of(path)}

    @pytest.mark.parametrize("what", ["zeroed", "digest gone"])
    def test_one_that_changed_is_put_together_anew(self, tmp_path: Path, wheel: Path, what: str) -> None:
        path = default_model(tmp_path, wheel, UNUSED)
        whole = path.read_bytes()
        assert digest_of(path).read_text().startswith(hashlib.sha256(whole).hexdigest())
        if what == "zeroed":
            path.write_bytes(zeroed(whole))
        else:
            digest_of(path).unlink()
        assert default_model(tmp_path, wheel, UNUSED).read_bytes() == whole
        assert digest_of(path).exists()

    def test_is_stored_as_it_is_so_that_it_can_be_mapped(self, tmp_path: Path, wheel: Path) -> None:
        with zipfile.ZipFile(default_model(tmp_path, wheel, UNUSED)) as file:
            assert {entry.compress_type for entry in file.infolist()} == {zipfile.ZIP_STORED}

    def test_the_name_says_where_it_comes_from(self, tmp_path: Path, wheel: Path) -> None:
        assert default_model(tmp_path, wheel, UNUSED).name == "pose_landmarker_full-mediapipe-0.10.21-1.task"

    def test_a_wheel_without_models_means_download(self, tmp_path: Path, server: Server) -> None:
        (tmp_path / "mediapipe").mkdir()
        path = default_model(tmp_path / "cache", tmp_path / "mediapipe", server.url("whole"), None, DIGESTS)
        assert path.name == "pose_landmarker_full-published-1.task"

    def test_two_processes_at_once_get_the_same_whole_bundle(self, tmp_path: Path, wheel: Path) -> None:
        script = (
            "from pathlib import Path; from posecheck.estimators.model import default_model; "
            f"print(default_model(Path({str(tmp_path)!r}), Path({str(wheel)!r}), {UNUSED!r}))"
        )
        command = [sys.executable, "-c", script]
        both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        # While they are at it, whatever stands under the final name is whole.
        while any(process.poll() is None for process in both):
            assert all(is_bundle(path) for path in tmp_path.glob("*.task"))
            time.sleep(0.01)
        printed = {process.communicate()[0].strip() for process in both}
        assert [process.returncode for process in both] == [0, 0]
        (path,) = map(Path, printed)
        assert set(tmp_path.iterdir()) == {path, digest_of(path)}

    def test_is_the_same_to_the_byte_each_time(self, tmp_path: Path, wheel: Path) -> None:
        first, second = (default_model(tmp_path / name, wheel, UNUSED).read_bytes() for name in ("a", "b"))
        assert first == second
