"""What a scan is told to bring and cost, held against what it then brings and costs."""

import asyncio
import json
import random
import shlex
from urllib.parse import parse_qs, urlsplit

import pytest

import virtual
from coupa_async_client import (
    CoupaAsyncClient,
    CoupaClient,
    CoupaConfigError,
    CoupaForbiddenError,
    CoupaNotFoundError,
)
from coupa_async_client.sandbox import Sandbox
from servers import Server, http, serving

pytestmark = pytest.mark.anyio

PAGINGS = ("auto", "keyset", "offset")
ROWS = 20_000
POPULATIONS = {
    "dense": range(1, ROWS + 1),
    "sparse": sorted(random.Random(1).sample(range(1, 10**7), ROWS)),
    "a fifth of dense ones": [i for i in range(1, 5 * ROWS) if random.Random(i).random() < 0.2],
    "a fifth of sparse ones": sorted(random.Random(2).sample(range(1, 10**8), ROWS // 5)),
}


async def explained_and_drained(coupa, paging, **options):
    """Explain a scan, let the budget rest, and run it: in virtual time."""
    engine, reading = virtual.reading_of(coupa, paging, **options)
    explanation = await reading.explain()
    await asyncio.sleep(5)
    started = asyncio.get_running_loop().time()
    while (page := await reading.next()) is not None:
        reading.hand_out(page)
    seconds = asyncio.get_running_loop().time() - started
    await reading.end()
    await engine.aclose()
    return explanation, reading.receipt, seconds


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("name", POPULATIONS)
def test_rows_requests_and_seconds_come_as_told(name, paging):
    ids = list(POPULATIONS[name])
    coupa = virtual.Coupa(ids, latency=lambda _: 0.15, bucket=virtual.Bucket())
    told, receipt, seconds = virtual.run(lambda: explained_and_drained(coupa, paging))
    assert coupa.refused == 0
    assert told.looks <= 3
    assert receipt.rows == len(ids)
    assert told.rows == pytest.approx(receipt.rows, rel=0.05)
    assert told.requests == pytest.approx(receipt.requests, rel=0.05)
    assert told.seconds == pytest.approx(seconds, rel=0.10)


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize(
    "options", [{"rate": 5.0, "burst": 2}, {"rate": None, "default_concurrent": 4}]
)
def test_seconds_follow_the_rate_and_the_slots_there_are(paging, options):
    coupa = virtual.Coupa(range(1, 5_001), latency=lambda _: 0.4)
    told, receipt, seconds = virtual.run(lambda: explained_and_drained(coupa, paging, **options))
    assert told.requests == pytest.approx(receipt.requests, rel=0.05)
    assert told.seconds == pytest.approx(seconds, rel=0.10)


def test_a_million_rows_are_told_by_fewer():
    coupa = virtual.Coupa(range(1, 1_000_001), latency=lambda _: 0.15)

    async def explained():
        engine, reading = virtual.reading_of(coupa, "auto")
        told = await reading.explain()
        await engine.aclose()
        return told

    told = virtual.run(explained)
    assert told.rows == pytest.approx(1_000_000, rel=0.001)
    assert told.requests == pytest.approx(20_000, rel=0.03)
    assert told.seconds == pytest.approx(20_000 / 25, rel=0.03)


@pytest.fixture(scope="module")
def large():
    chance = random.Random(3)
    sparse = [
        {"id": id_, "status": chance.choice(["active", "inactive", "draft"]), "name": f"S {id_}"}
        for id_ in POPULATIONS["sparse"]
    ]
    knobs = {"rows": {"invoices": ROWS}, "load": {"suppliers": sparse}}
    with Sandbox(polite=True, throttle="off", **knobs) as sandbox:
        yield sandbox


def arguments_of(sandbox, **more):
    return {
        "base_url": sandbox.base_url,
        "token_url": sandbox.token_url,
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        **more,
    }


@pytest.mark.parametrize(
    ("paging", "resource", "params"),
    [
        ("auto", "invoices", {"status[in]": ["approved", "voided"]}),
        ("keyset", "suppliers", {"status": "active"}),
        ("offset", "suppliers", {"order_by": "name", "dir": "desc", "status": "active"}),
    ],
)
def test_behind_the_sandbox_too(large, paging, resource, params):
    with CoupaClient(**arguments_of(large, rate=100.0)) as client:
        scan = client.scan(resource, params, "id,status", paging=paging)
        before = len(large.journal)
        told = scan.explain()
        assert 0 < len(large.journal) - before <= 4  # the first of them may be for a token
        rows = sum(map(len, scan.pages()))
    assert told.rows == pytest.approx(rows, rel=0.05)
    assert told.requests == pytest.approx(scan.receipt.requests, rel=0.05)
    assert told.certainty == "close"
    assert told.bytes_asked < told.bytes_full


def test_bytes_are_those_of_the_rows(large):
    with CoupaClient(**arguments_of(large, rate=None)) as client:
        told = client.scan("suppliers", {"id[lt]": 3_000_000}, "id,status").explain()
        full = client.scan("suppliers", {"id[lt]": 3_000_000}).explain()
        pages = client.scan("suppliers", {"id[lt]": 3_000_000}, "id,status").pages()
        asked = sum(len(row) + 1 for page in pages for row in page.raw)
    assert told.bytes_asked == pytest.approx(asked, rel=0.1)
    assert full.attributes == ()
    assert full.bytes_asked == full.bytes_full
    assert told.bytes_full == pytest.approx(full.bytes_full, rel=0.1)


async def test_the_first_request_is_told_for_curl_without_secrets(client, shared):
    asked = {"params": {"status": "it's"}, "fields": "login"}
    told = await client.scan("users", **asked).explain()
    url = shlex.split(told.curl)[-1]
    assert "$COUPA_TOKEN" in told.curl
    for secret in (shared.client_secret, "Bearer e"):
        assert secret not in json.dumps(told.to_dict()) + str(told)
    before = len(shared.journal)
    await client.scan("users", **asked).collect()
    first = next(entry for entry in shared.journal[before:] if entry.path == "/api/users")
    assert parse_qs(urlsplit(url).query) == {k: [v] for k, v in first.query}
    assert told.scopes == ("core.user.read",)
    assert told.attributes == ("login",)


async def test_a_scan_that_was_explained_can_still_be_run(client):
    scan = client.scan("users")
    told = await scan.explain()
    assert scan.receipt.requests == 0
    assert len(await scan.collect()) == told.rows == 30
    assert (told.certainty, told.requests) == ("exact", scan.receipt.requests)


@pytest.mark.parametrize("paging", PAGINGS)
async def test_nothing_there_is_one_request(client, shared, paging):
    before = len(shared.journal)
    told = await client.scan("contracts", paging=paging).explain()
    assert (told.rows, told.certainty, told.looks, told.bytes_asked) == (0, "exact", 1, 0)
    sent = [entry for entry in shared.journal[before:] if entry.path == "/api/contracts"]
    assert len(sent) == 1
    assert "rows       0\n" in str(told)


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("most", [1, 120, 5_000])
async def test_max_items_bounds_it(client, paging, most):
    scan = client.scan("invoices", paging=paging, max_items=most)
    told = await scan.explain()
    assert told.rows == len(await scan.collect()) == min(most, 520)
    assert told.requests == pytest.approx(scan.receipt.requests, rel=0.1, abs=3)
    assert f"max_items={most}" in told.bounds


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ({"params": {"id[gt]": 500}}, 20),
        ({"params": {"id[gt]": 100, "id[lt]": 400}}, 299),
        ({"params": {"offset": 400}}, 120),
        ({"params": {"offset": 9_000}}, 0),
        ({"params": {"order_by": "status", "dir": "desc"}}, 520),
        ({"params": {"limit": 10}}, 520),
    ],
)
async def test_bounds_of_the_question_hold(client, options, rows):
    scan = client.scan("invoices", **options)
    told = await scan.explain()
    assert told.rows == pytest.approx(rows, rel=0.05)
    assert told.at_least <= rows <= (told.at_most or rows)
    assert len(await scan.collect()) == rows
    assert told.requests == pytest.approx(scan.receipt.requests, rel=0.1, abs=3)


