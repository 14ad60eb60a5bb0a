"""Connections over real sockets: what a server may do between, before and amid its answers."""

import asyncio
import gc
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

import httpx2
import pytest
import trustme

from coupa_async_client import (
    CoupaConnectionError,
    CoupaTimeoutError,
    CoupaTransportError,
    _connections,
)
from coupa_async_client._connections import Connections
from coupa_async_client._settings import settings
from coupa_async_client._transport import HttpTransport
from coupa_async_client.types import Request
from servers import Broken, Server, http

pytestmark = pytest.mark.anyio

OK = http(200, [1])
Script = Callable[[socket.socket], None]


@contextmanager
def playing(*scripts: Script, host: str = "127.0.0.1") -> Iterator[str]:
    """Give the URL of a server that plays a script on each connection, one after the other."""
    failures = []

    def listen() -> None:
        for script in scripts:
            connection, _ = listener.accept()
            with connection:
                try:
                    script(connection)
                except OSError as error:
                    failures.append(error)

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        thread = threading.Thread(target=listen)
        thread.start()
        name = f"[{host}]" if ":" in host else host
        yield f"http://{name}:{listener.getsockname()[1]}"
        thread.join(5)
    assert not thread.is_alive()
    assert failures == []


def heard(connection: socket.socket) -> bytes:
    """Read one request without a body; nothing where the client has closed."""
    came = b""
    while not came.endswith(b"\r\n\r\n"):
        try:
            piece = connection.recv(2**16)
        except ConnectionResetError:
            return b""
        if not piece:
            return b""
        came += piece
    return came


def encrypting() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server shows, and what trusts it."""
    authority = trustme.CA()
    shown, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(shown)
    authority.configure_trust(trusting)
    return shown, trusting


def deaf(stack: ExitStack, port: int = 0) -> int:
    """Return the port of a listener whose queue is full, so that connecting to it takes for ever."""
    listener = stack.enter_context(socket.create_server(("127.0.0.1", port), backlog=0))
    for _ in range(4):
        waiting = stack.enter_context(socket.socket())
        waiting.setblocking(False)
        waiting.connect_ex(listener.getsockname())
    return listener.getsockname()[1]


def answers(*whole: bytes) -> Script:
    """Answer one request after the other, then wait until the client has closed."""

    def play(connection: socket.socket) -> None:
        for answer in whole:
            assert heard(connection)
            connection.sendall(answer)
        assert heard(connection) == b""

    return play


@asynccontextmanager
async def transport_to(url, **arguments):
    credentials = {"client_id": "id", "client_secret": "hush"}
    made = settings(base_url=f"{url}/api", **credentials, **{"timeout": 5, **arguments})
    transport = HttpTransport(made)
    try:
        yield transport
    finally:
        await transport.aclose()


async def becomes(true):
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  (it is a thread that makes it true)
            await asyncio.sleep(0.001)


async def got(url, times=1, method="GET", **arguments):
    """Send the same request some times, one after the other; return the bodies."""
    async with transport_to(url, **arguments) as transport:
        sent = Request(method, f"{url}/api/x")
        return [(await transport.send(sent)).body for _ in range(times)]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(OK.replace(b"\r\n", b"\r\nconnection: close\r\n", 1), id="close"),
        pytest.param(OK + b"HTTP/1.1 408 Timeout\r\n\r\n", id="more than was asked for"),
        pytest.param(b"HTTP/1.0 200 OK\r\ncontent-length: 3\r\n\r\n[1]", id="HTTP/1.0"),
    ],
)
async def test_a_connection_that_is_spent_is_not_used_again(answer):
    with playing(answers(answer), answers(answer)) as url:
        assert await got(url, times=2) == [b"[1]", b"[1]"]


async def test_an_answer_to_nothing_is_not_taken_for_the_next_one():
    """A server that gives up an idle connection says 408 first; that answered the next request."""
    now, over = threading.Event(), threading.Event()

    def play(connection):
        assert heard(connection)
        connection.sendall(OK)
        now.wait(5)
        connection.sendall(http(408, b""))
        assert heard(connection) == b""
        over.set()

    with playing(play, answers(OK)) as url:
        async with transport_to(url) as transport:
            sent = Request("GET", f"{url}/api/x")
            assert (await transport.send(sent)).status == 200
            now.set()
            await asyncio.to_thread(over.wait, 5)
            assert (await transport.send(sent)).status == 200


async def test_a_connection_that_was_closed_while_the_loop_was_busy_is_not_used_again():
    """A notebook's cell worked for some seconds between two writes, and the second one failed."""
    now, closed = threading.Event(), threading.Event()

    def play(connection):
        assert heard(connection)
        connection.sendall(OK)
        now.wait(5)
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with playing(play, answers(OK)) as url:
        async with transport_to(url) as transport:
            sent = Request("POST", f"{url}/api/x")
            assert (await transport.send(sent)).status == 200
            now.set()
            closed.wait(5)
            assert (await transport.send(sent)).status == 200


