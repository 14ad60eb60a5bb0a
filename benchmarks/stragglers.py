"""Does a slow answer hold up others? 400 full pages without a limit, 100 ms each, one in twenty 2 s."""

import heapq
from collections.abc import Sequence
from functools import partial

from contestants import BY_OFFSET, OLD, RANGES, Way
from figures import Report, Target, median, table
from processes import Run, drained, server_note
from rounds import Rounds

SLOTS = 20
_ALLOWED = 1.15
_AT_ONCE = 2


def measure(rounds: Rounds) -> Report:
    """Let each drain the same pages; the list schedule is that of its own requests' durations."""
    rows = rounds.cut(20_000, 5_000)
    contestants = {way.label: partial(_drain, way, rows) for way in (RANGES, BY_OFFSET, OLD)}
    runs = rounds.of(contestants, name="stragglers", at_once=_AT_ONCE)
    targets = [
        Target(
            f"{way.label}: time, of the list schedule", "at most", _ALLOWED, _of(runs[way.label])
        )
        for way in (RANGES, BY_OFFSET)
    ]
    lines = [
        (
            label,
            f"{median(run.server['requests'] for run in of):.0f}",
            f"{median(map(_schedule, of)):.2f}",
            f"{median(run.took for run in of):.2f}",
            f"{_of(of):.2f} x",
        )
        for label, of in runs.items()
    ]
    text = table(("client", "requests", "list schedule, s", "s", "of the schedule"), lines)
    note = server_note([run for of in runs.values() for run in of])
    plot = {
        "kind": "bars",
        "file": "stragglers.svg",
        "title": "Stragglers: time, as a multiple of the list schedule",
        "unit": "x",
        "bars": {label: _of(of) for label, of in runs.items()},
        "line": {"at": 1.0, "label": "list schedule"},
    }
    return Report(f"{text}\n\n{note}", targets, [plot])


def list_schedule(durations: Sequence[float], slots: int) -> float:
    """Return when the last of some jobs ends, each begun as soon as one of the slots is free."""
    free = [0.0] * slots
    for duration in durations:
        heapq.heapreplace(free, free[0] + duration)
    return max(free)


def _drain(way: Way, rows: int, number: int) -> Run:
    spec = {
        "resources": {"invoices": {"rows": rows}},
        "temper": {"latency": 0.1, "straggling": 0.05, "straggle": 2.0, "seed": number},
    }
    return drained(way.client, spec, "invoices", "--slots", str(SLOTS), *way.options)


def _schedule(run: Run) -> float:
    return list_schedule(run.server["durations"], SLOTS)


def _of(runs: Sequence[Run]) -> float:
    return median(run.took / _schedule(run) for run in runs)
