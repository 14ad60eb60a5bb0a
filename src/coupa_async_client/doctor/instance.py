"""An instance under examination: reads only, few, slow, and in bounded time; every answer is survived.

What to ask is left to `probes`, what an answer means to `findings` of its kind.
"""

import asyncio
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self
from urllib.parse import quote_plus, urlencode

from coupa_async_client._answers import read_page
from coupa_async_client._engine import Engine, Tally
from coupa_async_client._portal import Portal
from coupa_async_client._question import HEADERS
from coupa_async_client._retry import can_pass, reason_of
from coupa_async_client._settings import Settings
from coupa_async_client._transport import HttpTransport, Transport
from coupa_async_client.errors import (
    CoupaAPIError,
    CoupaAuthError,
    CoupaClientError,
    CoupaShapeError,
    CoupaTimeoutError,
    CoupaTransportError,
)
from coupa_async_client.query import query_string, resource_path
from coupa_async_client.types import JSONObject, Request, Response

from .grants import Grant, grant_of

MOST_GETS = 30
GAP = 0.3
"""Seconds from one request to the next, at least: never more than 4 in a second."""

LONGEST = 180.0
"""Seconds after which nothing more is asked."""

NOT_ASKED = "not asked"
_TIMEOUT, _WHOLE_ANSWER = 10.0, 15.0
_LONGEST_WAIT = 5.0
_MOST_SILENCE = 2
"""Questions in a row without a complete answer, after which no more are asked."""

_TOO_MANY, _SERVER_FAILS = 429, 500

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One GET and how it was answered; `patience` is whether a `Retry-After` came with it."""

    at: float
    status: int
    seconds: float
    patience: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a GET came to: ids and names of attributes of its rows, never their content.

    `ids` is None where no list came; `said` then tells in words what did. `status` is None where
    nothing came, or nothing was asked any more.
    """

    status: int | None
    ids: tuple[int | None, ...] | None = None
    names: frozenset[str] = frozenset()
    size: int = 0
    seconds: float = 0.0
    said: str = ""


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


