"""Shows one measure of a clip over time, as a line of bars in the terminal and, if asked, as a picture.

python examples/measure_over_time.py samples/recordings/bridge-hips-low-amara.npz trunk_pitch_deg
python examples/measure_over_time.py bridge.mp4 knee_flexion_deg knee.png
"""

from __future__ import annotations

import sys
from itertools import pairwise

import numpy as np

import posecheck

BARS = " ▁▂▃▄▅▆▇█"
WIDTH = 72


def main(clip: str, column: str, picture: str | None = None) -> None:
    """Prints a line of bars, and the measure in each state."""
    result = posecheck.analyze(clip)  # a video, a picture or a recording; writes nothing
    frames = result.frames  # one array for each column of frames.csv
    if column not in frames:
        sys.exit(f"no column '{column}'; there are: {', '.join(frames)}")
    time_s, values = frames["time_s"], frames[column]

    # NaN where a measure is not known; here nothing is drawn.
    edges = np.linspace(time_s[0], time_s[-1], WIDTH + 1)
    parts = [values[(time_s >= start) & (time_s <= end)] for start, end in pairwise(edges)]
    means = np.array([np.nan if np.isnan(part).all() else np.nanmean(part) for part in parts])
    low, high = np.nanmin(values), np.nanmax(values)
    heights = np.nan_to_num((means - low) / (high - low) * (len(BARS) - 2) + 1).astype(int)
    print(f"{column}, {low:.1f} to {high:.1f}, over {time_s[-1] - time_s[0]:.1f} s")
    print("".join(BARS[height] for height in heights))

    # The same frames, by what the person was doing in them.
    for state in dict.fromkeys(frames["state"].tolist()):
        median = np.nanmedian(values[frames["state"] == state])
        print(f"{state:10} median {median:.1f}")

    if picture is not None:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(8, 3), layout="constrained")
        axes = figure.subplots()
        axes.plot(time_s, values)
        for hold in result.holds:
            axes.axvspan(hold.start_s, hold.end_s, alpha=0.2)
        axes.set(xlabel="seconds", ylabel=column)
        figure.savefig(picture)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except posecheck.PoseCheckError as error:
        sys.exit(f"{error}")
