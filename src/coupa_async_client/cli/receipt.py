"""The account of an export in one line."""

from coupa_async_client import ScanReceipt

_UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def receipt_line(receipt: ScanReceipt, place: str, size: int | None = None) -> str:
    """Say what one scan brought to `place`, what it cost and whether anything is missing."""
    came = "complete" if receipt.complete else "INCOMPLETE"
    outcome = [counted(receipt.rows, "row"), came]
    if receipt.id_min is not None:
        outcome.append(f"ids {receipt.id_min} to {receipt.id_max}")
    if size is not None:
        outcome.append(size_text(size))
    cost = [counted(receipt.requests, "request"), _retries(receipt)]
    if receipt.waited >= 0.1:  # noqa: PLR2004  (less would be shown as 0.0)
        cost.append(f"waited {receipt.waited:,.1f} s for the rate limit")
    cost.append(f"{receipt.elapsed:,.1f} s")
    return f"{place}: {', '.join(outcome)}; {', '.join(cost)}"


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
