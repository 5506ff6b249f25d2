"""``python -m benchmarks.accuracy`` is ``scripts/evidence accuracy``; with ``--slice`` it writes nothing."""

from __future__ import annotations

import sys

from benchmarks.evidence.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["accuracy", *sys.argv[1:]]))
