"""Budgets shared through a shelf in memory, in virtual time: what files and Redis do, and all they fail at."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from coupa_async_client._limits import Permit
from coupa_async_client._shared_budget import Found, SharedBudget
from virtual import EPOCH, Bucket

LATENCY = 0.15
"""Seconds for an answer."""


@dataclass
class Shelf:
    """Keeps a record, on a clock that is `ahead` of the processes'.

    `latency` is the most that an exchange takes each way; `fails` is raised as long as it is there;
    `busy` counts the exchanges that will find somebody else at it.
    """

    content: bytes = b""
    latency: float = 0.0
    ahead: float = 0.0
    fails: OSError | None = None
    hangs: bool = False
    busy: int = 0
    swaps: int = 0
    open: bool = True

    def __post_init__(self) -> None:
        self._chance = random.Random(7)

    async def swap(self, held: bytes | None, wanted: bytes) -> Found | None:
        self.swaps += 1
        await self._way()
        if self.hangs:
            await asyncio.Event().wait()
        if self.fails:
            raise self.fails
        if self.busy:
            self.busy -= 1
            return None
        found = Found(self.content, asyncio.get_running_loop().time() + self.ahead)
        if held == self.content:
            self.content = wanted
        await self._way()
        return found

    async def aclose(self) -> None:
        self.open = False

    async def _way(self) -> None:
        if self.latency:
            await asyncio.sleep(self.latency * self._chance.random())


def sharer(
    shelf: Shelf, rate: float = 25.0, burst: int = 20, clock: Callable[[], float] | None = None
) -> SharedBudget:
    """Make a budget as one process has it."""
    clock = clock or asyncio.get_running_loop().time
    return SharedBudget(rate, burst, shelf, clock, name="'nightly'")


@dataclass
class Door:
    """The server's: when requests came, by whom, and which were refused.

    It refuses what the documented bucket does not hold; `closed_until` it refuses all.
    """

    bucket: Bucket = field(default_factory=Bucket)
    jitter: float = 0.06
    closed_until: float = 0.0
    retry_after: float = 0.0
    came: list[tuple[float, str]] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(3)

    async def knock(self, who: str) -> bool:
        """Arrive a moment later; tell whether it was let in."""
        await asyncio.sleep(self.jitter * self._chance.random())
        now = asyncio.get_running_loop().time()
        self.came.append((now - EPOCH, who))
        if self.bucket.delay(now) is None or now - EPOCH < self.closed_until:
            self.refused.append(now - EPOCH)
            return False
        return True

    def count(self, who: str, start: float, end: float) -> int:
        """Count the requests of those whose name begins so, between two moments."""
        return sum(name.startswith(who) and start <= at < end for at, name in self.came)


async def leave(budget: SharedBudget) -> Permit:
    """Book and wait, as an engine does."""
    permit = await budget.reserve()
    while permit.wait > 0:
        await asyncio.sleep(permit.wait)
        if await budget.honours(permit):
            break
        permit = await budget.reserve()
    return permit


@dataclass
class Process:
    """Sends without end, from the moment it is made until it is killed."""

    budget: SharedBudget
    door: Door
    name: str

    def __post_init__(self) -> None:
        self._task = asyncio.create_task(self._send())

    async def killed(self) -> None:
        """End in the middle of whatever it does; what it booked is lost."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _send(self) -> None:
        async with asyncio.TaskGroup() as flights:
            while True:
                flights.create_task(self._fly(await leave(self.budget)))

    async def _fly(self, permit: Permit) -> None:
        admitted = await self.door.knock(self.name)
        await asyncio.sleep(LATENCY)
        if not admitted:
            await self.budget.refused(permit, self.door.retry_after)
