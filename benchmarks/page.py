"""The page of a run: `page.md` with its tables, targets and circumstances put in. Measuring is left to the parts."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from figures import Report, table
from peers import HERE, VENVS, installed, versions

PARTS = (
    "limit",
    "neighbour",
    "sharing",
    "stragglers",
    "cpu",
    "typed",
    "memory",
    "first_row",
    "growth",
    "imports",
)
"""Every part, each the module of that name, in the order of the page."""


def written(docs: Path, reports: Mapping[str, Report], rounds: int) -> Path:
    """Write `benchmarks.md` and its plots below a folder."""
    plots = [plot for report in reports.values() for plot in report.plots]
    subprocess.run(
        [installed(VENVS, "plots"), HERE / "plots.py", docs / "benchmarks"],
        input=json.dumps(plots),
        text=True,
        check=True,
    )
    page = docs / "benchmarks.md"
    page.write_text(text(reports, rounds), encoding="utf-8")
    return page


def text(reports: Mapping[str, Report], rounds: int) -> str:
    """Put what was measured into the template."""
    values = {
        **{name: report.text for name, report in reports.items()},
        "targets": owed(reports),
        "verdict": verdict(reports),
        "rounds": _counted(rounds, "round"),
        "date": datetime.now(tz=UTC).date().isoformat(),
        "machine": f"{_counted(os.cpu_count() or 1, 'core')}, {platform.system()} on {platform.machine()}",
        "python": f"CPython {platform.python_version()}",
        "ours": _spelled(
            {name: version(name) for name in ("coupa-async-client", "httpx2", "msgspec")}
        ),
        "published": _spelled(_pinned("0.1.0", "coupa-async-client", "httpx")),
        "dlt": _spelled(_pinned("dlt", "dlt", "requests")),
        "cheapest": _spelled(versions("cheapest")),
    }
    page = (HERE / "page.md").read_text(encoding="utf-8")
    for name, value in values.items():
        page = page.replace(f"{{{name}}}", value)
    return page


def owed(reports: Mapping[str, Report]) -> str:
    """Spell every target with what was measured."""
    rows = [
        (part.replace("_", " "), *target.row)
        for part, report in reports.items()
        for target in report.targets
    ]
    return table(("", "", "owed", "measured", ""), rows)


def verdict(reports: Mapping[str, Report]) -> str:
    """Say in words how many targets are missed."""
    targets = [target for report in reports.values() for target in report.targets]
    missed = sum(not target.met for target in targets)
    if not missed:
        return f"All {len(targets)} are met."
    return f"**{missed} of {len(targets)} {'is' if missed == 1 else 'are'} missed.**"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _pinned(peer: str, *packages: str) -> dict[str, str]:
    pins = versions(peer)
    return {package: pins[package] for package in packages}


def _spelled(packages: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in packages.items())
