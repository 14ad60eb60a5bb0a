"""A Coupa for benchmarks, in a process of its own: `serve.py SPEC` serves on loopback until stdin ends.

Prints its port first. SPEC is JSON: `temper`, and `resources` by name, of which `few` is for warming
up: answered at once and not counted. `GET /stats` tells what was asked and what it cost. The token
is not checked.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from pages import Body, Resource
from temper import Bucket, Chances, Temper

from wire import Answer, Connection, Send

_TOKEN = Answer(b'{"access_token":"token-1","token_type":"Bearer","expires_in":86399}')
_NOT_FOUND = Answer(b'{"errors":{"base":["no such resource"]}}', status=404)
_TOO_MANY = Answer(b'{"errors":{"base":["too many requests"]}}', status=429)
_JSON = b"Content-Type: application/json\r\n"
_GZIPPED = _JSON + b"Content-Encoding: gzip\r\n"


@dataclass(slots=True)
class Stats:
    """What was asked, and what it cost; times are seconds on the server's clock."""

    tokens: int = 0
    requests: int = 0
    refused: int = 0
    rows: int = 0
    sent: int = 0
    first: float | None = None
    last: float = 0.0
    cpu: float = 0.0
    durations: list[float] = field(default_factory=list)
    came: list[tuple[float, str]] = field(default_factory=list)
    neighbour_served: int = 0
    neighbour_refused: int = 0
    _cpu_at_first: float = 0.0

    def arrived(self, now: float) -> None:
        """Note a request, other than a token call."""
        self.requests += 1
        if self.first is None:
            self.first = now
            self._cpu_at_first = time.process_time()

    def told(self) -> dict[str, object]:
        """Spell the account as plain JSON."""
        return {
            "tokens": self.tokens,
            "requests": self.requests,
            "refused": self.refused,
            "rows": self.rows,
            "sent": self.sent,
            "first": self.first,
            "elapsed": self.last - (self.first or self.last),
            "cpu": self.cpu - self._cpu_at_first if self.first is not None else 0.0,
            "durations": self.durations,
            "came": self.came,
            "neighbour_served": self.neighbour_served,
            "neighbour_refused": self.neighbour_refused,
        }


class Coupa:
    """Answers requests as its temper has it."""

    def __init__(self, resources: dict[str, Resource], temper: Temper) -> None:
        """Start the clock; the bucket is full."""
        self._loop = asyncio.get_running_loop()
        self._resources = resources
        self._temper = temper
        self._chances = Chances(temper)
        self._stats = Stats()
        now = self._loop.time()
        self._bucket = Bucket(temper.rate, temper.burst, now) if temper.rate else None
        if temper.neighbour:
            self._neighbour(now)

    def answer(self, target: str, _: bytes, send: Send) -> None:
        """Answer one request, at once or later."""
        path, _, query = target.partition("?")
        if path == "/stats":
            send(Answer(json.dumps(self._stats.told()).encode()))
        elif path == "/oauth2/token":
            self._stats.tokens += 1
            self._later(self._temper.latency, send, _TOKEN)
        elif path.endswith("/few"):
            send(_spelled(self._resources["few"].answer(dict(parse_qsl(query)))))
        else:
            self._stats.arrived(self._loop.time())
            delay = self._chances.delay_before()
            if delay:
                self._loop.call_later(delay, self._arrived, path, query, send)
            else:
                self._arrived(path, query, send)

    def _arrived(self, path: str, query: str, send: Send) -> None:
        name = path.rpartition("/")[2]
        resource = self._resources.get(name)
        self._stats.came.append((self._loop.time(), name))
        wait = self._waits()
        duration = self._chances.duration()
        if resource is None:
            self._later(duration, send, _NOT_FOUND)
        elif wait is None:
            self._stats.refused += 1
            self._later(duration, send, _TOO_MANY)
        else:
            body = resource.answer(dict(parse_qsl(query)))
            self._stats.rows += body.rows
            self._stats.sent += len(body.content)
            self._stats.durations.append(duration)
            self._later(wait + duration, send, _spelled(body))

    def _waits(self) -> float | None:
        """Return how long a request waits for its turn; None if it is one too many."""
        if self._bucket is None:
            return 0.0
        if self._temper.excess == "queued":
            return self._bucket.book(self._loop.time())
        return 0.0 if self._bucket.take(self._loop.time()) else None

    def _later(self, seconds: float, send: Send, answer: Answer) -> None:
        if seconds > 0:
            self._loop.call_later(seconds, self._sent, send, answer)
        else:
            self._sent(send, answer)

    def _sent(self, send: Send, answer: Answer) -> None:
        send(answer)
        self._stats.last = self._loop.time()
        self._stats.cpu = time.process_time()

    def _neighbour(self, at: float) -> None:
        """Take a token for somebody else, evenly, for ever."""
        if self._bucket and self._bucket.take(self._loop.time()):
            self._stats.neighbour_served += 1
        else:
            self._stats.neighbour_refused += 1
        at += 1 / self._temper.neighbour
        self._loop.call_at(at, self._neighbour, at)


def _spelled(body: Body) -> Answer:
    return Answer(body.content, headers=_GZIPPED if body.gzipped else _JSON)


async def serve(spec: dict[str, dict[str, dict[str, object]]]) -> None:
    """Serve until stdin ends, which it does with the process that started this one."""
    resources = {name: Resource(**what) for name, what in spec["resources"].items()}
    loop = asyncio.get_running_loop()
    coupa = Coupa(resources, Temper(**spec.get("temper", {})))
    server = await loop.create_server(lambda: Connection(coupa.answer), "127.0.0.1", 0, backlog=128)
    print(server.sockets[0].getsockname()[1], flush=True)
    over = asyncio.Event()
    loop.add_reader(sys.stdin, over.set)
    await over.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