class Instance:
    """Asks one instance, with a token of its own; use it as `with`."""

    def __init__(
        self,
        checked: Settings,
        *,
        pause: Pause = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take over the connection's settings, but for patience and pace, which are the doctor's."""
        timeout = min(checked.timeout, _TIMEOUT)
        self._checked = replace(checked, timeout=timeout, max_attempts=1)
        self._pause = pause
        self._clock = clock
        self._until = clock() + LONGEST
        self._silence = 0
        self._portal = Portal("coupa-doctor")
        transport = HttpTransport(self._checked)
        self.watched = Watched(transport, self._checked.token_url, pause, clock)
        self._engine = self._engine_for(checked.scopes)

    def token(self, *, scoped: bool = True) -> Grant | CoupaClientError:
        """Ask for a token, with the scopes of the settings or naming none; return what was answered.

        The requests that follow carry it. An error is returned where no answer came.
        """
        self._engine = self._engine_for(self._checked.scopes if scoped else ())
        return self._portal.run(self._granted())

    def token_by_basic(self) -> bool:
        """Tell whether the credentials are taken by HTTP Basic, as some report it of Coupa."""
        return self._portal.run(self._by_basic())

    def ask(self, resource: str, params: Mapping[str, object]) -> Answer:
        """GET a page of a resource, once more where that can help."""
        return self._portal.run(self._asked(resource, params))

    def __enter__(self) -> Self:
        """Return the instance itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections and end the thread."""
        self._portal.run(self._engine.aclose())
        self._portal.close()

    def _engine_for(self, scopes: tuple[str, ...]) -> Engine:
        checked = replace(self._checked, scopes=scopes)
        return Engine(checked, self.watched, budget=None, clock=self._clock)

    async def _granted(self) -> Grant | CoupaClientError:
        """Ask for a token, and once more where the failure may be a passing one."""
        answer = await self._token_answer()
        if isinstance(answer, CoupaClientError) or answer.status >= _SERVER_FAILS:
            await self._pause(1.0)
            answer = await self._token_answer()
        return answer

    async def _token_answer(self) -> Grant | CoupaClientError:
        answered, failure = len(self.watched.grants), CoupaClientError("no token was asked for")
        try:
            await self._engine.auth.token()
        except CoupaAuthError as error:
            failure = error
        grants = self.watched.grants[answered:]
        return grants[-1] if grants else failure

    async def _by_basic(self) -> bool:
        checked = self._checked
        form = {"grant_type": "client_credentials"}
        if checked.scopes:
            form["scope"] = " ".join(checked.scopes)
        pair = f"{quote_plus(checked.client_id)}:{quote_plus(checked.client_secret)}"
        headers = {
            "Authorization": f"Basic {b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        request = Request("POST", checked.token_url, headers, urlencode(form).encode())
        try:
            return grant_of(await self.watched.send(request)).granted
        except CoupaClientError:
            return False

    async def _asked(self, resource: str, params: Mapping[str, object]) -> Answer:
        query = query_string(params)
        url = f"{self._checked.base_url}/{resource_path(resource)}" + (f"?{query}" if query else "")
        request = Request("GET", url, HEADERS)
        if self._silence >= _MOST_SILENCE:
            return Answer(None, said=f"{NOT_ASKED}: the instance no longer answers")
        for last in (False, True):
            if self._clock() > self._until:
                return Answer(None, said=f"{NOT_ASKED}: {LONGEST:g} s are enough")
            answer, error = await self._answered(request)
            again = (
                error is not None and can_pass(error) and not isinstance(error, CoupaTimeoutError)
            )
            if last or not again:
                self._silence = self._silence + 1 if isinstance(error, CoupaTransportError) else 0
                return answer
            await self._pause(min(_LONGEST_WAIT, getattr(error, "retry_after", None) or 1.0))
        raise AssertionError  # pragma: no cover  (the second try returns)

    async def _answered(self, request: Request) -> tuple[Answer, CoupaClientError | None]:
        try:
            return await self._engine.fetch(request, read_answer, Tally()), None
        except CoupaClientError as error:
            return answer_of(error), error


def read_answer(request: Request, response: Response) -> Answer:
    """Look at a list's ids and the names of its attributes.

    Raises:
        CoupaAPIError: the answer is a refusal.
        CoupaShapeError: the answer is no list of objects.
    """
    rows: Sequence[JSONObject]
    ids: Sequence[int | None]
    try:
        rows = page = read_page(request, response)
        ids = page.ids
    except CoupaShapeError:  # there may be more rows than Coupa documents
        rows = _rows(response)
        ids = [row["id"] if isinstance(row.get("id"), int) else None for row in rows]
        if not rows:
            raise
    return Answer(
        status=response.status,
        ids=tuple(ids),
        names=frozenset(name for row in rows for name in row),
        size=len(response.body),
        seconds=response.elapsed,
    )


def _rows(response: Response) -> list[JSONObject]:
    try:
        rows = response.json()
    except (ValueError, RecursionError):
        return []
    return rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else []


def answer_of(error: CoupaClientError) -> Answer:
    """Say in a few words why there is no list; Coupa's own are left out, they may quote a row."""
    match error:
        case CoupaAPIError():
            return Answer(error.status, said=f"answered {error.status}")
        case CoupaAuthError():
            return Answer(error.status, said="the token was refused, though it is new (401)")
        case CoupaShapeError():
            head = error.snippet.lstrip().lower()
            html = head.startswith(("<!doctype html", "<html"))
            return Answer(200, said="an HTML page came" if html else "no list of rows came")
        case CoupaTimeoutError():
            return Answer(None, said="no answer in time")
        case CoupaTransportError():
            return Answer(None, said=f"no complete answer ({reason_of(error)})")
    return Answer(None, said=str(error))
