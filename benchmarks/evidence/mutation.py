"""Whether the tests notice one-line changes of what measures and judges."""

from __future__ import annotations

import random
import re
import resource
from collections.abc import Sequence

from benchmarks.evidence import Evidence
from benchmarks.evidence._mutants import Mutant, mutants, survives

SEED = 10
SAMPLE = 6
"""Mutants of each module, or all that there are."""

LEAST_NOTICED = 0.85
"""Share of the sampled mutants that are not equivalent."""

RELATED = {
    "measures.back_outline": ("measures/test_back_outline.py",),
    "measures.floor_line": ("measures/test_floor_line.py",),
    "measures.framing": ("measures/test_framing.py", "judging/test_situation.py"),
    "measures.measurer": (
        "measures/test_measure_trust.py",
        "measures/test_floor_line.py",
        "judging/test_shots.py::test_a_shot_measures_as_if_it_were_alone",
    ),
    "measures.table": ("measures/test_table.py",),
    "measures.view": ("measures/test_view.py",),
    "judging.situation": (
        "judging/test_situation.py",
        "judging/test_assessment.py",
        "judging/test_judgement.py::TestGaps",
    ),
    "judging.assessment": (
        "judging/test_assessment.py",
        "judging/test_still.py",
        "judging/test_judgement.py::TestGaps",
    ),
    "judging.recognition": ("judging/test_recognition.py",),
    "judging.neutral": ("judging/test_neutral.py",),
    "judging.holds": ("judging/test_holds.py",),
    "judging.cues": ("judging/test_cues.py",),
    "judging.movements": ("judging/test_movements.py::TestSwingJudge", "judging/test_swing_limits.py"),
    "judging.judgement": (
        "judging/test_judgement.py",
        "judging/test_judgement_sphinx.py",
        "judging/test_few_pictures.py",
    ),
    "judging.tracking": ("judging/test_judgement.py::TestGaps", "judging/test_few_pictures.py"),
    "judging.lifts": ("judging/test_lifts.py",),
    "judging.losses": ("judging/test_never_silent.py", "judging/test_summary.py"),
    "judging.form_score": ("judging/test_judgement.py",),
    "judging.misfits": ("judging/test_assessment.py", "judging/test_still.py"),
    "judging.still": ("judging/test_still.py",),
    "judging.summary": ("judging/test_summary.py",),
}
"""The tests that a change of each module is to fail: its own, and no live session, which would take minutes each."""

ONCE_UNNOTICED = (
    ("judging.assessment", "MOVING_DEG_PER_S = 2.5", "MOVING_DEG_PER_S = 5.0"),
    ("judging.assessment", "STANDS_S = 1.0", "STANDS_S = 2.0"),
    ("judging.holds", "self._settled = False", "self._settled = True"),
    ("judging.movements", "value < rule.min", "value <= rule.min"),
    ("judging.situation", "UPRIGHT_DEG = 60.0", "UPRIGHT_DEG = 120.0"),
    ("judging.cues", "SWING_S = 5.0", "SWING_S = 10.0"),
    ("measures.framing", "ALONG_VIEW = 0.5", "ALONG_VIEW = 0.25"),
    ("measures.measurer", "LEAST_VISIBILITY = 0.3", "LEAST_VISIBILITY = 0.6"),
    ("measures.measurer", "LEAST_VISIBILITY = 0.3", "LEAST_VISIBILITY = 0.15"),
    ("measures.floor_line", "MOST_ROLL_DEG = 25.0", "MOST_ROLL_DEG = 12.5"),
)
"""What a slice tries: a module, a change that no test of it used to notice, and what it changes."""

