"""Scans against the sandbox: every row once, whatever the paging, page size and face."""

import asyncio
import logging

import pytest

from coupa_async_client import CoupaAsyncClient, CoupaConfigError, CoupaNotFoundError, Page
from coupa_async_client.sandbox import Sandbox

pytestmark = pytest.mark.anyio

PAGINGS = ("auto", "keyset", "offset")


ORDERED = ("keyset", "offset")


def asked(sandbox, resource, since=0):
    return [e for e in sandbox.journal[since:] if e.path == f"/api/{resource}"]


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("page_size", [25, 50])
def test_every_row_once_at_any_page_size(arguments, drain, paging, page_size):
    outcome = drain(arguments, "invoices", paging=paging, page_size=page_size, fields='["id"]')
    assert outcome.error is None
    assert sorted(outcome.ids) == list(range(1, 521))
    assert paging == "auto" or outcome.ids == sorted(outcome.ids)
    receipt = outcome.receipt
    assert (receipt.rows, receipt.id_min, receipt.id_max) == (520, 1, 520)
    assert receipt.complete
    assert receipt.holes == ()
    assert set(receipt.statuses) == {200}
    assert receipt.requests - receipt.statuses[200] <= 1  # the end may leave a look in flight
    assert receipt.retries == {}
    assert receipt.token_refreshes == 1


@pytest.mark.parametrize("paging", PAGINGS)
def test_a_page_size_of_100_skips_no_row(arguments, drain, paging):
    with pytest.warns(UserWarning, match="page_size=100") as caught:
        outcome = drain(arguments, "approvals", paging=paging, page_size=100)
    assert sorted(outcome.ids) == list(range(1, 1001))
    assert len(caught) == 1


@pytest.mark.parametrize("paging", PAGINGS)
def test_rows_come_value_for_value(shared, arguments, drain, paging):
    outcome = drain(arguments, "suppliers", paging=paging)
    assert sorted(outcome.rows, key=lambda row: row["id"]) == shared.rows("suppliers")


@pytest.mark.parametrize("paging", PAGINGS)
def test_filters_are_passed_on(shared, arguments, drain, paging):
    params = {
        "status[in]": ["pending_approval", "approved"],
        "updated-at[gt_or_eq]": "2025-08-14T00:00:00-04:00",
        "approver[login][not_eq]": "nobody+at all:é",
    }
    outcome = drain(arguments, "approvals", params=params, paging=paging)
    expected = shared.rows("approvals", params | {"status[in]": "pending_approval,approved"})
    assert sorted(outcome.rows, key=lambda row: row["id"]) == expected
    assert 0 < len(outcome.rows) < 1000


@pytest.mark.parametrize("paging", PAGINGS)
def test_a_resource_of_30_rows_costs_two_requests(arguments, drain, paging):
    outcome = drain(arguments, "users", paging=paging)
    assert len(outcome.rows) == 30
    assert outcome.receipt.requests == 2


@pytest.mark.parametrize("paging", PAGINGS)
def test_no_rows_is_no_error(arguments, drain, paging):
    outcome = drain(arguments, "contracts", paging=paging)
    assert (outcome.rows, outcome.error) == ([], None)
    assert outcome.receipt.complete
    assert outcome.receipt.requests <= 2
    assert outcome.receipt.id_min is None


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("most", [1, 49, 50, 51, 120])
def test_max_items_is_exact_and_asks_for_no_more(arguments, drain, paging, most):
    outcome = drain(arguments, "suppliers", paging=paging, max_items=most)
    assert outcome.ids == list(range(1, most + 1))
    assert outcome.receipt.complete
    pages = -(-most // 50)
    assert outcome.receipt.requests <= pages + (most > 50)  # one look below the first full page


def test_an_id_that_was_not_asked_for_is_not_handed_over(shared, arguments, drain):
    before = len(shared.journal)
    outcome = drain(arguments, "users", fields=["login"], paging="keyset")
    assert [set(row) for row in outcome.rows] == [{"login"}] * 30
    assert outcome.receipt.id_max == 30
    assert dict(asked(shared, "users", before)[0].query)["fields"] == '["id","login"]'


def test_offset_paging_asks_for_the_id_too_and_takes_it_out(shared, arguments, drain):
    before = len(shared.journal)
    outcome = drain(arguments, "users", fields=["login"], paging="offset")
    assert [set(row) for row in outcome.rows] == [{"login"}] * 30
    assert dict(asked(shared, "users", before)[0].query)["fields"] == '["id","login"]'


@pytest.mark.parametrize("order", [{"order_by": "login", "dir": "desc"}, {"dir": "desc"}])
def test_an_order_of_ones_own_is_kept_by_offset_paging(arguments, drain, order):
    outcome = drain(arguments, "users", params=order)
    assert outcome.receipt.paging == "offset"
    keys = [row["login" if "order_by" in order else "id"] for row in outcome.rows]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) == 30


