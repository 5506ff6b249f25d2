"""Better limits: found back where they were spoiled, and none where the labels say nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posecheck.errors import InputError, OutputError, RuleFileError
from posecheck.rules.limits import Threshold, thresholds, unit_of, with_limits
from posecheck.rules.stretch import Stretch
from posecheck.storage.label_files import write_labels
from posecheck.storage.rule_edits import with_new_limits, write_text
from posecheck.storage.rule_files import check_file, file_of, load_stretch
from posecheck.tuning.dataset import LabelledDataset
from posecheck.tuning.joint_search import together
from posecheck.tuning.labels import GOOD, Label, LabelledClip
from posecheck.tuning.threshold_search import Proposal, Why, propose
from posecheck.workflows.tune import load, tune
from tests.support.labelled import BODIES, FAULTS, clips_of, saved
from tests.support.recordings import one_bridge, write_recording

STRETCHES = {name: load_stretch(name) for name in ("bridge", "sphinx")}
CLIPS = {
    name: clips_of(*(rule for rule, shown in FAULTS.items() if shown.stretch == name), bodies=BODIES[:3])
    for name in STRETCHES
}


def limit_of(stretch: Stretch, rule: str) -> Threshold:
    return next(threshold for threshold in thresholds(stretch) if threshold.rule == rule)


def spoiled(rule: str, direction: int) -> tuple[Stretch, Threshold, float]:
    """A shipped stretch with one limit off by 15 degrees or 0.15, that limit, and what it was."""
    stretch = STRETCHES[FAULTS[rule].stretch]
    limit = limit_of(stretch, rule)
    now = thresholds(stretch)[limit]
    by = 15.0 if unit_of(stretch, rule) == "deg" else 0.15
    return with_limits(stretch, {limit: now + direction * by}), limit, now


def proposal_for(proposals: Sequence[Proposal], limit: Threshold) -> Proposal:
    return next(one for one in proposals if one.sweep.threshold == limit)


@pytest.mark.parametrize("direction", [-1, 1])
@pytest.mark.parametrize("rule", FAULTS)
def test_a_spoiled_limit_is_found_back_on_three_bodies(rule: str, direction: int) -> None:
    stretch, limit, shipped = spoiled(rule, direction)
    tuned = tune(stretch, CLIPS[stretch.name])
    value = tuned.together.values.get(limit, thresholds(stretch)[limit])
    low, high = proposal_for(tuned.proposals, limit).plateau
    assert low <= shipped <= high
    assert low <= value <= high
    # Nothing else is proposed: the other limits are right.
    assert tuned.together.values.keys() <= {limit}
    if tuned.then is not None:
        assert tuned.together.score > tuned.together.score_now
        assert tuned.together.gain_low > 0


def test_the_shipped_limits_stay() -> None:
    for name, stretch in STRETCHES.items():
        tuned = tune(stretch, CLIPS[name])
        assert tuned.together.values == {}
        assert tuned.then is None
        assert {one.why for one in tuned.proposals} <= {Why.ON_PLATEAU, Why.NO_FAULTY}


def test_a_limit_that_silences_the_rules_after_it_is_found() -> None:
    """Of hips low or not, -31 tells as well as any: but then feet too near, which come after, are never spoken of."""
    limit = Threshold("hips-low", "max")
    tuned = tune(with_limits(STRETCHES["bridge"], {limit: -31.0}), CLIPS["bridge"])
    assert proposal_for(tuned.proposals, limit).why is Why.ON_PLATEAU
    assert tuned.together.values.keys() == {limit}
    before, after = (
        next(rule for rule in figures.rules if rule.rule == "feet-too-near") for figures in (tuned.now, tuned.then)
    )
    assert before.recall.value == 0.0
    assert after.recall.value > 0.95


def test_two_spoiled_limits_are_found_together() -> None:
    stretch = with_limits(
        STRETCHES["bridge"], {Threshold("hips-low", "max"): -3.0, Threshold("feet-too-near", "max"): 150.0}
    )
    tuned = tune(stretch, CLIPS["bridge"])
    assert tuned.together.values.keys() == {Threshold("hips-low", "max"), Threshold("feet-too-near", "max")}
    for limit, value in tuned.together.values.items():
        low, high = proposal_for(tuned.proposals, limit).plateau
        assert low <= value <= high
    assert tuned.together.score > 0.95
    assert tuned.then is not None
    assert all(rule.f1.value > 0.95 for rule in tuned.then.rules if rule.groups)


def shuffled(clips: Sequence[LabelledClip], seed: int) -> list[LabelledClip]:
    """The same times with the labels dealt out anew."""
    rows = [label.label for clip in clips for label in clip.labels]
    dealt = iter(np.random.default_rng(seed).permutation(rows).tolist())
    return [replace(clip, labels=tuple(replace(one, label=next(dealt)) for one in clip.labels)) for clip in clips]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("spoil", [False, True])
def test_shuffled_labels_propose_nothing(seed: int, spoil: bool) -> None:
    stretch = spoiled("hips-low", 1)[0] if spoil else STRETCHES["bridge"]
    dataset = LabelledDataset(shuffled(CLIPS["bridge"], seed), stretch)
    assert together(dataset, propose(dataset)).values == {}


def test_two_bodies_are_too_few() -> None:
    stretch, limit, _ = spoiled("hips-low", 1)
    two = [clip for clip in CLIPS["bridge"] if clip.person in ("ada", "ben")]
    tuned = tune(stretch, two)
    assert proposal_for(tuned.proposals, limit).why is Why.FEW
    assert tuned.together.values == {}


def test_without_good_seconds_nothing_is_proposed() -> None:
    stretch, limit, _ = spoiled("hips-low", 1)
    bad = [replace(clip, labels=tuple(one for one in clip.labels if one.label != GOOD)) for clip in CLIPS["bridge"]]
    tuned = tune(stretch, bad)
    assert proposal_for(tuned.proposals, limit).why is Why.NO_GOOD


def test_a_measure_that_is_not_seen_tells_nothing() -> None:
    stretch, limit, _ = spoiled("hips-low", 1)
    hidden = []
    for clip in CLIPS["bridge"]:
        values = {key: np.full(len(clip.measures), np.nan) for key in clip.measures.values}
        hidden.append(replace(clip, measures=replace(clip.measures, values=values)))
    tuned = tune(stretch, hidden)
    assert proposal_for(tuned.proposals, limit).why is Why.UNSEEN
    assert tuned.together.values == {}


def test_tuning_repeats_itself() -> None:
    stretch, _, _ = spoiled("chin-up", -1)
    first, second = (tune(stretch, CLIPS["sphinx"]) for _ in range(2))
    assert first.together == second.together


class TestLoading:
    @pytest.fixture
    def made(self, tmp_path: Path) -> tuple[list[Path], list[Label]]:
        return saved(tmp_path, "hips-low", bodies=BODIES[:2])

    def test_clips_by_their_labels(self, made: tuple[list[Path], list[Label]]) -> None:
        paths, labels = made
        given = load("bridge", paths, paths, labels, Path("labels.csv"))
        assert [clip.name for clip in given.clips] == ["hips-low-ada.mp4", "hips-low-ben.mp4"]
        assert [len(clip.labels) for clip in given.clips] == [4, 4]
        assert given.notes == ()

    def test_clips_of_one_name_in_two_folders(self, made: tuple[list[Path], list[Label]], tmp_path: Path) -> None:
        paths, labels = made
        moved = []
        for path in paths:
            person = path.stem.removeprefix("hips-low-")
            (tmp_path / person).mkdir()
            moved.append(path.rename(tmp_path / person / "monday.npz"))
        mine = [replace(one, clip=f"{one.person}/monday.npz") for one in labels]
        given = load("bridge", moved, moved, mine, tmp_path / "labels.csv")
        assert [(clip.name, clip.person) for clip in given.clips] == [
            ("ada/monday.npz", "ada"),
            ("ben/monday.npz", "ben"),
        ]

    def test_a_recording_is_known_by_its_clip(self, made: tuple[list[Path], list[Label]], tmp_path: Path) -> None:
        paths, labels = made
        moved = paths[0].rename(tmp_path / "recording.npz")
        assert load("bridge", [moved], [moved], labels, Path("l.csv")).clips[0].name == "hips-low-ada.mp4"

    def test_everything_wrong_is_told_at_once(self, made: tuple[list[Path], list[Label]], tmp_path: Path) -> None:
        paths, labels = made
        other = write_recording(tmp_path / "other.npz", one_bridge(fps=5.0), name="other.mp4")
        still = write_recording(tmp_path / "still.npz", one_bridge(fps=5.0)[:1], name="still.jpg")
        late = replace(labels[-1], start_s=30.0, end_s=60.0, line=9)
        mine = [*labels[:-1], late, replace(labels[0], clip="still.jpg")]
        with pytest.raises(InputError) as error:
            load("bridge", [*paths, other, still], [*paths, other, still], mine, Path("l.csv"))
        told = str(error.value).splitlines()
        assert len(told) == 3
        assert told[0].startswith("l.csv:9: end_s: 60 is after the end of hips-low-ben.mp4, allowed: up to ")
        assert "other.npz: has no labels in l.csv" in told[1]
        assert "still.npz: is a picture" in told[2]

    def test_clips_of_another_stretch_are_left_out(self, made: tuple[list[Path], list[Label]]) -> None:
        paths, labels = made
        mine = [replace(one, stretch="plank") if "ben" in one.clip else one for one in labels]
        given = load("bridge", paths, paths, mine, Path("l.csv"))
        assert [clip.person for clip in given.clips] == ["ada"]
        assert "shows no bridge" in given.notes[0]
        with pytest.raises(InputError, match="no clip that is given has labels of sphinx"):
            load("sphinx", paths, paths, labels, Path("l.csv"))

    def test_faults_that_no_rule_is_for_are_left_out(self, made: tuple[list[Path], list[Label]]) -> None:
        paths, labels = made
        mine = [one if one.label == GOOD or "ben" in one.clip else replace(one, label="knees-in") for one in labels]
        given = load("bridge", paths, paths, mine, Path("l.csv"), [GOOD, "hips-low"])
        assert [[label.label for label in clip.labels] for clip in given.clips] == [
            [GOOD, GOOD],
            [GOOD, "hips-low"] * 2,
        ]
        other = load("bridge", paths, paths, mine, Path("l.csv"), ["hips-low"])
        assert [clip.person for clip in other.clips] == ["ben"]
        assert other.notes == (f"{paths[0]}: its labels name only faults that bridge has no rule for; left out",)


class TestWriting:
    TEXT = file_of("bridge").read_text(encoding="utf-8")
    LIMIT = Threshold("hips-low", "max")
    NOW = thresholds(STRETCHES["bridge"])[LIMIT]

    def test_only_the_limit_changes_and_the_file_loads(self, tmp_path: Path) -> None:
        new = with_new_limits(self.TEXT, {self.LIMIT: -24.0}, {self.LIMIT: "2026-01-01: was -18°"})
        path = tmp_path / "bridge.toml"
        write_text(path, new)
        old_lines, new_lines = self.TEXT.splitlines(), new.splitlines()
        changed = [(old, now) for old, now in zip(old_lines, new_lines, strict=True) if old != now]
        ((old, now),) = changed
        limit, comment = now.split("  # ")
        assert old == f"max = {self.NOW:g}"
        assert float(limit.removeprefix("max =")) == -24
        assert comment == "2026-01-01: was -18°"
        assert check_file(path) == ()
        assert load_stretch(path) == with_limits(load_stretch("bridge"), {self.LIMIT: -24})

    def test_fractions_stay_and_earlier_comments_too(self) -> None:
        limit = Threshold("feet-too-far", "min")
        line = f"min = {thresholds(STRETCHES['bridge'])[limit]:g}\n"
        text = self.TEXT.replace(line, line.replace("\n", " # mine\n"))
        new = with_new_limits(text, {limit: -0.35, self.LIMIT: -20.5}, {limit: "now"})
        assert "min = -0.35  # now; mine\n" in new
        assert "max = -20.5\n" in new
        assert with_new_limits(text, {}, {}) == text

    def test_movements_and_rules_in_a_line(self) -> None:
        text = file_of("cat-cow").read_text(encoding="utf-8")
        limit = Threshold("too-fast", "min")
        assert "min = 1.8  # slow" in with_new_limits(text, {limit: 1.8}, {limit: "slow"})

    def test_limits_that_make_no_stretch(self) -> None:
        text = file_of("cat-cow").read_text(encoding="utf-8")
        with pytest.raises(RuleFileError, match="is not above min"):
            with_new_limits(text, {Threshold("hips-rocking", "max"): -0.5}, {})
        with pytest.raises(RuleFileError, match="has no limit 'hips-low max'"):
            with_new_limits(text, {self.LIMIT: -20.0}, {})

    def test_a_read_only_file_stays(self, tmp_path: Path) -> None:
        path = tmp_path / "bridge.toml"
        path.write_text("old")
        path.chmod(0o444)
        with pytest.raises(OutputError, match="read-only"):
            write_text(path, "new")
        assert path.read_text() == "old"
        with pytest.raises(OutputError, match="name another"):
            write_text(path / "below.toml", "new")

    def test_every_shipped_file_can_be_edited(self) -> None:
        for name in ("bridge", "cat-cow", "sphinx"):
            text = file_of(name).read_text(encoding="utf-8")
            stretch = load_stretch(name)
            for limit, now in thresholds(stretch).items():
                new = with_new_limits(text, {limit: now + 0.125}, {})
                assert Stretch.model_validate(tomllib.loads(new)) == with_limits(stretch, {limit: now + 0.125})


def test_what_is_labelled_and_saved_is_tuned_by_the_same_clips(tmp_path: Path) -> None:
    from posecheck.storage.label_files import read_labels

    paths, labels = saved(tmp_path, "hips-low", bodies=BODIES[:3])
    write_labels(tmp_path / "labels.csv", labels)
    read = read_labels(tmp_path / "labels.csv", [STRETCHES["bridge"]])
    given = load("bridge", paths, paths, read, tmp_path / "labels.csv")
    stretch, limit, _ = spoiled("hips-low", 1)
    assert tune(stretch, given.clips).together.values.keys() == {limit}
