"""Hooks: told of every try, wait and page, and of nothing that is secret; whatever they do, no row is lost."""

import asyncio
import contextvars
import logging
import threading
from collections import Counter
from functools import partial

import pytest

from coupa_async_client import CoupaAsyncClient, CoupaClient, CoupaConfigError, auth
from coupa_async_client.hooks import Hooks, RequestEvent
from faces import FACES, hasty
from servers import Broken, Server, grant, http, serving

IDS = range(1, 301)
PROPER = serving(IDS)
NAMES = ("on_request", "on_response", "on_retry", "on_wait", "on_page")


class Told:
    """Keeps the events of each hook in the order in which they came."""

    def __init__(self):
        self.events = {name: [] for name in NAMES}
        self.hooks = Hooks(**{name: events.append for name, events in self.events.items()})

    def __getattr__(self, name):
        return self.events[f"on_{name}"]


@pytest.fixture
def told():
    return Told()


@pytest.fixture(params=FACES)
def drain(request):
    return FACES[request.param]


@pytest.fixture(autouse=True)
def settling_soon(monkeypatch):
    monkeypatch.setattr(auth, "SETTLING", 0.05)


def renewed(seen):
    return grant(f"token-{seen.turn + 1}")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "error",
    [ValueError("no"), StopIteration(), asyncio.CancelledError(), SystemExit(3)],
    ids=repr,
)
def test_a_hook_that_raises_loses_no_row(drain, name, error, caplog):
    def fails(_event):
        raise error

    def stumbling(seen):
        return http(500) if seen.turn == 1 else PROPER(seen)

    others = Told()
    with Server(stumbling) as server:
        rate = 20 if name == "on_wait" else None
        hooks = [Hooks(**{name: fails}), others.hooks]
        arguments = server.arguments(hooks=hooks, rate=rate, burst=1)
        outcome = drain(arguments, "invoices", paging="keyset")

    assert outcome.error is None
    assert outcome.ids == list(IDS)
    assert others.events[name], "the hooks behind it were not called"
    complaints = [r.getMessage() for r in caplog.records if "hook" in r.getMessage()]
    assert len(complaints) == 1
    assert name in complaints[0]
    assert type(error).__name__ in complaints[0]


def test_a_hook_that_raised_is_called_again(drain):
    calls = []

    def fails(event):
        calls.append(event)
        raise ValueError

    with Server(PROPER) as server:
        outcome = drain(server.arguments(hooks=Hooks(on_page=fails)), "invoices")

    assert len(calls) == outcome.receipt.pages > 1


@pytest.mark.parametrize(
    "answer",
    [
        lambda seen: http(500) if seen.turn % 3 == 0 else PROPER(seen),
        lambda seen: Broken() if seen.turn % 3 == 1 else PROPER(seen),
        lambda seen: http(200, b"[{") if seen.turn % 3 == 1 else PROPER(seen),
        lambda seen: http(429, retry_after="0") if seen.turn % 4 == 1 else PROPER(seen),
        lambda seen: http(401) if seen.token == "token-1" else PROPER(seen),  # noqa: S105
    ],
    ids=["500", "broken", "shape", "429", "401"],
)
@pytest.mark.parametrize("paging", ["auto", "keyset", "offset"])
def test_hooks_and_receipt_give_one_account(drain, told, answer, paging):
    with Server(answer, token=renewed) as server:
        outcome = drain(server.arguments(hooks=told.hooks), "invoices", paging=paging)
        token_calls = len(server.tokens)

    receipt = outcome.receipt
    assert sorted(outcome.ids) == list(IDS)
    scanned = [event for event in told.request if event.resource == "invoices"]
    assert len(scanned) == receipt.requests
    assert len(told.request) - len(scanned) == token_calls
    assert Counter(event.reason for event in told.retry) == Counter(receipt.retries)
    assert sum(event.wait for event in told.retry) == pytest.approx(receipt.backed_off, abs=0.1)
    statuses = Counter(e.status for e in told.response if e.request.resource and e.status)
    assert statuses == Counter(receipt.statuses)
    assert sum(event.rows for event in told.page) == receipt.rows
    assert len(told.page) == receipt.pages
    assert min(event.id_min for event in told.page) == receipt.id_min
    assert max(event.id_max for event in told.page) == receipt.id_max


