"""Carries the decisions out: permit, token, send, read, try again; and runs a plan on slots.

The one place with tasks, sleeps and a clock. What to decide is on the floors below.
"""

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Coroutine
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ._answers import raise_for_status
from ._limits import TokenBucket
from ._plans import Ask, Plan
from ._retry import RetryPolicy, Trial, decide
from ._settings import Settings
from ._transport import Transport
from .auth import OAuth2ClientCredentials, Token
from .errors import CoupaAPIError, CoupaAuthError, CoupaClientError, CoupaConfigError
from .types import Page, Request, Response

T = TypeVar("T")

log = logging.getLogger("coupa_async_client")

_OK = 200
_THROTTLED = (429, 503)
_MOST_REFUSALS = 2


@dataclass(slots=True)
class Tally:
    """What the requests of one scan or call have cost so far; the receipt reads it."""

    requests: int = 0
    retries: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    waited: float = 0.0
    backed_off: float = 0.0


class Engine:
    """Sends requests for one client: paced together, with one token, each patiently."""

    def __init__(
        self,
        settings: Settings,
        transport: Transport,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Set up the pool, the token and the bucket; nothing is sent yet."""
        self._policy = RetryPolicy(max_attempts=settings.max_attempts)
        self._bucket = TokenBucket(settings.rate, settings.burst) if settings.rate else None
        self._transport = transport
        self._clock = clock
        self._chance = chance
        self._contacted = False
        self._tasks: set[asyncio.Task[Page]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self.auth = OAuth2ClientCredentials(
            settings.token_url,
            settings.client_id,
            settings.client_secret,
            settings.scopes,
            send=self._exchange,
            clock=clock,
        )

    async def fetch(
        self, request: Request, read: Callable[[Request, Response], T], tally: Tally
    ) -> T:
        """Send one request with a token, and again while that can help; return what `read` makes of it.

        Raises:
            CoupaAuthError: no token, or a fresh one refused.
            CoupaTransportError: no complete answer, however often it was tried.
            CoupaAPIError: Coupa says no.
            CoupaShapeError: the answer is not what was asked for.
        """
        self._bind()
        return await self._patiently(
            lambda: self._authorised(request, read, tally),
            tally,
            repeatable=request.method in ("GET", "HEAD"),
        )

    async def run(
        self, plan: Plan, fetch: Callable[[Ask], Coroutine[None, None, Page]], slots: int
    ) -> AsyncGenerator[Page]:
        """Carry out a plan with at most `slots` requests in flight; yield pages as they may leave.

        New requests set out just before a page is handed over, so they fly while it is looked at,
        and no others until the next is asked for: a slow consumer slows the asking. Leaving early
        cancels and awaits what is in flight.
        """
        self._bind()
        flying: dict[asyncio.Task[Page], Ask] = {}
        try:
            while True:
                self._launch(plan, fetch, slots, flying)
                if not flying:
                    _check_done(plan)
                    return
                landed, _ = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
                for task in landed:
                    pages = plan.feed(flying.pop(task), self._landed(task))
                    self._launch(plan, fetch, slots, flying)
                    for page in pages:
                        yield page
        finally:
            await _cancelled(flying)

    async def aclose(self) -> None:
        """Cancel what is in flight and close the connections."""
        self._closed = True
        await _cancelled(set(self._tasks))
        await self._transport.aclose()

    def _bind(self) -> None:
        """Stay on one event loop: connections and locks of another would hang or break."""
        loop = asyncio.get_running_loop()
        if self._closed:
            msg = "this client is closed; make a new one"
            raise CoupaConfigError(msg)
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            msg = (
                "this client belongs to another event loop; make one client per asyncio.run(), or "
                "use CoupaClient, which any thread may call"
            )
            raise CoupaConfigError(msg)

    def _launch(
        self,
        plan: Plan,
        fetch: Callable[[Ask], Coroutine[None, None, Page]],
        slots: int,
        flying: dict[asyncio.Task[Page], Ask],
    ) -> None:
        for ask in plan.take(slots - len(flying)):
            task = asyncio.create_task(fetch(ask))
            flying[task] = ask
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _landed(self, task: asyncio.Task[Page]) -> Page:
        if task.cancelled() and self._closed:
            msg = "the client was closed while a scan was running; close it after the last row"
            raise CoupaConfigError(msg)
        return task.result()

    async def _patiently(
        self, attempt: Callable[[], Awaitable[T]], tally: Tally, *, repeatable: bool
    ) -> T:
        started = self._clock()
        for tries in range(1, self._policy.max_attempts + 1):
            try:
                return await attempt()
            except CoupaClientError as error:
                trial = Trial(
                    attempt=tries,
                    elapsed=self._clock() - started,
                    repeatable=repeatable,
                    contacted=self._contacted,
                    chance=self._chance(),
                )
                verdict = decide(self._policy, error, trial)
                if verdict.wait is None:
                    if tries > 1:
                        error.add_note(f"gave up after {tries} tries in {trial.elapsed:.0f} s")
                    raise
                tally.retries[verdict.reason] += 1
                tally.backed_off += verdict.wait
                log.warning("%s; trying again in %.1f s (%d)", error, verdict.wait, tries)
                if isinstance(error, CoupaAPIError) and error.status in _THROTTLED and self._bucket:
                    self._bucket.pause(self._clock(), verdict.wait)
                await asyncio.sleep(verdict.wait)
        raise AssertionError

    async def _authorised(
        self, request: Request, read: Callable[[Request, Response], T], tally: Tally
    ) -> T:
        refused: set[Token] = set()
        for _ in range(self._policy.max_attempts):
            token = await self.auth.token()
            await self._permit(tally)
            headers = {**request.headers, "Authorization": f"Bearer {token.access_token}"}
            tally.requests += 1
            response = await self._send(replace(request, headers=headers))
            tally.statuses[response.status] += 1
            if response.status != 401:  # noqa: PLR2004
                self.auth.accepted(token)
                return read(request, response)
            tally.retries["401"] += 1
            wait = self.auth.refused(token)
            if wait > 0:
                log.warning("401 for a token that is new; trying it again in %.1f s", wait)
                await asyncio.sleep(wait)
            elif token.fresh(self._clock()):
                refused.add(token)
            if len(refused) == _MOST_REFUSALS:
                break
        message = f"{request.method} {request.url} was refused with a fresh token (401)"
        remedy = "check that the client may use the API and was given this resource's scope"
        raise CoupaAuthError(f"{message}; {remedy}", status=401)

    async def _permit(self, tally: Tally) -> None:
        """Wait for leave to send, anew whenever a pause comes in between."""
        while self._bucket is not None:
            permit = self._bucket.reserve(self._clock())
            if permit.wait > 0:
                tally.waited += permit.wait
                await asyncio.sleep(permit.wait)
            if self._bucket.honours(permit):
                return

    async def _exchange(self, request: Request) -> Response:
        """Send the token call: not paced, and safe to repeat, since a second token harms nobody."""

        async def attempt() -> Response:
            response = await self._send(request)
            raise_for_status(request, response)
            return response

        return await self._patiently(attempt, Tally(), repeatable=True)

    async def _send(self, request: Request) -> Response:
        response = await self._transport.send(request)
        self._contacted = True
        log.debug(
            "%s %s %d %d bytes %.3f s",
            request.method,
            request.url,
            response.status,
            len(response.body),
            response.elapsed,
        )
        return response if response.status == _OK else self.auth.redacted(response)


async def _cancelled(tasks: Collection[asyncio.Task[Page]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _check_done(plan: Plan) -> None:
    if not plan.done:
        msg = f"{type(plan).__name__} asks for nothing and is not done; rows would be lost silently"
        raise AssertionError(msg)
