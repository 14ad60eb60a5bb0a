"""Filters as users write them, for mypy and pyright to read; what must not type-check is marked so."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import assert_type

from coupa_async_client import Condition, CoupaAsyncClient, CoupaClient, Field, Scan, field, where

now = datetime.now(UTC)

assert_type(field("order-lines", "account", "code"), Field)
assert_type(field("status") == "approved", Condition)
assert_type(field("status") != "approved", Condition)
assert_type(field("updated-at") >= now, Condition)
assert_type(field("updated-at") < date(2025, 8, 14), Condition)
assert_type(now <= field("updated-at"), Condition)
assert_type(field("gross-total") > Decimal("9.50"), Condition)
assert_type(field("rate") <= 0.5, Condition)
assert_type(field("exported") == False, Condition)  # noqa: E712
assert_type(field("status").in_("approved", "voided"), Condition)
assert_type(field("id").not_in(1, 2), Condition)
assert_type(field("name").contains("a-c"), Condition)
assert_type(field("name").starts_with("a") & field("name").ends_with("c"), Condition)
assert_type(field("po-email").blank(False), Condition)
assert_type(
    where(status="approved", updated_at__gt_or_eq=now, id__in=[1, 2], po_email__blank=True),
    Condition,
)


def collected(conditions: list[Condition]) -> Condition:
    """Join conditions one by one."""
    asked = where()
    for condition in conditions:
        asked &= condition
    return asked


async def asynchronous(client: CoupaAsyncClient, since: datetime) -> None:
    """Hand conditions and mappings to every method that takes filters."""
    condition = where(status="approved") & (field("updated-at") >= since)
    assert_type(client.scan("invoices", condition), Scan)
    client.scan("invoices", {"status[in]": ["approved", "voided"]})
    client.scan("invoices", {**condition, "order_by": "created-at"}, paging="offset")
    await client.get("invoices", condition)
    await client.request("GET", "invoices", params=condition)
    async for _page in client.iter_pages("invoices", params=condition):
        pass
    async for _row in client.iter_items("invoices", params=condition):
        pass
    sizes = {condition: 0}
    names = {field("status"): "Status"}
    sizes[condition] += len(names)


def synchronous(client: CoupaClient, condition: Condition) -> None:
    """Do the same without asyncio."""
    for row in client.scan("invoices", condition):
        print(row["id"])  # noqa: T201
    client.collect_items("invoices", params=condition)
    for term in condition.terms:
        print(term.path, term.operator, term.values, str(condition))  # noqa: T201


def refused(condition: Condition) -> None:
    """Write what both checkers report before Python gets to refuse it."""
    _ = condition | condition  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    _ = condition & field("paid")  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    _ = condition & {"id": 5}  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    _ = 1 & condition  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    _ = field("updated-at") >= None  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    _ = field("a") > field("b")  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    field("name").contains(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    field("name").blank("yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    field("id").in_([1, 2])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    field(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    where(status=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    condition.clauses = ()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
