"""An instance under examination: reads only, in bounded time; every answer is survived.

On the clients' engine and not on a client, whose patience and shared tokens would hide what is to be
seen. What to ask is left to `probes`, what an answer means to the findings of its kind.
"""

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self
from urllib.parse import quote_plus, urlencode

from coupa_async_client._engine import Engine
from coupa_async_client._portal import Portal
from coupa_async_client._question import HEADERS
from coupa_async_client._retry import can_pass
from coupa_async_client._settings import Settings
from coupa_async_client._trail import Tally
from coupa_async_client._transport import HttpTransport
from coupa_async_client.errors import (
    CoupaAuthError,
    CoupaClientError,
    CoupaTimeoutError,
    CoupaTransportError,
)
from coupa_async_client.query import query_string, resource_path
from coupa_async_client.types import Request

from .answers import Answer, answer_of, read_answer
from .grants import Grant, grant_of
from .watched import NOT_ASKED, Pause, Watched

LONGEST = 120.0
"""Seconds after which nothing more is asked."""

_TIMEOUT = 10.0
_LONGEST_WAIT = 5.0
_MOST_SILENCE = 2
"""Questions in a row without a complete answer, after which no more are asked."""

_SERVER_FAILS = 500


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
