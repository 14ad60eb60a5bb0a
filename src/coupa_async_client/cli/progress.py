"""The line on the terminal that moves while an export runs; it reads receipts and decides nothing."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from coupa_async_client import ScanReceipt, SyncScan

from .receipt import counted


@contextmanager
def progress(scan: SyncScan, *, shown: bool) -> Iterator[None]:
    """Show how far the scan is while the block runs, and leave no trace."""
    if not shown:
        yield
        return
    spinner = Spinner("line")
    console = Console(stderr=True, highlight=False)

    def moment() -> Spinner:
        text = Text(progress_line(scan.receipt))
        text.truncate(console.width - 3, overflow="ellipsis")  # the spinner and a space before it
        spinner.update(text=text)
        return spinner

    with Live(
        get_renderable=moment,
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        yield


def progress_line(receipt: ScanReceipt) -> str:
    """Say in one line how far a scan is; the most wanted figures first, since terminals are narrow."""
    speed = receipt.rows / receipt.elapsed if receipt.elapsed > 0 else 0.0
    parts = [
        receipt.resource,
        counted(receipt.rows, "row"),
        f"{speed:,.0f} rows/s",
        f"{receipt.elapsed:,.1f} s",
        counted(receipt.requests, "request"),
        counted(sum(receipt.retries.values()), "retry", "retries"),
        f"waited {receipt.waited:,.1f} s",
    ]
    if receipt.complete:
        parts[3:] = ["all here, writing the file"]
    return "  ".join(parts)


def on_terminal() -> bool:
    """Tell whether stderr is a terminal on which a line can move."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
