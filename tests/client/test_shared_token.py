"""Clients of one process with the same credentials share a token, and get out of one that will not do."""

import asyncio
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from coupa_async_client import (
    CoupaAsyncClient,
    CoupaAuthError,
    CoupaClient,
    CoupaForbiddenError,
    _token_store,
    auth,
)
from coupa_async_client._token_store import forget_tokens
from faces import FACES
from servers import Server, grant, http, serving

pytestmark = pytest.mark.anyio

PROPER = serving(range(1, 1001))


def numbered(seen):
    return grant(f"token-{seen.turn + 1}")


def rejecting(status, *tokens):
    return lambda seen: http(status, b"") if seen.token in tokens else PROPER(seen)


@pytest.fixture
def server():
    with Server(PROPER, token=numbered) as server:
        yield server


@pytest.fixture
def settled(monkeypatch):
    """Let a token count as settled at once, so that a 401 is never waited out."""
    monkeypatch.setattr(auth, "SETTLING", 0.0)


@pytest.mark.parametrize("first", FACES)
@pytest.mark.parametrize("second", FACES)
def test_the_next_client_needs_no_token(server, first, second):
    assert FACES[first](server.arguments(), "invoices").receipt.token_refreshes == 1
    outcome = FACES[second](server.arguments(), "invoices")
    assert len(outcome.rows) == 1000
    assert outcome.receipt.token_refreshes == 0
    assert len(server.tokens) == 1


async def test_clients_that_start_at_once_on_one_loop_ask_for_one_token(server):
    clients = [CoupaAsyncClient(**server.arguments()) for _ in range(5)]
    await asyncio.gather(*(client.get("invoices") for client in clients))
    assert sorted(client._engine.auth.refreshes for client in clients) == [0, 0, 0, 0, 1]
    for client in clients:
        await client.aclose()
    assert len(server.tokens) == 1


def test_clients_that_start_at_once_on_loops_of_their_own_ask_for_one_token():
    started, together = threading.Barrier(6), threading.Event()

    def slowly(seen):
        together.wait(0.3)
        return numbered(seen)

    with Server(PROPER, token=slowly) as server, ThreadPoolExecutor(6) as pool:

        def read(face):
            started.wait(10)
            return len(FACES[face](server.arguments(), "invoices").rows)

        assert list(pool.map(read, [*FACES] * 3)) == [1000] * 6
        assert len(server.tokens) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"client_secret": "the-secret-2"},
        {"client_id": "another"},
        {"scopes": ["core.invoice.read"]},
    ],
    ids=str,
)
async def test_other_credentials_share_nothing(server, other):
    for more, tokens in (({}, 1), (other, 2), ({}, 2)):
        async with CoupaAsyncClient(**server.arguments(**more)) as client:
            await client.get("invoices")
        assert len(server.tokens) == tokens


async def test_a_mock_shares_nothing_with_the_network_or_another_mock():
    """A token made up by one test's mock was sent by the next test, which expected a token call."""
    calls = []

    def answer(request):
        calls.append(request.url.path)
        body = {"access_token": "made-up"} if request.method == "POST" else []
        return httpx2.Response(200, json=body)

    for _ in range(2):
        arguments = {"instance": "acme", "client_id": "i", "client_secret": "s"}
        mock = httpx2.MockTransport(answer)
        async with CoupaAsyncClient(**arguments, transport=mock) as client:
            await client.get("invoices")
    assert calls.count("/oauth2/token") == 2


@pytest.mark.usefixtures("settled")
async def test_a_shared_token_that_is_refused_is_replaced_once_for_all(server):
    async with CoupaAsyncClient(**server.arguments()) as client:
        await client.get("invoices")
    server.answer = rejecting(401, "token-1")
    clients = [CoupaAsyncClient(**server.arguments()) for _ in range(3)]
    scans = [client.scan("invoices", paging="offset") for client in clients]
    rows = await asyncio.gather(*(scan.collect() for scan in scans))
    for client in clients:
        await client.aclose()
    assert [len(found) for found in rows] == [1000] * 3
    assert len(server.tokens) == 2
    assert sorted(scan.receipt.token_refreshes for scan in scans) == [0, 0, 1]


async def test_a_scope_granted_after_a_403_is_there_for_the_next_client(server):
    """In a notebook, a new client went on with the token from before the scope for 24 hours."""
    server.answer = rejecting(403, "token-1")
    async with CoupaAsyncClient(**server.arguments()) as client:
        with pytest.raises(CoupaForbiddenError):
            await client.get("invoices")
    async with CoupaAsyncClient(**server.arguments()) as client:
        assert await client.get("invoices")
    assert len(server.tokens) == 2


async def test_a_403_that_stays_costs_a_client_one_token_and_not_one_per_request(server):
    async with CoupaAsyncClient(**server.arguments()) as client:
        await client.get("invoices")
    server.answer = lambda _: http(403, b"no")
    async with CoupaAsyncClient(**server.arguments()) as client:
        for _ in range(3):
            with pytest.raises(CoupaForbiddenError):
                await client.get("invoices")
        results = await asyncio.gather(
            *(client.get("invoices") for _ in range(10)), return_exceptions=True
        )
        assert {type(result) for result in results} == {CoupaForbiddenError}
    assert len(server.tokens) == 2
    assert [seen.token for seen in server.api[1:5]] == ["token-1", "token-2", "token-2", "token-2"]


