"""Summaries in tests: made from poses, and held against the documented schema."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from posecheck.judging.judgement import Judgement
from posecheck.judging.session import Session
from posecheck.judging.still import StillJudgement
from posecheck.judging.summary import Summary, summarise
from posecheck.measures.measurer import Measures
from posecheck.pose.frames import SourceKind
from posecheck.pose.landmarks import Pose, in_blocks
from posecheck.storage.rule_files import load_stretch
from tests.support.recordings import header

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "summary.schema.json").read_text(encoding="utf-8"))


def assert_valid(content: Any) -> None:
    """A summary, an error or an array of both, as the schema documents them."""
    problem = best_match(Draft202012Validator(SCHEMA).iter_errors(content))
    assert problem is None, f"{problem.json_path}: {problem.message}"


def judged(
    poses: Sequence[Pose], *names: str, modifications: Mapping[str, list[str]] | None = None
) -> tuple[Judgement | StillJudgement, Measures]:
    """The judgement of a clip, or of a still if there is one pose; of all shipped stretches if none is named."""
    stretches = [load_stretch(name) for name in names or ("bridge", "cat-cow", "sphinx")]
    stretches = [one.modified((modifications or {}).get(one.name, [])) for one in stretches]
    session = Session(stretches[0] if len(names) == 1 else stretches)
    for block in in_blocks(poses):
        session.extend(block)
    return session.judgement() if len(poses) > 1 else session.still(), session.measures()


def summary_of(
    poses: Sequence[Pose],
    *names: str,
    modifications: Mapping[str, list[str]] | None = None,
    warnings: Sequence[str] = (),
    profile: str | None = None,
    own_limits: Sequence[str] = (),
) -> Summary:
    """The summary of `judged`, found to be as documented."""
    judgement, measures = judged(poses, *names, modifications=modifications)
    chosen = load_stretch(names[0]) if len(names) == 1 else None
    summary = summarise(
        header(poses, warnings=warnings),
        judgement,
        measures,
        modifications or {},
        chosen,
        profile=profile,
        own_limits=own_limits,
    )
    assert_valid(json.loads(json.dumps(summary, allow_nan=False)))
    assert summary["source"]["kind"] == (SourceKind.VIDEO if len(poses) > 1 else SourceKind.STILL).value
    return summary
