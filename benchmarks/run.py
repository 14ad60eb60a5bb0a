"""Measure this library beside others, and write docs/benchmarks.md: `run.py [PART ...]`.

Each part is a module of that name. With parts named, their tables are printed and nothing is written.
"""

import argparse
import importlib
import sys

from figures import Report, table
from rounds import Rounds

PARTS = ("cpu",)


def main() -> int:
    """Run the parts; fail if one of them could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="small sizes, for trying it out")
    chosen = parser.parse_args()
    rounds = Rounds(
        chosen.rounds, chosen.quick, lambda line: print(line, file=sys.stderr, flush=True)
    )
    for part in chosen.parts or PARTS:
        report: Report = importlib.import_module(part).measure(rounds)
        print(report.text)
        print(table(("target", "owed", "measured", ""), [target.row for target in report.targets]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
