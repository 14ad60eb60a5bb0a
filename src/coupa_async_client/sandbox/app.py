"""The sandbox as an ASGI application: reads requests, waits, journals and delivers answers."""

import asyncio
import gzip
from time import monotonic
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Message, Receive, Scope, Send

from coupa_async_client.sandbox import control
from coupa_async_client.sandbox.config import Config
from coupa_async_client.sandbox.engine import Engine
from coupa_async_client.sandbox.exchange import Answer, Call
from coupa_async_client.sandbox.faults import Rule

_MARK = (b"x-sandbox", b"coupa-async-client")
_BODYLESS = (204, 304)
_DEFAULT_DELAY = 1.0


class Front:
    """The ASGI face of an engine; `close` lets requests that hang go."""

    def __init__(self, engine: Engine) -> None:
        """Serve `engine`."""
        self._engine = engine
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End the requests that are kept waiting; call it on the server's loop."""
        self._closing.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        engine = self._engine
        arrived = engine.now()
        engine.in_flight += 1
        beside = engine.in_flight
        try:
            call = await _read(scope, receive)
            if call is None:
                return
            if engine.config.control and call.path.startswith(control.PREFIX):
                await _deliver(engine.command(call), call, send, engine.config)
                return
            await self._answer(call, arrived, beside, receive, send)
        finally:
            engine.in_flight -= 1

    async def _answer(
        self, call: Call, arrived: float, beside: int, receive: Receive, send: Send
    ) -> None:
        engine = self._engine
        wait = engine.wait_for_permit(call)
        rule = None if wait is None else engine.fault_for(call)
        if rule is not None and rule.do == "hang":
            engine.record(call, arrived, 0, rule, beside)
            await self._hang(receive, send)
            return
        await self._pause((wait or 0.0) + engine.config.latency + _delay(rule))
        answer = _too_many_or(engine, wait, call, rule)
        engine.record(call, arrived, answer.status, rule, beside)
        cut = rule is not None and rule.do == "cut"
        await _deliver(answer, call, send, engine.config, cut=cut)

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            try:
                await asyncio.wait_for(self._closing.wait(), seconds)
            except TimeoutError:
                return

    async def _hang(self, receive: Receive, send: Send) -> None:
        closing = asyncio.ensure_future(self._closing.wait())
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({closing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            closing.cancel()
            leaving.cancel()
        if not leaving.done():
            # Half an answer makes the server close the connection instead of making up a 500.
            await send(_start(Answer(200, b"?"), 1))


def app_for(config: Config) -> Starlette:
    """Return the sandbox as an application for in-process use; it keeps its own state."""
    return starlette_for(Front(Engine(config, monotonic)))


def starlette_for(front: Front) -> Starlette:
    """Wrap the front in an application."""
    return Starlette(routes=[Mount("/", app=front)])


def _too_many_or(engine: Engine, wait: float | None, call: Call, rule: Rule | None) -> Answer:
    return engine.too_many() if wait is None else engine.answer(call, rule)


def _delay(rule: Rule | None) -> float:
    if rule is None or rule.do != "slow":
        return 0.0
    return float(rule.details.get("seconds", _DEFAULT_DELAY))


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read(scope: Scope, receive: Receive) -> Call | None:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return Call(
        method=scope["method"],
        path=scope["path"],
        query=tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        },
        body=bytes(body),
    )


async def _deliver(
    answer: Answer, call: Call, send: Send, config: Config, *, cut: bool = False
) -> None:
    body, headers = answer.body, list(answer.headers)
    if config.gzip and body and "gzip" in call.headers.get("accept-encoding", "").lower():
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    if call.method == "HEAD" or answer.status in _BODYLESS:
        body = b""
    start = _start(Answer(answer.status, body, answer.media, tuple(headers)), len(body))
    await send(start)
    if cut:
        # Returning without the end makes the server close the connection.
        await send(
            {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
        )
        return
    await send({"type": "http.response.body", "body": body})


def _start(answer: Answer, length: int) -> Message:
    headers = [_MARK, (b"content-type", answer.media.encode())]
    headers.append((b"content-length", str(length).encode()))
    headers += [(name.lower().encode(), value.encode()) for name, value in answer.headers]
    return {"type": "http.response.start", "status": answer.status, "headers": headers}
