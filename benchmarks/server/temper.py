"""How a server treats requests: how late they arrive, how long they take, and when there are too many.

Arithmetic on a clock that is handed in; waiting is left to `serve`.
"""

import math
import random
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Temper:
    """What a server does to requests; every figure is in seconds, or requests a second.

    `latency` is a mean, log-normal with `sigma`; the `straggling` share takes `straggle` instead.
    `jitter` is the most that a request takes to arrive. Without a `rate` there is no limit;
    `neighbour` is how many requests a second somebody else makes.
    """

    latency: float = 0.0
    sigma: float = 0.0
    straggling: float = 0.0
    straggle: float = 0.0
    jitter: float = 0.0
    rate: float | None = None
    burst: int = 20
    excess: Literal["refused", "queued"] = "refused"
    neighbour: float = 0.0
    seed: int = 1


class Chances:
    """The seeded fates of requests, in order of arrival."""

    def __init__(self, temper: Temper) -> None:
        """Start the sequence."""
        self._temper = temper
        self._chance = random.Random(temper.seed)

    def delay_before(self) -> float:
        """Return how long a request is under way."""
        return self._temper.jitter * self._chance.random() if self._temper.jitter else 0.0

    def duration(self) -> float:
        """Return how long an answer takes."""
        temper = self._temper
        if temper.straggling and self._chance.random() < temper.straggling:
            return temper.straggle
        if not temper.sigma:
            return temper.latency
        return self._chance.lognormvariate(
            math.log(temper.latency) - temper.sigma**2 / 2, temper.sigma
        )


class Bucket:
    """Coupa's limit as the server sees it: tokens that come back at `rate`, `burst` at most."""

    def __init__(self, rate: float, burst: int, now: float) -> None:
        """Start full."""
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._at = now

    def take(self, now: float) -> bool:
        """Take a token if there is one."""
        self._refill(now)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def book(self, now: float) -> float:
        """Take a token, on credit if need be; return the seconds until it is there."""
        self._refill(now)
        self._tokens -= 1
        return max(0.0, -self._tokens / self._rate)

    def _refill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
