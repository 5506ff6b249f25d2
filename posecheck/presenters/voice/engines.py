"""The speech engines: each speaks in a process of its own, without a network.

They are the systems' own commands: espeak-ng on Linux, `say` on macOS, System.Speech through PowerShell on Windows. A
process can be cut short at once, and cannot stall or crash the picture.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import numpy as np

from posecheck.coaching.coach import RATE_WPM, spoken_s
from posecheck.errors import PoseCheckError, UsageError

TONE_HZ, TONE_S, TONE_LOUDNESS = 523.0, 0.35, 0.2
"""A c'' that swells and fades: heard, and no alarm."""

CHECK_S = 10.0
"""An engine that has not answered by then is none; the first start after booting takes seconds."""

NO_VOICE = "no voice, a tone is all you hear"

Which = Callable[[str], str | None]
"""Finds a program: `shutil.which`."""


class Speech(Protocol):
    """Says one text at a time, in a process of its own.

    Attributes:
        problem: Why nothing can be heard, in one line; None while all is well.
    """

    problem: str | None

    def start(self, text: str) -> None:
        """Begins to say a text and returns at once; what was being said has ended or been stopped."""

    def speaking(self) -> bool:
        """Whether a text is still being said."""

    def stop(self) -> None:
        """Cuts short what is being said."""

    def close(self) -> None:
        """Ends the process, if there is one."""


class CommandSpeech:
    """A process for each text, which it reads from its standard input.

    Args:
        command: The program and its options.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.problem: str | None = None
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, text: str) -> None:
        """Begins to say a text."""
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(self._command, stdin=pipe, stdout=nothing, stderr=pipe)
        except OSError as error:
            self.problem = f"the voice cannot be started ({error.strerror or error})"
            return
        assert self._process.stdin is not None
        with suppress(OSError), self._process.stdin as words:  # it has ended already; why, it says itself
            words.write(text.encode())

    def speaking(self) -> bool:
        """Whether the process runs; when it has ended, what it complained of is the problem."""
        if self._process is None:
            return False
        if self._process.poll() is None:
            return True
        self._ended(self._process, asked=False)
        return False

    def stop(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.kill()
            self._ended(self._process, asked=True)

    def close(self) -> None:
        """Ends the process."""
        self.stop()

    def _ended(self, process: subprocess.Popen[bytes], *, asked: bool) -> None:
        self._process = None
        assert process.stderr is not None
        with process.stderr as words:
            complaint = words.read()
        process.wait()
        # espeak-ng says so and exits with 0 where there is no sound device.
        if not asked and (process.returncode or b"error" in complaint.lower()):
            reason = " ".join(complaint.decode(errors="replace").split()[-12:]) or f"exit code {process.returncode}"
            self.problem = f"the voice cannot be heard: {self._command[0]} says: {reason}"


class Tone(CommandSpeech):
    """A soft tone instead of words.

    Args:
        player: A program that plays a wav file.
    """

    def __init__(self, player: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="posecheck-")
        path = Path(self._folder.name) / "tone.wav"
        rate = 22_050
        time_s = np.arange(int(TONE_S * rate)) / rate
        loudness = TONE_LOUDNESS * np.sin(np.pi * time_s / TONE_S) ** 2
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, rate, 0, "NONE", ""))
            file.writeframes((32767 * loudness * np.sin(2 * np.pi * TONE_HZ * time_s)).astype("<i2").tobytes())
        super().__init__([player, str(path)])

    def close(self) -> None:
        """Ends the process, and takes the sound away."""
        super().close()
        self._folder.cleanup()


class Bell:
    """The terminal's own bell, where there is nothing else."""

    problem: str | None = None

    def start(self, text: str) -> None:
        """Rings."""
        if sys.stderr is not None and sys.stderr.isatty():
            sys.stderr.write("\a")
            sys.stderr.flush()

    def speaking(self) -> bool:
        """Never: it has rung."""
        return False

    def stop(self) -> None:
        """Nothing to stop."""

    def close(self) -> None:
        """Nothing to end."""