def test_every_try_has_an_end_and_a_number(drain, told):
    def answer(seen):
        return [http(500), Broken(), PROPER(seen)][min(seen.turn, 2)]

    with Server(answer) as server:
        drain(server.arguments(hooks=told.hooks), "invoices", paging="keyset", max_items=50)

    assert [id(event.request) for event in told.response] == [id(event) for event in told.request]
    assert [event.attempt for event in told.request if event.resource] == [1, 2, 3]
    ends = [event for event in told.response if event.request.resource]
    assert [(event.status, event.error) for event in ends] == [
        (500, None),
        (None, "CoupaTransportError"),
        (200, None),
    ]
    assert ends[1].size == 0 < ends[2].size
    assert all(event.seconds > 0 for event in ends)
    assert [(e.request.attempt, e.reason) for e in told.retry] == [(1, "500"), (2, "broken")]


async def test_a_try_that_is_given_up_has_an_end(told):
    with Server(lambda _: Broken(http(200, b"[" + b" " * 99)[:-40], ending="hold")) as server:
        async with CoupaAsyncClient(**server.arguments(hooks=told.hooks)) as client:
            asking = asyncio.ensure_future(client.get("invoices"))
            while not server.api:  # noqa: ASYNC110  (another thread's)
                await asyncio.sleep(0.005)
            asking.cancel()
            await asyncio.wait([asking])

    assert [event.error for event in told.response] == [None, "CancelledError"]
    assert told.response[-1].request is told.request[-1]


def test_neither_secret_nor_token_is_told(drain, told):
    def echo(seen):
        return http(500 if seen.turn else 401, f"{seen.headers['authorization']}".encode())

    def refused(seen):
        return http(500, seen.body) if seen.turn == 0 else renewed(seen)

    with Server(echo, token=refused) as server:
        drain(server.arguments(hooks=told.hooks, max_attempts=3), "invoices")

    shown = repr(told.events)
    assert "RetryEvent" in shown
    assert "/oauth2/token" in shown
    for secret in ("the-secret", "token-1", "token-2", "Bearer token"):
        assert secret not in shown


def test_waits_for_the_rate_are_told(drain, told):
    with Server(PROPER) as server:
        arguments = server.arguments(hooks=told.hooks, rate=20, burst=1)
        outcome = drain(arguments, "invoices", paging="keyset")

    assert outcome.receipt.waited > 0
    assert 0 < len(told.wait) <= outcome.receipt.requests
    assert all(0.001 <= event.seconds < 5 for event in told.wait)
    assert {event.request for event in told.wait} <= {
        RequestEvent(e.method, e.url, e.attempt, "invoices") for e in told.request
    }


def test_rows_taken_before_a_break_are_told(told):
    with Server(PROPER) as server, CoupaClient(**server.arguments(hooks=told.hooks)) as client:
        scan = client.scan("invoices", paging="keyset")
        rows = iter(scan)
        taken = [next(rows)["id"] for _ in range(70)]
        rows.close()

    # The generator stands at the seventieth row, which was handed out.
    assert sum(event.rows for event in told.page) == scan.receipt.rows == len(taken)
    assert [(event.id_min, event.id_max) for event in told.page] == [(1, 50), (51, 70)]
    assert told.page[-1].span == (50, 70)


def test_rows_taken_before_a_break_are_told_by_the_thread_that_took_them():
    """The last page of a scan that was left was told on the loop's thread, where a database refuses it."""
    threads = []
    hooks = Hooks(on_page=lambda _: threads.append(threading.current_thread()))
    with Server(PROPER) as server, CoupaClient(**server.arguments(hooks=hooks)) as client:
        for row in client.scan("invoices", paging="keyset"):
            if row["id"] == 70:
                break

    assert threads == [threading.current_thread()] * 2


