"""Findings on a terminal, in columns of its width and in colour; or a line each into a pipe."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from coupa_async_client.doctor import Finding, Report, Verdict

_UNBOUNDED = 10_000
_STYLES: Mapping["Verdict", str] = {
    "ok": "green",
    "warn": "yellow",
    "fail": "bold red",
    "unknown": "dim",
}
_VERDICTS = max(map(len, _STYLES))
_SKIPPED = "not examined"
_CHECKS = 20
"""Columns for what was looked at; a longer name goes on below."""


class FindingsText:
    """Prints to stdout, each line at once; what could not be looked at for one reason is one line."""

    def __init__(self) -> None:
        """Take the terminal's width; a pipe has none."""
        width = None if sys.stdout.isatty() else _UNBOUNDED
        self._console = Console(highlight=False, width=width)
        self._skipped: list[Finding] = []

    def finding(self, finding: "Finding") -> None:
        """Print one finding, and its remedy below it."""
        if self._skipped and finding.seen != self._skipped[0].seen:
            self._print_skipped()
        if finding.seen.startswith(_SKIPPED):
            self._skipped.append(finding)
        else:
            self._row(finding, finding.seen)

    def verdict(self, report: "Report") -> None:
        """Print the last line."""
        self._print_skipped()
        self._print(Text(f"\n{report.summary}", style=_STYLES[report.verdict]))

    def _print_skipped(self) -> None:
        if self._skipped:
            first, *others = self._skipped
            names = ", ".join(each.check for each in others)
            self._row(first, f"{first.seen}; nor: {names}" if names else first.seen)
            self._skipped.clear()

    def _row(self, finding: "Finding", seen: str) -> None:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=_VERDICTS, no_wrap=True)
        table.add_column(width=_CHECKS, overflow="fold")
        table.add_column(overflow="fold")
        verdict = Text(finding.verdict, style=_STYLES[finding.verdict])
        remedy = f"\n-> {finding.remedy}" if finding.remedy else ""
        table.add_row(verdict, Text(finding.check), Text(f"{seen}{remedy}"))
        self._print(table)

    def _print(self, shown: Table | Text) -> None:
        with self._console.capture() as captured:
            self._console.print(shown)
        sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
        sys.stdout.flush()
