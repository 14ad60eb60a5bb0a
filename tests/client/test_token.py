"""The token: fetched once for all, renewed when it runs out or is refused, never shown."""

import asyncio
import json
import logging
from base64 import b64encode
from urllib.parse import parse_qs

import pytest

from coupa_async_client import (
    CoupaAsyncClient,
    CoupaAuthError,
    CoupaClientError,
    IncompleteScanError,
    auth,
)
from coupa_async_client.auth import OAuth2ClientCredentials
from coupa_async_client.sandbox import Sandbox
from coupa_async_client.types import Response
from faces import hasty
from servers import Server, grant, http, serving

pytestmark = pytest.mark.anyio

IDS = range(1, 1001)


def answering(refuses):
    """Serve rows to tokens that `refuses` lets pass, 401 to others."""
    good = serving(IDS)
    return lambda seen: http(401, {"errors": "expired"}) if refuses(seen) else good(seen)


def numbered(seen):
    return grant(f"token-{seen.turn + 1}")


async def scanned(server, **options):
    async with CoupaAsyncClient(**server.arguments()) as client:
        hasty(client)
        scan = client.scan("invoices", **{"paging": "offset", **options})
        rows = await scan.collect()
        return [row["id"] for row in rows], scan.receipt


async def test_the_token_call_is_spelled_as_coupa_asks():
    with Server(serving(IDS)) as server:
        arguments = server.arguments(scopes="core.invoice.read,core.supplier.read")
        async with CoupaAsyncClient(**arguments) as client:
            await client.get("invoices")
        (call,) = server.tokens
    assert call.method == "POST"
    assert call.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(call.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["id"],
        "client_secret": ["the-secret"],
        "scope": ["core.invoice.read core.supplier.read"],
    }
    assert "authorization" not in call.headers
    assert server.api[0].token == "token-1"  # noqa: S105
    assert server.api[0].headers["accept"] == "application/json"


async def test_no_scope_is_sent_where_none_is_given():
    with Server(serving(IDS)) as server:
        async with CoupaAsyncClient(**server.arguments()) as client:
            await client.get("invoices")
        assert b"scope" not in server.tokens[0].body


async def test_a_token_revoked_in_mid_scan_is_renewed_once_for_all_tasks():
    count = {"token-1": 0}

    def refuses(seen):
        if seen.token == "token-1":  # noqa: S105
            count["token-1"] += 1
            return count["token-1"] > 5
        return False

    with Server(answering(refuses), token=numbered) as server:
        ids, receipt = await scanned(server)
        assert len(server.tokens) == 2
    assert ids == list(IDS)
    assert receipt.token_refreshes == 2
    assert receipt.retries["401"] == receipt.statuses[401] >= 1


async def test_a_short_lived_token_is_renewed_before_it_expires():
    with Sandbox(polite=True, throttle="off", rows={"users": 3000}, token_seconds=1) as sandbox:
        async with CoupaAsyncClient(
            sandbox.base_url, sandbox.token_url, sandbox.client_id, sandbox.client_secret, rate=25.0
        ) as client:
            scan = client.scan("users", fields='["id"]', paging="offset")
            assert len(await scan.collect()) == 3000
    assert 2 <= scan.receipt.token_refreshes <= scan.receipt.elapsed + 2


async def test_a_401_in_the_gap_after_a_new_token_is_waited_out(monkeypatch):
    monkeypatch.setattr(auth, "SETTLING", 0.3)
    with Sandbox(polite=True, throttle="off", rows={"users": 400}, token_settle=0.2) as sandbox:
        async with CoupaAsyncClient(
            sandbox.base_url, sandbox.token_url, sandbox.client_id, sandbox.client_secret
        ) as client:
            scan = client.scan("users", paging="offset")
            assert len(await scan.collect()) == 400
    assert scan.receipt.token_refreshes == 1
    assert scan.receipt.statuses[401] >= 1


async def test_a_fresh_token_that_is_refused_is_an_error_with_a_remedy(monkeypatch):
    monkeypatch.setattr(auth, "SETTLING", 0.05)
    with Server(answering(lambda _: True), token=numbered) as server:
        with pytest.raises(CoupaAuthError, match="refused with a fresh token") as caught:
            await scanned(server, paging="keyset")
        assert len(server.tokens) == 2
        assert len(server.api) == 4
    assert caught.value.status == 401
    assert "scope" in str(caught.value)


async def test_tokens_that_are_always_too_old_end_in_an_error_and_not_for_ever(monkeypatch):
    monkeypatch.setattr(auth.Token, "fresh", lambda *_: False)
    monkeypatch.setattr(auth, "SETTLING", 0.0)
    with Server(answering(lambda _: True), token=numbered) as server:
        with pytest.raises(CoupaAuthError):
            await scanned(server, paging="keyset")
        assert len(server.api) == 6


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http(400, {"error": "invalid_client"}), "check client_id and client_secret"),
        (http(401, {"error": "invalid_client"}), "401"),
        (http(400, {"error": "invalid_scope"}), "ask only for scopes that the client was given"),
        (http(400, {"error": "unsupported_grant_type"}), "client_credentials grant"),
        (http(403, b"<html>no"), "check client_id, client_secret, scopes and token_url"),
        (http(404, b""), "no text"),
        (http(200, b"<html>login"), "without a token; check token_url"),
        (http(200, {"expires_in": 5}), "without a token; check token_url"),
        (http(200, b"\xff"), "without a token; check token_url"),
        (http(400, b"you sent the-secret"), "you sent ***"),
    ],
)
async def test_a_refusal_of_the_token_says_what_to_check(answer, words):
    with Server(serving(IDS), token=lambda _: answer) as server:
        with pytest.raises(CoupaAuthError) as caught:
            await scanned(server)
        assert len(server.tokens) == 1
        assert server.api == []
    assert words in str(caught.value)
    assert "the-secret" not in str(caught.value)


async def test_a_token_endpoint_that_is_down_for_a_while_is_waited_for():
    def token(seen):
        return http(503) if seen.turn < 3 else grant()

    with Server(serving(IDS), token=token) as server:
        ids, _ = await scanned(server)
        assert len(server.tokens) == 4
    assert ids == list(IDS)


async def test_a_token_endpoint_that_stays_down_is_given_up():
    with Server(serving(IDS), token=lambda _: http(500)) as server:
        with pytest.raises(CoupaAuthError, match="refused with 500"):
            await scanned(server, paging="keyset")
        assert len(server.tokens) == 6


async def test_neither_secret_nor_token_is_logged_or_in_a_repr(caplog):
    caplog.set_level(logging.DEBUG)
    with Server(answering(lambda seen: seen.turn == 1), token=numbered) as server:
        async with CoupaAsyncClient(**server.arguments()) as client:
            await client.scan("invoices").collect()
            held = await client._engine.auth.token()
            shown = f"{client._settings!r} {held!r} {client!r}"
    for secret in ("the-secret", "token-1", "token-2", b64encode(b"the-secret").decode()):
        assert secret not in caplog.text
        assert secret not in shown


async def test_a_refusal_that_repeats_the_token_does_not_show_it():
    """A debugging page that dumps the request's headers put the token into the caller's logs."""

    def answer(seen):
        return http(500, f"Authorization: Bearer {seen.token}".encode())

    with Server(answer) as server, pytest.raises(IncompleteScanError) as caught:
        await scanned(server, paging="keyset")
    cause = caught.value.__cause__
    assert "token-1" not in f"{caught.value} {vars(caught.value)} {cause} {vars(cause)}"
    assert cause.snippet == "Authorization: Bearer ***"


@pytest.mark.parametrize("body", [{"errors": ["bad token Bearer token-1"]}, "<html>token-1"])
async def test_a_200_that_repeats_the_token_does_not_show_it(body):
    text = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    with Server(lambda _: http(200, text)) as server, pytest.raises(CoupaClientError) as caught:
        await scanned(server, paging="keyset")
    cause = caught.value.__cause__ or caught.value
    assert "token-1" not in f"{caught.value} {cause} {vars(cause)}"


@pytest.mark.parametrize("token", ["", "abc\n", "tök", "two words"])
async def test_a_token_that_no_header_can_carry_is_refused_without_being_shown(token):
    with Server(serving(IDS), token=lambda _: grant(token)) as server:
        with pytest.raises(CoupaAuthError, match="without a token") as caught:
            await scanned(server)
        assert server.api == []
    assert not token or token not in str(caught.value)


async def test_a_secret_spelled_as_in_a_form_is_not_shown_either():
    refusal = http(400, b"you sent client_secret=s3cret%2B%2F%3D and s3cret+/=")
    with Server(serving(IDS), token=lambda _: refusal) as server:
        client = CoupaAsyncClient(**server.arguments(client_secret="s3cret+/="))  # noqa: S106
        with pytest.raises(CoupaAuthError) as caught:
            await client.get("invoices")
        await client.aclose()
    assert "s3cret" not in str(caught.value)


async def test_a_short_secret_does_not_spoil_the_answer_it_is_blanked_out_of():
    """With the secret "s" every s of the token's own answer became ***, and no token was found."""
    with Server(serving(IDS)) as server:
        async with CoupaAsyncClient(**server.arguments(client_secret="s")) as client:  # noqa: S106
            assert await client.get("invoices")


async def test_one_try_per_request_still_renews_a_token():
    first = "token-1"
    with Server(answering(lambda seen: seen.token == first), token=numbered) as server:
        async with CoupaAsyncClient(**server.arguments(max_attempts=1)) as client:
            client._engine.auth.accepted(await client._engine.auth.token())
            assert await client.get("invoices")


async def test_a_token_is_fresh_when_it_is_sent_however_long_the_queue():
    """400 calls at once, tokens of 2 s: the token was taken first and had expired after the wait."""
    with Sandbox(polite=True, throttle="off", rows={"users": 3}, token_seconds=1) as sandbox:
        async with CoupaAsyncClient(
            sandbox.base_url, sandbox.token_url, sandbox.client_id, sandbox.client_secret, rate=40.0
        ) as client:
            await asyncio.gather(*(client.get("users/1") for _ in range(120)))
        statuses = [entry.status for entry in sandbox.journal]
    assert statuses.count(401) <= 3


def credentials(send, clock=lambda: 0.0):
    return OAuth2ClientCredentials("https://x/t", "id", "s", send=send, clock=clock)


@pytest.mark.parametrize(
    ("expires_in", "fresh_at", "stale_at"),
    [(86399, 86338, 86340), (100, 89, 91), (1, 0.8, 0.95), (None, 3539, 3541), ("600", 539, 541)],
)
async def test_the_life_of_a_token_is_what_the_answer_says(expires_in, fresh_at, stale_at):
    async def send(_):
        return Response(200, {}, grant("t", expires_in).partition(b"\r\n\r\n")[2])

    token = await credentials(send).token()
    assert token.fresh(fresh_at)
    assert not token.fresh(stale_at)


@pytest.mark.parametrize("expires_in", ["soon", 0, -5])
async def test_a_life_that_makes_no_sense_is_no_error(expires_in):
    async def send(_):
        return Response(200, {}, grant("t", expires_in).partition(b"\r\n\r\n")[2])

    token = await credentials(send).token()
    assert token.expires >= 1


async def test_many_tasks_share_one_refresh():
    calls = []

    async def send(request):
        calls.append(request)
        await asyncio.sleep(0)
        return Response(200, {}, grant("t").partition(b"\r\n\r\n")[2])

    shared = credentials(send)
    tokens = await asyncio.gather(*(shared.get_access_token() for _ in range(20)))
    assert tokens == ["t"] * 20
    assert len(calls) == 1
    assert shared.refreshes == 1


async def test_the_credentials_of_0_1_0_work_on_their_own():
    with Server(serving(IDS)) as server:
        alone = OAuth2ClientCredentials(
            f"{server.url}/oauth2/token", "id", "the-secret", ["core.invoice.read"], timeout=5.0
        )
        assert await alone.get_access_token() == "token-1"
        assert await alone.get_access_token() == "token-1"
        assert len(server.tokens) == 1
