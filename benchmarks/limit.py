"""How close to the rate limit? 400 pages behind a bucket of 25 requests/s and 20 at once.

Latency, jitter and the bucket are the server's; one server refuses what is too much, another queues it.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from contestants import BY_OFFSET, OLD, RANGES, Way
from figures import Report, Target, median, table
from processes import Run, drained
from rounds import Rounds

RATE, BURST, LATENCY = 25, 20, 0.15
_AT_ONCE = 4
_ALLOWED, _LATENCIES = 1.03, 4
_EXCESS = ("refused", "queued")


def measure(rounds: Rounds) -> Report:
    """Let 0.1.0 and both ways of paging drain behind both kinds of server."""
    rows = rounds.cut(20_000, 2_000)
    contestants = {
        f"{way.label} ({excess})": partial(_drain, way, excess, rows)
        for excess in _EXCESS
        for way in (RANGES, BY_OFFSET, OLD)
    }
    runs = rounds.of(contestants, name="limit", at_once=_AT_ONCE)
    targets = [
        target
        for excess in _EXCESS
        for way in (RANGES, BY_OFFSET)
        for target in _targets(f"{way.label} ({excess})", runs[f"{way.label} ({excess})"])
    ]
    plot = {
        "kind": "bars",
        "file": "limit.svg",
        "title": f"{rows:,} rows behind 25 requests/s: seconds over what the limit allows",
        "unit": "x",
        "bars": {
            label: median(run.client["wall"] / floor(run) for run in of)
            for label, of in runs.items()
        },
        "line": {"at": 1.0, "label": "the limit"},
    }
    return Report(_table(runs), targets, [plot])


def _drain(way: Way, excess: str, rows: int, number: int) -> Run:
    spec = limited({"invoices": rows}, excess=excess, seed=number)
    return drained(way.client, spec, "invoices", "--rate", str(RATE), *way.options, limit=300)


def limited(rows: Mapping[str, int], **temper: object) -> dict[str, object]:
    """Describe a server of resources with so many rows, behind the limit that Coupa documents."""
    resources = {name: {"rows": count} for name, count in rows.items()}
    latency = {"latency": LATENCY, "sigma": 0.5, "jitter": 0.06}
    return {"resources": resources, "temper": {**latency, "rate": RATE, "burst": BURST, **temper}}


def floor(run: Run) -> float:
    """Return the seconds that the limit makes of a run's requests; the token call is not one of them."""
    return max(0.0, run.server["requests"] - BURST) / RATE


def _targets(label: str, runs: Sequence[Run]) -> list[Target]:
    allowed = [run.client["wall"] / (_ALLOWED * floor(run) + _LATENCIES * LATENCY) for run in runs]
    refused = max(run.server["refused"] for run in runs)
    time = f"{label}: time, of 1.03 x the limit's plus 4 latencies"
    return [
        Target(time, "at most", 1.0, median(allowed), "{:.3f} x"),
        Target(f"{label}: answers 429, most in a round", "at most", 0, refused, "{:.0f}"),
    ]


def _table(runs: Mapping[str, Sequence[Run]]) -> str:
    rows = [
        (
            label,
            f"{median(run.server['requests'] for run in of):.0f}",
            f"{median(run.server['refused'] for run in of):.0f}",
            f"{max(run.server['refused'] for run in of)}",
            f"{median(floor(run) for run in of):.2f}",
            f"{median(run.client['wall'] for run in of):.2f}",
            f"{median(run.client['wall'] / floor(run) for run in of):.3f} x",
        )
        for label, of in runs.items()
    ]
    header = (
        "client (what is too much)",
        "requests",
        "429",
        "429, most",
        "the limit's s",
        "s",
        "of the limit's",
    )
    return table(header, rows)
