"""HTTP/1.1 by hand: requests off a connection, answers onto it, as cheaply as Python can.

Keep-alive and Content-Length only; what to answer, and when, is left to the `Answerer`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

_REASONS = {200: b"OK", 404: b"Not Found", 429: b"Too Many Requests"}
_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `headers` are whole lines."""

    body: bytes
    status: int = 200
    headers: bytes = b"Content-Type: application/json\r\n"

    def spelled(self) -> bytes:
        """Return the answer's bytes."""
        start = b"HTTP/1.1 %d %b\r\n" % (self.status, _REASONS[self.status])
        length = b"Content-Length: %d\r\n\r\n" % len(self.body)
        return b"".join((start, self.headers, length, self.body))


Send = Callable[[Answer], None]
Answerer = Callable[[str, bytes, Send], None]
"""Takes a request's target, its head, and what to call with the answer, now or later."""


class Connection(asyncio.Protocol):
    """One connection: requests one after the other, each answered before the next is read."""

    def __init__(self, answerer: Answerer) -> None:
        """Keep whom to ask for answers."""
        self._answerer = answerer
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to answer."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Ask for an answer once a request is there whole."""
        self._received += data
        end = self._received.find(_HEAD_END)
        if end < 0:
            return
        head = self._received[:end]
        whole = end + len(_HEAD_END) + _content_length(head)
        if len(self._received) < whole:
            return
        self._received = self._received[whole:]
        target = head[: head.index(b"\r\n")].split(b" ")[1].decode()
        self._answerer(target, head, self._send)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002  (asyncio's signature)
        """Answer into the void from now on."""
        self._transport = None

    def _send(self, answer: Answer) -> None:
        if self._transport is not None:
            self._transport.write(answer.spelled())


def _content_length(head: bytes) -> int:
    if head.startswith(b"GET"):
        return 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
