"""Carries a plan out in virtual time: so many slots, a latency for each request, maybe a pace.

No loop, no sleeping and no chance but the caller's: minutes pass in milliseconds, and come again.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush, heapreplace

from coupa_async_client import Page
from coupa_async_client.types import Ask, Plan

QUEUE = 2
"""Requests that may be asked for before the pace lets them leave."""


class Pace:
    """A token bucket that is full at first: `rate` requests a second, `burst` at once."""

    def __init__(self, rate: float, burst: int) -> None:
        self._interval = 1 / rate
        self._slack = (burst - 1) * self._interval
        self._next = float("-inf")

    def leave(self, now: float) -> float:
        """Book the next moment at which a request may leave."""
        moment = max(now, self._next - self._slack)
        self._next = max(now, self._next) + self._interval
        return moment

    def free(self, now: float) -> int:
        ahead = now + self._slack - max(now, self._next)
        return max(0, int(ahead / self._interval + 1 + 1e-9))


@dataclass
class Timeline:
    """How it went: seconds until the last page left, and how long each request took, as they left."""

    makespan: float = 0.0
    durations: list[float] = field(default_factory=list)
    ids: list[int | None] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return len(self.durations)


def play(
    plan: Plan,
    answer: Callable[[Ask], Page],
    latency: Callable[[], float],
    slots: int,
    pace: Pace | None = None,
) -> Timeline:
    """Carry a plan out as the engine does: whenever an answer lands, as many set out as may."""
    done = Timeline()
    flying: list[tuple[float, int, Ask]] = []
    queued: list[float] = []
    now = 0.0
    while not plan.done:
        while queued and queued[0] <= now:
            heappop(queued)
        free = slots - len(flying)
        paced = free
        if pace is not None:
            paced = min(free, max(pace.free(now) + QUEUE - len(queued), 0 if flying else 1))
        for ask in plan.take(paced):
            start = now if pace is None else pace.leave(now)
            if start > now:
                heappush(queued, start)
            done.durations.append(latency())
            heappush(flying, (start + done.durations[-1], done.requests, ask))
        assert flying, "the plan neither asks nor ends"
        if paced < free and queued and queued[0] < flying[0][0]:
            now = queued[0]
            continue
        now, _, ask = heappop(flying)
        for page in plan.feed(ask, answer(ask)):
            done.ids += page.ids
    done.makespan = now
    return done


def list_schedule(durations: list[float], slots: int) -> float:
    """Tell how long requests take where each sets out as soon as a slot is free."""
    busy = [0.0] * slots
    for duration in durations:
        heapreplace(busy, busy[0] + duration)
    return max(busy)


def stragglers(rng, usual=0.1, share=0.05, slow=2.0):
    return lambda: slow if rng.random() < share else usual


def lognormal(rng, mean=0.15, sigma=0.4):
    return lambda: rng.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)
