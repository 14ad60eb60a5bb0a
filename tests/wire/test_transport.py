"""The transport over real sockets: every way an answer can fail to come whole."""

import asyncio
import gzip
import socket
import ssl
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
import trustme

from coupa_async_client import (
    CoupaConfigError,
    CoupaConnectionError,
    CoupaShapeError,
    CoupaTimeoutError,
    CoupaTransportError,
    _transport,
)
from coupa_async_client._settings import settings
from coupa_async_client._transport import HttpTransport
from coupa_async_client.types import Request
from servers import Broken, Server, http

pytestmark = pytest.mark.anyio


def made(url, network=None, **arguments):
    credentials = {"client_id": "id", "client_secret": "hush"}
    return HttpTransport(settings(base_url=f"{url}/api", **credentials, **arguments), network)


async def send(url, *, network=None, method="GET", body=None, headers=None, **arguments):
    transport = made(url, network, **{"timeout": 5, **arguments})
    try:
        return await transport.send(Request(method, f"{url}/api/x", headers or {}, body))
    finally:
        await transport.aclose()


async def test_an_answer_comes_whole_with_lower_case_headers():
    with Server(lambda _: http(201, [1, 2], X_Request_Id="r-1")) as server:
        answer = await send(server.url, method="POST", body=b'{"a":1}', headers={"X-A": "b"})
        assert (answer.status, answer.json()) == (201, [1, 2])
        assert answer.headers["x-request-id"] == "r-1"
        assert answer.elapsed > 0
        assert server.seen[0].body == b'{"a":1}'
        assert server.seen[0].headers["x-a"] == "b"


async def test_connections_are_reused_and_closed():
    with Server(lambda _: http(200, [])) as server:
        transport = made(server.url)
        for _ in range(5):
            await transport.send(Request("GET", f"{server.url}/api/x"))
        assert server.connections == 1
        await transport.aclose()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Broken(), id="closed before the head"),
        pytest.param(Broken(ending="reset"), id="reset before the head"),
        pytest.param(Broken(http(200, [{"id": 1}])[:20], "reset"), id="reset inside the head"),
        pytest.param(Broken(http(200, [{"id": 1}] * 50)[:-9]), id="body cut short"),
        pytest.param(Broken(http(200, [{"id": 1}] * 50)[:-9], "reset"), id="reset inside the body"),
        pytest.param(http(200, b"no gzip", content_encoding="gzip"), id="gzip that is none"),
        pytest.param(
            http(200, gzip.compress(b"[1]")[:-4], content_encoding="gzip"),
            id="gzip cut by the server",
        ),
        pytest.param(http(200, b"[1]", content_encoding="br"), id="not what was asked for"),
        pytest.param(b"HTTP/9 what\r\n\r\n", id="no HTTP at all"),
    ],
)
async def test_an_answer_that_does_not_come_whole_is_an_error(answer):
    with Server(lambda _: answer) as server, pytest.raises(CoupaTransportError) as caught:
        await send(server.url)
    error = caught.value
    assert not isinstance(error, CoupaConnectionError | CoupaTimeoutError)
    assert (error.method, error.url) == ("GET", f"{server.url}/api/x")
    assert f"GET {server.url}/api/x" in str(error)
    assert not str(error).endswith(": ")


async def test_gzip_is_read():
    body = gzip.compress(b'[{"id":1}]')
    with Server(lambda _: http(200, body, content_encoding="gzip")) as server:
        assert (await send(server.url)).body == b'[{"id":1}]'
        assert server.seen[0].headers["accept-encoding"] == "gzip"


async def test_a_mock_may_answer_in_gzip_too():
    def answer(_):
        body = gzip.compress(b'[{"id":1}]')
        return httpx2.Response(200, content=body, headers={"Content-Encoding": "gzip"})

    network = httpx2.MockTransport(answer)
    assert (await send("http://127.0.0.1:1", network=network)).body == b'[{"id":1}]'


async def test_headers_that_come_twice_are_one():
    with Server(lambda _: http(200, []).replace(b"\r\n", b"\r\nX-A: 1\r\nx-a: 2\r\n", 1)) as server:
        headers = (await send(server.url)).headers
    assert headers["x-a"] == "1, 2"
    assert headers["date"].endswith(" GMT")


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1"])
async def test_a_server_that_falls_silent_is_given_up(sent):
    with (
        Server(lambda _: Broken(sent, "hold")) as server,
        pytest.raises(CoupaTimeoutError, match="no complete answer"),
    ):
        await send(server.url, timeout=0.2)


async def test_an_answer_that_drips_for_ever_is_given_up(monkeypatch):
    async def drip():
        while True:
            await asyncio.sleep(0)
            yield b" "

    class Dripping(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, _request):
            return httpx2.Response(200, content=drip())

    monkeypatch.setattr(_transport, "MAX_BODY", 2**62)
    with pytest.raises(CoupaTimeoutError, match="no complete answer"):
        await send("http://127.0.0.1:1", network=Dripping(), timeout=0.02)


