"""Checkpoints and holes: the rows before and the rows after are together one clean scan."""

import json

import pytest

from coupa_async_client import (
    CoupaAsyncClient,
    CoupaClient,
    CoupaConfigError,
    CoupaForbiddenError,
    CoupaServerError,
    IncompleteScanError,
)
from servers import Server, http, serving

pytestmark = pytest.mark.anyio

IDS = list(range(3, 900, 2))
PAGINGS = ("auto", "keyset", "offset")


def failing_at(bad, answer=None):
    """Serve rows, but refuse for good whatever page would hold one of the bad ids."""
    proper = answer or serving(IDS)

    def answered(seen):
        page = proper(seen)
        held = json.loads(page.partition(b"\r\n\r\n")[2])
        return http(403) if any(row["id"] in bad for row in held) else page

    return answered


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize("cut", [1, 49, 50, 51, 200, 448, 449])
def test_a_scan_that_is_left_goes_on_from_its_checkpoint(paging, cut):
    with Server(serving(IDS)) as server:
        with CoupaClient(**server.arguments()) as client:
            scan = client.scan("invoices", paging=paging)
            before = [row["id"] for _, row in zip(range(cut), scan, strict=False)]
            checkpoint = json.loads(json.dumps(scan.checkpoint))
            assert scan.receipt.rows == cut
            assert (scan.receipt.id_min, scan.receipt.id_max) == (min(before), max(before))
        with CoupaClient(**server.arguments()) as client:
            rest = client.scan("invoices", paging=paging, resume=checkpoint)
            after = [row["id"] for row in rest]
    assert sorted(before + after) == IDS
    assert rest.receipt.complete
    assert rest.checkpoint["left"] == []


@pytest.mark.parametrize("paging", PAGINGS)
async def test_a_checkpoint_is_exact_while_the_loop_runs(paging):
    with Server(serving(IDS)) as server:
        async with CoupaAsyncClient(**server.arguments()) as client:
            scan = client.scan("invoices", paging=paging)
            came, checkpoints = [], {}
            async for row in scan:
                came.append(row["id"])
                if len(came) in (1, 2, 77, 123, 400):
                    checkpoints[len(came)] = scan.checkpoint
            for count, checkpoint in checkpoints.items():
                rest = await client.scan("invoices", paging=paging, resume=checkpoint).collect()
                assert sorted(came[:count] + [row["id"] for row in rest]) == IDS


async def test_a_checkpoint_by_pages_covers_the_pages_handed_out():
    with Server(serving(IDS)) as server:
        async with CoupaAsyncClient(**server.arguments()) as client:
            scan = client.scan("invoices")
            before = []
            async for page in scan.pages():
                before += page.ids
                if len(before) > 100:
                    break
            rest = await client.scan("invoices", resume=scan.checkpoint).collect()
            assert sorted(before + [row["id"] for row in rest]) == IDS


@pytest.mark.parametrize("paging", PAGINGS)
@pytest.mark.parametrize(
    "left",
    [
        [[100, 300], [200, 400]],
        [[200, 400], [100, 300], [100, 300]],
        [[100, 250], [250, 400], [7, 7], [9, 8]],
    ],
)
def test_holes_of_several_runs_that_were_put_together_bring_no_row_twice(paging, left):
    """Where they overlapped, rows came twice; where two were the same, an AssertionError."""
    with Server(serving(IDS)) as server, CoupaClient(**server.arguments()) as client:
        resume = client.scan("invoices", paging=paging).checkpoint | {"left": left}
        came = [row["id"] for row in client.scan("invoices", paging=paging, resume=resume)]
    assert sorted(came) == (IDS[100:400] if paging == "offset" else list(range(101, 400, 2)))


def test_nothing_left_is_nothing_asked():
    with Server(serving(IDS)) as server, CoupaClient(**server.arguments()) as client:
        scan = client.scan("invoices")
        scan.collect()
        asked = len(server.api)
        again = client.scan("invoices", resume=scan.checkpoint)
        assert again.collect() == []
        assert again.receipt.complete
        assert len(server.api) == asked


