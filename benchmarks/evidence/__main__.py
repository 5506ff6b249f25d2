"""The command behind ``scripts/evidence``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import evidence

PAGES = Path(__file__).parents[2] / "docs" / "evidence"


def main(arguments: Sequence[str] | None = None, *, package: str = evidence.__name__, pages: Path = PAGES) -> int:
    """Run one piece of evidence.

    Returns:
        0 if the claim holds, 1 if it does not, or if a full run lacks its material. A slice without its material is
        0: a fresh clone has no photographs of people, and says so. So is the slice of a claim about speed.
    """
    parser = argparse.ArgumentParser(prog="scripts/evidence", description="Run evidence and renew its page.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("name", nargs="?", choices=evidence.names(package))
    what.add_argument("--list", action="store_true", help="list the names")
    parser.add_argument("--slice", action="store_true", help="a part within a minute, writing nothing")
    options = parser.parse_args(arguments)
    if options.list:
        print(*evidence.names(package), sep="\n")
        return 0

    began = time.monotonic()
    try:
        result = evidence.load(options.name, package)(options.slice)
    except evidence.MaterialMissingError as missing:
        print(f"{options.name}: not run: {missing}")
        return 0 if options.slice else 1
    took_s = time.monotonic() - began

    print(f"{result.title}\n{result.claim}\n\n{evidence.table(result)}\n")
    verdict = "holds" if result.holds else "DOES NOT HOLD"
    if options.slice and result.timed:
        verdict = "ran; how fast is judged by a full run"
    print(f"{options.name}: {verdict} ({took_s:.0f} s)")
    if options.slice:
        if took_s > evidence.SLICE_LIMIT_S:
            print(f"{options.name}: a slice should take {evidence.SLICE_LIMIT_S:.0f} s at most: make it smaller")
        return 0 if result.holds or result.timed else 1
    target = pages / f"{options.name}.md"
    evidence.write(evidence.page(result, ["scripts/evidence", options.name]), target)
    print(f"wrote {target}")
    return 0 if result.holds else 1


if __name__ == "__main__":
    sys.exit(main())
