"""Does memory grow with the number of rows? The peak of a fresh process for many rows, less that for few."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from contestants import BY_OFFSET, OLD, RANGES, SYNC, SYNC_BY_OFFSET, Way
from figures import Report, Target, median, table
from processes import Run, drained
from rounds import Rounds

_MB = 2**20
_ALLOWED = 8.0
_AT_ONCE = 2
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of consumer, and how many rows it is given: `few` and `many`."""

    name: str
    few: int
    many: int
    ways: Sequence[Way]
    options: Sequence[str] = ("--to", "rows")


def measure(rounds: Rounds) -> Report:
    """Let each drain few rows and many, for a consumer at full speed and for a slow one."""
    rounds = rounds.fewer(_ROUNDS)
    fast = Case("at full speed", 20_000, rounds.cut(1_000_000, 100_000), (RANGES, BY_OFFSET, OLD))
    slow = Case(
        "1 ms a row",
        5_000,
        rounds.cut(60_000, 10_000),
        (SYNC, SYNC_BY_OFFSET),
        ("--to", "rows", "--pause", "0.001"),
    )
    lines, targets, bars = [], [], {}
    for case in (fast, slow):
        for way, few, many in _peaks(case, rounds):
            grown = many - few
            name = f"{way.label}, {case.name}"
            lines.append(
                (
                    name,
                    f"{case.few:,}",
                    f"{few:.1f}",
                    f"{case.many:,}",
                    f"{many:.1f}",
                    f"{grown:.1f}",
                )
            )
            bars[name] = grown
            if way.ours:
                targets.append(
                    Target(f"{name}: memory grown", "at most", _ALLOWED, grown, "{:.1f} MB")
                )
    header = ("client, consumer", "rows", "peak MB", "rows", "peak MB", "grown MB")
    plot = {
        "kind": "bars",
        "file": "memory.svg",
        "title": "Peak memory for many rows, less that for few",
        "unit": "MB",
        "bars": bars,
    }
    return Report(table(header, lines), targets, [plot])


def _peaks(case: Case, rounds: Rounds) -> list[tuple[Way, float, float]]:
    contestants = {
        (way.label, rows): partial(_drain, way, rows, case.options)
        for way in case.ways
        for rows in (case.few, case.many)
    }
    runs = rounds.of(contestants, name=f"memory, {case.name}", at_once=_AT_ONCE)
    peak = {key: median(run.client["peak"] / _MB for run in of) for key, of in runs.items()}
    return [(way, peak[way.label, case.few], peak[way.label, case.many]) for way in case.ways]


def _drain(way: Way, rows: int, options: Sequence[str], _: int) -> Run:
    spec = {"resources": {"invoices": {"rows": rows}}}
    return drained(way.client, spec, "invoices", *options, *way.options, limit=300)
