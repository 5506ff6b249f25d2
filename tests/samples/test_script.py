from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("studio_extra")

SCRIPTS = Path(__file__).parents[2] / "samples" / "scripts"
MINIMAL = 'shows = "x"\nperson = "mina"\nseed = 1\n[[steps]]\nkey = "bridge.up"\nstay_s = 2.0\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "clip.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_script_is_sound_and_as_long_as_a_clip_should_be(path: Path) -> None:
    from samples.studio.script import load_script

    script = load_script(path)
    assert 10.0 <= script.duration_s <= (60.0 if path.stem == "all-three" else 20.0)
    assert script.size in ((640, 360), (360, 640))


def test_every_fault_of_the_rule_files_has_its_clip() -> None:
    from posecheck.storage.rule_files import list_stretches

    for listed in list_stretches():
        assert listed.stretch is not None
        for rule in (*listed.stretch.rules, *listed.stretch.swing_rules):
            assert (SCRIPTS / f"{listed.stretch.name}-{rule.name}.toml").exists(), rule.name


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"mina"', '"nina"'), "person 'nina' is not one of mina"),
        (('"bridge.up"', '"bridge.down"'), "key 'bridge.down' is not one of bridge.rest, bridge.up"),
        (("stay_s", "stays"), "Extra inputs are not permitted"),
        (("stay_s = 2.0", 'stay_s = 2.0\nfault = "hips-slow"'), "fault 'hips-slow' is not one of"),
        (("stay_s = 2.0", "aims = { elbow_lead = 1.0 }"), "bridge has no aim 'elbow_lead'"),
        (("stay_s = 2.0", "stay_s = -1.0"), "greater than or equal to 0"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    from samples.studio.errors import ScriptError
    from samples.studio.script import load_script

    path = write(tmp_path, MINIMAL.replace(*change))
    with pytest.raises(ScriptError) as failure:
        load_script(path)
    assert str(path) in str(failure.value)
    assert said in str(failure.value)


def test_a_fault_changes_the_measure_it_is_named_for(tmp_path: Path) -> None:
    from samples.studio.script import load_script

    text = MINIMAL + '[[steps]]\nkey = "bridge.up"\nfault = "hips-low"\nsize = -12\n'
    good, faulty = (step.resolved("L") for step in load_script(write(tmp_path, text)).steps)
    assert faulty.aims == good.aims | {"trunk_pitch": -12}


def test_an_uneven_pace_has_uneven_times_to_the_millisecond(tmp_path: Path) -> None:
    import numpy as np

    from samples.studio.scene import times_of
    from samples.studio.script import load_script

    script = load_script(write(tmp_path, 'fps = "variable"\n' + MINIMAL))
    times = times_of(script)
    steps = np.diff(times)
    assert len(set(steps.round(3))) > 3
    assert np.all(steps > 0.03)
    assert times[-1] < script.duration_s
    assert np.array_equal(times, times_of(script))
