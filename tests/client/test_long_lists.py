"""Lists of ids longer than a URL: every row once by every face, also after a kill, and with holes."""

import json
from bisect import bisect_right

import pytest

from coupa_async_client import (
    CoupaClient,
    CoupaConfigError,
    CoupaForbiddenError,
    IncompleteScanError,
)
from servers import Server, http, rows

IDS = list(range(3, 9_000, 4))
LISTED = list(range(1, 9_000, 2))
PAGINGS = ("auto", "keyset")
LONGEST = 6_200
"""Characters of a request's query, those of paging included."""


def listing(bad=()):
    """Answer for the ids that a request lists; refuse for good a page that would hold a bad one."""

    def answer(seen):
        if len(seen.raw_query) > LONGEST:
            return http(414)
        after, limit = int(seen.query.get("id[gt]", 0)), int(seen.query["limit"])
        below = int(seen.query.get("id[lt]", 10**9))
        listed = sorted(map(int, seen.query["id[in]"].split(",")))
        there = set(IDS)
        page = [i for i in listed[bisect_right(listed, after) :] if i in there and i < below][
            :limit
        ]
        return http(403) if set(bad) & set(page) else http(200, rows(page))

    return answer


@pytest.fixture(scope="module")
def server():
    with Server(listing()) as server:
        yield server


@pytest.mark.parametrize("paging", PAGINGS)
def test_every_listed_row_comes_once(drain, server, paging):
    """A list of five thousand ids was one request, which servers refuse with 414."""
    outcome = drain(server.arguments(), "invoices", params={"id[in]": LISTED}, paging=paging)
    assert outcome.error is None
    assert sorted(outcome.ids) == IDS
    assert paging == "auto" or outcome.ids == IDS
    assert outcome.receipt.complete
    parts = len({seen.query["id[in]"] for seen in server.api})
    assert outcome.receipt.requests <= 1.1 * len(IDS) / 50 + 2 * parts


def test_the_sandbox_reads_it_too(shared, arguments, drain):
    listed = [*range(900, 1, -1), *range(10_000, 11_000)]
    params = {"id[in]": listed, "status": "approved"}
    outcome = drain(arguments, "approvals", params=params)
    expected = [
        row for row in shared.rows("approvals", {"status": "approved"}) if 2 <= row["id"] <= 900
    ]
    assert sorted(outcome.rows, key=lambda row: row["id"]) == expected
    assert expected


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("cut", [1, 149, 150, 151, 700])
def test_a_scan_that_is_left_goes_on_from_its_checkpoint(server, paging, cut):
    asked = {"params": {"id[in]": LISTED}, "paging": paging}
    with CoupaClient(**server.arguments()) as client:
        scan = client.scan("invoices", **asked)
        before = [row["id"] for _, row in zip(range(cut), scan, strict=False)]
        checkpoint = json.loads(json.dumps(scan.checkpoint))
    with CoupaClient(**server.arguments()) as client:
        rest = client.scan("invoices", **asked, resume=checkpoint)
        after = [row["id"] for row in rest]
        assert sorted(before + after) == IDS
        assert rest.checkpoint["left"] == []
        with pytest.raises(CoupaConfigError, match="another question"):
            client.scan("invoices", {"id[in]": LISTED[1:]}, resume=checkpoint)


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("on_error", ["raise", "finish"])
def test_a_hole_in_one_part_is_named_and_brings_the_rest(drain, server, paging, on_error):
    asked = {"params": {"id[in]": LISTED}, "paging": paging}
    with Server(listing(bad={IDS[1_000]})) as failing:
        outcome = drain(failing.arguments(), "invoices", **asked, on_error=on_error)
    assert isinstance(outcome.error, IncompleteScanError)
    assert isinstance(outcome.error.__cause__, CoupaForbiddenError)
    assert on_error == "raise" or len(IDS) - len(outcome.ids) <= 100
    rest = drain(server.arguments(), "invoices", **asked, resume=outcome.error.holes)
    assert rest.error is None
    assert sorted(outcome.ids + rest.ids) == IDS


@pytest.mark.parametrize("most", [1, 300, 10_000])
def test_max_items_counts_over_all_parts(drain, server, most):
    before = len(server.api)
    outcome = drain(server.arguments(), "invoices", params={"id[in]": LISTED}, max_items=most)
    assert outcome.ids == IDS[:most]
    assert outcome.receipt.complete
    if most == 1:
        assert len(server.api) - before == 1


def test_a_row_that_is_asked_for_first_costs_one_request(server):
    before = len(server.api)
    with CoupaClient(**server.arguments()) as client:
        assert client.scan("invoices", {"id[in]": LISTED}).first()["id"] == IDS[0]
    assert len(server.api) - before == 1


def test_by_offset_a_list_is_whole_and_one_too_long_is_refused(server):
    before = len(server.seen)
    with CoupaClient(**server.arguments()) as client:
        for asked in ({"paging": "offset"}, {"params": {"order_by": "id"}}):
            params = {"id[in]": list(range(20_000)), **asked.pop("params", {})}
            with pytest.raises(CoupaConfigError, match=r"more than servers take .* split long"):
                client.scan("invoices", params, **asked)
    assert len(server.seen) == before
