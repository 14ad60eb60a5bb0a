"""What do rows of a user's type cost? Processor time of the client, against dictionaries of the same fields."""

from functools import partial

from figures import Report, Target, median, ratio, table, times
from peers import OURS
from processes import Run, drained, server_note
from rounds import Rounds

_ROWS = 50
_KINDS = ("dataclass", "typeddict", "struct", "pydantic")
_ITS_OWN = "pydantic"
"""Whose validation is its own, and dearer than all else that is done for a row."""


def measure(rounds: Rounds) -> Report:
    """Let each kind of row be read from the same pages, round after round."""
    pages = rounds.cut(600, 20)
    narrow = {"size": "narrow", "gzip": True}
    spec = {
        "resources": {"invoices": {"rows": pages * _ROWS, **narrow}, "few": {"rows": 50, **narrow}}
    }

    def run(kind: str, _: int) -> Run:
        options = ("--to", "rows", "--warm-up", "few", "--paging", "auto", "--rows", kind)
        return drained(OURS, spec, "invoices", *options)

    runs = rounds.of({kind: partial(run, kind) for kind in ("fields", *_KINDS)}, name="typed")
    cost = {
        kind: [each.client["cpu"] / each.client["rows"] * 1e6 for each in of]
        for kind, of in runs.items()
    }
    plain = cost.pop("fields")
    lines = [("dictionaries", f"{median(plain):.1f}", "")]
    lines += [(kind, f"{median(of):.1f}", times(ratio(of, plain))) for kind, of in cost.items()]
    targets = [
        Target(f"{kind}: CPU a row, of a dictionary's", "at most", 1.0, ratio(of, plain))
        for kind, of in cost.items()
        if kind != _ITS_OWN
    ]
    note = server_note(each for of in runs.values() for each in of)
    return Report(f"{table(('rows', 'us a row', 'of dictionaries'), lines)}\n\n{note}", targets)
