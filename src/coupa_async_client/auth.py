"""The token: OAuth2 client credentials, asked for once for every task that needs it.

Asking goes through whatever `send` is handed in; how often to try, and what runs in the background,
is left to the engine.
"""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import msgspec

from ._answers import raise_for_status
from ._settings import scope_names, settings
from ._token_store import TokenStore
from ._tokens import Token, fits_a_header
from ._transport import HttpTransport
from .errors import CoupaAPIError, CoupaAuthError, CoupaClientError
from .types import Request, Response

__all__ = ["SETTLING", "OAuth2ClientCredentials", "Token"]

log = logging.getLogger("coupa_async_client")

SETTLING = 5.0
"""Seconds that Coupa asks for between a new token and its first use (doc 0018)."""

_ASSUMED_LIFE = 3600.0
_MOST_BURNT = 16
_SHORTEST_PAUSE = 1.0
"""Seconds at least between two attempts to renew a token ahead of its end."""

_REMEDIES = {
    "invalid_client": "check client_id and client_secret",
    "invalid_scope": "ask only for scopes that the client was given (facts: doc 0019)",
    "unsupported_grant_type": "the client must allow the client_credentials grant",
}


class _Grant(msgspec.Struct):
    access_token: str
    expires_in: int | float | str | None = None


