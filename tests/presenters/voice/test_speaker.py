"""What is heard: the choice between words in a slot, the engines, and the sound itself."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from posecheck.coaching.coach import Importance, Saying, spoken_s
from posecheck.errors import UsageError
from posecheck.presenters.voice.engines import Bell, CommandSpeech, PowerShellSpeech, Tone, system_speech
from posecheck.presenters.voice.speaker import STALE_COUNT_S, STALE_S, Voice
from posecheck.storage.rule_files import list_stretches
from tests.support.patience import PATIENCE_S, until


class FakeSpeech:
    """An engine that goes on with a text until it is told that it has ended."""

    problem: str | None = None

    def __init__(self) -> None:
        self.started: list[str] = []
        self.stopped: list[str] = []
        self.closed = False
        self._now: str | None = None

    def start(self, text: str) -> None:
        assert self._now is None
        self.started.append(text)
        self._now = text

    def speaking(self) -> bool:
        return self._now is not None

    def stop(self) -> None:
        self.stopped.append(self._now or "")
        self._now = None

    def close(self) -> None:
        self.closed = True

    def ends(self) -> None:
        self._now = None


def saying(text: str, importance: Importance = Importance.MINOR) -> Saying:
    return Saying(0.0, text, importance)


@pytest.fixture
def speech() -> FakeSpeech:
    return FakeSpeech()


class Clock:
    """A clock that stands until a test moves it on."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def voice(speech: FakeSpeech, clock: Clock) -> Iterator[Voice]:
    with Voice(speech, clock=clock) as voice:
        yield voice
    assert speech.closed


class TestWhatIsSaid:
    def test_one_thing_at_a_time(self, voice: Voice, speech: FakeSpeech) -> None:
        voice.say(saying("first"))
        until(lambda: speech.started == ["first"])
        voice.say(saying("second"))
        time.sleep(0.1)
        assert speech.started == ["first"]
        speech.ends()
        until(lambda: speech.started == ["first", "second"])
        assert speech.stopped == []

    def test_the_more_important_cuts_short(self, voice: Voice, speech: FakeSpeech) -> None:
        voice.say(saying("praise", Importance.PRAISE))
        until(lambda: speech.started == ["praise"])
        voice.say(saying("fault", Importance.MAJOR))
        until(lambda: speech.started == ["praise", "fault"])
        assert speech.stopped == ["praise"]
        assert [spoken.cut_short for spoken in voice.said] == [True, False]

    def test_the_newest_of_those_that_wait_takes_the_place_of_the_others(
        self, voice: Voice, speech: FakeSpeech
    ) -> None:
        voice.say(saying("now"))
        until(lambda: speech.started == ["now"])
        for number in range(5):
            voice.say(saying(f"waiting {number}"))
        speech.ends()
        until(lambda: speech.started == ["now", "waiting 4"])

    def test_the_less_important_never_takes_the_place_of_what_waits(self, voice: Voice, speech: FakeSpeech) -> None:
        voice.say(saying("now", Importance.MAJOR))
        until(lambda: speech.started == ["now"])
        voice.say(saying("fault", Importance.MINOR))
        voice.say(saying("praise", Importance.PRAISE))
        speech.ends()
        until(lambda: speech.started == ["now", "fault"])

    @pytest.mark.parametrize(
        ("importance", "stale_s"), [(Importance.COUNT, STALE_COUNT_S), (Importance.MINOR, STALE_S)]
    )
    def test_the_stale_is_dropped(
        self, voice: Voice, speech: FakeSpeech, clock: Clock, importance: Importance, stale_s: float
    ) -> None:
        voice.say(saying("now", Importance.MAJOR))
        until(lambda: speech.started == ["now"])
        voice.say(saying("late", importance))
        clock.now_s += stale_s + 0.01
        speech.ends()
        assert voice.wait(PATIENCE_S)
        voice.say(saying("next"))
        until(lambda: speech.started == ["now", "next"])

    def test_what_is_not_yet_stale_is_said(self, voice: Voice, speech: FakeSpeech, clock: Clock) -> None:
        voice.say(saying("now", Importance.MAJOR))
        until(lambda: speech.started == ["now"])
        voice.say(saying("late"))
        clock.now_s += STALE_S - 0.01
        speech.ends()
        until(lambda: speech.started == ["now", "late"])

    def test_to_say_something_waits_for_no_engine(self) -> None:
        class Stuck(FakeSpeech):
            released = threading.Event()

            def start(self, text: str) -> None:
                super().start(text)
                self.released.wait(PATIENCE_S)
                self.released.set()

        with Voice(speech := Stuck()) as voice:
            for number in range(1000):
                voice.say(saying(str(number), Importance.MAJOR))
            assert not speech.released.is_set()
            speech.released.set()