@pytest.mark.parametrize("paging", PAGINGS)
async def test_a_resumed_scan_is_told_by_what_is_left(client, paging):
    scan = client.scan("invoices", paging=paging)
    pages = scan.pages()
    for _ in range(3):
        await anext(pages)
    await pages.aclose()
    rest = client.scan("invoices", paging=paging, resume=scan.checkpoint)
    told = await rest.explain()
    rows = len(await rest.collect())
    assert told.rows == pytest.approx(rows, rel=0.1)
    assert told.requests == pytest.approx(rest.receipt.requests, rel=0.3)
    assert told.bounds


async def test_nothing_left_is_nothing_asked(client, shared):
    scan = client.scan("invoices")
    await scan.collect()
    before = len(shared.journal)
    told = await client.scan("invoices", resume=scan.checkpoint).explain()
    assert (told.rows, told.requests, told.looks, told.curl) == (0, 0, 0, "")
    assert told.bounds == ("nothing is left",)
    assert len(shared.journal) == before


@pytest.mark.parametrize("known", [range(1, 9_000), range(1, 9_000, 2), range(2, 9_000, 5)])
@pytest.mark.parametrize("paging", ["auto", "keyset"])
def test_a_list_in_parts_is_told_by_three_of_them(known, paging):
    coupa = virtual.Coupa(list(known), latency=lambda _: 0.15, bucket=virtual.Bucket())
    params = {"id[in]": list(range(1, 9_000))}
    told, receipt, seconds = virtual.run(
        lambda: explained_and_drained(coupa, paging, params=params)
    )
    assert told.looks == 3
    assert told.parts > 5
    assert receipt.rows == len(known)
    assert told.rows == pytest.approx(len(known), rel=0.05)
    # Whether the last id of a part has a row is not known, and costs a request if it has none.
    assert told.requests == pytest.approx(receipt.requests, rel=0.05, abs=told.parts)
    assert told.seconds == pytest.approx(seconds, rel=0.10)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (serving(range(1, 4_000)), "ignores order_by or dir"),
        (lambda _: http(200, [{"name": "x"}] * 50), "no id"),
        (lambda _: http(200, [{"id": i} for i in range(50, 0, -1)]), "and offset"),
    ],
)
def test_where_rows_cannot_be_told_it_says_why(answer, words):
    with Server(answer) as server, CoupaClient(**server.arguments()) as client:
        told = client.scan("invoices").explain()
        assert len(server.api) <= 3
        capped = client.scan("invoices", max_items=20).explain()
    assert (told.rows, told.requests, told.seconds, told.bytes_asked) == (None,) * 4
    assert words in told.why
    assert told.at_least >= 50
    assert told.row_bytes > 0
    assert (capped.rows, capped.certainty) == (20, "exact")


