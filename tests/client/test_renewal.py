"""A token is renewed ahead of its end, in the background, while requests go on with the old one."""

import asyncio
import logging
import threading
import time
from contextlib import asynccontextmanager

import pytest

from coupa_async_client import CoupaAsyncClient, CoupaAuthError, CoupaClient
from coupa_async_client.auth import SETTLING, OAuth2ClientCredentials
from coupa_async_client.types import Response
from faces import hasty
from servers import Broken, Server, grant, http, serving

pytestmark = pytest.mark.anyio

PROPER = serving(range(1, 1001))
DAY, HOUR = 86400, 3600


class Clock:
    """A clock that is put forward, and runs on by itself where requests are real."""

    def __init__(self, reading=lambda: 0.0):
        self.reading = reading
        self.ahead = 0.0

    def __call__(self):
        return self.reading() + self.ahead


class Endpoint:
    """Gives out t1, t2, t3 ... that live for `life` seconds; held back while `held`, failing on demand."""

    def __init__(self, life=DAY):
        self.life = life
        self.calls = 0
        self.failing = None
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, _):
        self.calls += 1
        number = self.calls
        await self.open.wait()
        if self.failing:
            raise self.failing
        return Response(200, {}, grant(f"t{number}", self.life).partition(b"\r\n\r\n")[2])


def credentials(endpoint, clock):
    return OAuth2ClientCredentials("https://x/t", "id", "s", send=endpoint, clock=clock)


async def text(auth):
    return (await auth.token()).access_token


def numbered(life, hold=lambda _: None):
    def token(seen):
        hold(seen)
        return grant(f"token-{seen.turn + 1}", life)

    return token


@asynccontextmanager
async def aged(server, seconds):
    """Give a client whose token has been in use for so long by its clock."""
    clock = Clock(time.monotonic)
    async with CoupaAsyncClient(**server.arguments()) as client:
        hasty(client)
        client._engine.auth._clock = clock
        await client.get("invoices")
        clock.ahead = seconds
        yield client


async def test_nothing_is_renewed_before_it_is_time():
    clock, endpoint = Clock(), Endpoint()
    auth = credentials(endpoint, clock)
    assert auth.renewal() is None
    assert await text(auth) == "t1"
    clock.ahead = 20 * HOUR - 1
    assert auth.renewal() is None


async def test_the_old_token_serves_until_the_new_one_has_settled():
    clock, endpoint = Clock(), Endpoint()
    auth = credentials(endpoint, clock)
    assert await text(auth) == "t1"
    clock.ahead = 21 * HOUR
    endpoint.open.clear()
    renewal = asyncio.create_task(auth.renewal())
    await asyncio.sleep(0)
    assert auth.renewal() is None
    assert await text(auth) == "t1"
    endpoint.open.set()
    await renewal
    assert auth.renewal() is None
    assert await text(auth) == "t1"
    clock.ahead += SETTLING
    assert await text(auth) == "t2"
    assert auth.renewal() is None
    assert auth.refreshes == endpoint.calls == 2


async def test_a_new_token_that_has_not_settled_is_better_than_none():
    clock, endpoint = Clock(), Endpoint(life=6)
    auth = credentials(endpoint, clock)
    await auth.token()
    clock.ahead = 5.5
    await auth.renewal()
    assert await text(auth) == "t1"
    clock.ahead = 6.0
    assert await text(auth) == "t2"


async def test_a_refused_old_token_gives_way_to_the_new_one_at_once():
    clock, endpoint = Clock(), Endpoint()
    auth = credentials(endpoint, clock)
    old = await auth.token()
    auth.accepted(old)
    clock.ahead = 21 * HOUR
    await auth.renewal()
    assert auth.refused(old) == 0.0
    assert await text(auth) == "t2"
    assert endpoint.calls == 2


