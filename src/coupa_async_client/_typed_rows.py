"""Rows of a user's type: answers in, instances out.

What a type asks of Coupa is left to `_shapes`, how it is decoded to `_mirrors`, what to say of a row
that does not fit to `_misfits`.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from typing import Any, Generic

import msgspec

from ._answers import split
from ._mirrors import mirror_of
from ._misfits import Misfit, row_error
from ._shapes import Shape, shape_of
from .types import Fields, Page, Row, Span

_MIDNIGHT = time()
_DATES = 1_024
"""Dates that are remembered, since many rows share one and reading it costs as much as half a row."""


class _Identified(msgspec.Struct, gc=False):
    id: Any = None


_identified = msgspec.json.Decoder(list[_Identified]).decode


class TypedRows(Generic[Row]):
    """Rows of a user's type.

    Reading is lax where that is exact: numbers may come as text (facts section 7). A page is decoded
    in one go; each row by itself, slowly, only where some row does not fit.
    """

    picks = True

    def __init__(self, row_type: type[Row]) -> None:
        """Make the decoder.

        Raises:
            CoupaConfigError: no row can become this type; names the attribute and the remedy.
        """
        self._shape = shape_of(row_type)
        self._decoder = _Decoder(self._shape.whole)

    @property
    def fields(self) -> Fields:
        """The projection that asks for the type's attributes and no others."""
        return self._shape.fields

    def page_of(self, body: bytes) -> Page:
        """Find the ids in an answer, and no more than that before its rows are wanted."""
        try:
            if not body.isascii():
                body.decode()  # what is passed over is not checked
            ids = [row.id for row in _identified(body)]
        except (ValueError, RecursionError):
            return split(body)
        sure = {int}.issuperset(map(type, ids))  # else the rows' texts tell
        return _UnsplitPage(body, len(ids), ids if sure else None)

    def read(self, page: Page, misfit: Misfit) -> Iterator[tuple[int, Row]]:
        """Yield each row that fits, and tell `misfit` of the others."""
        with suppress(Exception):  # whatever it was comes again at its row
            return enumerate(self._rows(page.body), 1)
        return self._one_by_one(page, misfit)

    def _rows(self, body: bytes) -> list[Row]:
        try:
            return self._decoder.rows(body)
        except msgspec.ValidationError:
            rows = self._sparse.rows(body)
        self._decoder = self._sparse  # this instance leaves out nulls (doc 0087)
        return rows

    @cached_property
    def _sparse(self) -> "_Decoder":
        """The decoder of rows that may leave out what is null; it costs more."""
        return _Decoder(self._shape)

    def _one_by_one(self, page: Page, misfit: Misfit) -> Iterator[tuple[int, Row]]:
        mirror = self._sparse.mirror
        for place, text in enumerate(page.raw):
            decoded = None
            try:
                decoded = self._sparse.decoded(text)
                (row,) = mirror.built((decoded,))
            except (ValueError, TypeError) as cause:
                misfit(place + 1, row_error(page, place, mirror, decoded, cause), cause)
            else:
                yield place + 1, row


class _UnsplitPage(Page):
    """A whole answer as it came; the rows' own texts are found when somebody asks for them."""

    __slots__ = ("_body", "_count")

    def __init__(
        self,
        body: bytes,
        count: int,
        ids: Sequence[int | None] | None = None,
        span: Span = (None, None),
    ) -> None:
        super().__init__((), ids, span)
        self._body = body
        self._count = count

    @property
    def raw(self) -> tuple[bytes, ...]:
        if len(self._rows) < self._count:
            self._rows = split(self._body).raw
        return self._rows

    @property
    def body(self) -> bytes:
        return self._body

    @property
    def weight(self) -> int:
        return len(self._body)

    def covering(self, span: Span) -> Page:
        return _UnsplitPage(self._body, self._count, self._ids, span)

    def __len__(self) -> int:
        return self._count


class _Decoder:
    def __init__(self, shape: Shape) -> None:
        self.mirror = mirror_of(shape)
        # pydantic parses what it is given but for numbers, which it takes for floats.
        hook = Decimal if shape.kind == "pydantic" else None
        row: Any = self.mirror.decoded
        decoder = partial(
            msgspec.json.Decoder, strict=False, dec_hook=lru_cache(_DATES)(_date), float_hook=hook
        )
        self._row = decoder(row).decode
        self._rows = decoder(list[row]).decode

    def rows(self, body: bytes) -> list[Any]:
        """Make rows of a JSON list, all of which fit."""
        return list(self.mirror.built(self._rows(body)))

    def decoded(self, text: bytes) -> object:
        """Decode one row as far as its mirror."""
        with suppress(msgspec.DecodeError):
            return self._row(text)
        row = json.loads(text, parse_float=Decimal)  # reads 1e400 and half an emoji too
        return msgspec.convert(row, self.mirror.decoded, strict=False, dec_hook=_date)


def _date(_kind: object, value: object) -> date:
    """Read a date: alone, or as midnight in the zone that Coupa shows (doc 0014)."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.time() != _MIDNIGHT:
        msg = "neither a date nor midnight; take datetime for a moment"
        raise ValueError(msg)
    return moment.date()
