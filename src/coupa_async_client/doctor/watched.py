"""A transport under watch: few requests, slowly, each noted; what they are for is left to others."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from coupa_async_client._transport import Transport
from coupa_async_client.errors import CoupaClientError, CoupaTimeoutError
from coupa_async_client.types import Request, Response

from .grants import Grant, grant_of

MOST_GETS = 30
GAP = 0.3
"""Seconds from one request to the next, at least: never more than 4 in a second."""

NOT_ASKED = "not asked"
_WHOLE_ANSWER = 15.0
_TOO_MANY = 429

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One GET and how it was answered; `patience` is whether a `Retry-After` came with it."""

    at: float
    status: int
    seconds: float
    patience: bool


class Watched:
    """A transport that counts, paces and notes what passes through it."""

    def __init__(
        self, inner: Transport, token_url: str, pause: Pause, clock: Callable[[], float]
    ) -> None:
        """Stand before a transport; the first request waits for its turn too."""
        self.exchanges: list[Exchange] = []
        self.gets = 0
        self.grants: list[Grant] = []
        self.granted_at = clock()
        self._inner = inner
        self._token_url = token_url
        self._pause = pause
        self._clock = clock
        self._next = clock() + GAP
        self._gap = GAP

    async def send(self, request: Request) -> Response:
        """Send a request when it is its turn.

        Raises:
            CoupaClientError: as the transport; and where there is no GET left.
        """
        reads = request.method == "GET"
        if reads and self.gets >= MOST_GETS:
            msg = f"{NOT_ASKED}: {MOST_GETS} GETs are enough"
            raise CoupaClientError(msg)
        self.gets += reads
        if (wait := self._next - self._clock()) > 0:
            await self._pause(wait)
        self._next = self._clock() + self._gap
        try:
            async with asyncio.timeout(_WHOLE_ANSWER):
                response = await self._inner.send(request)
        except TimeoutError as error:
            msg = f"no complete answer within {_WHOLE_ANSWER:g} s"
            raise CoupaTimeoutError(msg) from error
        if reads:
            self._note(response)
        elif request.url == self._token_url:
            self.grants.append(grant_of(response))
            self.granted_at = self._clock()
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()

    def _note(self, response: Response) -> None:
        patience = "retry-after" in response.headers
        self.exchanges.append(Exchange(self._clock(), response.status, response.elapsed, patience))
        if response.status == _TOO_MANY:
            self._gap = 2 * GAP
            self._next = self._clock() + self._gap
