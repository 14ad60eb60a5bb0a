"""HTTP/1.1 straight on asyncio's sockets, framed by h11: half of what the HTTP library's own network costs.

A network like any other to `_transport`, which takes the library's own where a proxy stands between.
"""

import asyncio
import selectors
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from socket import SOCK_STREAM
from typing import TypeVar

import h11
import httpx2

from ._settings import is_address

_KEPT = 5.0
"""Seconds that a connection is kept without work; servers close theirs after some more."""

_HELD_BACK = 2**20
"""Bytes that may have come unread before the server is made to wait."""

_LONGEST_HEAD = 100 * 1024
_NEXT_ADDRESS = 2.0
"""Seconds until a host's next address is tried, where the first does not answer."""

Origin = tuple[str, str, int]
T = TypeVar("T")


class Connections(httpx2.AsyncBaseTransport):
    """Up to `most` requests at once, each on a connection of its own; the one used last is used next."""

    def __init__(self, trust: ssl.SSLContext, most: int) -> None:
        """Keep what https is spoken with; nothing is opened yet."""
        trust.set_alpn_protocols(["http/1.1"])
        self._trust = trust
        self._room = asyncio.Semaphore(most)
        self._idle: list[_Connection] = []
        self._open: set[_Connection] = set()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, and return its answer once the head is there."""
        patience = request.extensions["timeout"]
        url = request.url
        origin = (url.scheme, url.raw_host.decode(), url.port or (443, 80)[url.scheme == "http"])
        await _within(patience["pool"], self._room.acquire(), httpx2.PoolTimeout)
        connection = self._kept(origin)
        try:
            if connection is None:
                connection = await self._opened(origin, patience["connect"])
            head = await connection.ask(request)
        except BaseException:
            self._give_back(connection)
            raise
        return httpx2.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=_Body(connection, self._give_back),
            extensions={"reason_phrase": head.reason},
        )

    async def aclose(self) -> None:
        """Close every connection, and wait until it is closed."""
        connections = tuple(self._open)
        for connection in connections:
            connection.abort()
        await asyncio.gather(*(connection.gone.wait() for connection in connections))

    def _kept(self, origin: Origin) -> "_Connection | None":
        """Take the connection that was used last; close those that nobody came back to."""
        oldest = time.monotonic() - _KEPT
        for connection in self._idle:
            if connection.idle_since < oldest:
                connection.abort()
        self._idle = [connection for connection in self._idle if not connection.broken]
        for place in reversed(range(len(self._idle))):
            if self._idle[place].origin == origin:
                connection = self._idle.pop(place)
                if not connection.has_news():
                    return connection
                connection.abort()
        return None

    async def _opened(self, origin: Origin, patience: float | None) -> "_Connection":
        try:
            return await _within(patience, self._dialled(origin), httpx2.ConnectTimeout)
        except OSError as error:
            raise httpx2.ConnectError(str(error)) from error

    async def _dialled(self, origin: Origin) -> "_Connection":
        """Try the host's addresses one after the other, none but the last for long.

        Not all at once as in RFC 8305: asyncio's way to do that loses sockets when it is cancelled.
        """
        _, host, port = origin
        *others, last = await _addresses(host, port)
        for address in others:
            with suppress(OSError):
                async with asyncio.timeout(_NEXT_ADDRESS):
                    return await self._connected(address, origin)
        return await self._connected(last, origin)

    async def _connected(self, address: str, origin: Origin) -> "_Connection":
        scheme, host, port = origin
        secure = scheme == "https"
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: _Connection(origin, self._open),
            address,
            port,
            ssl=self._trust if secure else None,
            server_hostname=host if secure else None,
        )
        return connection

    def _give_back(self, connection: "_Connection | None") -> None:
        self._room.release()
        if connection is None:
            return
        if connection.rest():
            self._idle.append(connection)
        else:
            connection.abort()


class _Connection(asyncio.Protocol):
    """One connection, on which requests go one after the other."""

    def __init__(self, origin: Origin, register: set["_Connection"]) -> None:
        self.origin = origin
        self.idle_since = 0.0
        self.broken = False
        self.gone = asyncio.Event()
        self._register = register
        self._framing = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._news: asyncio.Future[None] | None = None
        self._read_patience: float | None = None
        self._asked = False
        self._error: Exception | None = None
        self._unread = 0
        self._full = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (for the type checker)
        self._transport = transport
        self._register.add(self)

    def data_received(self, data: bytes) -> None:
        if not self._asked:  # the answer to no request, such as a 408 before the end
            self.abort()
            return
        self._framing.receive_data(data)
        self._unread += len(data)
        if self._unread > _HELD_BACK:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.broken = True
        self._framing.receive_data(b"")
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.broken = True
        self._error = exc
        self._register.discard(self)
        self.gone.set()
        self._wake()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._wake()

    def abort(self) -> None:
        self.broken = True
        self._transport.abort()

    def has_news(self) -> bool:
        """Tell whether something came that the loop had no time to look at: the end, most likely."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._transport.get_extra_info("socket"), selectors.EVENT_READ)
            return bool(selector.select(0))

    async def ask(self, request: httpx2.Request) -> h11.Response:
        """Send a request and return the head of its answer."""
        patience = request.extensions["timeout"]
        self._read_patience = patience["read"]
        self._asked = True
        self._transport.write(await self._spelled(request))
        while self._full and not self.broken and not self._unread:
            await self._more(patience["write"], httpx2.WriteTimeout)
        while not isinstance(head := await self._event(), h11.Response):
            pass  # 100 or 103: the answer is yet to come
        return head

    async def piece(self) -> bytes | None:
        """Return what of the body has come; None at its end."""
        event = await self._event()
        return bytes(event.data) if isinstance(event, h11.Data) else None

    def rest(self) -> bool:
        """Be ready for another request, and tell whether there can be one."""
        framing = self._framing
        whole = framing.our_state is h11.DONE and framing.their_state is h11.DONE
        if self.broken or not whole or framing.trailing_data[0]:
            return False
        framing.start_next_cycle()
        self._asked = False
        self.idle_since = time.monotonic()
        return True

    async def _spelled(self, request: httpx2.Request) -> bytes:
        assert isinstance(request.stream, httpx2.AsyncByteStream)  # noqa: S101  (for the type checker)
        try:
            head = h11.Request(
                method=request.method, target=request.url.raw_path, headers=request.headers.raw
            )
            spelled = [self._framing.send(head)]
            spelled += [self._framing.send(h11.Data(piece)) async for piece in request.stream]
            spelled.append(self._framing.send(h11.EndOfMessage()))
        except h11.LocalProtocolError as error:
            raise httpx2.LocalProtocolError(str(error)) from error
        return b"".join(part for part in spelled if part)

    async def _event(self) -> object:
        try:
            while (event := self._framing.next_event()) is h11.NEED_DATA:
                await self._more(self._read_patience, httpx2.ReadTimeout)
        except h11.RemoteProtocolError as error:
            raise httpx2.RemoteProtocolError(str(error)) from error
        return event

    async def _more(self, patience: float | None, timed_out: type[httpx2.TimeoutException]) -> None:
        """Wait until something has happened."""
        if self.gone.is_set():
            raise httpx2.ReadError(str(self._error or "the connection was closed"))
        if self._unread > _HELD_BACK:
            self._transport.resume_reading()
        self._unread = 0
        self._news = asyncio.get_running_loop().create_future()
        await _within(patience, self._news, timed_out)

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)


class _Body(httpx2.AsyncByteStream):
    """The rest of an answer, as it comes; the connection is free when it is closed."""

    def __init__(self, connection: _Connection, give_back: Callable[[_Connection], None]) -> None:
        self._connection = connection
        self._give_back = give_back
        self._closed = False

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        while (piece := await self._connection.piece()) is not None:
            yield piece

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            self._give_back(self._connection)


async def _addresses(host: str, port: int) -> list[str]:
    if is_address(host):
        return [host]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def _within(
    seconds: float | None, work: Awaitable[T], timed_out: type[httpx2.TimeoutException]
) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError as error:
        raise timed_out("") from error
