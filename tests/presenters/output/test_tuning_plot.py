"""What tuning's pictures say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from posecheck.measures.measurer import measure
from posecheck.pose.landmarks import Poses
from posecheck.presenters.output import tuning_plot
from posecheck.presenters.output.tuning_plot import plot_all
from posecheck.rules.limits import Threshold, rule_names, with_limits
from posecheck.storage.rule_files import load_stretch
from posecheck.tuning.dataset import LabelledDataset
from posecheck.tuning.joint_search import together
from posecheck.tuning.labels import GOOD, Label, LabelledClip
from posecheck.tuning.threshold_search import propose
from tests.support.labelled import BODIES, HELD_S, SURE_S, clips_of, labelled

SPOILED = with_limits(load_stretch("bridge"), {Threshold("hips-low", "max"): -3.0})


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Draws, and gives the figures by the name of their file."""

    def draw(*clips: LabelledClip, rules: bool = False) -> dict[str, Figure]:
        figures: dict[str, Figure] = {}
        monkeypatch.setattr(tuning_plot, "save", lambda figure, path, another: figures.update({path.name: figure}))
        dataset = LabelledDataset(clips, SPOILED)
        proposals = propose(dataset) if rules else []
        plot_all(tmp_path, dataset, proposals, together(dataset, proposals))
        return figures

    return draw


def words(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    told = [
        axes.get_title("left"),
        axes.get_title("right"),
        axes.get_xlabel(),
        *(text.get_text() for text in axes.texts),
    ]
    return [*told, *([] if legend is None else (text.get_text() for text in legend.get_texts()))]


def test_clips_of_one_name_have_pictures_of_their_own(drawn) -> None:
    (clip,) = clips_of("hips-low", bodies=BODIES[:1])
    named = [replace(clip, name=name) for name in ("ada/monday.mp4", "ben/monday.mp4", "ben/friday.mp4")]
    assert drawn(*named).keys() == {"clip-ada-monday.mp4.png", "clip-ben-monday.mp4.png", "clip-friday.png"}


def test_a_rule_is_told_in_words_of_what_is_good(drawn) -> None:
    above, below = drawn(*clips_of("hips-low", bodies=BODIES[:3]), rules=True)["rule-hips-low.png"].axes
    assert "the bars of each colour add up to 1" in words(above)
    assert "how well hips-low would be told if the limit lay at each value, and all above were named" in words(below)
    assert "now good: at most -3°" in words(below)
    assert "does as well" in words(below)
    assert sum(word.startswith("proposed: at most -") for word in words(below)) == 1


@pytest.mark.parametrize("every", [1, 3])
def test_bars_are_shares_of_seconds_however_many_pictures_a_clip_has(drawn, every: int) -> None:
    (first,) = clips_of("hips-low", bodies=BODIES[:1])
    poses, labels = labelled("hips-low", BODIES[1])
    second = LabelledClip(labels[0].clip, measure(Poses.stack(poses[::every])), tuple(labels))
    above = drawn(first, second, rules=True)["rule-hips-low.png"].axes[0]
    shares = [[bar.get_height() for bar in bars] for bars in above.containers]
    assert [sum(each) for each in shares] == pytest.approx([1.0, 1.0])
    # Each of the two holds each posture twice, for as long as the other does.
    both_s = 2 * 2 * (HELD_S - 2 * SURE_S)
    seconds = [float(word.split()[-2]) for word in words(above) if word.startswith(("good, ", "at fault, "))]
    assert seconds == pytest.approx([both_s, both_s], abs=0.6)


def test_a_clip_tells_which_measures_it_leaves_out(drawn) -> None:
    (clip,) = clips_of("hips-low", bodies=BODIES[:1])
    *measures, bars = drawn(clip)["clip-hips-low-ada.png"].axes
    shown = [axes.get_title("left").split(":")[0] for axes in measures]
    assert (shown[0], len(shown)) == ("hips-low", 4)
    label, *note = bars.get_xlabel().split("\n")
    assert label == "seconds"
    start, names = " ".join(note).split(": ")
    assert start == "not drawn, as they are neither labelled nor named in this clip"
    assert names.split(", ") == [name for name in rule_names(SPOILED) if name not in shown]


def test_every_measure_whose_fault_is_labelled_is_drawn(drawn) -> None:
    (clip,) = clips_of("hips-low", bodies=BODIES[:1])
    names = rule_names(SPOILED)
    labels = [replace(clip.labels[1], label=name) for name in names]
    *measures, bars = drawn(replace(clip, labels=(clip.labels[0], *labels)))["clip-hips-low-ada.png"].axes
    assert [axes.get_title("left").split(":")[0] for axes in measures] == names
    assert bars.get_xlabel() == "seconds"


def test_a_clip_with_nobody_in_it_says_so(drawn) -> None:
    (clip,) = clips_of("hips-low", bodies=BODIES[:1])
    poses, _ = labelled("hips-low", BODIES[0])
    nobody = measure(Poses.stack([replace(pose, landmarks=None, world=None, outline=None) for pose in poses]))
    spans = ((1.0, 2.0, GOOD), (3.0, 4.0, "hips-low"))
    labels = tuple(Label("empty.mp4", start_s, end_s, "bridge", "", label) for start_s, end_s, label in spans)
    figures = drawn(clip, LabelledClip("empty.mp4", nobody, labels))
    *measures, _ = figures["clip-empty.png"].axes
    for axes in measures:
        assert "not seen: nobody was found in this clip" in words(axes)
        low, high = axes.get_ylim()
        assert high - low >= 0.1  # no enlarging of nothing
    assert not any("not seen" in word for axes in figures["clip-hips-low-ada.png"].axes for word in words(axes))
