"""The token: OAuth2 client credentials, refreshed once for every task that needs it.

Asking for it goes through whatever `send` is handed in; how often to try is left to the engine.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import quote, quote_plus, urlencode

import msgspec

from ._answers import raise_for_status
from ._settings import scope_names, settings
from ._transport import HttpTransport
from .errors import CoupaAPIError, CoupaAuthError, CoupaClientError
from .types import Request, Response

SETTLING = 5.0
"""Seconds that Coupa asks for between a new token and its first use (doc 0018)."""

_ASSUMED_LIFE = 3600.0
_REMEDIES = {
    "invalid_client": "check client_id and client_secret",
    "invalid_scope": "ask only for scopes that the client was given (facts: doc 0019)",
    "unsupported_grant_type": "the client must allow the client_credentials grant",
}


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; `born` and `expires` are readings of the credentials' clock."""

    access_token: str = field(repr=False)
    born: float
    expires: float

    def fresh(self, now: float) -> bool:
        """Tell whether the token is still to be used: a tenth of its life, at most 60 s, is spare."""
        return now < self.expires - min(60.0, (self.expires - self.born) / 10)

    def settled(self, now: float) -> bool:
        """Tell whether the gap that Coupa asks for has passed."""
        return now >= self.born + SETTLING


class _Grant(msgspec.Struct):
    access_token: str
    expires_in: int | float | str | None = None


class OAuth2ClientCredentials:
    """Hold the token of one client, and get a new one when it runs out or is refused.

    Any number of tasks may ask; one of them does the asking.
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
    ) -> None:
        """Take the client's credentials; without `send`, a connection is made for each token."""
        self._token_url = token_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = scope_names(scopes)
        self._timeout = timeout
        self._send = send or self._send_once
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: Token | None = None
        self._proven: str | None = None
        self._failure: CoupaAuthError | None = None
        self.refreshes = 0

    async def get_access_token(self) -> str:
        """Return the token's text, as 0.1.0 did."""
        return (await self.token()).access_token

    async def token(self) -> Token:
        """Return a fresh token, asking for one if need be.

        Raises:
            CoupaAuthError: none could be had; every task that waited for it gets this same error.
        """
        before = self._failure
        async with self._lock:
            if self._failure is not None and self._failure is not before:
                raise self._failure
            if self._token is None or not self._token.fresh(self._clock()):
                try:
                    self._token = await self._fetch()
                except CoupaAuthError as error:
                    self._failure = error
                    raise
                self._failure = None
                self.refreshes += 1
            return self._token

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
        if token.access_token != self._proven and not token.settled(self._clock()):
            return token.born + SETTLING - self._clock()
        self._token = None
        return 0.0

    def redacted(self, response: Response, token: Token | None = None) -> Response:
        """Blank out the secret and the token that was sent, should an answer repeat them."""
        body = response.body
        for secret in (self._client_secret, token.access_token if token else ""):
            for spelling in _spellings(secret):
                body = body.replace(spelling, b"***")
        return replace(response, body=body)

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
        if not text or not text.isascii() or not text.isprintable() or " " in text:
            message = f"{self._token_url} answered {response.status} without a token"
            raise CoupaAuthError(f"{message}; check token_url", status=response.status)
        expires = asked_at + _lifetime(grant.expires_in)
        return Token(text, born=self._clock(), expires=expires)

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
