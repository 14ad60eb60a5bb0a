"""The description that an instance serves of its own API, from its places under /api_docs.

Reading it is left to `swagger`.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from ._answers import raise_for_status
from ._question import HEADERS
from .description.model import Description
from .description.parsing import parse
from .errors import CoupaAPIError, CoupaConfigError, CoupaNotFoundError, CoupaShapeError
from .swagger import load
from .types import Request, Response

log = logging.getLogger("coupa_async_client")

PLACES = tuple(f"/api_docs/{n}.json" for n in (0, 1, 2, 3, 4, 5, 9, 14, 20, 26, 33, 34))
"""Where Coupa's own files of R35 to R39 say they are served; the numbers between are not explained."""

_REMEDY = (
    "open /api_docs in a browser that is logged in to the instance, save the JSON, and give the "
    "file as description"
)
_SNIPPET = 500

Fetch = Callable[[Request, Callable[[Request, Response], bytes]], Coroutine[Any, Any, bytes]]


async def described(fetch: Fetch, base_url: str, paths: Sequence[str]) -> Description:
    """Fetch what is described at some places of the instance, and merge it.

    Places that are named must all be there; of `PLACES`, at least one.

    Raises:
        CoupaClientError: nothing could be had, or something else is there.
    """
    urls = [_url(base_url, path) for path in paths or PLACES]
    fetching = (fetch(Request("GET", url, HEADERS), _swagger) for url in urls)
    found, absent = [], []
    for outcome in await asyncio.gather(*fetching, return_exceptions=True):
        if isinstance(outcome, bytes):
            found.append(outcome)
        elif not paths and _says_that_none_is_there(outcome):
            absent.append(outcome)
        else:
            raise outcome
    if not found:
        raise next((each for each in absent if not isinstance(each, CoupaNotFoundError)), absent[0])
    for each in absent:
        log.debug("%s", each)
    return load(found)


def _url(base_url: str, path: object) -> str:
    """Place a path on the host of the API, which alone is sent the token."""
    if not isinstance(path, str) or not _is_inside(path):
        msg = f"describe: {path!r} is no path on the instance; give for example '/api_docs/0.json'"
        raise CoupaConfigError(msg)
    return urljoin(base_url, path)


def _is_inside(path: str) -> bool:
    parts = urlsplit(path)
    outside = parts.scheme or parts.netloc or ".." in parts.path or path.startswith("//")
    return path.isprintable() and path.startswith("/") and not outside


def _says_that_none_is_there(outcome: BaseException) -> bool:
    """Tell whether an answer says no for good; a server in trouble says nothing of the sort."""
    if isinstance(outcome, CoupaAPIError):
        return outcome.status < 500 and outcome.status != 429  # noqa: PLR2004
    return isinstance(outcome, CoupaShapeError)


def _swagger(request: Request, response: Response) -> bytes:
    """Return the bytes of a Swagger file, made sure to be one.

    Raises:
        CoupaAPIError: the answer is a refusal.
        CoupaShapeError: it is something else.
    """
    if response.status == 404:  # noqa: PLR2004
        msg = f"404 from GET {request.url}: no description is there; {_REMEDY}"
        raise CoupaNotFoundError(msg, status=404, method="GET", url=request.url)
    raise_for_status(request, response)
    try:
        parse(response.body, names=(f"the answer to GET {request.url}",))
    except CoupaConfigError as error:
        found = str(error).partition("; give ")[0]
        snippet = response.body[:_SNIPPET].decode(errors="replace")
        msg = f"{found}, no Swagger 2.0; {_REMEDY}"
        raise CoupaShapeError(msg, url=request.url, snippet=snippet) from None
    return response.body
