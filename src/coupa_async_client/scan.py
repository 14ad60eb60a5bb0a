"""One scan: a question, the plan that answers it, and the account of how it went.

Checks the question before anything is sent; sending is left to `_engine`, paging to `_plans`.
"""

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal

from ._answers import read_page
from ._engine import Engine, Tally
from ._plans import Ask, Keyset, OffsetWindow, Plan
from ._settings import Settings, page_size, whole
from .errors import CoupaConfigError
from .query import fields_text, hyphenated, names_order, query_string, resource_path, with_id
from .types import Fields, JSONObject, Page, Params, Request, ScanReceipt

Paging = Literal["auto", "keyset", "offset"]

HEADERS = {"Accept": "application/json", "User-Agent": "coupa-async-client"}
"""Every call must carry Accept; without it Coupa answers XML (facts section 0)."""

log = logging.getLogger("coupa_async_client")


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question to one resource; built by `ask`."""

    resource: str
    url: str
    params: Params
    paging: Literal["keyset", "offset"]
    page_size: int
    concurrent: int
    hides_id: bool = False
    after: int | None = None
    start: int = 0
    end: int | None = None
    until_empty: bool = True
    max_items: int | None = None

    def request(self, ask: Ask) -> Request:
        """Spell the request for one page."""
        return Request("GET", f"{self.url}?{query_string({**self.params, **ask.params})}", HEADERS)

    def plan(self) -> Plan:
        """Make the plan that pages through the answer."""
        limit = min(self.page_size, self.max_items or self.page_size)
        if self.paging == "keyset":
            return Keyset(limit=limit, after=self.after, most=self.max_items)
        most = None if self.max_items is None else self.start + self.max_items
        ends = [end for end in (self.end, most) if end is not None]
        return OffsetWindow(
            limit=limit,
            window=self.concurrent,
            start=self.start,
            end=min(ends, default=None),
            until_empty=self.until_empty,
        )


def ask(
    settings: Settings,
    resource: str,
    params: Params | None = None,
    fields: Fields | None = None,
    *,
    paging: Paging = "auto",
    page_size: int | None = None,
    concurrent: int | None = None,
    max_items: int | None = None,
    offset_start: int = 0,
    offset_end: int | None = None,
    until_empty: bool = True,
) -> Question:
    """Check a question and settle how it is paged.

    `limit`, `offset` and `fields` among the params count as page size, start and projection.

    Raises:
        CoupaConfigError: names the argument, its value and the remedy.
    """
    params = dict(params or {})
    if "fields" in params:
        if fields:
            msg = "fields is given twice, as an argument and among params; give it once"
            raise CoupaConfigError(msg)
        fields = str(params.pop("fields"))
    chosen = _paging(paging, params)
    size = _number("limit", params.pop("limit", None), at_least=1)
    start = _number("offset", params.pop("offset", None), at_least=0)
    after = _number("id[gt]", params.pop("id[gt]", None)) if chosen == "keyset" else None
    projection, hides_id = fields_text(fields), False
    if chosen == "keyset":
        projection, hides_id = with_id(projection)
    if projection is not None:
        params["fields"] = projection
    query_string(params)
    if not until_empty and offset_end is None:
        msg = "until_empty=False needs an offset_end: without it the sweep would never end"
        raise CoupaConfigError(msg)
    return Question(
        resource=resource,
        url=f"{settings.base_url}/{resource_path(resource)}",
        params=params,
        paging=chosen,
        page_size=_page_size(page_size if page_size is not None else size, settings),
        concurrent=whole(
            "concurrent", settings.concurrent if concurrent is None else concurrent, at_least=1
        ),
        hides_id=hides_id,
        after=after,
        start=whole("offset_start", start if start is not None else offset_start, at_least=0),
        end=None if offset_end is None else whole("offset_end", offset_end, at_least=0),
        until_empty=until_empty,
        max_items=None if max_items is None else whole("max_items", max_items, at_least=1),
    )


class Scan:
    """Every row of one question, once each; iterate it, or its `pages()`, once.

    Made by `CoupaAsyncClient.scan`; nothing is sent before the first row is asked for.
    """

    def __init__(self, engine: Engine, question: Question) -> None:
        """Keep the question; the engine answers it later."""
        self._engine = engine
        self._question = question
        self._tally = Tally()
        self._started: float | None = None
        self._ended: float | None = None
        self._refreshes = 0
        self._rows = 0
        self._pages = 0
        self._id_range: tuple[int, int] | None = None
        self._complete = False

    async def __aiter__(self) -> AsyncGenerator[JSONObject]:
        """Yield row after row, decoded."""
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                for row in page:
                    yield row

    async def pages(self) -> AsyncGenerator[Page]:
        """Yield pages of at most 50 rows, none empty, each row kept as bytes until looked at.

        Raises:
            CoupaAuthError: no token, or a fresh one refused.
            CoupaTransportError: no complete answer, however often it was tried.
            CoupaAPIError: Coupa says no.
            CoupaShapeError: an answer is no page, or pages do not follow one another.
            CoupaConfigError: the scan has been started before, or its client is closed.
        """
        self._start()
        question = self._question
        try:
            run = self._engine.run(question.plan(), self._page, question.concurrent)
            async with aclosing(run) as pages:
                async for page in pages:
                    wanted = self._wanted(page)
                    self._count(wanted)
                    yield wanted.without("id") if question.hides_id else wanted
                    if self._rows == question.max_items:
                        break
            self._complete = True
        finally:
            self._ended = time.monotonic()
            log.info("%s", self.receipt)

    async def first(self) -> JSONObject | None:
        """Return the first row, or None where there is none; asks for one row only."""
        self._question = replace(self._question, max_items=1)
        rows = await self.collect()
        return rows[0] if rows else None

    async def collect(self) -> list[JSONObject]:
        """Return every row in a list; memory grows with their number."""
        return [row async for row in self]

    @property
    def receipt(self) -> ScanReceipt:
        """The account of the scan, at any moment; final once iteration has ended."""
        until = time.monotonic() if self._ended is None else self._ended
        low, high = self._id_range or (None, None)
        return ScanReceipt(
            resource=self._question.resource,
            paging=self._question.paging,
            rows=self._rows,
            pages=self._pages,
            requests=self._tally.requests,
            retries=dict(self._tally.retries),
            statuses=dict(self._tally.statuses),
            token_refreshes=self._engine.auth.refreshes - self._refreshes,
            waited=round(self._tally.waited, 3),
            backed_off=round(self._tally.backed_off, 3),
            elapsed=round(until - (self._started or until), 3),
            id_min=low,
            id_max=high,
            complete=self._complete,
        )

    def _start(self) -> None:
        if self._started is not None:
            msg = f"this scan of {self._question.resource!r} was started before; make a new one"
            raise CoupaConfigError(msg)
        self._started = time.monotonic()
        self._refreshes = self._engine.auth.refreshes

    async def _page(self, ask: Ask) -> Page:
        request = self._question.request(ask)
        return await self._engine.fetch(
            request,
            lambda request, response: read_page(request, response, ask.limit),
            self._tally,
        )

    def _wanted(self, page: Page) -> Page:
        most = self._question.max_items
        if most is None or self._rows + len(page) <= most:
            return page
        return page.keep(range(most - self._rows))

    def _count(self, page: Page) -> None:
        self._rows += len(page)
        self._pages += 1
        ids = [id_ for id_ in page.ids if id_ is not None]
        if ids:
            low, high = self._id_range or (ids[0], ids[0])
            self._id_range = (min(low, *ids), max(high, *ids))


def _paging(paging: Paging, params: Params) -> Literal["keyset", "offset"]:
    if paging not in ("auto", "keyset", "offset"):
        msg = f'paging is {paging!r}; it is one of "auto", "keyset" and "offset"'
        raise CoupaConfigError(msg)
    if paging == "keyset" and names_order(params):
        named = [key for key in params if hyphenated(key) in ("order-by", "dir", "offset")]
        msg = f'paging="keyset" fixes order and place itself; leave out {named}, or use "offset"'
        raise CoupaConfigError(msg)
    if paging == "auto":
        return "offset" if names_order(params) else "keyset"
    return paging


def _number(name: str, value: object, *, at_least: int | None = None) -> int | None:
    if value is None:
        return None
    try:
        number = int(str(value))
    except ValueError:
        number = None
    if number is None or (at_least is not None and number < at_least):
        bound = "" if at_least is None else f" of at least {at_least}"
        msg = f"params[{name!r}] is {value!r}; give a whole number{bound}"
        raise CoupaConfigError(msg)
    return number


def _page_size(asked: int | None, settings: Settings) -> int:
    return settings.page_size if asked is None else page_size("page_size", asked)
