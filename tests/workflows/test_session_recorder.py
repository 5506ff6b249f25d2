"""What is kept of a session, whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np

from posecheck.pose.frames import SourceInfo, SourceKind
from posecheck.workflows.session_recorder import MOST_WAITING, VIDEO, SessionRecorder
from tests.support.patience import PATIENCE_S, until

ROOT = Path(__file__).parents[2]
INFO = SourceInfo("camera", SourceKind.VIDEO, 64, 48, None, None)

KILLED = """
import sys, time
from itertools import count
from pathlib import Path
import numpy as np
from posecheck.presenters.output.video import VideoWriter

with VideoWriter(Path(sys.argv[1]), clip=None, start_s=0.0, as_it_goes=True) as writer:
    for number in count():
        writer.write(np.full((48, 64, 3), number % 256, np.uint8), number / 30)
        time.sleep(0.002)
"""


def test_a_film_that_is_killed_can_be_played(tmp_path: Path) -> None:
    film = tmp_path / "session" / VIDEO
    process = subprocess.Popen([sys.executable, "-c", KILLED, film], env=os.environ | {"PYTHONPATH": str(ROOT)})
    until(lambda: film.exists() and film.stat().st_size > 5_000, "some pieces")
    process.send_signal(signal.SIGKILL)
    process.wait(PATIENCE_S)
    with av.open(str(film)) as clip:
        assert sum(1 for _ in clip.decode(video=0)) >= 30


def test_a_film_that_fails_is_a_problem_that_is_told_and_never_hangs(tmp_path: Path) -> None:
    with SessionRecorder(tmp_path, INFO, {}) as recorder:
        recorder.add(0.0, np.zeros(3, np.uint8), [])  # no picture has one dimension
        until(lambda: recorder.problem is not None, "the problem")
        for number in range(3 * MOST_WAITING):
            recorder.add(1.0 + number, np.zeros((48, 64, 3), np.uint8), [])
    assert "the film ended (ValueError" in (recorder.problem or "")
