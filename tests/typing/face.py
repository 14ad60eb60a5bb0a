"""User code that reads, resumes and writes by either client, for the type checkers; never run."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any, assert_type

from coupa_async_client import (
    CoupaAPIError,
    CoupaAsyncClient,
    CoupaClient,
    IncompleteScanError,
    InstanceProfile,
    JSONObject,
    Page,
    Response,
    Scan,
    ScanReceipt,
    SyncScan,
)
from coupa_async_client.doctor import Report, examine
from coupa_async_client.export import Draft, export


async def asynchronous() -> None:
    async with CoupaAsyncClient(
        instance="yourcompany", client_id="id", scopes=["a", "b"]
    ) as client:
        scan = client.scan("invoices", {"id[gt]": 7}, ["id"], paging="keyset", max_items=10)
        assert_type(scan, Scan)
        async for row in scan:
            assert_type(row, JSONObject)
        async for page in client.scan(
            "invoices", on_error="finish", resume=scan.checkpoint
        ).pages():
            assert_type(page, Page)
            assert_type(page.raw, tuple[bytes, ...])
            assert_type(page.ids, tuple[int | None, ...])
        assert_type(await client.scan("users").first(), JSONObject | None)
        assert_type(await client.scan("users").collect(), list[JSONObject])
        assert_type(await client.get("invoices/7", fields=["id"]), Any)
        response = await client.request("PUT", "invoices/7", json={"status": "new"})
        assert_type(response, Response)
        assert_type(client.iter_pages("users", page_size=25), AsyncGenerator[list[JSONObject]])
        assert_type(await client.collect_items("users", offset_start=50), list[JSONObject])


def synchronous(facts: InstanceProfile) -> ScanReceipt:
    with CoupaClient.from_env(
        profile=facts, token_cache=Path("token.json"), budget="nightly"
    ) as client:
        scan = client.scan("invoices")
        assert_type(scan, SyncScan)
        try:
            written = export(scan.pages(), "invoices.jsonl")
        except IncompleteScanError as error:
            print(error.receipt.rows, error.holes)  # noqa: T201
            with Draft("invoices.jsonl", resume=True) as draft:
                written = draft.write(client.scan("invoices", resume=draft.checkpoint))
        except CoupaAPIError as error:
            raise SystemExit(error.status) from error
        assert_type(written.rows, int)
        assert_type(client.pages("users"), Generator[list[JSONObject]])
        assert_type(client.items("users", params={"active": True}), Generator[JSONObject])
        return scan.receipt


def examined() -> None:
    report = examine({"instance": "yourcompany", "client_id": "id"}, ["invoices"], told=print)
    assert_type(report, Report)
    assert_type(report.profile, InstanceProfile | None)


def mistaken(client: CoupaClient) -> None:
    """Write what both checkers report before anything is sent."""
    client.scan("invoices", paging="ranges")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    client.scan("invoices", on_error="skip")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    CoupaClient(instance=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
