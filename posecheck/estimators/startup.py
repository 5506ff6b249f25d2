"""Starting MediaPipe quietly, and without the plotting library that it loads for a function nobody calls here."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

STDERR = 2
"""The file descriptor that native code writes to, whatever `sys.stderr` is."""


@dataclass(slots=True)
class Chatter:
    """The output that was captured.

    Attributes:
        text: The output, complete when the block has ended. Empty if nothing was captured.
    """

    text: str = ""

    def last_line(self) -> str:
        """The last line that is not blank, or an empty string."""
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        return lines[-1] if lines else ""


@contextmanager
def starting_mediapipe() -> Iterator[Chatter]:
    """A block in which MediaPipe is imported and gets going.

    Everything written to file descriptor 2 in the block is caught: MediaPipe, TFLite and absl write there from C++,
    also from threads, so that no Python logger can be told to be quiet. It goes through, and nothing is caught, if the
    environment variable POSECHECK_DEBUG is set, or if the process has no stderr.

    Yields:
        What was caught, once the block has ended: a failure's reason is in it.
    """
    chatter = Chatter()
    finder = _DeferPyplot()
    sys.meta_path.insert(0, finder)
    try:
        if os.environ.get("POSECHECK_DEBUG") or sys.stderr is None:
            yield chatter
        else:
            with _caught_stderr(chatter):
                yield chatter
    finally:
        sys.meta_path.remove(finder)


@contextmanager
def _caught_stderr(chatter: Chatter) -> Iterator[None]:
    """File descriptor 2 goes to a file for the block; what Python had buffered goes where it belongs."""
    sys.stderr.flush()
    kept = os.dup(STDERR)
    try:
        with tempfile.TemporaryFile() as caught:
            os.dup2(caught.fileno(), STDERR)
            try:
                yield
            finally:
                sys.stderr.flush()
                os.dup2(kept, STDERR)
                caught.seek(0)
                chatter.text = caught.read().decode(errors="replace")
    finally:
        os.close(kept)


class _DeferPyplot(MetaPathFinder):
    """Lets matplotlib.pyplot load when it is first used, as `importlib.util.LazyLoader` is made for.

    MediaPipe 0.10 imports it for a drawing helper; it was 0.2 s of an import of 0.6 s.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The usual spec with a lazy loader for that one module; None, for others to find, for any other."""
        if fullname != "matplotlib.pyplot":
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec
