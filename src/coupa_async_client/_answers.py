"""What an answer means: a page, a JSON value, or the error that says why not.

Pure; whether to ask again is left to `_retry`.
"""

import re
from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any

import msgspec

from .errors import (
    CoupaAPIError,
    CoupaBadRequestError,
    CoupaForbiddenError,
    CoupaNotFoundError,
    CoupaRateLimitError,
    CoupaServerError,
    CoupaShapeError,
)
from .types import Page, Request, Response

_SNIPPET = 500
_REFUSALS: dict[int, tuple[type[CoupaAPIError], str]] = {
    400: (CoupaBadRequestError, "check the filters, their operators and fields"),
    403: (CoupaForbiddenError, "the client's scopes or permissions do not cover this"),
    404: (CoupaNotFoundError, "check the resource's name and id, and that base_url ends in /api"),
    429: (CoupaRateLimitError, "the instance is over its rate limit; lower rate or try later"),
}
_NO_ROWS = re.compile(rb"no results", re.IGNORECASE)
_XML_ERROR = re.compile(r"<error>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</error>", re.DOTALL)

_rows = msgspec.json.Decoder(list[msgspec.Raw])


def read_page(request: Request, response: Response, limit: int) -> Page:
    """Split a collection's answer into its rows, none decoded.

    A 404 that says in words that nothing matched is an empty page: Coupa answers so in XML (doc
    0011), and whether some JSON resource does is not documented.

    Raises:
        CoupaAPIError: the answer is a refusal.
        CoupaShapeError: the answer is no list of objects, or longer than `limit`.
    """
    if response.status == 404 and _NO_ROWS.search(response.body[:_SNIPPET]):  # noqa: PLR2004
        return Page(())
    raise_for_status(request, response)
    try:
        response.body.decode()  # splitting into raw rows does not check the encoding
        rows = [bytes(row) for row in _rows.decode(response.body)]
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _misshapen(request, response, "a list of rows", error) from error
    for position, row in enumerate(rows):
        if not row.startswith(b"{"):
            msg = f"{_asked(request)}: row {position} of the answer is no object"
            raise CoupaShapeError(msg, url=request.url, snippet=_snippet(response))
    if len(rows) > limit:
        msg = (
            f"{_asked(request)} was answered with {len(rows)} rows for limit={limit}: this resource "
            "does not honour limit, so pages would overlap; set page_size to the size it answers "
            "with (50 at most)"
        )
        raise CoupaShapeError(msg, url=request.url)
    return Page(rows)


def read_json(request: Request, response: Response) -> Any:  # noqa: ANN401  (JSON is any value)
    """Decode a record's answer; a body that is empty on purpose (204) is None.

    Raises:
        CoupaAPIError: the answer is a refusal.
        CoupaShapeError: the body is no JSON.
    """
    raise_for_status(request, response)
    if response.status == 204:  # noqa: PLR2004
        return None
    try:
        return response.json()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _misshapen(request, response, "JSON", error) from error


def raise_for_status(request: Request, response: Response) -> None:
    """Raise the error that fits a status outside 200 to 299; say nothing otherwise.

    Raises:
        CoupaAPIError: one subclass per kind of refusal.
    """
    status = response.status
    if 200 <= status < 300:  # noqa: PLR2004
        return
    kind, remedy = _REFUSALS.get(status, (CoupaAPIError, ""))
    if 300 <= status < 400:  # noqa: PLR2004
        remedy = "redirects are not followed with a token; check base_url's host and path"
    elif status >= 500:  # noqa: PLR2004
        kind = CoupaServerError
    messages = tuple(_messages(response))
    message = f"{status} from {_asked(request)}"
    for part in ("; ".join(messages)[:_SNIPPET], remedy):
        message += f": {part}" if part else ""
    raise kind(
        message,
        status=status,
        messages=messages,
        method=request.method,
        url=request.url,
        snippet=_snippet(response),
        retry_after=retry_after(response),
    )


def retry_after(response: Response) -> float | None:
    """Read `Retry-After`: seconds, or a date measured against the answer's own `Date`."""
    value = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
        asked_at = parsedate_to_datetime(response.headers.get("date", ""))
        return max(0.0, (until - asked_at).total_seconds())
    except (TypeError, ValueError):
        return None


def _asked(request: Request) -> str:
    return f"{request.method} {request.url}"


def _snippet(response: Response) -> str:
    return response.body[:_SNIPPET].decode(errors="replace")


def _misshapen(
    request: Request, response: Response, wanted: str, error: Exception
) -> CoupaShapeError:
    said = "; ".join(_messages(response))
    if said:
        found, remedy = f"errors ({said[:_SNIPPET]})", "check the query"
    elif not response.body.strip():
        found, remedy = "an empty body", "try again later"
    elif _snippet(response).lstrip().lower().startswith(("<!doctype html", "<html")):
        found, remedy = "an HTML page", "check that base_url is the instance's API, ending in /api"
    else:
        found, remedy = f"something else ({error})", "check the resource and base_url"
    message = f"{_asked(request)} was answered {response.status} with {found} instead of {wanted}"
    return CoupaShapeError(
        f"{message}; {remedy}",
        url=request.url,
        snippet=_snippet(response),
        transient=not isinstance(error, msgspec.ValidationError),
    )


def _messages(response: Response) -> Iterator[str]:
    """Find Coupa's own words in a refusal: `errors` in JSON or XML (docs 0011, 0015)."""
    try:
        said = msgspec.json.decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        for text in _XML_ERROR.findall(response.body[:20_000].decode(errors="replace")):
            yield unescape(text).strip()
        return
    if isinstance(said, dict):
        for key in ("errors", "error", "error_description", "message"):
            yield from _texts(said.get(key))


def _texts(value: object) -> Iterable[str]:
    match value:
        case str() if value.strip():
            yield value.strip()
        case list():
            for item in value:
                yield from _texts(item)
        case dict():
            for key, item in value.items():
                if key != "warnings":
                    yield from _texts(item)
