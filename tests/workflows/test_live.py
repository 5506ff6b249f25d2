"""The thread that finds the person: no pose is lost, and it is never waited for in vain."""

from __future__ import annotations

from threading import Event

from posecheck.pose.landmarks import Pose
from posecheck.workflows.live import PoseWorker
from tests.support.patience import PATIENCE_S, until
from tests.workflows.practice.room import FPS, FakeSource, Seer, two_bridges


class TestWatcher:
    def test_gives_every_pose_and_the_newest_picture(self) -> None:
        poses = two_bridges()[:30]
        with PoseWorker(FakeSource(30), Seer(poses)) as watcher:
            taken: list[Pose] = []
            while not watcher.ended:
                some, sight = watcher.take(1.0)
                taken += some
                assert sight is None or sight.time_s == some[-1].time_s
        assert [pose.time_s for pose in taken] == [index / FPS for index in range(30)]

    def test_waits_no_longer_than_it_is_told(self) -> None:
        ready = Event()
        source = FakeSource(1, during=lambda number: ready.wait(PATIENCE_S) and None)
        with PoseWorker(source, Seer(two_bridges())) as watcher:
            assert watcher.take(0.01) == ([], None)
            assert not watcher.ended
            ready.set()
            assert len(watcher.take(PATIENCE_S)[0]) == 1

    def test_is_stopped_while_it_waits_for_a_frame(self) -> None:
        asked = Event()

        def never(number: int) -> None:
            asked.set()
            until(lambda: source.stopped)

        source = FakeSource(1, during=never)
        with PoseWorker(source, Seer(two_bridges())) as watcher:
            assert asked.wait(PATIENCE_S)
        until(lambda: watcher.ended)
        assert watcher.take(0.0) == ([], None)
