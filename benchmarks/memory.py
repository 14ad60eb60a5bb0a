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
_SLOW = ("--pause", "0.001")


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of rows and consumer, and how many rows it is given: `few` and `many`."""

    name: str
    few: int
    many: int
    ways: Sequence[Way]
    widest_gap: int = 1
    size: str = "small"
    options: Sequence[str] = ()


def measure(rounds: Rounds) -> Report:
    """Let each drain few rows and many, for a consumer at full speed and for a slow one."""
    rounds = rounds.fewer(_ROUNDS)
    many, slow = rounds.cut(1_000_000, 100_000), rounds.cut(30_000, 10_000)
    grown: dict[str, float] = {}
    lines, targets = [], []
    for case in (
        Case("at full speed", 20_000, many, (RANGES, BY_OFFSET, OLD)),
        Case("at full speed, sparse ids", 20_000, many, (RANGES, BY_OFFSET), widest_gap=200),
        Case("1 ms a row", 5_000, slow, (SYNC, SYNC_BY_OFFSET), size="medium", options=_SLOW),
    ):
        for way, low, high in _peaks(case, rounds):
            name = f"{way.label}, {case.name}"
            grown[name] = high - low
            sizes = (f"{case.few:,}", f"{low:.1f}", f"{case.many:,}", f"{high:.1f}")
            lines.append((name, *sizes, f"{grown[name]:.1f}"))
            if way.ours:
                what = f"{name}: memory grown"
                targets.append(Target(what, "at most", _ALLOWED, grown[name], "{:.1f} MB"))
    header = ("client, consumer", "rows", "peak MB", "rows", "peak MB", "grown MB")
    plot = {
        "kind": "bars",
        "file": "memory.svg",
        "title": "Peak memory for many rows, less that for few",
        "unit": "MB",
        "bars": grown,
    }
    return Report(table(header, lines), targets, [plot])


def _peaks(case: Case, rounds: Rounds) -> list[tuple[Way, float, float]]:
    contestants = {
        (way.label, rows): partial(_drain, way, rows, case)
        for way in case.ways
        for rows in (case.few, case.many)
    }
    runs = rounds.of(contestants, name=f"memory, {case.name}", at_once=_AT_ONCE)
    peak = {key: median(run.client["peak"] / _MB for run in of) for key, of in runs.items()}
    return [(way, peak[way.label, case.few], peak[way.label, case.many]) for way in case.ways]


def _drain(way: Way, rows: int, case: Case, _: int) -> Run:
    invoices = {"rows": rows, "widest_gap": case.widest_gap, "size": case.size}
    spec = {"resources": {"invoices": invoices}}
    options = ("--to", "rows", *case.options, *way.options)
    return drained(way.client, spec, "invoices", *options, limit=300)