async def test_rows_taken_before_a_break_are_told_once_by_asyncio_too(told):
    with Server(PROPER) as server:
        async with CoupaAsyncClient(**server.arguments(hooks=told.hooks)) as client:
            scan = aiter(client.scan("invoices", paging="keyset"))
            for _ in range(70):
                await anext(scan)
            await scan.aclose()

    assert [(event.id_min, event.id_max) for event in told.page] == [(1, 50), (51, 70)]


def test_a_hook_that_closes_the_client_leaves_it_to_be_closed(caplog):
    """It was refused, and taken for closed all the same: the loop's thread and connections stayed."""
    with Server(PROPER) as server:
        hooks = Hooks(on_response=lambda _: client.close())
        with CoupaClient(**server.arguments(hooks=hooks)) as client:
            assert len(client.scan("invoices").collect()) == len(IDS)
            assert "coupa-sync" in {thread.name for thread in threading.enumerate()}

    assert "coupa-sync" not in {thread.name for thread in threading.enumerate()}
    assert "own loop thread" in caplog.text


def test_a_page_without_ids_is_told(drain, told):
    with Server(
        lambda seen: http(200, [{"n": 1}] if seen.query["offset"] == "0" else [])
    ) as server:
        drain(server.arguments(hooks=told.hooks), "things", paging="offset")

    assert [(e.resource, e.rows, e.id_min, e.id_max) for e in told.page] == [
        ("things", 1, None, None)
    ]


WHO = contextvars.ContextVar("WHO", default="nobody")


def test_hooks_see_the_callers_context_on_the_loop_thread():
    """A tracer finds the span around the scan by it."""
    found = set()

    def note(_event):
        found.add((WHO.get(), threading.current_thread().name))

    pages = []
    hooks = Hooks(note, note, on_page=lambda _: pages.append(threading.current_thread()))
    with Server(PROPER) as server, CoupaClient(**server.arguments(hooks=hooks)) as client:
        WHO.set("caller")
        client.get("invoices")
        client.scan("invoices").collect()

    assert found == {("caller", "coupa-sync")}
    assert set(pages) == {threading.current_thread()}


async def test_a_call_that_is_no_scan_has_no_resource(told):
    with Server(PROPER) as server:
        async with CoupaAsyncClient(**server.arguments(hooks=told.hooks)) as client:
            hasty(client)
            await client.get("invoices")

    assert [(e.method, e.resource, e.attempt) for e in told.request] == [
        ("POST", None, 1),
        ("GET", None, 1),
    ]
    assert told.page == []


async def coroutine(_event):
    """Would never be awaited."""


class Asynchronous:
    async def __call__(self, _event):
        """Would never be awaited."""


@pytest.mark.parametrize("client", [CoupaAsyncClient, CoupaClient])
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Hooks(on_request=coroutine), ["on_request", "plain function"]),
        (lambda: Hooks(on_wait=Asynchronous()), ["on_wait", "plain function"]),
        (lambda: Hooks(on_retry=partial(coroutine)), ["on_retry", "plain function"]),
        (lambda: Hooks(on_page="print"), ["on_page", "'print'"]),
        (lambda: print, ["hooks", "Hooks(...)", "list"]),
        (lambda: [Hooks(), None], ["hooks is None", "Hooks(...)"]),
        (lambda: {"on_page": print}, ["hooks is 'on_page'", "Hooks(...)"]),
    ],
)
def test_what_are_no_hooks_is_refused(client, make, words):
    with Server(PROPER) as server:
        with pytest.raises(CoupaConfigError) as caught:
            client(**server.arguments(hooks=make()))
        assert server.seen == []
    for word in words:
        assert word in str(caught.value)


def test_several_clients_may_take_the_same_hooks(told):
    with Server(PROPER) as server:
        for _ in range(2):
            with CoupaClient(**server.arguments(hooks=(told.hooks,))) as client:
                client.get("invoices")
    assert [event.method for event in told.request].count("GET") == 2


def test_hooks_log_nothing_of_their_own(told, caplog):
    caplog.set_level(logging.WARNING)
    with Server(PROPER) as server, CoupaClient(**server.arguments(hooks=told.hooks)) as client:
        client.get("invoices")
    assert caplog.records == []
