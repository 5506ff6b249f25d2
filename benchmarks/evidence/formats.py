"""Every format that people have and every damage: what they see."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.evidence import Evidence
from benchmarks.evidence._hard_files import DAMAGES, FAILED, FORMATS, HELD, SAID, STILL, Case, Pictures
from benchmarks.evidence._material import pictures, real

ROOT = Path(__file__).parents[2]

HOLD_S = (1.73, 2.13)
"""The clip's hold by its frames' own times is 1.93 s."""

LIMIT_MIB, LIMIT_DRAWN_MIB = 1500, 4096
"""What 8K may take, MediaPipe and all; the latter where the annotated video, in 8K too, is encoded."""

PROGRAM = """
import atexit, sys
from pathlib import Path
from posecheck.cli import main
status = Path("/proc/self/status").open()
atexit.register(lambda: print(status.read().split("VmHWM:")[1].split()[0], file=sys.stderr))
main()
"""
"""The command, and at its end, on stderr, the peak of its memory in KiB; getrusage would tell that of its parent."""

WITHOUT_RIGHTS = (
    "setpriv",
    "--inh-caps=-dac_override,-dac_read_search",
    "--bounding-set=-dac_override,-dac_read_search",
)
"""Takes from root, who runs CI, the right to read and write what the permissions forbid."""


def run(slice_only: bool) -> Evidence:
    """Make each file from the bridge clip and give it to the real command."""
    film = [rgb for _, rgb in pictures(real("bridging.mp4"))]
    rows, kept, peaks = [], 0, []
    cases = [case for case in (*FORMATS, *DAMAGES) if case.in_slice or not slice_only]
    for case in cases:
        code, seen, said, peak_mib = _tried(case, film)
        verdict = _verdict(seen)
        good = _as_expected(case, code, seen, said, verdict)
        if "8K" in case.name:
            peaks.append(f"{case.name}: {peak_mib} MiB")
            good = good and peak_mib <= (LIMIT_MIB if "--no-video" in case.name else LIMIT_DRAWN_MIB)
        kept += good
        source = seen.get("source", {})
        frames = f"{source.get('frames', '')}" + (
            f" (+{skipped} lost)" if (skipped := source.get("frames_skipped")) else ""
        )
        rows.append((case.name, code, said or "–", frames or "–", verdict or "–", "yes" if good else "**no**"))
    return Evidence(
        "Every format that people have, and every damage",
        f"{kept} of {len(cases)} inputs give what they should: a sound clip its verdict, a damaged one what is left of "
        "it and what was lost, one that cannot be read a single line with the remedy.",
        ("input", "exit code", "message or warnings", "frames", "verdict", "as it should be"),
        rows,
        (
            "Each file is made from the bridge clip (91 frames, 640x480, one hold of 1.93 s) and given to "
            "`posecheck analyze --stretch bridge --json`; paths are shortened. The annotated video is drawn too.",
            "Encoders are those of PyAV's wheel. HEVC with transparency and interlaced HEVC were not tried.",
            "VP8, VP9 and MPEG-4 carry no checksum: a picture that is damaged but decodes is analysed. An avi does not "
            "say when its frames are: after a hole its times run early by the length of the hole.",
            *(
                [f"Peak memory, {', '.join(peaks)}; at most {LIMIT_MIB} and {LIMIT_DRAWN_MIB} are allowed."]
                if peaks
                else []
            ),
        ),
        holds=kept == len(cases),
    )


def _tried(case: Case, film: Pictures) -> tuple[int, dict[str, Any], str, int]:
    """The exit code, the summary, what the user is told, and the peak of memory in MiB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        arguments = [*case.make(folder, film), "--stretch", "bridge", "--json"]

        rights = WITHOUT_RIGHTS if case.locked and os.geteuid() == 0 else ()

        def limit() -> None:
            if case.limit_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (case.limit_bytes, case.limit_bytes))

        ran = subprocess.run(
            [*rights, sys.executable, "-c", PROGRAM, "analyze", *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder)},
            input=(folder / "a.mp4").read_bytes() if case.pipe else b"",
            capture_output=True,
            preexec_fn=limit,
            check=False,
        )
    *lines, peak_kib = ran.stderr.decode().splitlines()
    seen = json.loads(ran.stdout) if ran.stdout else {}
    told = seen.get("warnings", []) + [line.removeprefix("posecheck: ") for line in lines]
    return ran.returncode, seen, "; ".join(told), int(peak_kib) // 1024


def _verdict(seen: dict[str, Any]) -> str:
    if still := seen.get("still"):
        return f"{still['stretch']}: {still['verdict']}"
    holds = [hold for segment in seen.get("segments", []) for hold in segment["holds"]]
    return ", ".join(f"{hold['hold_s']:.2f} s held" for hold in holds)


def _as_expected(case: Case, code: int, seen: dict[str, Any], said: str, verdict: str) -> bool:
    holds = [hold["hold_s"] for segment in seen.get("segments", []) for hold in segment["holds"]]
    right = {
        HELD: len(holds) == 1 and HOLD_S[0] <= holds[0] <= HOLD_S[1],
        STILL: verdict == "bridge: good",
        FAILED: "\n" not in said and bool(said),
        SAID: True,
    }[case.expect]
    wanted = case.code or (3 if case.expect == FAILED else 0)
    return right and code == wanted and case.says in said and "Traceback" not in said