class PowerShellSpeech:
    """One process for all texts, a line each: PowerShell takes a second to start. A new line cuts the old one short.

    Args:
        program: PowerShell.
        voice: The name of an installed voice; None for an English one.
        rate_wpm: Words a minute.
    """

    def __init__(self, program: str, voice: str | None, rate_wpm: int) -> None:
        self.problem: str | None = None
        self._rate_wpm = rate_wpm
        self._until_s = -math.inf
        # Its scale is -10 for a third of the usual rate to 10 for three times as much.
        rate = max(-10, min(10, round(10 * math.log(rate_wpm / RATE_WPM, 3))))
        name = (voice or "").replace("'", "''")
        choose = f"$s.SelectVoice('{name}')" if voice else "try {$s.SelectVoiceByHints(0, 0, 0, 'en-US')} catch {}"
        script = (
            "[Console]::InputEncoding = [Text.Encoding]::UTF8; Add-Type -AssemblyName System.Speech; "
            f"$s = New-Object System.Speech.Synthesis.SpeechSynthesizer; $s.Rate = {rate}; {choose}; "
            "while ($null -ne ($line = [Console]::In.ReadLine())) "
            "{$s.SpeakAsyncCancelAll(); if ($line) {[void]$s.SpeakAsync($line)}}"
        )
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        command = [program, "-NoProfile", "-NonInteractive", "-Command", script]
        self._process = subprocess.Popen(command, stdin=pipe, stdout=nothing, stderr=nothing)

    def start(self, text: str) -> None:
        """Begins to say a text."""
        self._until_s = time.monotonic() + spoken_s(text, self._rate_wpm)
        self._line(" ".join(text.split()))

    def speaking(self) -> bool:
        """Whether it should still be speaking, by an estimate: PowerShell does not report it."""
        return time.monotonic() < self._until_s

    def stop(self) -> None:
        """Cuts short what is being said."""
        self._until_s = -math.inf
        self._line("")

    def close(self) -> None:
        """Ends PowerShell."""
        self._process.kill()
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait()

    def _line(self, text: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{text}\n".encode())
            self._process.stdin.flush()
        except OSError:
            self.problem = "the voice cannot be heard: PowerShell's System.Speech has ended; is the --voice installed?"


def system_speech(
    voice: str | None = None, rate_wpm: int = RATE_WPM, *, platform: str = sys.platform, which: Which = shutil.which
) -> tuple[Speech, PoseCheckError | None]:
    """This machine's speech engine.

    Args:
        voice: The name of a voice as the engine knows it; None for its usual English one.
        rate_wpm: Words a minute.
        platform: As `sys.platform`.
        which: Finds programs.

    Returns:
        The engine, and None; or a soft tone, and why, as an error that stops nothing.

    Raises:
        UsageError: If the engine has no such voice.
    """
    if platform == "win32":
        if (program := which("powershell")) is not None:
            return PowerShellSpeech(program, voice, rate_wpm), None
        return Bell(), PoseCheckError(NO_VOICE, "make the command `powershell` be found (PATH)")
    if platform == "darwin":
        if (program := which("say")) is not None:
            chosen = ["-v", voice] if voice else []
            return _checked([program, *chosen, "-r", str(rate_wpm)], f"{program} -v '?'", voice), None
        return _tone(which, ("afplay",)), PoseCheckError(NO_VOICE, "make the command `say` be found (PATH)")
    for name in ("espeak-ng", "espeak"):
        if (program := which(name)) is not None:
            command = [program, "-v", voice or "en", "-s", str(rate_wpm), "-b", "1", "--stdin"]
            return _checked(command, f"{name} --voices", voice), None
    return _tone(which, ("pw-play", "paplay", "aplay")), PoseCheckError(
        NO_VOICE, "install espeak-ng: sudo apt install espeak-ng"
    )


def _checked(command: list[str], listing: str, voice: str | None) -> CommandSpeech:
    """The engine. If a voice is given, it is first tested by saying nothing with it."""
    if voice is not None:
        try:
            done = subprocess.run(command, input=b"", capture_output=True, timeout=CHECK_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UsageError(f"{command[0]}: cannot speak ({error}); practise with --mute") from error
        if done.returncode:
            raise UsageError(f"the voice '{voice}' is not installed; `{listing}` lists those that are")
    return CommandSpeech(command)


def _tone(which: Which, players: Sequence[str]) -> Speech:
    player = next((program for name in players if (program := which(name)) is not None), None)
    return Bell() if player is None else Tone(player)
