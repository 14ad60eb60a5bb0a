"""The faces of the library, so that one table of cases runs on each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import anyio

from coupa_async_client import CoupaAsyncClient, CoupaClient, ScanReceipt


@dataclass
class Outcome:
    """What a caller saw: the rows that came, the error that ended it, and the receipt."""

    rows: list[dict[str, Any]]
    error: Exception | None
    receipt: ScanReceipt

    @property
    def ids(self) -> list[int]:
        return [row["id"] for row in self.rows]


def hasty(client: CoupaAsyncClient | CoupaClient) -> None:
    """Let a client try again without waiting, as if chance always drew zero."""
    inner = client._client if isinstance(client, CoupaClient) else client
    inner._engine._chance = lambda: 0.0


def drain_async(arguments: dict[str, Any], resource: str, **options: Any) -> Outcome:
    async def drain() -> Outcome:
        rows, error = [], None
        async with CoupaAsyncClient(**arguments) as client:
            hasty(client)
            scan = client.scan(resource, **options)
            try:
                async for row in scan:
                    rows.append(row)  # noqa: PERF401  (what came before an error counts)
            except Exception as caught:  # noqa: BLE001  (the test looks at it)
                error = caught
            return Outcome(rows, error, scan.receipt)

    return anyio.run(drain)


def drain_sync(arguments: dict[str, Any], resource: str, **options: Any) -> Outcome:
    rows, error = [], None
    with CoupaClient(**arguments) as client:
        hasty(client)
        scan = client.scan(resource, **options)
        try:
            for row in scan:
                rows.append(row)  # noqa: PERF402  (what came before an error counts)
        except Exception as caught:  # noqa: BLE001  (the test looks at it)
            error = caught
        return Outcome(rows, error, scan.receipt)


FACES: dict[str, Callable[..., Outcome]] = {"async": drain_async, "sync": drain_sync}
