"""How late the picture is in live practice, what is dropped, and whether memory grows."""

from __future__ import annotations

import os

from benchmarks.evidence import Evidence
from benchmarks.live import FPS, HONEST, SIZE, Load, measure, table

MOST_KB_A_SECOND = 40.0
"""Every pose that was judged is kept as about 1 kB of measures until its stretch ends: 30 kB a second at most."""

VOICE_MS = 5.0
"""The median may differ by so much with the voice on or off: what two runs without it differ by on a busy machine."""


def run(slice_only: bool) -> Evidence:
    """Inference of an ordinary laptop's, of a slow one's, and of one that cannot keep up; with and without voice."""
    length_s = 5.0 if slice_only else 300.0
    loads = [Load(inference, length_s) for inference in (0.020, 0.060, 0.150)]
    loads.append(Load(0.020, length_s, speaks=True))
    if not slice_only:
        loads.append(Load(0.020, 600.0))
    results = [measure(load) for load in loads]
    silent, speaking = results[0], results[3]
    slope = 0.0 if slice_only else results[4].slope_kb_a_second
    late = max(one.over_ms for one in results)
    differs = abs(silent.percentile(0.5) - speaking.percentile(0.5))
    return Evidence(
        "Latency of live practice",
        f"From capture to the screen the median is at most inference + one frame interval + {HONEST:.0f} ms, however "
        f"slow the inference: {late:+.1f} ms at worst. The voice changes the median by {differs:.1f} ms. "
        f"Memory grows by at most {MOST_KB_A_SECOND:.0f} kB a second: {slope:.1f} kB.",
        (
            "inference",
            "voice",
            "s",
            "taken",
            "shown",
            "median, ms",
            "p95",
            "max",
            "over the aim less 10",
            "kB a second",
        ),
        tuple(table(results)),
        (
            f"Pictures of {SIZE[0]}x{SIZE[1]} at {FPS:.0f} a second from a device that keeps time, through the threads "
            "of camera and watcher, session, coach and overlay; the inference is a wait. The window is left out: "
            "painting takes it 3-4 ms at that size. Beyond both: the median less inference and one frame interval.",
            "Taken less shown is what was dropped; latency does not grow as nothing waits in a queue.",
            "The memory kept is the measures of every pose, from which the stretch is judged when it ends.",
            _priority(),
        ),
        holds=late <= HONEST and differs <= VOICE_MS and slope <= MOST_KB_A_SECOND,
        timed=True,
    )


def _priority() -> str:
    """What else the machine did, and whether that could come between."""
    busy, cores = os.getloadavg()[1], os.cpu_count()
    if os.sched_getscheduler(0) in (os.SCHED_RR, os.SCHED_FIFO):
        first = "All of it had real-time priority over what else the machine did"
    else:
        first = "It shared the machine with whatever else it did"
    return f"{first}: {busy:.1f} processes ready to run at the end, on {cores} cores."
