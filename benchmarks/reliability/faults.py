"""The faults of the matrix: a name, and a Coupa that misbehaves that way. Running clients is left to others.

Most strike the page that holds row 500, so that they hit the same rows whatever the paging.
"""

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from time import time
from wsgiref.handlers import format_date_time

from coupa import MIDDLE, PAGE, Coupa, Spoil, Tokens

from servers import Answer, Broken, Seen, http, rows

SHORT_LIFE = 1.0
"""Seconds that a token lives where tokens end during the scan, which then takes longer than that."""

_PACE = 0.08
_ENORMOUS = 200 * 2**20
_JSON = json.dumps(rows(range(1, PAGE + 1))).encode()


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong; `coupa` makes the server that does."""

    name: str
    coupa: Callable[[], Coupa]
    marks: bool = False
    """Whether the consumer marks each row as exported the moment that it arrives."""
    timeout: float = 5.0
    """Seconds that the client is told to wait for an answer."""


def holds_the_middle(coupa: Coupa, seen: Seen) -> bool:
    """Tell whether the honest answer would hold the row in the middle."""
    return MIDDLE in coupa.page(seen)


def once(wrong: Answer | Spoil) -> Callable[[], Coupa]:
    """Go wrong the first time that the middle is asked for."""

    def spoil(coupa: Coupa, seen: Seen) -> Answer | None:
        if coupa.struck or not holds_the_middle(coupa, seen):
            return None
        coupa.struck = True
        return wrong(coupa, seen) if callable(wrong) else wrong

    return lambda: Coupa(spoil)


def always(wrong: Answer, *, where: Callable[[Coupa, Seen], bool]) -> Callable[[], Coupa]:
    """Go wrong for good, for the requests that `where` names."""
    return lambda: Coupa(lambda coupa, seen: wrong if where(coupa, seen) else None)


def everywhere(_: Coupa, __: Seen) -> bool:
    """Name every request."""
    return True


def from_the_middle_on(coupa: Coupa, seen: Seen) -> bool:
    """Name the request for the middle and every one after it."""
    coupa.struck = coupa.struck or holds_the_middle(coupa, seen)
    return coupa.struck


def revoking(*, deaf: int = 0, only_newest: bool = False) -> Callable[[], Coupa]:
    """End every token at the middle; the token endpoint is down for the next `deaf` calls."""

    def refuse(coupa: Coupa, _: Seen) -> Answer:
        coupa.revoke()
        coupa.deaf_token_calls = deaf
        return http(401, {"error": "invalid_token"})

    def make() -> Coupa:
        coupa = once(refuse)()
        coupa.tokens = Tokens(only_newest=only_newest)
        return coupa

    return make


def longer(coupa: Coupa, seen: Seen) -> Answer:
    """Answer with more rows than the limit."""
    return http(200, rows(coupa.page(seen, more=PAGE - 2)))


def page_before(coupa: Coupa, seen: Seen) -> Answer:
    """Answer as the page before was answered, like a stale cache."""
    return http(200, rows(coupa.page(seen, back=PAGE)))


def wrongly_labelled(coupa: Coupa, seen: Seen) -> Answer:
    """Answer with the right rows, called HTML."""
    return http(200, rows(coupa.page(seen)), content_type="text/html")


def enormous(coupa: Coupa, seen: Seen) -> Answer:
    """Answer with the right rows behind 200 MB of blanks, compressed."""
    head, blanks = _compressed_blanks()
    rest = blanks.copy()
    page = json.dumps(rows(coupa.page(seen))).encode()
    body = head + rest.compress(page) + rest.flush()
    return http(200, body, content_encoding="deflate")


@cache
def _compressed_blanks() -> tuple[bytes, "zlib._Compress"]:
    """Compress the blanks once; what follows them goes into a copy of the compressor."""
    compressor = zlib.compressobj(1)
    return compressor.compress(b" " * _ENORMOUS), compressor


def in_a_second(_: Coupa, __: Seen) -> Answer:
    """Refuse for the rate limit until a date one second from now."""
    now = time()
    date, until = format_date_time(now), format_date_time(now + 1)
    return http(429, b"slow down", retry_after=until, date=date)


def redirected(_: Coupa, seen: Seen) -> Answer:
    """Send the client to a log-in page, which is there."""
    place = f"http://{seen.headers['host']}/api/sessions/new"
    return http(302, b"", location=place)


_HTML = http(200, b"<html><body>maintenance</body></html>", content_type="text/html")
_WHOLE = http(200, _JSON)
_HEAD = _WHOLE[: _WHOLE.index(b"\r\n\r\n") + 4]
_SILENT = Broken(b"", "hold")

FAULTS = (
    Fault("no fault", Coupa),
    Fault("200 with an HTML page", once(_HTML)),
    Fault("200 with broken JSON", once(http(200, _JSON[:-7]))),
    Fault('200 with `{"errors": ...}`', once(http(200, {"errors": {"base": ["boom"]}}))),
    Fault("200 with an empty body", once(http(200, b""))),
    Fault("200, rows labelled as HTML", once(wrongly_labelled)),
    Fault("body cut short", once(Broken(_WHOLE[:-7]))),
    Fault("closed before the head", once(Broken())),
    Fault("reset before the head", once(Broken(b"", "reset"))),
    Fault("reset after the head", once(Broken(_HEAD, "reset"))),
    Fault("reset inside the body", once(Broken(_WHOLE[:-7], "reset"))),
    Fault("one request is never answered", once(_SILENT), timeout=0.4),
    Fault("silent from the middle on", always(_SILENT, where=from_the_middle_on), timeout=0.4),
    Fault("token revoked", revoking()),
    Fault("tokens rotated: only the newest works", revoking(only_newest=True)),
    Fault(
        "tokens end long before their time",
        lambda: Coupa(pace=_PACE, tokens=Tokens(SHORT_LIFE, claimed=86_399)),
    ),
    Fault("tokens that live 1 s", lambda: Coupa(pace=_PACE, tokens=Tokens(SHORT_LIFE))),
    Fault("token revoked, token endpoint down for 2 calls", revoking(deaf=2)),
    Fault("429 with Retry-After in seconds", once(http(429, b"slow down", retry_after="1"))),
    Fault("429 with Retry-After as a date", once(in_a_second)),
    Fault("429 without Retry-After", once(http(429, b"slow down"))),
    *(Fault(f"{status}", once(http(status, b"try later"))) for status in (408, 500, 502, 503, 504)),
    Fault("a page longer than the limit", once(longer)),
    Fault("the page before once more", once(page_before)),
    Fault("every page is the first", always(_WHOLE, where=everywhere)),
    Fault("redirect to a log-in page", once(redirected)),
    Fault("gzip that does not decode", once(http(200, _JSON, content_encoding="gzip"))),
    Fault("a body of 200 MB", once(enormous)),
    Fault("one page fails for good", always(http(500), where=holds_the_middle)),
    Fault("all pages 403", always(http(403, {"errors": ["no scope"]}), where=everywhere)),
    Fault("all pages 500", always(http(500), where=everywhere)),
    Fault(
        "drain of `exported=false`, each row marked on arrival",
        lambda: Coupa(size=2_000),
        marks=True,
    ),
    Fault("rows enter and leave with every page", lambda: Coupa(size=2_000, restless=True)),
)