class TestMute:
    def test_is_silent_at_once_and_speaks_again(self, voice: Voice, speech: FakeSpeech) -> None:
        voice.say(saying("first"))
        until(lambda: speech.started == ["first"])
        voice.mute(True)
        until(lambda: speech.stopped == ["first"])
        voice.say(saying("unheard"))
        voice.mute(False)
        voice.say(saying("heard"))
        until(lambda: speech.started == ["first", "heard"])

    def test_may_be_so_from_the_start(self, speech: FakeSpeech) -> None:
        with Voice(speech, muted=True) as voice:
            voice.say(saying("unheard"))
            assert voice.wait(PATIENCE_S)
        assert speech.started == []


def test_the_end_cuts_short(speech: FakeSpeech) -> None:
    with Voice(speech) as voice:
        voice.say(saying("a long story"))
        until(lambda: speech.started != [])
    assert speech.stopped == ["a long story"]
    assert threading.active_count() == 1 or all(thread.name != "voice" for thread in threading.enumerate())


SLOW = [sys.executable, "-c", "import sys, time; sys.stdin.read(); time.sleep(60)"]
FAULTY = [sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit('error: no sound device')"]


class TestAProcessForEachText:
    def test_is_cut_short(self) -> None:
        speech = CommandSpeech(SLOW)
        speech.start("words")
        assert speech.speaking()
        speech.stop()
        assert not speech.speaking()
        assert speech.problem is None

    def test_tells_why_nothing_is_heard(self) -> None:
        with Voice(speech := CommandSpeech(FAULTY)) as voice:
            voice.say(saying("words"))
            until(lambda: voice.problem is not None)
        assert speech.problem is not None
        assert speech.problem.endswith("says: error: no sound device")

    def test_that_cannot_be_started_is_told(self) -> None:
        speech = CommandSpeech(["no such program"])
        speech.start("words")
        assert not speech.speaking()
        assert "cannot be started" in (speech.problem or "")

    def test_that_does_not_listen_is_no_error(self) -> None:
        speech = CommandSpeech([sys.executable, "-c", ""])
        speech.start("words " * 50_000)
        until(lambda: not speech.speaking())


class TestTheEngineOfEachSystem:
    @staticmethod
    def has(*names: str) -> Callable[[str], str | None]:
        return lambda name: f"/bin/{name}" if name in names else None

    def test_linux_without_an_engine_sounds_a_tone_and_says_what_to_install(self) -> None:
        for players, kind in (((), Bell), (("aplay",), Tone)):
            speech, hint = system_speech(platform="linux", which=self.has(*players))
            assert isinstance(speech, kind)
            assert hint is not None
            assert (hint.message, hint.remedy) == (
                "no voice, a tone is all you hear",
                "install espeak-ng: sudo apt install espeak-ng",
            )
            speech.close()

    def test_linux_takes_espeak_ng_or_its_forerunner(self) -> None:
        for name in ("espeak-ng", "espeak"):
            speech, hint = system_speech(platform="linux", which=self.has(name))
            assert isinstance(speech, CommandSpeech)
            assert hint is None

    def test_macos_takes_say(self) -> None:
        speech, hint = system_speech(platform="darwin", which=self.has("say"))
        assert (type(speech), hint) == (CommandSpeech, None)
        speech, hint = system_speech(platform="darwin", which=self.has("afplay"))
        assert (type(speech), bool(hint)) == (Tone, True)
        speech.close()

    def test_windows_takes_powershell(self, tmp_path: Path) -> None:
        if os.name != "posix":
            pytest.skip("stands in for PowerShell with a script")
        program = tmp_path / "powershell"
        heard = tmp_path / "heard"
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {heard}.command\ncat > {heard}\n')
        program.chmod(0o755)
        speech, hint = system_speech("Zoë's", 320, platform="win32", which=lambda _: str(program))
        assert isinstance(speech, PowerShellSpeech)
        assert hint is None
        speech.start("Lift your\nhips. " * 50)  # a minute: still being said, however slow the machine
        assert speech.speaking()
        speech.stop()
        assert not speech.speaking()
        lift = " ".join(["Lift your hips."] * 50)
        speech.start("Well done.")
        until(lambda: heard.exists() and heard.read_text() == f"{lift}\n\nWell done.\n")
        until(lambda: not speech.speaking())
        speech.close()
        command = Path(f"{heard}.command").read_text()
        assert "SelectVoice('Zoë''s')" in command
        assert "$s.Rate = 6;" in command


def test_a_tone_is_soft_and_ends() -> None:
    tone = Tone("true")
    (path,) = Path(tone._folder.name).iterdir()
    samples = np.frombuffer(path.read_bytes()[44:], "<i2") / 32768
    assert 0.1 < np.abs(samples).max() <= 0.2
    assert samples[0] == samples[-1] == 0
    tone.close()
    assert not path.exists()


ESPEAK = shutil.which("espeak-ng")
with_espeak = pytest.mark.skipif(ESPEAK is None and "CI" not in os.environ, reason="espeak-ng is not installed")
RATE_HZ = 22_050


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], np.ndarray]:
    """A sound card that keeps what it is given: espeak-ng plays to it as to any other."""
    heard = tmp_path / "heard.raw"
    heard.touch()
    (tmp_path / "asound.conf").write_text(
        f'pcm.!default {{ type file slave.pcm {{ type null }} file "|cat >> {heard}" format raw }}\n'
        "ctl.!default { type null }\n"
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    monkeypatch.setenv("PULSE_SERVER", "none")
    return lambda: np.frombuffer(heard.read_bytes()[: heard.stat().st_size // 2 * 2], "<i2")


@with_espeak
class TestTheSound:
    def test_is_there(self, recorder: Callable[[], np.ndarray]) -> None:
        speech, hint = system_speech(platform="linux")
        assert hint is None
        with Voice(speech) as voice:
            voice.say(saying("Press the floor away and let your chest rise."))
            until(lambda: bool(np.any(np.abs(recorder()) > 1000)))
            assert voice.wait(PATIENCE_S)
            assert voice.problem is None
        sound = recorder() / 32768
        assert 1.0 < len(sound) / RATE_HZ < 6.0
        assert np.sqrt(np.mean(sound**2)) > 0.02

    def test_of_a_quick_voice_is_shorter(self, recorder: Callable[[], np.ndarray]) -> None:
        lengths = []
        for rate in (100, 160, 300):
            before = len(recorder())
            speech, _ = system_speech(rate_wpm=rate, platform="linux")
            speech.start("Press the floor away and let your chest rise.")
            until(lambda speech=speech: not speech.speaking())
            lengths.append(len(recorder()) - before)
        assert lengths[0] > 1.3 * lengths[1] > 1.3 * 1.3 * lengths[2]

    def test_without_a_sound_card_is_missed_and_said(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "none"))
        monkeypatch.setenv("PULSE_SERVER", "none")
        speech, _ = system_speech(platform="linux")
        speech.start("Anybody there?")
        until(lambda: not speech.speaking())
        assert (speech.problem or "").startswith("the voice cannot be heard: ")

    def test_of_an_unknown_voice_is_refused(self) -> None:
        with pytest.raises(UsageError, match="`espeak-ng --voices` lists those that are"):
            system_speech("nobody", platform="linux")
        system_speech("en-gb", platform="linux")


@with_espeak
def test_the_coach_reckons_with_as_long_as_it_takes(tmp_path: Path) -> None:
    """Or it would speak into what is being said."""
    import subprocess

    rules = [rule for listed in list_stretches() if listed.stretch for rule in listed.stretch.rules]
    for text in [cue for rule in rules for cue in (rule.cue_low, rule.cue_high, rule.praise) if cue]:
        command = [ESPEAK or "", "-v", "en", "-s", "160", "--stdin", "--stdout"]
        sound = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout[44:]
        loud = np.flatnonzero(np.abs(np.frombuffer(sound, "<i2")) > 200)
        assert 0.9 <= spoken_s(text) / (loud[-1] / RATE_HZ) <= 1.6
