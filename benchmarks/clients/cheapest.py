"""The cheapest client that drains the same rows: it trusts every answer and survives nothing.

asyncio streams, httptools for the framing, isal for gzip, msgspec to split a page into raw rows, or
to decode it. Runs in its own virtual environment.
"""

import asyncio
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import urlsplit

import httptools
import msgspec
from isal import isal_zlib
from task import Task, lines, measured_async, told

PAGE = 50
_RECEIVED_AT_ONCE = 2**18
_GZIP = 31
_raw = msgspec.json.Decoder(list[msgspec.Raw])
_decoded = msgspec.json.Decoder()


@dataclass(slots=True)
class Answer:
    """What the parser has seen of an answer so far."""

    chunks: list[bytes] = field(default_factory=list)
    gzipped: bool = False
    complete: bool = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Look for compression."""
        if name.lower() == b"content-encoding":
            self.gzipped = value == b"gzip"

    def on_body(self, chunk: bytes) -> None:
        """Keep a piece."""
        self.chunks.append(chunk)

    def on_message_complete(self) -> None:
        """Note the end."""
        self.complete = True

    @property
    def body(self) -> bytes:
        """The body, decompressed."""
        body = self.chunks[0] if len(self.chunks) == 1 else b"".join(self.chunks)
        return isal_zlib.decompress(body, _GZIP, 8 * len(body)) if self.gzipped else body


class Connection:
    """One connection, on which requests go one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take both ends."""
        self._reader = reader
        self._writer = writer

    async def exchange(self, request: bytes) -> bytes:
        """Send a request and return the body of its answer."""
        self._writer.write(request)
        answer = Answer()
        parser = httptools.HttpResponseParser(answer)
        while not answer.complete:
            parser.feed_data(await self._reader.read(_RECEIVED_AT_ONCE))
        return answer.body

    def close(self) -> None:
        """End the connection."""
        self._writer.close()


class Client:
    """Some connections and a token."""

    def __init__(self, task: Task, connections: list[Connection]) -> None:
        """Take what `connect` made."""
        self._task = task
        self._connections = connections
        self._token = b""

    @classmethod
    async def connect(cls, task: Task) -> "Client":
        """Open every connection and fetch a token."""
        parts = urlsplit(task.url)
        opened = [
            await asyncio.open_connection(parts.hostname, parts.port, limit=_RECEIVED_AT_ONCE)
            for _ in range(task.slots)
        ]
        client = cls(task, [Connection(*ends) for ends in opened])
        form = b"grant_type=client_credentials&client_id=id&client_secret=the-secret"
        head = b"POST /oauth2/token HTTP/1.1\r\nHost: coupa\r\nContent-Length: %d\r\n\r\n" % len(
            form
        )
        grant = _decoded.decode(await client._connections[0].exchange(head + form))
        client._token = grant["access_token"].encode()
        return client

    async def drain(self, resource: str) -> int:
        """Read offset after offset on every connection until there is no more."""
        offsets = iter(range(0, 2**40, PAGE))
        over = False
        rows = 0

        async def read(connection: Connection, sink: BinaryIO) -> None:
            nonlocal over, rows
            while not over:
                request = self._request(resource, next(offsets))
                page = self._take(await connection.exchange(request), sink)
                rows += page
                over = over or page < PAGE

        with self._task.opened() as sink:
            await asyncio.gather(*(read(connection, sink) for connection in self._connections))
        return rows

    def close(self) -> None:
        """Close every connection."""
        for connection in self._connections:
            connection.close()

    def _request(self, resource: str, offset: int) -> bytes:
        return (
            b"GET /api/%b?offset=%d&limit=%d HTTP/1.1\r\nHost: coupa\r\nAccept: application/json\r\n"
            b"Accept-Encoding: gzip\r\nAuthorization: Bearer %b\r\n\r\n"
        ) % (resource.encode(), offset, PAGE, self._token)

    def _take(self, body: bytes, sink: BinaryIO) -> int:
        if self._task.to == "rows":
            return self._task.consume(_decoded.decode(body))
        rows = _raw.decode(body)
        if rows and self._task.to == "jsonl":
            sink.write(lines(rows))
        return len(rows)


async def main(task: Task) -> None:
    """Connect, then measure."""
    client = await Client.connect(task)
    await measured_async(task, client.drain)
    client.close()


if __name__ == "__main__":
    asyncio.run(main(told()))
