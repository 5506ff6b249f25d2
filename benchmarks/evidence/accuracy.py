"""How accurate posecheck is on the sample clips, of which every angle, phase, hold and fault is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks import evidence
from benchmarks.accuracy.cases import SAMPLES, SIDE_VIEW_DEG, Case, load_case
from benchmarks.accuracy.figures import Figure, figures
from posecheck.storage.rule_files import load_stretch, shipped_folder

COMMITTED = Path(__file__).parents[2] / "docs" / "evidence" / "accuracy.json"

SLICE = ("bridge-hips-low", "cat-cow-good-1")
"""Two clips with a fault, phases and the spine in them: about 15 s each on one core."""

CAUSES = (
    "Hip and shoulder of the rendered bodies lie where anatomy has them (Harrington's regression for the hip), not "
    "where the rig had them, 2 to 4 cm further back. MediaPipe's landmarks, which did not change, then lie within the "
    "goals.",
    "Trunk, in cat-cow: the landmark of the hip slides along with the back, 0.01 to 0.07 trunk lengths up in most "
    "cats and up to 0.06 down in most cows, so the trunk reads 3 to 8 degrees too flat in cats; no fixed shift mends "
    "that.",
    "Knee: nearly all of its bias is two people's; in loose trousers the landmark lies 0.08 thighs too low, and the "
    "ankle's lies 0.02 to 0.08 thighs above the skeleton's in every clip.",
    "Elbow and shoulder, in sphinx: in the held posture within 5 degrees; lying flat, with the elbow beside the head, "
    "the elbow is put wrongly, by 12 to 14 degrees of each.",
    "Holds of sphinx: while the chest rises or sinks, the landmark of the elbow lags (elbow_lead 0.25 for a true "
    "0.40), so that the ideal judge waits 0.1 to 0.2 s longer for the elbows. Of drawn-up shoulders the gap reads "
    "0.40 to 0.31 for a true 0.42 to 0.22, crosses its limit about 0.3 s late and comes back early.",
    "Shoulders at the ears: of a true change of 0.20 only 0.04 to 0.09 is seen. In the clips it is enough; in "
    "recordings of two other people it is not, and one person's good form is named.",
    "Heels are told by the ankle, which rises with them: MediaPipe leaves the heel's landmark near the floor. It "
    "takes a lift of about 0.22 shins, and feet at rest before it.",
    "Limits, and where the back is read, were set with these clips in sight, beside photographs; how the rules do on "
    "people they were not set by, recordings among them, stands on [a page of its own](tuning-unseen.md).",
)
"""What keeps goals from being met, found by laying truth over estimate; renew it with the table."""


def run(slice_only: bool) -> evidence.Evidence:
    """Measures all clips, and saves the figures beside the page; of the slice, compares them with those saved."""
    clips = sorted(path.with_name(path.name.replace(".truth.json", ".mp4")) for path in SAMPLES.glob("*.truth.json"))
    if slice_only:
        clips = [clip for clip in clips if clip.stem in SLICE]
    cases = load(clips, keep=not slice_only)
    found = figures(cases)
    if slice_only:
        return _compared(found, json.loads(COMMITTED.read_text(encoding="utf-8")))
    evidence.write(saved(found), COMMITTED)
    judged = [figure for figure in found if figure.met is not None]
    met = sum(figure.met is True for figure in judged)
    return evidence.Evidence(
        title="Accuracy on the sample clips",
        claim=f"{met} of {len(judged)} goals are met on {len(cases)} clips.",
        columns=("figure", "goal", "found", "met"),
        rows=[(one.name, one.goal, one.value, _word(one.met)) for one in found],
        notes=(
            "Truth is that of the rendered body; the ideal judge is the shipped rules on the true measures. Errors are "
            f"taken on the near side in frames within {SIDE_VIEW_DEG:.0f}° of a side view, wholly in the picture, in "
            "which the ideal judge sees the stretch or its ready posture.",
            "Of a fault: precision and recall by seconds over all clips of its stretch, and the longest time from a "
            "true onset until the cue could be given, without the waits that are meant (settling into a posture, the "
            "end of a movement).",
            *CAUSES,
            *(f"{one.name}: {'; '.join(one.misses)}" for one in found if one.misses),
        ),
        holds=met == len(judged),
    )


def load(clips: Sequence[Path], *, keep: bool) -> list[Case]:
    """The clips, their landmarks from the cache if they may be kept.

    Raises:
        MaterialMissingError: If there is no clip.
    """
    from posecheck.estimators.model import find_model
    from posecheck.workflows.extract import cache_folder, recordings

    if not clips:
        raise evidence.MaterialMissingError("needs samples/*.mp4 with their truth; render them")
    shipped = [load_stretch(path) for path in sorted(shipped_folder().glob("*.toml"))]
    stretches = {stretch.name: stretch for stretch in shipped}
    model = find_model(None)
    paths = recordings(clips, lambda: model, folder=cache_folder(), keep=keep)
    return [load_case(clip, path, stretches) for clip, path in zip(clips, paths, strict=True)]


def saved(found: Sequence[Figure]) -> str:
    """The figures as JSON, those of each clip rounded to thousandths."""
    content = {
        one.name: {
            "goal": one.goal,
            "value": one.value,
            "met": one.met,
            "tolerance": one.tolerance,
            "clips": {clip: round(value, 3) for clip, value in one.clips.items() if np.isfinite(value)},
        }
        for one in found
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def deviations(found: Sequence[Figure], committed: dict[str, dict[str, object]]) -> list[tuple[str, str, float, float]]:
    """Figure, clip, its value and the committed one, for each that lies further from it than it may."""
    far = []
    for one in found:
        before = committed.get(one.name, {}).get("clips", {})
        for clip, value in one.clips.items():
            known = before.get(clip) if isinstance(before, dict) else None
            if known is None or abs(value - known) > one.tolerance:
                far.append((one.name, clip, value, np.nan if known is None else known))
    return far


def _compared(found: Sequence[Figure], committed: dict[str, dict[str, object]]) -> evidence.Evidence:
    far = deviations(found, committed)
    count = sum(len(one.clips) for one in found)
    return evidence.Evidence(
        title="Accuracy on two sample clips",
        claim=f"{count - len(far)} of {count} figures of {' and '.join(SLICE)} are those that were committed.",
        columns=("figure", "clip", "found", "committed"),
        rows=[(name, clip, f"{value:.3f}", f"{known:.3f}") for name, clip, value, known in far],
        notes=(),
        holds=not far and count > 0,
    )


def _word(met: bool | None) -> str:
    return {True: "yes", False: "**no**", None: "–"}[met]