@pytest.mark.parametrize("paging", PAGINGS)
def test_finish_brings_everything_else_and_the_holes_bring_the_rest(drain, paging):
    bad = {IDS[120]}
    with Server(failing_at(bad)) as server:
        outcome = drain(server.arguments(), "invoices", paging=paging, on_error="finish")
        error = outcome.error
        assert isinstance(error, IncompleteScanError)
        assert isinstance(error.__cause__, CoupaForbiddenError)
        assert "missing are" in str(error)
        assert 0 < len(IDS) - len(outcome.ids) <= 100
        assert len(set(outcome.ids)) == len(outcome.ids)
        assert error.receipt.rows == len(outcome.ids)
        assert error.receipt.holes == tuple(map(tuple, error.holes["left"]))
        server.answer = serving(IDS)
        rest = drain(server.arguments(), "invoices", paging=paging, resume=error.holes)
    assert rest.error is None
    assert sorted(outcome.ids + rest.ids) == IDS


@pytest.mark.parametrize("paging", PAGINGS)
def test_raise_stops_at_the_first_and_the_holes_bring_the_rest(drain, paging):
    with Server(failing_at({IDS[300]})) as server:
        outcome = drain(server.arguments(), "invoices", paging=paging)
        assert isinstance(outcome.error, IncompleteScanError)
        server.answer = serving(IDS)
        holes = json.loads(json.dumps(outcome.error.holes))
        rest = drain(server.arguments(), "invoices", paging=paging, resume=holes)
    assert sorted(outcome.ids + rest.ids) == IDS


@pytest.mark.parametrize("paging", PAGINGS)
def test_when_all_fails_finish_gives_up_too(drain, paging):
    with Server(lambda _: http(500)) as server:
        arguments = server.arguments(max_attempts=2)
        outcome = drain(arguments, "invoices", paging=paging, on_error="finish")
        assert isinstance(outcome.error, IncompleteScanError)
        assert isinstance(outcome.error.__cause__, CoupaServerError)
        assert len(server.api) <= 6


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"resource": "orders"}, "another question"),
        ({"params": {"status": "paid"}}, "another question"),
        ({"fields": ["id", "status"]}, "another question"),
        ({"paging": "offset"}, "by offset"),
        ({"params": {"order_by": "name"}}, "another question"),
    ],
)
def test_a_checkpoint_of_another_question_is_refused(other, words):
    with Server(serving(IDS)) as server, CoupaClient(**server.arguments()) as client:
        scan = client.scan("invoices")
        next(iter(scan))
        sent = len(server.api)
        options = {"resource": "invoices", **other}
        with pytest.raises(CoupaConfigError) as caught:
            client.scan(**options, resume=scan.checkpoint)
        assert words in str(caught.value)
        assert len(server.api) == sent


def broken(**changes):
    return {"version": 1, "query": "x", "by": "id", "left": [[None, None]], **changes}


@pytest.mark.parametrize(
    "changes",
    [{"left": 5}, {"left": [[1]]}, {"left": [["a", None]]}, {"left": [[True, 2]]}, {"left": None}],
)
def test_a_checkpoint_that_names_no_spans_is_refused(changes):
    with Server(serving(IDS)) as server, CoupaClient(**server.arguments()) as client:
        query = client.scan("invoices").checkpoint["query"]
        with pytest.raises(CoupaConfigError, match="names no spans"):
            client.scan("invoices", resume=broken(query=query, **changes))


@pytest.mark.parametrize("resume", [{}, {"version": 2}, [], "text", 5])
def test_what_is_no_checkpoint_is_refused(resume):
    with (
        Server(serving(IDS)) as server,
        CoupaClient(**server.arguments()) as client,
        pytest.raises(CoupaConfigError, match="give a scan's checkpoint"),
    ):
        client.scan("invoices", resume=resume)


def test_a_resume_by_offset_is_recognised():
    with Server(serving(IDS)) as server, CoupaClient(**server.arguments()) as client:
        scan = client.scan("invoices", paging="offset")
        before = [row["id"] for _, row in zip(range(70), scan, strict=False)]
        rest = client.scan("invoices", resume=scan.checkpoint)
        assert before + [row["id"] for row in rest] == IDS
        assert rest.receipt.paging == "offset"


def test_max_items_leaves_the_rest_to_a_resume():
    with Server(serving(IDS)) as server, CoupaClient(**server.arguments()) as client:
        scan = client.scan("invoices", max_items=120)
        before = [row["id"] for row in scan]
        rest = client.scan("invoices", resume=scan.checkpoint).collect()
        assert sorted(before + [row["id"] for row in rest]) == IDS
