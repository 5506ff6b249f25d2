"""Renders a scene into a clip: frames on several processes, encoded as they come."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from samples.studio.assets import body_data
from samples.studio.figure import Figure
from samples.studio.looks import clothes, person
from samples.studio.renderer import Actor, Renderer
from samples.studio.rooms import room
from samples.studio.scene import Scene, build
from samples.studio.script import load_script

Progress = Callable[[int, int], None]
"""Called with the frames done and all there are."""

_CHUNK = 8
_WAITING = 4
QUALITY = "25"
"""x264's constant rate factor: 90 to 200 KB for 12 s."""


class Studio:
    """Draws the frames of one scene, in this process."""

    def __init__(self, scene: Scene, data: Path) -> None:
        script, actor = scene.script, None
        if scene.puppet is not None:
            who, worn = person(script.person), clothes(script.clothes)
            actor = Actor(scene.puppet, Figure(scene.puppet, who, worn, data), who, worn)
        self._scene = scene
        self._renderer = Renderer(room(script.room), scene.camera, scene.side, script.seed, actor)

    def frame(self, number: int) -> Any:
        """(H, W, 3) uint8, RGB: a frame of the clip."""
        return self.at(number, float(self._scene.times_s[number]))

    def at(self, number: int, time_s: float) -> Any:
        """The same at any time; `number` seeds the camera's noise."""
        timeline = self._scene.timeline
        if timeline is None:
            return self._renderer.frame(number, None)
        return self._renderer.frame(number, timeline.stance(time_s), timeline.breath(time_s))

    def close(self) -> None:
        """Gives the graphics memory back."""
        self._renderer.release()


def render(path: Path, folder: Path, *, processes: int, progress: Progress) -> tuple[Path, Path]:
    """Renders a script's clip and its truth.

    Args:
        path: The script.
        folder: Where ``NAME.mp4`` and ``NAME.truth.json`` go.
        processes: How many draw at a time; the frames are the same for any number.
        progress: Told as frames are done.

    Returns:
        The clip and the truth.
    """
    script = load_script(path)
    scene = build(script, body_data())
    clip, truth = folder / f"{path.stem}.mp4", folder / f"{path.stem}.truth.json"
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = clip.with_name(f"{path.stem}.part.mp4")
    try:
        encode(unfinished, scene, _frames(path, len(scene.times_s), processes), progress)
        scene.truth(clip.name).write(truth)
        unfinished.replace(clip)
    finally:
        unfinished.unlink(missing_ok=True)
    return clip, truth


def encode(path: Path, scene: Scene, frames: Iterator[Any], progress: Progress) -> None:
    """Writes frames as H.264, each with its own presentation time."""
    import av

    script, times = scene.script, scene.times_s
    turns = script.turned_deg // 90
    tick = Fraction(1, 1000) if script.fps == "variable" else 1 / Fraction(script.fps).limit_denominator(1001)
    with av.open(path, "w", options={"movflags": "+faststart"}) as container:
        rate = 25 if script.fps == "variable" else round(script.fps)
        options = {"crf": QUALITY, "preset": "slow", "threads": "1"}
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height = script.size if turns % 2 == 0 else script.size[::-1]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = tick
        stream.codec_context.gop_size = 250
        if turns:
            stream.set_display_rotation(script.turned_deg)
        for number, picture in enumerate(frames):
            stored = np.ascontiguousarray(np.rot90(picture, -turns)) if turns else picture
            frame = av.VideoFrame.from_ndarray(stored, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = round(times[number] / tick), tick
            container.mux(stream.encode(frame))
            progress(number + 1, len(times))
        container.mux(stream.encode(None))


def _frames(path: Path, count: int, processes: int) -> Iterator[Any]:
    """The frames in order, drawn in chunks by worker processes that each set up the scene once."""
    chunks = [range(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]
    with ProcessPoolExecutor(processes, get_context("spawn"), _set_up, (str(path),)) as pool:
        waiting: list[Future[Any]] = []
        for chunk in chunks:
            waiting.append(pool.submit(_draw, chunk))
            if len(waiting) > _WAITING * processes:
                yield from waiting.pop(0).result()
        for future in waiting:
            yield from future.result()


_worker: dict[str, Studio] = {}


def _set_up(path: str) -> None:
    # One thread for each process: the processes already share the cores. Read when the first context is made.
    os.environ["LP_NUM_THREADS"] = "0"
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    data = body_data()
    _worker["studio"] = Studio(build(load_script(Path(path)), data), data)


def _draw(chunk: range) -> list[Any]:
    return [_worker["studio"].frame(number) for number in chunk]
