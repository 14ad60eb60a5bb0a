"""User code that asks precisely, as its type checker sees it; never run."""

from typing import assert_type

from coupa_async_client import CoupaAsyncClient, CoupaClient
from coupa_async_client.description import Description
from coupa_async_client.explanation import Explanation
from coupa_async_client.swagger import keep, load


async def asking(client: CoupaAsyncClient) -> None:
    description = await client.describe("/api_docs/0.json")
    assert_type(description, Description)
    checked = CoupaAsyncClient.from_env(description=description, on_misfit="warn")
    told = await checked.scan("invoices", {"status": "approved"}, "id,status").explain()
    assert_type(told, Explanation)
    assert_type(told.rows, int | None)


def asking_plainly(client: CoupaClient) -> None:
    copy = keep(client.describe(), "cache")
    CoupaClient(instance="yourcompany", description=copy)
    CoupaClient(instance="yourcompany", description=[b"{}", "coupa-swagger/"])
    CoupaClient(instance="yourcompany", description=load("coupa-swagger/"))
    CoupaClient(instance="yourcompany", on_misfit="ignore")  # type: ignore[arg-type]
    assert_type(client.scan("invoices").explain().seconds, float | None)