async def test_connections_nobody_came_back_to_are_closed(monkeypatch):
    monkeypatch.setattr(_connections, "_KEPT", -1.0)
    with playing(answers(OK), answers(OK)) as url:
        assert await got(url, times=2) == [b"[1]", b"[1]"]


async def test_each_origin_has_connections_of_its_own():
    first, second = playing(answers(OK, OK)), playing(answers(OK))
    with first as one, second as two:
        async with transport_to(one) as transport:
            sent = [Request("GET", f"{url}/api/x") for url in (one, two, one)]
            assert [(await transport.send(each)).body for each in sent] == [b"[1]"] * 3


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n[1]", b"[1]", id="until the end"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n",
            b"[1]",
            id="chunked",
        ),
        pytest.param(b"HTTP/1.1 204 Nothing\r\n\r\n", b"", id="without a body"),
        pytest.param(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + OK,
            b"[1]",
            id="with hints before",
        ),
    ],
)
async def test_an_answer_may_be_framed_in_any_way(answer, body):
    def play(connection):
        assert heard(connection)
        for place in range(len(answer)):
            connection.sendall(answer[place : place + 1])

    with playing(play) as url:
        assert await got(url) == [body]


async def test_an_answer_to_head_has_no_body_whatever_its_length_says():
    with playing(answers(OK.removesuffix(b"[1]"), OK.removesuffix(b"[1]"))) as url:
        assert await got(url, times=2, method="HEAD") == [b"", b""]


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="before the head"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Lon", id="in the head"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000, id="in an endless head"),
        pytest.param(OK[:-1], id="in the body"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[1\r\n", id="in the chunks"
        ),
    ],
)
@pytest.mark.parametrize("ending", ["close", "reset"])
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
async def test_an_answer_that_breaks_off_is_an_error(sent, ending, secure):
    context, verify = encrypting()
    with Server(lambda _: Broken(sent, ending), tls=context if secure else None) as server:
        with pytest.raises(CoupaTransportError, match=r"broke off: .") as caught:
            await got(server.url, verify=verify)
        assert not isinstance(caught.value, CoupaConnectionError | CoupaTimeoutError)


async def test_a_header_that_cannot_be_sent_is_an_error_and_spoils_no_connection():
    with playing(answers(), answers(OK)) as url:
        async with transport_to(url) as transport:
            with pytest.raises(CoupaTransportError, match="broke off"):
                await transport.send(Request("GET", f"{url}/api/x", {"X-A": "1\r\nX-B: 2"}))
            assert (await transport.send(Request("GET", f"{url}/api/x"))).body == b"[1]"


@pytest.fixture
def large():
    return Request("POST", "", {"Content-Type": "text/plain"}, b"x" * 30_000_000)


async def test_a_server_that_reads_nothing_is_given_up(large):
    done = threading.Event()
    with playing(lambda _: done.wait(5)) as url:
        async with transport_to(url, timeout=0.3) as transport:
            with pytest.raises(CoupaTimeoutError):
                await transport.send(Request("POST", f"{url}/api/x", large.headers, large.body))
            done.set()


@pytest.mark.parametrize("reads", [False, True])
async def test_a_large_request_is_answered_after_it_or_amid_it(large, reads):
    done = threading.Event()

    def play(connection):
        left = len(large.body) if reads else 1
        while left > 0:
            left -= len(connection.recv(2**20))
        connection.sendall(http(413, b""))
        done.wait(5)

    with playing(play) as url:
        async with transport_to(url) as transport:
            sent = Request("POST", f"{url}/api/x", large.headers, large.body)
            assert (await transport.send(sent)).status == 413
            done.set()


async def test_a_server_is_held_back_by_a_slow_reader(monkeypatch):
    monkeypatch.setattr(_connections, "_HELD_BACK", 1_000)
    body = b"[" + b"1," * 500_000 + b"1]"
    with playing(answers(http(200, body))) as url:
        assert await got(url) == [body]


