"""A budget that processes share: a record of the pace, which each replaces by the next.

Where the record is kept is left to a `Store`, how it is spelled to `_record`, the arithmetic to
`_limits`.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ._limits import Governor, Pace, Permit
from ._record import Record, emptied, spelled, understood
from .errors import CoupaConfigError

T = TypeVar("T")

log = logging.getLogger("coupa_async_client")

_FIRST_PATIENCE = 5.0
_PATIENCE = 1.0
"""Seconds that the store has to answer: at first, and later, when the bucket fills meanwhile."""

_TRY_AGAIN = 5.0
"""Seconds for which a store that did not answer is left alone."""

_IDLE = 60.0
"""Seconds after which a budget is no longer in use, and may be begun with another rate."""

_MOST_TRIES = 1000
_NAP, _LONGEST_NAP = 0.001, 0.01


@dataclass(frozen=True, slots=True)
class Found:
    """What a store held, and the time on the clock of those who share it."""

    content: bytes
    now: float


class Store(Protocol):
    """Keeps a record for everybody who shares it; empty at first."""

    async def swap(self, held: bytes | None, wanted: bytes) -> Found | None:
        """Put `wanted` in the place of `held`, if that is what is there, and tell what was there.

        With None for `held`, only look. Returns None where somebody else is at it this moment.

        Raises:
            OSError: it cannot be reached, or not be used.
        """
        ...

    async def aclose(self) -> None:
        """Let go of it."""
        ...


class SharedBudget:
    """The budget of everybody who names the same store.

    Nobody waits for anybody: a record that another replaced in between is read, and the decision taken
    again. Should the store fail in mid-run, the client goes on by its own arithmetic, and comes back
    to the store when it can, with an empty bucket: who knows what the others have sent.
    """

    def __init__(
        self, rate: float, burst: int, store: Store, clock: Callable[[], float], *, name: str
    ) -> None:
        """Take the documented limit, and the name of the store for messages."""
        self._limit = (rate, float(burst))
        self._governor = Governor(rate, burst)
        self._store = store
        self._clock = clock
        self._name = name
        self._turn = asyncio.Lock()
        self._held: bytes | None = None
        self._ahead = 0.0
        self._reached = self._taken_part = False
        self._alone_until: float | None = None

    async def reserve(self) -> Permit:
        """Book the next free moment.

        Raises:
            CoupaConfigError: the store cannot be reached at the start, or is in use with another
                rate or burst.
        """
        return await self._agreed(self._governor.reserve)

    async def refused(self, permit: Permit, wait: float) -> None:
        """Note a refusal, and that nobody is to send for `wait` seconds."""
        await self._agreed(lambda now: self._governor.refused(now, permit, wait))

    async def honours(self, permit: Permit) -> bool:
        """Tell whether a permit still stands: somebody else may have met a refusal."""
        return await self._agreed(lambda now: self._governor.honours(now, permit), change=False)

    def free(self) -> int:
        """Count the requests that may leave at once, as far as is known here."""
        return self._governor.free(self._now())

    def outlook(self) -> tuple[Governor, float]:
        """Return a copy of what decides, as far as is known here, and the time on its clock."""
        return self._governor.copy(), self._now()

    async def aclose(self) -> None:
        """Let go of the store; nothing in it is this client's own."""
        await self._store.aclose()

    async def _agreed(self, decide: Callable[[float], T], *, change: bool = True) -> T:
        """Decide on what everybody knows, and let everybody know of a change."""
        async with self._turn:
            if self._alone_until is None or self._clock() >= self._alone_until:
                try:
                    return await self._decided(decide, change=change)
                except OSError as error:
                    self._go_on_alone(error)
            return decide(self._now())

    async def _decided(self, decide: Callable[[float], T], *, change: bool) -> T:
        if self._held is None or not change:
            await self._exchanged(None, b"")
        for tries in range(_MOST_TRIES):
            now = self._now()
            self._governor.pace = self._pace(self._held or b"", now)
            decided = decide(now)
            if not change:
                return decided
            record = Record(*self._limit, self._governor.pace)
            if await self._exchanged(self._held, spelled(record)):
                self._take_part()
                return decided
            if tries:  # what was held at the first may have been old
                await _nap(tries)
        raise TimeoutError(0, "others were faster every time")

    async def _exchanged(self, held: bytes | None, wanted: bytes) -> bool:
        """Tell whether nobody was faster; what is there now is known in any case."""
        tries = 0
        async with asyncio.timeout(_PATIENCE if self._reached else _FIRST_PATIENCE):
            while (found := await self._store.swap(held, wanted)) is None:
                self._reached = True
                await _nap(tries)
                tries += 1
        self._reached = True
        self._ahead = found.now - self._clock()
        done = found.content == held
        self._held = wanted if done else found.content
        return done

    def _pace(self, held: bytes, now: float) -> Pace:
        """Read what is known of the bucket; where that got lost, take it for empty."""
        record = understood(held, now)
        careful = self._alone_until is not None
        if record is None:
            pace = self._governor.fresh()
            careful |= bool(held) or self._taken_part
        elif (record.rate, record.burst) == self._limit:
            pace = record.pace
        elif now - record.pace.at < _IDLE:
            msg = (
                f"budget {self._name} is in use with rate={record.rate:.12g} and "
                f"burst={record.burst:g}, this client has rate={self._limit[0]:.12g} and "
                f"burst={self._limit[1]:g}; give all of them the same, or name another budget"
            )
            raise CoupaConfigError(msg)
        else:
            pace = self._governor.fresh()
        return emptied(pace, now) if careful else pace

    def _take_part(self) -> None:
        self._taken_part = True
        if self._alone_until is not None:
            log.info("budget %s is shared again", self._name)
            self._alone_until = None

    def _go_on_alone(self, error: OSError) -> None:
        reason = (error.strerror or str(error)).rstrip(".") or "it does not answer"
        if not self._reached:
            msg = f"budget {self._name} cannot be used: {reason}; nothing was sent"
            raise CoupaConfigError(msg) from error
        if self._alone_until is None:
            log.warning(
                "budget %s is not shared for now: %s; trying again every %.0f s",
                self._name,
                reason,
                _TRY_AGAIN,
            )
        self._alone_until = self._clock() + _TRY_AGAIN
        self._held = None

    def _now(self) -> float:
        return self._clock() + self._ahead


async def _nap(tries: int) -> None:
    await asyncio.sleep(min(_LONGEST_NAP, _NAP * (tries + 1)) * random.random())  # noqa: S311  (no secret)
