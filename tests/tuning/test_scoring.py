"""Labels against verdicts: made clips whose truth is known, and counts done by hand."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from posecheck.judging.holds import Hold
from posecheck.judging.judgement import judge
from posecheck.measures.measurer import measure
from posecheck.pose.landmarks import Poses
from posecheck.rules.limits import Threshold, thresholds, unit_of, with_limits
from posecheck.rules.stretch import Stretch
from posecheck.storage.rule_files import load_stretch
from posecheck.tuning.dataset import LabelledDataset
from posecheck.tuning.evaluation import evaluate
from posecheck.tuning.labels import GOOD, Label, LabelledClip
from posecheck.tuning.replay import DetectedFault, Replay, RuleResult
from posecheck.tuning.scoring import ClipScorer, balanced, f1, precision, recall
from tests.support.fakes_measures import flow_stretch, measures_of, raise_stretch, seconds
from tests.support.films import flow, rounds
from tests.support.labelled import BODIES, FAULTS, clips_of
from tests.support.poses import clip

LIFT = raise_stretch()
TEN_S = measures_of(seconds(10.0, fps=10.0), trunk_pitch=30.0)


def labelled(*rows: tuple[float, float, str], measures=TEN_S, stretch: str = "lift") -> LabelledClip:
    return LabelledClip("a.mp4", measures, tuple(Label("a.mp4", a, b, stretch, "", label) for a, b, label in rows))


def said(
    low: tuple[tuple[float, float], ...] = (), knees: tuple[tuple[float, float], ...] = (), holds=()
) -> RuleResult:
    faults = {
        name: DetectedFault(spans, tuple(a + 0.3 for a, _ in spans)) for name, spans in (("low", low), ("knees", knees))
    }
    return RuleResult(faults, tuple(holds))


class TestCounting:
    MARKED = ClipScorer(labelled((0, 3, GOOD), (3, 5, "low"), (6, 8, "low"), (8.5, 9, "knees")), LIFT)

    def test_seconds(self) -> None:
        assert self.MARKED.seconds("low", said()) == pytest.approx([0, 4, 0, 3])
        verdict = said(low=((2.0, 4.0), (5.0, 7.5), (8.2, 9.0)))
        # One good second is named, 2.5 of the faulty ones; what is unlabelled or another's fault does not count.
        assert self.MARKED.seconds("low", verdict) == pytest.approx([2.5, 1.5, 1.0, 2.0])

    @pytest.mark.parametrize(
        ("swing", "counts"),
        [((1.0, 5.0), [0, 3, 0, 1]), ((2.6, 6.0), [0, 5, 0, 3]), ((4.0, 9.0), [0, 5, 0, 3])],
        ids=["half good, half faulty", "good for less than labels are exact", "faulty and unlabelled"],
    )
    def test_a_movement_that_is_good_and_faulty_in_parts_says_nothing(self, swing, counts) -> None:
        scorer = ClipScorer(labelled((0, 3, GOOD), (3, 8, "low")), LIFT, {"low": [swing]})
        assert scorer.seconds("low", said()) == pytest.approx(counts)
        assert scorer.seconds("knees", said()) == pytest.approx([0, 0, 0, 3])

    def test_shares(self) -> None:
        counts = np.array([[2.5, 1.5, 1.0, 2.0], [0, 4, 0, 3], [0, 0, 1, 1]])
        np.testing.assert_allclose(precision(counts), [2.5 / 3.5, np.nan, 0])
        np.testing.assert_allclose(recall(counts), [0.625, 0, np.nan])
        np.testing.assert_allclose(f1(counts), [5 / 7.5, 0, np.nan])
        np.testing.assert_allclose(balanced(counts), [(0.625 + 2 / 3) / 2, 0.5, np.nan])

    @pytest.mark.parametrize(
        ("low", "counts"),
        [
            ((), [2, 0, 0, 0]),
            (((3.2, 5.5),), [2, 1, 1, 1]),
            (((2.0, 2.7), (6.0, 6.5), (7.0, 8.0)), [2, 2, 3, 3]),
            (((1.0, 2.0),), [2, 0, 1, 0]),
            (((8.6, 8.9),), [2, 0, 0, 0]),
        ],
        ids=["none", "one", "with the tolerance", "in good seconds", "in another fault's"],
    )
    def test_events(self, low: tuple[tuple[float, float], ...], counts: list[float]) -> None:
        assert self.MARKED.counts("low", said(low=low)).tolist() == counts

    def test_delay_is_from_the_onset_until_it_can_be_said(self) -> None:
        assert self.MARKED.delays_s("low", said(low=((3.5, 5.0), (5.6, 8.0)))) == pytest.approx([0.8, 0.0])

    def test_confusion(self) -> None:
        table = self.MARKED.confusion(said(low=((2.0, 4.0),), knees=((3.5, 4.5),)))
        assert table == pytest.approx(np.array([[3, 2, 1, 0], [4, 2.5, 1, 1], [0.5, 0.5, 0, 0]]))

    def test_holds(self) -> None:
        holds = [Hold(-1, 0.0, 2.0, 1.5, 1), Hold(-1, 6.5, 7.5, 1.0, 2)]
        # Three quarters of the first hold are on good form; the second is in faulty seconds and no good ones.
        assert self.MARKED.holds(said(holds=holds)) == pytest.approx([3.0, 1.5, 4.0, 1.0, 1.0, 1.0])

    def test_a_movement_at_fault_makes_no_false_hold(self) -> None:
        """Its rule is asked when it is over; a hold is ended by rules on form alone."""
        cat_cow = STRETCHES["cat-cow"]
        holds = (Hold(0, 4.0, 6.0, 2.0, 1), Hold(0, 8.0, 9.0, 1.0, 2))
        scorer = ClipScorer(labelled((0, 2, GOOD), (3, 7, "too-fast"), (7.5, 9.5, "hips-rocking")), cat_cow)
        assert scorer.holds(said(holds=holds)) == pytest.approx([2.0, 0.0, 2.0, 1.0, 1.0, 1.0])

    def test_a_fault_that_no_rule_is_for_makes_a_false_hold(self) -> None:
        """A rule file that knows fewer faults must not look better beside another."""
        scorer = ClipScorer(labelled((0, 2, GOOD), (3, 7, "knees-in")), LIFT)
        assert scorer.holds(said(holds=[Hold(-1, 4.0, 6.0, 2.0, 1)])) == pytest.approx([2.0, 0.0, 4.0, 2.0, 1.0, 1.0])

    def test_a_frame_does_not_stand_for_a_hole(self) -> None:
        holey = measures_of([0.0, 0.5, 1.0, 6.0, 6.5], trunk_pitch=30.0)
        scorer = ClipScorer(labelled((0, 7, GOOD), measures=holey), LIFT)
        assert scorer.seconds("low", said()).sum() == pytest.approx(1.5)

    def test_a_rule_of_one_phase_is_not_scored_in_the_other(self) -> None:
        labels = (Label("a", 0, 2, "flow", "round", GOOD), Label("a", 3, 4, "flow", "arched", GOOD))
        scorer = ClipScorer(LabelledClip("a", TEN_S, labels), flow_stretch())
        assert scorer.seconds("arms", RuleResult({"arms": DetectedFault()}, ())) == pytest.approx([0, 0, 0, 2])


STRETCHES = {name: load_stretch(name) for name in ("bridge", "cat-cow", "sphinx")}


class TestReplay:
    """It says what `judge` says, also of other limits."""

    CLIPS = MappingProxyType({rule: clips_of(rule, bodies=BODIES[:1])[0].measures for rule in FAULTS})
    FLOW = measure(Poses.stack(clip(*flow(rounds(3), way_s=0.8), fps=15.0)))

    def same(self, replay: Replay, stretch, verdict: RuleResult) -> None:
        judgement = judge(replay.measures, [stretch], chosen=True)
        names = [*(phase.name for phase in stretch.phases), None]  # of phase -1: none
        assert [(names[one.phase], one.start_s, one.end_s, one.hold_s, one.repetition) for one in verdict.holds] == [
            (one.phase, one.start_s, one.end_s, one.hold_s, one.repetition) for one in judgement.holds
        ]
        faults = {fault.cue.rule: fault.intervals for segment in judgement.segments for fault in segment.faults}
        assert {name: named.intervals for name, named in verdict.faults.items() if named.intervals} == faults

    @pytest.mark.parametrize("rule", FAULTS)
    def test_as_it_is_and_on_trial(self, rule: str) -> None:
        stretch = STRETCHES[FAULTS[rule].stretch]
        replay = Replay(self.CLIPS[rule], stretch)
        self.same(replay, stretch, replay.verdict())
        for threshold, now in thresholds(stretch).items():
            reach = 15.0 if unit_of(stretch, threshold.rule) == "deg" else 0.2
            for value in (now - reach, now + reach):
                changed = with_limits(stretch, {threshold: value})
                self.same(replay, self.first(changed, threshold.rule), replay.trial(threshold, value))
                self.same(replay, changed, replay.verdict(changed))

    @staticmethod
    def first(stretch: Stretch, name: str) -> Stretch:
        """The stretch with a rule that waits for no other one."""
        rules = (rule.model_copy(update={"after": ()}) if rule.name == name else rule for rule in stretch.rules)
        return stretch.model_copy(update={"rules": tuple(rules)})

    def test_movements_on_trial(self) -> None:
        stretch = STRETCHES["cat-cow"]
        replay = Replay(self.FLOW, stretch)
        for threshold, value in ((Threshold("too-fast", "min"), 2.9), (Threshold("too-little-range", "min"), 120.0)):
            assert not replay.verdict().faults[threshold.rule].intervals
            verdict = replay.trial(threshold, value)
            assert verdict.faults[threshold.rule].intervals
            self.same(replay, with_limits(stretch, {threshold: value}), verdict)

    def test_values_are_what_is_compared(self) -> None:
        stretch = STRETCHES["bridge"]
        values = Replay(self.CLIPS["hips-low"], stretch).values("hips-low")
        time_s = self.CLIPS["hips-low"].time_s
        held = values[(time_s > 3.0) & (time_s < 5.0)]
        # A lift of 33 degrees less the person's own 4 at rest.
        assert float(np.median(held)) == pytest.approx(-29.0 - 4.0, abs=2.5)
        assert np.isnan(values[time_s < 1.0]).all()

    def test_a_clip_without_the_stretch(self) -> None:
        replay = Replay(measures_of(seconds(3.0), off_side_on_deg=np.nan), LIFT)
        assert replay.verdict().holds == ()
        assert replay.trial(Threshold("low", "min"), 5.0).faults["low"].intervals == ()
        assert np.isnan(replay.values("low")).all()


class TestEvaluation:
    CLIPS = clips_of("hips-low", "feet-too-near")
    FIGURES = evaluate(LabelledDataset(CLIPS, STRETCHES["bridge"]))

    def test_what_is_drawn_is_found(self) -> None:
        low, near = (rule for rule in self.FIGURES.rules if rule.groups)
        assert (low.rule, near.rule) == ("hips-low", "feet-too-near")
        for rule in (low, near):
            assert rule.groups == 4
            assert rule.precision.value == pytest.approx(1.0, abs=0.02)
            assert rule.recall.value == pytest.approx(1.0, abs=0.05)
            assert rule.f1.low <= rule.f1.value <= rule.f1.high
            assert rule.events.tolist() == [8, 8, 8, 8]
            assert rule.event_f1.value == 1.0
            assert 0.0 <= rule.delay_s.low <= rule.delay_s.value <= rule.delay_s.high <= 1.1
            assert rule.room_good[0] > 0 > rule.room_faulty[2]
        assert self.FIGURES.hold_error.value == pytest.approx(0.0, abs=0.02)
        assert self.FIGURES.held_faulty_s.value == pytest.approx(0.0, abs=1.0)
        assert self.FIGURES.false_holds_per_min.value == 0.0

    def test_a_wrong_limit_shows(self) -> None:
        spoiled = with_limits(STRETCHES["bridge"], {Threshold("hips-low", "max"): -33.0})
        figures = evaluate(LabelledDataset(self.CLIPS, STRETCHES["bridge"]), spoiled)
        (low,) = (rule for rule in figures.rules if rule.rule == "hips-low")
        assert low.precision.value < 0.8
        assert low.precision.low < low.precision.value < low.precision.high
        assert figures.hold_error.value > 0.1

    def test_it_warns_of_too_few(self) -> None:
        assert not any("person" in warning for warning in self.FIGURES.warnings)
        nameless = [
            replace(clip, labels=tuple(replace(label, person="") for label in clip.labels)) for clip in self.CLIPS[:2]
        ]
        warnings = " | ".join(evaluate(LabelledDataset(nameless, STRETCHES["bridge"])).warnings)
        assert "only 2 clips" in warnings
        assert "name no person" in warnings
        assert "fewer than 3 clips at fault: hips-low (2)" in warnings
        assert "--personal NAME fits limits to one person's good form" in warnings
        assert "no faulty seconds are labelled for hips-high, feet-too-far" in warnings

    def test_one_clip_has_no_interval(self) -> None:
        figures = evaluate(LabelledDataset(self.CLIPS[:1], STRETCHES["bridge"]))
        assert np.isnan(figures.rules[0].f1.low)
        assert "only one person" in " ".join(figures.warnings)
        assert f"--personal {self.CLIPS[0].person} fits" in " ".join(figures.warnings)

    def test_clips_of_one_person_alone_stand_each_for_itself(self) -> None:
        hers = [clip for clip in self.CLIPS if clip.person == self.CLIPS[0].person]
        hers += [replace(clip, name=f"again-{clip.name}") for clip in hers]
        dataset = LabelledDataset(hers, STRETCHES["bridge"])
        assert (dataset.groups, dataset.unit, dataset.person) == (4, "clip", hers[0].person)
        assert any(f"all clips are of {dataset.person}" in warning for warning in evaluate(dataset).warnings)

    def test_clips_of_one_person_go_together(self) -> None:
        assert LabelledDataset(self.CLIPS, STRETCHES["bridge"]).groups == 4
        assert len(self.CLIPS) == 8

    def test_without_good_seconds(self) -> None:
        only_bad = [
            replace(clip, labels=tuple(label for label in clip.labels if label.label != GOOD)) for clip in self.CLIPS
        ]
        figures = evaluate(LabelledDataset(only_bad, STRETCHES["bridge"]))
        assert any("no good seconds" in warning for warning in figures.warnings)
        assert np.isnan(figures.rules[0].balanced.value)
        assert np.isnan(figures.hold_error.value)

    def test_clips_in_which_nobody_is_seen(self) -> None:
        clip = self.CLIPS[0]
        values = {key: np.full(len(clip.measures), np.nan) for key in clip.measures.values}
        dark = replace(clip, measures=replace(clip.measures, values=MappingProxyType(values)))
        figures = evaluate(LabelledDataset([dark, *self.CLIPS[1:]], STRETCHES["bridge"]))
        (told,) = (warning for warning in figures.warnings if "no measure of bridge is seen" in warning)
        assert dark.name in told
        assert self.CLIPS[1].name not in told

    def test_some_of_the_clips(self) -> None:
        dataset = LabelledDataset(self.CLIPS, STRETCHES["bridge"])
        some = evaluate(dataset.some([0, 4]))
        assert dataset.groups == 4
        alone = evaluate(LabelledDataset([self.CLIPS[0], self.CLIPS[4]], STRETCHES["bridge"]))
        assert repr([rule.f1 for rule in some.rules]) == repr([rule.f1 for rule in alone.rules])
        assert repr(some.hold_error) == repr(alone.hold_error)
