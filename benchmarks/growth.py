"""How does cost grow with the number of rows? From a thousand to a million, for dense and sparse ids."""

from collections.abc import Mapping
from functools import partial

from contestants import BY_OFFSET, RANGES, Way
from figures import Report, median, table
from processes import Run, drained, server_note
from rounds import Rounds

_MB = 2**20
_PAGE = 50
_WIDEST_GAPS = {"dense ids": 1, "sparse ids": 200}
_LONG = 1_000_000
"""Rows from which on one round is enough to see whether cost is still flat."""

Key = tuple[str, int]


def measure(rounds: Rounds) -> Report:
    """Let both ways of paging drain resources of every size."""
    sizes = (1_000, 10_000, 100_000) if rounds.quick else (1_000, 10_000, 100_000, _LONG)
    runs: dict[Key, list[Run]] = {}
    for rows in sizes:
        contestants = {
            (f"{way.label}, {ids}", rows): partial(_drain, way, rows, gap)
            for ids, gap in _WIDEST_GAPS.items()
            for way in (RANGES, BY_OFFSET)
        }
        few = rounds.fewer(1) if rows >= _LONG else rounds.fewer(3)
        runs |= few.of(contestants, name="growth")
    text = table(
        ("client, ids", "rows", "requests a full page", "CPU us a row", "us a row", "peak MB"),
        [(label, f"{rows:,}", *_spelled(of, rows)) for (label, rows), of in sorted(runs.items())],
    )
    note = server_note([run for of in runs.values() for run in of])
    return Report(f"{text}\n\n{note}", plots=[_plot(runs)])


def _drain(way: Way, rows: int, widest_gap: int, _: int) -> Run:
    spec = {
        "resources": {"invoices": {"rows": rows, "widest_gap": widest_gap}, "few": {"rows": _PAGE}}
    }
    return drained(way.client, spec, "invoices", "--warm-up", "few", *way.options, limit=300)


def _figures(runs: list[Run], rows: int) -> tuple[float, float, float, float]:
    requests = median(run.server["requests"] / (rows / _PAGE) for run in runs)
    cpu = median(run.client["cpu"] / rows * 1e6 for run in runs)
    took = median(run.took / rows * 1e6 for run in runs)
    return requests, cpu, took, median(run.client["peak"] / _MB for run in runs)


def _spelled(runs: list[Run], rows: int) -> tuple[str, str, str, str]:
    requests, cpu, took, peak = _figures(runs, rows)
    return f"{requests:.3f}", f"{cpu:.1f}", f"{took:.1f}", f"{peak:.1f}"


def _plot(runs: Mapping[Key, list[Run]]) -> dict[str, object]:
    titles = (
        "requests a full page",
        "processor time a row, us",
        "time a row, us",
        "peak memory, MB",
    )
    panels: list[dict[str, object]] = []
    for position, title in enumerate(titles):
        lines: dict[str, list[tuple[int, float]]] = {}
        for (label, rows), of in sorted(runs.items()):
            lines.setdefault(label, []).append((rows, _figures(of, rows)[position]))
        panels.append({"title": title, "lines": lines})
    return {"kind": "panels", "file": "growth.svg", "title": "Cost by rows", "panels": panels}
