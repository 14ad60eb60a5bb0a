"""Measure this library beside others, and write docs/benchmarks.md: `run.py [PART ...]`.

Each part is the module of that name. With some parts named, or sizes cut, what was measured is printed
and no page is written. Needs a package index the first time.
"""

import argparse
import importlib
import sys
import time
from pathlib import Path

from figures import Report
from page import PARTS, owed, verdict, written
from peers import ROOT, prepare
from rounds import Rounds


def measured(parts: list[str], rounds: Rounds) -> dict[str, Report]:
    """Measure one part after the other; what fails is told, and left out."""
    reports: dict[str, Report] = {}
    for part in parts:
        started = time.monotonic()
        try:
            reports[part] = importlib.import_module(part).measure(rounds)
        except RuntimeError as error:
            rounds.tell(f"{part} was not measured: {error}")
            continue
        rounds.tell(f"{part} took {time.monotonic() - started:.0f} s")
        print(f"\n{part}\n\n{reports[part].text}", flush=True)
    return reports


def main() -> int:
    """Run the parts; fail if one of them could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="small sizes, to try it out")
    parser.add_argument("--docs", type=Path, help="write the page there; docs by default")
    chosen = parser.parse_args()
    parts = chosen.parts or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    rounds = Rounds(
        chosen.rounds, chosen.quick, lambda line: print(line, file=sys.stderr, flush=True)
    )
    prepare(rounds.tell)
    reports = measured(parts, rounds)
    print(f"\n{owed(reports)}\n\n{verdict(reports)}")
    whole = set(reports) == set(PARTS)
    if whole and (chosen.docs or not chosen.quick):
        print(f"written: {written(chosen.docs or ROOT / 'docs', reports, rounds.count).name}")
    elif not chosen.parts:
        print("no page is written" if whole else "no page is written: a part is missing")
    return len(reports) < len(parts)


if __name__ == "__main__":
    sys.exit(main())
