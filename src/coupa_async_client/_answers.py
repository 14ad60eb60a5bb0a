"""What an answer means: a page, a JSON value, or the error that says why not.

Pure; whether to ask again is left to `_retry`.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from email.utils import parsedate_to_datetime
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
from .types import MAX_PAGE_SIZE, Page, Request, Response

_SNIPPET = 500
_BOM = b"\xef\xbb\xbf"
_REFUSALS: dict[int, tuple[type[CoupaAPIError], str]] = {
    400: (CoupaBadRequestError, "check the filters, their operators and fields"),
    403: (CoupaForbiddenError, "the client's scopes or permissions do not cover this"),
    404: (CoupaNotFoundError, "check the resource's name and id, and that base_url ends in /api"),
    414: (CoupaAPIError, "the question is too long; give fewer fields and shorter lists"),
    429: (CoupaRateLimitError, "the instance is over its rate limit; lower rate or try later"),
}
_NO_ROWS = re.compile(rb"no results", re.IGNORECASE)
_XML_ERROR = re.compile(r"<error>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</error>", re.DOTALL)

_rows = msgspec.json.Decoder(list[msgspec.Raw])


def split(body: bytes) -> Page:
    """Split a JSON list into its rows' own texts, none decoded.

    Raises:
        ValueError: it is no list of objects, or no JSON in UTF-8.
        RecursionError: it is nested too deeply.
    """
    rows = _texts_of(body)
    for position, row in enumerate(rows):
        if not row.startswith(b"{"):
            msg = f"row {position} of the answer is no object"
            raise msgspec.ValidationError(msg)
    return Page(rows)


def read_page(
    request: Request, response: Response, page_of: Callable[[bytes], Page] = split
) -> Page:
    """Make a page of a collection's answer; `page_of` may do more than split it, and raises the same.

    A 404 that says in words that nothing matched is an empty page: Coupa answers so in XML (doc
    0011), and whether some JSON resource does is not documented.

    Raises:
        CoupaAPIError: the answer is a refusal.
        CoupaShapeError: the answer is no list of objects, or has more than the 50 of doc 0014.
    """
    if response.status == 404 and _NO_ROWS.search(response.body[:_SNIPPET]):  # noqa: PLR2004
        return Page(())
    raise_for_status(request, response)
    try:
        page = page_of(response.body.removeprefix(_BOM))
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise _misshapen(request, response, "a list of rows", error) from error
    if len(page) > MAX_PAGE_SIZE:
        msg = (
            f"{_asked(request)} was answered with {len(page)} rows, more than the {MAX_PAGE_SIZE} "
            "that Coupa documents; is base_url a Coupa instance?"
        )
        raise CoupaShapeError(msg, url=request.url)
    return page


def _texts_of(body: bytes) -> list[bytes]:
    try:
        rows = [bytes(row) for row in _rows.decode(body)]
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        text = body.decode()
        if r"\ud" not in text.lower():
            raise
        return _split_half_emojis(text)
    # Splitting does not check the encoding; a text of the whole body would take five times as long.
    for row in rows:
        row.decode()
    return rows


def _split_half_emojis(text: str) -> list[bytes]:
    """Split a list that holds a lone surrogate, which the standard library reads and msgspec does not."""
    decode = json.JSONDecoder().raw_decode
    rows, end = [], text.index("[")
    for _ in json.loads(text):
        start = re.compile(r"[^\s,]").search(text, end + 1)
        assert start is not None  # noqa: S101  (json.loads has just found a row here)
        _, after = decode(text, start.start())
        rows.append(text[start.start() : after].encode())
        end = after - 1
    return rows


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
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
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
    patience = retry_after(response)
    asks = "" if patience is None else f"asks to wait {patience:g} s"
    message = f"{status} from {_asked(request)}"
    for part in ("; ".join(messages)[:_SNIPPET], asks, remedy):
        message += f": {part}" if part else ""
    raise kind(
        message,
        status=status,
        messages=messages,
        method=request.method,
        url=request.url,
        snippet=_snippet(response),
        retry_after=patience,
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
    url = request.url if len(request.url) <= _SNIPPET else f"{request.url[:_SNIPPET]}..."
    return f"{request.method} {url}"


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
        transient=not isinstance(error, msgspec.ValidationError | RecursionError),
    )


def _messages(response: Response) -> Iterator[str]:
    """Find Coupa's own words in a refusal: `errors` in JSON or XML (docs 0011, 0015)."""
    try:
        said = msgspec.json.decode(response.body)
    except (ValueError, RecursionError):
        from html import unescape  # noqa: PLC0415  (its table of entities is for refusals alone)

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
