"""A question being answered: its pages, the account of what was handed out, and what is still to come.

Which page to ask for is left to the plans, sending to `_engine`.
"""

import logging
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, cast

from ._ledger import Ledger
from ._question import Question
from ._rows import JSONRows, Rows
from .errors import (
    CoupaAuthError,
    CoupaClientError,
    CoupaConfigError,
    CoupaRowError,
    IncompleteScanError,
)
from .types import Ask, JSONObject, OnInvalid, Page, Row, ScanReceipt, Span

if TYPE_CHECKING:
    from ._engine import Engine
    from ._run import Run
    from .explanation import Explanation

log = logging.getLogger("coupa_async_client")


class Reading(Generic[Row]):
    """A question being answered; both faces take its pages, and say which rows they handed out."""

    def __init__(
        self,
        engine: "Engine",
        question: Question,
        rows: Rows[Any] | None = None,
        on_invalid: OnInvalid = "raise",
    ) -> None:
        """Keep the question; nothing is sent before the first page is asked for."""
        from ._trail import Tally  # noqa: PLC0415  (see _assembly.py)

        self._engine = engine
        self._question = question
        self._reader: Rows[Row] = cast("Rows[Row]", JSONRows() if rows is None else rows)
        self._on_invalid: OnInvalid = on_invalid
        self.invalid: list[CoupaRowError] = []
        self._plan = question.plan()
        self._ledger = Ledger(question.spans)
        self._tally = Tally()
        self._run: Run | None = None
        self._begun = False
        self._started: float | None = None
        self._ended: float | None = None
        self._refreshes = 0
        self._rows = 0
        self._pages = 0
        self._id_range: tuple[int, int] | None = None
        self._partly: tuple[Page, int] | None = None
        self._failure: CoupaClientError | None = None
        self._complete = False

    def begun(self) -> "Reading[Row]":
        """Claim the reading, which can be done once.

        Raises:
            CoupaConfigError: the scan has been started before.
        """
        if self._begun:
            msg = f"this scan of {self._question.resource!r} was started before; make a new one"
            raise CoupaConfigError(msg)
        self._begun = True
        return self

    def only_first(self) -> "Reading[Row]":
        """Return a reading of the first row alone, in place of this one."""
        self.begun()
        first = replace(self._question, max_items=1)
        return Reading(self._engine, first, self._reader, self._on_invalid)

    async def explain(self) -> "Explanation":
        """Tell what it will bring and cost; it can be started as before."""
        from ._explaining import explained  # noqa: PLC0415  (see _assembly.py)

        return await explained(self._engine, self._question)

    async def next(self) -> Page | None:
        """Return the next page with rows in it; None when all that were asked for have come.

        Raises:
            IncompleteScanError: a page failed for good, or pages do not follow one another.
            CoupaAuthError: no token could be had, or a fresh one was refused, before any row came.
            CoupaConfigError: the client is closed, or belongs to another event loop.
        """
        while self.wants_more:
            with self.telling():
                drawn = await self.draw()
            if drawn is None:
                break
            if page := self.kept(drawn):
                return page
        self.over()
        return None

    async def draw(self) -> Page | None:
        """Return the next page that the plan lets go, however many rows it holds; None at the end.

        `next` is made of this and of what does no I/O, for those who draw ahead: nothing is accounted
        for before a page is `kept` and handed out.
        """
        run = self._run or self._start()
        return await run.next()

    @property
    def wants_more(self) -> bool:
        """Tell whether fewer rows were handed out than were asked for."""
        most = self._question.max_items
        return most is None or self._rows < most

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Let an error say what came, what is missing, and the way to it."""
        try:
            yield
        except CoupaConfigError:
            raise
        except CoupaClientError as error:
            ending = self._incomplete(error)
            if ending is error:
                raise
            raise ending from error

    def kept(self, page: Page) -> Page | None:
        """Return what is to be handed out of a page that was drawn; None if that is nothing."""
        if not page:
            self._ledger.settle(page.span)
            return None
        most = self._question.max_items
        if most is not None and self._rows + len(page) > most:
            span = self._reaching(page, most - self._rows)
            page = page.keep(range(most - self._rows)).covering(span)
        return page

    def over(self) -> None:
        """Note that the last page was drawn.

        Raises:
            IncompleteScanError: pages are missing.
        """
        if self._ledger.left and self.wants_more:
            raise self._incomplete(self._failure) from self._failure
        self._complete = True

    def hand_out(self, page: Page) -> Page:
        """Account for a page that is handed out whole, and return it as it was asked for."""
        self._settle(page)
        return self._shown(page)

    def rows(self, page: Page) -> Generator[Row]:
        """Decode a page row after row, and account for each as it is handed out."""
        shown = page if self._reader.picks else self._shown(page)
        try:
            for count, row in self._reader.read(shown, partial(self._misfit, page)):
                self._partly = (page, count)
                yield row
        except BaseException:  # a break too: said here, by the thread that takes the rows
            if self._partly is not None:
                self._tell_of(*self._partly)
            raise
        self._settle(page)

    def _settle(self, page: Page) -> None:
        self._partly = None
        self._ledger.settle(page.span)
        self._rows += len(page)
        self._pages += 1
        self._id_range = _wider(self._id_range, page.ids)
        self._tell_of(page, len(page))

    def _tell_of(self, page: Page, count: int) -> None:
        """Let those who listen know that the first rows of a page were handed out."""
        if self._engine.listeners is not None:
            ids = _wider(None, page.ids[:count])
            span = self._reaching(page, count)
            self._engine.listeners.page(self._question.resource, count, span, ids)

    def _shown(self, page: Page) -> Page:
        return page.without("id") if self._question.hides_id else page

    def _misfit(self, page: Page, count: int, error: CoupaRowError, cause: Exception) -> None:
        """Stop before a row that does not fit, so that a resumed scan meets it again, or note it."""
        if self._on_invalid == "raise":
            raise error from cause
        self._partly = (page, count)
        self.invalid.append(error)

    async def end(self) -> None:
        """Stop what is in flight, and say in the log how it went."""
        if self._run is None or self._ended is not None:
            return
        self._ended = time.monotonic()
        await self._run.aclose()
        receipt = self.receipt
        log.info("%s", receipt)
        if receipt.drift or receipt.duplicates:
            log.warning(
                "rows of %s moved while they were read by offset (%d places, %d rows came twice): "
                'some may be missing; paging="keyset" is safe from that',
                receipt.resource,
                receipt.drift,
                receipt.duplicates,
            )

    @property
    def left(self) -> tuple[Span, ...]:
        """The spans that are still to come after the rows handed out so far."""
        if self._partly is None:
            return self._ledger.left
        ledger = Ledger(self._ledger.left)
        ledger.settle(self._reaching(*self._partly))
        return ledger.left

    @property
    def checkpoint(self) -> JSONObject:
        """What is still to come, as plain JSON."""
        return self._question.checkpoint(self.left)

    @property
    def receipt(self) -> ScanReceipt:
        """The account at this moment."""
        until = time.monotonic() if self._ended is None else self._ended
        page, count = self._partly or (None, 0)
        low, high = _wider(self._id_range, page.ids[:count] if page else ()) or (None, None)
        from ._offsets import OffsetWindow  # noqa: PLC0415  (see _assembly.py)

        offsets = self._plan if isinstance(self._plan, OffsetWindow) else None
        return ScanReceipt(
            resource=self._question.resource,
            paging=self._question.paging,
            rows=self._rows + count - len(self.invalid),
            pages=self._pages + (count > 0),
            requests=self._tally.requests,
            retries=dict(self._tally.retries),
            statuses=dict(self._tally.statuses),
            token_refreshes=self._engine.auth.refreshes - self._refreshes,
            waited=round(self._tally.waited, 3),
            backed_off=round(self._tally.backed_off, 3),
            elapsed=round(until - (self._started or until), 3),
            id_min=low,
            id_max=high,
            duplicates=offsets.duplicates if offsets else 0,
            drift=offsets.drift if offsets else 0,
            query=self._question.name,
            complete=self._complete,
            holes=() if self._ended is None or self._complete else self.left,
            invalid=len(self.invalid),
        )

    def _start(self) -> "Run":
        from ._run import Run  # noqa: PLC0415  (see _assembly.py)

        self._started = time.monotonic()
        self._refreshes = self._engine.auth.refreshes
        question = self._question
        self._run = Run(
            self._engine, self._plan, self._page, question.concurrent, self._page_failed
        )
        return self._run

    async def _page(self, ask: Ask) -> Page:
        from ._answers import read_page  # noqa: PLC0415  (see _assembly.py)

        read = partial(read_page, page_of=self._reader.page_of)
        return await self._engine.fetch(self._question.request(ask), read, self._tally)

    def _page_failed(self, error: CoupaClientError) -> None:
        self._failure = self._failure or error
        hopeless = isinstance(error, CoupaAuthError | CoupaConfigError)
        if hopeless or self._question.on_error == "raise":
            raise error

    def _incomplete(self, error: CoupaClientError | None) -> CoupaClientError:
        """Make the error that a scan ends with: what came, what is missing, and the way to it.

        A refusal that will not pass by itself, before any row came, is its own best account.
        """
        from ._retry import can_pass  # noqa: PLC0415  (see _assembly.py)

        if error is not None and not self._rows and not can_pass(error):
            return error
        missing = ", ".join(map(self._question.in_words, self.left))
        message = (
            f"{self._question.resource} is incomplete: {self._rows:,} rows came, missing are {missing}; "
            f"scan(resume=error.holes) brings them. The reason: {error or 'unknown'}"
        )
        receipt = replace(self.receipt, holes=self.left)
        return IncompleteScanError(message, receipt=receipt, holes=self.checkpoint)

    def _reaching(self, page: Page, count: int) -> Span:
        """Return the span that the first rows of a page account for."""
        start, end = page.span
        if count == len(page):
            return page.span
        if self._question.by == "id":
            return (start, page.ids[count - 1])
        reached = (start or 0) + count
        return (start, reached if end is None else min(reached, end))


def _wider(known: tuple[int, int] | None, ids: tuple[int | None, ...]) -> tuple[int, int] | None:
    numbers = [id_ for id_ in ids if id_ is not None]
    if not numbers:
        return known
    low, high = known or (numbers[0], numbers[0])
    return (min(low, *numbers), max(high, *numbers))
