"""A scripted server on a real socket: it answers byte for byte what a test tells it to, or breaks off.

For what no well-behaved server does; everything else is tested against the sandbox.
"""

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Seen:
    """One request as it arrived; `turn` counts those for the same path from 0."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    turn: int
    raw_query: str = ""

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True)
class Broken:
    """Send these bytes, then end the connection: closed, reset, or held open without a word."""

    sent: bytes = b""
    ending: str = "close"


Answer = bytes | Broken


def http(status: int = 200, body: object = b"", **headers: str) -> bytes:
    """Spell a whole answer; anything but bytes becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"content-type": "application/json", "content-length": str(len(content))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + content


def grant(
    token: str = "token-1",  # noqa: S107
    expires_in: object = 86399,
) -> bytes:
    return http(200, {"access_token": token, "token_type": "Bearer", "expires_in": expires_in})


def rows(ids: Iterable[int]) -> list[dict[str, int]]:
    return [{"id": i} for i in ids]


@dataclass
class Server:
    """Listens on loopback until closed; `answer` is called for each request, on a thread of its own."""

    answer: Callable[[Seen], Answer]
    tls: ssl.SSLContext | None = None
    token: Callable[[Seen], Answer] = field(default=lambda _: grant())

    def __enter__(self) -> Self:
        self.seen: list[Seen] = []
        self.connections = 0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                connection.close()
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    @property
    def api(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.path.startswith("/api/")]

    @property
    def tokens(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == "/oauth2/token"]

    @property
    def idle(self) -> bool:
        """Tell whether every connection has been closed by the other side."""
        return not self._open

    def arguments(self, **more: object) -> dict[str, object]:
        """Name the arguments of a client for this server; retries wait as short as they can."""
        return {
            "base_url": f"{self.url}/api",
            "token_url": f"{self.url}/oauth2/token",
            "client_id": "id",
            "client_secret": "the-secret",
            "rate": None,
            **more,
        }

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
                self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        wrapped = connection
        try:
            if self.tls:
                wrapped = self.tls.wrap_socket(connection, server_side=True)
            stream = wrapped.makefile("rb")
            while (seen := self._read(stream)) is not None:
                answer = (self.token if seen.path == "/oauth2/token" else self.answer)(seen)
                if isinstance(answer, bytes):
                    wrapped.sendall(answer)
                    continue
                wrapped.sendall(answer.sent)
                if answer.ending == "hold":
                    stream.read(1)
                if answer.ending == "reset":
                    linger = struct.pack("ii", 1, 0)
                    wrapped.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
        except (OSError, ValueError):
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            stream = None
            wrapped.close()

    def _read(self, stream: object) -> Seen | None:
        head = stream.readline().decode().split()
        if len(head) < 3:
            return None
        headers = {}
        while line := stream.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        parts = urlsplit(head[1])
        with self._lock:
            turn = sum(seen.path == parts.path for seen in self.seen)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            seen = Seen(head[0], parts.path, query, headers, body, turn, parts.query)
            self.seen.append(seen)
        return seen


def serving(ids: Iterable[int], cap: int = 50) -> Callable[[Seen], bytes]:
    """Answer as Coupa does for rows of these ids: `id[gt]`, `offset`, `limit`, ascending order."""
    known = sorted(ids)

    def answer(seen: Seen) -> bytes:
        after = int(seen.query.get("id[gt]", -1))
        offset = int(seen.query.get("offset", 0))
        limit = min(cap, int(seen.query.get("limit", 50)))
        return http(200, rows([i for i in known if i > after][offset : offset + limit]))

    return answer
