"""README and --help promise that nothing leaves this machine: whole runs under a spy that also sees native code."""

from __future__ import annotations

import ipaddress
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from posecheck.estimators.model import find_model
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the spy is preloaded as Linux has it")


@dataclass(frozen=True)
class Spy:
    """Runs Python with the spy in it.

    Attributes:
        library: The spy, compiled.
        folder: A home of its own for what is run.
    """

    library: Path
    folder: Path

    def run(self, *arguments: str | Path) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        """What was printed, and what was asked for outside this machine: ``name example.org``, ``address 1.2.3.4``."""
        notes = self.folder / "notes.txt"
        notes.write_text("name localhost\n")
        own = {name: str(self.folder / name) for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
        spying = {"LD_PRELOAD": str(self.library), "NETWORK_SPY": str(notes), "PYTHONPATH": str(ROOT)}
        model = {"POSECHECK_MODEL": str(find_model(None))}
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.folder,
            env=os.environ | own | spying | model,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        return done, [line for line in notes.read_text().splitlines() if not is_here(line)]


def is_here(line: str) -> bool:
    """Whether what the spy noted is this machine."""
    kind, _, value = line.partition(" ")
    if kind == "name" and value in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(value).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("cc") is None:
        if os.environ.get("CI"):
            pytest.fail("needs a C compiler: apt-get install gcc libc6-dev")
        pytest.skip("needs a C compiler: apt-get install gcc libc6-dev")
    made = tmp_path_factory.mktemp("spy") / "spy.so"
    source = ROOT / "tests" / "support" / "network_spy.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True)
    return made


@pytest.fixture
def spy(library: Path, tmp_path: Path) -> Spy:
    return Spy(library, tmp_path)


SOCKETS = "import socket; stream = socket.socket(); packets = socket.socket(type=socket.SOCK_DGRAM)"
NATIVE = "import ctypes; ctypes.CDLL(None).getaddrinfo(b'native.invalid', None, None, ctypes.byref(ctypes.c_void_p()))"


@pytest.mark.parametrize(
    ("calls", "seen"),
    [
        (f"{SOCKETS}; socket.getaddrinfo('python.invalid', 443)", "name python.invalid"),
        (f"{SOCKETS}; stream.settimeout(0.01); stream.connect(('192.0.2.1', 9))", "address 192.0.2.1"),
        (f"{SOCKETS}; packets.sendto(b'', ('192.0.2.1', 9))", "address 192.0.2.1"),
        (f"{SOCKETS}; packets.sendmsg([b''], [], 0, ('192.0.2.1', 9))", "address 192.0.2.1"),
        (NATIVE, "name native.invalid"),
        (f"import subprocess, sys; subprocess.run([sys.executable, '-c', {NATIVE!r}])", "name native.invalid"),
    ],
    ids=["name", "connection", "datagram", "message", "native code", "child"],
)
def test_the_spy_sees_each_way_out(spy: Spy, calls: str, seen: str) -> None:
    """192.0.2.1 is nobody's, by RFC 5737."""
    assert seen in spy.run("-c", calls)[1]


CLIP = SAMPLES / "portrait.mp4"


@pytest.mark.parametrize(
    "arguments",
    [
        ("analyze", CLIP, "--end", "2", "--out", "results"),
        ("practice", "bridge", "--source", CLIP, "--no-window", "--mute"),
        ("tune", "bridge", CLIP, "--labels", SAMPLES / "labels.csv"),
    ],
    ids=["analyze", "practice", "tune"],
)
def test_nothing_leaves_this_machine(spy: Spy, arguments: tuple[str | Path, ...]) -> None:
    done, noted = spy.run("-m", "posecheck", *arguments)
    assert done.returncode == 0, done.stderr
    assert noted == []
