"""Judges a stretch live, frame by frame: what practice and games build on.

python examples/live_loop.py bridge samples/bridge-good-1.mp4
python examples/live_loop.py bridge 0                          # the first camera, until Ctrl-C
"""

from __future__ import annotations

import sys

import posecheck


def main(stretch: str, source: str) -> None:
    """Prints what changes as it changes, and the holds at the end."""
    session = posecheck.Session(posecheck.load_stretch(stretch))
    pictures = posecheck.open_camera(source) if source.isdecimal() else posecheck.open_video(source)
    shown = ""
    with pictures, posecheck.PoseEstimator() as estimator:
        try:
            for frame in pictures:
                # All that can be said now: what the person is doing, for how long, and the one thing worth mending.
                moment = session.update(estimator.estimate(frame))
                line = f"{moment.state.value:10} {moment.cue.text if moment.cue else ''}"
                if line != shown:
                    print(f"{moment.time_s:6.2f} s  {line}")
                    shown = line
        except KeyboardInterrupt:
            print()  # a camera goes on for ever
    # With hindsight, all at once: also what could not yet be known at the time.
    for hold in session.judgement().holds:
        print(f"held {hold.hold_s:.1f} s from {hold.start_s:.1f} s, form {hold.score:.0f} of 100")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except posecheck.PoseCheckError as error:
        sys.exit(f"{error}")