async def test_whoever_finds_no_room_in_time_is_told_so():
    patience = {"connect": 5, "read": 5, "write": 5, "pool": 0.01}
    silent = threading.Event()
    network = Connections(httpx2.create_ssl_context(verify=False), 1)
    with playing(lambda _: silent.wait(5)) as url:
        request = httpx2.Request("GET", url, extensions={"timeout": patience})
        first = asyncio.create_task(network.handle_async_request(request))
        await asyncio.sleep(0)
        with pytest.raises(httpx2.PoolTimeout):
            await network.handle_async_request(request)
        silent.set()
        with pytest.raises(httpx2.TransportError):
            await first
        await network.aclose()


async def test_an_answer_that_is_closed_twice_gives_its_connection_back_once():
    patience = dict.fromkeys(("connect", "read", "write", "pool"), 5)
    network = Connections(httpx2.create_ssl_context(verify=False), 2)
    with Server(lambda _: OK) as server:
        request = httpx2.Request("GET", f"{server.url}/api/x", extensions={"timeout": patience})
        first = await network.handle_async_request(request)
        assert [piece async for piece in first.stream] == [b"[1]"]
        await first.stream.aclose()
        await first.stream.aclose()
        both = await asyncio.gather(*(network.handle_async_request(request) for _ in range(2)))
        for answer in both:
            assert [piece async for piece in answer.stream] == [b"[1]"]
            await answer.stream.aclose()
        assert server.connections == 2
        await network.aclose()


@pytest.mark.parametrize("sent", [b"", OK[:20], OK[:-1]], ids=["waiting", "head", "body"])
async def test_cancelling_closes_the_connection_and_makes_room(sent):
    with Server(lambda _: Broken(sent, "hold")) as server:
        async with transport_to(server.url) as transport:
            request = Request("GET", f"{server.url}/api/x")
            tasks = [asyncio.create_task(transport.send(request)) for _ in range(40)]
            await becomes(lambda: len(server.seen) == 32)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await becomes(lambda: server.idle)
            server.answer = lambda _: OK
            assert (await transport.send(request)).body == b"[1]"


async def test_closing_amid_an_answer_ends_the_wait_for_it():
    with Server(lambda _: Broken(OK[:-1], "hold")) as server:
        async with transport_to(server.url) as transport:
            task = asyncio.create_task(transport.send(Request("GET", f"{server.url}/api/x")))
            await becomes(lambda: server.seen)
            await transport.aclose()
            with pytest.raises(CoupaTransportError):
                await task


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a full queue drops elsewhere")
async def test_a_host_that_takes_no_connection_is_given_up():
    with ExitStack() as stack:
        port = deaf(stack)
        with pytest.raises(CoupaConnectionError, match=r"nothing answered within 0\.2 s"):
            await got(f"http://127.0.0.1:{port}", timeout=0.2)


@pytest.mark.parametrize("dead", ["refuses", "is silent"])
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs all of 127.0.0.0/8")
async def test_a_host_whose_first_address_is_dead_is_reached_at_the_next(monkeypatch, dead):
    async def resolve(_loop, _host, port, **_):
        kind = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
        return [(*kind, (address, port)) for address in ("127.0.0.1", "127.0.0.1", "127.0.0.2")]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    monkeypatch.setattr(_connections, "_NEXT_ADDRESS", 0.05)
    with playing(answers(OK), host="127.0.0.2") as url, ExitStack() as stack:
        port = int(url.rpartition(":")[2])
        if dead == "is silent":
            deaf(stack, port)
        assert await got(f"http://localhost:{port}") == [b"[1]"]


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("turns", [*range(12), 100])
async def test_giving_up_amid_the_connecting_loses_no_socket(turns, secure):
    """A scan that ended while a connection was being made left its socket to the garbage collector."""
    context, verify = encrypting()
    with Server(lambda _: OK, tls=context if secure else None) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        async with transport_to(url, verify=verify) as transport:
            request = Request("GET", f"{url}/api/x")
            tasks = [asyncio.create_task(transport.send(request)) for _ in range(8)]
            for _ in range(turns):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await becomes(lambda: server.idle)
        assert all(task.done() for task in tasks)
    gc.collect()


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
async def test_an_address_of_the_sixth_version():
    with playing(answers(OK), host="::1") as url:
        assert await got(url) == [b"[1]"]


async def test_a_proxy_that_the_environment_names_is_used(monkeypatch):
    with Server(lambda _: http(407, b"")) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, proxy.url)
        with pytest.raises(CoupaConnectionError):
            await got("https://coupa.invalid")
        assert [seen.method for seen in proxy.seen] == ["CONNECT"]
