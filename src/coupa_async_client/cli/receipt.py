"""The account of an export in one line, and what it lacks in words."""

from coupa_async_client import ScanReceipt
from coupa_async_client.types import Span

_SHOWN = 3
"""Gaps that a line names; more would not be read."""

_UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def receipt_line(receipt: ScanReceipt, place: str, size: int | None = None, kept: int = 0) -> str:
    """Say what one scan brought to `place`, what it cost and whether anything is missing.

    `kept` rows were there from an earlier run; the ids that are known are of the others alone.
    """
    came = "complete" if receipt.complete else "INCOMPLETE"
    outcome = [counted(receipt.rows + kept, "row"), came]
    if kept:
        outcome.append(f"{kept:,} of an earlier run")
    elif receipt.id_min is not None:
        outcome.append(f"ids {receipt.id_min} to {receipt.id_max}")
    if receipt.duplicates:
        outcome.append(f"{counted(receipt.duplicates, 'row')} dropped that came twice")
    if receipt.drift:
        places = counted(receipt.drift, "place")
        outcome.append(f"rows had moved at {places}, so some may be missing")
    if size is not None:
        outcome.append(size_text(size))
    cost = [counted(receipt.requests, "request"), _retries(receipt)]
    if receipt.waited >= 0.1:  # noqa: PLR2004  (less would be shown as 0.0)
        cost.append(f"waited {receipt.waited:,.1f} s for the rate limit")
    cost.append(f"{receipt.elapsed:,.1f} s")
    return f"{place}: {', '.join(outcome)}; {', '.join(cost)}"


def missing(receipt: ScanReceipt) -> str:
    """Say which rows a scan that failed did not bring."""
    by_offset = receipt.paging == "offset"
    gaps = [_gap(hole, by_offset=by_offset) for hole in receipt.holes[:_SHOWN]]
    more = len(receipt.holes) - len(gaps)
    text = ", ".join(gaps) + (f" and {counted(more, 'more gap')}" if more else "")
    return f"the rows at {'offsets' if by_offset else 'ids'} {text}"


def _gap(hole: Span, *, by_offset: bool) -> str:
    """Name what is missing by its first and last; spans of ids begin above their first."""
    after, upto = hole
    first = (after or 0) + (0 if by_offset else 1)
    last = None if upto is None else upto - (1 if by_offset else 0)
    return f"from {first}" if last is None else f"{first} to {last}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return `1 row`, `2,000 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size_text(size: int) -> str:
    """Return a size in bytes in the unit that suits it."""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{size / unit:,.1f} {name}"
    return counted(size, "byte")


def _retries(receipt: ScanReceipt) -> str:
    if not receipt.retries:
        return "no retries"
    kinds = ", ".join(f"{count} x {reason}" for reason, count in sorted(receipt.retries.items()))
    return f"{counted(sum(receipt.retries.values()), 'retry', 'retries')} ({kinds})"
