"""Conditions through the client: the rows of the plain mapping, by every method that takes filters."""

from datetime import datetime, timedelta, timezone

import pytest

from coupa_async_client import CoupaConfigError, field, where

pytestmark = pytest.mark.anyio

SINCE = datetime(2025, 8, 14, tzinfo=timezone(timedelta(hours=-4)))
CONDITION = where(status__in=["pending_approval", "approved"], updated_at__gt_or_eq=SINCE) & (
    field("approver", "login") != "nobody+at all:é"
)
MAPPING = {
    "status[in]": "pending_approval,approved",
    "updated-at[gt_or_eq]": "2025-08-14T00:00:00-04:00",
    "approver[login][not_eq]": "nobody+at all:é",
}


@pytest.mark.parametrize("paging", ["auto", "keyset", "offset"])
def test_a_condition_brings_the_rows_of_the_mapping(shared, arguments, drain, paging):
    outcome = drain(arguments, "approvals", params=CONDITION, paging=paging)
    assert outcome.error is None
    assert sorted(outcome.rows, key=lambda row: row["id"]) == shared.rows("approvals", MAPPING)
    assert 0 < len(outcome.rows) < 1000


@pytest.mark.parametrize("paging", ["auto", "keyset", "offset"])
def test_a_bound_of_id_goes_with_paging_by_id(arguments, drain, paging):
    asked = (field("id") > 100) & (field("id") <= 220)
    outcome = drain(arguments, "invoices", params=asked, paging=paging, fields='["id"]')
    assert sorted(outcome.ids) == list(range(101, 221))


def test_a_scan_of_a_condition_goes_on_with_the_mapping(sync_client):
    """The checkpoint of one names the question of the other."""
    scan = sync_client.scan("approvals", CONDITION)
    next(iter(scan))
    rest = sync_client.scan("approvals", MAPPING, resume=scan.checkpoint).collect()
    assert 1 + len(rest) == len(sync_client.scan("approvals", MAPPING).collect())


async def test_every_method_takes_one(shared, client):
    expected = shared.rows("approvals", MAPPING)
    assert await client.get("approvals", CONDITION) == expected[:50]
    assert (await client.request("GET", "approvals", params=CONDITION)).json() == expected[:50]
    assert await client.collect_items("approvals", params=CONDITION) == expected
    assert [row["id"] async for row in client.iter_items("invoices", params=where(id=7))] == [7]


async def test_what_is_no_condition_reads_nothing_rather_than_everything(shared, client):
    """`field(...) == field(...)` is False, and `params or {}` asked for all rows then."""
    before = len(shared.journal)
    wrong = field("created-at") == field("updated-at")
    for method in (client.scan, client.get):
        with pytest.raises(CoupaConfigError, match="params is False"):
            await method("approvals", wrong)
    with pytest.raises(CoupaConfigError, match="params is False"):
        await client.request("GET", "approvals", params=wrong)
    assert len(shared.journal) == before
