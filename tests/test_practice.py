"""Practice wired to fakes: what a person gets, and that whatever ends it, what was done is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

import numpy as np
import pytest
from PIL import Image

from posecheck.coach import Saying
from posecheck.errors import InputError, OutputError
from posecheck.frames import Frame, SourceInfo, SourceKind
from posecheck.history import History, read_sessions
from posecheck.history.log import SessionLog
from posecheck.landmarks import Pose
from posecheck.lesson import Beat
from posecheck.live import MOST_WAITING, Recorder, Sight, Watcher
from posecheck.practice import BACK, Practice, Practised, Wishes
from posecheck.presenters.canvas import Picture
from posecheck.presenters.layout import Layout
from posecheck.presenters.window import Key
from posecheck.progress import SessionDone
from posecheck.routines import Planned
from posecheck.rulefiles import load_stretch
from tests.fakes import FakeFrame
from tests.films import bridges, lying, raised
from tests.patience import PATIENCE_S, until
from tests.poses import clip, nobody

FPS = 6.0
SIZE = (640, 480)


class FakeSource:
    """A camera whose frames come as fast as they are wanted, on a clock of their own.

    Args:
        count: Frames to give.
        fault: Raised instead of the frame after the last one.
        during: Called before each frame, with its number.
    """

    def __init__(
        self, count: int, fault: Exception | None = None, during: Callable[[int], None] = lambda number: None
    ) -> None:
        self.info = SourceInfo("fake", SourceKind.VIDEO, *SIZE, None, None)
        self.trouble: str | None = None
        self.dropped = 0
        self.stopped = False
        self._count, self._fault, self._during = count, fault, during
        self._now_s = 0.0

    def __iter__(self) -> Iterator[Frame]:
        for number in range(self._count):
            self._during(number)
            if self.stopped:
                return
            self._now_s = number / FPS
            yield FakeFrame(number / FPS, *SIZE)
        if self._fault is not None:
            raise self._fault

    def now_s(self) -> float:
        return self._now_s

    def stop(self) -> None:
        self.stopped = True


class Seer:
    """Sees what it was told to, in the order of the frames."""

    def __init__(self, poses: Sequence[Pose], fault_at: int = -1) -> None:
        self.warnings: list[str] = []
        self._poses = iter(poses)
        self._left = fault_at

    def estimate(self, frame: Frame) -> Pose:
        if self._left == 0:
            raise RuntimeError("the graph broke")
        self._left -= 1
        return replace(next(self._poses), time_s=frame.time_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


@dataclass
class FakeScreen:
    """A window somebody sits at.

    Attributes:
        keys: Pressed at the picture of that number, from 1.
        closes_at: The picture after which it is closed.
        pictures: What was shown.
    """

    keys: dict[int, Key] = field(default_factory=dict)
    closes_at: int = 1_000_000
    pictures: list[Picture] = field(default_factory=list)
    size: tuple[int, int] = SIZE

    @property
    def closed(self) -> bool:
        return len(self.pictures) >= self.closes_at

    def show(self, picture: Picture) -> None:
        self.pictures.append(picture)

    def key(self) -> Key | None:
        return self.keys.pop(len(self.pictures), None)


class FakeVoice:
    problem: str | None = None

    def __init__(self) -> None:
        self.muted = False
        self.said: list[Saying] = []

    def say(self, saying: Saying) -> None:
        self.said.append(saying)

    def mute(self, silent: bool) -> None:
        self.muted = silent

    def wait(self, timeout_s: float) -> bool:
        return True


@dataclass
class Room:
    """All that a session needs, and what came of it."""

    path: Path
    screen: FakeScreen | None = field(default_factory=FakeScreen)
    voice: FakeVoice = field(default_factory=FakeVoice)
    stop: Event = field(default_factory=Event)
    warned: list[str] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    shown: list[tuple[Sight, Beat | None, Picture, Layout]] = field(default_factory=list)
    wishes: Wishes = field(default_factory=lambda: wishes())
    source: FakeSource | None = None

    def practise(
        self,
        poses: Sequence[Pose],
        source: FakeSource | None = None,
        seer: Seer | None = None,
        log: SessionLog | None = None,
        recorder: Recorder | None = None,
    ) -> Practised:
        assert len(poses) <= MOST_WAITING
        self.source = source or FakeSource(len(poses))
        with History(self.path) as history:
            practice = Practice(
                self.wishes,
                self.source,
                seer or Seer(poses),
                log or SessionLog(history, datetime.now().astimezone()),
                screen=self.screen,
                voice=self.voice,
                recorder=recorder,
                shown=lambda *one: self.shown.append(one),
                warned=self.warned.append,
                saved=self.saved.append,
                stop=self.stop,
            )
            return practice.run()

    @property
    def kept(self) -> SessionDone:
        (session,) = read_sessions(self.path)
        return session

    @property
    def banners(self) -> set[str]:
        return self.words("banner")

    def words(self, kind: str) -> set[str]:
        return {" ".join(one.lines) for *_, layout in self.shown for one in layout.words if one.kind == kind}


def wishes(repetitions: int = 2, **others: object) -> Wishes:
    stretch = load_stretch("bridge")
    hold = stretch.hold.model_copy(update={"target_s": 3.0, "repetitions": repetitions})
    planned = Planned(stretch.model_copy(update={"hold": hold}), "", 0.0)
    return replace(Wishes([planned], ending_s=0.0), **others)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "history.sqlite")


def two_bridges() -> list[Pose]:
    return clip(*bridges(2, hold_s=4.0), fps=FPS)


def one_at_a_time(room: Room) -> Callable[[int], None]:
    """Gives the next frame when the one before has been shown, as a slow camera does."""

    def wait(number: int) -> None:
        source = room.source
        assert source is not None
        until(lambda: len(room.shown) >= number or source.stopped or room.stop.is_set())

    return wait


def shown_singly(room: Room, poses: Sequence[Pose]) -> Practised:
    return room.practise(poses, FakeSource(len(poses), during=one_at_a_time(room)))


def test_a_session_is_shown_said_and_kept(room: Room) -> None:
    poses = two_bridges()
    practised = shown_singly(room, poses)
    (part,) = practised.parts
    assert (len(part.holds), part.reached, room.warned, practised.kept) == (2, 2, [], True)
    assert [hold.hold_s for hold in room.kept.holds] == [hold.hold_s for hold in part.holds]
    assert room.kept.ended is not None
    assert room.voice.said[0].text == "Bridge."
    assert room.voice.said[-1].text.startswith("Well done. 2 holds")
    swept = [layout.ring.swept_deg for *_, layout in room.shown if layout.ring is not None]
    assert max(swept) == 360.0


def test_no_pose_is_lost_to_a_slow_screen(room: Room) -> None:
    poses = two_bridges()
    assert room.screen is not None
    show, all_seen = room.screen.show, Event()
    room.screen.show = lambda picture: (all_seen.wait(PATIENCE_S), show(picture))[1]  # type: ignore[method-assign]
    last = len(poses) - 1
    source = FakeSource(len(poses), during=lambda number: all_seen.set() if number == last else None)
    (part,) = room.practise(poses, source).parts
    assert len(room.shown) < len(poses)
    assert len(part.holds) == 2


def test_without_a_window_it_goes_by_voice_alone(room: Room) -> None:
    room.screen = None
    (part,) = room.practise(two_bridges()).parts
    assert len(part.holds) == 2
    assert room.voice.said[-1].text.startswith("Well done.")
    assert room.shown == []


class TestWhateverEndsIt:
    """The first hold is over when it ends."""

    def assert_kept(self, room: Room) -> None:
        assert len(room.kept.holds) >= 1
        assert room.kept.ended is not None

    def test_a_camera_that_fails_for_good(self, room: Room) -> None:
        poses = two_bridges()
        source = FakeSource(len(poses), InputError("fake: is gone; plug it in"))
        with pytest.raises(InputError, match="plug it in"):
            room.practise(poses, source)
        self.assert_kept(room)

    def test_an_estimator_that_breaks(self, room: Room) -> None:
        poses = two_bridges()
        with pytest.raises(RuntimeError, match="graph"):
            room.practise(poses, seer=Seer(poses, fault_at=len(poses) - 20))
        self.assert_kept(room)

    def test_the_window_closed(self, room: Room) -> None:
        poses = two_bridges()
        room.screen = FakeScreen(closes_at=len(poses) - 30)
        shown_singly(room, poses)
        assert len(room.shown) <= len(poses) - 29
        self.assert_kept(room)

    def test_q(self, room: Room) -> None:
        poses = two_bridges()
        room.screen = FakeScreen({len(poses) - 30: Key.QUIT})
        shown_singly(room, poses)
        assert len(room.shown) <= len(poses) - 29
        self.assert_kept(room)

    def test_a_signal(self, room: Room) -> None:
        poses = two_bridges()
        wait = one_at_a_time(room)

        def during(number: int) -> None:
            wait(number)
            if number == len(poses) - 30:
                room.stop.set()

        room.practise(poses, FakeSource(len(poses), during=during))
        assert not room.voice.said[-1].text.startswith("Well done"), "nobody is kept waiting by a last word"
        self.assert_kept(room)

    def test_an_error_on_the_main_thread(self, room: Room) -> None:
        poses = two_bridges()
        assert room.screen is not None

        def show(picture: Picture) -> None:
            if len(room.shown) == len(poses) - 30:
                raise MemoryError
            FakeScreen.show(room.screen, picture)  # type: ignore[arg-type]

        room.screen.show = show  # type: ignore[method-assign]
        with pytest.raises(MemoryError):
            shown_singly(room, poses)
        self.assert_kept(room)

    def test_leaving_the_mat(self, room: Room) -> None:
        gone = [replace(nobody(0.0), time_s=index / FPS) for index in range(round(14 * FPS))]
        poses = clip((2.0, lying()), (4.0, raised()), (1.0, lying()), fps=FPS) + gone
        room.wishes = wishes(repetitions=8)
        shown_singly(room, poses)
        assert len(room.shown) < len(poses)
        self.assert_kept(room)


def test_a_full_disk_is_said_and_practice_goes_on(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: History, session: int, holds: object) -> None:
        raise OutputError("history.sqlite: the disk is full; free some space")

    monkeypatch.setattr(History, "add", full)
    practised = shown_singly(room, two_bridges())
    assert len(practised.parts[0].holds) == 2
    assert practised.kept, "all of it is written again at the end"
    assert room.warned == ["history.sqlite: the disk is full; free some space"]
    assert room.words("badge") == {"Not in the history"}


class TestKeys:
    def test_space_pauses_and_goes_on(self, room: Room) -> None:
        poses = two_bridges()
        room.screen = FakeScreen({20: Key.PAUSE, 40: Key.PAUSE})
        shown_singly(room, poses)
        beats = [beat for _, beat, *_ in room.shown]
        assert beats.count(None) == 20
        assert room.banners == {"Paused"}
        assert all(beat is not None for beat in [*beats[:20], *beats[40:]])

    def test_n_goes_on_and_after_the_last_stretch_ends_it(self, room: Room) -> None:
        room.screen = FakeScreen({10: Key.NEXT})
        shown_singly(room, two_bridges())
        assert len(room.shown) == 10

    def test_r_begins_again(self, room: Room) -> None:
        poses = two_bridges()
        room.screen = FakeScreen({round(10.0 * FPS): Key.RESTART})
        practised = shown_singly(room, poses)
        assert [len(part.holds) for part in practised.parts] == [1, 1]
        assert [saying.text for saying in room.voice.said].count("Bridge.") == 2

    def test_m_mutes_and_says_so(self, room: Room) -> None:
        room.screen = FakeScreen({5: Key.MUTE})
        shown_singly(room, two_bridges()[:20])
        assert room.voice.muted
        assert [any("Muted" in one.lines for one in layout.words) for *_, layout in room.shown][4:6] == [False, True]

    def test_s_saves_what_is_seen(self, room: Room, tmp_path: Path) -> None:
        room.wishes = wishes(folder=tmp_path / "shots")
        room.screen = FakeScreen({5: Key.SNAPSHOT})
        shown_singly(room, two_bridges()[:20])
        (path,) = (tmp_path / "shots").iterdir()
        assert room.saved == [f"Saved as {path.name} in {path.parent}"]
        assert room.words("badge") == set(room.saved)
        assert room.screen is not None
        with Image.open(path) as image:
            assert (np.asarray(image) == room.screen.pictures[4]).all()

    def test_s_says_why_nothing_was_saved(self, room: Room, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        room.wishes = wishes(folder=tmp_path / "file")
        room.screen = FakeScreen({5: Key.SNAPSHOT})
        shown_singly(room, two_bridges()[:20])
        (said,) = room.saved
        assert "cannot" in said
        assert room.words("badge") == {said}

    def test_s_hides_the_face_where_it_is_hidden(self, room: Room, tmp_path: Path) -> None:
        """The face covered, what the screen shows where it was is no longer the noise the camera gave."""
        poses = two_bridges()[:10]
        noise = np.random.default_rng(5).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)

        class Noisy(FakeSource):
            def __iter__(self) -> Iterator[Frame]:
                for frame in super().__iter__():
                    object.__setattr__(frame, "rgb", lambda side=None: noise.copy())
                    yield frame

        assert poses[4].landmarks is not None
        x, y = poses[4].landmarks[0, :2].astype(int).tolist()
        spreads = {}
        for hidden in (True, False):
            one = Room(tmp_path / f"{hidden}.sqlite", screen=FakeScreen({5: Key.SNAPSHOT}))
            one.wishes = wishes(folder=tmp_path / f"{hidden}", blur_face=hidden, mirrored=False)
            one.practise(poses, Noisy(len(poses), during=one_at_a_time(one)))
            (path,) = (tmp_path / f"{hidden}").iterdir()
            with Image.open(path) as image:
                spreads[hidden] = np.asarray(image)[y - 4 : y + 4, x - 4 : x + 4].std(axis=(0, 1)).max()
        assert spreads[True] < 40.0 < spreads[False]

    def test_a_question_mark_lists_the_keys(self, room: Room) -> None:
        room.screen = FakeScreen({5: Key.HELP, 10: Key.HELP})
        shown_singly(room, two_bridges()[:20])
        shown = [any(one.kind == "help" for one in layout.words) for *_, layout in room.shown]
        assert shown == [False] * 5 + [True] * 5 + [False] * 10


def test_trouble_with_the_camera_is_on_the_screen_until_it_is_over(room: Room) -> None:
    poses = two_bridges()[:30]
    wait = one_at_a_time(room)

    def during(number: int) -> None:
        wait(number)
        source.trouble = "The camera is gone: plug it in again." if 10 <= number < 20 else None

    source = FakeSource(len(poses), during=during)
    room.practise(poses, source)
    assert room.banners == {"The camera is gone: plug it in again."}
    assert room.warned == ["The camera is gone: plug it in again."]
    said = [one.text for one in room.voice.said]
    assert [said.count(text) for text in ("The camera is gone: plug it in again.", BACK)] == [1, 1]


def test_a_camera_that_was_given_up_ends_the_session_and_says_so(room: Room) -> None:
    poses = two_bridges()
    wait = one_at_a_time(room)

    class Given(FakeSource):
        def __iter__(self) -> Iterator[Frame]:
            yield from super().__iter__()
            self.trouble = "The camera stayed away for 5 minutes, so the session is over."

    practised = room.practise(poses, Given(len(poses), during=wait))
    assert room.warned == ["The camera stayed away for 5 minutes, so the session is over."]
    assert room.warned[0] in [one.text for one in room.voice.said]
    assert len(practised.parts[0].holds) == len(room.kept.holds) == 2
    assert room.kept.ended is not None


def test_a_voice_that_fails_is_told_and_practice_goes_on(room: Room) -> None:
    poses = two_bridges()[:40]
    wait = one_at_a_time(room)

    def during(number: int) -> None:
        wait(number)
        if number == 20:
            room.voice.problem = "espeak-ng cannot be heard: no sound device"

    room.practise(poses, FakeSource(len(poses), during=during))
    assert room.warned == ["espeak-ng cannot be heard: no sound device"]
    assert room.words("badge") == {"The voice cannot be heard"}
    assert len(room.shown) == 40


def test_a_recording_that_cannot_be_kept_is_told_and_practice_goes_on(room: Room) -> None:
    @dataclass
    class Disk:
        problem: str | None = None

        def add(self, time_s: float, picture: Picture, poses: Sequence[Pose]) -> None:
            self.problem = "video.mp4: the disk is full" if time_s > 3.0 else None

    poses = two_bridges()[:40]
    room.practise(poses, FakeSource(len(poses), during=one_at_a_time(room)), recorder=Disk())
    assert room.warned == ["video.mp4: the disk is full"]
    badges = [one.lines for *_, layout in room.shown for one in layout.words if one.kind == "badge"]
    assert (badges[0], badges[-1]) == (("●  REC",), ("●  REC", "No longer recorded"))
    assert len(room.shown) == 40


def test_without_a_history_it_is_practised_all_the_same(room: Room) -> None:
    practised = room.practise(two_bridges(), log=SessionLog(None, datetime.now().astimezone(), "it is locked"))
    assert len(practised.parts[0].holds) == 2
    assert (practised.kept, practised.number) == (False, None)
    assert room.warned == ["it is locked"]
    assert room.words("badge") == {"Not in the history"}


def test_the_screen_is_a_mirror_and_the_person_is_not(room: Room, tmp_path: Path) -> None:
    poses = two_bridges()[:80]
    shown_singly(room, poses)
    plain = Room(tmp_path / "other.sqlite", wishes=wishes(mirrored=False))
    shown_singly(plain, poses)
    assert room.kept.holds == plain.kept.holds
    for (*_, mirrored), (*_, straight) in zip(room.shown[20:], plain.shown[20:], strict=True):
        for one, other in zip(mirrored.joints, straight.joints, strict=True):
            assert one.joint == other.joint
            assert one.centre[0] == pytest.approx(SIZE[0] - other.centre[0], abs=0.01)
            assert one.centre[1] == pytest.approx(other.centre[1], abs=0.01)


@pytest.mark.parametrize("mirrored", [True, False])
def test_the_picture_does_not_turn_round_at_the_end(room: Room, mirrored: bool) -> None:
    """A camera whose picture is bright at its left edge, as far as words and marks reach."""

    class Bright(FakeSource):
        def __iter__(self) -> Iterator[Frame]:
            for frame in super().__iter__():
                rgb = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
                rgb[:, :16] = 240
                object.__setattr__(frame, "rgb", lambda side=None, rgb=rgb: rgb)
                yield frame

    poses = two_bridges()[:10]
    room.wishes = wishes(mirrored=mirrored, ending_s=PATIENCE_S)
    room.screen = FakeScreen({len(poses) + 1: Key.HELP})
    room.practise(poses, Bright(len(poses), during=one_at_a_time(room)))
    *_, live, ending = (picture[:, [4, -5]].mean(axis=(0, 2)) for picture in room.screen.pictures)
    assert len(room.screen.pictures) == len(poses) + 1
    for left, right in (live, ending):
        assert (right > left + 30.0) if mirrored else (left > right + 30.0)


def test_the_face_is_hidden_wherever_a_picture_is_shown_or_kept(room: Room) -> None:
    kept: list[Picture] = []

    class Keeper:
        problem: str | None = None

        def add(self, time_s: float, picture: Picture, poses: Sequence[Pose]) -> None:
            kept.append(picture)

    poses = two_bridges()[:10]
    noise = np.random.default_rng(5).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)

    class Noisy(FakeSource):
        def __iter__(self) -> Iterator[Frame]:
            for frame in super().__iter__():
                object.__setattr__(frame, "rgb", lambda side=None: noise.copy())
                yield frame

    with History(room.path) as history:
        Practice(
            wishes(blur_face=True),
            Noisy(len(poses)),
            Seer(poses),
            SessionLog(history, datetime.now().astimezone()),
            recorder=Keeper(),
        ).run()
    x, y = poses[-1].landmarks[0, :2].astype(int).tolist() if poses[-1].landmarks is not None else (0, 0)
    around = kept[-1][y - 4 : y + 4, x - 4 : x + 4]
    assert around.std(axis=(0, 1)).max() < 40.0 < noise[y - 4 : y + 4, x - 4 : x + 4].std(axis=(0, 1)).max()
    assert (kept[-1][:20, :20] == noise[:20, :20]).all()


def test_pictures_that_change_their_size_or_turn_black_change_nothing(room: Room) -> None:
    poses = two_bridges()

    class Shifting(FakeSource):
        def __iter__(self) -> Iterator[Frame]:
            for number, frame in enumerate(super().__iter__()):
                yield frame if number % 20 < 10 else FakeFrame(frame.time_s, 1280, 960)

    (part,) = room.practise(poses, Shifting(len(poses), during=one_at_a_time(room))).parts
    assert len(part.holds) == 2


class TestWatcher:
    def test_gives_every_pose_and_the_newest_picture(self) -> None:
        poses = two_bridges()[:30]
        with Watcher(FakeSource(30), Seer(poses)) as watcher:
            taken: list[Pose] = []
            while not watcher.ended:
                some, sight = watcher.take(1.0)
                taken += some
                assert sight is None or sight.time_s == some[-1].time_s
        assert [pose.time_s for pose in taken] == [index / FPS for index in range(30)]

    def test_waits_no_longer_than_it_is_told(self) -> None:
        ready = Event()
        source = FakeSource(1, during=lambda number: ready.wait(PATIENCE_S) and None)
        with Watcher(source, Seer(two_bridges())) as watcher:
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
        with Watcher(source, Seer(two_bridges())) as watcher:
            assert asked.wait(PATIENCE_S)
        until(lambda: watcher.ended)
        assert watcher.take(0.0) == ([], None)
