"""The face of one scan for users of asyncio; `_reading` does the work."""

from collections.abc import AsyncGenerator
from contextlib import closing
from typing import TYPE_CHECKING, Generic

from ._reading import Reading
from .errors import CoupaRowError
from .types import JSONObject, Page, Row, ScanReceipt

if TYPE_CHECKING:
    from .explanation import Explanation


class Scan(Generic[Row]):
    """Every row of one question, once each; iterate it, or its `pages()`, once.

    Made by `CoupaAsyncClient.scan`; nothing is sent before the first row is asked for. Rows are JSON
    objects, or of the type that was asked for; pages are Coupa's own bytes in either case.
    """

    def __init__(self, reading: Reading[Row]) -> None:
        """Wrap a reading that has not started; the synchronous face takes it out again."""
        self.reading = reading

    async def __aiter__(self) -> AsyncGenerator[Row]:
        """Yield row after row, decoded.

        Raises:
            CoupaRowError: a row does not fit the type; `checkpoint` leads back to it.
            CoupaClientError: what `pages` raises.
        """
        reading = self.reading.begun()
        try:
            while (page := await reading.next()) is not None:
                with closing(reading.rows(page)) as rows:
                    for row in rows:
                        yield row
        finally:
            await reading.end()

    async def pages(self) -> AsyncGenerator[Page]:
        """Yield pages of at most 50 rows, none empty, each row kept as bytes until looked at.

        Raises:
            IncompleteScanError: a page failed for good, or pages do not follow one another.
            CoupaAuthError: no token could be had, or a fresh one was refused, before any row came.
            CoupaConfigError: the scan has been started before, or its client is closed.
        """
        reading = self.reading.begun()
        try:
            while (page := await reading.next()) is not None:
                yield reading.hand_out(page)
        finally:
            await reading.end()

    async def first(self) -> Row | None:
        """Return the first row, or None where there is none; asks for one row only."""
        self.reading = self.reading.only_first()
        rows = await self.collect()
        return rows[0] if rows else None

    async def collect(self) -> list[Row]:
        """Return every row in a list; memory grows with their number."""
        return [row async for row in self]

    async def explain(self) -> "Explanation":
        """Tell what the scan will bring and cost, by three small requests at most; it is not started.

        Rows, requests, seconds at the current pace, bytes as asked and in full, order, scopes, and the
        first request for curl. `print` it, or take its `to_dict()`.

        Raises:
            CoupaClientError: why there is no answer.
        """
        return await self.reading.explain()

    @property
    def checkpoint(self) -> JSONObject:
        """What is still to come after the rows handed out so far, as plain JSON.

        `scan(..., resume=checkpoint)` with the same question brings just that.
        """
        return self.reading.checkpoint

    @property
    def invalid(self) -> tuple[CoupaRowError, ...]:
        """The rows so far that did not fit the type, where `on_invalid` is "collect"."""
        return tuple(self.reading.invalid)

    @property
    def receipt(self) -> ScanReceipt:
        """The account of the scan, at any moment; final once iteration has ended."""
        return self.reading.receipt