async def test_requests_that_meet_403_together_get_one_new_token(server):
    async with CoupaAsyncClient(**server.arguments()) as client:
        await client.get("invoices")
    server.answer = rejecting(403, "token-1")
    async with CoupaAsyncClient(**server.arguments()) as client:
        await asyncio.gather(*(client.get("invoices") for _ in range(10)))
    assert len(server.tokens) == 2


async def test_a_scan_counts_its_second_try_after_a_403(server):
    async with CoupaAsyncClient(**server.arguments()) as client:
        await client.get("invoices")
    server.answer = rejecting(403, "token-1")
    async with CoupaAsyncClient(**server.arguments()) as client:
        scan = client.scan("invoices", paging="keyset")
        assert len(await scan.collect()) == 1000
    assert scan.receipt.retries == {"403": 1}
    assert scan.receipt.token_refreshes == 1


@pytest.mark.usefixtures("settled")
async def test_refused_tokens_of_others_do_not_count_as_fresh_ones_refused(server):
    """Both tokens at hand were revoked, and no new one was asked for."""
    async with CoupaAsyncClient(**server.arguments()) as reader:
        async with CoupaAsyncClient(**server.arguments()) as writer:
            await writer.get("invoices")
            await reader.get("invoices")
            server.answer = rejecting(401, "token-1")
            await writer.get("invoices")
        server.answer = rejecting(401, "token-1", "token-2")
        assert await reader.get("invoices")
    assert [seen.token for seen in server.api[-3:]] == ["token-1", "token-2", "token-3"]


@pytest.mark.usefixtures("settled")
async def test_refusals_without_end_are_an_error(server):
    async with CoupaAsyncClient(**server.arguments()) as client:
        await client.get("invoices")
    server.answer = lambda _: http(401)
    async with CoupaAsyncClient(**server.arguments()) as client:
        with pytest.raises(CoupaAuthError, match="fresh token"):
            await client.get("invoices")
    assert len(server.tokens) == 3


async def test_a_client_that_stops_in_the_middle_does_not_hold_up_the_others_for_ever(
    server, monkeypatch, caplog
):
    monkeypatch.setattr(_token_store, "_PATIENCE", 0.05)
    async with CoupaAsyncClient(**server.arguments()) as stuck:
        async with (
            stuck._engine.auth._store.turn(),
            CoupaAsyncClient(**server.arguments()) as client,
        ):
            assert await client.get("invoices")
        assert await stuck.get("invoices")
    assert "another client got no token" in caplog.text
    assert len(server.tokens) == 1


async def test_a_client_whose_token_call_fails_lets_the_next_one_try():
    answers = {0: http(400, {"error": "invalid_client"})}

    def token(seen):
        return answers.get(seen.turn) or numbered(seen)

    with Server(PROPER, token=token) as server:
        clients = [CoupaAsyncClient(**server.arguments()) for _ in range(3)]
        got = await asyncio.gather(
            *(client.get("invoices") for client in clients), return_exceptions=True
        )
        for client in clients:
            await client.aclose()
        assert sum(isinstance(result, CoupaAuthError) for result in got) == 1
        assert len(server.tokens) == 2


async def test_a_cancelled_token_call_lets_the_next_client_try():
    asked, over = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def token(seen):
        if seen.turn == 0:
            loop.call_soon_threadsafe(asked.set)
            over.wait(10)
        return numbered(seen)

    with Server(PROPER, token=token) as server:
        first = CoupaAsyncClient(**server.arguments())
        call = asyncio.create_task(first.get("invoices"))
        await asked.wait()
        async with CoupaAsyncClient(**server.arguments()) as second:
            waiting = asyncio.create_task(second.get("invoices"))
            call.cancel()
            assert await waiting
        await first.aclose()
        over.set()


def test_few_identities_are_remembered(server, monkeypatch):
    monkeypatch.setattr(_token_store, "_MOST_PLACES", 3)
    for client_id in ("a", "b", "c", "d", "d", "c", "b", "a"):
        with CoupaClient(**server.arguments(client_id=client_id)) as client:
            client.get("invoices")
        assert len(_token_store._PLACES) <= 3
        assert "the-secret" not in f"{_token_store._PLACES}"
    assert len(server.tokens) == 5


def test_what_was_forgotten_is_asked_for_again(server):
    for _ in range(2):
        with CoupaClient(**server.arguments()) as client:
            client.get("invoices")
        forget_tokens()
    assert len(server.tokens) == 2


FORK = """
import json, os, sys
from coupa_async_client import CoupaClient, _token_store
arguments = json.loads(sys.argv[1])
with CoupaClient(**arguments) as client:
    client.get("invoices")
(place,) = _token_store._PLACES.values()
place.lock.acquire()
if (child := os.fork()) == 0:
    with CoupaClient(**arguments) as client:
        client.get("invoices")
        _token_store.forget_tokens()
    with CoupaClient(**arguments) as client:
        client.get("invoices")
    os._exit(0)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_child_has_the_token_and_not_the_lock(server):
    """Forked while the parent asked for a token, a child waited for an answer that could not come."""
    command = [sys.executable, "-c", FORK, json.dumps(server.arguments())]
    subprocess.run(command, check=True, timeout=20)
    assert len(server.tokens) == 2
