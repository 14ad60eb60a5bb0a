"""What does a page cost? Processor time of the client: big pages to JSONL, middling ones to dictionaries.

The first contact (imports, connections, token) is made before anything is measured.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from figures import Report, Target, median, table, times
from peers import CHEAPEST, DLT, OURS, PLAIN_LOOP, PUBLISHED, Client
from processes import Run, drained
from rounds import Rounds

_ROWS = 50


@dataclass(frozen=True, slots=True)
class Way:
    """One client used in one way."""

    label: str
    client: Client
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of page, and the ways to read it; `pages` many in each run."""

    name: str
    size: str
    to: str
    pages: int
    ways: Sequence[Way]


_AUTO = ("--paging", "auto")
CHEAP = Way("cheapest possible", CHEAPEST)
ASYNC = Way("this library, async", OURS, _AUTO)
SYNC = Way("this library, sync", OURS, ("--face", "sync", *_AUTO))
BY_OFFSET = Way("this library, async, by offset", OURS)
OLD = Way("0.1.0, async", PUBLISHED)
LOOP = Way("plain loop on httpx2", PLAIN_LOOP)
DLT_SOURCE = Way("dlt's REST source", DLT)

BIG = Case(
    "big pages (0.9 MB) to JSONL",
    "large",
    "jsonl",
    100,
    (
        CHEAP,
        ASYNC,
        BY_OFFSET,
        SYNC,
        Way("this library, export()", OURS, ("--face", "export", *_AUTO)),
        Way("this library, coupa export", OURS, ("--face", "command", *_AUTO)),
        OLD,
        LOOP,
        DLT_SOURCE,
    ),
)
MIDDLING = Case(
    "60 KB pages to dictionaries",
    "medium",
    "rows",
    400,
    (CHEAP, ASYNC, BY_OFFSET, SYNC, OLD, LOOP, DLT_SOURCE),
)


def measure(rounds: Rounds) -> Report:
    """Let every way read the same pages, one after the other, round after round."""
    runs = {case.name: _runs(case, rounds) for case in (BIG, MIDDLING)}
    big, middling = (_milliseconds(runs[case.name]) for case in (BIG, MIDDLING))
    ours, sync = (_rows_a_second(runs[BIG.name][way.label]) for way in (ASYNC, SYNC))
    targets = [
        Target(
            "big pages to JSONL, against the cheapest", "at most", 2.2, _ratio(big, ASYNC, CHEAP)
        ),
        Target("big pages to JSONL, against 0.1.0", "at most", 0.2, _ratio(big, ASYNC, OLD)),
        Target(
            "60 KB pages to dictionaries, against 0.1.0",
            "at most",
            0.45,
            _ratio(middling, ASYNC, OLD),
        ),
        Target("throughput of sync, against async", "at least", 0.9, sync / ours),
    ]
    text = "\n\n".join(f"**{name}**\n\n{_table(of)}" for name, of in runs.items())
    plots = [
        {
            "kind": "bars",
            "file": f"cpu-{case.size}.svg",
            "title": f"Processor time a page: {case.name}",
            "unit": "ms",
            "bars": _milliseconds(runs[case.name]),
        }
        for case in (BIG, MIDDLING)
    ]
    return Report(text, targets, plots)


def _runs(case: Case, rounds: Rounds) -> dict[str, list[Run]]:
    pages = rounds.cut(case.pages, 5)
    spec = {
        "resources": {
            "invoices": {"rows": pages * _ROWS, "size": case.size, "gzip": True},
            "few": {"rows": _ROWS, "size": case.size, "gzip": True},
        }
    }
    with tempfile.TemporaryDirectory() as scratch:
        options = ("--to", case.to, "--warm-up", "few", "--out", str(Path(scratch, "rows.jsonl")))

        def run(way: Way) -> Run:
            return drained(way.client, spec, "invoices", *options, *way.options)

        return rounds.of({way.label: lambda way=way: run(way) for way in case.ways}, name=case.name)


def _table(runs: dict[str, list[Run]]) -> str:
    cost = _milliseconds(runs)
    rows = [
        (
            label,
            f"{cost[label]:.2f}",
            times(cost[label], cost[CHEAP.label]),
            times(cost[label], cost[OLD.label]),
            f"{_rows_a_second(of):,.0f}",
            f"{median(_busy(run) for run in of):.0%}",
        )
        for label, of in runs.items()
    ]
    header = ("client", "ms a page", "of the cheapest", "of 0.1.0", "rows/s", "server busy")
    return table(header, rows)


def _milliseconds(runs: dict[str, list[Run]]) -> dict[str, float]:
    return {
        label: 1000 * median(run.client["cpu"] / run.client["rows"] * _ROWS for run in of)
        for label, of in runs.items()
    }


def _ratio(cost: dict[str, float], way: Way, of: Way) -> float:
    return cost[way.label] / cost[of.label]


def _rows_a_second(runs: list[Run]) -> float:
    return median(run.client["rows"] / run.client["wall"] for run in runs)


def _busy(run: Run) -> float:
    return run.server["cpu"] / max(run.server["elapsed"], 1e-9)
