"""User code with rows of its own types, for the type checkers; it is never run."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, assert_type

import msgspec
import pydantic

from coupa_async_client import CoupaAsyncClient, CoupaClient, CoupaRowError, Scan, SyncScan


@dataclass(frozen=True)
class Line:
    price: Decimal | None


@dataclass
class InvoiceRow:
    id: int
    updated_at: datetime
    invoice_lines: list[Line]


class SupplierRow(TypedDict):
    name: str


class AccountRow(msgspec.Struct, rename="kebab"):
    code: str


class UserRow(pydantic.BaseModel):
    login: str


async def consumed(rows: AsyncIterable[InvoiceRow], once: AsyncIterator[InvoiceRow]) -> None:
    async for row in rows:
        assert_type(row, InvoiceRow)
        assert_type(row.invoice_lines[0].price, Decimal | None)
    assert_type(await anext(once), InvoiceRow)


def consumed_at_once(rows: Iterable[InvoiceRow], once: Iterator[InvoiceRow]) -> None:
    for row in rows:
        assert_type(row, InvoiceRow)
    assert_type(next(once), InvoiceRow)


async def asynchronous(client: CoupaAsyncClient) -> None:
    scan = client.scan("invoices", {"status": "approved"}, type=InvoiceRow, on_invalid="collect")
    assert_type(scan, Scan[InvoiceRow])
    await consumed(scan, aiter(scan))
    assert_type(await scan.collect(), list[InvoiceRow])
    assert_type(await scan.first(), InvoiceRow | None)
    assert_type(scan.invalid, tuple[CoupaRowError, ...])
    assert_type(await client.scan("suppliers", type=SupplierRow).first(), SupplierRow | None)
    assert_type(await client.scan("accounts", type=AccountRow).collect(), list[AccountRow])
    assert_type(client.scan("users", type=UserRow, max_items=5), Scan[UserRow])

    untyped = client.scan("invoices", fields="id,supplier.name", page_size=10)
    assert_type(untyped, Scan[dict[str, Any]])
    plain: Scan = untyped
    assert_type(plain, Scan[dict[str, Any]])
    async for found in untyped:
        assert_type(found, dict[str, Any])
    client.scan("invoices", fields=["id"], type=InvoiceRow)  # type: ignore[call-overload]
    client.scan("invoices", type=5)  # type: ignore[call-overload]


def synchronous(client: CoupaClient) -> None:
    scan = client.scan("invoices", type=InvoiceRow)
    assert_type(scan, SyncScan[InvoiceRow])
    consumed_at_once(scan, iter(scan))
    assert_type(scan.collect(), list[InvoiceRow])
    assert_type(scan.first(), InvoiceRow | None)
    assert_type(scan.invalid, tuple[CoupaRowError, ...])
    assert_type(client.scan("suppliers", type=SupplierRow).collect(), list[SupplierRow])
    assert_type(client.scan("accounts", type=AccountRow).first(), AccountRow | None)
    assert_type(client.scan("users", type=UserRow), SyncScan[UserRow])

    untyped = client.scan("invoices", None, ["id"], on_error="finish")
    assert_type(untyped, SyncScan[dict[str, Any]])
    plain: SyncScan = untyped
    assert_type(plain.first(), dict[str, Any] | None)
    client.scan("invoices", fields="id", type=InvoiceRow)  # type: ignore[call-overload]
    client.scan("invoices", on_invalid="skip")  # type: ignore[call-overload]