EQUIVALENT = (
    (r"np\.errstate\(", "numpy warns of a comparison with NaN on some machines only"),
    (r"area >= 0|front >= 0", "a float that is exactly 0 only where nothing is seen"),
    (r"along\[:, :-1\] >= target", "two edges meet in that point and give the same reach"),
    (r"_other\(view\.near\)\)\) / 1\.0", "all measures in the middle are ratios of lengths"),
    (
        r"np\.clip\(rise \* trunk / length\(line\), ",
        "needs contacts a quarter of a trunk apart, which no floor line of a body has",
    ),
    (r"self\._phase = -(-1|2)|phase: int = -2", "overwritten before it is read, or read as 'none' by its sign"),
    (r"turn_deg\(np\.array\(\[(0\.5|2\.0), 0\.0\]\), line\)", "a turn is told by directions, not by lengths"),
    (r"b >= stop and", "a rest that ends where the span ends adds nothing to it"),
    (r"^round\(.*, 4\)", "a tenth of a millisecond: finer than times are known, and read by nobody"),
    (r"^[-\d., ()]+$", "a figure of a row of the table (error, limits): data, with its source beside it"),
)
"""Changes that alter nothing that a test could see, or that only a copy of the figure could notice, and why."""


def run(slice_only: bool) -> Evidence:
    """Tries a seeded sample of each module's mutants; a slice those that were unnoticed once."""
    tried = _once_unnoticed() if slice_only else _sampled()
    rows, notes, different, noticed = [], [], 0, 0
    for module, (some, count) in tried.items():
        survivors = _survivors(module, some)
        unnoticed = [one for one in survivors if _reason(one) is None]
        different += len(some) - len(survivors) + len(unnoticed)
        noticed += len(some) - len(survivors)
        rows.append((module, count, len(some), len(some) - len(survivors), len(survivors) - len(unnoticed),
                     len(unnoticed)))  # fmt: skip
        notes += [f"`{module}`, line {one.line}: `{one.before}` → `{one.after}`: {_reason(one) or 'unnoticed'}."
                  for one in survivors]  # fmt: skip
    share = noticed / different
    return Evidence(
        title="One-line changes that the tests notice",
        claim=f"Of one-line changes to what measures and judges, the related tests notice {LEAST_NOTICED:.0%} or more "
        f"of those that are not equivalent: {noticed} of {different}.",
        columns=("module", "mutants", "tried", "noticed", "equivalent", "unnoticed"),
        rows=rows,
        notes=(
            f"Tried: {SAMPLE} of each module's mutants, drawn with seed {SEED}; one operator, constant (twice, half, "
            "one more), `min` or `max`, `not` or keyword argument each. Live sessions (`judging.session`) are left "
            "out.",
            "The mutator is our own (`benchmarks/evidence/_mutants.py`): mutmut 3.8 changes nothing outside functions, "
            "so none of the thresholds; cosmic-ray 8.7 changes numbers by one alone, writes into the sources while it "
            "runs, and needs thirteen packages.",
            "The tests were improved after a first run, on earlier sources, had noticed 66 of 91, and with sight of "
            "what that one missed: of changes like those the share says less than of others.",
            *notes,
        ),
        holds=share >= (1.0 if slice_only else LEAST_NOTICED),
    )


def _sampled() -> dict[str, tuple[list[Mutant], int]]:
    found = {}
    for module in RELATED:
        every = mutants(f"posecheck.{module}")
        some = random.Random(SEED).sample(every, min(SAMPLE, len(every)))
        found[module] = sorted(some, key=lambda one: one.number), len(every)
    return found


def _once_unnoticed() -> dict[str, tuple[list[Mutant], int]]:
    found = {}
    for module in dict.fromkeys(module for module, _, _ in ONCE_UNNOTICED):
        every = mutants(f"posecheck.{module}")
        wanted = {(before, after) for name, before, after in ONCE_UNNOTICED if name == module}
        some = [one for one in every if (one.before, one.after) in wanted]
        if missing := wanted - {(one.before, one.after) for one in some}:
            raise ValueError(f"{module} has no such mutants any more: {missing}")
        found[module] = some, len(every)
    return found


def _survivors(module: str, some: Sequence[Mutant]) -> list[Mutant]:
    """The mutants with which all related tests pass."""
    tests = [f"tests/{one}" for one in RELATED[module]]
    before_s = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    if not survives(None, tests, 300):
        raise ValueError(f"{' '.join(tests)} do not pass as the sources are")
    most_s = 5 + 3 * round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before_s)
    return [one for one in some if survives(one, tests, most_s)]


def _reason(mutant: Mutant) -> str | None:
    """Why a survivor is equivalent; None where it is not."""
    return next((why for pattern, why in EQUIVALENT if re.search(pattern, mutant.after)), None)
