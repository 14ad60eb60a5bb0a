"""A Coupa in virtual time: hours pass as fast as the code runs, and each run is the same again.

The engine, the plans and the scan are the real ones; the network is a function, and the clock jumps
to whatever is waited for next.
"""

import asyncio
import json
import random
import selectors
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heapreplace
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from coupa_async_client._budgets import budget_for
from coupa_async_client._engine import Engine
from coupa_async_client._question import question
from coupa_async_client._reading import Reading
from coupa_async_client._settings import settings
from coupa_async_client.types import Request, Response, ScanReceipt

T = TypeVar("T")

EPOCH = 1_000.0
"""Where the virtual clock starts: anywhere but 0, as real ones do."""


class _Jump(selectors.SelectSelector):
    """Waits for nothing: whatever time was to be spent waiting has then passed."""

    def __init__(self) -> None:
        super().__init__()
        self.now = EPOCH

    def select(self, timeout: float | None = None) -> list[Any]:
        assert timeout is not None, "everybody waits, and nothing will ever come"
        self.now += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())


@dataclass
class Bucket:
    """The server's own: refuses what the documented limit does not cover (doc 0012), or queues it."""

    rate: float = 25.0
    burst: float = 20.0
    queues: bool = False
    level: float = field(init=False)
    at: float = field(default=EPOCH, init=False)

    def __post_init__(self) -> None:
        self.level = self.burst

    def delay(self, now: float) -> float | None:
        """Take a token: return the seconds until it is there, None for a refusal."""
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1 - 1e-9 and not self.queues:
            return None
        self.level -= 1
        return max(0.0, -self.level / self.rate)


@dataclass
class Coupa:
    """Answers as an instance would, with the latency, the limit and the neighbour that a test gives it.

    `neighbour` tells how many requests a second another client takes from the same bucket at a time.
    """

    ids: Sequence[int]
    seed: int = 0
    latency: Callable[[random.Random], float] = lambda chance: chance.lognormvariate(-2.022, 0.5)
    jitter: float = 0.0
    bucket: Bucket | None = None
    neighbour: Callable[[float], float] = lambda _: 0.0
    retry_after: str | None = None
    refuse_at_random: float = 0.0
    token_life: float = 86_399.0
    arrivals: list[float] = field(default_factory=list)
    durations: list[float] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._visits = EPOCH + self._chance.random() / 10

    @property
    def refused(self) -> int:
        return len(self.refusals)

    async def send(self, request: Request) -> Response:
        now = asyncio.get_running_loop().time
        if request.method == "POST":
            await asyncio.sleep(self.latency(self._chance))
            grant = {"access_token": "token", "expires_in": self.token_life}
            return Response(200, {}, json.dumps(grant).encode())
        took, late = self.latency(self._chance), self._chance.random() * self.jitter
        await asyncio.sleep(late)
        self.arrivals.append(now())
        wait = self._admitted(now())
        refused = wait is None or self._chance.random() < self.refuse_at_random
        self.durations.append(late + (wait or 0.0) + took)
        await asyncio.sleep(took + (wait or 0.0))
        if refused:
            self.refusals.append(now())
            return Response(429, {"retry-after": self.retry_after} if self.retry_after else {}, b"")
        return Response(200, {}, self._page(request.url), took + (wait or 0.0))

    async def aclose(self) -> None:
        pass

    def _admitted(self, now: float) -> float | None:
        if self.bucket is None:
            return 0.0
        while self._visits < now:
            rate = self.neighbour(self._visits - EPOCH)
            if rate:
                self.bucket.delay(self._visits)
            self._visits += 1 / rate if rate else 0.1
        return self.bucket.delay(now)

    def _page(self, url: str) -> bytes:
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        after = bisect_right(self.ids, int(query.get("id[gt]", -1)))
        below = bisect_left(self.ids, int(query["id[lt]"])) if "id[lt]" in query else len(self.ids)
        ids = self.ids[after:below]
        if "id[in]" in query:
            listed = set(map(int, query["id[in]"].split(",")))
            ids = [id_ for id_ in ids if id_ in listed]
        start = int(query.get("offset", 0))
        turned = query.get("dir") == "desc"
        page = (ids[::-1] if turned else ids)[start : start + int(query["limit"])]
        return json.dumps([{"id": id_} for id_ in page]).encode()


@dataclass(frozen=True)
class Drained:
    """What a scan took: its account, and the seconds from the first row asked for to the last.

    `ahead` is by how many the requests that arrived were ahead of the pages handed out, at most.
    """

    receipt: ScanReceipt
    seconds: float
    ahead: int


def drain(coupa: Coupa, paging: str = "auto", *, pause: float = 0.0, **options: Any) -> Drained:
    """Scan everything in virtual time, and check that each row came once."""
    return run(lambda: drained(coupa, paging, pause=pause, **options))


async def drained(
    coupa: Coupa, paging: str = "auto", *, pause: float = 0.0, **options: Any
) -> Drained:
    """Scan everything on the running loop, and check that each row came once.

    Whoever takes the pages is at work for `pause` seconds after each.
    """
    loop = asyncio.get_running_loop()
    engine, reading = reading_of(coupa, paging, **options)
    started, ids = loop.time(), []
    ahead = pages = 0
    while (page := await reading.next()) is not None:
        ids += reading.hand_out(page).ids
        pages += 1
        ahead = max(ahead, len(coupa.arrivals) - pages)
        if pause:
            await asyncio.sleep(pause)
    seconds = loop.time() - started
    await reading.end()
    await engine.aclose()
    assert sorted(ids) == list(coupa.ids)
    return Drained(reading.receipt, seconds, ahead)


def reading_of(
    coupa: Coupa, paging: str, params: dict[str, Any] | None = None, **options: Any
) -> tuple[Engine, Reading[Any]]:
    """Make a scan on the running loop, and the engine to be closed behind it."""
    loop = asyncio.get_running_loop()
    checked = settings("http://localhost/api", client_id="id", client_secret="hush", **options)  # noqa: S106
    budget = budget_for(checked, loop.time)
    chance = random.Random(coupa.seed).random
    engine = Engine(checked, coupa, budget=budget, clock=loop.time, chance=chance)
    return engine, Reading(engine, question(checked, "invoices", params, paging=paging))


def list_schedule(durations: Iterable[float], slots: int) -> float:
    """Return the time that requests take on some slots, each given to the first that is free."""
    free = [0.0] * slots
    heapify(free)
    for duration in durations:
        heapreplace(free, free[0] + duration)
    return max(free)
