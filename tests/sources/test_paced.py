"""A clip at its own pace."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from posecheck.pose.frames import SourceInfo, SourceKind
from posecheck.sources.paced import PacedSource
from posecheck.system.closing import Closable
from tests.support.fakes import FakeFrame
from tests.support.patience import PATIENCE_S, until


class Clip(Closable):
    """Frames at given times."""

    def __init__(self, *times_s: float) -> None:
        self.info = SourceInfo("clip", SourceKind.VIDEO, 640, 480, None, None)
        self.frames_skipped, self.warnings, self.closed = 3, ["three were lost"], False
        self._frames = [FakeFrame(time_s) for time_s in times_s]

    def __iter__(self) -> Iterator[FakeFrame]:
        return iter(self._frames)

    def close(self) -> None:
        self.closed = True


class Clock:
    """A clock that only sleeping moves on, and whoever works."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def paced(clock: Clock, *times_s: float) -> PacedSource:
    return PacedSource(Clip(*times_s), clock=clock, sleep=clock.sleep)


def test_frames_come_when_their_time_has_come(clock: Clock) -> None:
    source = paced(clock, 0.0, 0.1, 0.15, 0.5)
    came = [(frame.time_s, round(source.now_s(), 6)) for frame in source]
    assert came == [(0.0, 0.0), (0.1, 0.1), (0.15, 0.15), (0.5, 0.5)]
    assert source.dropped == 0


def test_a_reader_who_takes_long_gets_the_newest_and_misses_the_others(clock: Clock) -> None:
    source = paced(clock, *(index / 10 for index in range(20)))
    came = []
    for frame in source:
        came.append((frame.time_s, round(source.now_s() - frame.time_s, 6)))
        clock.now_s += 0.35
    assert [time_s for time_s, _ in came] == [0.0, 0.3, 0.7, 1.0, 1.4, 1.7, 1.9]
    assert all(late_s < 0.1 for _, late_s in came[:-1]), "never older than a frame"
    assert source.dropped == 13


def test_a_part_of_a_clip_keeps_its_times(clock: Clock) -> None:
    source = paced(clock, 12.0, 12.1)
    assert [(frame.time_s, round(source.now_s(), 6)) for frame in source] == [(12.0, 12.0), (12.1, 12.1)]


def test_what_is_known_is_the_clips(clock: Clock) -> None:
    with (source := paced(clock, 0.0)) as opened:
        assert opened is source
        assert (source.info.name, source.frames_skipped, source.warnings) == ("clip", 3, ["three were lost"])
        assert source.trouble is None
        clip = source._source
    assert isinstance(clip, Clip)
    assert clip.closed


def test_a_stop_wakes_who_waits() -> None:
    source = PacedSource(Clip(0.0, 600.0))
    came = []

    def read() -> None:
        came.extend(frame.time_s for frame in source)

    reader = threading.Thread(target=read)
    reader.start()
    until(lambda: bool(came))
    source.stop()
    reader.join(PATIENCE_S)
    assert not reader.is_alive()
    assert came == [0.0]
