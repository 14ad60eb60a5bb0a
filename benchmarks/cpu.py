"""What does a page cost? Processor time of the client: big pages to JSONL, middling ones to dictionaries.

The first contact (imports, connections, token) is made before anything is measured.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from contestants import (
    BY_OFFSET,
    CHEAP,
    COMMAND,
    DLT_SOURCE,
    EXPORT,
    LOOP,
    OLD,
    RANGES,
    SYNC,
    Way,
)
from figures import Report, Target, median, ratio, table, times
from processes import Run, drained, server_note
from rounds import Rounds

_ROWS = 50


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of page, and the ways to read it; `pages` many in each run."""

    name: str
    size: str
    to: str
    pages: int
    ways: Sequence[Way]


BIG = Case(
    "big pages (0.9 MB) to JSONL",
    "large",
    "jsonl",
    100,
    (CHEAP, RANGES, BY_OFFSET, SYNC, EXPORT, COMMAND, OLD, LOOP, DLT_SOURCE),
)
MIDDLING = Case(
    "60 KB pages to dictionaries",
    "medium",
    "rows",
    400,
    (CHEAP, RANGES, BY_OFFSET, SYNC, OLD, LOOP, DLT_SOURCE),
)


def measure(rounds: Rounds) -> Report:
    """Let every way read the same pages, one after the other, round after round."""
    runs = {case.name: _runs(case, rounds) for case in (BIG, MIDDLING)}
    big, middling = (_milliseconds(runs[case.name]) for case in (BIG, MIDDLING))
    ours, sync = (_rows_a_second(runs[BIG.name][way.label]) for way in (RANGES, SYNC))
    targets = [
        Target("big pages to JSONL: CPU, of the cheapest", "at most", 2.2, _of(big, CHEAP)),
        Target("big pages to JSONL: CPU, of 0.1.0", "at most", 0.2, _of(big, OLD)),
        Target("60 KB pages to dictionaries: CPU, of 0.1.0", "at most", 0.45, _of(middling, OLD)),
        Target(
            "big pages to JSONL: throughput of sync, of async", "at least", 0.9, ratio(sync, ours)
        ),
    ]
    blocks = [f"**{name}**\n\n{_table(of)}" for name, of in runs.items()]
    blocks.append(
        server_note([run for of in runs.values() for each in of.values() for run in each])
    )
    plots = [
        {
            "kind": "bars",
            "file": f"cpu-{case.size}.svg",
            "title": f"Processor time a page: {case.name}",
            "unit": "ms",
            "bars": {label: median(cost) for label, cost in _milliseconds(runs[case.name]).items()},
        }
        for case in (BIG, MIDDLING)
    ]
    return Report("\n\n".join(blocks), targets, plots)


def _runs(case: Case, rounds: Rounds) -> dict[str, list[Run]]:
    pages = rounds.cut(case.pages, 20)
    spec = {
        "resources": {
            "invoices": {"rows": pages * _ROWS, "size": case.size, "gzip": True},
            "few": {"rows": _ROWS, "size": case.size, "gzip": True},
        }
    }
    options = ("--to", case.to, "--warm-up", "few")

    def run(way: Way, _: int) -> Run:
        with tempfile.TemporaryDirectory() as scratch:
            out = str(Path(scratch, "rows.jsonl"))
            return drained(way.client, spec, "invoices", *options, "--out", out, *way.options)

    return rounds.of({way.label: partial(run, way) for way in case.ways}, name=case.name)


def _table(runs: dict[str, list[Run]]) -> str:
    cost = _milliseconds(runs)
    rows = [
        (
            label,
            f"{median(cost[label]):.2f}",
            times(ratio(cost[label], cost[CHEAP.label])),
            times(ratio(cost[label], cost[OLD.label])),
            f"{median(_rows_a_second(of)):,.0f}",
            f"{median(run.busy for run in of):.0%}",
        )
        for label, of in runs.items()
    ]
    header = ("client", "ms a page", "of the cheapest", "of 0.1.0", "rows/s", "server busy")
    return table(header, rows)


def _milliseconds(runs: dict[str, list[Run]]) -> dict[str, list[float]]:
    return {
        label: [1000 * run.client["cpu"] / run.client["rows"] * _ROWS for run in of]
        for label, of in runs.items()
    }


def _of(cost: dict[str, list[float]], way: Way) -> float:
    return ratio(cost[RANGES.label], cost[way.label])


def _rows_a_second(runs: list[Run]) -> list[float]:
    return [run.client["rows"] / run.client["wall"] for run in runs]
