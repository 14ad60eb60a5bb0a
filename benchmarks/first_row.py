"""How soon does the first row come? Counted in round trips, each of which takes the server 200 ms."""

from collections.abc import Sequence
from functools import partial

from contestants import BY_OFFSET, DLT_SOURCE, LOOP, OLD, RANGES, Way
from figures import Report, Target, median, table
from processes import Run, drained
from rounds import Rounds

LATENCY = 0.2
_ROWS = 5_000


def measure(rounds: Rounds) -> Report:
    """Take one row with a new client, and one with a client that holds a token and a connection."""
    ways = (RANGES, BY_OFFSET, OLD, LOOP, DLT_SOURCE)
    cold = rounds.of({w.label: partial(_first, w, ()) for w in ways}, name="first row, new client")
    warm = rounds.of(
        {way.label: partial(_first, way, ("--warm-up", "few")) for way in ways},
        name="first row, token at hand",
    )
    lines = [
        (way.label, *(f"{_trips(runs[way.label]):.2f}" for runs in (cold, warm))) for way in ways
    ]
    targets = [
        Target(f"{way.label}: round trips to the first row{case}", "at most", owed, trips, "{:.0f}")
        for way in (RANGES, BY_OFFSET)
        for case, owed, trips in (
            ("", 2, round(_trips(cold[way.label]))),
            (", token at hand", 1, round(_trips(warm[way.label]))),
        )
    ]
    return Report(table(("client", "new", "token at hand"), lines), targets)


def _first(way: Way, options: Sequence[str], _: int) -> Run:
    spec = {
        "resources": {"invoices": {"rows": _ROWS}, "few": {"rows": 50}},
        "temper": {"latency": LATENCY},
    }
    return drained(way.client, spec, "invoices", "--to", "first", *options, *way.options)


def _trips(runs: Sequence[Run]) -> float:
    return median(run.client["wall"] / LATENCY for run in runs)
