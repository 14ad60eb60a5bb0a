"""What if somebody else uses the same limit? A second client takes 10 of the 25 requests/s all the time."""

from functools import partial

from contestants import BY_OFFSET, OLD, RANGES, Way
from figures import Report, Target, median, table
from limit import BURST, RATE, limited
from processes import Run, drained
from rounds import Rounds

NEIGHBOUR = 10
_AT_ONCE = 3


def measure(rounds: Rounds) -> Report:
    """Let each drain beside the neighbour."""
    rows = rounds.cut(20_000, 2_000)
    contestants = {way.label: partial(_drain, way, rows) for way in (RANGES, BY_OFFSET, OLD)}
    runs = rounds.of(contestants, name="neighbour", at_once=_AT_ONCE)
    targets = []
    for way in (RANGES, BY_OFFSET):
        of = runs[way.label]
        share, refused = median(map(_share, of)), median(map(_refused, of))
        targets += [
            Target(f"{way.label}: of what a neighbour leaves", "at least", 0.9, share, "{:.1%}"),
            Target(f"{way.label}: refused meanwhile", "at most", 0.01, refused, "{:.2%}"),
        ]
    lines = [
        (
            label,
            f"{median(run.server['requests'] for run in of):.0f}",
            f"{median(map(_refused, of)):.2%}",
            f"{median(run.took for run in of):.1f}",
            f"{median(map(_share, of)):.1%}",
            f"{median(map(_served, of)):.1%}",
        )
        for label, of in runs.items()
    ]
    header = ("client", "requests", "of them 429", "s", "of what is left", "neighbour served")
    return Report(table(header, lines), targets)


def _drain(way: Way, rows: int, number: int) -> Run:
    spec = limited({"invoices": rows}, neighbour=NEIGHBOUR, seed=number)
    return drained(way.client, spec, "invoices", "--rate", str(RATE), *way.options, limit=400)


def _share(run: Run) -> float:
    """Return the requests that were served, of those that fit beside a neighbour who gets all of his."""
    left = BURST + (RATE - NEIGHBOUR) * run.took
    return float(run.server["requests"] - run.server["refused"]) / left


def _refused(run: Run) -> float:
    return float(run.server["refused"] / run.server["requests"])


def _served(run: Run) -> float:
    served = run.server["neighbour_served"]
    return float(served / (served + run.server["neighbour_refused"]))
