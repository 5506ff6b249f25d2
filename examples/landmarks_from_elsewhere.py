"""Judges landmarks that another program has found, given as plain arrays in an .npz file.

The file has ``time_s`` (N,), ``landmarks`` (N, 33, 2) in pixels in MediaPipe's order, ``size`` (width, height), and may
have ``visibility`` (N, 33) and ``outline`` (N, K, 2); `posecheck.poses_from_arrays` says what they mean. To have one to
try, it is made from a recording first:

    python examples/landmarks_from_elsewhere.py --from samples/recordings/bridge-good-1-amara.npz mine.npz
    python examples/landmarks_from_elsewhere.py mine.npz bridge
"""

from __future__ import annotations

import sys

import numpy as np

import posecheck


def main(file: str, stretch: str) -> None:
    """Prints the verdict on the landmarks in a file."""
    with np.load(file, allow_pickle=False) as arrays:
        width_px, height_px = arrays["size"].tolist()
        poses = posecheck.poses_from_arrays(
            arrays["time_s"],
            arrays["landmarks"],
            width_px,
            height_px,
            visibility=arrays.get("visibility"),
            outline=arrays.get("outline"),
        )
    result = posecheck.analyze(poses, stretch)
    for warning in result.summary["warnings"]:
        print(f"note: {warning}")
    for segment in result.judgement.segments:
        print(f"{segment.stretch.title}, {segment.start_s:.1f} to {segment.end_s:.1f} s")
        for hold in segment.holds:
            print(f"  held {hold.hold_s:.1f} s, form {hold.score:.0f} of 100")
        for fault in segment.faults:
            print(f"  {fault.seconds:.1f} s {fault.cue.rule}: {fault.cue.text}")


def save(recording: str, file: str) -> None:
    """What another program would write, from the poses of a recording."""
    blocks = list(posecheck.Recording(recording))
    landmarks = np.concatenate([block.landmarks for block in blocks])
    np.savez_compressed(
        file,
        time_s=np.concatenate([block.time_s for block in blocks]),
        landmarks=landmarks[..., :2],
        visibility=landmarks[..., 3],
        outline=np.concatenate([block.outline for block in blocks]),
        size=(blocks[0].width_px, blocks[0].height_px),
    )


if __name__ == "__main__":
    arguments = sys.argv[1:]
    try:
        if arguments[:1] == ["--from"] and len(arguments) == 3:
            save(*arguments[1:])
        elif len(arguments) == 2:
            main(*arguments)
        else:
            sys.exit(__doc__)
    except (posecheck.PoseCheckError, ValueError) as error:
        sys.exit(f"{error}")