def test_a_filter_on_id_is_where_the_chain_starts(arguments, drain):
    outcome = drain(arguments, "users", params={"id[gt]": "10", "id[lt]": 25}, paging="keyset")
    assert outcome.ids == list(range(11, 25))


def test_limit_and_offset_among_the_params_are_understood(arguments, drain):
    outcome = drain(arguments, "users", params={"limit": "7", "offset": 20})
    assert outcome.ids == list(range(21, 31))
    assert outcome.receipt.pages == 2
    assert outcome.receipt.paging == "offset"


def test_an_unknown_resource_is_one_clear_error(arguments, drain):
    outcome = drain(arguments, "invoces")
    assert isinstance(outcome.error, CoupaNotFoundError)
    assert "check the resource's name" in str(outcome.error)
    assert not outcome.receipt.complete


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"paging": "ranges"}, "paging is 'ranges'"),
        ({"paging": "keyset", "params": {"order_by": "name"}}, "leave out ['order_by']"),
        ({"page_size": 0}, "page_size is 0"),
        ({"page_size": -1}, "page_size is -1"),
        ({"concurrent": 0}, "concurrent is 0"),
        ({"max_items": 0}, "max_items is 0"),
        ({"fields": "id,,status"}, "'' is no attribute"),
        ({"fields": '["id"'}, "is not JSON"),
        ({"fields": ["id"], "params": {"fields": '["id"]'}}, "given twice"),
        ({"params": {"id[gt]": "abc"}}, "params['id[gt]'] is 'abc'"),
        ({"params": {"offset": -1}}, "params['offset'] is -1"),
        ({"params": {"limit": "all"}}, "params['limit'] is 'all'"),
        ({"params": {"status": None}}, "[blank]"),
        ({"params": "status=approved"}, "give a mapping"),
        ({"on_error": "ignore"}, "on_error is 'ignore'"),
        ({"resume": {}}, "give a scan's checkpoint"),
        ({"resume": {"version": 1, "query": "other", "by": "id", "left": []}}, "another question"),
    ],
)
async def test_a_wrong_argument_is_an_error_before_anything_is_sent(client, shared, options, words):
    before = len(shared.journal)
    with pytest.raises(CoupaConfigError) as caught:
        client.scan("invoices", **options)
    assert words in str(caught.value)
    assert len(shared.journal) == before


async def test_fields_among_the_params_count_as_fields(client):
    rows = await client.scan("users", {"fields": '["login"]', "id": 3}).collect()
    assert [set(row) for row in rows] == [{"login"}]


async def test_pages_hand_over_bytes(client):
    pages = [page async for page in client.scan("suppliers").pages()]
    assert sum(len(page) for page in pages) == 130
    assert all(0 < len(page) <= 50 for page in pages)
    assert all(isinstance(page, Page) and type(page.raw[0]) is bytes for page in pages)


async def test_first_asks_for_one_row(client, shared):
    before = len(shared.journal)
    assert (await client.scan("invoices", {"status": "paid"}).first()) is None
    row = await client.scan("invoices", {"id[gt_or_eq]": 7}).first()
    assert row["id"] == 7
    sent = asked(shared, "invoices", before)
    assert [dict(entry.query)["limit"] for entry in sent] == ["1", "1"]


async def test_a_scan_runs_once(client):
    scan = client.scan("users")
    assert len(await scan.collect()) == 30
    with pytest.raises(CoupaConfigError, match="make a new one"):
        await scan.collect()


