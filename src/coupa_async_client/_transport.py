"""One request out, one complete answer in: with `_connections`, what knows the HTTP library.

No retries, no pacing, no token: it sends what it is given and says what went wrong.
"""

import socket
import ssl
import time
from email.utils import formatdate
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol, TypedDict
from urllib.request import getproxies

import httpx2

from ._encodings import ASKED_FOR, TooLargeError, UndecodableError, decoded
from ._settings import Settings, is_loopback
from .errors import (
    CoupaConfigError,
    CoupaConnectionError,
    CoupaShapeError,
    CoupaTimeoutError,
    CoupaTransportError,
)
from .types import Request, Response

MAX_BODY = 128 * 2**20
"""Bytes an answer may hold, decompressed: a page of 50 full invoices takes about 1 MB."""

_CONNECTIONS = 32
"""Requests in flight for all scans of a client together, unless one scan's slots alone are more."""

_PROXIES = {"http", "https", "all"}
"""What names a proxy in the environment; which one counts for a host is left to the HTTP library."""

_WHOLE_ANSWER = 5
"""An answer may take this many times `timeout` in all, however steadily it drips."""


Network = httpx2.AsyncBaseTransport
"""What carries the bytes; users hand in a mock of it to test without a network."""


class _Where(TypedDict):
    method: str
    url: str


class Transport(Protocol):
    """Sends one request; the seam at which tests and other HTTP libraries plug in."""

    async def send(self, request: Request) -> Response:
        """Return the complete answer, whatever its status."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...


class HttpTransport:
    """HTTP/1.1 over httpx2: no redirects, no cookies, bounded bodies, one pool of connections."""

    def __init__(self, settings: Settings, network: Network | None = None) -> None:
        """Set up the pool; `network` takes the place of real sockets."""
        self._timeout = settings.timeout
        trust_env = not is_loopback(settings.base_url)
        trust = _trust(settings.verify)
        most = max(_CONNECTIONS, settings.concurrent)
        proxied = settings.proxy or (trust_env and _PROXIES & getproxies().keys())
        self._client = httpx2.AsyncClient(
            transport=network
            if network or proxied
            else _straight(trust, most, trust_env=trust_env),
            verify=trust,
            proxy=_proxy(settings.proxy),
            trust_env=trust_env,
            timeout=settings.timeout,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            limits=httpx2.Limits(max_connections=most),
        )
        self._headers = {
            "Accept-Encoding": ASKED_FOR,
            "User-Agent": self._client.headers["User-Agent"],
        }

    async def send(self, request: Request) -> Response:
        """Send one request and read its answer to the end.

        Raises:
            CoupaConnectionError: the request surely did not arrive.
            CoupaTimeoutError: no answer in time.
            CoupaTransportError: the connection broke, or the body was cut or does not decompress.
            CoupaShapeError: the body is larger than `MAX_BODY`.
        """
        import asyncio  # noqa: PLC0415  (see _assembly.py)

        asked = f"{request.method} {request.url}"
        where = _Where(method=request.method, url=request.url)
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._timeout * _WHOLE_ANSWER):
                return await self._exchange(request, started)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError) as error:
            reason, permanent = _why_unreachable(error, self._timeout)
            message = f"cannot connect for {asked}: {reason}"
            raise CoupaConnectionError(message, **where, permanent=permanent) from error
        except httpx2.PoolTimeout as error:
            message = f"no connection became free for {asked} within {self._timeout:g} s"
            raise CoupaConnectionError(message, **where) from error
        except (httpx2.TimeoutException, TimeoutError) as error:
            waited = time.monotonic() - started
            message = (
                f"no complete answer to {asked} after {waited:.1f} s; a larger timeout may help"
            )
            raise CoupaTimeoutError(message, **where) from error
        except UndecodableError as error:
            message = f"the answer to {asked} does not decompress ({error})"
            raise CoupaTransportError(message, **where) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            message = f"{asked} broke off: {str(error) or type(error).__name__}"
            raise CoupaTransportError(message, **where) from error

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _exchange(self, request: Request, started: float) -> Response:
        sent = httpx2.Request(
            request.method,
            request.url,
            headers={**self._headers, **request.headers},
            content=request.body,
        )
        answer = await self._client.send(sent, stream=True)
        headers = dict(answer.headers.items())
        if "date" not in headers:
            headers["date"] = formatdate(usegmt=True)  # as RFC 9110, 6.6.1, has it
        try:
            raw = await _read(answer)
            body = decoded(raw, headers.get("content-encoding", ""), MAX_BODY)
        except TooLargeError as error:
            msg = (
                f"the answer to {request.method} {request.url} is larger than "
                f"{MAX_BODY >> 20} MB; ask for fewer attributes with fields, or a smaller page"
            )
            raise CoupaShapeError(msg, url=request.url) from error
        finally:
            await answer.aclose()
        return Response(
            status=answer.status_code,
            headers=headers,
            body=body,
            elapsed=time.monotonic() - started,
        )


async def _read(answer: httpx2.Response) -> bytes:
    """Return the body as it came over the wire; a mock's too, which `aiter_raw` takes for read."""
    assert isinstance(answer.stream, httpx2.AsyncByteStream)  # noqa: S101  (for the type checker)
    pieces, size = [], 0
    async for piece in answer.stream:
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BODY:
            raise TooLargeError
    return b"".join(pieces)


def trust_of(settings: Settings) -> ssl.SSLContext:
    """Return what https is spoken with.

    Raises:
        CoupaConfigError: `verify` names a file that holds no certificates.
    """
    trust_env = not is_loopback(settings.base_url)
    return httpx2.create_ssl_context(_trust(settings.verify), trust_env=trust_env)


def _straight(trust: bool | ssl.SSLContext, most: int, *, trust_env: bool) -> Network:
    from ._connections import Connections  # noqa: PLC0415  (see _assembly.py)

    context = httpx2.create_ssl_context(trust, trust_env=trust_env)
    return Connections(context, most)


def _trust(verify: bool | str | ssl.SSLContext) -> bool | ssl.SSLContext:
    if not isinstance(verify, str):
        return verify
    try:
        return ssl.create_default_context(cafile=verify)
    except (OSError, ssl.SSLError) as error:
        msg = (
            f"verify is {verify!r}, which holds no certificates to trust ({error}); give a PEM file"
        )
        raise CoupaConfigError(msg) from error


def _proxy(proxy: str | None) -> httpx2.Proxy | None:
    if proxy is None:
        return None
    try:
        return httpx2.Proxy(proxy)
    except (ValueError, httpx2.InvalidURL):
        msg = "proxy is not a proxy's URL; write for example http://proxy.example:8080"
        raise CoupaConfigError(msg) from None


def _why_unreachable(error: httpx2.TransportError, timeout: float) -> tuple[str, bool]:
    """Say why no connection was made, and whether trying again is pointless."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = f"its certificate is not trusted ({cause.verify_message})"
            return f"{reason}; mend the certificate or pass verify='ca.pem'", True
        if isinstance(cause, socket.gaierror):
            return "the host name does not resolve; check base_url or instance", False
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx2.TimeoutException):
        return f"nothing answered within {timeout:g} s; check the host, or pass proxy", False
    return f"{str(error) or type(error).__name__}; check the host and port of base_url", False