class OAuth2ClientCredentials:
    """Hold the token of one client, and get a new one before it runs out, or when it is refused.

    Any number of tasks may ask; one of them does the asking, and the others wait only where the old
    token is of no more use.
    """

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str,
        scopes: str | Iterable[str] | None = None,
        timeout: float = 30.0,
        *,
        send: Callable[[Request], Awaitable[Response]] | None = None,
        clock: Callable[[], float] = time.monotonic,
        store: TokenStore | None = None,
    ) -> None:
        """Take the client's credentials.

        Without `send`, a connection is made for each token; without `store`, no token is shared.
        """
        self._token_url = token_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = scope_names(scopes)
        self._timeout = timeout
        self._send = send or self._send_once
        self._clock = clock
        self._store = store or TokenStore()
        self._lock = asyncio.Lock()
        self._token: Token | None = None
        self._next: Token | None = None
        self._failure: CoupaAuthError | None = None
        self._proven: str | None = None
        self._burnt: deque[str] = deque(maxlen=_MOST_BURNT)
        self._renewing = False
        self._renew_from = float("-inf")
        self.refreshes = 0

    async def get_access_token(self) -> str:
        """Return the token's text, as 0.1.0 did; renew it first where it is time to."""
        if (renewal := self.renewal()) is not None:
            await renewal
        return (await self.token()).access_token

    async def token(self) -> Token:
        """Return a token that has not ended, asking for one if need be.

        Raises:
            CoupaAuthError: none could be had; every task that waited for it gets this same error.
            CoupaConfigError: the token cache may be read by others by now.
        """
        if (usable := self._usable()) is not None:
            return usable
        token, failure = self._token, self._failure
        async with self._lock:
            if (usable := self._usable()) is not None:
                return usable
            if self._failure is not None and self._failure is not failure:
                raise self._failure
            if self._token is None or self._token is token:
                self._token = await self._obtained()
            return self._token

    def renewal(self) -> Coroutine[Any, Any, None] | None:
        """Return the work of renewing the token ahead of its end, if it is time and nobody is at it.

        It raises nothing: as long as the old token lives, no request is hurt. To be run to its end.
        """
        token, now = self._token, self._clock()
        if token is None or self._next is not None or not token.due(now):
            return None
        if self._renewing or now < self._renew_from:
            return None
        self._renewing = True
        return self._renew(token)

    def accepted(self, token: Token) -> None:
        """Note that Coupa took the token: a later refusal is not for its youth."""
        self._proven = token.access_token

    def refused(self, token: Token) -> float:
        """Judge a 401: return the seconds to wait before the next try.

        A token that was never accepted and is younger than Coupa's gap is waited for and kept; any
        other is dropped, once, however many tasks it was refused to.
        """
        if token is not self._token:
            return 0.0
        unsettled = token.born + SETTLING - self._clock()
        if token.access_token != self._proven and unsettled > 0:
            return unsettled
        self._drop(token)
        return 0.0

    def forbidden(self, token: Token) -> bool:
        """Judge a 403: tell whether to try again with another token.

        One that was taken over may be from before the client was granted the scope. It is dropped,
        once; a token that this client asked for has every scope there is to have.
        """
        if token is self._token and not token.own:
            self._drop(token)
        return not token.own

    def redacted(self, response: Response, token: Token | None = None) -> Response:
        """Blank out the secret and the token that was sent, should an answer repeat them."""
        body = response.body
        for secret in (self._client_secret, token.access_token if token else ""):
            for spelling in _spellings(secret):
                body = body.replace(spelling, b"***")
        return replace(response, body=body)

    def _usable(self) -> Token | None:
        """Return the token to send: the old one until it ends or the next has settled."""
        now, token, following = self._clock(), self._token, self._next
        if following is not None and (
            token is None or not token.alive(now) or now >= following.born + SETTLING
        ):
            token = self._token = following
            self._next = None
        return token if token is not None and token.alive(now) else None

    def _drop(self, token: Token) -> None:
        self._burnt.append(token.access_token)
        self._token = None

    async def _renew(self, old: Token) -> None:
        try:
            async with self._lock:
                if self._token is old:
                    self._next = await self._obtained()
        except Exception as error:  # noqa: BLE001  (whoever needs a token meets it in person)
            left = old.expires - self._clock()
            pause = max(_SHORTEST_PAUSE, left / 2)
            self._renew_from = self._clock() + pause
            log.warning(
                "the token, good for another %.0f s, was not renewed: %s; again in %.0f s",
                left,
                error,
                pause,
            )
        finally:
            self._renewing = False

    async def _obtained(self) -> Token:
        """Take over a token that another client left, or ask for one; with the lock held."""
        try:
            token = self._found()
            if token is None:
                async with self._store.turn():
                    token = self._found() or await self._fetch()
                    if token.own:
                        self.refreshes += 1
                        self._store.keep(token, self._clock())
        except CoupaAuthError as error:
            self._failure = error
            raise
        return token

    def _found(self) -> Token | None:
        now = self._clock()
        for token in self._store.tokens(now):
            if not token.due(now) and token.access_token not in self._burnt:
                return replace(token, own=False)
        return None

    async def _fetch(self) -> Token:
        asked_at = self._clock()
        request = self._request()
        try:
            response = await self._send(request)
            raise_for_status(request, self.redacted(response))
        except CoupaAPIError as error:
            remedy = next((r for e, r in _REMEDIES.items() if e in error.snippet), "")
            remedy = remedy or "check client_id, client_secret, scopes and token_url"
            said = error.snippet.strip()[:200]
            message = f"token refused with {error.status} by {self._token_url}: {said or 'no text'}"
            raise CoupaAuthError(f"{message}; {remedy}", status=error.status) from None
        except CoupaClientError as error:
            message = f"no token from {self._token_url}: {error}"
            raise CoupaAuthError(message) from error
        try:
            grant = msgspec.json.decode(response.body, type=_Grant, strict=False)
        except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
            grant = _Grant("")
        text = grant.access_token
        if not fits_a_header(text):
            message = f"{self._token_url} answered {response.status} without a token"
            raise CoupaAuthError(f"{message}; check token_url", status=response.status)
        expires = asked_at + _lifetime(grant.expires_in)
        return Token(text, born=self._clock(), expires=expires, own=True)

    def _request(self) -> Request:
        """Spell the token call: form body, scopes split by spaces (docs 0018, 0019)."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
        }
        if self._scopes:
            form["scope"] = " ".join(self._scopes)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        return Request("POST", self._token_url, headers, urlencode(form).encode())

    async def _send_once(self, request: Request) -> Response:
        checked = settings(
            base_url=self._token_url,
            client_id=self._client_id,
            client_secret=self._client_secret,
            timeout=self._timeout,
        )
        transport = HttpTransport(checked)
        try:
            return await transport.send(request)
        finally:
            await transport.aclose()


def _spellings(secret: str) -> set[bytes]:
    """List the ways an answer may repeat a secret: plain, from a form or a URL, in JSON."""
    ways = (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1])
    return {way.encode() for way in ways if way}


def _lifetime(expires_in: float | str | None) -> float:
    """Read `expires_in` in seconds; 24 h by doc 0019, yet always taken from the answer."""
    try:
        return max(1.0, float(expires_in if expires_in is not None else _ASSUMED_LIFE))
    except ValueError:
        return _ASSUMED_LIFE
