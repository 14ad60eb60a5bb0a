"""Drain with the published client 0.1.0, `async` or `sync`; runs in its own virtual environment."""

import asyncio
import os
import sys

from telling import Teller

from coupa_async_client import CoupaAsyncClient, CoupaClient

ARGUMENTS = {
    "base_url": os.environ["BASE_URL"],
    "token_url": os.environ["TOKEN_URL"],
    "client_id": "id",
    "client_secret": "the-secret",
    "timeout": float(os.environ["TIMEOUT"]),
}
PARAMS = {"exported": "false"}


async def drain() -> None:
    """Drain with asyncio, twenty pages at a time as its page shows."""
    teller = Teller()
    error = None
    async with CoupaAsyncClient(**ARGUMENTS, default_concurrent=20) as client:
        try:
            async for row in client.iter_items("invoices", params=PARAMS):
                teller.row(row)
        except Exception as caught:  # noqa: BLE001  (the table says that there was one)
            error = caught
    teller.end(error)


if sys.argv[1] == "async":
    asyncio.run(drain())
else:
    with CoupaClient(**ARGUMENTS) as client:
        Teller().rows(client.items("invoices", params=PARAMS))
