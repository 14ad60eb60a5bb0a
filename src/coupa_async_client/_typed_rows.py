"""Rows of a user's type: pages in, instances out.

What a type asks of Coupa is left to `_shapes`, how it is decoded to `_mirrors`, what to say of a row
that does not fit to `_misfits`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, Generic

import msgspec

from ._mirrors import mirror_of
from ._misfits import Misfit, row_error
from ._shapes import Shape, shape_of
from .types import Fields, Page, Row

_MIDNIGHT = time()
_DATES = 1_024
"""Dates that are remembered, since many rows share one and reading it costs as much as half a row."""


class TypedRows(Generic[Row]):
    """Rows of a user's type.

    Reading is lax where that is exact: numbers may come as text (facts section 7).
    """

    picks = True

    def __init__(self, row_type: type[Row]) -> None:
        """Make the decoder.

        Raises:
            CoupaConfigError: no row can become this type; names the attribute and the remedy.
        """
        self._shape = shape_of(row_type)
        self._whole: _Decoder | None = _Decoder(self._shape.whole)

    @property
    def fields(self) -> Fields:
        """The projection that asks for the type's attributes and no others."""
        return self._shape.fields

    def read(self, page: Page, misfit: Misfit) -> Iterator[tuple[int, Row]]:
        """Yield each row that fits, and tell `misfit` of the others."""
        if self._whole is not None:
            with suppress(Exception):  # whatever it was comes again below, at its row
                return enumerate(list(self._whole.rows(page.raw)), 1)
        try:
            rows = list(self._sparse.rows(page.raw))
        except Exception:  # noqa: BLE001  (as above)
            return self._one_by_one(page, misfit)
        self._whole = None  # this instance leaves out nulls (doc 0087)
        return enumerate(rows, 1)

    @cached_property
    def _sparse(self) -> "_Decoder":
        """The decoder of rows that may leave out what is null; it costs more."""
        return _Decoder(self._shape)

    def _one_by_one(self, page: Page, misfit: Misfit) -> Iterator[tuple[int, Row]]:
        mirror = self._sparse.mirror
        for place in range(len(page)):
            decoded = None
            try:
                decoded = self._sparse.decoded(page.raw[place])
                (row,) = mirror.built((decoded,))
            except (ValueError, TypeError) as cause:
                misfit(place + 1, row_error(page, place, mirror, decoded, cause), cause)
            else:
                yield place + 1, row


class _Decoder:
    def __init__(self, shape: Shape) -> None:
        self.mirror = mirror_of(shape)
        # pydantic parses what it is given but for numbers, which it takes for floats.
        hook = Decimal if shape.kind == "pydantic" else None
        row: Any = self.mirror.decoded
        dates = lru_cache(_DATES)(_date)
        decoder = msgspec.json.Decoder(row, strict=False, dec_hook=dates, float_hook=hook)
        self._decode = decoder.decode

    def rows(self, texts: Sequence[bytes]) -> Iterable[Any]:
        """Make rows of these texts, up to the first that does not fit."""
        return self.mirror.built(map(self._decode, texts))

    def decoded(self, text: bytes) -> object:
        """Decode one row as far as its mirror."""
        with suppress(msgspec.DecodeError):
            return self._decode(text)
        row = json.loads(text, parse_float=Decimal)  # reads 1e400 and half an emoji too
        return msgspec.convert(row, self.mirror.decoded, strict=False, dec_hook=_date)


def _date(_kind: object, value: object) -> date:
    """Read a date: alone, or as midnight in the zone that Coupa shows (doc 0014)."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.time() != _MIDNIGHT:
        msg = "neither a date nor midnight; take datetime for a moment"
        raise ValueError(msg)
    return moment.date()