@pytest.mark.parametrize(
    ("answer", "error"), [(http(403), CoupaForbiddenError), (http(404), CoupaNotFoundError)]
)
def test_a_refusal_is_the_error_it_would_be(answer, error):
    with Server(lambda _: answer) as server, CoupaClient(**server.arguments()) as client:
        scan = client.scan("invoices")
        with pytest.raises(error):
            scan.explain()


@pytest.mark.parametrize("fields", [None, "id"])
def test_one_part_that_is_left_takes_a_second_look_for_the_projection_alone(fields):
    with (
        Server(lambda _: http(200, [{"id": 7}])) as server,
        CoupaClient(**server.arguments()) as client,
    ):
        params = {"id[in]": list(range(1, 3_000))}
        scan = client.scan("invoices", params, fields)
        left = {**scan.checkpoint, "left": [[5, 10]]}
        told = client.scan("invoices", params, fields, resume=left).explain()
        assert (told.looks, told.rows, told.row_bytes) == (2 if fields else 1, 1, 10.0)


def test_a_rate_that_was_slowed_down_counts_as_it_is():
    """A neighbour had taken most of the limit, and the run was told at full speed."""
    coupa = virtual.Coupa(range(1, 3_001), latency=lambda _: 0.15, bucket=virtual.Bucket(rate=5.0))

    async def told():
        engine, reading = virtual.reading_of(coupa, "auto")
        while (page := await reading.next()) is not None:
            reading.hand_out(page)
        explanation = await reading.explain()
        await reading.end()
        await engine.aclose()
        return explanation

    assert virtual.run(told).rate < 12


async def test_a_closed_client_explains_nothing(arguments):
    client = CoupaAsyncClient(**arguments)
    scan = client.scan("users")
    await client.aclose()
    with pytest.raises(CoupaConfigError, match="closed"):
        await scan.explain()
