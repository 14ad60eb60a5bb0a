"""Carries the decisions out: permit, token, send, read, try again; and runs a plan on slots.

The one place with tasks, sleeps and a clock. What to decide is on the floors below.
"""

import asyncio
import logging
import random
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TypeVar

from ._answers import raise_for_status
from ._limits import TokenBucket
from ._retry import RetryPolicy, Trial, decide
from ._settings import Settings
from ._transport import Transport
from .auth import OAuth2ClientCredentials, Token
from .errors import CoupaAPIError, CoupaAuthError, CoupaClientError, CoupaConfigError
from .types import Ask, Page, Plan, Request, Response

T = TypeVar("T")

log = logging.getLogger("coupa_async_client")

_CLOSED = "this client is closed; make a new one, and close it after the last row"
_THROTTLED = (429, 503)
_MOST_REFUSALS = 2
_SHORT_QUEUE = 2
"""Requests of a plan that may wait for leave to send: one to go next, one behind it."""

_LOOK_AGAIN = 0.02
"""Seconds until a plan that is held back by the pace looks whether more may leave."""
_MOST_TOKENS = 6
"""Answers of 401 to one request, those in the gap after a new token and for old ones included."""


@dataclass(slots=True)
class Tally:
    """What the requests of one scan or call have cost so far; the receipt reads it."""

    requests: int = 0
    retries: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    waited: float = 0.0
    queued: int = 0
    queued_since: float = 0.0
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
        self._queued = 0
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

    def run(
        self,
        plan: Plan,
        fetch: Callable[[Ask], Coroutine[None, None, Page]],
        slots: int,
        failed: Callable[[CoupaClientError], None],
    ) -> "Run":
        """Start a plan with at most `slots` requests in flight; take its pages one by one.

        `failed` is told of each page that failed for good: it raises, or lets the rest go on.
        """
        self._bind()
        return Run(self, plan, fetch, slots, failed)

    async def aclose(self) -> None:
        """Cancel what is in flight and close the connections."""
        self._closed = True
        await cancelled(set(self._tasks))
        await self._transport.aclose()

    def spare(self) -> int | None:
        """Tell how many more requests would leave soon; None where nothing but slots bounds them.

        More would wait in the queue, where they hold up nothing but a better choice of what to ask.
        """
        if self._bucket is None:
            return None
        return self._bucket.free(self._clock()) + _SHORT_QUEUE - self._queued

    def task(self, work: Coroutine[None, None, Page]) -> asyncio.Task[Page]:
        """Start a task that ends with the client at the latest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _bind(self) -> None:
        """Stay on one event loop: connections and locks of another would hang or break."""
        loop = asyncio.get_running_loop()
        if self._closed:
            raise CoupaConfigError(_CLOSED)
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            msg = (
                "this client belongs to another event loop; make one client per asyncio.run(), or "
                "use CoupaClient, which any thread may call"
            )
            raise CoupaConfigError(msg)

    async def _patiently(
        self, attempt: Callable[[], Awaitable[T]], tally: Tally, *, repeatable: bool
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
                self._slow_down(error, verdict.wait)
                if verdict.wait is None:
                    if tries > 1:
                        error.add_note(f"gave up after {tries} tries in {trial.elapsed:.0f} s")
                    raise
                tally.retries[verdict.reason] += 1
                tally.backed_off += verdict.wait
                log.warning("%s; trying again in %.1f s (%d)", error, verdict.wait, tries)
                await asyncio.sleep(verdict.wait)
        raise AssertionError  # pragma: no cover  (the loop is endless)

    def _slow_down(self, error: CoupaClientError, wait: float | None) -> None:
        """Let a 429 or 503 hold up every request of the client, not only the one that met it."""
        if self._bucket and isinstance(error, CoupaAPIError) and error.status in _THROTTLED:
            patience = min(error.retry_after or 0.0, self._policy.longest_retry_after)
            self._bucket.pause(self._clock(), patience if wait is None else wait)

    async def _authorised(
        self, request: Request, read: Callable[[Request, Response], T], tally: Tally
    ) -> T:
        refused: set[Token] = set()
        for _ in range(_MOST_TOKENS):
            token = await self._cleared(tally)
            headers = {**request.headers, "Authorization": f"Bearer {token.access_token}"}
            tally.requests += 1
            response = await self._send(replace(request, headers=headers))
            tally.statuses[response.status] += 1
            if response.status != 401:  # noqa: PLR2004
                self.auth.accepted(token)
                with suppress(CoupaClientError):  # said again below, without secrets
                    return read(request, response)
                return read(request, self.auth.redacted(response, token))
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

    async def _cleared(self, tally: Tally) -> Token:
        """Wait for leave to send, then for a token that is fresh at that moment.

        Both anew whenever a pause comes in between.
        """
        while self._bucket is not None:
            permit = self._bucket.reserve(self._clock())
            try:
                if permit.wait > 0:
                    await self._queue(permit.wait, tally)
                token = await self.auth.token()
            except BaseException:
                self._bucket.give_back(permit)
                raise
            if self._bucket.honours(permit):
                return token
        return await self.auth.token()

    async def _queue(self, seconds: float, tally: Tally) -> None:
        self._queued += 1
        tally.queued += 1
        if tally.queued == 1:
            tally.queued_since = self._clock()
        try:
            await asyncio.sleep(seconds)
        finally:
            self._queued -= 1
            tally.queued -= 1
            if tally.queued == 0:
                tally.waited += self._clock() - tally.queued_since

    async def _exchange(self, request: Request) -> Response:
        """Send the token call: not paced, and safe to repeat, since a second token harms nobody."""

        async def attempt() -> Response:
            response = await self._send(request)
            raise_for_status(request, self.auth.redacted(response))
            return response

        return await self._patiently(attempt, Tally(), repeatable=True)

    async def _send(self, request: Request) -> Response:
        if self._closed:
            raise CoupaConfigError(_CLOSED)
        try:
            response = await self._transport.send(request)
        except RuntimeError as error:
            if self._closed:  # the HTTP library's own complaint
                raise CoupaConfigError(_CLOSED) from error
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


class Run:
    """A plan under way: its pages as they may leave, and the requests in flight for it.

    New requests set out just before a page is handed over, so they fly while it is looked at, and no
    others until the next is asked for: a slow consumer slows the asking.
    """

    def __init__(
        self,
        engine: Engine,
        plan: Plan,
        fetch: Callable[[Ask], Coroutine[None, None, Page]],
        slots: int,
        failed: Callable[[CoupaClientError], None],
    ) -> None:
        """Keep the parts; made by `Engine.run`."""
        self._engine = engine
        self._plan = plan
        self._fetch = fetch
        self._slots = slots
        self._failed = failed
        self._flying: dict[asyncio.Task[Page], Ask] = {}
        self._landed: list[asyncio.Task[Page]] = []
        self._ready: deque[Page] = deque()
        self._unstarted = 0

    async def next(self) -> Page | None:
        """Return the next page, an empty one where a span turned out to hold no more; None at the end.

        Raises:
            CoupaClientError: what `failed` raised, or a page that contradicts the ones before.
        """
        while not self._ready:
            if not self._landed:
                if self._plan.done:
                    return None
                held_back = self._launch()
                await asyncio.wait(
                    self._flying,
                    timeout=_LOOK_AGAIN if held_back else None,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                self._landed = [task for task in self._flying if task.done()]
            if self._landed:
                self._ready += self._read(self._landed.pop())
        self._launch()
        return self._ready.popleft()

    async def aclose(self) -> None:
        """Cancel and await what is in flight."""
        flying, self._flying, self._landed = self._flying, {}, []
        await cancelled(flying)

    def _launch(self) -> bool:
        """Let as many set out as there are slots and the pace has room; tell whether it had not."""
        slots = self._slots - len(self._flying) + len(self._landed)
        spare = self._engine.spare()
        paced = slots if spare is None else max(spare - self._unstarted, 0 if self._flying else 1)
        for ask in self._plan.take(min(slots, paced)):
            self._unstarted += 1
            self._flying[self._engine.task(self._fly(ask))] = ask
        if not self._flying and not self._plan.done:
            msg = (
                f"{type(self._plan).__name__} asks for nothing and is not done; rows would be lost"
            )
            raise AssertionError(msg)
        return paced < slots

    async def _fly(self, ask: Ask) -> Page:
        self._unstarted -= 1
        return await self._fetch(ask)

    def _read(self, task: asyncio.Task[Page]) -> list[Page]:
        ask = self._flying.pop(task)
        if task.cancelled():
            raise CoupaConfigError(_CLOSED)
        try:
            page = task.result()
        except CoupaClientError as error:
            self._failed(error)
            return self._plan.fail(ask)
        return self._plan.feed(ask, page)


async def cancelled(tasks: Collection[asyncio.Task[Page]]) -> None:
    """Cancel tasks and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
