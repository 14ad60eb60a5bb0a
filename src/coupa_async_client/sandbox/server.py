"""Runs the sandbox on a loopback port in a thread, and hands tests the strings to pull."""

import asyncio
import ipaddress
import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self

import uvicorn

from coupa_async_client.sandbox import grammar
from coupa_async_client.sandbox.app import Front, starlette_for
from coupa_async_client.sandbox.config import Config, Rows
from coupa_async_client.sandbox.control import rule
from coupa_async_client.sandbox.engine import TOKEN_PATH, Engine
from coupa_async_client.sandbox.journal import Entry
from coupa_async_client.sandbox.oauth import CLIENT_ID, CLIENT_SECRET, granted_scopes
from coupa_async_client.sandbox.store import Table
from coupa_async_client.sandbox.values import JSON, Row

_STOP_SECONDS: Final = 10.0
_TICK_SECONDS: Final = 0.1
_PORT_MAX: Final = 65_535


class Sandbox:
    """A local Coupa on a free loopback port: memory only, rude unless `polite`.

    Use it as a context manager. Its methods may be called from any thread while it serves.
    """

    def __init__(
        self,
        polite: bool = False,
        *,
        seed: int = 1,
        rows: Mapping[str, int] | None = None,
        load: Mapping[str, Path | str | Rows] | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
        **knobs: Any,  # noqa: ANN401 - Config checks them
    ) -> None:
        """Lay out the rows; nothing listens before the `with` block begins.

        Raises:
            ValueError: a host that is not loopback, an unknown resource or value, unfit rows.
            TypeError: an unknown knob.
            OSError: a file in `load` cannot be read.
        """
        if not _is_loopback(host):
            raise ValueError(f"host is {host!r}; the sandbox listens on loopback only: 127.0.0.1")
        if not 0 <= port <= _PORT_MAX:
            raise ValueError(f"port is {port}; it takes 0 (a free one) to {_PORT_MAX}")
        self.config = Config.of(polite=polite, seed=seed, rows=rows or {}, load=load or {}, **knobs)
        self.client_id = CLIENT_ID
        self.client_secret = CLIENT_SECRET
        self.scopes = granted_scopes(self.config)
        self._engine = Engine(self.config, monotonic)
        self._host = host
        self._asked_port = self._port = port
        self._server: _Server | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        """Listen, and return when requests are answered.

        Raises:
            OSError: the port is in use.
        """
        listener = _listen(self._host, self._asked_port)
        self._port = listener.getsockname()[1]
        self._server = _Server(Front(self._engine))
        self._thread = Thread(
            target=self._server.run, args=([listener],), name="coupa-sandbox", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_STOP_SECONDS):
            raise RuntimeError("the sandbox's server did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening, end what still hangs, and wait for the thread."""
        if self._server is not None and self._thread is not None:
            self._server.stop()
            self._thread.join(_STOP_SECONDS)
        self._server = self._thread = None

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def base_url(self) -> str:
        """The base of the REST API."""
        return f"{self.url}/api"

    @property
    def token_url(self) -> str:
        """The OAuth2 token endpoint."""
        return self.url + TOKEN_PATH

    def env(self) -> dict[str, str]:
        """Return the environment a client of this sandbox needs."""
        return {
            "COUPA_BASE_URL": self.base_url,
            "COUPA_TOKEN_URL": self.token_url,
            "COUPA_CLIENT_ID": self.client_id,
            "COUPA_CLIENT_SECRET": self.client_secret,
            "COUPA_SCOPES": " ".join(self.scopes),
        }

    def rows(
        self,
        resource: str,
        params: Mapping[str, object] | Sequence[tuple[str, object]] = (),
    ) -> list[Row]:
        """Return all rows that the filters match, in id order, without paging.

        Raises:
            KeyError: there is no such resource.
            RefusalError: a filter that the API would answer with a 400.
        """
        pairs = params.items() if isinstance(params, Mapping) else params
        asked = [(name, _text(value)) for name, value in pairs]
        with self._engine.lock:
            table = self._table(resource)
            query = grammar.parse(asked, table.schema, self.config)
            return [table.row(row_id) for row_id in table.every(query)]

    def insert(self, resource: str, values: Mapping[str, JSON]) -> int:
        """Add a row, by default with the next id; generated attributes fill the rest."""
        with self._engine.lock:
            return self._table(resource).insert(values)

    def update(self, resource: str, row_id: int, values: Mapping[str, JSON]) -> None:
        """Change attributes of a row; updated-at moves to now unless `values` has it."""
        with self._engine.lock:
            self._table(resource).update(row_id, values)

    def delete(self, resource: str, row_id: int) -> None:
        """Remove a row."""
        with self._engine.lock:
            self._table(resource).delete(row_id)

    @property
    def journal(self) -> list[Entry]:
        """The requests so far, by time of arrival."""
        with self._engine.lock:
            return self._engine.journal.entries()

    def fault(self, do: str, **named: Any) -> None:  # noqa: ANN401 - Rule checks them
        """Add a fault: `path`, `method`, `query`, `nth`, `times`, `every`, `share`, and details.

        Raises:
            ValueError: there is no such fault or detail.
        """
        with self._engine.lock:
            self._engine.faults.add(rule(do, named))

    def expire_tokens(self) -> None:
        """Revoke every token that was handed out."""
        with self._engine.lock:
            self._engine.tokens.revoke_all()

    def reset(self) -> None:
        """Go back to the start: rows, journal, faults, tokens and rate limit."""
        self._engine.reset()

    def _table(self, resource: str) -> Table:
        tables = self._engine.store.tables
        if resource not in tables:
            raise KeyError(f"no resource {resource!r}; there are: {', '.join(tables)}")
        return tables[resource]


class _Server(uvicorn.Server):
    """A server that says when it is ready and that another thread can stop."""

    def __init__(self, front: Front) -> None:
        super().__init__(
            uvicorn.Config(
                starlette_for(front),
                http="h11",
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=60,
                timeout_graceful_shutdown=2,
            )
        )
        self.ready = Event()
        self._front = front
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End the main loop; safe from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        self.should_exit = True
        self._stopping.set()
        self._front.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then let the waiting thread go on."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Tick as the parent does, but leave at once when stopped."""
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % 864000
            try:
                await asyncio.wait_for(self._stopping.wait(), _TICK_SECONDS)
            except TimeoutError:
                continue


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's delay off on what it accepts.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