async def test_an_enormous_body_is_cut_off_with_a_remedy(monkeypatch):
    monkeypatch.setattr(_transport, "MAX_BODY", 2**20)
    bomb = gzip.compress(b"[" + b" " * 3 * 2**20)
    with (
        Server(lambda _: http(200, bomb, content_encoding="gzip")) as server,
        pytest.raises(CoupaShapeError, match="larger than 1 MB; ask for fewer attributes"),
    ):
        await send(server.url)


async def test_a_body_that_is_enormous_on_the_wire_is_cut_off_too(monkeypatch):
    monkeypatch.setattr(_transport, "MAX_BODY", 2**20)
    with (
        Server(lambda _: http(200, b"[" + b" " * 2**20)) as server,
        pytest.raises(CoupaShapeError, match="larger than 1 MB"),
    ):
        await send(server.url)


async def test_redirects_are_not_followed_and_cookies_not_kept():
    def answer(seen):
        assert "cookie" not in seen.headers
        return http(302, b"", location=f"{server.url}/stolen", set_cookie="session=1; Path=/")

    with Server(answer) as server:
        transport = made(server.url)
        for _ in range(2):
            answered = await transport.send(Request("GET", f"{server.url}/api/x"))
            assert answered.status == 302
        await transport.aclose()
        assert [seen.path for seen in server.seen] == ["/api/x", "/api/x"]


async def test_a_refused_connection_surely_did_not_arrive():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(CoupaConnectionError, match="cannot connect") as caught:
        await send(f"http://127.0.0.1:{port}")
    assert "check the host and port" in str(caught.value)
    assert not caught.value.permanent


async def test_a_host_that_does_not_resolve_is_said_in_plain_words():
    with pytest.raises(CoupaConnectionError, match="host name does not resolve") as caught:
        await send("https://no-such-host.invalid")
    assert not caught.value.permanent


async def test_a_connection_that_nobody_takes_times_out():
    class Deaf(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request):
            raise httpx2.ConnectTimeout("", request=request)

    with pytest.raises(CoupaConnectionError, match="nothing answered within 5 s"):
        await send("http://127.0.0.1:1", network=Deaf())


async def test_a_pool_without_a_free_connection_says_so():
    class Full(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request):
            raise httpx2.PoolTimeout("", request=request)

    with pytest.raises(CoupaConnectionError, match="no connection became free"):
        await send("http://127.0.0.1:1", network=Full())


def tls(authority, **validity):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", **validity).configure_cert(context)
    return context


async def test_https_with_a_private_authority(tmp_path):
    authority = trustme.CA()
    pem = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(pem))
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with Server(lambda _: http(200, []), tls=tls(authority)) as server:
        assert (await send(server.url, verify=str(pem))).status == 200
        assert (await send(server.url, verify=trusting)).status == 200
        assert (await send(server.url, verify=False)).status == 200
        with pytest.raises(CoupaConnectionError, match="not trusted") as caught:
            await send(server.url)
        assert caught.value.permanent


async def test_an_expired_certificate_is_an_error_at_once(tmp_path):
    authority = trustme.CA()
    pem = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(pem))
    past = datetime.now(UTC) - timedelta(days=3)
    expired = tls(authority, not_before=past, not_after=past + timedelta(days=1))
    with (
        Server(lambda _: http(200, []), tls=expired) as server,
        pytest.raises(CoupaConnectionError, match="certificate has expired") as caught,
    ):
        await send(server.url, verify=str(pem))
    assert caught.value.permanent


@pytest.mark.parametrize("text", ["", "no certificate"])
async def test_a_file_without_certificates_is_named(tmp_path, text):
    pem = tmp_path / "ca.pem"
    if text:
        pem.write_text(text)
    with pytest.raises(CoupaConfigError, match=r"ca\.pem.*give a PEM file"):
        await send("https://127.0.0.1:1", verify=str(pem))


async def test_a_proxy_is_used_and_a_wrong_one_is_not_shown():
    with Server(lambda _: http(200, ["through the proxy"])) as proxy:
        answer = await send("http://127.0.0.1:9", proxy=proxy.url)
        assert answer.json() == ["through the proxy"]
    with pytest.raises(CoupaConfigError, match="proxy is not a proxy's URL") as caught:
        await send("http://127.0.0.1:9", proxy="user:hush@proxy")
    assert "hush" not in str(caught.value)


async def test_a_dead_proxy_is_a_failed_connection():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(CoupaConnectionError):
        await send("http://127.0.0.1:9", proxy=f"http://127.0.0.1:{port}")