async def test_breaking_out_leaves_no_task_and_closing_no_connection(arguments):
    before = asyncio.all_tasks()
    client = CoupaAsyncClient(**arguments)
    async for _ in client.scan("invoices", paging="offset"):
        break
    await client.aclose()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_closing_the_client_ends_a_scan_with_a_clear_error(arguments):
    client = CoupaAsyncClient(**arguments)
    pages = client.scan("invoices", paging="offset").pages()
    await anext(pages)
    await client.aclose()
    with pytest.raises(CoupaConfigError, match="this client is closed"):
        async for _ in pages:
            pass
    with pytest.raises(CoupaConfigError, match="this client is closed"):
        await client.get("users/1")


def test_one_client_in_two_event_loops_is_a_clear_error(arguments):
    client = CoupaAsyncClient(**arguments)
    with asyncio.Runner() as first:
        assert first.run(client.get("users/1"))["id"] == 1
        with (
            asyncio.Runner() as second,
            pytest.raises(CoupaConfigError, match=r"one client per asyncio\.run"),
        ):
            second.run(client.get("users/1"))
        first.run(client.aclose())


async def test_scans_of_one_client_share_its_token(arguments, shared):
    before = len(shared.journal)
    async with CoupaAsyncClient(**arguments) as client:
        scans = [client.scan("users", paging="offset").collect() for _ in range(10)]
        assert [len(rows) for rows in await asyncio.gather(*scans)] == [30] * 10
    assert [e.path for e in shared.journal[before:]].count("/oauth2/token") == 1


async def test_no_more_requests_are_in_flight_than_allowed():
    with Sandbox(polite=True, throttle="off", rows={"users": 700}, latency=0.01) as sandbox:
        async with CoupaAsyncClient(
            sandbox.base_url, sandbox.token_url, sandbox.client_id, sandbox.client_secret, rate=None
        ) as client:
            scan = client.scan("users", fields='["id"]', paging="offset", concurrent=3)
            assert len(await scan.collect()) == 700
        assert max(e.in_flight for e in sandbox.journal) == 3


async def test_offset_paging_holds_no_more_than_it_may_read_ahead():
    with Sandbox(polite=True, throttle="off", rows={"users": 700}, latency=0.01) as sandbox:
        async with CoupaAsyncClient(
            sandbox.base_url,
            sandbox.token_url,
            sandbox.client_id,
            sandbox.client_secret,
            rate=None,
            read_ahead=1,
        ) as client:
            rows = await client.scan("users", fields='["id"]', paging="offset").collect()
        assert [row["id"] for row in rows] == list(range(1, 701))
        assert max(e.in_flight for e in sandbox.journal) == 1


async def test_the_speed_limit_is_kept_without_a_429():
    with Sandbox(polite=True, throttle="refuse", rows={"users": 3000}) as sandbox:
        async with CoupaAsyncClient(
            sandbox.base_url, sandbox.token_url, sandbox.client_id, sandbox.client_secret
        ) as client:
            scan = client.scan("users", fields='["id"]', paging="offset")
            rows = await scan.collect()
    assert len(rows) == 3000
    assert set(scan.receipt.statuses) == {200}
    assert scan.receipt.waited > 0


async def test_one_line_is_logged_per_scan_and_no_secret(arguments, caplog):
    caplog.set_level(logging.DEBUG)
    async with CoupaAsyncClient(**arguments) as client:
        await client.scan("users").collect()
    ours = [r for r in caplog.records if r.name == "coupa_async_client"]
    assert [r.levelname for r in ours].count("INFO") == 1
    assert arguments["client_secret"] not in caplog.text
    assert "Bearer" not in caplog.text


async def test_a_record_and_the_raw_way_in(client):
    user = await client.get("users/7", fields=["id", "login"])
    assert set(user) == {"id", "login"}
    assert [u["id"] for u in await client.get("users", {"id[in]": [3, 5]})] == [3, 5]
    answer = await client.request("get", "users", params={"limit": 1})
    assert answer.status == 200
    assert len(answer.json()) == 1
    with pytest.raises(CoupaConfigError, match="filters as params"):
        await client.get("users?id=7")


async def test_a_write_goes_through_the_raw_way(arguments):
    with Sandbox(polite=True, rows={"users": 3}) as sandbox:
        arguments |= {"base_url": sandbox.base_url, "token_url": sandbox.token_url}
        arguments |= {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
        async with CoupaAsyncClient(**arguments) as client:
            answer = await client.request("PUT", "users/2", json={"firstname": "Zoë"})
            assert answer.json()["firstname"] == "Zoë"
            assert sandbox.rows("users", {"id": "2"})[0]["firstname"] == "Zoë"
