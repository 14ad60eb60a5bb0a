"""Carries the decisions out: permit, token, send, read, try again.

The one place that starts tasks. What to decide is on the floors below, waiting for what processes
share in `_token_store` and `_shared_budget`, telling what happened in `_trail`, which pages to send
for in `_run`.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from ._answers import raise_for_status, retry_after
from ._budget import Budget
from ._limits import Governor, Permit
from ._retry import RetryPolicy, Trial, decide
from ._settings import Settings
from ._token_store import TokenStore
from ._trail import Tally, Trail
from ._transport import Transport
from .auth import OAuth2ClientCredentials, Token
from .errors import CoupaAuthError, CoupaClientError, CoupaConfigError
from .types import Request, Response

if TYPE_CHECKING:
    from ._listeners import Listeners

T = TypeVar("T")

log = logging.getLogger("coupa_async_client")

CLOSED = "this client is closed; make a new one, and close it after the last row"
_THROTTLED = (429, 503)
_MOST_REFUSALS = 2
_SHORT_QUEUE = 2
"""Requests of a plan that may wait for leave to send: one to go next, one behind it."""

_MOST_TOKENS = 6
"""Answers of 401 to one request, those in the gap after a new token and for old ones included."""


class Engine:
    """Sends requests for one client: paced together, with one token, each patiently."""

    def __init__(
        self,
        settings: Settings,
        transport: Transport,
        store: TokenStore | None = None,
        *,
        budget: Budget | None,
        listeners: "Listeners | None" = None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Set up the pool and the token; without a budget nothing is paced. Nothing is sent yet."""
        self._policy = RetryPolicy(max_attempts=settings.max_attempts)
        self._budget = budget
        self._line = asyncio.Lock()
        self._in_line = 0
        self._watchers: set[Callable[[], None]] = set()
        self._transport = transport if listeners is None else listeners.overhearing(transport)
        self.listeners = listeners
        self._clock = clock
        self._chance = chance
        self._contacted = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self.auth = OAuth2ClientCredentials(
            settings.token_url,
            settings.client_id,
            settings.client_secret,
            settings.scopes,
            send=self._exchange,
            clock=clock,
            store=store,
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
        self.bind()
        trail = Trail(request, tally, self.listeners)
        repeatable = request.method in ("GET", "HEAD")
        return await self._patiently(
            lambda: self._authorised(request, read, trail), trail, repeatable=repeatable
        )

    async def aclose(self) -> None:
        """Cancel what is in flight and close the connections."""
        self._closed = True
        await cancelled(set(self._tasks))
        if self._budget is not None:
            await self._budget.aclose()
        await self._transport.aclose()

    def spare(self) -> int | None:
        """Tell how many more requests would leave soon; None where nothing but slots bounds them.

        More would wait in line, where they hold up nothing but a better choice of what to ask.
        """
        if self._budget is None:
            return None
        return self._budget.free() + _SHORT_QUEUE - self._in_line

    def outlook(self) -> tuple[Governor | None, float]:
        """Return a copy of what decides on the pace, None without one, and the time on its clock."""
        return (None, self._clock()) if self._budget is None else self._budget.outlook()

    @contextmanager
    def watched(self, departed: Callable[[], None]) -> Iterator[None]:
        """Call `departed` whenever a request has left the line, so that others may join it."""
        self._watchers.add(departed)
        try:
            yield
        finally:
            self._watchers.discard(departed)

    def task(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task that ends with the client at the latest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def bind(self) -> None:
        """Stay on one event loop: connections and locks of another would hang or break."""
        loop = asyncio.get_running_loop()
        if self._closed:
            raise CoupaConfigError(CLOSED)
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            msg = (
                "this client belongs to another event loop; make one client per asyncio.run(), or "
                "use CoupaClient, which any thread may call"
            )
            raise CoupaConfigError(msg)

    async def _patiently(
        self, attempt: Callable[[], Awaitable[T]], trail: Trail, *, repeatable: bool
    ) -> T:
        first_failure = None
        for tries in count(1):
            try:
                return await attempt()
            except CoupaClientError as error:
                first_failure = self._clock() if first_failure is None else first_failure
                trial = Trial(
                    attempt=tries,
                    elapsed=self._clock() - first_failure,
                    repeatable=repeatable,
                    contacted=self._contacted,
                    chance=self._chance(),
                )
                verdict = decide(self._policy, error, trial)
                if verdict.wait is None:
                    if tries > 1:
                        error.add_note(f"gave up after {tries} tries in {trial.elapsed:.0f} s")
                    raise
                trail.tally.backed_off += verdict.wait
                trail.retrying(verdict.reason, verdict.wait, str(error))
                log.warning("%s; trying again in %.1f s (%d)", error, verdict.wait, tries)
                await asyncio.sleep(verdict.wait)
        raise AssertionError  # pragma: no cover  (the loop is endless)

    async def _authorised(
        self, request: Request, read: Callable[[Request, Response], T], trail: Trail
    ) -> T:
        refused: set[Token] = set()
        for _ in range(_MOST_TOKENS):
            token, permit = await self._cleared(trail)
            if not self._closed and (renewal := self.auth.renewal()) is not None:
                self.task(renewal)
            authorisation = {"Authorization": f"Bearer {token.access_token}"}
            response = await self._send(trail.next(authorisation))
            trail.tally.statuses[response.status] += 1
            if permit and response.status in _THROTTLED:
                await self._slow_down(permit, response)
            if response.status == 403 and self.auth.forbidden(token):  # noqa: PLR2004
                trail.retrying("403", 0.0, "403 for a token that another client asked for")
                continue
            if response.status != 401:  # noqa: PLR2004
                self.auth.accepted(token)
                with suppress(CoupaClientError):  # said again below, without secrets
                    return read(request, response)
                return read(request, self.auth.redacted(response, token))
            wait = self.auth.refused(token)
            trail.retrying("401", wait, "401: the token was refused")
            if wait > 0:
                log.warning("401 for a token that is new; trying it again in %.1f s", wait)
                await asyncio.sleep(wait)
            elif token.own and token.fresh(self._clock()):
                refused.add(token)
            if len(refused) == _MOST_REFUSALS:
                break
        message = f"{request.method} {request.url} was refused with a fresh token (401)"
        remedy = "check that the client may use the API and was given this resource's scope"
        raise CoupaAuthError(f"{message}; {remedy}", status=401)

    async def _slow_down(self, permit: Permit, response: Response) -> None:
        """Let a 429 or 503 slow every request of the client, not only the one that met it."""
        assert self._budget is not None  # noqa: S101  (it gave the permit)
        wait = min(retry_after(response) or 0.0, self._policy.longest_retry_after)
        await self._budget.refused(permit, wait)

    async def _cleared(self, trail: Trail) -> tuple[Token, Permit | None]:
        """Wait for leave to send and for a token that is fresh at that moment, one request at a time.

        A place is booked by whoever is first in line, and not before: the process may stall, and what
        was booked ahead would then leave in a bunch.
        """
        if self._budget is None:
            return await self.auth.token(), None
        joined = self._clock()
        with self._waiting(trail.tally):
            async with self._line:
                permit = await self._budget.reserve()
                while permit.wait > 0:
                    await asyncio.sleep(permit.wait)
                    if await self._budget.honours(permit):
                        break
                    permit = await self._budget.reserve()
                left = self._clock()
                token = await self.auth.token()
        for departed in tuple(self._watchers):
            departed()
        trail.waited(left - joined)
        return token, permit

    @contextmanager
    def _waiting(self, tally: Tally) -> Iterator[None]:
        """Count who is in line, and the seconds in which somebody was."""
        self._in_line += 1
        tally.queued += 1
        if tally.queued == 1:
            tally.queued_since = self._clock()
        try:
            yield
        finally:
            self._in_line -= 1
            tally.queued -= 1
            if tally.queued == 0:
                tally.waited += self._clock() - tally.queued_since

    async def _exchange(self, request: Request) -> Response:
        """Send the token call: not paced, and safe to repeat, since a second token harms nobody."""
        trail = Trail(request, Tally(), self.listeners)

        async def attempt() -> Response:
            response = await self._send(trail.next())
            raise_for_status(request, self.auth.redacted(response))
            return response

        return await self._patiently(attempt, trail, repeatable=True)

    async def _send(self, request: Request) -> Response:
        if self._closed:
            raise CoupaConfigError(CLOSED)
        try:
            response = await self._transport.send(request)
        except RuntimeError as error:
            if self._closed:  # the HTTP library's own complaint
                raise CoupaConfigError(CLOSED) from error
            raise
        self._contacted = True
        log.debug(
            "%s %s %d %d bytes %.3f s",
            request.method,
            request.url,
            response.status,
            len(response.body),
            response.elapsed,
        )
        return response


async def cancelled(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