async def test_an_old_token_refused_while_the_new_one_is_asked_for_costs_no_third():
    clock, endpoint = Clock(), Endpoint()
    auth = credentials(endpoint, clock)
    old = await auth.token()
    auth.accepted(old)
    clock.ahead = 21 * HOUR
    endpoint.open.clear()
    renewal = asyncio.create_task(auth.renewal())
    await asyncio.sleep(0)
    auth.refused(old)
    waiting = [asyncio.create_task(text(auth)) for _ in range(5)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    endpoint.open.set()
    assert await asyncio.gather(*waiting) == ["t2"] * 5
    await renewal
    assert endpoint.calls == 2


async def test_an_old_token_refused_before_its_renewal_begins_leaves_that_nothing_to_do():
    clock, endpoint = Clock(), Endpoint()
    auth = credentials(endpoint, clock)
    old = await auth.token()
    auth.accepted(old)
    clock.ahead = 21 * HOUR
    renewal = auth.renewal()
    auth.refused(old)
    assert await text(auth) == "t2"
    await renewal
    assert endpoint.calls == 2


async def test_a_failed_renewal_hurts_nobody_and_is_tried_again_ever_sooner(caplog):
    clock, endpoint = Clock(), Endpoint()
    auth = credentials(endpoint, clock)
    await auth.token()
    endpoint.failing = CoupaAuthError("the endpoint is down")
    tried = []
    for minute in range(20 * 60, 24 * 60):
        clock.ahead = minute * 60.0
        if (renewal := auth.renewal()) is not None:
            await renewal
            tried.append(minute)
        assert await text(auth) == "t1"
    assert tried == [1200, 1320, 1380, 1410, 1425, 1433, 1437, 1439]
    assert "was not renewed: no token from https://x/t: the endpoint is down" in caplog.text
    clock.ahead = DAY
    with pytest.raises(CoupaAuthError, match="down"):
        await auth.token()
    endpoint.failing = None
    assert (await auth.token()).alive(clock())


async def test_a_bug_in_a_renewal_hurts_nobody_either(caplog):
    clock, endpoint = Clock(), Endpoint()
    auth = credentials(endpoint, clock)
    await auth.token()
    clock.ahead = 21 * HOUR
    endpoint.failing = ZeroDivisionError("of a transport")
    await auth.renewal()
    assert "of a transport" in caplog.text
    assert await text(auth) == "t1"


async def test_those_who_waited_for_a_renewal_that_failed_share_its_error():
    clock, endpoint = Clock(), Endpoint()
    auth = credentials(endpoint, clock)
    await auth.token()
    clock.ahead = 21 * HOUR
    endpoint.open.clear()
    endpoint.failing = CoupaAuthError("no more")
    renewal = asyncio.create_task(auth.renewal())
    await asyncio.sleep(0)
    clock.ahead = DAY
    waiting = [asyncio.create_task(auth.token()) for _ in range(5)]
    await asyncio.sleep(0)
    endpoint.open.set()
    errors = await asyncio.gather(*waiting, return_exceptions=True)
    await renewal
    assert {str(error) for error in errors} == {"no token from https://x/t: no more"}
    assert endpoint.calls == 2


async def test_tokens_that_end_on_their_way_are_not_asked_for_once_per_task():
    """Where a token call took longer than the token lives, every slot asked for one of its own."""
    clock, endpoint = Clock(), Endpoint(life=1)
    auth = credentials(endpoint, clock)
    endpoint.open.clear()
    waiting = [asyncio.create_task(text(auth)) for _ in range(20)]
    await asyncio.sleep(0)
    clock.ahead = 1.5
    endpoint.open.set()
    assert await asyncio.gather(*waiting) == ["t1"] * 20
    assert endpoint.calls == 1


async def test_the_credentials_of_0_1_0_renew_ahead_too():
    clock, endpoint = Clock(), Endpoint()
    auth = credentials(endpoint, clock)
    assert await auth.get_access_token() == "t1"
    clock.ahead = 21 * HOUR
    assert await auth.get_access_token() == "t1"
    clock.ahead += SETTLING
    assert await auth.get_access_token() == "t2"
    assert endpoint.calls == 2


async def test_requests_go_on_while_a_token_of_2_s_is_renewed_slowly():
    """Every slot stood still for as long as the token call took."""
    since_asked, enough = 0, threading.Event()
    in_time = []

    def hold(seen):
        nonlocal since_asked
        if seen.turn == 1:
            since_asked = len(server.api)
            in_time.append(enough.wait(0.3))

    def answer(seen):
        if len(server.tokens) > 1 and len(server.api) >= since_asked + 10:
            enough.set()
        return PROPER(seen)

    with Server(answer, token=numbered(2, hold)) as server:
        async with CoupaAsyncClient(**server.arguments(rate=200.0)) as client:

            async def keep_asking():
                while not in_time:
                    await client.get("invoices/1")

            await asyncio.gather(*(keep_asking() for _ in range(10)))
        assert in_time == [True]
        assert len(server.tokens) == 2
        assert {seen.token for seen in server.api} == {"token-1"}


async def test_a_day_of_requests_needs_two_tokens_and_meets_no_401():
    with Server(PROPER, token=numbered(DAY)) as server:
        async with aged(server, 0) as client:
            clock = client._engine.auth._clock
            for minute in range(0, 24 * 60, 10):
                clock.ahead = minute * 60.0
                await client.get("invoices/1")
        assert [seen.turn for seen in server.tokens] == [0, 1]
        assert {seen.token for seen in server.api} == {"token-1", "token-2"}


async def test_a_renewal_that_fails_is_logged_and_no_request_waits_for_it(caplog):
    caplog.set_level(logging.WARNING)

    def token(seen):
        return http(400, {"error": "invalid_client"}) if seen.turn else grant("token-1", DAY)

    with Server(PROPER, token=token) as server:
        async with aged(server, 21 * HOUR) as client:
            scan = client.scan("invoices")
            assert len(await scan.collect()) == 1000
            assert len(server.tokens) == 2
            assert scan.receipt.token_refreshes == 0
            assert set(scan.receipt.statuses) == {200}  # the end may leave a look in flight
            assert scan.receipt.retries == {}
    assert "the token, good for another 10800 s, was not renewed" in caplog.text
    assert "token-1" not in caplog.text


async def test_closing_the_client_ends_a_renewal_under_way():
    asked, over = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def hold(seen):
        if seen.turn:
            loop.call_soon_threadsafe(asked.set)
            over.wait(10)

    with Server(PROPER, token=numbered(DAY, hold)) as server:
        async with aged(server, 21 * HOUR) as client:
            await client.get("invoices")
            await asked.wait()
            started = time.monotonic()
        assert time.monotonic() - started < 2
        assert client._engine._tasks == set()
        async with CoupaAsyncClient(**server.arguments()) as following:
            assert await following.get("invoices")
        over.set()


def test_a_sync_client_renews_in_the_background_and_closes_in_the_middle_of_it():
    asked, over = threading.Event(), threading.Event()

    def hold(seen):
        if seen.turn:
            asked.set()
            over.wait(10)

    with Server(PROPER, token=numbered(DAY, hold)) as server:
        with CoupaClient(**server.arguments()) as client:
            client.get("invoices")
            auth = client._client._engine.auth
            auth._clock = Clock(time.monotonic)
            auth._clock.ahead = 21 * HOUR
            for _ in range(3):
                assert client.get("invoices")
            assert asked.wait(10)
        assert len(server.tokens) == 2
        over.set()


async def test_a_renewal_that_breaks_off_is_tried_again_within_itself():
    def token(seen):
        return Broken() if seen.turn == 1 else grant(f"token-{seen.turn + 1}", DAY)

    with Server(PROPER, token=token) as server:
        async with aged(server, 21 * HOUR) as client:
            await client.get("invoices")
            await asyncio.gather(*client._engine._tasks)
            assert client._engine.auth.refreshes == 2
        assert len(server.tokens) == 3


async def test_one_clients_renewal_serves_the_others():
    with Server(PROPER, token=numbered(DAY)) as server:
        async with aged(server, 0) as one, aged(server, 0) as two:
            for client in (one, two):
                client._engine.auth._clock.ahead = 21 * HOUR
                await client.get("invoices")
                await asyncio.gather(*client._engine._tasks)
                client._engine.auth._clock.ahead += SETTLING
                await client.get("invoices")
            assert [client._engine.auth.refreshes for client in (one, two)] == [2, 0]
        assert [seen.token for seen in server.api][-1] == "token-2"
